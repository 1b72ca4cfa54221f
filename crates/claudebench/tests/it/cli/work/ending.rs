//! How work ends that is called off, takes too long, or whose worker is told to stop.

use serde_json::json;

use super::super::program::text;
use super::*;

/// A command with a child, and a grand-child that has left its process group. None of them ends by
/// itself.
const FAMILY: &str = r#"trap '' TERM; sleep 600 & echo $! > "$DIR/child"
    setsid sh -c 'echo $$ > "$DIR/grandchild"; exec sleep 600' &
    echo $$ > "$DIR/self"; wait; sleep 600"#;

fn family(worker: &Worker) -> [Pid; 3] {
    ["self", "child", "grandchild"].map(|name| worker.process(name))
}

#[test]
fn a_task_that_is_called_off_ends_with_all_that_it_has_started() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    // A heartbeat comes later than this test waits: the server's word must do.
    let args = ["--exec", FAMILY, "--lease", "24h", "--kill-grace", "100ms"];
    let worker = Worker::start(&server.url, &args);
    let family = family(&worker);
    server.json(&["task", "cancel", &id, "--reason", "not needed"]);
    gone(&family);
    becomes(&server, &id, "cancelled");
    assert!(worker.log().contains("it was called off: not needed"), "{}", worker.log());
    // It goes on with the next.
    let next = add(&server, "y", &[]);
    becomes(&server, &next, "in_progress");
}

#[test]
fn a_command_has_a_moment_to_end() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    let command = r#"trap 'echo left > "$DIR/left"; exit 0' TERM; touch "$DIR/begun"
        while :; do sleep 0.02; done"#;
    let worker = Worker::start(&server.url, &["--exec", command, "--kill-grace", "1m"]);
    worker.sees("begun");
    server.json(&["task", "cancel", &id]);
    worker.sees("left");
    becomes(&server, &id, "cancelled");
}

#[test]
fn what_takes_too_long_is_killed_and_has_failed() {
    let server = Server::start();
    let id = add(&server, "x", &["--max-attempts", "1"]);
    let command = "echo so far; sleep 600";
    let args = ["--exec", command, "--once", "--time-limit", "1s"];
    let mut worker = Worker::start(&server.url, &args);
    assert_eq!(worker.code(), Some(1));
    let shown = show(&server, &id);
    assert_eq!((&shown["status"], &shown["reason"]), (&json!("failed"), &json!("timeout")));
    let error = shown["error"].as_str().unwrap();
    assert!(
        error.contains("longer than the time limit of 1s") && error.contains("so far"),
        "{error}"
    );

    // The task's own limit: the worker tells what was written, if it is faster than the server.
    let id = add(&server, "y", &["--max-attempts", "1", "--deadline", "2s"]);
    let mut worker = Worker::start(&server.url, &["--exec", FAMILY, "--once", "--kill-grace", "0"]);
    let family = family(&worker);
    assert_eq!(worker.code(), Some(1));
    gone(&family);
    let shown = show(&server, &id);
    let reason = shown["reason"].as_str().unwrap();
    assert!(["timeout", "deadline_exceeded"].contains(&reason), "{shown}");
    assert_eq!(shown["status"], "failed", "{shown}");
}

#[test]
fn what_a_command_leaves_behind_ends_with_it() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    let command = r#"setsid sh -c 'echo $$ > "$DIR/grandchild"; exec sleep 600' &
        while [ ! -s "$DIR/grandchild" ]; do sleep 0.02; done; echo done"#;
    let mut worker = Worker::start(&server.url, &["--exec", command, "--once"]);
    assert_eq!(worker.code(), Some(0));
    gone(&[worker.process("grandchild")]);
    assert_eq!(show(&server, &id)["result"], "done");
}

#[test]
fn told_to_stop_it_ends_what_it_has_begun_and_takes_nothing_more() {
    let server = Server::start();
    let first = add(&server, "first", &[]);
    let command = r#"touch "$DIR/begun"; while [ ! -e "$DIR/go" ]; do sleep 0.02; done"#;
    let mut worker = Worker::start(&server.url, &["--exec", command, "-n", "2", "--worker", "w"]);
    worker.sees("begun");
    worker.signal(Signal::TERM);
    worker.says("takes no more tasks");
    let second = add(&server, "second", &[]);
    assert_eq!(status(&server, &first), "in_progress");
    fs::write(worker.path("go"), "").unwrap();
    assert_eq!(worker.code(), Some(0));
    let seen = [&first, &second].map(|id| status(&server, id));
    assert_eq!(seen, ["completed", "pending"]);
    assert_eq!(count(&server, &second, "task.claimed"), 0);
    let log = server.run(&["events", "--since", "start", "--no-follow", "--type", "instance.*"]);
    let log = text(&log.stdout);
    assert!(log.contains("instance.unregistered"), "{log}");
}

#[test]
fn told_twice_it_kills_and_gives_back() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    let args = ["--exec", FAMILY, "--grace", "10m", "--kill-grace", "100ms"];
    let mut worker = Worker::start(&server.url, &args);
    let family = family(&worker);
    worker.signal(Signal::INT);
    worker.says("takes no more tasks");
    assert!(is_alive(family[0]));
    worker.signal(Signal::INT);
    assert_eq!(worker.code(), Some(0));
    gone(&family);
    let shown = show(&server, &id);
    assert_eq!((&shown["status"], &shown["attempt"]), (&json!("pending"), &json!(0)), "{shown}");
    assert_eq!(count(&server, &id, "task.released"), 1);
}

#[test]
fn when_the_grace_is_over_it_kills_and_gives_back() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    let args = ["--exec", FAMILY, "--grace", "100ms", "--kill-grace", "100ms"];
    let mut worker = Worker::start(&server.url, &args);
    let family = family(&worker);
    worker.signal(Signal::TERM);
    assert_eq!(worker.code(), Some(0));
    gone(&family);
    assert_eq!(status(&server, &id), "pending");
}

#[test]
fn a_worker_that_waits_stops_at_once_and_holds_nothing() {
    let server = Server::start();
    let mut worker = Worker::start(&server.url, &["--exec", "true"]);
    worker.says("\"ready\"");
    worker.signal(Signal::TERM);
    assert_eq!(worker.code(), Some(0));
    let id = add(&server, "x", &[]);
    assert_eq!(server.json(&["task", "claim"])["taskId"], id.as_str());
}

#[test]
fn without_a_server_it_waits_and_can_be_stopped() {
    let mut worker = Worker::start("http://127.0.0.1:9", &["--exec", "true"]);
    worker.says("it is tried again");
    worker.signal(Signal::TERM);
    assert_eq!(worker.code(), Some(0));
}

#[test]
fn whoever_does_not_read_what_is_written_holds_up_no_heartbeat_and_no_end() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    let mut child = program(&["work", "--exec", "yes", "--lease", "1s"])
        .env("CLAUDEBENCH_URL", &server.url)
        .env("PATH", "/usr/bin:/bin")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    becomes(&server, &id, "in_progress");
    // The lease was extended: it has lasted longer than it was taken for.
    let begun = show(&server, &id)["lease"]["expiresAt"].clone();
    eventually("the lease is extended twice", || {
        let lease = show(&server, &id)["lease"]["expiresAt"].clone();
        lease.as_str().zip(begun.as_str()).is_some_and(|(now, begun)| now[..19] > begun[..19])
    });
    server.json(&["task", "cancel", &id]);
    becomes(&server, &id, "cancelled");
    kill_process(pid(&child), Signal::TERM).unwrap();
    let mut ended = None;
    eventually("the worker ends", || {
        ended = child.try_wait().unwrap();
        ended.is_some()
    });
    assert_eq!(ended.unwrap().code(), Some(0));
}
