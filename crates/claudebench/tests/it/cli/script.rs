//! A server that answers what it was told to, and remembers what it was asked.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: hyper::HeaderMap,
    pub(crate) body: Value,
    /// The connection it came on: 0 is the first.
    pub(crate) connection: usize,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    kind: &'static str,
    body: String,
    close: bool,
}

/// The result of a call.
pub(crate) fn result(json: &str) -> Answer {
    body(200, &format!(r#"{{"jsonrpc":"2.0","id":1,"result":{json}}}"#))
}

/// A refusal.
pub(crate) fn refusal(number: i64, code: &str, message: &str) -> Answer {
    body(
        200,
        &format!(
            r#"{{"jsonrpc":"2.0","id":1,"error":{{"code":{number},"message":"{message}","data":{{"code":"{code}","message":"{message}"}}}}}}"#
        ),
    )
}

/// A status and what comes with it.
pub(crate) fn body(status: u16, body: &str) -> Answer {
    Answer { status, kind: "application/json", body: body.into(), close: false }
}

/// A stream of events, and its end.
pub(crate) fn events(text: &str) -> Answer {
    Answer { status: 200, kind: "text/event-stream", body: text.into(), close: false }
}

impl Answer {
    /// The same, and then no more on this connection.
    pub(crate) fn and_close(mut self) -> Self {
        self.close = true;
        self
    }
}

#[derive(Default)]
struct State {
    answers: VecDeque<Answer>,
    asked: Vec<Asked>,
    connections: usize,
}

/// The server. It ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct Script {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

impl Script {
    /// On a free port, with its answers in order; the last one is repeated.
    pub(crate) async fn tcp(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let script = Self::new(format!("http://{}", listener.local_addr().unwrap()), answers);
        let serving = script.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.serve(stream);
            }
        });
        script
    }

    /// The same on a socket.
    pub(crate) async fn unix(path: &Path, answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = UnixListener::bind(path).unwrap();
        let script = Self::new(format!("unix:{}", path.display()), answers);
        let serving = script.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.serve(stream);
            }
        });
        script
    }

    fn new(url: String, answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers = answers.into_iter().collect();
        Self { url, state: Arc::new(Mutex::new(State { answers, ..State::default() })) }
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.lock().unwrap().asked.clone()
    }

    fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let connection = {
            let mut state = self.state.lock().unwrap();
            state.connections += 1;
            state.connections - 1
        };
        let script = self.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let script = script.clone();
            async move { Ok::<_, Infallible>(script.answer(request, connection).await) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }

    async fn answer(&self, request: Request<Incoming>, connection: usize) -> Response<Full<Bytes>> {
        let line = format!("{} {}", request.method(), request.uri());
        let headers = request.headers().clone();
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let mut state = self.state.lock().unwrap();
        state.asked.push(Asked { line, headers, body, connection });
        let last = state.answers.len() == 1;
        let answer = if last { state.answers.front().cloned() } else { state.answers.pop_front() };
        let answer = answer.expect("a script has an answer");
        let mut response =
            Response::builder().status(answer.status).header("content-type", answer.kind);
        if answer.close {
            response = response.header("connection", "close");
        }
        response.body(Full::new(answer.body.into())).unwrap()
    }
}
