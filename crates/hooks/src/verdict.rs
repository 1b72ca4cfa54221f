//! What is decided about a tool call, by which rule, and why.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a rule does with a call, from the mildest to the strictest.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// The call goes on.
    #[default]
    Allow,
    /// The call goes on, and the agent is told something.
    Warn,
    /// The call goes on with another input.
    Modify,
    /// A person decides.
    Ask,
    /// The call does not happen.
    Deny,
}

/// How bad it would be.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A matter of tidiness.
    Low,
    /// It costs time or attention.
    #[default]
    Medium,
    /// It harms the system.
    High,
    /// It destroys what cannot be brought back.
    Critical,
}

/// Where a rule comes from; a later layer is closer to the work.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// It comes with ClaudeBench.
    Default,
    /// The installation has it in its configuration.
    Server,
    /// The tenant has set it.
    Tenant,
    /// It stands in the repository.
    Repository,
}

impl Layer {
    /// Its name in rule files, errors and answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Server => "server",
            Self::Tenant => "tenant",
            Self::Repository => "repository",
        }
    }
}

/// A rule, by its name and where it comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RuleRef {
    /// Its name, unique in all layers.
    pub name: String,
    /// The layer that it comes from.
    pub layer: Layer,
}

/// What is decided about a call.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Verdict {
    /// What happens.
    pub action: Action,
    /// The rule that decides; none if no rule speaks about the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleRef>,
    /// The severity of that rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What that rule says.
    pub message: String,
    /// The part of the input that it speaks about.
    pub because: String,
    /// The new input, if the action is `modify`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<Value>,
    /// What rules warn of, whatever the action.
    pub warnings: Vec<Warning>,
    /// Each rule that is for the tool, in the order of the layers.
    pub trace: Vec<Trace>,
    /// How much work the verdict took. It is bounded.
    pub steps: u64,
}

/// What a rule warns of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Warning {
    /// The rule.
    pub rule: RuleRef,
    /// Its severity.
    pub severity: Severity,
    /// What it says.
    pub message: String,
    /// The part of the input that it speaks about.
    pub because: String,
}

/// Whether a rule matched, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Trace {
    /// The rule.
    pub rule: RuleRef,
    /// What it does when it matches.
    pub action: Action,
    /// Whether it did.
    pub outcome: Outcome,
    /// What matched, or the condition that nothing met.
    pub because: String,
}

/// Whether a rule matched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// All its conditions hold.
    Matched,
    /// They may hold: that rests on something that is known only when the command runs.
    Possible,
    /// It would match, but another rule exempts what it matches.
    Exempted,
    /// A condition does not hold.
    Missed,
}
