//! Where files of the archive stand. A bucket that is mounted is a folder, too.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// What is asked of it: a name, once given, has its whole contents, durably.
pub(crate) trait Shelf: Send + Sync + 'static {
    /// Puts a file there; one of the same name has the same contents already.
    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Reads a file of a known size.
    fn get(&self, name: &str, size: u64) -> io::Result<Vec<u8>>;

    /// The names of all that is there.
    fn names(&self) -> io::Result<Vec<String>>;

    /// Removes what a writer that died has left half done.
    fn tidy(&self) -> io::Result<()>;
}

/// A folder.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

/// What is not whole yet has this in front of its name.
const PART: &str = ".part-";

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl Shelf for Folder {
    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut part = tempfile::Builder::new().prefix(PART).tempfile_in(&self.0)?;
        part.write_all(bytes)?;
        part.as_file().sync_all()?;
        part.persist(self.0.join(name)).map_err(|error| error.error)?;
        // The name, too, must be on the disk.
        File::open(&self.0)?.sync_all()
    }

    fn get(&self, name: &str, size: u64) -> io::Result<Vec<u8>> {
        let file = File::open(self.0.join(name))?;
        // One more shows that it is longer than it was.
        let mut bytes = Vec::new();
        file.take(size + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            names.extend(entry?.file_name().into_string().ok());
        }
        names.sort();
        Ok(names)
    }

    fn tidy(&self) -> io::Result<()> {
        for name in self.names()?.iter().filter(|name| name.starts_with(PART)) {
            fs::remove_file(self.0.join(name))?;
        }
        Ok(())
    }
}
