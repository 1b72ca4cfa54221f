//! The file of rules about tool calls: read at the start, and again when it changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use claudebench_hooks::{Layer, RuleError, Rules};
use claudebench_services::hook::HookRules;
use tokio::sync::watch;

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(1);
/// The largest file that is read.
const FILE_BYTES: u64 = 1 << 20;

/// What is wrong with a file of rules.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// It cannot be read.
    #[error("the rules of `hook.rules` cannot be read: {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is longer than any rules.
    #[error("{} is longer than {FILE_BYTES} bytes", path.display())]
    Long {
        /// The file.
        path: PathBuf,
    },
    /// It is not in order.
    #[error("{}: {source}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// Where, and why.
        source: RuleError,
    },
    /// Those that come with the program are not.
    #[error("the rules that come with the program: {0}")]
    Own(RuleError),
}

/// By what a change is seen.
type Mark = Option<(SystemTime, u64)>;

/// The rules that come with the program, with those of a file over them if there is one.
pub(super) fn read(path: &Path) -> Result<Rules, RulesError> {
    let rules = Rules::builtin().map_err(RulesError::Own)?;
    if path.as_os_str().is_empty() {
        return Ok(rules);
    }
    let path = path.to_owned();
    let unreadable = |source| RulesError::Unreadable { path: path.clone(), source };
    if std::fs::metadata(&path).map_err(unreadable)?.len() > FILE_BYTES {
        return Err(RulesError::Long { path });
    }
    let text = std::fs::read_to_string(&path).map_err(unreadable)?;
    rules.with(Layer::Server, &text).map_err(|source| RulesError::Wrong { path, source })
}

/// Reads the file again when it has changed. One that is not in order changes nothing, and is told of.
pub(super) async fn follow(
    path: PathBuf,
    rules: Arc<HookRules>,
    mut stopping: watch::Receiver<bool>,
) {
    if path.as_os_str().is_empty() {
        return;
    }
    let mut ticks = tokio::time::interval(EVERY);
    let mut last = None;
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            _ = ticks.tick() => {}
        }
        let looked_at = path.clone();
        let look = move || {
            let mark = mark(&looked_at);
            (mark, (Some(mark) != last).then(|| read(&looked_at)))
        };
        // A folder that hangs holds up nobody else.
        let Ok((mark, read)) = tokio::task::spawn_blocking(look).await else { continue };
        let first = last.replace(mark).is_none();
        match read {
            None => {}
            Some(Ok(new)) => {
                rules.replace(new);
                if !first {
                    tracing::info!(path = %path.display(), "the rules about tool calls have changed");
                }
            }
            Some(Err(error)) => {
                tracing::error!(%error, "the rules about tool calls stay as they were");
            }
        }
    }
}

fn mark(path: &Path) -> Mark {
    let found = std::fs::metadata(path).ok()?;
    Some((found.modified().ok()?, found.len()))
}
