//! What Claude Code is told: by the rules that are known here, and by the server.

use claudebench_hooks::{Action, ToolCall, Verdict};
use claudebench_services::hook::{Decision, Judged};
use serde::Serialize;
use serde_json::Value;

use super::call::{self, Said};
use super::commit;
use super::event::{BEFORE, Event, OF_A_SKILL};
use super::rules::{self, Found};
use super::server::{Heard, Server};
use super::{Files, Shared};
use crate::config::{Config, WithoutServer};

/// What Claude Code is told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    hook_specific_output: Option<Specific>,
    /// For the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    system_message: Option<String>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Specific {
    hook_event_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    permission_decision: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permission_decision_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_input: Option<Value>,
    /// For the agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_context: Option<String>,
}

/// What is decided about a tool, by whoever decided it.
#[derive(Debug, Default)]
struct Ruling {
    action: Action,
    reason: String,
    modified: Option<Value>,
    warnings: Vec<String>,
}

/// Does what an event asks for; nothing is said where the agent simply goes on.
pub(super) fn answer(event: Event, files: &Files, shared: &Shared) -> Option<Answer> {
    let (config, mut problems) = match shared.load(Vec::new()) {
        Ok(loaded) => (Some(loaded), Vec::new()),
        Err(failure) => {
            let why = failure.message().unwrap_or_default();
            let problem = format!("the configuration is not in force: {why}");
            // What a project says wrongly takes nothing away from what its user has set.
            (shared.load_for_server(Vec::new()).ok(), vec![problem])
        }
    };
    let server = config.as_ref().and_then(|loaded| Server::new(loaded, shared, &mut problems));
    if event.is_judged() {
        return judged(event, files, (config.as_ref().map(|l| &l.config), server), problems);
    }
    let mut told = Vec::new();
    if let Some(server) = &server {
        match server.tell(&call::of(&event)) {
            Heard::Answer(Said::Text(text)) => told.push(text),
            Heard::Unkept(problem) => problems.push(problem),
            Heard::Answer(_) | Heard::Kept | Heard::Nothing => {}
        }
    }
    if let Some(loaded) = config.as_ref().filter(|loaded| loaded.config.hook.auto_commit) {
        problems.extend(commit::after(&event, &loaded.config, server.as_ref()));
    }
    let context = (!told.is_empty()).then(|| told.join("\n"));
    let specific = context.map(|context| Specific {
        hook_event_name: event.name,
        additional_context: Some(context),
        ..Specific::default()
    });
    whole(specific, problems)
}

/// A tool call that cannot be read cannot be judged: a person decides.
pub(super) fn unreadable(why: &serde_json::Error) -> Answer {
    let ruling = Ruling {
        action: Action::Ask,
        reason: format!("the tool call cannot be read, so no rule was applied: {why}"),
        ..Ruling::default()
    };
    Answer { hook_specific_output: ruling.specific(BEFORE.to_owned()), system_message: None }
}

fn whole(specific: Option<Specific>, problems: Vec<String>) -> Option<Answer> {
    let system_message = (!problems.is_empty()).then(|| problems.join("\n"));
    (specific.is_some() || system_message.is_some())
        .then_some(Answer { hook_specific_output: specific, system_message })
}

/// The server looks at a call while the rules that are known here do; the strictest counts.
fn judged(
    event: Event,
    files: &Files,
    (config, server): (Option<&Config>, Option<Server>),
    mut problems: Vec<String>,
) -> Option<Answer> {
    let call = call::of(&event);
    let (found, heard) = std::thread::scope(|scope| {
        let local = scope.spawn(|| {
            let found = rules::load(config, files.rules.as_deref(), event.folder().as_deref());
            let verdict = verdict(&event, &found);
            (found.problem, verdict)
        });
        let heard = server.as_ref().map_or(Heard::Nothing, |server| server.tell(&call));
        (local.join(), heard)
    });
    // What goes wrong in the rules themselves is no reason to let everything through.
    let mut ruling = match found {
        Ok((problem, verdict)) => {
            problems.extend(problem);
            Ruling::of(verdict)
        }
        Err(_) => Ruling {
            action: Action::Ask,
            reason: "the rules could not be applied".into(),
            ..Ruling::default()
        },
    };
    let closed = config.is_some_and(|c| c.hook.without_server == WithoutServer::Closed);
    match heard {
        Heard::Answer(Said::Judged(judged)) => ruling.add(judged),
        // It is larger than any call may be, or deeper.
        Heard::Unkept(problem) if closed => ruling.refuse(problem),
        Heard::Unkept(problem) => problems.push(problem),
        _ if closed => ruling.refuse(
            "the ClaudeBench server does not answer, and `hook.without_server` is `closed`".into(),
        ),
        _ => {}
    }
    if let Some(config) = config.filter(|config| config.hook.auto_commit) {
        commit::before(&event, config);
    }
    whole(ruling.specific(event.name), problems)
}

fn verdict(event: &Event, found: &Found) -> Verdict {
    let home = Config::home();
    found.rules.judge(&ToolCall {
        tool: event.tool.as_deref().unwrap_or_default(),
        input: &event.input,
        cwd: event.cwd.as_deref(),
        home: home.as_deref(),
    })
}

impl Ruling {
    fn of(verdict: Verdict) -> Self {
        let rule = verdict.rule.as_ref().map_or("", |rule| rule.name.as_str());
        let warnings = verdict.warnings.iter().map(|warning| {
            format!("{} (rule `{}`, {})", warning.message, warning.rule.name, warning.because)
        });
        Self {
            action: verdict.action,
            // With its name, so that a person finds it.
            reason: format!("{} (rule `{rule}`, {})", verdict.message, verdict.because),
            warnings: warnings.collect(),
            modified: verdict.modified,
        }
    }

    /// What the server says counts as well; the stricter of the two decides.
    fn add(&mut self, judged: Judged) {
        for warning in judged.warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        let action = match judged.decision {
            Decision::Allow => Action::Allow,
            Decision::Warn => Action::Warn,
            Decision::Modify => Action::Modify,
            Decision::Ask => Action::Ask,
            Decision::Deny => Action::Deny,
        };
        if action > self.action {
            self.action = action;
            self.reason = judged.reason.unwrap_or_default();
            let modified = judged.modified.map(|json| serde_json::from_str(json.text()));
            self.modified = modified.and_then(Result::ok);
        }
    }

    fn refuse(&mut self, reason: String) {
        if self.action < Action::Deny {
            self.action = Action::Deny;
            self.reason = reason;
        }
    }

    fn specific(self, name: String) -> Option<Specific> {
        let of_a_skill = name == OF_A_SKILL;
        let mut specific = Specific { hook_event_name: name, ..Specific::default() };
        let mut lines = self.warnings;
        match self.action {
            Action::Deny | Action::Ask => {
                let decision = if self.action == Action::Deny { "deny" } else { "ask" };
                specific.permission_decision = Some(decision);
                specific.permission_decision_reason = Some(self.reason);
            }
            // Without a decision: whether it may run at all is for the permissions to say.
            Action::Modify if !of_a_skill && self.modified.is_some() => {
                specific.updated_input = self.modified;
                lines.insert(0, format!("The input was changed: {}", self.reason));
            }
            Action::Modify | Action::Warn | Action::Allow => {}
        }
        specific.additional_context =
            Some(lines.join("\n")).filter(|text| !text.is_empty() && !of_a_skill);
        let says_something = specific.permission_decision.is_some()
            || specific.updated_input.is_some()
            || specific.additional_context.is_some();
        says_something.then_some(specific)
    }
}
