//! MCP over the wire: what clients of others, in `clients/`, do not look at.

mod clients;

use std::collections::BTreeSet;
use std::time::Duration;

use claudebench_services::methods;
use claudebench_testkit::until;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Answer, Server};

const LATEST: &str = "2026-07-28";
const ACCEPT: (&str, &str) = ("Accept", "application/json, text/event-stream");
const TYPE: (&str, &str) = ("Content-Type", "application/json");

/// The last message of an answer, which may come as events.
fn message(answer: &Answer) -> Value {
    let text = String::from_utf8_lossy(&answer.body);
    let last = text.lines().filter_map(|line| line.strip_prefix("data: ")).next_back();
    serde_json::from_str(last.unwrap_or(&text)).unwrap_or(Value::Null)
}

/// A request by the protocol without sessions.
async fn asked(server: &Server, path: &str, method: &str, mut params: Value, tasks: bool) -> Value {
    let extensions = if tasks { json!({ "io.modelcontextprotocol/tasks": {} }) } else { json!({}) };
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": LATEST,
        "io.modelcontextprotocol/clientInfo": { "name": "tests", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": { "extensions": extensions },
    });
    let subject = ["name", "taskId", "uri"].iter().find_map(|name| params[*name].as_str());
    let subject = subject.unwrap_or_default().to_owned();
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let mut headers = vec![ACCEPT, TYPE, ("MCP-Protocol-Version", LATEST), ("Mcp-Method", method)];
    if !subject.is_empty() {
        headers.push(("Mcp-Name", &subject));
    }
    message(&server.send("POST", path, &headers, request.to_string().as_bytes()).await)
}

async fn tool(server: &Server, name: &str, arguments: Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    asked(server, "/mcp", "tools/call", params, false).await
}

/// A first message by the protocol with sessions.
async fn initialized(server: &Server, headers: &[(&str, &str)]) -> Answer {
    let params = json!({
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": { "name": "tests", "version": "1" },
    });
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
    let headers = [&[ACCEPT, TYPE], headers].concat();
    server.send("POST", "/mcp", &headers, request.to_string().as_bytes()).await
}

#[tokio::test]
async fn every_method_is_a_tool_with_schemas() {
    let server = Server::start().await;
    let path = "/mcp?toolset=work,manage,swarm,admin";
    let listed = asked(&server, path, "tools/list", json!({}), false).await;
    let tools = listed["result"]["tools"].as_array().unwrap();
    let named: BTreeSet<String> =
        tools.iter().map(|tool| tool["name"].as_str().unwrap().replace("__", ".")).collect();
    let all: BTreeSet<String> = methods().map(|method| method.name.to_owned()).collect();
    assert_eq!(named, all);
    for tool in tools {
        assert!(!tool["description"].as_str().unwrap().is_empty(), "{tool}");
        for schema in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[schema]["type"], "object", "{schema} of {tool}");
            jsonschema::validator_for(&tool[schema]).unwrap();
        }
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint"] {
            assert!(tool["annotations"][hint].is_boolean(), "{hint} of {tool}");
        }
        let hints = &tool["annotations"];
        assert!(hints["readOnlyHint"] == false || hints["destructiveHint"] == false, "{tool}");
    }
    let fewer = asked(&server, "/mcp", "tools/list", json!({}), false).await;
    assert!(fewer["result"]["tools"].as_array().unwrap().len() < tools.len() / 3);
}

#[tokio::test]
async fn answers_are_what_their_schemas_say() {
    let server = Server::start().await;
    let listed = asked(&server, "/mcp", "tools/list", json!({}), false).await;
    let schemas = listed["result"]["tools"].as_array().unwrap();
    let checked = async |name: &str, arguments: Value| {
        let answer = tool(&server, name, arguments).await["result"].clone();
        assert_ne!(answer["isError"], true, "{name}: {answer}");
        let schema = &schemas.iter().find(|tool| tool["name"] == name).unwrap()["outputSchema"];
        let structured = answer["structuredContent"].clone();
        if let Err(error) = jsonschema::validate(schema, &structured) {
            panic!("{name}: {error} in {structured}");
        }
        let text = answer["content"][0]["text"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), structured);
        structured
    };
    checked("system__register", json!({ "id": "w", "roles": ["r"] })).await;
    let made = checked("task__create", json!({ "text": "a", "tags": ["t"] })).await;
    checked("task__get", json!({ "id": made["id"] })).await;
    let claimed = checked("task__claim", json!({ "workerId": "w" })).await;
    let fence = &claimed["task"]["lease"]["fence"];
    let held = json!({ "id": made["id"], "workerId": "w", "fence": fence });
    checked("task__heartbeat", held.clone()).await;
    let value = json!({ "taskId": made["id"], "key": "k", "type": "json", "value": { "a": 1 } });
    checked("task__create_attachment", value).await;
    checked("task__get_attachment", json!({ "taskId": made["id"], "key": "k" })).await;
    checked("task__release", held).await;
    checked("task__list", json!({})).await;
}

#[tokio::test]
async fn tasks_that_were_split_are_shown() {
    let server = Server::start().await;
    let read = async |uri: String| {
        let answer = asked(&server, "/mcp", "resources/read", json!({ "uri": uri }), false).await;
        let text = answer["result"]["contents"][0]["text"].as_str().map(str::to_owned);
        let text = text.unwrap_or_else(|| panic!("{uri}: {answer}"));
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let call = async |name: &str, arguments: Value| {
        let answer = tool(&server, name, arguments).await;
        answer["result"]["structuredContent"].clone()
    };
    let whole = call("task__create", json!({ "text": "all of it" })).await["id"].clone();
    let whole = whole.as_str().unwrap();
    let first = json!({ "text": "first", "parentId": whole });
    let first = call("task__create", first).await["id"].clone();
    let second = json!({ "text": "second", "parentId": whole, "dependsOn": [first] });
    let second = call("task__create", second).await["id"].clone();
    let shown = read(format!("swarm://decomposition/{whole}")).await;
    assert_eq!(shown["subtasks"][1]["dependencies"], json!([first]), "{shown}");
    call("system__register", json!({ "id": "w", "roles": [] })).await;
    call("task__claim", json!({ "workerId": "w", "taskId": first })).await;
    call("task__complete", json!({ "id": first, "workerId": "w" })).await;
    let progress = read(format!("swarm://progress/{whole}")).await;
    assert_eq!(progress["overallProgress"]["percentage"], 50, "{progress}");
    assert_eq!(progress["integration"]["ready"], false);
    let context = read(format!("swarm://context/{}", second.as_str().unwrap())).await;
    assert_eq!(context["parentTask"]["text"], "all of it", "{context}");
    assert_eq!(context["dependencies"][0]["status"], "completed");
    // One that was written down is shown as that.
    assert_eq!(read("swarm://decompositions".into()).await["total"], 0);
    let plan = json!({ "strategy": "sequential" });
    let attach = json!({ "taskId": whole, "key": "decomposition", "type": "json", "value": plan });
    call("task__create_attachment", attach).await;
    assert_eq!(read(format!("swarm://decomposition/{whole}")).await, plan);
    let all = read("swarm://decompositions".into()).await;
    assert_eq!((&all["total"], &all["decompositions"][0]["subtaskCount"]), (&json!(1), &json!(2)));
    // Of what agents have solved in different ways, until one is chosen.
    assert_eq!(read("swarm://conflicts".into()).await, json!({ "pendingConflicts": [] }));
    let solutions = json!([
        { "instanceId": "a", "approach": "recursive", "reasoning": "short" },
        { "instanceId": "b", "approach": "a loop", "reasoning": "no deep stack" },
    ]);
    let attach = |status: &str| {
        let value = json!({ "solutions": solutions, "status": status });
        json!({ "taskId": first, "key": "conflict", "type": "json", "value": value })
    };
    call("task__create_attachment", attach("pending")).await;
    let conflicts = read("swarm://conflicts".into()).await;
    let conflict = &conflicts["pendingConflicts"][0];
    assert_eq!((&conflict["taskId"], &conflict["solutions"]), (&first, &solutions), "{conflicts}");
    assert_eq!((&conflict["status"], &conflict["instanceCount"]), (&json!("pending"), &json!(2)));
    call("task__create_attachment", attach("resolved")).await;
    assert_eq!(read("swarm://conflicts".into()).await, json!({ "pendingConflicts": [] }));
}

#[tokio::test]
async fn what_comes_next_is_found_behind_many_that_wait() {
    let server = Server::start().await;
    let call = async |name: &str, arguments: Value| {
        tool(&server, name, arguments).await["result"]["structuredContent"].clone()
    };
    let first = call("task__create", json!({ "text": "first", "priority": 1 })).await;
    let waits = json!({ "text": "waits", "priority": 100, "dependsOn": [first["id"]] });
    let later = json!({ "text": "later", "priority": 100, "delayMs": 3_600_000 });
    for one in [waits, later] {
        let many: Vec<&Value> = std::iter::repeat_n(&one, 120).collect();
        call("task__create_many", json!({ "tasks": many })).await;
    }
    let second = call("task__create", json!({ "text": "second", "priority": 1 })).await;
    let uri = json!({ "uri": "swarm://tasks/pending" });
    let answer = asked(&server, "/mcp", "resources/read", uri, false).await;
    let text = answer["result"]["contents"][0]["text"].as_str().unwrap();
    let shown: Value = serde_json::from_str(text).unwrap();
    let ids: Vec<&Value> =
        shown["pendingTasks"].as_array().unwrap().iter().map(|task| &task["id"]).collect();
    assert_eq!(ids, [&first["id"], &second["id"]], "{shown}");
    assert_eq!((&shown["total"], &shown["nextTask"]["id"]), (&json!(242), &first["id"]));
}

#[tokio::test]
async fn ids_of_tasks_are_completed() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for text in ["a", "b"] {
        let made = tool(&server, "task__create", json!({ "text": text })).await;
        ids.push(made["result"]["structuredContent"]["id"].clone());
    }
    let complete = async |of: Value, name: &str, value: &str| {
        let params = json!({ "ref": of, "argument": { "name": name, "value": value } });
        asked(&server, "/mcp", "completion/complete", params, false).await
    };
    let of_tasks = json!({ "type": "ref/resource", "uri": "task://view/{taskId}" });
    let all = complete(of_tasks.clone(), "taskId", "t-").await;
    assert_eq!(all["result"]["completion"]["values"], json!([ids[1], ids[0]]), "{all}");
    let one = complete(of_tasks.clone(), "taskId", ids[0].as_str().unwrap()).await;
    assert_eq!(one["result"]["completion"]["values"], json!([ids[0]]), "{one}");
    let none = complete(of_tasks.clone(), "taskId", "x").await;
    assert_eq!(none["result"]["completion"]["values"], json!([]), "{none}");
    let prompt = json!({ "type": "ref/prompt", "name": "decompose-task" });
    let nothing = complete(prompt.clone(), "task", "a").await;
    assert_eq!(nothing["result"]["completion"]["values"], json!([]), "{nothing}");
    for (of, name) in [(of_tasks, "subtaskId"), (prompt, "other")] {
        let refused = complete(of, name, "").await;
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
    }
}

#[tokio::test]
async fn what_was_not_asked_for_or_is_not_there_is_told() {
    let server = Server::start().await;
    let hidden = tool(&server, "system__flush", json!({ "confirm": "x" })).await;
    assert_eq!(hidden["error"]["code"], -32602);
    assert!(hidden["error"]["message"].as_str().unwrap().contains("`admin`"), "{hidden}");
    let path = "/mcp?toolset=admin";
    let params = json!({ "name": "system__flush", "arguments": { "confirm": "x" } });
    let refused = asked(&server, path, "tools/call", params, false).await;
    assert_eq!(refused["result"]["isError"], true, "the method itself refuses: {refused}");
    let unknown = asked(&server, "/mcp?toolset=all", "tools/list", json!({}), false).await;
    assert_eq!(unknown["error"]["code"], "invalid_params", "{unknown}");
    let none = asked(&server, "/mcp", "resources/read", json!({ "uri": "task://view/x" }), false);
    assert_eq!(none.await["error"]["code"], -32602);
    let gone = json!({ "uri": "task://view/t-1" });
    assert_eq!(
        asked(&server, "/mcp", "resources/read", gone, false).await["error"]["code"],
        -32602
    );
    let health = server.send("GET", "/mcp/health", &[], b"").await.json();
    assert_eq!((&health["status"], &health["sessions"]), (&json!("healthy"), &json!(0)));
}

#[tokio::test]
async fn a_claim_that_waits_is_a_task_that_any_server_knows() {
    let server = Server::start().await;
    server.worker("w").await;
    let claim = json!({ "workerId": "w", "project": "p", "waitMs": 60_000 });
    let params = json!({ "name": "task__claim", "arguments": claim });
    let begun = asked(&server, "/mcp", "tools/call", params.clone(), true).await;
    assert_eq!(begun["result"]["status"], "working", "{begun}");
    let id = json!({ "taskId": begun["result"]["taskId"] });

    // Nothing is kept between the questions: the next one comes to another process.
    let data = server.stop().await;
    let server = Server::with(&[], data).await;
    server.worker("w").await;
    let made = server.call("task.create", json!({ "text": "a", "project": "p" })).await;
    let mut claimed = Value::Null;
    for _ in 0..2 {
        let looked = asked(&server, "/mcp", "tasks/get", id.clone(), true).await;
        assert_eq!(looked["result"]["status"], "completed", "{looked}");
        claimed = looked["result"]["result"]["structuredContent"].clone();
        assert_eq!(claimed["taskId"], made["id"], "asked twice, it is one claim");
    }
    assert_eq!(claimed["task"]["lease"]["attempt"], 1);

    let cancelled = asked(&server, "/mcp", "tasks/cancel", id, true).await;
    assert_eq!(cancelled["error"], Value::Null, "{cancelled}");
    let task = server.call("task.get", json!({ "id": made["id"] })).await;
    assert_eq!(task["status"], "pending", "it was given back");
    let now = asked(&server, "/mcp", "tools/call", params, true).await;
    assert_eq!(now["result"]["structuredContent"]["taskId"], made["id"], "nothing waits: {now}");
    let unknown = asked(&server, "/mcp", "tasks/get", json!({ "taskId": "claim-00" }), true).await;
    assert_eq!(unknown["error"]["code"], -32602);
}

#[tokio::test]
async fn a_claim_as_a_task_ends_with_its_time() {
    let server = Server::start().await;
    server.worker("w").await;
    let params = json!({ "name": "task__claim", "arguments": { "workerId": "w", "waitMs": 1 } });
    let begun = asked(&server, "/mcp", "tools/call", params, true).await;
    let id = json!({ "taskId": begun["result"]["taskId"] });
    let over = async {
        loop {
            let looked = asked(&server, "/mcp", "tasks/get", id.clone(), true).await;
            if looked["result"]["status"] != "working" {
                return looked;
            }
        }
    };
    let looked = tokio::time::timeout(Duration::from_secs(60), over).await.expect("it ends");
    let over = json!({ "claimed": false, "tasks": [] });
    assert_eq!(looked["result"]["result"]["structuredContent"], over, "{looked}");
    // What is over stays over.
    let made = server.call("task.create", json!({ "text": "too late" })).await;
    let looked = asked(&server, "/mcp", "tasks/get", id, true).await;
    assert_eq!(looked["result"]["result"]["structuredContent"], over, "{looked}");
    let task = server.call("task.get", json!({ "id": made["id"] })).await;
    assert_eq!(task["status"], "pending");
}

#[tokio::test]
async fn sessions_are_bounded_and_end_when_they_are_told() {
    let settings = [("limits.mcp_sessions", toml::Value::Integer(1))];
    let server = Server::with(&settings, TempDir::new().unwrap()).await;
    let first = initialized(&server, &[]).await;
    assert_eq!(message(&first)["result"]["protocolVersion"], "2025-06-18");
    let session = first.header("mcp-session-id").expect("a session");
    let second = initialized(&server, &[]).await;
    assert_eq!((second.status, &second.json()["error"]["code"]), (503, &json!("overloaded")));
    // The protocol without sessions needs none.
    let listed = asked(&server, "/mcp", "tools/list", json!({}), false).await;
    assert!(listed["result"]["tools"].is_array(), "{listed}");
    let ended = server.send("DELETE", "/mcp", &[("Mcp-Session-Id", &session)], b"").await;
    assert!(ended.status < 300, "{ended:?}");
    assert!(initialized(&server, &[]).await.header("mcp-session-id").is_some());
}

/// A message in a session.
async fn said(server: &Server, session: &str, headers: &[(&str, &str)], message: Value) -> Answer {
    let headers = [&[ACCEPT, TYPE, ("Mcp-Session-Id", session)], headers].concat();
    server.send("POST", "/mcp", &headers, message.to_string().as_bytes()).await
}

async fn bearer(server: &Server, scopes: &[&str]) -> String {
    let key = server.call("key.create", json!({ "name": "a", "scopes": scopes })).await;
    format!("Bearer {}", key["key"].as_str().unwrap())
}

#[tokio::test]
async fn a_session_is_whose_it_is_and_ends_with_the_key() {
    let server = Server::start().await;
    let (own, others) = (bearer(&server, &["admin"]).await, bearer(&server, &["admin"]).await);
    let own = [("Authorization", own.as_str())];
    let begun = initialized(&server, &own).await;
    let session = begun.header("mcp-session-id").expect("a session");
    let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(said(&server, &session, &own, ready).await.status, 202);
    let list = || json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" });
    assert!(message(&said(&server, &session, &own, list()).await)["result"]["tools"].is_array());
    for foreign in [&[][..], &[("Authorization", others.as_str())]] {
        let answer = said(&server, &session, foreign, list()).await;
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (404, &json!("not_found")));
    }
    let wrong = initialized(&server, &[("Authorization", "Bearer cb_no")]).await;
    assert_eq!(wrong.status, 401);
}

#[tokio::test]
async fn who_may_not_read_subscribes_to_nothing() {
    let server = Server::start().await;
    let key = bearer(&server, &["system:read"]).await;
    let key = [("Authorization", key.as_str())];
    let session = initialized(&server, &key).await.header("mcp-session-id").unwrap();
    let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    said(&server, &session, &key, ready).await;
    for id in [2, 3] {
        let subscribe = json!({ "jsonrpc": "2.0", "id": id, "method": "resources/subscribe",
            "params": { "uri": "swarm://tasks" } });
        let refused = message(&said(&server, &session, &key, subscribe).await);
        assert_eq!(refused["error"]["data"]["code"], "forbidden", "{refused}");
    }
}

#[tokio::test]
async fn one_key_leaves_sessions_for_the_others() {
    let settings = [("limits.mcp_sessions", toml::Value::Integer(6))];
    let server = Server::with(&settings, TempDir::new().unwrap()).await;
    let (first, second) = (bearer(&server, &["admin"]).await, bearer(&server, &["admin"]).await);
    let begin = async |key: &str| initialized(&server, &[("Authorization", key)]).await.status;
    let mut begun = 0;
    while begin(&first).await == 200 {
        begun += 1;
    }
    assert!((1..6).contains(&begun), "{begun}");
    assert_eq!(begin(&second).await, 200, "there is one left");
}

#[tokio::test]
async fn what_is_no_json_is_told_so() {
    let server = Server::start().await;
    for body in ["", "{", "\u{0}", "{} {}"] {
        let answer = server.send("POST", "/mcp", &[ACCEPT, TYPE], body.as_bytes()).await;
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (400, &json!("parse_error")));
    }
}

#[tokio::test]
async fn messages_are_as_deep_as_elsewhere_and_not_deeper() {
    let server = Server::start().await;
    let deep = format!("{}1{}", "[".repeat(70), "]".repeat(70));
    let request = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"task__create","arguments":{{"text":"a","metadata":{deep}}}}}}}"#
    );
    let answer = server.send("POST", "/mcp", &[ACCEPT, TYPE], request.as_bytes()).await;
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (400, &json!("invalid_request")));
}

#[tokio::test]
async fn a_cancelled_claim_claims_nothing_more() {
    // With room for one claim that waits, another tells whether there is one.
    let settings = [("limits.waiting_claims", toml::Value::Integer(1))];
    let server = Server::with(&settings, TempDir::new().unwrap()).await;
    server.worker("w").await;
    server.worker("other").await;
    let session = initialized(&server, &[]).await.header("mcp-session-id").unwrap();
    let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    said(&server, &session, &[], ready).await;
    let claim = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call",
        "params": { "name": "task__claim", "arguments": { "workerId": "w", "waitMs": 60_000 } } });
    let waits = async || {
        let probe = json!({ "workerId": "other", "project": "none", "waitMs": 1 });
        server.rpc("task.claim", probe).await["error"]["data"]["code"] == "overloaded"
    };
    let cancelling = async {
        until("the claim waits", waits).await;
        let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled",
            "params": { "requestId": 7 } });
        said(&server, &session, &[], cancelled).await;
        until("it is gone", async || !waits().await).await;
        let made = server.call("task.create", json!({ "text": "a" })).await;
        let claimed = server.call("task.claim", json!({ "workerId": "other" })).await;
        assert_eq!(claimed["taskId"], made["id"]);
    };
    let claiming = async {
        loop {
            let answer = message(&said(&server, &session, &[], claim.clone()).await);
            // The one that only looks may have been there first.
            if !answer.to_string().contains("overloaded") {
                return answer;
            }
        }
    };
    let ((), answer) = tokio::join!(cancelling, claiming);
    assert_eq!(answer, Value::Null, "nobody answers what was cancelled");
}

#[tokio::test]
async fn a_claim_that_is_cancelled_too_early_or_too_late_keeps_nothing() {
    let server = Server::start().await;
    server.worker("w").await;
    let session = initialized(&server, &[]).await.header("mcp-session-id").unwrap();
    let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    said(&server, &session, &[], ready).await;
    let claim = |id: i64| {
        let wanted = json!({ "workerId": "w", "waitMs": 60_000 });
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": { "name": "task__claim", "arguments": wanted } })
    };
    let cancelled = |id: i64| {
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled",
            "params": { "requestId": id } })
    };
    let made = server.call("task.create", json!({ "text": "a" })).await;

    // Before the call has come.
    said(&server, &session, &[], cancelled(7)).await;
    let early = message(&said(&server, &session, &[], claim(7)).await);
    assert!(early["error"]["message"].to_string().contains("cancelled"), "{early}");
    let task = server.call("task.get", json!({ "id": made["id"] })).await;
    assert_eq!(task["attempt"], 0, "{task}");

    // When it has been answered.
    let answer = message(&said(&server, &session, &[], claim(8)).await);
    assert_eq!(answer["result"]["structuredContent"]["taskId"], made["id"], "{answer}");
    said(&server, &session, &[], cancelled(8)).await;
    let again = message(&said(&server, &session, &[], claim(9)).await);
    assert_eq!(again["result"]["structuredContent"]["taskId"], made["id"], "{again}");
}

#[tokio::test]
async fn a_web_page_and_whoever_has_no_key_stay_outside() {
    let server = Server::start().await;
    let page = initialized(&server, &[("Origin", "https://evil.example")]).await;
    assert_eq!(page.status, 403);
    let other = initialized(&server, &[("Host", "evil.example")]).await;
    assert_eq!(other.status, 403);
}
