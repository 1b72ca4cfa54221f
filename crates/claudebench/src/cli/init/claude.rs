//! The Claude Code of this machine: which events its hooks may be set for. An old one that meets an event
//! that it does not know leaves the whole file of settings out.

use std::fmt;
use std::process::Command;
use std::time::Duration;

use crate::cli::running;
use crate::config::Config;

/// How long it may take to say its version.
const PATIENCE: Duration = Duration::from_secs(10);

/// A version: major, minor, patch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::cli) struct Version(pub(super) u32, pub(super) u32, pub(super) u32);

/// From this one on, an event that is not known is left out alone. It is taken for granted where there is
/// none to ask.
pub(super) const TOLERANT: Version = Version(2, 1, 114);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl Version {
    /// Reads `2.1.332 (Claude Code)`.
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split_whitespace().next()?.splitn(3, '.');
        let mut next = || {
            let digits: String = parts.next()?.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        };
        Some(Self(next()?, next()?, next()?))
    }

    /// That of the Claude Code that a shell finds, if there is one and it says so.
    pub(in crate::cli) fn found() -> Option<Self> {
        let mut command = Command::new(Config::in_path("claude")?);
        command.arg("--version");
        let output = running::run(command, "", PATIENCE).ok()?;
        Self::read(&String::from_utf8_lossy(&output.stdout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_ordered() {
        assert_eq!(Version::read("2.1.332 (Claude Code)\n"), Some(Version(2, 1, 332)));
        assert_eq!(Version::read("3.0.0-beta.1"), Some(Version(3, 0, 0)));
        for other in ["", "claude", "2.1", "v2.1.3"] {
            assert_eq!(Version::read(other), None, "{other}");
        }
        assert!(Version(2, 1, 114) > Version(2, 1, 89) && Version(2, 1, 0) > Version(2, 0, 99));
    }
}
