//! Server-sent events: a body in chunks, and the events in it.

use std::io;

use claudebench::bench::load::http::Target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An event as it came.
#[derive(Debug, PartialEq)]
pub(super) struct Event {
    pub(super) id: i64,
    /// Its `event:` and `data:`; nothing when only the place in the log is told.
    pub(super) told: Option<(String, String)>,
}

/// A stream of events.
pub(super) struct Stream {
    socket: TcpStream,
    raw: Vec<u8>,
    text: String,
    last: i64,
}

impl Stream {
    /// Asks for everything after `last`.
    pub(super) async fn open(target: &Target, last: i64) -> io::Result<Self> {
        let mut socket = TcpStream::connect(target.address).await?;
        let request = format!(
            "GET /events HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\n\
             Last-Event-ID: {last}\r\n\r\n",
            target.host
        );
        socket.write_all(request.as_bytes()).await?;
        let mut stream = Self { socket, raw: Vec::new(), text: String::new(), last };
        let head = loop {
            if let Some(end) = stream.raw.windows(4).position(|w| w == b"\r\n\r\n") {
                let rest = stream.raw.split_off(end + 4);
                break std::mem::replace(&mut stream.raw, rest);
            }
            stream.fill().await?;
        };
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        if !head.starts_with("http/1.1 200 ") || !head.contains("transfer-encoding: chunked") {
            return Err(io::Error::other(head));
        }
        Ok(stream)
    }

    async fn fill(&mut self) -> io::Result<()> {
        match self.socket.read_buf(&mut self.raw).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// The next event.
    pub(super) async fn next(&mut self) -> io::Result<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let event = read(block, self.last);
                self.text = rest.to_owned();
                self.last = event.id;
                return Ok(event);
            }
            match chunk(&self.raw)? {
                Some((start, end)) => {
                    self.text.push_str(&String::from_utf8_lossy(&self.raw[start..end]));
                    self.raw.drain(..end + 2);
                }
                None => self.fill().await?,
            }
        }
    }
}

/// Where the first chunk begins and ends, once all of it has come.
fn chunk(raw: &[u8]) -> io::Result<Option<(usize, usize)>> {
    let Some(line) = raw.windows(2).position(|w| w == b"\r\n") else { return Ok(None) };
    let size = std::str::from_utf8(&raw[..line]).map_err(io::Error::other)?;
    let size = usize::from_str_radix(size, 16).map_err(io::Error::other)?;
    if size == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let start = line + 2;
    Ok((raw.len() >= start + size + 2).then_some((start, start + size)))
}

fn read(block: &str, last: i64) -> Event {
    let of = |name: &str| block.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(": "));
    let id = of("id").map_or(last, |id| id.parse().unwrap());
    let told = of("data").map(|data| (of("event").unwrap_or("").to_owned(), data.to_owned()));
    Event { id, told }
}

#[test]
fn events_are_read_whole() {
    assert_eq!(chunk(b"5\r\nab").unwrap(), None);
    assert_eq!(chunk(b"5\r\nabcde\r\n3").unwrap(), Some((3, 8)));
    assert!(chunk(b"0\r\n\r\n").is_err());
    let told = Some(("task.created".to_owned(), "{}".to_owned()));
    assert_eq!(read("id: 7\nevent: task.created\ndata: {}", 1), Event { id: 7, told });
    assert_eq!(read(": still here", 3), Event { id: 3, told: None });
}
