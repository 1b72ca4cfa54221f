//! Tasks are made, read, changed and deleted.

use claudebench_core::Code;
use serde_json::{Value, json};

use crate::server::{Server, somebody, text_of};
use claudebench_core::Scope;

#[tokio::test]
async fn a_task_is_made_and_read_as_the_contract_says() {
    let server = Server::new();
    let made = server
        .ok("task.create", json!({"text": "first", "priority": 0, "metadata": {"a": 1}, "odd": 1}))
        .await;
    let id = text_of(&made["id"]);
    let expected = json!({
        "id": id, "text": "first", "status": "pending", "priority": 0,
        "createdAt": "2025-11-23T16:00:00.000Z",
    });
    assert_eq!(made, expected, "priority 0 is 0");
    let listed = server.ok("task.list", json!({})).await;
    assert_eq!(listed["totalCount"], 1);
    assert_eq!(listed["hasMore"], false);
    let task = &listed["tasks"][0];
    let wanted = json!({
        "assignedTo": null, "metadata": {"a": 1}, "result": null, "error": null,
        "completedAt": null, "attachmentCount": 0, "attachmentKeys": [],
        "resultAttachment": null, "createdAt": "2025-11-23T16:00:00.000Z",
    });
    for (name, value) in wanted.as_object().unwrap() {
        assert_eq!(task[name], *value, "{name}");
    }
    let read = server.ok("task.get", json!({"taskId": id})).await;
    assert_eq!((&read["text"], &read["maxAttempts"]), (&json!("first"), &json!(5)));
}

#[tokio::test]
async fn bounds_are_kept_and_named() {
    let server = Server::new();
    let long: String = "ä".repeat(500);
    server.ok("task.create", json!({ "text": long })).await;
    let cases = [
        (json!({"text": format!("{long}ä")}), "text: expected 1 to 500 characters, got 501"),
        (json!({"text": ""}), "text: expected 1 to 500 characters, got an empty text"),
        (json!({}), "text: required but missing"),
        (json!({"text": 5}), "text: invalid type: integer `5`, expected a string"),
        (
            json!({"text": "a", "priority": 101}),
            "priority: invalid value: integer `101`, expected an integer from 0 to 100",
        ),
        (json!({"text": "a", "metadata": [1]}), "metadata: expected an object, got `[1]`"),
        (
            json!({"text": "a", "dependsOn": ["x"]}),
            "dependsOn.0: expected `t-` and a positive integer, such as `t-1848303720038400000`, \
             got `x`",
        ),
        (
            json!({"text": "a", "runAt": "2030-01-01T00:00:00Z", "delayMs": 5}),
            "delayMs: expected runAt or delayMs, not both",
        ),
    ];
    for (params, message) in cases {
        assert_eq!(server.refuses(Code::InvalidParams, "task.create", params).await, message);
    }
    let big = json!({"text": "a", "metadata": {"a": "x".repeat(65_536)}});
    let message = server.refuses(Code::TooLarge, "task.create", big).await;
    assert_eq!(message, "metadata has 65544 bytes; at most 65536 are taken");
    assert_eq!(server.ok("task.stats", json!({})).await["total"], 1, "nothing else was made");
}

#[tokio::test]
async fn every_optional_field_may_be_null() {
    let server = Server::new();
    let fields = [
        "priority",
        "metadata",
        "runAt",
        "delayMs",
        "dependsOn",
        "parentId",
        "project",
        "roles",
        "tags",
        "uniqueKey",
        "onDuplicate",
        "maxAttempts",
        "leaseMs",
        "deadlineMs",
        "backoff",
        "idempotencyKey",
    ];
    let mut params = json!({"text": "a"});
    for field in fields {
        params[field] = Value::Null;
    }
    assert_eq!(server.ok("task.create", params).await["priority"], 50);
    let nulls = json!({"status": null, "limit": null, "after": null, "orderBy": null});
    assert_eq!(server.ok("task.list", nulls).await["totalCount"], 1);
}

#[tokio::test]
async fn many_tasks_are_made_all_or_none_and_wait_for_each_other() {
    let server = Server::new();
    let made = server
        .ok(
            "task.create_many",
            json!({"tasks": [
                {"key": "c", "text": "check", "dependsOn": ["b"]},
                {"key": "b", "text": "build", "priority": 9},
            ]}),
        )
        .await;
    assert_eq!(made["count"], 2);
    let (check, build) = (text_of(&made["tasks"][0]["id"]), text_of(&made["tasks"][1]["id"]));
    let explained = server.ok("task.explain", json!({"id": check})).await;
    assert_eq!(explained["claimable"], false);
    assert_eq!(
        explained["because"][0],
        json!({
            "kind": "blocked_by", "id": build, "status": "pending", "text": "build",
        })
    );
    server.register("w-1", &[]).await;
    let first = server.claim("w-1").await;
    assert_eq!(first["id"], json!(build));
    assert!(server.claim("w-1").await.is_null());
    server.ok("task.complete", json!({"id": build})).await;
    assert_eq!(server.claim("w-1").await["id"], json!(check));
    assert_eq!(server.story(&check).await[1], "task.unblocked");

    let circle = json!({"tasks": [
        {"key": "a", "text": "a", "dependsOn": ["b"]}, {"key": "b", "text": "b", "dependsOn": ["a"]},
    ]});
    let error = server.fails("task.create_many", circle).await;
    assert_eq!(error.code, Code::DependencyCycle);
    assert_eq!(error.details["cycle"], json!(["a", "b"]));
    assert_eq!(error.message, "The tasks a, b depend on each other in a circle.");
    let absent = json!({"tasks": [{"text": "a"}, {"text": "b", "dependsOn": ["t-5"]}]});
    server.refuses(Code::NotFound, "task.create_many", absent).await;
    let wrong = json!({"tasks": [{"text": "a"}, {"text": "b", "dependsOn": ["x"]}]});
    let message = server.refuses(Code::InvalidParams, "task.create_many", wrong).await;
    assert_eq!(message, "tasks.1.dependsOn: expected a task's id or a key of this call, got `x`");
    assert_eq!(server.ok("task.stats", json!({})).await["total"], 2);
}

#[tokio::test]
async fn one_live_task_has_a_unique_key() {
    let server = Server::new();
    let with = |choice: &str| json!({"text": "a", "uniqueKey": "k", "onDuplicate": choice});
    let first = server.make(with("reject")).await;
    let error = server.fails("task.create", with("reject")).await;
    assert_eq!((error.code, &error.details["taskId"]), (Code::DuplicateUniqueKey, &json!(first)));
    let found = server.ok("task.create", with("return")).await;
    assert_eq!((&found["id"], &found["existing"]), (&json!(first), &json!(true)));
    let second = server.make(with("replace")).await;
    assert_ne!(first, second);
    assert_eq!(server.status(&first).await, "cancelled");
}

#[tokio::test]
async fn an_idempotency_key_answers_as_the_first_time() {
    let server = Server::new();
    let params = json!({"text": "a", "idempotencyKey": "k"});
    let first = server.ok("task.create", params.clone()).await;
    assert_eq!(server.ok("task.create", params).await, first);
    let other = json!({"text": "b", "idempotencyKey": "k"});
    server.refuses(Code::IdempotencyConflict, "task.create", other).await;
    assert_eq!(server.ok("task.stats", json!({})).await["total"], 1);
}

#[tokio::test]
async fn a_task_is_changed_by_hand() {
    let server = Server::new();
    let id = server.make(json!({"text": "a", "metadata": {"x": 1, "y": 1}})).await;
    server.clock.advance(5);
    let updates = json!({"text": "b", "priority": 9, "metadata": {"y": 2}, "status": null});
    let updated = server.ok("task.update", json!({"id": id, "updates": updates})).await;
    assert_eq!((&updated["text"], &updated["priority"]), (&json!("b"), &json!(9)));
    assert_eq!(updated["updatedAt"], "2025-11-23T16:00:00.005Z");
    let read = server.ok("task.get", json!({"id": id})).await;
    assert_eq!(read["metadata"], json!({"x": 1, "y": 2}));

    let big = json!({"id": id, "updates": {"metadata": {"z": "x".repeat(65_500)}}});
    server.ok("task.update", big).await;
    let more = json!({"id": id, "updates": {"metadata": {"q": "x".repeat(100)}}});
    server.refuses(Code::TooLarge, "task.update", more).await;

    server.ok("task.update", json!({"id": id, "updates": {"status": "completed"}})).await;
    let back = json!({"id": id, "updates": {"status": "pending"}});
    server.refuses(Code::Conflict, "task.update", back).await;
    let nobody = json!({"id": "t-5", "updates": {"text": "b"}});
    assert_eq!(server.refuses(Code::NotFound, "task.update", nobody).await, "Task not found: t-5");
}

#[tokio::test]
async fn lists_are_filtered_searched_and_paged() {
    let server = Server::new();
    for n in 0..5 {
        let project = if n < 3 { "site" } else { "shop" };
        server
            .make(json!({
                "text": format!("page {n} of the {project}"), "priority": n * 10,
                "project": project, "tags": [if n % 2 == 0 { "even" } else { "odd" }],
                "roles": if n == 4 { json!(["backend"]) } else { json!([]) },
            }))
            .await;
        server.clock.advance(1);
    }
    let texts = |listed: &Value| -> Vec<String> {
        listed["tasks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|task| text_of(&task["text"])[5..6].into())
            .collect()
    };
    let cases = [
        (json!({}), vec!["4", "3", "2", "1", "0"]),
        (json!({"order": "asc", "limit": 2}), vec!["0", "1"]),
        (json!({"project": "shop"}), vec!["4", "3"]),
        (json!({"tag": "odd"}), vec!["3", "1"]),
        (json!({"role": "backend"}), vec!["4"]),
        (json!({"priority": 20}), vec!["2"]),
        (json!({"search": "the sho*"}), vec!["4", "3"]),
        (json!({"orderBy": "priority", "order": "asc", "offset": 3}), vec!["3", "4"]),
        (json!({"orderBy": "queue", "limit": 3}), vec!["4", "3", "2"]),
        (json!({"orderBy": "queue", "order": "desc", "limit": 2}), vec!["0", "1"]),
        (json!({"status": "completed"}), vec![]),
        (json!({"dead": true}), vec![]),
    ];
    for (params, expected) in cases {
        let listed = server.ok("task.list", params.clone()).await;
        assert_eq!(texts(&listed), expected, "{params}");
    }
    let mut seen = Vec::new();
    let mut params = json!({"limit": 2, "orderBy": "priority"});
    loop {
        let page = server.ok("task.list", params.clone()).await;
        assert_eq!(page["totalCount"], 5);
        seen.extend(texts(&page));
        if page["hasMore"] == false {
            break;
        }
        params["after"] = page["nextCursor"].clone();
    }
    assert_eq!(seen, ["4", "3", "2", "1", "0"]);
    let both = json!({"after": "x", "offset": 1});
    server.refuses(Code::InvalidParams, "task.list", both).await;
}

#[tokio::test]
async fn a_long_list_has_every_task_and_the_results_that_fit() {
    let server = Server::new();
    let tasks: Vec<Value> = (0..250).map(|n| json!({"text": format!("task {n}")})).collect();
    server.ok("task.create_many", json!({"tasks": tasks})).await;
    server.register("w-1", &[]).await;
    let claimed = server.ok("task.claim", json!({"workerId": "w-1", "maxTasks": 10})).await;
    for task in claimed["tasks"].as_array().unwrap() {
        let result = "x".repeat(1_000_000);
        server.ok("task.complete", json!({"id": task["id"], "result": result})).await;
    }
    let listed = server.ok("task.list", json!({"limit": 1_000, "order": "asc"})).await;
    let tasks = listed["tasks"].as_array().unwrap();
    assert_eq!((tasks.len(), &listed["hasMore"]), (250, &json!(false)));
    let texts: Vec<String> = tasks.iter().map(|task| text_of(&task["text"])).collect();
    assert_eq!(texts, (0..250).map(|n| format!("task {n}")).collect::<Vec<_>>());
    let (fit, left_out): (Vec<_>, Vec<_>) =
        tasks[..10].iter().partition(|task| task["result"].is_string());
    assert_eq!((fit.len(), left_out.len()), (4, 6), "a result is sent twice: alone and attached");
    assert_eq!(left_out[0]["resultAttachment"]["contentExcluded"], true);
    assert_eq!(left_out[0]["metadata"]["resultSize"], 1_000_002);
    let short = server.ok("task.list", json!({"limit": 150, "offset": 50})).await;
    assert_eq!((short["tasks"].as_array().unwrap().len(), &short["hasMore"]), (150, &json!(true)));
}

#[tokio::test]
async fn attachments_are_written_read_and_deleted() {
    let server = Server::new();
    let id = server.task("a").await;
    let notes = json!({"taskId": id, "key": "notes", "type": "markdown", "content": "# Found"});
    let made = server.ok("task.create_attachment", notes.clone()).await;
    assert!(text_of(&made["id"]).starts_with("ta-"));
    assert_eq!(made["type"], "markdown");
    server.ok("task.create_attachment", notes).await;
    server
        .ok("task.create_attachment", json!({"taskId": id, "key": "v", "type": "json", "value": 0}))
        .await;
    let read = server.ok("task.get_attachment", json!({"taskId": id, "key": "v"})).await;
    assert_eq!((&read["value"], &read["createdBy"]), (&json!(0), &json!("local")));
    let listed = server.ok("task.list_attachments", json!({"taskId": id, "limit": 1})).await;
    assert_eq!((&listed["totalCount"], &listed["hasMore"]), (&json!(2), &json!(true)));
    let requests = json!([{"taskId": id, "key": "v"}, {"taskId": id, "key": "notes"}]);
    let batch = server.ok("task.get_attachments_batch", json!({"requests": requests})).await;
    assert_eq!(batch["attachments"][1]["content"], "# Found");
    let missing = json!({"requests": [{"taskId": id, "key": "v"}, {"taskId": id, "key": "no"}]});
    server.refuses(Code::NotFound, "task.get_attachments_batch", missing).await;
    let gone = server.ok("task.delete_attachment", json!({"taskId": id, "key": "v"})).await;
    assert_eq!(gone["deleted"], true);
    server.refuses(Code::NotFound, "task.get_attachment", json!({"taskId": id, "key": "v"})).await;
    let empty = server.ok("task.list_attachments", json!({"taskId": "t-5"})).await;
    assert_eq!(empty["totalCount"], 0, "an unknown task has none");
    let wrong = json!({"taskId": id, "key": "u", "type": "url", "url": "nowhere"});
    server.refuses(Code::InvalidParams, "task.create_attachment", wrong).await;
    let big =
        json!({"taskId": id, "key": "b", "type": "text", "content": "x".repeat(1 << 20) + "x"});
    server.refuses(Code::TooLarge, "task.create_attachment", big).await;
}

#[tokio::test]
async fn a_large_page_of_attachments_ends_early() {
    let server = Server::new();
    let id = server.task("a").await;
    for n in 0..20 {
        let content = "x".repeat(1_000_000);
        let params =
            json!({"taskId": id, "key": format!("k{n:02}"), "type": "text", "content": content});
        server.ok("task.create_attachment", params).await;
    }
    let first = server.ok("task.list_attachments", json!({"taskId": id})).await;
    let count = first["attachments"].as_array().unwrap().len();
    assert!((1..20).contains(&count), "{count}");
    assert_eq!(first["hasMore"], true);
    let rest = server.ok("task.list_attachments", json!({"taskId": id, "offset": count})).await;
    assert_eq!(rest["attachments"].as_array().unwrap().len(), 20 - count);
    assert_eq!(rest["hasMore"], false);
}

#[tokio::test]
async fn a_deleted_task_is_gone_but_not_its_story() {
    let server = Server::new();
    let id = server.task("a").await;
    let gone = server.ok("task.delete", json!({"id": id})).await;
    assert_eq!((&gone["deleted"], &gone["id"]), (&json!(true), &json!(id)));
    server.refuses(Code::NotFound, "task.get", json!({"id": id})).await;
    assert_eq!(server.story(&id).await, ["task.created", "task.deleted"]);
    server.refuses(Code::NotFound, "task.history", json!({"id": "t-5"})).await;
}

#[tokio::test]
async fn a_tenant_sees_its_own_tasks_only() {
    let server = Server::new();
    let id = server.task("a").await;
    let other = || somebody(2, &[Scope::Admin]);
    for (method, params) in [
        ("task.get", json!({"id": id})),
        ("task.explain", json!({"id": id})),
        ("task.history", json!({"id": id})),
        ("task.delete", json!({"id": id})),
        ("task.cancel", json!({"id": id})),
        ("task.update", json!({"id": id, "updates": {"text": "b"}})),
        ("task.create_attachment", json!({"taskId": id, "key": "k", "type": "json", "value": 1})),
        ("task.create", json!({"text": "b", "parentId": id})),
        ("task.create", json!({"text": "b", "dependsOn": [id]})),
    ] {
        let error = server.call_as(other(), method, params).await.unwrap_err();
        assert_eq!(error.code, Code::NotFound, "{method}: {error}");
    }
    let listed = server.call_as(other(), "task.list", json!({})).await.unwrap();
    assert_eq!(listed["totalCount"], 0);
    let events = server.call_as(other(), "event.list", json!({})).await.unwrap();
    assert_eq!(events["events"], json!([]));
}
