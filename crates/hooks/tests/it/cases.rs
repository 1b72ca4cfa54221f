//! The table of cases, each judged by the rules that come with it.

use claudebench_hooks::{Action, Rules, ToolCall, Verdict};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    commands: Vec<Vec<String>>,
    files: Vec<Vec<String>>,
    calls: Vec<Vec<String>>,
}

struct Case {
    action: String,
    rule: String,
    tool: String,
    input: Value,
    modified: Option<Value>,
}

fn cases() -> Vec<Case> {
    let table: Table = toml::from_str(include_str!("../cases.toml")).unwrap();
    let mut cases = Vec::new();
    for row in &table.commands {
        cases.push(Case {
            action: row[0].clone(),
            rule: row[1].clone(),
            tool: "Bash".to_owned(),
            input: json!({"command": row[2], "description": "a test"}),
            modified: row.get(3).map(|c| json!({"command": c, "description": "a test"})),
        });
    }
    for row in table.files.iter().chain(&table.calls) {
        let input = serde_json::from_str(&row[3]);
        let path = table.files.contains(row);
        cases.push(Case {
            action: row[0].clone(),
            rule: row[1].clone(),
            tool: row[2].clone(),
            input: if path { json!({"file_path": row[3]}) } else { input.unwrap() },
            modified: None,
        });
    }
    cases
}

fn judge(rules: &Rules, tool: &str, input: &Value) -> Verdict {
    let (cwd, home) = (Some("/home/u/project"), Some("/home/u"));
    rules.judge(&ToolCall { tool, input, cwd, home })
}

#[test]
fn every_case_is_decided_as_the_table_says() {
    let rules = Rules::builtin().unwrap();
    let cases = cases();
    assert!(cases.len() >= 220, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let verdict = judge(&rules, &case.tool, &case.input);
        let action = format!("{:?}", verdict.action).to_lowercase();
        let rule = verdict.rule.as_ref().map_or("", |r| &r.name);
        if action != case.action || rule != case.rule {
            wrong.push(format!(
                "{} {}: {action} by `{rule}` ({}), not {} by `{}`",
                case.tool, case.input, verdict.because, case.action, case.rule
            ));
        } else if case.modified.is_some() && verdict.modified != case.modified {
            wrong.push(format!("{} becomes {:?}", case.input, verdict.modified));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn what_needs_no_folder_is_decided_alike_without_one() {
    let rules = Rules::builtin().unwrap();
    for command in ["rm -rf x", "ls; sudo rm x", "echo x > /etc/hosts", "find ~ -delete", "rm -r ~"]
    {
        let input = json!({ "command": command });
        let call = ToolCall { tool: "Bash", input: &input, cwd: None, home: None };
        assert_eq!(rules.judge(&call).action, Action::Deny, "{command}");
    }
}

#[test]
fn a_verdict_says_which_part_matched_and_what_did_not() {
    let rules = Rules::builtin().unwrap();
    let verdict = judge(&rules, "Bash", &json!({"command": "ls; rm -r $(pwd) -f"}));
    assert_eq!(verdict.because, "command `rm -r $… -f`");
    let trace = |name: &str| verdict.trace.iter().find(|t| t.rule.name == name).unwrap();
    assert_eq!(trace("sql-drop").because, "nothing meets `command`");
    assert_eq!(trace("rm-as-root").because, "nothing meets `through`");
    assert!(verdict.trace.iter().all(|t| t.rule.name != "system-files"), "{:?}", verdict.trace);
    let text = serde_json::to_string(&verdict).unwrap();
    assert_eq!(serde_json::from_str::<Verdict>(&text).unwrap(), verdict);
}

#[test]
fn warnings_come_with_stricter_verdicts_too() {
    let rules = Rules::builtin().unwrap();
    let verdict = judge(&rules, "Bash", &json!({"command": "find / -name x; rm -rf /"}));
    assert_eq!(verdict.action, Action::Deny);
    assert_eq!(verdict.warnings.len(), 1);
    assert_eq!(verdict.warnings[0].rule.name, "find-everywhere");
}
