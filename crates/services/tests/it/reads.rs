//! What lists, counts and histories say when there is much, or when something is gone.

use claudebench_core::{Code, Scope};
use claudebench_store::sqlite::SqliteOptions;
use claudebench_store::{PAGE_BYTES, Sweep};
use serde_json::{Value, json};

use crate::server::{Server, somebody, text_of};

/// Makes so many tasks, a thousand a call.
async fn make_many(server: &Server, count: usize, task: impl Fn(usize) -> Value) {
    for start in (0..count).step_by(1_000) {
        let tasks: Vec<Value> = (start..count.min(start + 1_000)).map(&task).collect();
        server.ok("task.create_many", json!({ "tasks": tasks })).await;
    }
}

fn ids(page: &Value) -> Vec<String> {
    page["tasks"].as_array().unwrap().iter().map(|task| text_of(&task["id"])).collect()
}

#[tokio::test]
async fn a_list_is_with_dead_letters_or_without() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let dead = server.make(json!({"text": "a", "project": "p", "maxAttempts": 1})).await;
    server.claim("w-1").await;
    server.ok("task.fail", json!({"id": dead, "error": "no"})).await;
    let open = server.make(json!({"text": "b", "project": "p"})).await;
    for (filter, expected) in [
        (json!({"dead": true}), vec![&dead]),
        (json!({"dead": false}), vec![&open]),
        (json!({"dead": false, "project": "p"}), vec![&open]),
        (json!({"dead": false, "orderBy": "priority"}), vec![&open]),
        (json!({"dead": false, "priority": 50}), vec![&open]),
        (json!({"dead": false, "status": "pending"}), vec![&open]),
        (json!({"dead": false, "status": "failed"}), vec![]),
        (json!({"dead": true, "status": "pending"}), vec![]),
    ] {
        let listed = server.ok("task.list", filter.clone()).await;
        assert_eq!(ids(&listed).iter().collect::<Vec<_>>(), expected, "{filter}");
        assert_eq!(listed["totalCount"], expected.len(), "{filter}");
    }
}

/// The `n`th of the tasks below.
fn numbered(n: usize) -> Value {
    let mut task = json!({
        "text": format!("number {n} {}", if n.is_multiple_of(3) { "three" } else { "other" }),
        "priority": n % 7, "project": if n.is_multiple_of(2) { "even" } else { "odd" },
        "tags": [format!("t{}", n % 3)], "roles": [format!("r{}", n % 4)],
    });
    if n.is_multiple_of(5) {
        task["delayMs"] = json!(60_000);
    }
    task
}

/// Every way to filter and order, against the same done by hand.
#[tokio::test]
async fn pages_of_every_kind_have_each_task_once_and_in_order() {
    type Holds = fn(usize) -> bool;
    let server = Server::new();
    make_many(&server, 60, numbered).await;
    let all = ids(&server.ok("task.list", json!({"order": "asc"})).await);
    let filters: [(Value, Holds); 9] = [
        (json!({}), |_| true),
        (json!({"status": "pending"}), |_| true),
        (json!({"project": "odd"}), |n| n % 2 == 1),
        (json!({"project": "odd", "status": "pending"}), |n| n % 2 == 1),
        (json!({"tag": "t1"}), |n| n % 3 == 1),
        (json!({"role": "r2"}), |n| n % 4 == 2),
        (json!({"tag": "t1", "project": "odd"}), |n| n % 3 == 1 && n % 2 == 1),
        (json!({"priority": 3}), |n| n % 7 == 3),
        (json!({"search": "thre*"}), |n| n.is_multiple_of(3)),
    ];
    for (filter, holds) in filters {
        for (order_by, order) in
            [("createdAt", "asc"), ("createdAt", "desc"), ("priority", "desc"), ("status", "asc")]
        {
            let mut expected: Vec<usize> = (0..60).filter(|n| holds(*n)).collect();
            expected.sort_by_key(|n| (if order_by == "priority" { n % 7 } else { 0 }, *n));
            if order == "desc" {
                expected.reverse();
            }
            let expected: Vec<String> = expected.iter().map(|n| all[*n].clone()).collect();
            let mut params = filter.clone();
            params["orderBy"] = json!(order_by);
            params["order"] = json!(order);
            params["limit"] = json!(7);
            paged(&server, params, &expected).await;
        }
    }
}

/// The pages, by offset and by cursor, have these tasks.
async fn paged(server: &Server, mut params: Value, expected: &[String]) {
    let mut by_offset = params.clone();
    by_offset["offset"] = json!(5);
    let page = server.ok("task.list", by_offset).await;
    assert_eq!(ids(&page), expected[5..expected.len().min(12)], "{params}");
    let mut seen = Vec::new();
    loop {
        let page = server.ok("task.list", params.clone()).await;
        assert_eq!(page["totalCount"], expected.len(), "{params}");
        seen.extend(ids(&page));
        if page["hasMore"] == false {
            break;
        }
        params["after"] = page["nextCursor"].clone();
    }
    assert_eq!(seen, expected, "{params}");
}

#[tokio::test]
async fn a_total_without_a_count_is_bounded_and_says_so() {
    let server = Server::new();
    let rare = |n: usize| json!({"text": "a", "priority": if n < 10_500 { 50 } else { 3 }});
    make_many(&server, 10_520, rare).await;
    let page = server.ok("task.list", json!({"priority": 3, "limit": 5})).await;
    assert_eq!((page["tasks"].as_array().unwrap().len(), &page["hasMore"]), (5, &json!(true)));
    assert_eq!((&page["totalCount"], &page["totalCapped"]), (&json!(6), &json!(true)));
    let whole = server.ok("task.list", json!({"priority": 3})).await;
    assert_eq!((&whole["totalCount"], &whole["totalCapped"]), (&json!(20), &Value::Null));
    let none = server.ok("task.list", json!({"priority": 4})).await;
    assert_eq!((&none["totalCount"], &none["totalCapped"]), (&json!(0), &Value::Null));
    let all = server.ok("task.list", json!({"orderBy": "updatedAt", "limit": 1})).await;
    assert_eq!((&all["totalCount"], &all["totalCapped"]), (&json!(10_520), &Value::Null));
}

#[tokio::test]
async fn a_page_counts_all_that_it_sends() {
    let server = Server::new();
    let fields = json!({"x": "y".repeat(60_000)});
    for _ in 0..3 {
        let task = json!({"text": "a", "metadata": fields});
        let tasks: Vec<Value> = (0..100).map(|_| task.clone()).collect();
        server.ok("task.create_many", json!({ "tasks": tasks })).await;
    }
    let mut params = json!({"limit": 1_000, "orderBy": "updatedAt", "order": "asc"});
    let mut seen = Vec::new();
    loop {
        let page = server.ok("task.list", params.clone()).await;
        assert!(page.to_string().len() <= PAGE_BYTES + (1 << 20), "{}", page.to_string().len());
        assert_eq!(page["totalCount"], 300);
        seen.extend(ids(&page));
        if page["hasMore"] == false {
            break;
        }
        params["after"] = page["nextCursor"].clone();
    }
    assert_eq!(seen.len(), 300);
    seen.dedup();
    assert_eq!(seen.len(), 300);
}

#[tokio::test]
async fn a_page_of_events_counts_all_that_it_sends() {
    let server = Server::new();
    for n in 0..200 {
        let value = "x".repeat(60_000);
        server.ok("config.set", json!({"key": format!("k{n}"), "value": value})).await;
    }
    let mut params = json!({"types": ["config.*"], "limit": 1_000});
    let mut count = 0;
    loop {
        let page = server.ok("event.list", params.clone()).await;
        assert!(page.to_string().len() <= PAGE_BYTES + (1 << 20), "{}", page.to_string().len());
        count += page["events"].as_array().unwrap().len();
        if page["hasMore"] == false {
            break;
        }
        params["after"] = page["next"].clone();
    }
    assert_eq!(count, 200);
}

#[tokio::test]
async fn a_history_past_its_retention_says_so() {
    let server = Server::with(SqliteOptions { events_max: 4, ..SqliteOptions::new("") });
    let old = server.task("old").await;
    let changed = server.task("changed").await;
    for text in ["a", "b", "c"] {
        server.task(text).await;
    }
    let updates = json!({"id": changed, "updates": {"text": "b"}});
    server.ok("task.update", updates).await;
    let whole = server.ok("task.history", json!({"id": changed})).await;
    assert_eq!(whole.get("olderGone"), None);
    server.clock.advance(60_000);
    server.shared.commit_as_server(Sweep {}).await.unwrap();

    let nothing = server.ok("task.history", json!({"id": old})).await;
    assert_eq!((&nothing["events"], &nothing["olderGone"]), (&json!([]), &json!(true)));
    assert_eq!(nothing["hasMore"], false);
    let rest = server.ok("task.history", json!({"id": changed})).await;
    assert_eq!((&rest["events"][0]["version"], &rest["olderGone"]), (&json!(2), &json!(true)));
    server.refuses(Code::NotFound, "task.history", json!({"id": "t-5"})).await;
}

#[tokio::test]
async fn a_long_history_is_paged_from_either_end() {
    let server = Server::new();
    let id = server.task("a").await;
    for n in 0..12 {
        server.ok("task.update", json!({"id": id, "updates": {"priority": n}})).await;
    }
    for order in ["asc", "desc"] {
        let mut params = json!({"taskId": id, "limit": 5, "order": order});
        let mut versions: Vec<i64> = Vec::new();
        loop {
            let page = server.ok("event.list", params.clone()).await;
            let events = page["events"].as_array().unwrap();
            versions.extend(events.iter().map(|event| event["version"].as_i64().unwrap()));
            if page["hasMore"] == false {
                break;
            }
            params["after"] = page["next"].clone();
        }
        if order == "desc" {
            versions.reverse();
        }
        assert_eq!(versions, (1..=13).collect::<Vec<_>>(), "{order}");
    }
}

#[tokio::test]
async fn a_cursor_beyond_the_log_is_of_another_log() {
    let server = Server::new();
    server.task("a").await;
    for cursor in [2, i64::MAX] {
        let after = json!({"after": cursor.to_string()});
        let said = server.refuses(Code::InvalidParams, "event.list", after).await;
        assert!(said.contains("beyond the end of the log at 1"), "{said}");
    }
    let here = server.ok("event.list", json!({"after": "1"})).await;
    assert_eq!((&here["events"], &here["next"]), (&json!([]), &json!("1")), "nothing yet");
    let back = json!({"after": i64::MAX.to_string(), "order": "desc"});
    assert_eq!(server.ok("event.list", back).await["events"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_oldest_ready_task_is_known_behind_any_number_that_wait() {
    let server = Server::new();
    make_many(&server, 1_200, |_| json!({"text": "later", "delayMs": 60_000})).await;
    server.clock.advance(1_000);
    server.make(json!({"text": "low", "priority": 0, "project": "p"})).await;
    server.clock.advance(1_000);
    server.make(json!({"text": "high", "priority": 100, "project": "q"})).await;
    server.clock.advance(1_000);
    for (params, age) in [(json!({}), 2_000), (json!({"project": "q"}), 1_000)] {
        let stats = server.ok("task.stats", params.clone()).await;
        assert_eq!(stats["oldestReadyAgeMs"], age, "{params}");
    }
    let empty = server.ok("task.stats", json!({"project": "none"})).await;
    assert_eq!(empty.get("oldestReadyAt"), None);
}

#[tokio::test]
async fn a_time_is_bounded_alike_in_both_forms() {
    let server = Server::new();
    for run_at in [json!("9999-12-31T23:59:59Z"), json!(i64::MAX), json!(253_402_207_200_001_i64)] {
        let params = json!({"text": "a", "runAt": run_at});
        let message = server.refuses(Code::InvalidParams, "task.create", params).await;
        let bounds = "from 0001-01-01T00:00:00.000Z to 9999-12-30T22:00:00.000Z";
        assert!(message.starts_with("runAt: ") && message.contains(bounds), "{message}");
    }
    for run_at in [json!("9999-12-30T22:00:00Z"), json!(253_402_207_200_000_i64)] {
        let id = server.make(json!({"text": "a", "runAt": run_at})).await;
        let task = server.ok("task.get", json!({"id": id})).await;
        assert_eq!(task["runAt"], "9999-12-30T22:00:00.000Z");
    }
}

#[tokio::test]
async fn projects_are_listed_page_by_page() {
    let server = Server::new();
    assert_eq!(server.ok("project.list", json!({})).await, json!({"projects": []}));
    server.register("w-1", &[]).await;
    for (text, project) in [("a", "site"), ("b", "site"), ("c", "docs"), ("d", "Api")] {
        server.make(json!({"text": text, "project": project})).await;
    }
    server.task("of none").await;
    let done = text_of(&server.claim("w-1").await["id"]);
    server.ok("task.complete", json!({"id": done})).await;
    server.claim("w-1").await;
    let names = |page: &Value| -> Vec<String> {
        let projects = page["projects"].as_array().unwrap();
        projects.iter().map(|project| text_of(&project["name"])).collect()
    };
    let first = server.ok("project.list", json!({"limit": 2})).await;
    assert_eq!(
        (names(&first), &first["nextCursor"]),
        (vec!["Api".into(), "docs".into()], &json!("docs"))
    );
    let last = json!({"limit": 2, "after": first["nextCursor"]});
    let last = server.ok("project.list", last).await;
    assert_eq!((names(&last), last.get("nextCursor")), (vec!["site".into()], None));
    let counts = json!({
        "total": 2, "pending": 0, "inProgress": 1, "completed": 1, "failed": 0, "cancelled": 0,
        "ready": 0, "scheduled": 0, "blocked": 0, "dead": 0,
    });
    assert_eq!(last["projects"][0]["counts"], counts);
    assert_eq!(server.ok("task.stats", json!({"project": "site"})).await, counts);
    let stranger = somebody(2, &[Scope::TasksRead]);
    let theirs = server.call_as(stranger, "project.list", json!({})).await.unwrap();
    assert_eq!(theirs, json!({"projects": []}));
    for wrong in [json!({"limit": 0}), json!({"limit": 1_001}), json!({"after": ""})] {
        server.refuses(Code::InvalidParams, "project.list", wrong).await;
    }
}

#[tokio::test]
async fn what_tasks_depend_on_is_a_graph() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let (build, test) = (server.task("build").await, server.task("test").await);
    let ship = server.make(json!({"text": "ship", "dependsOn": [test, build]})).await;
    let done = server.claim("w-1").await["id"].clone();
    server.ok("task.complete", json!({"id": done})).await;
    let asked = json!({"ids": [ship, build, "t-7", ship]});
    let expected = json!({"edges": [
        {"task": ship, "dependsOn": build, "done": true},
        {"task": ship, "dependsOn": test, "done": false},
    ]});
    assert_eq!(server.ok("task.dependencies", asked.clone()).await, expected);
    assert_eq!(server.ok("task.dependencies", json!({"ids": []})).await, json!({"edges": []}));
    let waiting =
        server.ok("task.dependencies", json!({"ids": [build, test], "waiting": true})).await;
    assert_eq!(waiting, json!({"edges": [{"task": ship, "dependsOn": test, "done": false}]}));
    let stranger = somebody(2, &[Scope::TasksRead]);
    let theirs = server.call_as(stranger, "task.dependencies", asked).await.unwrap();
    assert_eq!(theirs, json!({"edges": []}));
    let many = json!({"ids": vec!["t-7"; 1_001]});
    server.refuses(Code::InvalidParams, "task.dependencies", many).await;
}

#[tokio::test]
async fn a_graph_that_is_too_large_says_so() {
    let server = Server::new();
    make_many(&server, 1_000, |n| json!({"text": format!("{n}")})).await;
    let on = ids(&server.ok("task.list", json!({"limit": 1_000})).await);
    let mut asked = Vec::new();
    for _ in 0..11 {
        asked.push(server.make(json!({"text": "after all", "dependsOn": on})).await);
    }
    let whole = server.ok("task.dependencies", json!({"ids": asked[1..]})).await;
    let count = |graph: &Value| graph["edges"].as_array().map(Vec::len);
    assert_eq!((count(&whole), whole.get("truncated")), (Some(10_000), None));
    let part = server.ok("task.dependencies", json!({"ids": asked})).await;
    assert_eq!((count(&part), &part["truncated"]), (Some(10_000), &json!(true)));
}
