//! The log is written back to the database beside the writer, by a thread with a connection of its own.
//! Only the end of the log is left to the writer, so that the next commit can begin it anew: while
//! commits come one after the other, somebody else never gets to the end.

use std::ffi::c_int;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;
use rusqlite::hooks::Wal;

use crate::sqlite::open::{self, LOG_PAGES, OpenError};

/// The thread begins when the log has grown by so many pages.
const PART: c_int = 1_400;

/// The thread that writes back.
pub(super) struct WriteBack {
    thread: JoinHandle<()>,
}

impl WriteBack {
    /// Starts it for a writer.
    pub(super) fn start(db: &mut Connection, dir: &Path) -> Result<Self, OpenError> {
        let own = open::write_back(dir)?;
        // As much as one pass is asked for while another one runs.
        let (ask, asked) = sync_channel(1);
        let mut begun = 0;
        let committed = move |wal: &mut Wal, pages: c_int| {
            if pages < begun {
                begun = 0;
            }
            if pages >= LOG_PAGES {
                // The rest; not while the thread is at it, and then after the next commit.
                let _ = wal.checkpoint();
            } else if pages - begun >= PART {
                begun = pages;
                let _ = ask.try_send(());
            }
            // What was committed stands, whatever becomes of this.
            Ok(())
        };
        db.wal_hook(Some(committed)).map_err(|source| open::said(dir, source))?;
        let thread = std::thread::Builder::new()
            .name("store-writeback".into())
            .spawn(move || write_back(&own, &asked))
            .map_err(OpenError::Thread)?;
        Ok(Self { thread })
    }

    /// Waits for its end.
    pub(super) fn end(self, db: &mut Connection) {
        // Who asks for passes is gone with the hook.
        let none: Option<fn(&mut Wal, c_int) -> rusqlite::Result<()>> = None;
        if db.wal_hook(none).is_ok() && self.thread.join().is_err() {
            tracing::error!("the thread that writes the log back has panicked");
        }
    }
}

fn write_back(db: &Connection, asked: &Receiver<()>) {
    for () in asked {
        let done = db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = done {
            tracing::warn!(%error, "the log could not be written back; tried again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::DATABASE;

    #[test]
    fn the_log_begins_anew_while_commits_come_one_after_the_other() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(DATABASE);
        let mut db = Connection::open(&path).unwrap();
        db.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (b BLOB)").unwrap();
        let write_back = WriteBack::start(&mut db, dir.path()).unwrap();
        let length = |name: &str| {
            std::fs::metadata(dir.path().join(name)).map_or(0, |found| found.len() >> 20)
        };
        // A slow thread only puts it off.
        let anew = (1..=500).find(|written| {
            db.execute("INSERT INTO t VALUES (zeroblob(1048576))", []).unwrap();
            length(&format!("{DATABASE}-wal")) + 30 < *written
        });
        assert!(anew.is_some(), "the log grows with all that is written");
        assert!(length(DATABASE) > 0, "and is written back");
        write_back.end(&mut db);
    }
}
