//! Hooks, sessions and commits of agents.

use claudebench_core::{Code, Principal, Status};
use claudebench_store::{NoteSession, Told};
use serde_json::value::to_raw_value;
use serde_json::{Value, json};

use crate::server::Server;

/// The params of a hook of the session `s-1`.
fn by(mut params: Value) -> Value {
    params["sessionId"] = json!("s-1");
    params["instanceId"] = json!("claude-1");
    params
}

async fn events(server: &Server, kind: &str) -> Vec<Value> {
    let listed = server.ok("event.list", json!({"types": [kind], "limit": 1000})).await;
    listed["events"].as_array().unwrap().clone()
}

async fn bash(server: &Server, command: &str) -> Value {
    let params = by(json!({"tool": "Bash", "params": {"command": command}}));
    server.ok("hook.pre_tool", params).await
}

#[tokio::test]
async fn a_tool_is_judged_and_the_verdict_is_kept() {
    let server = Server::new();
    let allowed = bash(&server, "ls").await;
    assert_eq!((&allowed["allow"], &allowed["decision"]), (&json!(true), &json!("allow")));
    let denied = bash(&server, "ls; rm -rf /").await;
    assert_eq!((&denied["allow"], &denied["decision"]), (&json!(false), &json!("deny")));
    assert!(denied["reason"].as_str().unwrap().contains("rm"), "{denied}");
    let modified = bash(&server, "sudo apt list").await;
    assert_eq!(modified["modified"], json!({"command": "apt list"}));
    assert_eq!(modified["allow"], true);
    // The public protocol takes params that are the command itself, and none at all.
    let text = server.ok("hook.pre_tool", json!({"tool": "bash", "params": "rm -fr ~"})).await;
    assert_eq!(text["allow"], false);
    assert_eq!(server.ok("hook.pre_tool", json!({"tool": "Read"})).await["allow"], true);
    let told = events(&server, "hook.pre_tool.executed").await;
    assert_eq!(told.len(), 5);
    assert_eq!(told[1]["sessionId"], "s-1");
    assert_eq!(told[1]["payload"]["validationResult"]["allow"], false);
    assert_eq!(told[1]["payload"]["params"]["command"], "ls; rm -rf /");
    assert_eq!(told[4].get("sessionId"), None);
}

#[tokio::test]
async fn a_tenant_has_rules_of_its_own() {
    let server = Server::new();
    let rules = "[[hook.rule]]\nname = \"no-push\"\ntools = [\"Bash\"]\naction = \"ask\"\n\
                 message = \"Ask first.\"\nwhen = { command = \"git\", arguments = \"push\" }\n";
    assert_eq!(bash(&server, "git push").await["allow"], true);
    server.ok("config.set", json!({"key": "hook.rules", "value": rules})).await;
    let asked = bash(&server, "cd /srv && git push").await;
    assert_eq!((&asked["allow"], &asked["decision"]), (&json!(false), &json!("ask")));
    assert_eq!(asked["rule"], "no-push");
    // One that is not in order is refused with the place, and the last ones stay in force.
    let wrong = json!({"key": "hook.rules", "value": "[[hook.rule]]\nname = 7\n"});
    let error = server.refuses(Code::InvalidParams, "config.set", wrong).await;
    assert!(error.contains("line 2"), "{error}");
    let wrong = json!({"key": "hook.rules", "value": 7});
    server.refuses(Code::InvalidParams, "config.set", wrong).await;
    assert_eq!(bash(&server, "git push").await["decision"], "ask");
    let server = server.again();
    assert_eq!(bash(&server, "git push").await["decision"], "ask", "after a restart, too");
    server.ok("config.set", json!({"key": "hook.rules", "value": null})).await;
    assert_eq!(bash(&server, "git push").await["allow"], true);
}

#[tokio::test]
async fn secrets_do_not_reach_the_log() {
    let server = Server::new();
    let secret = "hunter2hunter2";
    let long = "x ".repeat(100_000);
    bash(&server, &format!("export API_KEY={secret}; {long}")).await;
    let params = json!({"command": "cat .env", "env": {"DB_PASSWORD": secret}});
    let result = json!({"stdout": format!("TOKEN={secret}\n{long}")});
    let used = by(json!({"tool": "Bash", "params": params, "result": result}));
    server.ok("hook.post_tool", used).await;
    let prompt = format!("use the password: {secret}");
    server
        .ok("hook.user_prompt", by(json!({"prompt": prompt, "context": {"token": secret}})))
        .await;
    let other = json!({"hookEvent": "Setup", "data": {"secret": secret}});
    server.ok("hook.event", by(other)).await;
    let todo = json!({"content": format!("set password={secret}"), "status": "pending"});
    server.ok("hook.todo_write", by(json!({"todos": [todo]}))).await;
    let all = server.ok("event.list", json!({"limit": 1000})).await.to_string();
    assert!(!all.contains(secret), "{all}");
    assert!(all.len() < 60_000, "{}", all.len());
    let state =
        server.ok("session.state.get", json!({"sessionId": "s-1", "condensed": true})).await;
    assert!(!state.to_string().contains(secret), "{state}");
    let tasks = server.ok("task.list", json!({})).await;
    assert!(!tasks.to_string().contains(secret), "{tasks}");
}

#[tokio::test]
async fn what_tools_did_is_kept_and_many_errors_are_told() {
    let server = Server::new();
    let used =
        |result: Value| by(json!({"tool": "Bash", "params": {"command": "x"}, "result": result}));
    let done = server.ok("hook.post_tool", used(json!({"stdout": "ok"}))).await;
    assert_eq!(done["processed"], true);
    for _ in 0..7 {
        server.ok("hook.post_tool", used(json!({"error": "no"}))).await;
    }
    let told = events(&server, "hook.post_tool.executed").await;
    assert_eq!(told.iter().filter(|event| event["payload"]["hasError"] == true).count(), 7);
    let alerts = events(&server, "alert.tool_errors").await;
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0]["payload"]["errorCount"], 6);
    let write = json!({"tool": "file.write", "params": {"path": "a"}, "result": {}});
    let done = server.ok("hook.post_tool", by(write)).await;
    assert_eq!(done["processed"], json!({"acknowledged": true, "path": "a"}));
}

#[tokio::test]
async fn todos_of_either_kind_become_tasks() {
    let server = Server::new();
    let write = |todos: Value| by(json!({"todos": todos, "timestamp": 1_763_913_600_007_i64}));
    let todos = json!([
        {"content": "one", "status": "pending", "activeForm": "Doing one"},
        {"content": "two", "status": "in_progress"},
    ]);
    assert_eq!(
        server.ok("hook.todo_write", write(todos.clone())).await,
        json!({"processed": true})
    );
    server.ok("hook.todo_write", write(todos)).await;
    let listed = server.ok("task.list", json!({})).await;
    assert_eq!(listed["totalCount"], 2);
    let of = |text: &str| {
        let tasks = listed["tasks"].as_array().unwrap();
        tasks.iter().find(|task| task["text"] == text).unwrap().clone()
    };
    assert_eq!((&of("one")["status"], &of("one")["priority"]), (&json!("pending"), &json!(50)));
    assert_eq!(of("one")["metadata"]["activeForm"], "Doing one");
    assert_eq!(of("two")["assignedTo"], "claude-1");
    // Those of Claude Code's own list come one by one.
    let tool = |tool: &str, params: Value, result: Value| {
        by(json!({"tool": tool, "params": params, "result": result}))
    };
    let made = json!({"task": {"id": "1", "subject": "three"}});
    let create = json!({"subject": "three", "description": "d"});
    server.ok("hook.post_tool", tool("TaskCreate", create, made)).await;
    let update = json!({"taskId": "1", "status": "in_progress"});
    server.ok("hook.post_tool", tool("TaskUpdate", update, json!({"success": true}))).await;
    let update = json!({"taskId": "1", "status": "completed"});
    server.ok("hook.post_tool", tool("TaskUpdate", update, json!({"success": true}))).await;
    let listed = server.ok("task.list", json!({"status": "completed"})).await;
    assert_eq!(listed["tasks"][0]["text"], "three");
    assert_eq!(listed["tasks"][0]["metadata"]["completedBy"], "claude-1");
    // It can be switched off.
    server.ok("config.set", json!({"key": "todowrite.autocreate", "value": false})).await;
    let todos = json!([{"content": "four", "status": "pending"}]);
    server.ok("hook.todo_write", write(todos)).await;
    assert_eq!(server.ok("task.list", json!({})).await["totalCount"], 3);
}

#[tokio::test]
async fn an_agent_is_told_of_tasks_that_went_another_way() {
    let server = Server::new();
    let todos = json!({"todos": [{"content": "one", "status": "pending"}]});
    server.ok("hook.todo_write", by(todos)).await;
    let id = server.ok("task.list", json!({})).await["tasks"][0]["id"].clone();
    server.ok("task.cancel", json!({"id": id})).await;
    let prompt = || by(json!({"prompt": "go on", "context": {}}));
    let told = server.ok("hook.user_prompt", prompt()).await;
    assert_eq!(told["apart"], json!([{"content": "one", "taskId": id, "status": "cancelled"}]));
    assert_eq!(server.ok("hook.user_prompt", prompt()).await, json!({}), "once");
}

#[tokio::test]
async fn a_session_begins_goes_on_and_ends() {
    let server = Server::new();
    server.task("for anybody").await;
    let start =
        |source: &str| by(json!({"projectDir": "/srv/site", "source": source, "maxTokens": 200}));
    let begun = server.ok("session.start", start("startup")).await;
    assert_eq!((&begun["resumed"], &begun["ready"]), (&json!(false), &json!(1)));
    assert_eq!(begun.get("text"), None, "there is nothing to say yet");
    server.ok("hook.user_prompt", by(json!({"prompt": "build it", "context": {}}))).await;
    server.ok("hook.post_tool", by(json!({"tool": "Edit", "result": {}}))).await;
    let todos = json!({"todos": [{"content": "one", "status": "in_progress"}]});
    server.ok("hook.todo_write", by(todos)).await;
    let saved = by(json!({"contextSize": 150_000, "timestamp": 0}));
    let saved = server.ok("hook.pre_compact", saved).await;
    assert_eq!(saved["stateSaved"], true);
    let resumed = server.ok("session.start", start("compact")).await;
    assert_eq!(resumed["resumed"], true);
    assert_eq!(resumed["context"]["lastTasks"][0]["text"], "one");
    assert_eq!(resumed["context"]["lastTasks"][0]["fence"], 1);
    let text = resumed["text"].as_str().unwrap();
    assert!(text.contains("one (fence 1)") && text.contains("build it"), "{text}");
    assert!(text.len() <= 600, "{text}");
    // An hour of silence is nothing to a session, as long as its lease is kept.
    let ended = server.ok("session.end", by(json!({"reason": "exit"}))).await;
    assert_eq!(ended["tasksReassigned"], 1);
    let task = server.ok("task.list", json!({"assignedTo": "claude-1"})).await;
    assert_eq!(task["totalCount"], 0);
    let listed = server.ok("session.list", json!({})).await;
    assert_eq!(listed["sessions"][0]["sessionId"], "s-1");
    assert_eq!(listed["sessions"][0]["projectDir"], "/srv/site");
    assert!(listed["sessions"][0]["endedAt"].is_string(), "{listed}");
}

#[tokio::test]
async fn sessions_of_one_instance_keep_what_is_theirs() {
    let server = Server::new();
    for session in ["s-1", "s-2", "s-1/part"] {
        let todos = json!([{"content": session, "status": "in_progress"}]);
        let write = json!({"todos": todos, "sessionId": session, "instanceId": "shared"});
        server.ok("hook.todo_write", write).await;
    }
    let end = |session: &str| json!({"sessionId": session, "instanceId": "shared"});
    assert_eq!(server.ok("session.end", end("s-1")).await["tasksReassigned"], 1);
    let held = server.ok("task.list", json!({"assignedTo": "shared"})).await;
    assert_eq!(held["totalCount"], 2, "{held}");
    assert_eq!(server.ok("system.heartbeat", json!({"instanceId": "shared"})).await["alive"], true);
    assert_eq!(server.ok("session.end", end("s-1/part")).await["tasksReassigned"], 1);
    assert_eq!(server.ok("session.end", end("s-2")).await["tasksReassigned"], 1);
    assert_eq!(
        server.ok("system.heartbeat", json!({"instanceId": "shared"})).await["alive"],
        false
    );
}

#[tokio::test]
async fn a_new_session_is_told_what_the_one_before_has_left() {
    let server = Server::new();
    let start = |session: &str, folder: &str| json!({"sessionId": session, "instanceId": "claude-1", "projectDir": folder});
    server.ok("session.start", start("s-1", "/srv/site")).await;
    server.ok("hook.user_prompt", by(json!({"prompt": "build it", "context": {}}))).await;
    let todos = json!({"todos": [{"content": "one", "status": "in_progress"}]});
    server.ok("hook.todo_write", by(todos)).await;
    let other = server.ok("session.start", start("s-2", "/srv/site")).await;
    assert_eq!(other.get("previous"), None, "one that is at work is not over: {other}");
    server.ok("session.end", by(json!({"reason": "clear"}))).await;
    let begun = server.ok("session.start", start("s-3", "/srv/site")).await;
    assert_eq!(begun["previous"]["sessionId"], "s-1");
    let text = begun["text"].as_str().unwrap();
    assert!(text.contains("one (in progress, t-") && text.contains("build it"), "{text}");
    let elsewhere = server.ok("session.start", start("s-4", "/srv/other")).await;
    assert_eq!(elsewhere.get("previous"), None);
    // Who goes on has a memory of its own.
    let again = server.ok("session.start", start("s-3", "/srv/site")).await;
    assert_eq!(again.get("previous"), None);
    let short = json!({"sessionId": "s-5", "instanceId": "claude-5", "projectDir": "/srv/site", "maxTokens": 20});
    let short = server.ok("session.start", short).await;
    assert!(short["text"].as_str().unwrap_or_default().len() <= 60, "{short}");
}

#[tokio::test]
async fn a_snapshot_is_gone_on_with() {
    let server = Server::new();
    let unknown = server.ok("session.rehydrate", by(json!({}))).await;
    assert_eq!(unknown["rehydrated"], false);
    server.ok("hook.user_prompt", by(json!({"prompt": "first", "context": {}}))).await;
    let made = by(json!({"reason": "checkpoint", "metadata": {"why": "safe"}}));
    let made = server.ok("session.snapshot.create", made).await;
    server.clock.advance(1_000);
    server.ok("hook.user_prompt", by(json!({"prompt": "second", "context": {}}))).await;
    let now = server.ok("session.rehydrate", by(json!({}))).await;
    assert_eq!(now["context"]["lastPrompt"], "second");
    assert_eq!(now["snapshot"]["id"], made["snapshotId"]);
    let then = by(json!({"snapshotId": made["snapshotId"]}));
    let then = server.ok("session.rehydrate", then).await;
    assert_eq!(
        (&then["rehydrated"], &then["context"]["lastPrompt"]),
        (&json!(true), &json!("first"))
    );
    let none = server.ok("session.rehydrate", by(json!({"snapshotId": "snap-x"}))).await;
    assert_eq!(none["rehydrated"], false);
    let from = by(json!({"fromTimestamp": 1_763_913_700_000_i64}));
    let from = server.ok("session.rehydrate", from).await;
    assert_eq!(from["context"].get("lastPrompt"), None);
    assert_eq!(events(&server, "session.rehydrated").await.len(), 3);
}

#[tokio::test]
async fn what_a_session_did_is_read_back() {
    let server = Server::new();
    for n in 0..5 {
        bash(&server, &format!("echo {n}")).await;
        server.clock.advance(1_000);
    }
    server.ok("hook.user_prompt", by(json!({"prompt": "go", "context": {}}))).await;
    let todos = json!({"todos": [{"content": "one", "status": "pending"}]});
    server.ok("hook.todo_write", by(todos)).await;
    server.task("nobody's").await;
    let get = async |params: Value| {
        let mut params = params;
        params["sessionId"] = json!("s-1");
        server.ok("session.state.get", params).await
    };
    let all = get(json!({})).await;
    let counts = &all["summary"]["eventCounts"];
    assert_eq!(
        (&counts["hook.pre_tool.executed"], &counts["task.created"]),
        (&json!(5), &json!(1))
    );
    assert_eq!(all["events"].as_array().unwrap().len(), 9, "{all}");
    assert_eq!(all["events"][1]["labels"], json!(["hook.pre_tool.executed", "tool:Bash"]));
    assert_eq!(all["events"][1]["data"]["params"]["command"], "echo 0");
    let two = get(json!({"eventTypes": ["hook.pre_tool.executed"], "limit": 2})).await;
    assert_eq!(two["events"].as_array().unwrap().len(), 2);
    assert_eq!(two["summary"]["totalEvents"], 5);
    let newest = get(json!({"limit": 1, "order": "desc"})).await;
    assert_eq!(newest["events"][0]["eventType"], "hook.todo_write.executed");
    let some =
        json!({"fromTimestamp": 1_763_913_601_000_i64, "toTimestamp": 1_763_913_602_000_i64});
    assert_eq!(get(some).await["summary"]["totalEvents"], 2);
    let condensed = get(json!({"condensed": true})).await["condensed"].clone();
    assert_eq!(condensed["tasks"][0]["text"], "one");
    assert_eq!(condensed["tools"][0]["name"], "TodoWrite");
    assert_eq!(condensed["prompts"][0]["prompt"], "go");
    assert_eq!(condensed["todos"][0]["status"], "pending");
    let nobody = server.ok("session.state.get", json!({"sessionId": "x", "condensed": true})).await;
    assert_eq!(nobody["events"], json!([]));
}

#[tokio::test]
async fn a_commit_is_attached_to_the_tasks_it_is_about() {
    let server = Server::new();
    let todos = json!({"todos": [{"content": "one", "status": "in_progress"}]});
    server.ok("hook.todo_write", by(todos)).await;
    server.ok("hook.user_prompt", by(json!({"prompt": "fix it", "context": {}}))).await;
    let context = server.ok("git.context.get", by(json!({}))).await;
    assert_eq!(context["tasks"][0]["text"], "one");
    assert_eq!(
        (&context["lastPrompt"], &context["metadata"]["eventCount"]),
        (&json!("fix it"), &json!(2))
    );
    let first = &context["tasks"][0]["id"];
    let second = server.task("two").await;
    let notify = by(json!({
        "commitHash": "0123456789abcdef", "branch": "work", "files": ["a.rs"],
        "diff": format!("+password = \"hunter2hunter2\"\n{}", "+x\n".repeat(10_000)),
        "stats": {"additions": 1, "deletions": 0, "filesChanged": 1},
        "taskContext": {"taskIds": [first, second, "t-9", "?"], "toolUsed": "Edit", "timestamp": 0},
        "commitMessage": "{\"tool\": \"Edit\"}",
    }));
    let noted = server.ok("git.auto_commit.notify", notify).await;
    assert_eq!(noted["skipped"].as_array().unwrap().len(), 2, "{noted}");
    let get = json!({"taskId": first, "key": "git-commit-0123456"});
    let kept = server.ok("task.get_attachment", get).await;
    assert_eq!(kept["id"], noted["attachmentId"]);
    assert_eq!(kept["value"]["commitMessage"]["tool"], "Edit");
    let diff = kept["value"]["diff"].as_str().unwrap();
    assert!(diff.len() < 10_100 && !diff.contains("hunter2"), "{diff}");
    let get = json!({"taskId": second, "key": "git-ref-0123456"});
    assert_eq!(server.ok("task.get_attachment", get).await["value"]["primaryTaskId"], *first);
    assert_eq!(events(&server, "git.auto_commit.created").await[0]["sessionId"], "s-1");
}

#[tokio::test]
async fn what_stops_notifies_or_is_unheard_of_is_kept() {
    let server = Server::new();
    for (kind, seen) in [("main", "main"), ("subagent", "subagent"), ("reviewer", "unknown")] {
        let stop = by(json!({"agentType": kind, "timestamp": 0}));
        let stopped = server.ok("hook.agent_stop", stop).await;
        assert_eq!(stopped["acknowledged"], true);
        let told = events(&server, "agent.stopped").await;
        assert_eq!(told.last().unwrap()["payload"]["agentType"], seen);
    }
    let said = by(json!({"message": "waiting", "type": "idle_prompt", "timestamp": 0}));
    assert_eq!(server.ok("hook.notification", said).await["received"], true);
    let other = by(json!({"hookEvent": "Unheard Of", "data": [1, {"a": null}]}));
    assert_eq!(server.ok("hook.event", other).await, json!({"recorded": true}));
    let told = events(&server, "hook.event.executed").await;
    assert_eq!(told[0]["payload"]["data"], json!([1, {"a": null}]));
    let listed = server.ok("session.list", json!({})).await;
    assert_eq!(listed["sessions"][0]["events"], 5);
}

#[tokio::test]
async fn a_hook_that_comes_twice_is_kept_once() {
    let server = Server::new();
    let used = || {
        let mut params = by(json!({"tool": "Bash", "result": {"ok": 1}}));
        params["idempotencyKey"] = json!("toolu_1");
        params
    };
    let first = server.ok("hook.post_tool", used()).await;
    assert_eq!(server.ok("hook.post_tool", used()).await, first);
    assert_eq!(events(&server, "hook.post_tool.executed").await.len(), 1);
    let counts =
        server.ok("session.state.get", json!({"sessionId": "s-1", "condensed": true})).await;
    assert_eq!(counts["condensed"]["tools"][0]["count"], 1);
}

#[tokio::test]
async fn a_lease_of_a_session_lives_by_its_hooks() {
    let server = Server::new();
    let todos = json!({"todos": [{"content": "one", "status": "in_progress"}]});
    server.ok("hook.todo_write", by(todos)).await;
    let task = server.ok("task.list", json!({})).await["tasks"][0].clone();
    assert_eq!(task["lease"]["expiresAt"], "2025-11-23T16:30:00.000Z");
    // Half an hour of silence, and it goes back as it came.
    server.clock.advance(1_800_000);
    server.shared.commit_as_server(claudebench_store::Sweep).await.unwrap();
    let task = server.ok("task.get", json!({"id": task["id"]})).await;
    assert_eq!(task["status"], json!(Status::Pending));
}

#[tokio::test]
async fn what_a_rule_warns_of_is_kept_without_secrets() {
    let server = Server::new();
    let rules = "[[hook.rule]]\nname = \"curl\"\ntools = [\"Bash\"]\naction = \"warn\"\n\
                 message = \"Careful.\"\nwhen = { command = \"curl\" }\n";
    server.ok("config.set", json!({"key": "hook.rules", "value": rules})).await;
    let warned = bash(&server, "curl -H 'X-Api-Key: hunter2' https://example.com").await;
    assert!(warned["warnings"][0].as_str().unwrap().contains("curl"), "{warned}");
    let told = events(&server, "hook.pre_tool.executed").await;
    assert!(!told[0].to_string().contains("hunter2"), "{}", told[0]);
}

#[tokio::test]
async fn what_a_long_session_did_last_is_found_by_its_time() {
    let server = Server::new();
    let cx = server.context(Principal::local());
    let payload = to_raw_value(&json!({})).unwrap();
    let told = Told { kind: "hook.event.executed", payload };
    for _ in 0..11 {
        let note = NoteSession {
            session: Some("s-1".into()),
            instance: None,
            told: vec![told.clone(); 1_000],
            marks: vec![],
            lease_ms: 1_000,
        };
        cx.shared.committer.submit(cx.meta(), note).await.unwrap();
    }
    server.clock.advance(1_000);
    let from = server.shared.clock.now().0;
    bash(&server, "ls").await;
    let params = json!({"sessionId": "s-1", "fromTimestamp": from});
    let state = server.ok("session.state.get", params).await;
    assert_eq!(state["summary"]["eventCounts"]["hook.pre_tool.executed"], 1, "{state}");
}
