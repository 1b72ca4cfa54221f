//! The settings of Claude Code in a repository, `.claude/settings.json`: which hooks it runs.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

use super::claude::{TOLERANT, Version};
use super::command::{Program, Run};
use super::json::{Json, Step};

/// Its path from the root.
pub(in crate::cli) const FILE: &str = ".claude/settings.json";

/// How long Claude Code waits for a hook, in seconds. `claudebench hook` ends by itself long before.
const TIMEOUT: u32 = 5;

/// An event of Claude Code.
#[derive(Debug)]
pub(in crate::cli) struct Event {
    /// Its name.
    pub(in crate::cli) name: &'static str,
    /// Since when it is known.
    since: Version,
    /// Whether it is about a tool, so that a matcher chooses it by the tool's name.
    of_tools: bool,
}

const fn event(name: &'static str, since: (u32, u32, u32)) -> Event {
    Event { name, since: Version(since.0, since.1, since.2), of_tools: false }
}

const fn of_tools(name: &'static str, since: (u32, u32, u32)) -> Event {
    Event { of_tools: true, ..event(name, since) }
}

/// The events that a hook is set for: all that Claude Code has, but for those that are left out below.
const EVENTS: [Event; 30] = [
    of_tools("PreToolUse", (0, 0, 0)),
    of_tools("PostToolUse", (0, 0, 0)),
    of_tools("PostToolUseFailure", (2, 1, 33)),
    event("PostToolBatch", (2, 1, 152)),
    of_tools("PermissionRequest", (2, 0, 45)),
    of_tools("PermissionDenied", (2, 1, 89)),
    of_tools("PreSkillShellCommand", (2, 1, 332)),
    event("UserPromptSubmit", (0, 0, 0)),
    event("UserPromptExpansion", (2, 1, 152)),
    event("SessionStart", (0, 0, 0)),
    event("SessionEnd", (1, 0, 85)),
    event("Stop", (0, 0, 0)),
    event("StopFailure", (2, 1, 78)),
    event("SubagentStart", (2, 0, 43)),
    event("SubagentStop", (0, 0, 0)),
    event("PreCompact", (0, 0, 0)),
    event("PostCompact", (2, 1, 76)),
    event("PreModelSwitch", (2, 1, 251)),
    event("PostModelSwitch", (2, 1, 251)),
    event("Notification", (0, 0, 0)),
    event("Setup", (2, 1, 10)),
    event("TeammateIdle", (2, 1, 33)),
    event("TaskCreated", (2, 1, 84)),
    event("TaskCompleted", (2, 1, 33)),
    event("Elicitation", (2, 1, 76)),
    event("ElicitationResult", (2, 1, 76)),
    event("ConfigChange", (2, 1, 49)),
    event("InstructionsLoaded", (2, 1, 69)),
    event("CwdChanged", (2, 1, 83)),
    event("DirectoryAdded", (2, 1, 220)),
];

/// The events that a hook is set for with a version of Claude Code.
pub(in crate::cli) fn events(
    version: Option<Version>,
) -> impl Iterator<Item = &'static Event> + Clone {
    EVENTS
        .iter()
        .filter(move |event| version.is_none_or(|version| !is_too_new(event.name, version)))
}

/// Whether a version of Claude Code does not know an event, and takes that amiss.
pub(in crate::cli) fn is_too_new(name: &str, version: Version) -> bool {
    version < TOLERANT && EVENTS.iter().any(|event| event.name == name && event.since > version)
}

fn is_of_tools(name: &str) -> bool {
    EVENTS.iter().any(|event| event.name == name && event.of_tools)
}

/// The events that no hook is set for. One for the first two takes the place of what Claude Code does
/// with git; the third needs the names of files to watch; the last comes several times a second while
/// an answer is shown, and tells nothing that others do not.
#[cfg(test)]
const LEFT_OUT: [&str; 4] = ["WorktreeCreate", "WorktreeRemove", "FileChanged", "MessageDisplay"];

/// Switches the tools for todos on, which newer models have no more.
const TODO_TOOLS: &str = "CLAUDE_CODE_ENABLE_TODO_TOOLS";

/// Hooks for an event.
#[derive(Serialize)]
struct Group<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    matcher: Option<&'static str>,
    hooks: [Hook<'a>; 1],
}

#[derive(Serialize)]
struct Hook<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    command: &'a str,
    timeout: u32,
}

/// A hook of ours that is set.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Set {
    /// Its event.
    pub(in crate::cli) event: String,
    group: usize,
    at: usize,
    /// Its command.
    pub(in crate::cli) command: String,
    /// How long Claude Code waits for it, in seconds.
    pub(in crate::cli) timeout: Option<u64>,
    /// What it runs.
    pub(in crate::cli) run: Run,
    /// Whether it is as it was written.
    pub(in crate::cli) whole: bool,
}

/// The hooks of ours that are set in a file.
pub(in crate::cli) fn set(json: &Json) -> Vec<Set> {
    let mut found = Vec::new();
    let Some(Value::Object(events)) = json.get(&[Step::Key("hooks")]) else { return found };
    for (event, groups) in &events {
        for (group, value) in groups.as_array().into_iter().flatten().enumerate() {
            let alone = plain_group(event, value);
            let hooks = value.get("hooks").and_then(Value::as_array);
            for (at, hook) in hooks.into_iter().flatten().enumerate() {
                let Some((command, run)) = command_of(hook) else { continue };
                let timeout = hook.get("timeout").and_then(Value::as_u64);
                let as_written = hook.as_object().is_some_and(|all| all.len() == 3)
                    && timeout == Some(u64::from(TIMEOUT));
                found.push(Set {
                    event: event.clone(),
                    group,
                    at,
                    command,
                    timeout,
                    whole: alone && as_written && run.plain,
                    run,
                });
            }
        }
    }
    found
}

/// Whether a group chooses nothing that we did not.
fn plain_group(event: &str, group: &Value) -> bool {
    let matcher = group.get("matcher");
    let fits = match matcher {
        None => !is_of_tools(event),
        Some(matcher) => is_of_tools(event) && matcher == "*",
    };
    fits && group
        .as_object()
        .is_some_and(|all| all.keys().all(|key| key == "matcher" || key == "hooks"))
}

/// The command of a hook, if it is ours.
fn command_of(hook: &Value) -> Option<(String, Run)> {
    if hook.get("type").and_then(Value::as_str) != Some("command") {
        return None;
    }
    let command = hook.get("command").and_then(Value::as_str)?;
    let run = match hook.get("args").and_then(Value::as_array) {
        Some(args) => {
            let args: Vec<String> =
                args.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            Run::of_program(command, &args, "hook").map(|run| Run { plain: false, ..run })
        }
        None => Run::read(command, "hook"),
    }?;
    Some((command.to_owned(), run))
}

/// Puts the hooks in that are missing.
pub(super) fn put(
    json: &mut Json,
    program: &Program,
    claude: Option<Version>,
    todo_tools: bool,
) -> Result<(), String> {
    let hooks = [Step::Key("hooks")];
    expect(json, &hooks, "an object", Value::is_object)?;
    for event in events(claude) {
        expect(json, &[hooks[0], Step::Key(event.name)], "a list", Value::is_array)?;
    }
    let command = program.command("hook");
    let there = set(json);
    for hook in there.iter().filter(|hook| hook.whole && hook.run.is_gone()) {
        let path = hook.path();
        json.replace(&[&path[..], &[Step::Key("command")]].concat(), &command);
    }
    if json.get(&hooks).is_none() {
        json.put(&[], "hooks", &Map::new());
    }
    for event in events(claude) {
        if there.iter().any(|hook| hook.event == event.name) {
            continue;
        }
        let matcher = event.of_tools.then_some("*");
        let hook = Hook { kind: "command", command: &command, timeout: TIMEOUT };
        let group = Group { matcher, hooks: [hook] };
        let path = [hooks[0], Step::Key(event.name)];
        if json.get(&path).is_some() {
            json.push_line(&path, &group);
        } else {
            json.put_line(&hooks, event.name, &[group]);
        }
    }
    if todo_tools && !has_todo_tools(json) {
        let env = [Step::Key("env")];
        expect(json, &env, "an object", Value::is_object)?;
        if json.get(&env).is_none() {
            json.put(&[], "env", &Map::new());
        }
        json.put(&env, TODO_TOOLS, &"1");
    }
    Ok(())
}

/// Whether somebody has said whether there are tools for todos.
pub(super) fn has_todo_tools(json: &Json) -> bool {
    json.get(&[Step::Key("env"), Step::Key(TODO_TOOLS)]).is_some()
}

/// Whether all hooks are switched off.
pub(in crate::cli) fn is_off(json: &Json) -> bool {
    json.get(&[Step::Key("disableAllHooks")]) == Some(Value::Bool(true))
}

/// Takes our hooks out; those that somebody changed only if these are meant, too. Gives back those that
/// are kept. What was there before us stays, even when it is empty.
pub(super) fn take(
    json: &mut Json,
    before: Option<&Json>,
    changed_too: bool,
    todo_tools: bool,
) -> Vec<String> {
    let (mut kept, mut gone) = (Vec::new(), BTreeSet::new());
    // From the end, so that the places of the others stay right.
    let there = set(json);
    for hook in there.iter().rev() {
        if hook.whole || changed_too {
            remove(json, hook);
            gone.insert(hook.event.as_str());
        } else {
            kept.push(format!("hooks.{}: `{}`", hook.event, hook.command));
        }
    }
    for event in &gone {
        drop_if_empty(json, before, &[Step::Key("hooks"), Step::Key(event)]);
    }
    if !gone.is_empty() {
        drop_if_empty(json, before, &[Step::Key("hooks")]);
    }
    let todo = [Step::Key("env"), Step::Key(TODO_TOOLS)];
    if todo_tools && json.get(&todo) == Some(Value::from("1")) {
        json.remove(&todo);
        drop_if_empty(json, before, &todo[..1]);
    }
    kept.reverse();
    kept
}

impl Set {
    fn path(&self) -> [Step<'_>; 5] {
        let (group, at) = (Step::Item(self.group), Step::Item(self.at));
        [Step::Key("hooks"), Step::Key(&self.event), group, Step::Key("hooks"), at]
    }
}

/// Takes a hook out, and its group with it if nothing is left there.
fn remove(json: &mut Json, hook: &Set) {
    let path = hook.path();
    json.remove(&path);
    let left = json.get(&path[..4]).and_then(|hooks| hooks.as_array().map(Vec::len));
    if left == Some(0) {
        json.remove(&path[..3]);
    }
}

/// Takes out what has become empty, unless it was there before us.
pub(super) fn drop_if_empty(json: &mut Json, before: Option<&Json>, path: &[Step<'_>]) {
    let empty = json.get(path).is_some_and(|value| match value {
        Value::Object(all) => all.is_empty(),
        Value::Array(all) => all.is_empty(),
        _ => false,
    });
    if empty && before.is_none_or(|before| before.get(path).is_none()) {
        json.remove(path);
    }
}

/// What is there must be of a kind.
pub(super) fn expect(
    json: &Json,
    path: &[Step<'_>],
    what: &str,
    is: fn(&Value) -> bool,
) -> Result<(), String> {
    match json.get(path) {
        Some(value) if !is(&value) => {
            let (line, column) = json.place(path);
            Err(format!("expected {what} at line {line} column {column}"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const NEWEST: Option<Version> = Some(Version(2, 1, 332));

    fn program() -> Program {
        Program { word: "claudebench".into(), by_name: true }
    }

    #[test]
    fn every_event_of_claude_code_has_a_hook_or_a_reason() {
        let events: Vec<Value> =
            serde_json::from_str(include_str!("../../../tests/it/cli/hook_events.json")).unwrap();
        let all: BTreeSet<&str> =
            events.iter().map(|event| event["hook_event_name"].as_str().unwrap()).collect();
        let ours: BTreeSet<&str> = EVENTS.iter().map(|event| event.name).chain(LEFT_OUT).collect();
        assert_eq!(ours, all);
        for event in events {
            let name = event["hook_event_name"].as_str().unwrap();
            if !LEFT_OUT.contains(&name) {
                assert_eq!(event.get("tool_name").is_some(), is_of_tools(name), "{name}");
            }
        }
    }

    #[test]
    fn an_old_claude_code_gets_no_event_that_it_does_not_know() {
        let names =
            |version: Option<Version>| events(version).map(|event| event.name).collect::<Vec<_>>();
        assert_eq!(names(NEWEST).len(), 30);
        assert_eq!(names(None).len(), 30);
        assert_eq!(names(Some(TOLERANT)).len(), 30, "what it does not know it leaves out alone");
        assert_eq!(names(Some(Version(2, 1, 113))).len(), 24);
        assert!(!names(Some(Version(2, 1, 75))).contains(&"PostCompact"));
        assert!(names(Some(Version(2, 1, 76))).contains(&"PostCompact"));
        assert!(names(Some(Version(1, 0, 0))).contains(&"PreToolUse"));
        assert!(is_too_new("StopFailure", Version(2, 1, 60)));
        assert!(
            !is_too_new("StopFailure", Version(2, 1, 80)) && !is_too_new("Stop", Version(2, 1, 60))
        );
    }

    #[test]
    fn hooks_of_others_stay_where_they_are() {
        let theirs = "{\n  \"hooks\": {\n    \"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"say done\"}]}]\n  }\n}\n";
        let mut json = Json::read(theirs).unwrap();
        put(&mut json, &program(), NEWEST, true).unwrap();
        assert_eq!(set(&json).len(), EVENTS.len());
        assert!(
            json.text().contains("\"say done\"}]}, {\"hooks\": [{\"type\": \"command\""),
            "{}",
            json.text()
        );
        let once = json.text().to_owned();
        put(&mut json, &program(), NEWEST, true).unwrap();
        assert_eq!(json.text(), once);
        let before = Json::read(theirs).unwrap();
        assert!(take(&mut json, Some(&before), false, true).is_empty());
        assert_eq!(json.text(), theirs);
    }

    #[test]
    fn what_somebody_changed_is_kept_and_told() {
        let mut json = Json::read("{\"hooks\": {\"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"claudebench hook --rules x\"}]}]}}").unwrap();
        put(&mut json, &program(), NEWEST, false).unwrap();
        assert_eq!(
            set(&json).iter().filter(|hook| hook.event == "Stop").count(),
            1,
            "one is enough"
        );
        let kept = take(&mut json, None, false, false);
        assert_eq!(kept, ["hooks.Stop: `claudebench hook --rules x`"]);
        assert!(take(&mut json, None, true, false).is_empty());
        assert_eq!(json.text(), "{}");
    }

    #[test]
    fn a_program_that_has_gone_is_called_by_its_new_path() {
        let gone = Program { word: "/nowhere/claudebench".into(), by_name: false };
        let mut json = Json::read("").unwrap();
        put(&mut json, &gone, NEWEST, false).unwrap();
        put(&mut json, &program(), NEWEST, false).unwrap();
        assert!(!json.text().contains("nowhere"), "{}", json.text());
        assert_eq!(set(&json).len(), EVENTS.len());
    }

    #[test]
    fn what_is_of_another_kind_is_refused_with_its_place() {
        for (text, what) in [
            ("{\n  \"hooks\": []}", "expected an object at line 2 column 12"),
            ("{\"hooks\": {\"Stop\": 7}}", "expected a list at line 1 column 20"),
            ("{\"env\": 7}", "expected an object at line 1 column 9"),
        ] {
            let mut json = Json::read(text).unwrap();
            assert_eq!(put(&mut json, &program(), NEWEST, true).unwrap_err(), what);
        }
    }

    /// What a member of the settings may hold.
    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(json!(null)),
            Just(json!([])),
            Just(json!({})),
            any::<i32>().prop_map(Value::from),
            "[a-z\"\\\\é ]{0,6}".prop_map(Value::from)
        ];
        leaf.prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                proptest::collection::btree_map("[a-z]{1,3}", inner, 0..3)
                    .prop_map(|all| Value::Object(all.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn nothing_of_others_is_lost_whatever_they_wrote(
            others in proptest::collection::btree_map("[a-z]{1,4}", values(), 0..4),
            events in proptest::collection::vec((0..EVENTS.len(), proptest::collection::vec(values(), 0..3)), 0..4),
            with_hooks: bool,
            lines: bool,
        ) {
            let mut before: Map<String, Value> = others.into_iter().collect();
            before.remove("env");
            if with_hooks {
                let hooks = events.into_iter().map(|(at, groups)| (EVENTS[at].name.to_owned(), groups.into()));
                before.insert("hooks".into(), Value::Object(hooks.collect()));
            }
            let text = if lines { serde_json::to_string_pretty(&before) } else { serde_json::to_string(&before) };
            let text = text.unwrap();
            let mut json = Json::read(&text).unwrap();
            put(&mut json, &program(), NEWEST, true).unwrap();
            let after: Value = serde_json::from_str(json.text()).unwrap();
            prop_assert_eq!(set(&json).len(), EVENTS.len());
            for (name, value) in before.iter().filter(|(name, _)| *name != "hooks") {
                prop_assert_eq!(&after[name], value);
            }
            let again = json.text().to_owned();
            put(&mut json, &program(), NEWEST, true).unwrap();
            prop_assert_eq!(json.text(), again);
            let kept = take(&mut json, Some(&Json::read(&text).unwrap()), false, true);
            prop_assert!(kept.is_empty());
            prop_assert_eq!(json.text(), text);
        }
    }
}
