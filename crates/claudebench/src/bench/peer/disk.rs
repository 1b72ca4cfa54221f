//! The disk's own fsync: what a durable answer takes at least.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Instant;

use crate::bench::load::Tally;

/// As much as a small commit writes.
const BLOCK: [u8; 4096] = [0x5a; 4096];
/// Blocks in the file, written over in turn.
const BLOCKS: u64 = 256;

/// A file that is written over, block by block, each made durable.
#[derive(Debug)]
pub struct Disk {
    file: File,
    next: u64,
}

impl Disk {
    /// Makes the file in a folder, at its full length, so that writing does not make it grow.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn prepare(dir: &Path) -> io::Result<Self> {
        let path = dir.join("fsync.bin");
        let file = OpenOptions::new().create(true).truncate(true).write(true).open(path)?;
        for block in 0..BLOCKS {
            file.write_all_at(&BLOCK, block * BLOCK.len() as u64)?;
        }
        file.sync_all()?;
        Ok(Self { file, next: 0 })
    }

    /// Writes and syncs so many blocks, one after the other.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn measure(&mut self, count: usize, tally: &mut Tally) -> io::Result<()> {
        for _ in 0..count {
            let start = Instant::now();
            self.file.write_all_at(&BLOCK, self.next * BLOCK.len() as u64)?;
            self.file.sync_data()?;
            tally.answered(start, 0);
            self.next = (self.next + 1) % BLOCKS;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_written_and_timed() {
        let dir = tempfile::tempdir().unwrap();
        let mut disk = Disk::prepare(dir.path()).unwrap();
        let mut tally = Tally::from_now();
        disk.measure(3, &mut tally).unwrap();
        assert_eq!(tally.requests, 3);
        assert!(tally.quantile_ms(0.5) > 0.0);
        let length = std::fs::metadata(dir.path().join("fsync.bin")).unwrap().len();
        assert_eq!(length, BLOCKS * BLOCK.len() as u64);
    }
}
