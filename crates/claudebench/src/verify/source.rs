//! Where lines come from, so that what was found can be shown as it stands in its file.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// A line of a source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Line {
    source: usize,
    /// Counted from 1.
    number: usize,
}

/// All sources of one check.
#[derive(Debug, Default)]
pub struct Sources(Vec<PathBuf>);

impl Sources {
    /// Reads a file, line by line. Its last line may be cut short, if a process died over it.
    ///
    /// # Errors
    /// The file cannot be read, or `read` does not understand a line.
    pub(super) fn file(
        &mut self,
        path: &Path,
        read: &mut dyn FnMut(Line, &str) -> Result<(), String>,
    ) -> Result<(), ReadError> {
        self.0.push(path.to_owned());
        let failed = |source| ReadError::File { path: path.to_owned(), source };
        let mut from = BufReader::new(File::open(path).map_err(failed)?);
        let source = self.0.len() - 1;
        let mut text = String::new();
        for number in 1.. {
            text.clear();
            if from.read_line(&mut text).map_err(failed)? == 0 {
                break;
            }
            let line = text.trim_end();
            let cut = !text.ends_with('\n');
            match if line.is_empty() { Ok(()) } else { read(Line { source, number }, line) } {
                Err(_) if cut => break,
                Err(what) => {
                    return Err(ReadError::Line { path: path.to_owned(), number, what });
                }
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// `file:number`.
    #[must_use]
    pub fn place(&self, line: Line) -> String {
        let path = self.0.get(line.source).map(|path| path.display().to_string());
        format!("{}:{}", path.unwrap_or_default(), line.number)
    }

    /// The line as it stands there; empty if it cannot be read any more.
    #[must_use]
    pub fn show(&self, line: Line) -> String {
        let skip = line.number.saturating_sub(1);
        let file = self.0.get(line.source).and_then(|path| File::open(path).ok());
        file.and_then(|file| BufReader::new(file).lines().nth(skip)?.ok()).unwrap_or_default()
    }
}

/// Why a history could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file.
    #[error("{path} cannot be read: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line of it.
    #[error("{path}:{number}: {what}")]
    Line {
        /// In which file.
        path: PathBuf,
        /// Counted from 1.
        number: usize,
        /// What is wrong with it.
        what: String,
    },
}
