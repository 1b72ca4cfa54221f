//! What a worker and the guard of a command say to each other, over a socket that is the guard's
//! standard input: first the order, then a word a line. Its end is the end of the other.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Ask the command to end.
pub(super) const TERM: &str = "term\n";
/// End it.
pub(super) const KILL: &str = "kill\n";

/// What to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::cli::work) struct Order {
    /// The program and what it is given.
    pub(in crate::cli::work) argv: Vec<String>,
    /// What is set in its environment, besides that of the worker.
    pub(in crate::cli::work) environment: Vec<(String, String)>,
    /// What is not, though the worker has it.
    pub(in crate::cli::work) unset: Vec<String>,
    /// Where it runs; if nowhere else, where the worker does.
    pub(in crate::cli::work) folder: Option<PathBuf>,
    /// Its standard input.
    pub(in crate::cli::work) input: String,
}

/// What a guard says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It cannot be run.
    Failed(String),
    /// It ended with an exit code.
    Exited(i32),
    /// A signal ended it.
    Killed(i32),
}

impl Said {
    pub(super) fn line(&self) -> String {
        match self {
            Self::Failed(why) => format!("failed {}\n", why.replace('\n', " ")),
            Self::Exited(code) => format!("exited {code}\n"),
            Self::Killed(signal) => format!("killed {signal}\n"),
        }
    }

    pub(super) fn read(line: &str) -> Option<Self> {
        let (word, rest) = line.split_once(' ')?;
        match word {
            "failed" => Some(Self::Failed(rest.to_owned())),
            "exited" => rest.parse().ok().map(Self::Exited),
            "killed" => rest.parse().ok().map(Self::Killed),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_understood() {
        for said in [Said::Failed("no such file".into()), Said::Exited(75), Said::Killed(9)] {
            let line = said.line();
            assert_eq!(line.strip_suffix('\n').and_then(Said::read), Some(said));
        }
        assert_eq!(Said::read("nonsense"), None);
        assert_eq!(Said::Failed("a\nb".into()).line(), "failed a b\n");
    }
}
