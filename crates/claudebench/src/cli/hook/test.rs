//! `claudebench hook test`.

use claudebench_hooks::{Action, Outcome as Matched, ToolCall, Verdict};
use serde_json::{Value, json};

use super::{Files, rules};
use crate::cli::Shared;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Out;
use crate::config::Config;

/// See which rule decides about a tool call, and why
#[derive(Debug, clap::Args)]
pub(super) struct Test {
    /// The command of a shell
    #[arg(required_unless_present = "input", conflicts_with = "input")]
    command: Option<String>,
    /// The tool
    #[arg(long, default_value = "Bash")]
    tool: String,
    /// The whole input of the tool, as JSON
    #[arg(long, value_name = "JSON")]
    input: Option<String>,
    #[command(flatten)]
    files: Files,
}

impl Test {
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        let input: Value = match (&self.command, &self.input) {
            (Some(command), _) => json!({ "command": command }),
            (None, input) => serde_json::from_str(input.as_deref().unwrap_or("{}"))
                .map_err(|e| Failure::Usage(format!("--input is no JSON: {e}")))?,
        };
        let here = std::env::current_dir().ok();
        let config = shared.load(Vec::new())?.config;
        let found = rules::load(Some(&config), self.files.rules.as_deref(), here.as_deref());
        if let Some(problem) = found.problem {
            let next = format!("mend it; {} is the repository's file", rules::OF_REPOSITORY);
            return Err(Failure::advise(problem, next));
        }
        let home = Config::home();
        let verdict = found.rules.judge(&ToolCall {
            tool: &self.tool,
            input: &input,
            cwd: here.as_deref().and_then(|here| here.to_str()),
            home: home.as_deref(),
        });
        if out.for_programs() {
            return out.json(&verdict);
        }
        show(&verdict, out)
    }
}

fn name(action: Action) -> &'static str {
    match action {
        Action::Allow => "allow",
        Action::Warn => "warn",
        Action::Modify => "modify",
        Action::Ask => "ask",
        Action::Deny => "deny",
    }
}

fn show(verdict: &Verdict, out: &mut Out) -> Outcome {
    out.line(format!("{}{}", name(verdict.action), said(&verdict.message)))?;
    if let Some(modified) = &verdict.modified {
        out.line(format!("  becomes  {modified}"))?;
    }
    for traced in verdict.trace.iter().filter(|traced| traced.outcome != Matched::Missed) {
        let certain = match traced.outcome {
            Matched::Matched => "",
            Matched::Possible => ", if what nobody can know is so",
            Matched::Exempted => ", but is exempted",
            Matched::Missed => "",
        };
        out.line(format!(
            "  {} ({}, {}){certain}: {}",
            traced.rule.name,
            name(traced.action),
            traced.rule.layer.name(),
            traced.because
        ))?;
    }
    let missed = verdict.trace.iter().filter(|traced| traced.outcome == Matched::Missed).count();
    out.line(format!("  {missed} other rules for this tool do not match"))
}

fn said(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}
