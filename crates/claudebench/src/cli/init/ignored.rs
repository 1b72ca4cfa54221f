//! What git ignores.

use std::path::Path;
use std::process::{Command, Stdio};

/// Whether git ignores a path, by any of its files. Without git, by what a file of patterns says.
pub(super) fn is(root: &Path, path: &str, patterns: &str) -> bool {
    let mut git = Command::new("git");
    git.arg("-C").arg(root).args(["check-ignore", "--quiet", "--", path]);
    let asked = git.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match asked.ok().and_then(|status| status.code()) {
        Some(0) => true,
        Some(1) => false,
        // There is no git, or it does not want to look here.
        _ => {
            patterns.lines().any(|line| line.trim().trim_matches('/') == path.trim_end_matches('/'))
        }
    }
}
