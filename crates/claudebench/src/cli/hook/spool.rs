//! What the server has not heard yet: a file each, in the order in which it happened. A file has its name
//! when it is whole and on the disk.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use claudebench_core::time::wall_ms;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::server::Next;
use crate::config::Config;

/// More than these are not kept, and no more bytes than these.
const ENTRIES: usize = 10_000;
const BYTES: u64 = 64 << 20;

/// The lock of whoever delivers, and the sign that a server was there.
const LOCK: &str = "lock";
const KNOWN: &str = "known";

/// How many this process has kept.
static KEPT: AtomicU32 = AtomicU32::new(0);

/// A call that the server has not heard.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) method: String,
    pub(super) params: Map<String, Value>,
}

/// The folder of one server.
#[derive(Debug)]
pub(super) struct Spool(PathBuf);

impl Spool {
    /// Of the server at this address.
    pub(super) fn of(address: &str) -> Option<Self> {
        let digest = Sha256::digest(address.as_bytes());
        let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Some(Self(Config::state_dir()?.join("hooks").join(name)))
    }

    /// Whether anything waits.
    pub(super) fn has_some(&self) -> bool {
        fs::read_dir(&self.0)
            .is_ok_and(|mut all| all.any(|entry| entry.is_ok_and(|entry| is_entry(&entry.path()))))
    }

    /// Whether the server was ever there.
    pub(super) fn is_known(&self) -> bool {
        self.0.join(KNOWN).exists()
    }

    /// The server was there.
    pub(super) fn was_heard(&self) {
        if !self.is_known() && self.make().is_ok() {
            // Without it, what the server misses is not kept before it is there again.
            let _ = File::create(self.0.join(KNOWN));
        }
    }

    fn make(&self) -> std::io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(&self.0)
    }

    /// Keeps a call.
    pub(super) fn keep(&self, entry: &Entry) -> Result<(), String> {
        let cannot = |e: std::io::Error| format!("{}: {e}", self.0.display());
        self.make().map_err(cannot)?;
        let (mut count, mut bytes, mut last) = (0, 0, 0);
        for path in self.entries() {
            count += 1;
            last = stamp(&path).unwrap_or(last);
            bytes += fs::metadata(path).map_or(0, |found| found.len());
        }
        if count >= ENTRIES || bytes >= BYTES {
            return Err(format!(
                "{count} events wait for the server already; see `claudebench hook deliver`"
            ));
        }
        let text = serde_json::to_vec(entry).map_err(|e| e.to_string())?;
        // Those of one process that come at the same time follow each other, too.
        let place = KEPT.fetch_add(1, Ordering::Relaxed);
        // A clock that was set back does not put it before the others.
        let stamp = wall_ms().max(last + 1);
        let name = format!("{stamp:016}-{place:06}-{}", number());
        let (new, path) = (self.0.join(format!("{name}.new")), self.0.join(format!("{name}.json")));
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new).map_err(cannot)?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(cannot)?;
        fs::rename(&new, &path).map_err(cannot)?;
        File::open(&self.0).and_then(|folder| folder.sync_all()).map_err(cannot)
    }

    /// What is kept, in order.
    fn entries(&self) -> Vec<PathBuf> {
        let all = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let mut entries: Vec<PathBuf> =
            all.map(|entry| entry.path()).filter(|path| is_entry(path)).collect();
        entries.sort();
        entries
    }

    /// Tells what is kept, in order, and forgets what was taken; answers whether nothing is left. One
    /// process at a time does it.
    pub(super) fn deliver(&self, mut tell: impl FnMut(&Entry) -> Next) -> bool {
        let Ok(lock) = File::create(self.0.join(LOCK)) else { return !self.has_some() };
        if lock.try_lock().is_err() {
            return false;
        }
        loop {
            let entries = self.entries();
            if entries.is_empty() {
                return true;
            }
            for path in entries {
                let text = match fs::read(&path) {
                    Ok(text) => text,
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                    // It may be read another time.
                    Err(_) => return false,
                };
                let Ok(entry) = serde_json::from_slice::<Entry>(&text) else {
                    // It would stand in the way of all others.
                    if fs::rename(&path, path.with_extension("broken")).is_err() {
                        return false;
                    }
                    continue;
                };
                if tell(&entry) == Next::Stop || forget(&path).is_err() {
                    return false;
                }
            }
        }
    }
}

/// Whether a file is a call.
fn is_entry(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

/// When it was kept, by its name.
fn stamp(path: &Path) -> Option<i64> {
    path.file_name()?.to_str()?.split('-').next()?.parse().ok()
}

fn forget(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A number that comes once.
pub(super) fn number() -> String {
    let mut bytes = [0_u8; 12];
    if getrandom::fill(&mut bytes).is_err() {
        return format!("{}-{}", wall_ms(), std::process::id());
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(n: u64) -> Entry {
        let params = Map::from_iter([("n".to_owned(), Value::from(n))]);
        Entry { method: "hook.event".into(), params }
    }

    #[test]
    fn what_is_kept_is_told_in_order_and_once() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool(dir.path().join("a/b"));
        assert!(!spool.has_some() && spool.deliver(|_| Next::Done));
        for n in 0..20 {
            spool.keep(&entry(n)).unwrap();
        }
        let mut told = Vec::new();
        let mut tell = |entry: &Entry| {
            if told.len() == 5 {
                return Next::Stop;
            }
            told.push(entry.params["n"].as_u64().unwrap());
            Next::Done
        };
        assert!(!spool.deliver(&mut tell));
        let rest = spool.deliver(|entry| {
            told.push(entry.params["n"].as_u64().unwrap());
            Next::Done
        });
        assert!(rest && !spool.has_some());
        assert_eq!(told, (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn a_clock_that_was_set_back_changes_no_order() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool(dir.path().into());
        let of_tomorrow = format!("{:016}-000000-a.json", wall_ms() + 86_400_000);
        fs::write(dir.path().join(of_tomorrow), serde_json::to_vec(&entry(0)).unwrap()).unwrap();
        for n in 1..4 {
            spool.keep(&entry(n)).unwrap();
        }
        let mut told = Vec::new();
        assert!(spool.deliver(|entry| {
            told.push(entry.params["n"].as_u64().unwrap());
            Next::Done
        }));
        assert_eq!(told, [0, 1, 2, 3]);
    }

    #[test]
    fn one_process_delivers_at_a_time_and_what_cannot_be_read_is_in_nobodys_way() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool(dir.path().into());
        fs::write(dir.path().join("0.json"), "no JSON").unwrap();
        fs::write(dir.path().join("1.new"), "half").unwrap();
        spool.keep(&entry(7)).unwrap();
        let mut told = 0;
        let done = spool.deliver(|_| {
            told += 1;
            assert!(!spool.deliver(|_| Next::Done), "another is at it");
            Next::Done
        });
        assert!(done && told == 1);
        assert!(dir.path().join("0.broken").exists(), "it is not thrown away");
    }
}
