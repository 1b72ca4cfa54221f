//! What is fuzzed: a whole server in this process, over connections that stay open. A panic on any of
//! its threads ends the run; so does an answer that blames the server.

use std::net::SocketAddr;
use std::time::Duration;

use claudebench::config::Config;
use claudebench::start::{Running, start};
use futures_util::{SinkExt, StreamExt};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

/// After so many messages a socket is opened anew, so that what is listened to does not pile up.
const MESSAGES: u32 = 200;

/// A server, and a client's ends.
pub struct Bed {
    runtime: Runtime,
    address: SocketAddr,
    http: Option<TcpStream>,
    socket: Option<(WebSocketStream<TcpStream>, u32)>,
    _running: Running,
    _data: TempDir,
}

impl Default for Bed {
    fn default() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // In memory, where there is such a place: what is looked for is no matter of disks.
        let data = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
        let text = |text: &str| toml::Value::String(text.into());
        let settings = vec![
            ("listen", toml::Value::Array(vec![text("127.0.0.1:0")])),
            ("data", text(data.path().to_str().unwrap())),
        ];
        let config = Config::from_layers(None, Vec::new(), settings).unwrap().config;
        let running = runtime.block_on(start(config)).unwrap();
        let address = running.addresses[0];
        Self { runtime, address, http: None, socket: None, _running: running, _data: data }
    }
}

impl Bed {
    /// Posts a body.
    pub fn post(&mut self, path: &str, body: &[u8]) {
        // A claim that waits only takes time.
        if body.windows(4).any(|four| four == b"wait") {
            return;
        }
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        self.exchange(&[head.as_bytes(), body].concat());
    }

    /// Asks for a path with its query; what may not stand in a request line is escaped.
    pub fn get(&mut self, target: &[u8]) {
        // These two have no end.
        if target.starts_with(b"/events") || target.starts_with(b"/ws") {
            return;
        }
        let mut request = b"GET ".to_vec();
        for byte in target {
            match byte {
                0..=b' ' | 0x7f => request.extend(format!("%{byte:02x}").bytes()),
                byte => request.push(*byte),
            }
        }
        request.extend(format!(" HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).bytes());
        self.exchange(&request);
    }

    /// Says something over a socket, and waits until the server has heard it.
    pub fn say(&mut self, text: &str) {
        if text.contains("wait") {
            return;
        }
        let Self { runtime, address, socket, .. } = self;
        let said = async {
            if socket.as_ref().is_none_or(|(_, said)| *said >= MESSAGES) {
                let stream = TcpStream::connect(*address).await.unwrap();
                let url = format!("ws://{address}/ws");
                *socket = Some((client_async(url, stream).await.unwrap().0, 0));
            }
            let (stream, count) = socket.as_mut().unwrap();
            *count += 1;
            // A ping of our own follows: its answer says that what came before was heard.
            stream.send(Message::Text(text.into())).await.unwrap();
            stream.send(Message::Text(r#"{"action":"ping"}"#.into())).await.unwrap();
            let mut pongs = 1 + u32::from(text.contains("ping"));
            while pongs > 0 {
                match stream.next().await {
                    Some(Ok(Message::Text(text))) if text.contains(r#""type":"pong""#) => {
                        pongs -= 1;
                    }
                    Some(Ok(Message::Close(_))) | None => panic!("the server hung up"),
                    Some(said) => drop(said.unwrap()),
                }
                // Whether the first was answered, too, is not known: one is enough.
                pongs = pongs.min(1);
            }
        };
        let in_time = async { tokio::time::timeout(Duration::from_secs(30), said).await };
        runtime.block_on(in_time).expect("an answer in time");
    }

    fn exchange(&mut self, request: &[u8]) {
        let Self { runtime, address, http, .. } = self;
        let asked = async {
            let mut stream = match http.take() {
                Some(stream) => stream,
                None => TcpStream::connect(*address).await.unwrap(),
            };
            stream.write_all(request).await.unwrap();
            let (answer, stays) = answer(&mut stream).await;
            if stays {
                *http = Some(stream);
            }
            answer
        };
        let in_time = async { tokio::time::timeout(Duration::from_secs(30), asked).await };
        let answer = runtime.block_on(in_time).expect("an answer in time");
        let status = answer.get(9..12).unwrap_or_default();
        let shown = String::from_utf8_lossy(&answer);
        assert!(status.first().is_some_and(|first| *first < b'5'), "{shown}");
        assert!(!shown.contains(r#""code":-32603"#), "{shown}");
    }
}

/// Reads an answer, and whether the connection goes on.
async fn answer(stream: &mut TcpStream) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "the server hung up");
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let header =
        |name: &str| text.lines().find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()));
    let length: usize = header("content-length:").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < head + length {
        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "the server hung up");
    }
    (bytes, header("connection:").as_deref() != Some("close"))
}
