//! The whole way, with the real program and a real server.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::program::{program, text};
use super::server::{Server, eventually};

#[test]
fn a_task_is_added_claimed_worked_on_and_completed() {
    let server = Server::start();
    let made =
        server.json(&["task", "add", "Write the notes", "--priority", "70", "--tag", "docs"]);
    let id = made["id"].as_str().unwrap();
    let blocked = server.json(&["task", "add", "Send them", "--depends-on", id]);
    let blocked = blocked["id"].as_str().unwrap();
    let why = text(&server.run(&["task", "explain", blocked]).stdout).to_owned();
    assert!(why.contains(&format!("It waits for {id}, which is pending.")), "{why}");

    let claimed = server.json(&["task", "claim", "--worker", "w-1", "--tag", "docs"]);
    assert_eq!(claimed["taskId"], id);
    let fence = claimed["task"]["lease"]["fence"].to_string();
    let beat = ["task", "heartbeat", id, "--fence", &fence, "--progress", "0.4", "--note", "half"];
    assert_eq!(server.json(&beat)["cancelled"], false);
    let shown = text(&server.run(&["task", "show", id]).stdout).to_owned();
    assert!(shown.contains("in_progress 40%") && shown.contains("note        half"), "{shown}");

    let done = ["task", "complete", id, "--fence", &fence, "--result", r#"{"files": 3}"#];
    assert_eq!(server.json(&done)["status"], "completed");
    assert_eq!(server.json(&["task", "show", id])["result"], json!({"files": 3}));
    let late = server.run(&["task", "complete", id, "--fence", "999"]);
    assert_eq!(late.status.code(), Some(5), "{}", text(&late.stderr));
    let claimed = server.json(&["task", "claim", "--worker", "w-1"]);
    assert_eq!(claimed["taskId"], blocked);
    let nothing = server.run(&["task", "claim", "--worker", "w-1"]);
    assert_eq!(nothing.status.code(), Some(8));

    let history = text(&server.run(&["task", "history", id]).stdout).to_owned();
    let kinds: Vec<&str> = history.lines().filter_map(|l| l.split_whitespace().nth(2)).collect();
    assert_eq!(kinds, ["task.created", "task.claimed", "task.completed"], "{history}");
    assert_eq!(server.run(&["task", "show", "t-1"]).status.code(), Some(4));
}

#[test]
fn failures_are_tried_again_until_they_are_dead_letters() {
    let server = Server::start();
    let made = server.json(&["task", "add", "Deploy", "--max-attempts", "1"]);
    let id = made["id"].as_str().unwrap();
    server.json(&["task", "claim"]);
    let failed = server.run(&["task", "fail", id, "--worker", "cli", "--error", "no route"]);
    let said = text(&failed.stdout);
    assert!(said.contains("a dead letter; `claudebench task retry"), "{said}");
    let listed = server.json(&["task", "list", "--dead"]);
    assert_eq!(listed["tasks"][0]["id"], id);
    let back = server.run(&["task", "redrive", "--reason", "error"]);
    assert_eq!(text(&back.stdout), format!("{id}  pending\n"), "{}", text(&back.stderr));
    assert_eq!(server.json(&["task", "cancel", id])["status"], "cancelled");
    let back = server.run(&["task", "retry", id]);
    assert_eq!(text(&back.stdout), format!("{id} was cancelled and is pending\n"));
    let missing = server.run(&["task", "release", id, "--worker", "w"]);
    assert_eq!(missing.status.code(), Some(5), "{}", text(&missing.stderr));
}

#[test]
fn whoever_watches_sees_the_end_and_gets_its_code() {
    let server = Server::start();
    let made = server.json(&["task", "add", "Build"]);
    let id = made["id"].as_str().unwrap();
    let mut watch = program(&["task", "watch", id])
        .env("CLAUDEBENCH_URL", &server.url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.next().unwrap().contains("pending"), "it looked before anything happened");
    server.json(&["task", "claim"]);
    server.json(&["task", "complete", id, "--worker", "cli"]);
    let seen: Vec<String> = lines.collect();
    assert!(watch.wait().unwrap().success());
    assert!(seen[0].contains("task.claimed") && seen[1].contains("task.completed"), "{seen:?}");
    assert_eq!(seen.last().unwrap(), &format!("{id} is completed"));
    assert_eq!(server.run(&["task", "watch", id]).status.code(), Some(0));
    let other = server.json(&["task", "add", "Ship"]);
    let other = other["id"].as_str().unwrap();
    server.json(&["task", "cancel", other]);
    assert_eq!(server.run(&["task", "watch", other]).status.code(), Some(1));
}

#[test]
fn events_are_read_from_any_place_and_followed_over_a_restart() {
    let server = Server::start();
    for text in ["a", "b", "c"] {
        server.json(&["task", "add", text, "--project", "site"]);
    }
    let log = ["events", "--since", "start", "--no-follow", "--type", "task.*"];
    let output = server.run(&log);
    assert_eq!(text(&output.stdout).lines().count(), 3, "{}", text(&output.stderr));
    let second = server.json(&["events", "--since", "start", "-n", "1", "--project", "site"]);
    let after = second["id"].as_str().unwrap();
    let rest = server.run(&["events", "--since", after, "-n", "2", "--json"]);
    assert_eq!(text(&rest.stdout).lines().count(), 2);

    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let mut follow = program(&["events", "--type", "task.created", "-n", "2", "--json"])
        .env("CLAUDEBENCH_URL", &server.url)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(follow.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut first = None;
    // Until the stream is open, what is added is not for it.
    let (seen, line) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in lines {
            let _ = seen.send(line);
        }
    });
    eventually("an event comes", || {
        server.json(&["task", "add", "first"]);
        first = line.try_recv().ok();
        first.is_some()
    });
    let data = server.stop();
    let server = Server::on(&address, data);
    server.json(&["task", "add", "second"]);
    let second = line.recv_timeout(Duration::from_secs(20));
    assert!(second.unwrap().contains("task.created"));
    assert!(follow.wait().unwrap().success());
}

#[test]
fn a_backup_is_made_while_the_server_runs_and_put_back_when_it_does_not() {
    let server = Server::start();
    let made = server.json(&["task", "add", "Keep me"]);
    let id = made["id"].as_str().unwrap();
    let folder = server.folder().to_str().unwrap().to_owned();
    let copies = TempDir::new().unwrap();
    let copy = copies.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    let backup = server.run(&["backup", copy, "--data", &folder]);
    assert!(text(&backup.stdout).contains("checked"), "{}", text(&backup.stderr));
    let again = server.run(&["backup", copy, "--data", &folder]);
    assert!(text(&again.stderr).contains("next: give another path, or --force"));
    let running = server.run(&["restore", copy, "--data", &folder, "--force"]);
    assert_eq!(running.status.code(), Some(1));
    assert!(text(&running.stderr).contains("stop the server"), "{}", text(&running.stderr));

    server.json(&["task", "add", "After the backup"]);
    let data = server.stop();
    let refused = program(&["restore", copy, "--data", &folder]).output().unwrap();
    assert!(text(&refused.stderr).contains("exists already"), "{}", text(&refused.stderr));
    let done = program(&["restore", copy, "--data", &folder, "--force"]).output().unwrap();
    assert!(done.status.success(), "{}", text(&done.stderr));
    let server = Server::on("127.0.0.1:0", data);
    let listed = server.json(&["task", "list"]);
    assert_eq!((&listed["totalCount"], &listed["tasks"][0]["id"]), (&json!(1), &json!(id)));
}

#[test]
fn the_first_key_is_made_before_a_server_runs() {
    let data = TempDir::new().unwrap();
    let folder = data.path().to_str().unwrap().to_owned();
    let create =
        ["key", "create", "--name", "ada", "--scopes", "admin", "--data", &folder, "--json"];
    let made = program(&create).output().unwrap();
    assert!(made.status.success(), "{}", text(&made.stderr));
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    let key = made["key"].as_str().unwrap();
    std::fs::write(data.path().join("key"), key).unwrap();
    let file = data.path().join("key").to_str().unwrap().to_owned();

    let server = Server::on("127.0.0.1:0", data);
    let listed = server.json(&["key", "list", "--key-file", &file]);
    assert_eq!(listed["keys"][0]["name"], "ada");
    let second = server.run(&["key", "create", "--name", "w", "--scopes", "tasks:work"]);
    assert!(text(&second.stdout).contains("cb_"), "{}", text(&second.stderr));
    let locked = server.run(&["key", "list", "--data", &folder]);
    assert!(
        text(&locked.stderr).contains("a server uses the data directory"),
        "{}",
        text(&locked.stderr)
    );
    let id = made["id"].as_str().unwrap();
    assert_eq!(server.json(&["key", "revoke", id])["revoked"], true);
    let refused = server.run(&["key", "list", "--key-file", &file]);
    assert_eq!(refused.status.code(), Some(6), "{}", text(&refused.stderr));
}

#[test]
fn status_and_doctor_find_a_healthy_server() {
    let server = Server::start();
    server.json(&["task", "add", "x"]);
    let status = server.json(&["status"]);
    assert_eq!(
        (&status["health"]["status"], &status["tasks"]["ready"]),
        (&json!("healthy"), &json!(1))
    );
    assert!(text(&server.run(&["status"]).stdout).contains("1 ready, 0 scheduled"));
    let folder = server.folder().to_str().unwrap().to_owned();
    let mut doctor = program(&["doctor", "--data", &folder, "--json"]);
    let address = server.url.strip_prefix("http://").unwrap();
    doctor.envs([("CLAUDEBENCH_URL", server.url.as_str()), ("CLAUDEBENCH_LISTEN", address)]);
    let found: Value = serde_json::from_slice(&doctor.output().unwrap().stdout).unwrap();
    assert_eq!(found["ok"], true, "{found}");
    let named = |name: &str| {
        let checks = found["checks"].as_array().unwrap();
        checks.iter().find(|check| check["name"] == name).cloned().unwrap_or_default()
    };
    assert_eq!(named("contents")["state"], "good");
    assert_eq!(named("server")["state"], "good", "{found}");
    assert!(named("data directory")["found"].as_str().unwrap().contains("a server uses it"));
}

#[test]
fn a_socket_is_served_and_called() {
    let sockets = TempDir::new().unwrap();
    let listen = format!("unix:{}", sockets.path().join("s").display());
    let server = Server::on(&listen, TempDir::new().unwrap());
    assert_eq!(server.url, listen);
    let made = server.json(&["call", "task.create", "--text", "x", "--tags", "a", "--tags", "b"]);
    let task = server.json(&["call", "task.get", &json!({"id": made["id"]}).to_string()]);
    assert_eq!(task["tags"], json!(["a", "b"]));
    let unknown = server.run(&["call", "no.such", "{}"]);
    assert_eq!(unknown.status.code(), Some(4), "{}", text(&unknown.stderr));
}

#[test]
fn many_tasks_are_added_and_listed() {
    let server = Server::start();
    let lines: String = (0..2_500).map(|n| format!("task {n}\n")).collect();
    let file = server.folder().join("lines");
    std::fs::write(&file, lines).unwrap();
    let added = server.run(&["task", "add", "--from", file.to_str().unwrap()]);
    assert_eq!(text(&added.stdout), "added 2,500 tasks\n", "{}", text(&added.stderr));
    let all = server.run(&["task", "list", "--all", "--json"]);
    assert_eq!(text(&all.stdout).lines().count(), 2_500);
    let some = server.run(&["task", "list", "-n", "3"]);
    assert_eq!(text(&some.stdout).lines().count(), 4);
    assert!(text(&some.stderr).contains("3 of 2,500"), "{}", text(&some.stderr));
}

#[test]
fn what_is_not_redriven_is_told_and_gives_the_exit_code() {
    let server = Server::start();
    let missing = server.run(&["task", "redrive", "t-5"]);
    assert_eq!(missing.status.code(), Some(4));
    assert_eq!(text(&missing.stderr), "t-5: Task not found: t-5\n");
    let waiting = server.json(&["task", "add", "Wait"]);
    let waiting = waiting["id"].as_str().unwrap();
    let refused = server.run(&["task", "redrive", waiting, "--json"]);
    assert_eq!(refused.status.code(), Some(5));
    let said: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(said["refused"][0]["error"]["code"], "conflict");
    let none = server.run(&["task", "redrive", "--reason", "error"]);
    assert_eq!(
        (none.status.code(), text(&none.stderr)),
        (Some(0), "No dead letters to put back.\n")
    );
}

#[test]
fn a_file_of_tasks_is_added_once_under_a_key() {
    let server = Server::start();
    let file = server.folder().join("tasks");
    let lines: Vec<String> = (0..1_500).map(|n| format!("task {n}\n")).collect();
    std::fs::write(&file, lines.concat()).unwrap();
    let add = ["task", "add", "--from", file.to_str().unwrap(), "--idempotency-key", "k"];
    for _ in 0..2 {
        let output = server.run(&add);
        assert_eq!(text(&output.stdout), "added 1,500 tasks\n", "{}", text(&output.stderr));
    }
    assert_eq!(server.json(&["call", "task.stats", "{}"])["total"], 1_500);
}
