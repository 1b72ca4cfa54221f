//! Git, as it is asked.

use std::path::Path;
use std::time::Duration;

use super::super::process::Order;
use super::super::stage::Stage;

/// How long one call of git may take.
const LONGEST: Duration = Duration::from_secs(600);

/// What would lead git elsewhere: of a hook that has started the worker, for example.
pub(super) const MISLEADING: [&str; 6] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
];

/// What git says in a folder, without the end of the last line.
///
/// # Errors
/// What it was asked, and what it says of that.
pub(super) async fn git(stage: &Stage<'_>, folder: &Path, args: &[&str]) -> Result<String, String> {
    let asked = format!("git {}", args.join(" "));
    let order = Order {
        argv: std::iter::once(&"git").chain(args).map(|arg| (*arg).to_owned()).collect(),
        // It asks nobody, and speaks as it is read here.
        environment: vec![
            ("GIT_TERMINAL_PROMPT".into(), "0".into()),
            ("LC_ALL".into(), "C".into()),
        ],
        unset: MISLEADING.map(str::to_owned).to_vec(),
        folder: Some(folder.to_owned()),
        input: String::new(),
    };
    let Ok(done) = tokio::time::timeout(LONGEST, stage.ask(&order)).await else {
        return Err(format!("`{asked}` in {} takes too long", folder.display()));
    };
    if done.is_good() {
        let said = done.out.whole().ok_or_else(|| format!("`{asked}` says too much"))?;
        return Ok(said.trim_end().to_owned());
    }
    let said = done.err.end(2_000);
    let how = done.ended.told();
    Err(format!("`{asked}` in {} failed ({how}): {}", folder.display(), said.trim()))
}
