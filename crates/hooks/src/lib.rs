//! Decides about a tool call of an agent by rules that people can read.
//!
//! Nothing here does I/O or reads a clock, so that the server and the command line decide alike.
//! How rules are written stands in `docs/hook-rules.md`; those that come with it are
//! [`Rules::builtin`].
//!
//! ```
//! use claudebench_hooks::{Action, Rules, ToolCall};
//!
//! let rules = Rules::builtin()?;
//! let input = serde_json::json!({"command": "ls; r\\m -r --force /"});
//! let call = ToolCall { tool: "Bash", input: &input, cwd: Some("/home/a/project"), home: None };
//! assert_eq!(rules.judge(&call).action, Action::Deny);
//! # Ok::<(), claudebench_hooks::RuleError>(())
//! ```

mod call;
mod error;
mod file;
mod judge;
pub mod mask;
mod modify;
mod pattern;
mod rule;
mod rules;
mod shell;
mod verdict;
mod when;

pub use call::ToolCall;
pub use error::RuleError;
pub use rules::Rules;
pub use verdict::{Action, Layer, Outcome, RuleRef, Severity, Trace, Verdict, Warning};
