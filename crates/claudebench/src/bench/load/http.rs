//! A lean HTTP/1.1 client: one connection, one request at a time, no more work than needed, as the
//! generator of load shares the machine with the server.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Where requests go, and as whom.
#[derive(Clone, Debug)]
pub struct Target {
    /// The server.
    pub address: SocketAddr,
    /// The `Host` header.
    pub host: String,
    /// The API key.
    pub key: Option<String>,
}

impl Target {
    /// A server on this machine, without credentials.
    #[must_use]
    pub fn local(address: SocketAddr) -> Self {
        Self { address, host: address.to_string(), key: None }
    }

    /// The lines of every request after its first.
    pub(crate) fn headers(&self) -> String {
        let key = self.key.as_ref().map(|key| format!("Authorization: Bearer {key}\r\n"));
        format!("Host: {}\r\n{}", self.host, key.unwrap_or_default())
    }
}

/// A connection that is kept open.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    headers: String,
    request: Vec<u8>,
    head: String,
    answer: Vec<u8>,
    body: String,
    id: u64,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub async fn open(target: &Target) -> io::Result<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            headers: target.headers(),
            request: Vec::with_capacity(1 << 10),
            head: String::with_capacity(256),
            answer: Vec::with_capacity(4 << 10),
            body: String::with_capacity(512),
            id: 0,
        })
    }

    /// Calls a method by JSON-RPC, and gives the body of the answer.
    ///
    /// # Errors
    /// The connection broke, or the answer is not 200.
    pub async fn rpc(&mut self, method: &str, params: &str) -> io::Result<&[u8]> {
        self.id += 1;
        let mut body = std::mem::take(&mut self.body);
        body.clear();
        // Writing into memory cannot fail.
        let _ = write!(
            body,
            "{{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"{method}\",\"params\":{params}}}",
            self.id
        );
        let range = self.exchange("POST /rpc", body.as_bytes()).await;
        self.body = body;
        let (status, range) = range?;
        if status != 200 {
            let said = String::from_utf8_lossy(self.answer.get(range).unwrap_or_default());
            return Err(io::Error::other(format!("{method}: HTTP {status}: {said}")));
        }
        Ok(self.answer.get(range).unwrap_or_default())
    }

    /// Asks for a path, and gives the status and the body.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn get(&mut self, path: &str) -> io::Result<(u16, &[u8])> {
        let line = format!("GET {path}");
        let (status, range) = self.exchange(&line, &[]).await?;
        Ok((status, self.answer.get(range).unwrap_or_default()))
    }

    async fn exchange(
        &mut self,
        line: &str,
        body: &[u8],
    ) -> io::Result<(u16, std::ops::Range<usize>)> {
        self.head.clear();
        let _ = write!(
            self.head,
            "{line} HTTP/1.1\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.headers,
            body.len()
        );
        self.request.clear();
        self.request.extend_from_slice(self.head.as_bytes());
        self.request.extend_from_slice(body);
        self.stream.write_all(&self.request).await?;
        self.answer.clear();
        let mut searched = 0;
        let (status, start, length) = loop {
            self.fill().await?;
            let from = searched.max(3) - 3;
            if let Some(end) = find(&self.answer[from..], b"\r\n\r\n") {
                let end = from + end;
                let (status, length) = head(&self.answer[..end + 2])?;
                break (status, end + 4, length);
            }
            searched = self.answer.len();
        };
        while self.answer.len() < start + length {
            self.fill().await?;
        }
        Ok((status, start..start + length))
    }

    async fn fill(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// The status and the length of the body.
fn head(text: &[u8]) -> io::Result<(u16, usize)> {
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, "not an answer of HTTP/1.1");
    let text = std::str::from_utf8(text).map_err(|_| wrong())?;
    let status = text.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(wrong)?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    match length {
        Some(length) => Ok((status, length)),
        None if status == 204 => Ok((status, 0)),
        None => Err(io::Error::new(io::ErrorKind::InvalidData, "an answer without its length")),
    }
}

/// Where `needle` begins.
pub(crate) fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_gives_status_and_length() {
        let text = b"HTTP/1.1 200 OK\r\ncontent-type: x\r\nContent-Length: 17\r\n";
        assert_eq!(head(text).unwrap(), (200, 17));
        assert_eq!(head(b"HTTP/1.1 204 No Content\r\n").unwrap(), (204, 0));
        assert!(head(b"HTTP/1.1 200 OK\r\n").is_err());
        assert!(head(b"SSH-2.0\r\n").is_err());
    }

    #[tokio::test]
    async fn an_answer_may_come_in_pieces() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = Target::local(listener.local_addr().unwrap());
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1_000];
            let mut answer = Vec::new();
            for body in ["{\"id\":1}", "{\"id\":2}"] {
                assert!(stream.read(&mut request).await.unwrap() > 0);
                let text = format!("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n{body}");
                answer.extend_from_slice(text.as_bytes());
                for piece in answer.drain(..).as_slice().chunks(7) {
                    stream.write_all(piece).await.unwrap();
                    tokio::task::yield_now().await;
                }
            }
        };
        let client = async {
            let mut connection = Connection::open(&target).await.unwrap();
            assert_eq!(connection.rpc("a.b", "{}").await.unwrap(), b"{\"id\":1}");
            assert_eq!(connection.get("/x").await.unwrap(), (200, &b"{\"id\":2}"[..]));
            let error = connection.rpc("a.b", "{}").await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        };
        tokio::join!(server, client);
    }
}
