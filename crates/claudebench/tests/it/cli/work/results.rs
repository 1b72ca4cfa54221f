//! What becomes of a task, by what its command writes and how it ends.

use serde_json::{Value, json};

use super::super::program::{program, text};
use super::*;

#[test]
fn a_task_is_on_standard_input_and_its_result_is_what_is_written() {
    let server = Server::start();
    let more = ["--priority", "70", "--project", "site", "--tag", "a", "--metadata", "{\"n\": 1}"];
    let id = add(&server, "Write the notes", &more);
    let other = add(&server, "Another project", &["--project", "shop"]);
    let command = r#"cat > "$DIR/task.json"; env > "$DIR/env"; echo '{"big": 12345678901234567890.0, "a": [1]}'"#;
    let args =
        ["--exec", command, "--once", "--project", "site", "--tag", "a", "--worker", "builder-1"];
    let mut worker = Worker::start(&server.url, &[&args[..], &["--json"]].concat());
    assert_eq!(worker.code(), Some(0));
    let shown = show(&server, &id);
    assert_eq!(
        (&shown["status"], &shown["completedBy"]),
        (&json!("completed"), &json!("builder-1"))
    );
    assert_eq!(shown["result"]["a"], json!([1]));
    let task: Value = serde_json::from_str(&worker.read("task.json")).unwrap();
    assert_eq!((&task["id"], &task["metadata"]["n"]), (&json!(id), &json!(1)));
    assert_eq!(task["lease"]["workerId"], "builder-1");
    let environment = worker.read("env");
    for line in [
        format!("CLAUDEBENCH_TASK_ID={id}"),
        "CLAUDEBENCH_TASK_TEXT=Write the notes".into(),
        "CLAUDEBENCH_TASK_PRIORITY=70".into(),
        "CLAUDEBENCH_TASK_PROJECT=site".into(),
        "CLAUDEBENCH_TASK_TAGS=a".into(),
        "CLAUDEBENCH_FENCE=1".into(),
        "CLAUDEBENCH_ATTEMPT=1".into(),
        "CLAUDEBENCH_WORKER_ID=builder-1".into(),
        format!("CLAUDEBENCH_URL={}", server.url),
    ] {
        assert!(environment.lines().any(|one| one == line), "{line} in {environment}");
    }
    let shown = worker.read("out.log");
    assert!(shown.starts_with(&format!("{id} | {{\"big\"")), "{shown}");
    assert!(
        shown.ends_with("{\"completed\":1,\"failed\":0,\"refused\":0,\"released\":0}\n"),
        "{shown}"
    );
    assert_eq!(status(&server, &other), "pending");
    let instances = server.json(&["call", "system.get_state"]);
    assert!(!instances.to_string().contains("\"builder-1\",\"online\""), "{instances}");
}

#[test]
fn a_command_may_speak_to_the_server_itself() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    let program = env!("CARGO_BIN_EXE_claudebench");
    let command = format!(
        "{program} task heartbeat $CLAUDEBENCH_TASK_ID --fence $CLAUDEBENCH_FENCE --note half \
         --checkpoint '{{\"at\": 3}}' && echo done"
    );
    let mut worker = Worker::start(&server.url, &["--exec", &command, "--once"]);
    assert_eq!(worker.code(), Some(0), "{}", worker.log());
    let shown = show(&server, &id);
    assert_eq!((&shown["note"], &shown["checkpoint"]["at"]), (&json!("half"), &json!(3)));
}

#[test]
fn what_is_no_json_is_a_text_and_what_is_too_long_keeps_its_end() {
    let server = Server::start();
    let first = add(&server, "text", &[]);
    let mut worker = Worker::start(&server.url, &["--once", "--", "printf", "all good\\n\\n"]);
    assert_eq!(worker.code(), Some(0));
    assert_eq!(show(&server, &first)["result"], "all good");

    let second = add(&server, "much", &[]);
    let command = "head -c 5000000 /dev/zero | tr '\\0' x; echo; echo the end";
    let place = TempDir::new().unwrap();
    let logs = place.path().join("logs");
    let args = ["--exec", command, "--once", "--logs", logs.to_str().unwrap()];
    let mut worker = Worker::start_in(&server.url, &args, place);
    assert_eq!(worker.code(), Some(0));
    let result = show(&server, &second)["result"].as_str().unwrap().to_owned();
    assert!(result.ends_with("xxx\nthe end") && result.len() < 70_000, "{}", result.len());
    assert!(result.starts_with("[49") && result.contains(" bytes before this are left out]\nxxx"));
    let kept = fs::metadata(logs.join(format!("{second}-1.out"))).unwrap();
    assert_eq!(kept.len(), 5_000_009, "all of it is in the file");
    assert_eq!(worker.read("out.log"), "");

    // JSON that the server does not take, as it is nested too deep.
    let third = add(&server, "deep", &[]);
    let command =
        "for i in $(seq 70); do printf '['; done; for i in $(seq 70); do printf ']'; done";
    let mut worker = Worker::start(&server.url, &["--exec", command, "--once", "--quiet"]);
    assert_eq!(worker.code(), Some(0));
    let shown = show(&server, &third);
    assert_eq!(shown["status"], "completed");
    assert!(shown["result"].as_str().unwrap().starts_with("[[["), "{shown}");
}

#[test]
fn a_failure_is_told_with_what_was_said_and_tried_again() {
    let server = Server::start();
    let params = r#"{"text": "flaky", "backoff": {"baseMs": 0}}"#;
    let id = server.json(&["call", "task.create", params])["id"].as_str().unwrap().to_owned();
    let command =
        r#"if [ ! -e "$DIR/tried" ]; then touch "$DIR/tried"; echo no route >&2; exit 3; fi"#;
    let mut worker = Worker::start(&server.url, &["--exec", command, "--max-tasks", "2"]);
    assert_eq!(worker.code(), Some(0));
    let shown = show(&server, &id);
    assert_eq!((&shown["status"], &shown["attempt"]), (&json!("completed"), &json!(2)));
    let history = text(&server.run(&["task", "history", &id]).stdout).to_owned();
    assert!(history.contains("exit code 3") && history.contains("no route"), "{history}");
    assert!(worker.log().contains(&format!("{id} | no route\n")), "{}", worker.log());
}

#[test]
fn exit_codes_say_whether_trying_again_helps() {
    let server = Server::start();
    for (code, status, reason, dead) in [
        ("65", "failed", "invalid_input", true),
        ("69", "pending", "unavailable", false),
        ("7", "pending", "error", false),
    ] {
        let id = add(&server, code, &[]);
        let command = format!("echo why >&2; exit {code}");
        let mut worker = Worker::start(&server.url, &["--exec", &command, "--once"]);
        assert_eq!(worker.code(), Some(1), "{code}");
        let shown = show(&server, &id);
        assert_eq!(
            (&shown["status"], &shown["reason"]),
            (&json!(status), &json!(reason)),
            "{code}"
        );
        assert_eq!(shown["dead"], dead, "{code}");
        // Nobody else is to have it.
        let _ = server.run(&["task", "cancel", &id]);
    }
    let killed = add(&server, "killed", &["--max-attempts", "1"]);
    let mut worker = Worker::start(&server.url, &["--exec", "kill -9 $$", "--once"]);
    assert_eq!(worker.code(), Some(1));
    let shown = show(&server, &killed);
    assert_eq!(
        (&shown["reason"], &shown["error"]),
        (&json!("crashed"), &json!("killed by signal 9"))
    );
}

#[test]
fn a_task_that_cannot_be_done_now_rests_and_has_lost_no_attempt() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    let command = "echo the site is down; exit 75";
    let args = ["--exec", command, "--once", "--release-delay", "1h"];
    let mut worker = Worker::start(&server.url, &args);
    assert_eq!(worker.code(), Some(1));
    let shown = show(&server, &id);
    assert_eq!((&shown["status"], &shown["attempt"]), (&json!("pending"), &json!(0)));
    assert!(shown["runAt"].is_string(), "{shown}");
    let history = text(&server.run(&["task", "history", &id]).stdout).to_owned();
    assert!(history.contains("task.released") && history.contains("the site is down"), "{history}");
}

#[test]
fn a_command_that_does_not_start_fails_no_task() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    let mut worker = Worker::start(&server.url, &["--", "/no/such/program"]);
    assert_eq!(worker.code(), Some(1));
    assert!(worker.log().contains("error: the command does not start: "), "{}", worker.log());
    let shown = show(&server, &id);
    assert_eq!((&shown["status"], &shown["attempt"]), (&json!("pending"), &json!(0)));
}

#[test]
fn as_many_tasks_are_worked_on_as_there_are_hands() {
    let server = Server::start();
    let ids: Vec<String> = (0..3).map(|n| add(&server, &format!("{n}"), &[])).collect();
    // None ends before all are there.
    let command = r#"mkdir -p "$DIR/here"; touch "$DIR/here/$CLAUDEBENCH_TASK_ID"
        while [ $(ls "$DIR/here" | wc -l) -lt 3 ]; do sleep 0.02; done"#;
    let args = ["--exec", command, "-n", "3", "--idle-exit", "200ms"];
    let mut worker = Worker::start(&server.url, &args);
    assert_eq!(worker.code(), Some(0));
    for id in ids {
        assert_eq!(status(&server, &id), "completed");
    }
}

#[test]
fn only_tasks_of_its_roles_are_for_it() {
    let server = Server::start();
    let build = add(&server, "build", &["--role", "build"]);
    let review = add(&server, "review", &["--role", "review"]);
    let deploy = add(&server, "deploy", &["--role", "deploy"]);
    let args = ["--exec", "true", "--roles", "build,review", "--idle-exit", "200ms"];
    let mut worker = Worker::start(&server.url, &args);
    assert_eq!(worker.code(), Some(0));
    let seen = [build, review, deploy].map(|id| status(&server, &id));
    assert_eq!(seen, ["completed", "completed", "pending"]);
}

#[test]
fn wrong_usage_and_nothing_to_do_have_their_exit_codes() {
    for line in [
        &["work"][..],
        &["work", "--exec", "true", "--", "true"],
        &["work", "--exec", "true", "--once", "--max-tasks", "2"],
        &["work", "--exec", "true", "-n", "0"],
        &["work", "--exec", "true", "--lease", "10ms"],
        &["work", "--exec", "true", "--cost-limit", "1"],
        &["work", "--exec", "true", "--agent", "claude"],
        &["work", "--agent", "claude", "--cost-limit", "0"],
    ] {
        let output = program(line).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{line:?}: {}", text(&output.stderr));
    }
    let server = Server::start();
    let args = ["--exec", "true", "--once", "--idle-exit", "100ms"];
    let mut worker = Worker::start(&server.url, &args);
    assert_eq!(worker.code(), Some(8));
}
