//! What commands write: its end is kept for the report, and all of it is shown or kept in files.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::sync::mpsc;

/// How much is read at a time.
const CHUNK: usize = 16 << 10;
/// Where a line is cut that does not end.
const LINE: usize = 8 << 10;
/// How many pieces may wait for whoever reads them; then the commands wait, and nothing else does.
const WAITING: usize = 256;
/// How long the last words may take.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The end of what a command wrote.
#[derive(Clone, Debug, Default)]
pub(super) struct Tail {
    room: usize,
    bytes: VecDeque<u8>,
    all: u64,
}

impl Tail {
    pub(super) fn new(room: usize) -> Self {
        Self { room, bytes: VecDeque::new(), all: 0 }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.all += bytes.len() as u64;
        let bytes = &bytes[bytes.len().saturating_sub(self.room)..];
        let over = (self.bytes.len() + bytes.len()).saturating_sub(self.room);
        self.bytes.drain(..over);
        self.bytes.extend(bytes);
    }

    /// All of it, if it is all there.
    pub(super) fn whole(&self) -> Option<String> {
        (self.all == self.bytes.len() as u64).then(|| self.read(self.room))
    }

    /// The end of it, with what was left out before it.
    pub(super) fn end(&self, room: usize) -> String {
        let text = self.read(room);
        match self.all.saturating_sub(room.min(self.bytes.len()) as u64) {
            0 => text,
            left => format!("[{left} bytes before this are left out]\n{text}"),
        }
    }

    /// Whether there is nothing but white space.
    pub(super) fn is_empty(&self) -> bool {
        self.read(self.room).trim().is_empty()
    }

    fn read(&self, room: usize) -> String {
        let skipped = self.bytes.len().saturating_sub(room);
        let bytes: Vec<u8> = self.bytes.iter().skip(skipped).copied().collect();
        // A character that was cut in two is no character.
        let begin = bytes.iter().take(3).position(|byte| byte & 0xc0 != 0x80).unwrap_or(0);
        let cut = self.all > bytes.len() as u64;
        let text = String::from_utf8_lossy(if cut { &bytes[begin..] } else { &bytes });
        // No text of a task may have it.
        text.replace('\0', "\u{fffd}")
    }
}

/// What becomes of all that commands write.
#[derive(Clone, Debug)]
pub(super) enum Show {
    /// It goes on, line by line, each with the task that it is of.
    Prefixed,
    /// Each attempt has two files in this folder.
    Files(PathBuf),
    /// It is not kept.
    Nothing,
}

/// Where a piece goes.
enum Piece {
    Out(Vec<u8>),
    Err(Vec<u8>),
    File(Arc<File>, Vec<u8>),
}

/// Writes, on a thread of its own: whoever does not read holds up the commands, but no heartbeat.
pub(super) struct Writer {
    pieces: mpsc::Sender<Piece>,
    thread: JoinHandle<()>,
}

impl Writer {
    pub(super) fn start() -> Self {
        let (pieces, mut waiting) = mpsc::channel(WAITING);
        let thread = std::thread::spawn(move || {
            while let Some(piece) = waiting.blocking_recv() {
                // Where nobody reads any more, or the disk is full, the work goes on.
                let _ = match piece {
                    Piece::Out(bytes) => write(io::stdout(), &bytes),
                    Piece::Err(bytes) => write(io::stderr(), &bytes),
                    Piece::File(file, bytes) => write(&*file, &bytes),
                };
            }
        });
        Self { pieces, thread }
    }

    /// Waits until all is written.
    pub(super) async fn finish(self) {
        drop(self.pieces);
        let thread = self.thread;
        let end = tokio::task::spawn_blocking(move || thread.join());
        let _ = tokio::time::timeout(LAST_WORDS, end).await;
    }

    pub(super) fn handle(&self) -> Pieces {
        Pieces(self.pieces.clone())
    }
}

fn write(mut to: impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes)?;
    to.flush()
}

/// A way to the writer.
#[derive(Clone)]
pub(super) struct Pieces(mpsc::Sender<Piece>);

impl Pieces {
    async fn send(&self, piece: Piece) {
        // The writer ends last of all.
        let _ = self.0.send(piece).await;
    }
}

/// Which of the two streams.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stream {
    Out,
    Err,
}

impl Stream {
    fn piece(self, bytes: Vec<u8>) -> Piece {
        if self == Self::Out { Piece::Out(bytes) } else { Piece::Err(bytes) }
    }
}

/// What becomes of one stream of one attempt.
pub(super) enum Sink {
    Prefixed { pieces: Pieces, prefix: String, line: Vec<u8>, stream: Stream },
    File { pieces: Pieces, file: Arc<File> },
    Nowhere,
}

impl Sink {
    /// For an attempt of that name.
    ///
    /// # Errors
    /// The file cannot be made.
    pub(super) fn open(
        pieces: Pieces,
        show: &Show,
        task: &str,
        attempt: i64,
        stream: Stream,
    ) -> io::Result<Self> {
        Ok(match show {
            Show::Prefixed => {
                Self::Prefixed { pieces, prefix: format!("{task} | "), line: Vec::new(), stream }
            }
            Show::Files(folder) => {
                let end = if stream == Stream::Out { "out" } else { "err" };
                let path = folder.join(format!("{task}-{attempt}.{end}"));
                let named = |e: io::Error| io::Error::other(format!("{}: {e}", path.display()));
                let mut file = File::options();
                // An attempt may be made more than once, as when it was given back.
                let file = file.create(true).append(true).open(&path).map_err(named)?;
                Self::File { pieces, file: Arc::new(file) }
            }
            Show::Nothing => Self::Nowhere,
        })
    }

    /// For what nobody wants to see.
    pub(super) fn nowhere() -> Self {
        Self::Nowhere
    }

    async fn take(&mut self, bytes: &[u8]) {
        match self {
            Self::Nowhere => {}
            Self::File { pieces, file } => {
                pieces.send(Piece::File(file.clone(), bytes.to_vec())).await;
            }
            Self::Prefixed { pieces, prefix, line, stream } => {
                let mut whole = Vec::new();
                for byte in bytes {
                    line.push(*byte);
                    if *byte == b'\n' || line.len() >= LINE {
                        put_line(&mut whole, prefix, line);
                    }
                }
                if !whole.is_empty() {
                    pieces.send(stream.piece(whole)).await;
                }
            }
        }
    }

    /// What is left goes out, too.
    async fn end(&mut self) {
        if let Self::Prefixed { pieces, prefix, line, stream } = self
            && !line.is_empty()
        {
            let mut whole = Vec::new();
            put_line(&mut whole, prefix, line);
            pieces.send(stream.piece(whole)).await;
        }
    }
}

fn put_line(to: &mut Vec<u8>, prefix: &str, line: &mut Vec<u8>) {
    to.extend_from_slice(prefix.as_bytes());
    to.append(line);
    if to.last() != Some(&b'\n') {
        to.push(b'\n');
    }
}

/// Reads a pipe to its end.
pub(super) async fn read(pipe: impl Into<OwnedFd>, mut sink: Sink, tail: &mut Tail) {
    let Ok(mut pipe) = pipe::Receiver::from_owned_fd(pipe.into()) else { return };
    let mut chunk = vec![0; CHUNK];
    while let Ok(length @ 1..) = pipe.read(&mut chunk).await {
        tail.push(&chunk[..length]);
        sink.take(&chunk[..length]).await;
    }
    sink.end().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept() {
        let mut tail = Tail::new(8);
        tail.push(b"abc");
        assert_eq!((tail.whole().as_deref(), tail.end(8).as_str()), (Some("abc"), "abc"));
        tail.push(b"defgh");
        assert_eq!(tail.whole().as_deref(), Some("abcdefgh"));
        tail.push(b"ij");
        assert_eq!(tail.whole(), None);
        assert_eq!(tail.end(8), "[2 bytes before this are left out]\ncdefghij");
        assert_eq!(tail.end(3), "[7 bytes before this are left out]\nhij");
        tail.push(b"0123456789abcdef");
        assert_eq!(tail.end(8), "[18 bytes before this are left out]\n89abcdef");
    }

    #[test]
    fn a_character_that_was_cut_is_left_out() {
        let mut tail = Tail::new(4);
        tail.push("é€x".as_bytes());
        assert_eq!(tail.end(4), "[2 bytes before this are left out]\n€x");
        assert_eq!(tail.end(3), "[3 bytes before this are left out]\nx");
        assert!(!tail.is_empty() && Tail::new(4).is_empty());
    }
}
