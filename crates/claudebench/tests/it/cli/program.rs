//! The program itself: what it writes, and how it ends.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::script::{Answer, Script, body, events, refusal, result};

/// The program, with nothing of this machine's settings.
pub(crate) fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_claudebench"));
    command.args(args).env_clear().stdin(Stdio::null());
    command
}

/// Runs the program against a script.
async fn run(answers: impl IntoIterator<Item = Answer>, args: &[&str]) -> (Output, Script) {
    let script = Script::tcp(answers).await;
    let mut command = program(args);
    command.env("CLAUDEBENCH_URL", &script.url);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    (output, script)
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

const CREATED: &str = r#"{"id":"t-7","text":"Write the notes","status":"pending","priority":70,"createdAt":"2026-01-01T00:00:00.000Z"}"#;

#[tokio::test]
async fn adding_a_task_says_which() {
    let line = ["task", "add", "Write the", "notes", "-p", "70", "--tag", "a", "--delay", "90s"];
    let (output, script) = run([result(CREATED)], &line).await;
    assert_eq!(
        text(&output.stdout),
        "id        t-7\nstatus    pending\npriority  70\ntext      Write the notes\n"
    );
    assert_eq!((text(&output.stderr), output.status.code()), ("", Some(0)));
    assert_eq!(script.asked()[0].body["method"], "task.create");
    assert_eq!(
        script.asked()[0].body["params"],
        json!({"text": "Write the notes", "priority": 70, "tags": ["a"], "delayMs": 90_000})
    );
}

#[tokio::test]
async fn programs_get_the_answer_as_it_came() {
    let (output, _) = run([result(CREATED)], &["task", "add", "x", "--json"]).await;
    assert_eq!(text(&output.stdout), format!("{CREATED}\n"));
}

#[tokio::test]
async fn many_tasks_come_from_a_file() {
    let made = format!(r#"{{"tasks":[{CREATED},{CREATED}],"count":2}}"#);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tasks");
    std::fs::write(&path, "one\n\n{\"text\": \"two\", \"project\": \"own\"}\n").unwrap();
    let path = path.to_str().unwrap();
    let line = ["task", "add", "--from", path, "--project", "site"];
    let (output, script) = run([result(&made)], &line).await;
    assert_eq!(text(&output.stdout), "added 2 tasks\n", "{}", text(&output.stderr));
    assert_eq!(
        script.asked()[0].body["params"],
        json!({"tasks": [{"text": "one", "project": "site"}, {"text": "two", "project": "own"}]})
    );
}

#[tokio::test]
async fn each_refusal_has_its_exit_code() {
    for (number, code, exit) in [
        (-32004, "not_found", 4),
        (-32006, "stale_fence", 5),
        (-32002, "forbidden", 6),
        (-32001, "overloaded", 7),
        (-32602, "invalid_params", 1),
    ] {
        let (output, _) = run([refusal(number, code, "no")], &["task", "show", "t-7"]).await;
        assert_eq!(output.status.code(), Some(exit), "{code}");
        assert!(text(&output.stderr).starts_with("error: no\n"), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "", "{code}");
    }
}

#[tokio::test]
async fn what_no_page_puts_back_is_told_at_the_end() {
    let error = json!({"code": "too_large", "number": -32013, "message": "no room"});
    let refused = json!([{"id": "t-8", "error": error}]);
    let back = json!([{"id": "t-7", "previousStatus": "failed", "status": "pending"}]);
    let first = json!({"tasks": back, "count": 1, "refused": refused}).to_string();
    let last = json!({"tasks": [], "count": 0, "refused": refused}).to_string();
    let (output, script) =
        run([result(&first), result(&last)], &["task", "redrive", "--all"]).await;
    assert_eq!(script.asked().len(), 2, "the first put one back: more may be there");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "t-7  pending\n");
    assert_eq!(text(&output.stderr), "t-8: no room\n", "once");
}

#[test]
fn a_server_that_is_not_there_is_named_with_what_to_do() {
    let line = ["--url", "http://127.0.0.1:9", "task", "list"];
    let output = program(&line).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output.stderr);
    assert!(said.starts_with("error: no server at http://127.0.0.1:9: "), "{said}");
    assert!(
        said.contains("\n  next: start one with `claudebench serve`, or give --url\n"),
        "{said}"
    );
    let output = program(&[&line[..], &["--json"]].concat()).output().unwrap();
    let said: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(said["error"]["code"], "unreachable");
}

#[test]
fn wrong_usage_ends_with_2_and_help_with_0() {
    for line in [
        &["task", "show", "7"][..],
        &["--url", "https://x", "task", "list"],
        &["task", "list", "--limit", "0"],
        &["task", "redrive"],
        &["task", "claim", "-n", "0"],
        &["task", "claim", "-n", "101"],
        &["task", "claim", "--wait", "61s"],
        &["task", "add", ""],
        &["task", "add", &"x".repeat(501)],
        &["task", "add", "x", "--priority", "101"],
        &["task", "add", "x", "--project", &"x".repeat(201)],
        &["task", "list", "--tag", ""],
        &["task", "heartbeat", "t-1", "--progress", "2"],
        &["task", "fail", "t-1", "--retry-after", "25h"],
        &["task", "release", "t-1", "--delay", "999d"],
        &["task", "cancel", "t-1", "--grace", "61m"],
        &["nonsense"],
        &[],
    ] {
        let output = program(line).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{line:?}: {}", text(&output.stderr));
    }
    let output = program(&["--help"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("Exit codes:"));
}

#[tokio::test]
async fn with_nothing_to_claim_a_script_knows_it() {
    let nothing = result(r#"{"claimed":false,"tasks":[]}"#);
    let unknown = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32004,"message":"Worker not registered: w","data":{"code":"not_found","message":"x","workerId":"w"}}}"#;
    let registered = result(r#"{"registered":true}"#);
    let answers = [body(200, unknown), registered, nothing];
    let (output, script) = run(answers, &["task", "claim", "-w", "w", "--role", "build"]).await;
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(8), "Nothing to claim.\n"));
    let methods: Vec<Value> = script.asked().iter().map(|a| a.body["method"].clone()).collect();
    assert_eq!(methods, ["task.claim", "system.register", "task.claim"]);
    assert_eq!(script.asked()[1].body["params"], json!({"id": "w", "roles": ["build"]}));
}

#[tokio::test]
async fn events_are_written_one_a_line_and_end_after_so_many() {
    let event = |id: i64| {
        format!(
            r#"{{"type":"task.created","payload":{{"text":"x"}},"metadata":{{}},"id":"{id}","timestamp":0,"taskId":"t-7","actor":"local"}}"#
        )
    };
    let stream = format!("id: 1\n\nid: 2\ndata: {}\n\nid: 3\ndata: {}\n\n", event(2), event(3));
    let (output, _) = run([events(&stream)], &["events", "-n", "2", "--json"]).await;
    assert_eq!(text(&output.stdout), format!("{}\n{}\n", event(2), event(3)));
    let (output, _) = run([events(&stream)], &["events", "-n", "1"]).await;
    assert_eq!(
        text(&output.stdout),
        "     2  1970-01-01T00:00:00.000Z  task.created           t-7  \"x\"\n"
    );
}

#[tokio::test]
async fn a_call_sends_what_it_is_given() {
    let line = ["call", "task.create", "--text", "x", "--max-attempts", "3"];
    let (output, script) = run([result("{\"b\":1,\"a\":2}")], &line).await;
    assert_eq!(text(&output.stdout), "{\"b\":1,\"a\":2}\n");
    assert_eq!(script.asked()[0].body["params"], json!({"text": "x", "maxAttempts": 3}));
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_no_error() {
    let task = r#"{"id":"t-7","text":"x","status":"pending","priority":50,"assignedTo":null,"metadata":null,"result":null,"error":null,"createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z","completedAt":null,"version":1,"attempt":0,"maxAttempts":5,"createdBy":"local"}"#;
    let page = format!(r#"{{"tasks":[{task}],"totalCount":9,"hasMore":true,"nextCursor":"c"}}"#);
    let script = Script::tcp([result(&page)]).await;
    let mut command = program(&["task", "list", "--all"]);
    command.env("CLAUDEBENCH_URL", &script.url).stdout(Stdio::piped()).stderr(Stdio::piped());
    let ended = tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        // The pages have no end; the reader goes away after a line.
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        (first, child.wait_with_output().unwrap())
    });
    let (first, output) = ended.await.unwrap();
    assert!(first.starts_with("ID "), "{first}");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
}

#[tokio::test]
async fn a_key_comes_from_a_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "cb_id_secret").unwrap();
    let path = file.path().to_str().unwrap();
    let (_, script) = run([result(CREATED)], &["task", "add", "x", "--key-file", path]).await;
    assert_eq!(script.asked()[0].header("authorization"), Some("Bearer cb_id_secret"));
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = program(&["completions", shell]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{shell}");
        assert!(text(&output.stdout).contains("task"), "{shell}");
    }
}

#[tokio::test]
async fn a_file_of_tasks_that_is_cut_off_says_how_far_it_came() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let lines: Vec<String> = (0..1_500).map(|n| format!("task {n}\n")).collect();
    std::fs::write(file.path(), lines.concat()).unwrap();
    let made = || result(r#"{"count":1000,"tasks":[]}"#);
    let path = file.path().to_str().unwrap();
    let add = ["task", "add", "--from", path];
    let (output, script) = run([made(), body(200, "cut off")], &add).await;
    let said = text(&output.stderr);
    let what =
        format!("{path}: lines 1001 to 1500 may have been added, the 1000 tasks before them were");
    assert!(said.contains(&what) && said.contains("--idempotency-key"), "{said}");
    assert_eq!(script.asked()[1].body["params"]["idempotencyKey"], Value::Null);
    let keyed = [&add[..], &["--idempotency-key", "k"]].concat();
    let (output, script) = run([made(), body(200, "cut off")], &keyed).await;
    assert!(text(&output.stderr).contains("with the same key"), "{}", text(&output.stderr));
    let asked = script.asked();
    for (asked, key) in asked.iter().zip(["k-1", "k-2"]) {
        let params = &asked.body["params"];
        assert_eq!(
            (&params["idempotencyKey"], &params["tasks"][0]["idempotencyKey"]),
            (&json!(key), &Value::Null)
        );
    }
}
