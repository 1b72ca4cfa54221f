//! Leases that are lost, servers that go away, workers that are killed.

use serde_json::json;

use super::*;

/// Hangs at the first try, and is done at the second.
const HANGS_ONCE: &str = r#"if [ -e "$DIR/self" ]; then echo again; exit 0; fi
    sleep 600 & echo $! > "$DIR/child"; echo $$ > "$DIR/self"; wait"#;

#[test]
fn whoever_lost_a_task_stops_and_may_claim_again() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    let args = ["--exec", HANGS_ONCE, "--lease", "1s", "--worker", "w"];
    let worker = Worker::start(&server.url, &args);
    let family = ["child", "self"].map(|name| worker.process(name));
    // Somebody says that the worker is gone: the server gives its task to whoever wants it.
    let gone_params = r#"{"instanceId": "w", "sessionId": "w", "timestamp": 0}"#;
    server.json(&["call", "system.unregister", gone_params]);
    gone(&family);
    worker.says("the lease is lost");
    becomes(&server, &id, "completed");
    assert_eq!(show(&server, &id)["result"], "again");
    assert_eq!(count(&server, &id, "task.completed"), 1);
}

#[test]
fn a_server_that_is_away_for_longer_than_the_lease_ends_the_work() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    let args = ["--exec", HANGS_ONCE, "--lease", "1s"];
    let worker = Worker::start(&server.url, &args);
    let family = ["child", "self"].map(|name| worker.process(name));
    let url = server.url.clone();
    let data = kill(server);
    gone(&family);
    worker.says("the server has not answered for as long as it lasts");
    let server = again(&url, data);
    becomes(&server, &id, "completed");
    assert_eq!(show(&server, &id)["result"], "again");
    assert_eq!(count(&server, &id, "task.completed"), 1);
}

#[test]
fn work_goes_on_while_the_server_restarts_and_nothing_is_done_twice() {
    let mut server = Server::start();
    let url = server.url.clone();
    let ids: Vec<String> = (0..30).map(|n| add(&server, &format!("{n}"), &[])).collect();
    let command = r#"echo $CLAUDEBENCH_TASK_ID >> "$DIR/done"; sleep 0.1"#;
    let mut worker =
        Worker::start(&url, &["--exec", command, "-n", "3", "--max-tasks", "30", "--quiet"]);
    for done in [5, 12, 20] {
        let lines = || worker.read("done").lines().count();
        worker.waits_for("work goes on", || lines() >= done);
        server = again(&url, kill(server));
    }
    assert_eq!(worker.code(), Some(0), "{}", worker.log());
    let mut done: Vec<String> = worker.read("done").lines().map(str::to_owned).collect();
    done.sort_unstable();
    let mut expected = ids.clone();
    expected.sort_unstable();
    assert_eq!(done, expected, "each was done once");
    for id in &ids {
        let shown = show(&server, id);
        assert_eq!((&shown["status"], &shown["attempt"]), (&json!("completed"), &json!(1)));
        assert_eq!(count(&server, id, "task.completed"), 1);
    }
}

#[test]
fn a_result_that_could_not_be_told_is_told_when_the_server_is_back() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    let command = r#"touch "$DIR/begun"; while [ ! -e "$DIR/go" ]; do sleep 0.02; done; echo 42"#;
    let mut worker = Worker::start(&server.url, &["--exec", command, "--once"]);
    worker.sees("begun");
    let url = server.url.clone();
    let data = kill(server);
    fs::write(worker.path("go"), "").unwrap();
    worker.says("task.complete");
    let server = again(&url, data);
    assert_eq!(worker.code(), Some(0));
    let shown = show(&server, &id);
    assert_eq!((&shown["result"], &shown["attempt"]), (&json!(42), &json!(1)));
    assert_eq!(count(&server, &id, "task.completed"), 1);
}

#[test]
fn a_stop_with_a_result_that_nobody_takes_ends_somewhere_and_says_so() {
    let server = Server::start();
    add(&server, "x", &[]);
    let command = r#"touch "$DIR/begun"; while [ ! -e "$DIR/go" ]; do sleep 0.02; done; echo 42"#;
    let mut worker = Worker::start(&server.url, &["--exec", command, "--once"]);
    worker.sees("begun");
    drop(server);
    fs::write(worker.path("go"), "").unwrap();
    worker.says("task.complete");
    for _ in 0..3 {
        worker.signal(Signal::TERM);
    }
    let mut signals = 3;
    // Signals that come together are one.
    eventually("the worker goes", || {
        if signals < 1_000 {
            signals += 1;
            worker.signal(Signal::TERM);
        }
        worker.child.try_wait().unwrap().is_some()
    });
    assert_eq!(worker.code(), Some(3), "{}", worker.log());
    assert!(worker.log().contains("reports were lost"), "{}", worker.log());
}

#[test]
fn a_worker_that_is_killed_takes_its_commands_with_it_and_its_tasks_come_back() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    let command = r#"if [ -e "$DIR/self" ]; then echo again; exit 0; fi
        trap '' TERM INT HUP; sleep 600 & echo $! > "$DIR/child"
        setsid sh -c 'echo $$ > "$DIR/grandchild"; exec sleep 600' &
        echo $$ > "$DIR/self"; wait; sleep 600"#;
    let args = ["--exec", command, "--lease", "2s"];
    let mut worker = Worker::start(&server.url, &args);
    let family = ["child", "grandchild", "self"].map(|name| worker.process(name));
    worker.child.kill().unwrap();
    worker.ends();
    gone(&family);
    let place = std::mem::replace(&mut worker.place, TempDir::new().unwrap());
    let next = Worker::start_in(&server.url, &args, place);
    becomes(&server, &id, "completed");
    let shown = show(&server, &id);
    assert_eq!(
        (&shown["result"], &shown["losses"]),
        (&json!("again"), &json!(1)),
        "{}",
        next.log()
    );
}

#[test]
fn a_worker_that_comes_back_under_its_name_does_not_keep_what_it_lost() {
    let server = Server::start();
    let id = add(&server, "x", &[]);
    // The lease lasts: only the name tells that it is nobody's.
    let args = ["--exec", HANGS_ONCE, "--lease", "24h", "--worker", "builder-1"];
    let mut worker = Worker::start(&server.url, &args);
    let family = ["child", "self"].map(|name| worker.process(name));
    worker.child.kill().unwrap();
    worker.ends();
    gone(&family);
    let place = std::mem::replace(&mut worker.place, TempDir::new().unwrap());
    let _next = Worker::start_in(&server.url, &args, place);
    becomes(&server, &id, "completed");
    assert_eq!(show(&server, &id)["result"], "again");
}

#[test]
fn a_guard_that_is_killed_takes_its_command_with_it() {
    let server = Server::start();
    let id = add(&server, "x", &["--max-attempts", "1"]);
    let command = r#"echo $PPID > "$DIR/guard"; echo $$ > "$DIR/self"; sleep 600"#;
    let mut worker = Worker::start(&server.url, &["--exec", command, "--once"]);
    let (guard, own) = (worker.process("guard"), worker.process("self"));
    // What a service manager sends to all of its processes does not end it.
    kill_process(guard, Signal::TERM).unwrap();
    assert!(is_alive(own));
    kill_process(guard, Signal::KILL).unwrap();
    gone(&[own]);
    assert_eq!(worker.code(), Some(1));
    let shown = show(&server, &id);
    assert_eq!((&shown["status"], &shown["reason"]), (&json!("failed"), &json!("crashed")));
}

#[test]
fn a_fleet_whose_workers_are_killed_loses_no_task_and_completes_each_once() {
    let server = Server::start();
    let backoff = r#""backoff": {"baseMs": 0}"#;
    let tasks: Vec<String> = (0..40).map(|n| format!(r#"{{"text": "{n}", {backoff}}}"#)).collect();
    let made = format!(r#"{{"tasks": [{}]}}"#, tasks.join(","));
    server.json(&["call", "task.create_many", &made]);
    let command = "sleep 0.$(($(date +%N | cut -c 1) % 3)); echo $CLAUDEBENCH_TASK_ID";
    let args = ["--exec", command, "-n", "2", "--lease", "1s", "--quiet"];
    let start = || Worker::start(&server.url, &args);
    let mut fleet: Vec<Worker> = (0..3).map(|_| start()).collect();
    let stats = || server.json(&["call", "task.stats"]);
    for killed in 0..6 {
        let before = stats()["completed"].as_i64().unwrap();
        eventually("the work goes on", || {
            stats()["completed"].as_i64().unwrap() >= (before + 3).min(40)
        });
        let place = killed % fleet.len();
        fleet[place].child.kill().unwrap();
        fleet[place] = start();
    }
    eventually("all are done", || stats()["completed"] == 40);
    let stats = stats();
    assert_eq!(
        (&stats["total"], &stats["dead"], &stats["inProgress"]),
        (&json!(40), &json!(0), &json!(0))
    );
    let log =
        server.run(&["events", "--since", "start", "--no-follow", "--type", "task.completed"]);
    let log = String::from_utf8(log.stdout).unwrap();
    assert_eq!(log.lines().count(), 40, "{log}");
}
