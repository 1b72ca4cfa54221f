//! A lean WebSocket client: it subscribes, and reads text messages.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::http::{Target, find};

/// The longest message that is taken.
const LONGEST: usize = 4 << 20;

/// A connection that receives messages.
#[derive(Debug)]
pub struct WebSocket {
    stream: TcpStream,
    input: Vec<u8>,
    at: usize,
}

impl WebSocket {
    /// Connects to `path`.
    ///
    /// # Errors
    /// The server cannot be reached, or refuses.
    pub async fn open(target: &Target, path: &str) -> io::Result<Self> {
        let mut stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET {path} HTTP/1.1\r\n{}Connection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: Y2xhdWRlYmVuY2gtYmVuY2g=\r\n\r\n",
            target.headers()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut input = Vec::with_capacity(4 << 10);
        let end = loop {
            if stream.read_buf(&mut input).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(end) = find(&input, b"\r\n\r\n") {
                break end + 4;
            }
        };
        if !input.starts_with(b"HTTP/1.1 101 ") {
            let said = String::from_utf8_lossy(&input).into_owned();
            return Err(io::Error::other(format!("no WebSocket: {said}")));
        }
        Ok(Self { stream, input, at: end })
    }

    /// Sends a text message.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn send(&mut self, text: &str) -> io::Result<()> {
        self.send_frame(1, text.as_bytes()).await
    }

    /// A client masks its frames; a mask of zeros is one.
    async fn send_frame(&mut self, code: u8, payload: &[u8]) -> io::Result<()> {
        let mut frame = vec![0x80 | code];
        match u16::try_from(payload.len()) {
            Ok(length @ 0..=125) => frame.push(0x80 | u8::try_from(length).unwrap_or(0)),
            Ok(length) => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&length.to_be_bytes());
            }
            Err(_) => return Err(io::Error::other("the message is too long")),
        }
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(payload);
        self.stream.write_all(&frame).await
    }

    /// The next text message; answers pings by the way.
    ///
    /// # Errors
    /// The connection broke, or was closed.
    pub async fn next(&mut self) -> io::Result<&[u8]> {
        loop {
            match frame(&self.input[self.at..])? {
                Some(Frame { code, start, end }) => {
                    let range = self.at + start..self.at + end;
                    self.at = range.end;
                    match code {
                        1 => return Ok(&self.input[range]),
                        8 => {
                            let said = String::from_utf8_lossy(&self.input[range]).into_owned();
                            return Err(io::Error::other(format!("closed: {said}")));
                        }
                        9 => {
                            let payload = self.input[range].to_vec();
                            self.send_frame(10, &payload).await?;
                        }
                        _ => {}
                    }
                }
                None => {
                    self.input.drain(..self.at);
                    self.at = 0;
                    if self.stream.read_buf(&mut self.input).await? == 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
            }
        }
    }
}

struct Frame {
    code: u8,
    start: usize,
    end: usize,
}

/// The first frame of a text, if all of it has come. Servers neither mask nor, here, split.
fn frame(text: &[u8]) -> io::Result<Option<Frame>> {
    let [first, second, rest @ ..] = text else { return Ok(None) };
    if first & 0x80 == 0 || second & 0x80 != 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a split or masked frame"));
    }
    let (length, start) = match (second & 0x7f, rest) {
        (126, [a, b, ..]) => (usize::from(u16::from_be_bytes([*a, *b])), 4),
        (127, [a, b, c, d, e, f, g, h, ..]) => {
            let long = u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]);
            (usize::try_from(long).unwrap_or(usize::MAX), 10)
        }
        (126 | 127, _) => return Ok(None),
        (short, _) => (usize::from(short), 2),
    };
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame that is too long"));
    }
    let end = start + length;
    Ok((text.len() >= end).then_some(Frame { code: first & 0x0f, start, end }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::extract::ws::{Message, WebSocketUpgrade};
    use axum::routing::any;

    #[tokio::test]
    async fn messages_of_every_length_come_and_pings_are_answered() {
        let serve = |upgrade: WebSocketUpgrade| async {
            upgrade.on_upgrade(|mut socket| async move {
                while let Some(Ok(message)) = socket.recv().await {
                    match message {
                        Message::Text(length) => {
                            let length: usize = length.as_str().trim().parse().unwrap();
                            let text = "x".repeat(length);
                            socket.send(Message::Ping("p".into())).await.unwrap();
                            let pong = socket.recv().await.unwrap().unwrap();
                            // The server answers its own library's pings of the client.
                            assert!(matches!(pong, Message::Pong(p) if &*p == b"p"));
                            socket.send(Message::Text(text.into())).await.unwrap();
                        }
                        _ => return,
                    }
                }
            })
        };
        let app = axum::Router::new().route("/ws", any(serve));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = Target::local(listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let mut socket = WebSocket::open(&target, "/ws").await.unwrap();
        for length in [0_usize, 1, 125, 126, 70_000] {
            // Padded, so that this side sends short and long messages, too.
            let width = length.min(1_000);
            socket.send(&format!("{length:>width$}")).await.unwrap();
            assert_eq!(socket.next().await.unwrap().len(), length);
        }
        assert!(WebSocket::open(&target, "/nowhere").await.is_err());
    }
}
