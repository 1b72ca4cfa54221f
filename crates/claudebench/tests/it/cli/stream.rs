//! A stream that the server ends.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use super::program::program;
use super::server::Server;

#[test]
fn a_stream_whose_key_is_revoked_ends_with_a_reason() {
    let server = Server::start();
    let key = server.json(&["key", "create", "--name", "reader", "--scopes", "tasks:read"]);
    server.json(&["task", "add", "Watched"]);
    let mut reader = program(&["events", "--since", "start", "--json"])
        .env("CLAUDEBENCH_URL", &server.url)
        .env("CLAUDEBENCH_API_KEY", key["key"].as_str().unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut events = BufReader::new(reader.stdout.take().unwrap());
    let mut line = String::new();
    // What is written at once comes out at once.
    while !line.contains("task.created") {
        line.clear();
        assert_ne!(events.read_line(&mut line).unwrap(), 0, "an event");
    }
    server.json(&["key", "revoke", key["id"].as_str().unwrap()]);
    let (mut rest, mut said) = (String::new(), String::new());
    events.read_to_string(&mut rest).unwrap();
    reader.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!reader.wait().unwrap().success());
    assert_eq!(rest, "", "no event of its own");
    assert!(said.contains("unknown, revoked or expired"), "{said}");
}
