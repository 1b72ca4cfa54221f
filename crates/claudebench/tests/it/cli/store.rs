//! `claudebench store copy`: a laptop grows into a cluster, and back.

use std::path::Path;
use std::process::{Output, Stdio};

use claudebench_testkit::postgres::{Database, Postgres};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::program::{program, text};
use super::server::Server;

/// A database, and the file that holds its URL.
struct There {
    database: Database,
    folder: TempDir,
}

impl There {
    async fn new() -> Self {
        let database = Postgres::shared().await.database().await;
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("url"), format!("{}\n", database.url())).unwrap();
        Self { database, folder }
    }

    fn argument(&self) -> String {
        format!("@{}", self.folder.path().join("url").display())
    }
}

fn copy(from: &str, to: &str) -> Output {
    let output = program(&["store", "copy", from, to, "--json"]).output().unwrap();
    let seen = [&*output.stdout, &*output.stderr].concat();
    assert!(!text(&seen).contains("postgres:postgres@"), "it shows a password: {}", text(&seen));
    output
}

fn copied(from: &str, to: &str) -> Value {
    let output = copy(from, to);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(from: &str, to: &str) -> (Option<i32>, String) {
    let output = copy(from, to);
    (output.status.code(), text(&output.stderr).to_owned())
}

fn at(dir: &Path) -> String {
    dir.to_str().unwrap().to_owned()
}

/// What a server has: tasks as they are listed, and the events of one of them.
fn seen(server: &Server, task: &str) -> Value {
    json!([server.json(&["task", "list"]), history(server, task)])
}

/// The events of a task, a line each.
fn history(server: &Server, task: &str) -> Vec<String> {
    let history = server.run(&["task", "history", task, "--json"]);
    text(&history.stdout).lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laptop_grows_into_a_cluster_and_back() {
    let there = There::new().await;
    let data = TempDir::new().unwrap();
    let folder = at(data.path());
    let create =
        ["key", "create", "--name", "ada", "--scopes", "admin", "--data", &folder, "--json"];
    let made: Value = serde_json::from_slice(&program(&create).output().unwrap().stdout).unwrap();
    let key = at(&there.folder.path().join("key"));
    std::fs::write(&key, made["key"].as_str().unwrap()).unwrap();
    let server = Server::on("127.0.0.1:0", data);
    let ids: Vec<String> = ["one", "two", "three"]
        .iter()
        .map(|name| server.json(&["task", "add", name])["id"].as_str().unwrap().to_owned())
        .collect();
    let held = server.json(&["task", "claim", "--worker", "w-1"]);
    assert_eq!(held["taskId"], ids[0].as_str());
    let before = seen(&server, &ids[0]);
    let (code, said) = refused(&folder, &there.argument());
    assert!(code == Some(1) && said.contains("stop all servers"), "{said}");
    let data = server.stop();

    let there_now = copied(&folder, &there.argument());
    assert_eq!((&there_now["from"], &there_now["resumed"]), (&json!(folder), &json!(false)));
    let tables = there_now["tables"].as_array().unwrap();
    let tasks = tables.iter().find(|table| table["name"] == "tasks").unwrap();
    assert!(tasks["rows"] == 3 && tasks["sha256"].as_str().unwrap().len() == 64, "{tasks}");
    let (code, said) = refused(&folder, &there.argument());
    assert!(code == Some(1) && said.contains("is not empty"), "{said}");

    let server = Server::over(&there.database.url());
    assert_eq!(seen(&server, &ids[0]), before);
    // The lease that was given before, the key, and ids and events that grow.
    let fence = held["task"]["lease"]["fence"].to_string();
    let done = server.json(&["task", "complete", &ids[0], "--fence", &fence]);
    assert_eq!(done["status"], "completed");
    assert_eq!(server.json(&["key", "list", "--key-file", &key])["keys"][0]["name"], "ada");
    assert_eq!(server.json(&["task", "claim", "--worker", "w-2"])["taskId"], ids[1].as_str());
    let four = server.json(&["task", "add", "four"])["id"].as_str().unwrap().to_owned();
    assert!(four.len() == ids[2].len() && four > ids[2], "{four}");
    let events = history(&server, &ids[0]);
    assert!(events.len() == 3 && events[2].contains("task.completed"), "{events:?}");
    let after = seen(&server, &ids[0]);
    server.stop();

    let back = TempDir::new().unwrap();
    copied(&there.argument(), &at(back.path()));
    let server = Server::on("127.0.0.1:0", back);
    assert_eq!(seen(&server, &ids[0]), after);
    assert_eq!(server.json(&["task", "claim", "--worker", "w-3"])["taskId"], ids[2].as_str());
    drop(data);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_was_killed_goes_on_and_no_server_takes_half_of_it() {
    let there = There::new().await;
    let server = Server::start();
    for name in ["one", "two"] {
        server.json(&["task", "add", name]);
    }
    let data = server.stop();
    let folder = at(data.path());
    let mut migrate = program(&["migrate"]);
    assert!(migrate.env("CLAUDEBENCH_STORE_URL", there.database.url()).status().unwrap().success());
    let held_up = there.database.hold_up("events").await;
    let mut killed = program(&["store", "copy", &folder, &there.argument()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    there.database.until_held_up().await;
    killed.kill().unwrap();
    killed.wait().unwrap();
    drop(held_up);
    there.database.cut_off().await;

    let url = there.database.url();
    let mut serve = program(&["serve", "--listen", "127.0.0.1:0"]);
    let half = serve.env("CLAUDEBENCH_STORE_URL", &url).output().unwrap();
    let said = text(&half.stderr);
    assert!(half.status.code() == Some(1) && said.contains("claudebench store copy"), "{said}");
    let there_now = copied(&folder, &there.argument());
    assert_eq!(there_now["resumed"], true, "{there_now}");
    let server = Server::over(&url);
    assert_eq!(server.json(&["task", "list"])["totalCount"], 2);
}

#[tokio::test]
async fn mistakes_are_told_before_anything_happens() {
    let work = TempDir::new().unwrap();
    let none = at(&work.path().join("none"));
    let to = at(&work.path().join("to"));
    let (code, said) = refused(&none, &to);
    assert!(code == Some(1) && said.contains("there is no data in"), "{said}");
    for (from, to, expected) in [
        ("postgres://u:secret@127.0.0.1:1/d", &*to, "@FILE"),
        (&to, "mysql://u@h/d", "expected postgres://"),
        (&to, "@/no/such/file", "cannot be read"),
        (&to, "", "is missing"),
    ] {
        let (code, said) = refused(from, to);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(expected) && !said.contains("secret"), "{said}");
    }
    let (code, said) = refused(&to, "postgres://u@127.0.0.1:1/d");
    assert!(code == Some(1) && said.contains("no data"), "{said}");
}
