//! A file that says which process a server is. It is locked as long as that lives, so that a number left
//! behind, which may be another process's by now, is never sent a signal.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process};

/// The file of this process; it goes with it.
#[derive(Debug)]
pub struct PidFile {
    path: PathBuf,
    _locked: File,
}

impl PidFile {
    /// Writes the number of this process.
    ///
    /// # Errors
    /// It cannot be written, or another server has it.
    pub fn write(path: &Path) -> io::Result<Self> {
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            return Err(io::Error::other("a server that runs has it"));
        }
        file.set_len(0)?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Self { path: path.to_owned(), _locked: file })
    }

    /// Tells the process of a file to replace its workers; answers its number.
    ///
    /// # Errors
    /// There is none.
    pub fn hang_up(path: &Path) -> io::Result<i32> {
        let mut file = File::open(path)?;
        if flock(&file, FlockOperation::NonBlockingLockShared).is_ok() {
            return Err(io::Error::other("the server that wrote it has ended"));
        }
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let pid = text.trim().parse().ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("it holds no number of a process"))?;
        kill_process(pid, Signal::HUP)?;
        Ok(pid.as_raw_nonzero().get())
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_was_left_behind_is_nobody() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pid");
        std::fs::write(&path, "1\n").unwrap();
        let nobody = PidFile::hang_up(&path).unwrap_err().to_string();
        assert!(nobody.contains("has ended"), "{nobody}");
        let file = PidFile::write(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.trim(), std::process::id().to_string());
        let taken = PidFile::write(&path).unwrap_err().to_string();
        assert!(taken.contains("a server that runs"), "{taken}");
        drop(file);
        assert!(!path.exists());
    }
}
