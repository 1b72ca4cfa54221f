//! No input panics, hangs or is decided twice in two ways.

use std::sync::LazyLock;

use claudebench_hooks::{Action, Layer, Rules, ToolCall, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What a verdict may cost: the bound of the reader and that of the judge, and a little.
const MAX_STEPS: u64 = 3_100_000;

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::builtin().unwrap());

fn judge(command: &str) -> Verdict {
    let input = json!({ "command": command });
    let (cwd, home) = (Some("/home/u/project"), Some("/home/u"));
    RULES.judge(&ToolCall { tool: "Bash", input: &input, cwd, home })
}

#[test]
fn a_command_of_64_kib_takes_bounded_work() {
    let of = |part: &str| part.repeat(64 * 1024 / part.len());
    let nested =
        |open: &str, close: &str, n: usize| format!("{}ls{}", open.repeat(n), close.repeat(n));
    let commands = [
        of("a;"),
        of("a|"),
        of("a "),
        of("("),
        of("(("),
        of("$("),
        of("$(("),
        of("${"),
        of("`"),
        of("\\`"),
        of("{"),
        of("{a,b}"),
        of("{a,{"),
        of("{,"),
        of("\""),
        of("'"),
        of("<<a "),
        of("<(a "),
        of("if a; then "),
        of("case a in a) "),
        of("f() "),
        of("sudo "),
        of("env -S "),
        of("bash -c "),
        of("eval "),
        of("xargs "),
        of("find . -exec "),
        of("rm $X "),
        of("* "),
        of("[a"),
        of("X=$X$X "),
        of("X=(a "),
        of("$[$["),
        of("sh <<a\n"),
        of("[[ "),
        of("é"),
        format!("X={}; {}", "a".repeat(30_000), "echo $X;".repeat(4_000)),
        format!(
            "X=aaaaaaaaaa;{}",
            (0..60).map(|n| format!("X{}=$X{n}$X{n};", n + 1)).collect::<String>()
        ),
        format!("echo {} | {} sh", "a".repeat(1000), "cat|".repeat(10_000)),
        nested("(", ")", 30_000),
        nested("$(", ")", 20_000),
        nested("if ", "; then a; fi", 3_000),
        nested("bash -c '", "'", 5_000),
        nested("{ ", ";}", 15_000),
        "a ".repeat(500_000),
    ];
    for command in &commands {
        let verdict = judge(command);
        let start: String = command.chars().take(20).collect();
        assert!(verdict.steps < MAX_STEPS, "{start}: {} steps", verdict.steps);
        assert!(command.len() <= 64 * 1024 || verdict.action >= Action::Ask, "{start}");
    }
}

#[test]
fn what_is_too_much_is_asked_about_and_says_why() {
    for (command, why) in [
        ("a ".repeat(40_000), "the command is longer than 64 KiB"),
        ("a;".repeat(2_000), "more than 1000 commands or 4096 words"),
        (format!("{}ls{}", "( ".repeat(100), " )".repeat(100)), "deeper than 32 levels"),
    ] {
        let verdict = judge(&command);
        assert_eq!(verdict.action, Action::Ask);
        assert_eq!(verdict.rule.map(|r| r.name).as_deref(), Some("unreadable"));
        assert!(verdict.message.contains(why), "{}", verdict.message);
    }
    let late = format!("{} rm -rf /", "a;".repeat(900));
    assert_eq!(judge(&late).action, Action::Deny);
}

#[test]
fn too_many_rules_for_too_many_commands_are_asked_about() {
    let rule = "[[hook.rule]]\nname = \"rN\"\ntools = \"*\"\naction = \"deny\"\n\
        when = { all = [{ command = \"x\" }, { command = \"y\" }, { command = \"z\" }, { command = \"w\" }] }\n";
    let text: String = (0..499).map(|n| rule.replace("rN", &format!("r{n}"))).collect();
    let rules = Rules::none().with(Layer::Tenant, &text).unwrap();
    let input = json!({"command": "a;".repeat(999)});
    let call = ToolCall { tool: "Bash", input: &input, cwd: None, home: None };
    let verdict = rules.judge(&call);
    assert_eq!(verdict.action, Action::Ask);
    assert_eq!(verdict.because, "the call holds more than can be judged");
    assert!(verdict.steps < MAX_STEPS, "{} steps", verdict.steps);
}

#[test]
fn paths_that_are_too_many_or_too_long_are_asked_about() {
    let long = format!("/tmp/{}", "a".repeat(20_000));
    let many = vec!["/tmp/x"; 2_000];
    for (input, action) in [
        (json!({ "file_path": long }), Action::Ask),
        (json!({ "paths": many }), Action::Ask),
        (json!({ "file_path": "/etc/x", "path": long }), Action::Deny),
        (json!({ "file_path": "/tmp/x" }), Action::Allow),
    ] {
        let call = ToolCall { tool: "Write", input: &input, cwd: None, home: None };
        assert_eq!(RULES.judge(&call).action, action);
    }
}

/// Pieces of commands, so that what is made of them is nearly right.
const PIECES: &str = "rm¦ -rf ¦/¦ls¦;¦|¦&&¦&¦(¦)¦$(¦`¦\"¦'¦$'¦\\¦\n¦${¦}¦{¦,¦<<E\n¦\nE\n¦<¦>¦>(¦<(¦<<<¦ ¦\
    $X¦X=¦~¦*¦[¦[[¦]]¦if ¦then ¦fi¦for x in ¦do ¦done¦case ¦ in ¦esac¦;;¦f()¦sudo ¦bash -c ¦eval ¦\
    xargs ¦find / -exec ¦#¦$((¦))¦-c¦env -S¦echo ¦\\x¦\u{f8fe}¦\u{f8ff}¦é¦\0¦!¦time ¦=(";

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES.split('¦').collect::<Vec<_>>());
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,30}".prop_map(Value::from),
        pieces().prop_map(Value::from),
    ];
    let key =
        prop::sample::select(vec!["command", "cmd", "file_path", "path", "edits", "files", "x"]);
    leaf.prop_recursive(4, 30, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..5)
                .prop_map(|fields| json!(fields)),
        ]
    })
}

/// Each character in a way of quoting that keeps its meaning.
fn quoted(text: &str, how: &[u8]) -> String {
    let ways = how.iter().cycle();
    let write = |(c, way): (char, &u8)| match (c, way % 6) {
        (' ', _) => " ".to_owned(),
        (c, 1) => format!("'{c}'"),
        (c, 2) => format!("\"{c}\""),
        (c, 3) => format!("\\{c}"),
        (c, 4) => format!("$'\\x{:02x}'", c as u32),
        (c, 5) => format!("''{c}\"\""),
        (c, _) => c.to_string(),
    };
    text.chars().zip(ways).map(write).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_command_panics_and_each_is_decided_alike(command in pieces()) {
        let verdict = judge(&command);
        prop_assert!(verdict.steps < MAX_STEPS);
        prop_assert_eq!(judge(&command), verdict);
    }

    #[test]
    fn no_text_panics(command in "\\PC{0,80}") {
        judge(&command);
    }

    #[test]
    fn no_input_panics(input in values(), tool in prop::sample::select(vec!["Bash", "Write", "x"])) {
        let call = ToolCall { tool, input: &input, cwd: Some("/a"), home: None };
        let verdict = RULES.judge(&call);
        prop_assert_eq!(RULES.judge(&call), verdict);
    }

    #[test]
    fn quotes_change_nothing(how in prop::collection::vec(0_u8..6, 1..12)) {
        for command in ["rm -rf /", "sudo rm x", "dd of=/dev/sda", "chmod -R 777 /", "dropdb x"] {
            let command = quoted(command, &how);
            prop_assert_eq!(judge(&command).action, Action::Deny, "{}", command);
        }
    }

    #[test]
    fn what_stands_around_changes_nothing(
        before in prop::sample::select(vec!["ls; ", "a=1; ", "if x; then y; fi; ", "echo 'a b' && ", "x | ", "# no\n", "! "]),
        after in prop::sample::select(vec!["", "; ls", " | wc", " && x", "\nls", " & x", " # no", " > x", " 2>&1"]),
        around in prop::sample::select(vec![("", ""), ("(", ")"), ("{ ", "; }"), ("$(", ")"), ("`", "`"), ("echo \"$(", ")\"")]),
        way in prop::sample::select(vec!["rm -rf x", "bash -c 'rm -rf x'", "eval rm -rf x", "env A=1 rm -rf x"]),
    ) {
        let command = format!("{before}{}{way}{}{after}", around.0, around.1);
        prop_assert_eq!(judge(&command).action, Action::Deny, "{}", command);
    }
}
