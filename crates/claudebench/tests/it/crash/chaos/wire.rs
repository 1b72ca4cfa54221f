//! One call on a connection of its own, with the position of the database in its headers.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use claudebench::verify::{Call, Outcome};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::arena::Arena;

/// The header that says where the database stood.
const POSITION: &str = "x-claudebench-position";
/// How long a call may take; longer than any server may.
const PATIENCE: Duration = Duration::from_secs(30);

/// Calls a method at a server, and records what came of it: with `position`, what was carried stands in the
/// params, and what was answered in the answer. Answers the position if the call went well.
pub(super) async fn call(
    arena: &Arena,
    (process, server): (&str, usize),
    (op, args): (&str, &Value),
    carried: Option<&str>,
) -> Option<Option<String>> {
    let address = arena.target(server).address;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": op, "params": args}).to_string();
    let start = arena.clock.now();
    let answer = tokio::time::timeout(PATIENCE, exchange(address, carried, &body)).await;
    let end = arena.clock.now();
    let mut args = args.clone();
    args["position"] = carried.into();
    let (outcome, answer, position) = match answer {
        Ok(Ok((mut said, position))) => match said.get_mut("error") {
            Some(error) => (Outcome::Err, error["data"].take(), None),
            None => (Outcome::Ok, said["result"].take(), position),
        },
        Ok(Err(error)) => (Outcome::Unknown, error.to_string().into(), None),
        Err(_) => (Outcome::Unknown, "no answer came".into(), None),
    };
    let (process, op) = (process.to_owned(), op.to_owned());
    arena.record(&Call { process, op, args, start, end, outcome, answer });
    (outcome == Outcome::Ok).then_some(position)
}

async fn exchange(
    address: SocketAddr,
    carried: Option<&str>,
    body: &str,
) -> io::Result<(Value, Option<String>)> {
    let mut stream = TcpStream::connect(address).await?;
    let carried = carried.map(|at| format!("{POSITION}: {at}\r\n")).unwrap_or_default();
    let request = format!(
        "POST /rpc HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{carried}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut said = String::new();
    stream.read_to_string(&mut said).await?;
    let (head, body) = said.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let position = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(POSITION).then(|| value.trim().to_owned())
    });
    Ok((serde_json::from_str(body)?, position))
}
