//! Holds the rules against a call.

use std::sync::Arc;

use serde_json::Value;

use crate::call::{MAX_PATH, MAX_PATHS, Subject, ToolCall};
use crate::modify;
use crate::pattern::{Candidate, Fit};
use crate::rule::{Rule, UNREADABLE};
use crate::rules::Rules;
use crate::shell::{Command, Script};
use crate::verdict::{Action, Layer, Outcome, RuleRef, Severity, Trace, Verdict, Warning};
use crate::when::{Kind, Seen};

/// Work that a verdict may take beyond reading the command.
pub(crate) const MAX_STEPS: u64 = 2_000_000;

/// What one rule says about a call.
struct Finding<'r> {
    rule: &'r Rule,
    outcome: Outcome,
    because: String,
    /// The commands that it matched.
    matched: Vec<usize>,
}

impl Rules {
    /// Decides about a call: the strictest rule that matches wins. It never fails and does no I/O;
    /// the same call gets the same verdict.
    #[must_use]
    pub fn judge(&self, call: &ToolCall<'_>) -> Verdict {
        let verdict = self.judged(call);
        let Some(input) = verdict.modified.as_ref().filter(|_| verdict.action == Action::Modify)
        else {
            return verdict;
        };
        // What comes out of a change is judged, too.
        let again = self.judged(&ToolCall { input, ..*call });
        match again.action {
            Action::Deny | Action::Ask => Verdict { steps: verdict.steps + again.steps, ..again },
            _ => Verdict { steps: verdict.steps + again.steps, ..verdict },
        }
    }

    fn judged(&self, call: &ToolCall<'_>) -> Verdict {
        let tool = Candidate::text(call.tool);
        let rules: Vec<&Arc<Rule>> =
            self.rules.iter().filter(|r| r.tools.fit(&tool) == Fit::Yes).collect();
        let asks = |kind| rules.iter().any(|rule| rule.kind == kind);
        let script = if asks(Kind::Commands) { call.script() } else { None };
        let paths = if asks(Kind::Paths) { call.paths() } else { Vec::new() };
        let mut judging = Judging { call, script: script.as_ref(), paths, steps: 0 };
        let trouble = judging.trouble();
        let exemptions = judging.exemptions(&rules);
        let findings: Vec<Finding<'_>> =
            rules.iter().map(|rule| judging.find(rule, &exemptions)).collect();
        let mut verdict = decide(&findings, trouble);
        if judging.steps > MAX_STEPS {
            unreadable(&mut verdict, "the call holds more than can be judged");
        }
        if verdict.action == Action::Modify {
            let changes: Vec<_> = findings
                .iter()
                .filter(|f| f.outcome == Outcome::Matched)
                .filter_map(|f| f.rule.modify.as_ref().map(|how| (how, &f.matched[..])))
                .collect();
            match modify::modified(call, script.as_ref(), &changes) {
                Some(input) => verdict.modified = Some(input),
                // Better asked than done otherwise than the rule says.
                None => verdict.action = Action::Ask,
            }
        }
        verdict.steps = judging.steps + script.map_or(0, |s| s.steps);
        verdict
    }
}

/// A rule that is exempted from, for the subject at this place.
type Exemption<'r> = (&'r str, Layer, usize);

struct Judging<'a> {
    call: &'a ToolCall<'a>,
    script: Option<&'a Script>,
    paths: Vec<&'a str>,
    steps: u64,
}

impl<'a> Judging<'a> {
    /// Why a part of the input cannot be judged.
    fn trouble(&mut self) -> Option<String> {
        let deep = self.paths.len() > MAX_PATHS || self.paths.iter().any(|p| p.len() > MAX_PATH);
        if deep {
            self.paths.truncate(MAX_PATHS);
            self.paths.retain(|p| p.len() <= MAX_PATH);
            return Some("the paths are too many or too long".to_owned());
        }
        self.script.and_then(|s| s.trouble.as_ref()).map(ToString::to_string)
    }

    fn subjects(&self, kind: Kind) -> Vec<Subject<'a>> {
        match kind {
            Kind::Commands => {
                let all: &[Command] = self.script.map_or(&[], |s| &s.commands);
                all.iter().map(Subject::Command).collect()
            }
            Kind::Paths => self.paths.iter().map(|path| Subject::Path(path)).collect(),
            Kind::Call => vec![Subject::Call],
        }
    }

    /// What rules that allow exempt: a rule and a command, path or call each.
    fn exemptions<'r>(&mut self, rules: &[&'r Arc<Rule>]) -> Vec<(Kind, Exemption<'r>)> {
        let mut found = Vec::new();
        for rule in rules.iter().filter(|rule| !rule.exempts.is_empty()) {
            for (at, subject) in self.subjects(rule.kind).into_iter().enumerate() {
                if self.fit(rule, subject).0 == Fit::Yes {
                    let exempt = |name: &'r String| (rule.kind, (&**name, rule.rule.layer, at));
                    found.extend(rule.exempts.iter().map(exempt));
                }
            }
        }
        found
    }

    /// How well a rule fits a subject; if it does not, how far it came and what did not hold.
    fn fit(&mut self, rule: &Rule, subject: Subject<'_>) -> (Fit, Option<(usize, &'static str)>) {
        if rule.modify.as_ref().is_some_and(|how| !modify::applies(how, self.call.input)) {
            return (Fit::No, Some((0, "modify")));
        }
        if rule.when.is_empty() {
            return (Fit::Yes, None);
        }
        if self.steps > MAX_STEPS {
            return (Fit::No, None);
        }
        let certain = rule.action == Action::Allow;
        let seen = Seen { call: self.call, script: self.script, certain };
        let mut best = (Fit::No, None);
        for when in &rule.when {
            let fit = when.fit(&seen, subject, &mut self.steps);
            if fit.0 > best.0 || (fit.0 == best.0 && fit.1 > best.1) {
                best = fit;
            }
        }
        best
    }

    /// Holds a rule against all that it looks at.
    fn find<'r>(&mut self, rule: &'r Rule, exemptions: &[(Kind, Exemption<'_>)]) -> Finding<'r> {
        let mut finding =
            Finding { rule, outcome: Outcome::Missed, because: String::new(), matched: Vec::new() };
        let mut furthest: Option<(usize, &'static str)> = None;
        let own: Vec<&(Kind, Exemption<'_>)> =
            exemptions.iter().filter(|(_, (name, ..))| *name == rule.rule.name).collect();
        for (at, subject) in self.subjects(rule.kind).into_iter().enumerate() {
            let (fit, missed) = self.fit(rule, subject);
            let exempted = own.iter().any(|(kind, (_, layer, place))| {
                let here = *kind == Kind::Call || (*kind == rule.kind && *place == at);
                here && *layer >= rule.rule.layer
            });
            let outcome = match fit {
                Fit::No => {
                    furthest = furthest.max(missed);
                    continue;
                }
                _ if exempted => Outcome::Exempted,
                Fit::Maybe if !rule.asks_if_unknown => {
                    furthest = furthest.max(Some((usize::MAX, "unknown")));
                    continue;
                }
                Fit::Maybe => Outcome::Possible,
                Fit::Yes => Outcome::Matched,
            };
            if outcome == Outcome::Matched {
                finding.matched.push(at);
            }
            if rank(outcome) > rank(finding.outcome) {
                finding.outcome = outcome;
                finding.because = subject.shown();
            }
        }
        if finding.outcome == Outcome::Missed {
            finding.because = match furthest {
                Some((usize::MAX, _)) => "it may hold, but the rule lets that pass".to_owned(),
                Some((_, key)) => format!("nothing meets `{key}`"),
                None => "there is nothing that it looks at".to_owned(),
            };
        }
        finding
    }
}

fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Missed => 0,
        Outcome::Exempted => 1,
        Outcome::Possible => 2,
        Outcome::Matched => 3,
    }
}

/// The strictest of what the rules say.
fn decide(findings: &[Finding<'_>], trouble: Option<String>) -> Verdict {
    let mut verdict = Verdict::default();
    let mut decided: Option<(Action, Severity)> = None;
    for finding in findings {
        let rule = finding.rule;
        verdict.trace.push(Trace {
            rule: rule.rule.clone(),
            action: rule.action,
            outcome: finding.outcome,
            because: finding.because.clone(),
        });
        let action = match finding.outcome {
            Outcome::Matched => rule.action,
            Outcome::Possible => Action::Ask,
            Outcome::Exempted | Outcome::Missed => continue,
        };
        if action == Action::Warn {
            verdict.warnings.push(Warning {
                rule: rule.rule.clone(),
                severity: rule.severity,
                message: rule.message.clone(),
                because: finding.because.clone(),
            });
        }
        // Of those that are as strict, the first one speaks.
        if decided.is_none_or(|last| (action, rule.severity) > last) {
            decided = Some((action, rule.severity));
            verdict.action = action;
            verdict.rule = Some(rule.rule.clone());
            verdict.severity = Some(rule.severity);
            verdict.message.clone_from(&rule.message);
            if finding.outcome == Outcome::Possible {
                verdict.message.push_str(" (a part of it is known only when it runs)");
            }
            verdict.because.clone_from(&finding.because);
        }
    }
    if let Some(trouble) = trouble {
        unreadable(&mut verdict, &trouble);
    }
    verdict
}

/// What cannot be read is asked about, unless it is denied already.
fn unreadable(verdict: &mut Verdict, why: &str) {
    let rule = RuleRef { name: UNREADABLE.to_owned(), layer: Layer::Default };
    verdict.trace.push(Trace {
        rule: rule.clone(),
        action: Action::Ask,
        outcome: Outcome::Matched,
        because: why.to_owned(),
    });
    if verdict.action < Action::Ask {
        verdict.action = Action::Ask;
        verdict.rule = Some(rule);
        verdict.severity = Some(Severity::High);
        verdict.message = format!("The command cannot be judged: {why}.");
        verdict.because = why.to_owned();
    }
}

/// Where a text stands in an input.
pub(crate) fn text_at<'v>(input: &'v mut Value, field: Option<&str>) -> Option<&'v mut String> {
    let place = match field {
        Some(field) => input.get_mut(field)?,
        None => input,
    };
    match place {
        Value::String(text) => Some(text),
        _ => None,
    }
}
