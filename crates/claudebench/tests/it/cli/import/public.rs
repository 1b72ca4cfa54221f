//! A public ClaudeBench.

use claudebench_testkit::postgres::Postgres;
use serde_json::json;

use super::super::program::text;
use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_attachments_and_subtasks_of_a_swarm_come_over() {
    let database = Postgres::shared().await.database().await;
    database.make_public().await;
    let url = database.url();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    std::fs::write(&file, &url).unwrap();
    tokio::task::spawn_blocking(move || {
        let from = format!("@{}", file.display());
        let server = Server::start();
        let told = server.json(&["import", "claudebench", &from]);
        assert_eq!((&told["made"], &told["attachments"]), (&json!(6), &json!(3)), "{told}");
        assert_eq!(told["refused"], json!([]));
        let notes = told["notes"].to_string();
        assert!(
            notes.contains("1 descriptions of swarm projects")
                && notes.contains("2 events of sessions")
        );
        let tasks = brought(&server, "import:claudebench:main");
        assert_eq!(
            statuses(&tasks),
            [
                ("st-1", "completed"),
                ("st-2", "pending"),
                ("t-1", "completed"),
                ("t-2", "failed"),
                ("t-3", "pending"),
                ("t-4", "pending"),
            ]
        );
        assert_eq!(tasks["t-1"]["result"], json!({"files": 3}));
        assert_eq!(tasks["t-1"]["metadata"]["sprint"], 7);
        assert_eq!(tasks["t-2"]["error"], "no route");
        assert_eq!(
            (&tasks["t-3"]["priority"], &tasks["t-3"]["project"]),
            (&json!(90), &json!("site"))
        );
        let known = &tasks["t-3"]["metadata"]["import"];
        assert_eq!(
            (&known["status"], &known["assignedTo"]),
            (&json!("in_progress"), &json!("w-9"))
        );
        assert_eq!(known["createdAt"], "2026-01-02T03:04:05.678Z");
        assert_eq!(attachment(&server, &tasks, "t-3", "notes"), "# Found");
        assert_eq!(attachment(&server, &tasks, "t-3", "data"), json!({"n": 1}));
        assert_eq!(tasks["t-4"]["text"].as_str().unwrap().chars().count(), 500);
        assert_eq!(attachment(&server, &tasks, "t-4", "text").as_str().unwrap().len(), 600);
        assert_eq!(waits_for(&tasks, "t-3"), ["st-1", "st-2"]);
        assert_eq!(waits_for(&tasks, "st-2"), ["st-1"]);
        assert_eq!(
            (&tasks["st-2"]["roles"], &tasks["st-1"]["roles"]),
            (&json!(["testing"]), &json!([]))
        );
        let told = server.json(&["import", "claudebench", &from]);
        assert_eq!(
            (&told["made"], &told["existing"], &told["attachments"]),
            (&json!(0), &json!(6), &json!(0))
        );
        assert_eq!(server.json(&["task", "list"])["totalCount"], 6);
    })
    .await
    .unwrap();
    // Nothing has changed there.
    assert_eq!(database.public_tasks().await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_database_is_told_from_it() {
    let database = Postgres::shared().await.database().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    std::fs::write(&file, database.url()).unwrap();
    tokio::task::spawn_blocking(move || {
        let server = Server::start();
        let output = server.run(&["import", "claudebench", &format!("@{}", file.display())]);
        assert_eq!(output.status.code(), Some(1));
        let said = text(&output.stderr);
        assert!(said.contains("no public ClaudeBench has used it"), "{said}");
        let output = server.run(&["import", "claudebench", "postgres://ada:secret@h/d"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(!text(&output.stderr).contains("secret"));
    })
    .await
    .unwrap();
}
