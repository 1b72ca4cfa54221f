//! The client: what it sends, what it makes of answers, and how it resumes a stream.

use std::sync::Arc;
use std::time::Duration;

use claudebench::client::{Client, ClientError, EventFilter, Signal, Since};
use claudebench_core::{Code, Cursor, TaskId};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::script::{Script, body, events, refusal, result};

fn client(script: &Script, key: Option<&str>) -> Client {
    Client::new(script.url.parse().unwrap(), key).unwrap()
}

#[tokio::test]
async fn a_call_is_a_json_rpc_request_and_connections_are_kept() {
    let script = Script::tcp([result(r#"{"id":"t-7"}"#), result("null")]).await;
    let client = client(&script, Some("cb_id_secret"));
    let answer: Value = client.call("task.get", &json!({"id": "t-7"})).await.unwrap();
    assert_eq!(answer, json!({"id": "t-7"}));
    let answer: Value = client.call("task.get", &json!({})).await.unwrap();
    assert_eq!(answer, Value::Null);
    let asked = script.asked();
    assert_eq!(asked[0].line, "POST /rpc");
    assert_eq!(
        asked[0].body,
        json!({"jsonrpc": "2.0", "id": 1, "method": "task.get", "params": {"id": "t-7"}})
    );
    assert_eq!(asked[0].header("authorization"), Some("Bearer cb_id_secret"));
    assert_eq!(asked[0].header("host"), script.url.strip_prefix("http://"));
    assert_eq!((asked[1].connection, &asked[1].body["id"]), (0, &json!(2)));
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_made_anew() {
    let script = Script::tcp([result("1").and_close()]).await;
    let client = client(&script, None);
    for connection in 0..3 {
        let _: i64 = client.call("a.b", &json!({})).await.unwrap();
        assert_eq!(script.asked()[connection].connection, connection);
        assert_eq!(script.asked()[connection].header("authorization"), None);
    }
}

#[tokio::test]
async fn a_socket_is_as_good_as_a_port() {
    let dir = tempfile::tempdir().unwrap();
    let script = Script::unix(&dir.path().join("s"), [result("7")]).await;
    let answer: i64 = client(&script, None).call("a.b", &json!({})).await.unwrap();
    assert_eq!(answer, 7);
    assert_eq!(script.asked()[0].header("host"), Some("localhost"));
}

#[tokio::test]
async fn a_refusal_keeps_its_code_whichever_way_it_comes() {
    for (answer, code) in [
        (refusal(-32006, "stale_fence", "too late"), Code::StaleFence),
        (body(401, r#"{"success":false,"error":"no key"}"#), Code::Unauthorized),
        (
            body(503, r#"{"error":{"code":-32001,"message":"x","data":{"code":"overloaded"}}}"#),
            Code::Overloaded,
        ),
    ] {
        let script = Script::tcp([answer]).await;
        let error = client(&script, None).call::<Value>("a.b", &json!({})).await.unwrap_err();
        assert_eq!(error.code(), Some(code), "{error}");
    }
}

#[tokio::test]
async fn what_is_no_server_of_ours_is_told_apart() {
    let foreign = Script::tcp([body(200, "<html>")]).await;
    let error = client(&foreign, None).call::<Value>("a.b", &json!({})).await.unwrap_err();
    assert!(matches!(error, ClientError::Foreign { .. }), "{error}");
    let foreign = Script::tcp([body(404, "not here")]).await;
    let error = client(&foreign, None).call::<Value>("a.b", &json!({})).await.unwrap_err();
    assert!(error.to_string().contains("HTTP status 404"), "{error}");

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let nobody = Client::new(address.parse().unwrap(), None).unwrap();
    let error = nobody.call::<Value>("a.b", &json!({})).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_waited_for_without_end() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let client = Client::new(address.parse().unwrap(), None).unwrap();
    let client = client.with_timeout(Duration::from_millis(50));
    let error = client.call::<Value>("a.b", &json!({})).await.unwrap_err();
    assert!(matches!(error, ClientError::TimedOut { .. }), "{error}");
}

#[tokio::test]
async fn a_stream_goes_on_where_it_broke_off() {
    let script = Script::tcp([
        events(
            "retry: 1000\nid: 4\n: connected\n\nid: 5\nevent: task.created\ndata: {\"a\":1}\n\n",
        ),
        body(503, r#"{"success":false,"error":"stopping"}"#),
        events("id: 5\n: connected\n\nid: 9\nevent: task.claimed\ndata: {\"a\":2}\n\n"),
    ])
    .await;
    let client = Arc::new(client(&script, None));
    let filter = EventFilter {
        types: vec!["task.*".into(), "a.b".into()],
        task: Some(TaskId(7)),
        project: Some("a b".into()),
    };
    let mut stream = client.events(Since::Now, filter);
    let mut seen = Vec::new();
    while seen.len() < 2 {
        match stream.next().await.unwrap() {
            Signal::Event { json, id } => seen.push((json, id)),
            Signal::Lost { .. } | Signal::Resumed => {}
        }
    }
    let expected = [("{\"a\":1}", Cursor(5)), ("{\"a\":2}", Cursor(9))];
    assert_eq!(seen, expected.map(|(json, id)| (json.to_owned(), Some(id))));
    let asked = script.asked();
    assert_eq!(asked[0].line, "GET /events?types=task%2E%2A%2Ca%2Eb&task=t%2D7&project=a%20b");
    assert_eq!(asked[0].header("last-event-id"), None);
    assert!(asked[2].line.starts_with("GET /events?since=5&"), "{}", asked[2].line);
    assert_eq!(asked[2].header("last-event-id"), Some("5"));
}

#[tokio::test]
async fn a_stream_that_is_refused_is_not_tried_again() {
    let expired = body(410, r#"{"success":false,"error":"the cursor 1 is too old"}"#);
    let script = Script::tcp([expired]).await;
    let mut stream =
        Arc::new(client(&script, None)).events(Since::After(Cursor(1)), EventFilter::default());
    assert_eq!(stream.next().await.unwrap_err().code(), Some(Code::CursorExpired));
    assert_eq!(script.asked().len(), 1);
}
