//! Beads and Task Master.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::super::program::text;
use super::*;

/// As `bd export` writes it, with one line of each kind.
const BEADS: &str = r#"{"id":"bd-1","title":"Release 2","description":"All of it.","status":"open","priority":1,"issue_type":"epic","created_at":"2026-01-01T10:00:00Z","updated_at":"2026-01-02T10:00:00Z","labels":["release"]}
{"id":"bd-2","title":"Set up the provider","status":"closed","priority":0,"issue_type":"task","created_at":"2026-01-01T10:00:00Z","updated_at":"2026-01-03T10:00:00Z","closed_at":"2026-01-03T10:00:00Z","close_reason":"Done in 4f2a","dependencies":[{"issue_id":"bd-2","depends_on_id":"bd-1","type":"parent-child","created_at":"2026-01-01T10:00:00Z","created_by":"ada"}]}
{"id":"bd-3","title":"Fix the login","description":"It fails for **some**.","design":"Use the provider.","acceptance_criteria":"- tests pass","notes":"see the log","status":"in_progress","priority":2,"issue_type":"bug","assignee":"ada","estimated_minutes":60,"created_at":"2026-01-01T10:00:00Z","updated_at":"2026-01-02T10:00:00Z","external_ref":"gh-9","labels":["backend","urgent"],"dependencies":[{"issue_id":"bd-3","depends_on_id":"bd-2","type":"blocks","created_at":"2026-01-01T10:00:00Z"},{"issue_id":"bd-3","depends_on_id":"bd-1","type":"parent-child","created_at":"2026-01-01T10:00:00Z"},{"issue_id":"bd-3","depends_on_id":"bd-4","type":"discovered-from","created_at":"2026-01-01T10:00:00Z"}],"comments":[{"id":1,"issue_id":"bd-3","author":"bob","text":"I saw it, too.","created_at":"2026-01-02T10:00:00Z"}]}
{"_type":"issue","id":"bd-4","title":"Announce it","status":"blocked","priority":4,"issue_type":"task","created_at":"2026-01-01T10:00:00Z","updated_at":"2026-01-02T10:00:00Z","dependencies":[{"issue_id":"bd-4","depends_on_id":"bd-3","type":"blocks","created_at":"2026-01-01T10:00:00Z"},{"issue_id":"bd-4","depends_on_id":"bd-99","type":"blocks","created_at":"2026-01-01T10:00:00Z"}]}
{"id":"bd-5","title":"One day","status":"deferred","priority":3,"issue_type":"task","created_at":"2026-01-01T10:00:00Z","updated_at":"2026-01-02T10:00:00Z"}
{"id":"bd-6","title":"Next year","status":"deferred","defer_until":"2036-01-01T00:00:00Z","priority":3,"issue_type":"task","created_at":"2026-01-01T10:00:00Z","updated_at":"2026-01-02T10:00:00Z"}
{"id":"bd-7","title":"Gone","status":"tombstone","priority":2,"issue_type":"task","created_at":"2026-01-01T10:00:00Z","updated_at":"2026-01-02T10:00:00Z","deleted_at":"2026-01-02T10:00:00Z"}
{"id":"bd-8","title":"Read me first","status":"pinned","priority":2,"issue_type":"task","created_at":"2026-01-01T10:00:00Z","updated_at":"2026-01-02T10:00:00Z"}
{"_type":"memory","key":"x","value":"y"}
"#;

fn repository(file: &str, content: &str) -> TempDir {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
    dir
}

#[test]
fn issues_of_beads_keep_what_they_are() {
    let server = Server::start();
    let dir = repository(".beads/issues.jsonl", BEADS);
    let path = dir.path().to_str().unwrap();
    let import = ["import", "beads", path, "--project", "site"];
    let would = server.json(&[&import[..], &["--dry-run"]].concat());
    assert_eq!((&would["made"], &would["found"]), (&json!(0), &json!(6)));
    assert_eq!(server.json(&["task", "list"])["totalCount"], 0);

    let told = server.json(&import);
    assert_eq!(
        (&told["made"], &told["existing"], &told["attachments"]),
        (&json!(6), &json!(0), &json!(6))
    );
    assert_eq!(told["statuses"], json!({"pending": 4, "completed": 1, "cancelled": 1}));
    assert_eq!(told["refused"], json!([]));
    let notes: Vec<&str> =
        told["notes"].as_array().unwrap().iter().map(|n| n["id"].as_str().unwrap()).collect();
    assert_eq!(notes, ["bd-7", "bd-8", "bd-4"], "{}", told["notes"]);

    let tasks = brought(&server, "import:beads:main");
    assert_eq!(
        statuses(&tasks),
        [
            ("bd-1", "pending"),
            ("bd-2", "completed"),
            ("bd-3", "pending"),
            ("bd-4", "pending"),
            ("bd-5", "cancelled"),
            ("bd-6", "pending"),
        ]
    );
    let priorities: Vec<i64> =
        tasks.values().map(|task| task["priority"].as_i64().unwrap()).collect();
    assert_eq!(priorities, [70, 90, 50, 10, 30, 30]);
    assert_eq!(waits_for(&tasks, "bd-1"), ["bd-2", "bd-3"]);
    assert_eq!(waits_for(&tasks, "bd-3"), ["bd-2"]);
    assert_eq!(waits_for(&tasks, "bd-4"), ["bd-3"]);
    assert_eq!(tasks["bd-2"]["result"], "Done in 4f2a");
    assert_eq!(tasks["bd-3"]["project"], "site");
    assert_eq!(tasks["bd-3"]["tags"], json!(["backend", "bug", "import:beads:main", "urgent"]));
    let known = &tasks["bd-3"]["metadata"]["import"];
    assert_eq!((&known["assignee"], &known["status"]), (&json!("ada"), &json!("in_progress")));
    assert_eq!(
        (&known["createdAt"], &known["externalRef"]),
        (&json!("2026-01-01T10:00:00Z"), &json!("gh-9"))
    );
    assert_eq!(
        (&known["parent"], &known["related"]),
        (&json!("bd-1"), &json!({"discovered-from": ["bd-4"]}))
    );
    assert_eq!(tasks["bd-6"]["runAt"], "2036-01-01T00:00:00.000Z");
    assert_eq!(attachment(&server, &tasks, "bd-3", "description"), "It fails for **some**.");
    assert!(
        attachment(&server, &tasks, "bd-3", "comments")
            .as_str()
            .unwrap()
            .contains("I saw it, too.")
    );

    // What can be done is there for whoever wants it, and nothing else.
    assert_eq!(server.json(&["task", "claim"])["taskId"], tasks["bd-3"]["id"]);
    assert_eq!(server.run(&["task", "claim"]).status.code(), Some(8));
    assert_eq!(server.json(&["call", "queue.list"])["pauses"], json!([]));
}

#[test]
fn what_came_once_does_not_come_again_and_what_is_new_does() {
    let server = Server::start();
    let dir = repository(".beads/issues.jsonl", BEADS);
    let path = dir.path().to_str().unwrap();
    server.json(&["import", "beads", path]);
    let tasks = brought(&server, "import:beads:main");
    // Somebody has worked here meanwhile.
    let done = tasks["bd-5"]["id"].as_str().unwrap();
    assert_eq!(server.run(&["task", "retry", done]).status.code(), Some(0));
    let more = BEADS.to_owned()
        + r#"{"id":"bd-9","title":"New","status":"open","priority":2,"dependencies":[{"issue_id":"bd-9","depends_on_id":"bd-3","type":"blocks"}]}"#;
    fs::write(dir.path().join(".beads/issues.jsonl"), more).unwrap();
    let told = server.json(&["import", "beads", path]);
    assert_eq!(
        (&told["made"], &told["existing"], &told["attachments"]),
        (&json!(1), &json!(6), &json!(0))
    );
    let tasks = brought(&server, "import:beads:main");
    assert_eq!(tasks.len(), 7);
    assert_eq!(waits_for(&tasks, "bd-9"), ["bd-3"]);
    assert_eq!(tasks["bd-5"]["status"], "pending", "it was put back by hand");
    // Another source of the same kind is another one.
    let told = server.json(&["import", "beads", path, "--as", "other"]);
    assert_eq!(told["made"], 7);
}

#[test]
fn an_import_that_was_broken_off_is_finished_by_the_next() {
    let server = Server::start();
    let dir = repository("issues.jsonl", BEADS);
    let file = dir.path().join("issues.jsonl");
    // As one leaves it that was killed after it made this task.
    let made = json!({
        "text": "Set up the provider", "tags": ["import:beads:main"],
        "metadata": {"import": {"from": "beads", "source": "main", "id": "bd-2"}},
    });
    let made = server.json(&["call", "task.create", &made.to_string()]);
    let told = server.json(&["import", "beads", file.to_str().unwrap()]);
    assert_eq!((&told["made"], &told["existing"]), (&json!(5), &json!(1)));
    let shown = server.json(&["task", "show", made["id"].as_str().unwrap()]);
    assert_eq!((&shown["status"], &shown["result"]), (&json!("completed"), &json!("Done in 4f2a")));
}

#[test]
fn tasks_of_task_master_come_with_their_parts() {
    let server = Server::start();
    let old = json!({"tasks": [
        {"id": 1, "title": "Set up", "description": "The ground.", "status": "done", "priority": "high", "dependencies": []},
        {"id": 2, "title": "Build", "description": "The house.", "details": "Four walls.",
         "testStrategy": "Look at it.", "status": "in-progress", "priority": "medium", "dependencies": [1],
         "subtasks": [
            {"id": 1, "title": "Walls", "description": "w", "status": "done", "dependencies": [],
             "acceptanceCriteria": "- four"},
            {"id": 2, "title": "Roof", "description": "r", "status": "pending", "dependencies": [1]},
            {"id": 3, "title": "Paint", "status": "review", "dependencies": ["2.2"]}]},
        {"id": 3, "title": "Move in", "status": "pending", "priority": "low", "dependencies": [2, 7]},
        {"id": 4, "title": "Pool", "status": "deferred", "dependencies": []},
        {"id": 5, "title": "Moat", "status": "cancelled", "dependencies": []},
    ]});
    let dir = repository(".taskmaster/tasks/tasks.json", &old.to_string());
    let path = dir.path().to_str().unwrap();
    let output = server.run(&["import", "taskmaster", path]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(said.contains("8 tasks came, with 7 attachments; 0 were there already."), "{said}");
    assert!(said.contains("it waited for master/7, which does not come along"), "{said}");
    let tasks = brought(&server, "import:taskmaster:main");
    assert_eq!(
        statuses(&tasks),
        [
            ("master/1", "completed"),
            ("master/2", "pending"),
            ("master/2.1", "completed"),
            ("master/2.2", "pending"),
            ("master/2.3", "pending"),
            ("master/3", "pending"),
            ("master/4", "cancelled"),
            ("master/5", "cancelled"),
        ]
    );
    assert_eq!(
        waits_for(&tasks, "master/2"),
        ["master/1", "master/2.1", "master/2.2", "master/2.3"]
    );
    assert_eq!(waits_for(&tasks, "master/2.2"), ["master/1", "master/2.1"]);
    assert_eq!(waits_for(&tasks, "master/2.3"), ["master/1", "master/2.2"]);
    assert_eq!(waits_for(&tasks, "master/3"), ["master/2"]);
    assert_eq!(tasks["master/2.3"]["roles"], json!(["review"]));
    assert_eq!(
        (&tasks["master/1"]["priority"], &tasks["master/3"]["priority"]),
        (&json!(70), &json!(30))
    );
    assert_eq!(attachment(&server, &tasks, "master/2", "test-strategy"), "Look at it.");
    assert_eq!(server.json(&["task", "claim"])["taskId"], tasks["master/2.2"]["id"]);
}

#[test]
fn lists_of_task_master_that_have_tags_are_kept_apart() {
    let server = Server::start();
    let tagged = json!({
        "master": {"tasks": [{"id": 1, "title": "Main", "status": "done", "dependencies": []}],
                   "metadata": {"created": "2026-01-01T00:00:00Z", "description": "m"}},
        "feature": {"tasks": [
            {"id": "1", "title": "First", "status": "pending", "dependencies": []},
            {"id": "2", "title": "Second", "status": "pending", "dependencies": ["1"]}],
            "metadata": {}},
    });
    let dir = repository("tasks.json", &tagged.to_string());
    let told =
        server.json(&["import", "taskmaster", dir.path().join("tasks.json").to_str().unwrap()]);
    assert_eq!(told["made"], 3);
    let tasks = brought(&server, "import:taskmaster:main");
    assert_eq!(
        statuses(&tasks),
        [("feature/1", "pending"), ("feature/2", "pending"), ("master/1", "completed")]
    );
    assert_eq!(waits_for(&tasks, "feature/2"), ["feature/1"]);
    assert_eq!(tasks["feature/1"]["tags"], json!(["feature", "import:taskmaster:main"]));
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let server = Server::start();
    let dir = repository(".beads/issues.jsonl", "{\"id\":\"bd-1\",\"title\":\"x\"}\n{\"id\":\n");
    let path = dir.path().to_str().unwrap();
    let output = server.run(&["import", "beads", path]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("issues.jsonl: line 2: "), "{}", text(&output.stderr));
    assert_eq!(server.json(&["task", "list"])["totalCount"], 0);
    for kind in ["beads", "taskmaster"] {
        let empty = TempDir::new().unwrap();
        let output = server.run(&["import", kind, empty.path().to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{kind}");
    }
}

#[test]
fn many_tasks_come_in_parts_and_one_that_is_refused_holds_up_none() {
    let server = Server::start();
    let mut lines: Vec<String> = (0..1_200)
        .map(|n| {
            let before = format!(r#"{{"depends_on_id":"bd-{}","type":"blocks"}}"#, n + 1);
            format!(
                r#"{{"id":"bd-{n}","title":"{n}","status":"closed","dependencies":[{before}]}}"#
            )
        })
        .collect();
    // More metadata than a task may have.
    let much = "x".repeat(70_000);
    lines.push(format!(r#"{{"id":"bd-big","title":"big","external_ref":"{much}"}}"#));
    let dir = repository(".beads/issues.jsonl", &lines.join("\n"));
    let output = server.run(&["import", "beads", dir.path().to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["made"], 1_200);
    assert_eq!(told["refused"][0]["id"], "bd-big", "{}", told["refused"]);
    let stats = server.json(&["call", "task.stats"]);
    assert_eq!((&stats["completed"], &stats["total"]), (&json!(1_200), &json!(1_200)));
}

#[test]
fn what_was_deleted_here_comes_again() {
    let server = Server::start();
    let dir = repository(".beads/issues.jsonl", BEADS);
    let import = ["import", "beads", dir.path().to_str().unwrap()];
    server.json(&import);
    for (_, task) in brought(&server, "import:beads:main").into_iter().rev() {
        let params = json!({"id": task["id"], "force": true}).to_string();
        let _ = server.run(&["call", "task.delete", &params]);
    }
    let left = brought(&server, "import:beads:main").len();
    let told = server.json(&import);
    assert_eq!((&told["existing"], &told["made"]), (&json!(left), &json!(6 - left)));
    assert!(left < 6, "some could be deleted");
    assert_eq!(told["refused"], json!([]));
    assert_eq!(brought(&server, "import:beads:main").len(), 6);
}
