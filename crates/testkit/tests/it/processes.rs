//! Looks at the processes of this machine.

use std::path::{Path, PathBuf};

/// The processes that work somewhere below a folder, deleted or not. Linux tells.
pub(super) fn below(folder: &Path) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let numbers = processes.filter_map(|process| process.file_name().into_string().ok());
    let here = |pid: &String| {
        let works_in: Option<PathBuf> = std::fs::read_link(format!("/proc/{pid}/cwd")).ok();
        works_in.is_some_and(|path| path.starts_with(folder))
    };
    numbers.filter(|name| name.parse::<u32>().is_ok()).filter(here).collect()
}

/// Whether a process is there and is not only waiting to be counted as dead.
pub(super) fn alive(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
}
