//! All that a process has started, and what those have started.

use std::collections::{HashMap, HashSet};

use rustix::process::{Pid, Signal, getpgrp, kill_current_process_group, kill_process};

/// Sends a signal to all that descends from this process: also to what has left its process group, as
/// whoever has lost its parent is this process's child (`become_parent`). This process gets it, too,
/// unless it is the one that nobody survives; that it gets only where nobody tells who descends from whom.
pub(super) fn signal(signal: Signal) {
    let descendants = descendants(std::process::id());
    let spared = signal == Signal::KILL && descendants.is_some();
    if !spared {
        // All at once: nobody is told of the end of another one first.
        let _ = kill_current_process_group(signal);
    }
    let own = getpgrp().as_raw_nonzero().get();
    for (pid, group) in descendants.into_iter().flatten() {
        if spared || group != own {
            // It may have ended meanwhile.
            let _ = kill_process(pid, signal);
        }
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

/// What descends from a process, each with its process group, where the system tells.
fn descendants(of: u32) -> Option<Vec<(Pid, i32)>> {
    let of = i32::try_from(of).ok()?;
    // Without itself there, it is no list of processes.
    lineage(of)?;
    let mut groups: HashMap<i32, i32> = HashMap::new();
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for process in std::fs::read_dir("/proc").ok()?.flatten() {
        let pid = process.file_name().to_str().and_then(|name| name.parse::<i32>().ok());
        if let Some((pid, (parent, group))) = pid.and_then(|pid| Some((pid, lineage(pid)?))) {
            children.entry(parent).or_default().push(pid);
            groups.insert(pid, group);
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
    let group = |pid: i32| groups.get(&pid).copied().unwrap_or_default();
    Some(found.into_iter().filter_map(|pid| Some((Pid::from_raw(pid)?, group(pid)))).collect())
}

/// Who started a process, and the process group that it is in.
fn lineage(pid: i32) -> Option<(i32, i32)> {
    // pid (name, which may hold anything) state parent group ..
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut after = stat.rsplit(')').next()?.split_whitespace().skip(1);
    Some((after.next()?.parse().ok()?, after.next()?.parse().ok()?))
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
        let below = descendants(child.id()).unwrap();
        assert_eq!((said.trim(), below.len()), ("started", 1));
        for (pid, group) in below {
            assert_eq!(group, getpgrp().as_raw_nonzero().get());
            kill_process(pid, Signal::KILL).unwrap();
        }
        child.wait().unwrap();
    }
}
