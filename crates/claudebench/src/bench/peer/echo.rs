//! The peer: a bare JSON echo, which reads JSON-RPC and answers with the params. What it reaches is
//! what this machine gives to any server of its kind that does nothing.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::bench::load::http::Target;

/// The option under which the program is the echo.
const OPTION: &str = "serve-echo";

#[derive(Deserialize)]
#[allow(dead_code, reason = "a server reads all of a request")]
struct Request {
    jsonrpc: String,
    id: Value,
    method: String,
    params: Value,
}

#[derive(Serialize)]
struct Answer {
    jsonrpc: &'static str,
    id: Value,
    result: Value,
}

/// Serves until standard input ends, which is when its parent is gone. Says its address first.
///
/// # Errors
/// It cannot listen.
pub async fn serve(out: &mut (dyn Write + Send)) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(out, "{}", listener.local_addr()?)?;
    out.flush()?;
    let (gone, parent_is_gone) = tokio::sync::oneshot::channel();
    std::thread::Builder::new().name("parent".into()).spawn(move || {
        // Nothing ever comes: it ends when the parent does.
        let _ = io::stdin().read(&mut [0; 1]);
        let _ = gone.send(());
    })?;
    let echo = |Json(request): Json<Request>| async {
        Json(Answer { jsonrpc: "2.0", id: request.id, result: request.params })
    };
    let app = Router::new().route("/rpc", post(echo));
    tokio::select! {
        ended = axum::serve(listener, app) => ended,
        _ = parent_is_gone => Ok(()),
    }
}

/// A running echo, in a process of its own, as the server is.
#[derive(Debug)]
pub struct Echo {
    child: Child,
    address: SocketAddr,
}

impl Echo {
    /// Starts it.
    ///
    /// # Errors
    /// The program cannot be started again.
    pub fn start(program: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .args(["bench", &format!("--{OPTION}")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let Ok(address) = line.trim().parse() else {
            // It is of no use any more, and its end no news.
            let _ = child.kill();
            let _ = child.wait();
            return Err(io::Error::other(format!("the echo said `{}`", line.trim())));
        };
        Ok(Self { child, address })
    }

    /// Where it listens.
    #[must_use]
    pub fn target(&self) -> Target {
        Target::local(self.address)
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        // It may have ended on its own.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
