//! All that a process has started, and what those have started.

use std::collections::{HashMap, HashSet};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// Sends a signal to a process group, and to all that descends from this process: also to what has
/// left the group. Whoever has lost its parent is this process's child (`become_parent`).
pub(super) fn signal(group: Pid, signal: Signal) {
    // They may have ended meanwhile.
    let _ = kill_process_group(group, signal);
    for pid in descendants(std::process::id()) {
        let _ = kill_process(pid, signal);
    }
}

/// From now on, what its parent has left becomes a child of this process. On Linux alone: elsewhere
/// what leaves its process group is out of reach.
pub(super) fn become_parent() {
    #[cfg(target_os = "linux")]
    {
        let own = i32::try_from(std::process::id()).ok().and_then(Pid::from_raw);
        // Without it, the process group is what there is.
        let _ = rustix::process::set_child_subreaper(own);
    }
}

/// What descends from a process, as far as the system tells.
fn descendants(of: u32) -> Vec<Pid> {
    let Ok(of) = i32::try_from(of) else { return Vec::new() };
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    for process in processes {
        let pid = process.file_name().to_str().and_then(|name| name.parse::<i32>().ok());
        if let Some((pid, parent)) = pid.and_then(|pid| Some((pid, parent(pid)?))) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut found = HashSet::new();
    let mut next = vec![of];
    while let Some(parent) = next.pop() {
        for child in children.get(&parent).into_iter().flatten() {
            if found.insert(*child) {
                next.push(*child);
            }
        }
    }
    found.into_iter().filter_map(Pid::from_raw).collect()
}

/// Who started a process.
fn parent(pid: i32) -> Option<i32> {
    // pid (name, which may hold anything) state parent ..
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn grand_children_are_found() {
        let mut child = Command::new("sh")
            .args(["-c", "sleep 600 & echo started; wait"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let stdout = child.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut said).unwrap();
        let below = descendants(child.id());
        assert_eq!((said.trim(), below.len()), ("started", 1));
        for pid in below {
            kill_process(pid, Signal::KILL).unwrap();
        }
        child.wait().unwrap();
    }
}
