//! The archive from the command line, over a database with tasks of 2023.

use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use claudebench::config::Config;
use claudebench::start::{Running, start};
use claudebench_core::lane::Wanted;
use claudebench_core::time::ManualClock;
use claudebench_core::{Millis, TaskId, TenantId};
use claudebench_store::postgres::{PostgresOptions, PostgresStore};
use claudebench_store::{
    ClaimTasks, Committer, CommitterOptions, Create, Ending, Meta, NewTask, Report, Reports, Write,
};
use claudebench_testkit::postgres::{Database, Postgres};
use serde_json::Value;
use tempfile::TempDir;

use super::program::{program, text};

/// In November 2023.
const THEN: Millis = Millis(1_700_000_000_000);

/// A database, and the folder of its archive.
struct Bed {
    database: Database,
    folder: TempDir,
    done: Vec<TaskId>,
    ready: TaskId,
}

impl Bed {
    /// Two tasks that are done, and one that is not.
    async fn new() -> Self {
        let database = Postgres::shared().await.database().await;
        let options = PostgresOptions { keeps: false, ..PostgresOptions::new(database.url()) };
        let clock = Arc::new(ManualClock::at(THEN));
        let store = PostgresStore::open(options, Some(clock)).await.unwrap();
        let (committer, writers) =
            Committer::start(store.clone(), CommitterOptions::default(), Arc::new(|_| {}));
        let task =
            |text: &str| NewTask { text: text.into(), max_attempts: 3, ..NewTask::default() };
        let tasks = vec![task("one"), task("two"), task("waits")];
        let made = ok(&committer, Create { tasks }).await;
        let mut done: Vec<TaskId> = made.iter().map(|made| made.id).collect();
        let ready = done.pop().unwrap();
        for task in &done {
            let wanted = Wanted {
                tenant: TenantId::DEFAULT,
                worker: "w".into(),
                roles: Vec::new(),
                project: None,
                tags: Vec::new(),
            };
            let claim = ClaimTasks { wanted, task: Some(*task), max: 1, lease_ms: None };
            let fence = Some(ok(&committer, claim).await.tasks[0].lease.fence);
            let ending = Ending::Completed { result: Some("{\"a\":1}".into()) };
            let report = Report { task: *task, fence, worker: None, ending };
            ok(&committer, Reports { items: vec![report] }).await.remove(0).unwrap();
        }
        store.keep().await.unwrap();
        drop(committer);
        writers.join_all().await;
        store.close().await;
        Self { database, folder: TempDir::new().unwrap(), done, ready }
    }

    fn run(&self, args: &[&str]) -> Output {
        self.run_in(self.folder.path(), args)
    }

    fn run_in(&self, folder: &Path, args: &[&str]) -> Output {
        program(&[&["archive"], args].concat())
            .env("CLAUDEBENCH_STORE_URL", self.database.url())
            .env("CLAUDEBENCH_ARCHIVE_DIR", folder)
            .output()
            .unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--json"]].concat());
        assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// A server over the database, and its URL.
    async fn server(&self) -> Running {
        let of = |path: &Path| toml::Value::String(path.to_str().unwrap().into());
        let flags = vec![
            ("listen", toml::Value::Array(vec!["127.0.0.1:0".into()])),
            ("data", of(&self.folder.path().join("unused"))),
            ("archive.dir", of(self.folder.path())),
            ("archive.every_ms", 0.into()),
        ];
        let variables = vec![("CLAUDEBENCH_STORE_URL".to_owned(), self.database.url())];
        start(Config::from_layers(None, variables, flags).unwrap().config).await.unwrap()
    }
}

async fn ok<W: Write>(committer: &Committer, write: W) -> W::Reply {
    let tenant = TenantId::DEFAULT;
    let meta = Meta { tenant, actor: "ada".into(), traceparent: None, session: None, key: None };
    committer.submit(meta, write).await.unwrap_or_else(|error| panic!("{error}"))
}

/// A call of a method, and what it answers.
async fn call(running: &Running, method: &str, id: TaskId) -> (Option<i32>, Value) {
    let id = format!("--id={id}");
    let mut command = program(&["call", method, &id, "--json"]);
    command.env("CLAUDEBENCH_URL", &running.urls[0]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = if output.status.success() { &output.stdout } else { &output.stderr };
    (output.status.code(), serde_json::from_slice(said).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn old_tasks_go_are_read_and_come_back() {
    let bed = Bed::new().await;
    let running = bed.server().await;
    let first = bed.done[0];
    let (_, before) = call(&running, "task.get", first).await;
    let (_, told) = call(&running, "task.history", first).await;
    assert_eq!(before["archived"], Value::Null);

    let due = bed.json(&["run", "--dry-run"]);
    assert_eq!(due["due"][0]["month"], "2023-11");
    assert_eq!(due["due"][0]["tasks"], 2);
    assert_eq!(bed.json(&["list"])["files"], Value::Array(Vec::new()), "it only looked");
    let moved = bed.json(&["run"]);
    assert_eq!((&moved["tasks"], &moved["attachments"]), (&2.into(), &2.into()));
    assert!(moved["events"].as_i64() > Some(4), "{moved}");
    assert_eq!(text(&bed.run(&["run"]).stdout), "Nothing is due.\n");
    let listed = bed.run(&["list"]);
    assert!(text(&listed.stdout).contains("tasks-2023_11-"), "{}", text(&listed.stdout));
    assert_eq!(bed.json(&["verify"])["good"], 2);

    let (_, mut archived) = call(&running, "task.get", first).await;
    assert_eq!(archived.as_object_mut().unwrap().remove("archived"), Some(true.into()));
    assert_eq!(archived, before);
    assert_eq!(call(&running, "task.history", first).await.1, told);
    let (code, refused) = call(&running, "task.delete", first).await;
    assert_eq!(
        (code, &refused["error"]["code"]),
        (Some(4), &"not_found".into()),
        "it is read only"
    );
    assert_eq!(call(&running, "task.get", bed.ready).await.1["status"], "pending");

    let id = first.to_string();
    let back = bed.json(&["restore", &id]);
    assert_eq!(back["restored"][0], id.as_str());
    assert_eq!(call(&running, "task.get", first).await.1, before);
    assert_eq!(
        bed.json(&["restore", "--month", "2023-11"])["restored"][0],
        bed.done[1].to_string()
    );
    assert_eq!(bed.json(&["restore", &id])["here"][0], id.as_str());
    let nowhere = bed.run(&["restore", "t-7"]);
    assert_eq!(nowhere.status.code(), Some(4), "{}", text(&nowhere.stderr));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_way_is_said() {
    let bed = Bed::new().await;
    let none = bed.run_in(&bed.folder.path().join("none"), &["run"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).contains("the folder"), "{}", text(&none.stderr));
    assert!(bed.run(&["run"]).status.success());
    let running = bed.server().await;
    for file in std::fs::read_dir(bed.folder.path()).unwrap() {
        std::fs::write(file.unwrap().path(), "x").unwrap();
    }
    let verified = bed.run(&["verify"]);
    assert_eq!(verified.status.code(), Some(1));
    assert!(text(&verified.stdout).contains("SHA-256"), "{}", text(&verified.stdout));
    let (code, refused) = call(&running, "task.get", bed.done[0]).await;
    assert_eq!((code, &refused["error"]["code"]), (Some(7), &"unavailable".into()), "{refused}");
    let back = bed.run(&["restore", &bed.done[0].to_string()]);
    assert_eq!(back.status.code(), Some(1));
    running.stop().await;
    for (args, said) in [
        (vec!["restore"], "<ID>"),
        (vec!["restore", "--month", "08/2026"], "expected a month"),
        (vec!["restore", "x"], "t-"),
    ] {
        let wrong = bed.run(&args);
        assert_eq!(wrong.status.code(), Some(2), "{args:?}");
        assert!(text(&wrong.stderr).contains(said), "{}", text(&wrong.stderr));
    }
    let embedded = program(&["archive", "run"]).output().unwrap();
    assert!(text(&embedded.stderr).contains("embedded store"), "{}", text(&embedded.stderr));
    let nowhere = program(&["archive", "run"])
        .env("CLAUDEBENCH_STORE_URL", bed.database.url())
        .output()
        .unwrap();
    assert!(text(&nowhere.stderr).contains("[archive] dir"), "{}", text(&nowhere.stderr));
    let wrong = program(&["config", "check"]).env("CLAUDEBENCH_ARCHIVE_DIR", "x").output().unwrap();
    assert!(text(&wrong.stderr).contains("archive.dir"), "{}", text(&wrong.stderr));
}
