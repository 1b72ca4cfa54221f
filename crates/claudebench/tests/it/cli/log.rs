//! What a server says in its log.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;
use tempfile::TempDir;

use super::program::program;

#[test]
fn calls_stand_in_the_log_where_they_are_asked_for() {
    let data = TempDir::new().unwrap();
    let folder = data.path().to_str().unwrap();
    let mut server = program(&["serve", "--listen", "127.0.0.1:0", "--data", folder, "--json"])
        .env("CLAUDEBENCH_LOG_LEVEL", "warn,claudebench=debug")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    let url = said["urls"][0].as_str().unwrap();
    for (method, good) in [("task.stats", true), ("task.get", false)] {
        let called =
            program(&["call", method, r#"{"id":"t-1"}"#]).env("CLAUDEBENCH_URL", url).output();
        assert_eq!(called.unwrap().status.success(), good, "{method}");
    }
    server.kill().unwrap();
    let log = BufReader::new(server.stderr.take().unwrap());
    let lines: Vec<Value> =
        log.lines().filter_map(|line| serde_json::from_str(&line.unwrap()).ok()).collect();
    server.wait().unwrap();
    let of = |method: &str| lines.iter().find(|line| line["method"] == method).cloned();
    let good = of("task.stats").expect("a line for the call");
    assert_eq!((&good["outcome"], &good["principal"]), (&"ok".into(), &"local".into()), "{good}");
    assert!(good["micros"].is_u64(), "{good}");
    assert_eq!(of("task.get").expect("a line for the call")["outcome"], "not_found");
}
