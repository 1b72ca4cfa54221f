//! What is refused changes nothing, and what is written can be read.

use claudebench_core::{Code, Cursor, Principal, TenantId};
use claudebench_services::entry;
use claudebench_store::{Create, Meta, NewTask};
use serde_json::json;
use serde_json::value::RawValue;

use crate::server::{Server, text_of};

#[tokio::test]
async fn a_completion_is_not_refused_for_what_is_attached() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let id = server.task("a").await;
    let attach = |key: String| json!({"taskId": id, "key": key, "type": "json", "value": 1});
    for n in 0..1_000 {
        server.ok("task.create_attachment", attach(format!("k{n}"))).await;
    }
    server.refuses(Code::TooLarge, "task.create_attachment", attach("one more".into())).await;
    server.ok("task.create_attachment", attach("k7".into())).await;
    let lease = server.claim("w-1").await["lease"].clone();
    let report = json!({"id": id, "fence": lease["fence"], "result": {"files": 3}});
    assert_eq!(server.ok("task.complete", report).await["status"], "completed");
    let stats = server.ok("task.stats", json!({})).await;
    assert_eq!((&stats["inProgress"], &stats["completed"]), (&json!(0), &json!(1)));
    let task = server.ok("task.get", json!({"id": id})).await;
    assert_eq!((&task["attachmentCount"], &task["result"]), (&json!(1_001), &json!({"files": 3})));
    // The result is beside the bound, before and after.
    server.refuses(Code::TooLarge, "task.create_attachment", attach("one more".into())).await;
    server.ok("task.delete_attachment", json!({"taskId": id, "key": "k0"})).await;
    server.ok("task.create_attachment", attach("one more".into())).await;
}

#[tokio::test]
async fn the_id_of_an_attachment_never_comes_again() {
    let server = Server::new();
    let id = server.task("a").await;
    let attach = json!({"taskId": id, "key": "k", "type": "json", "value": 1});
    let first = text_of(&server.ok("task.create_attachment", attach.clone()).await["id"]);
    server.ok("task.delete_attachment", json!({"taskId": id, "key": "k"})).await;
    let server = server.again();
    let second = text_of(&server.ok("task.create_attachment", attach.clone()).await["id"]);
    assert_ne!(first, second);
    assert_eq!(text_of(&server.ok("task.create_attachment", attach).await["id"]), second);
}

#[tokio::test]
async fn metadata_is_never_lost_by_a_change() {
    let server = Server::new();
    let create = entry("task.create").unwrap();
    for metadata in [r#"{"big": 1e999, "keep": "me"}"#, r#"{"half": "\ud800"}"#] {
        let params = format!(r#"{{"text": "a", "metadata": {metadata}}}"#);
        let params = RawValue::from_string(params).unwrap();
        let answer = (create.invoke)(server.context(Principal::local()), Some(&params)).await;
        let error = answer.unwrap_err();
        assert_eq!(error.code, Code::InvalidParams);
        let expected = "metadata: expected JSON that can be read: ";
        assert!(error.message.starts_with(expected), "{error}");
    }
    // One that was taken all the same, by whatever way.
    let metadata = Some(r#"{"big": 1e999, "keep": "me"}"#.to_owned());
    let new = NewTask { text: "a".into(), metadata, max_attempts: 5, ..NewTask::default() };
    let (tenant, actor) = (TenantId::DEFAULT, "test".into());
    let meta = Meta { tenant, actor, traceparent: None, session: None, key: None };
    let made = server.shared.committer.submit(meta, Create { tasks: vec![new] }).await.unwrap();
    let update = json!({"id": made[0].id, "updates": {"metadata": {"b": 1}}});
    server.ok("task.update", update).await;
    let found = server.shared.store.tasks(tenant, vec![made[0].id], Default::default()).await;
    let kept = found.unwrap()[0].task.metadata.clone();
    assert_eq!(kept.as_deref(), Some(r#"{"b":1,"big":1e999,"keep":"me"}"#));
}

#[tokio::test]
async fn metadata_keeps_its_values_to_the_letter() {
    let server = Server::new();
    let call = async |method: &str, params: &str| {
        let params = RawValue::from_string(params.to_owned()).unwrap();
        let context = server.context(Principal::local());
        (entry(method).unwrap().invoke)(context, Some(&params)).await.unwrap().get().to_owned()
    };
    server.register("w", &[]).await;
    let long = "12345678901234567890123";
    let within = r#"{"x":1.00,"x":2}"#;
    let create = format!(r#"{{"text": "a", "metadata": {{"a": {long}, "in": {within}}}}}"#);
    call("task.create", &create).await;
    let id = text_of(&server.claim("w").await["id"]);
    let update =
        format!(r#"{{"id": "{id}", "updates": {{"metadata": {{"b": {long}, "a2": 1.10}}}}}}"#);
    call("task.update", &update).await;
    server.ok("task.complete", json!({"taskId": id, "workerId": "w", "result": 1})).await;
    let read = call("task.get", &format!(r#"{{"id": "{id}"}}"#)).await;
    let kept = format!(r#""metadata":{{"a":{long},"a2":1.10,"b":{long},"completedBy":"w","#);
    assert!(read.contains(&kept), "{read}");
    assert!(read.contains(&format!(r#""in":{within}"#)), "{read}");
}

#[tokio::test]
async fn a_value_of_the_configuration_is_one_line() {
    let server = Server::new();
    let params = "{\"key\": \"k\", \"value\": {\r\n  \"a b\": [1.50,\n 2]\n}}";
    let params = RawValue::from_string(params.to_owned()).unwrap();
    let set = entry("config.set").unwrap();
    (set.invoke)(server.context(Principal::local()), Some(&params)).await.unwrap();
    let events = server.shared.hub.after(Cursor(0), 9).unwrap();
    let payload = events[0].payload.get();
    assert_eq!(payload, r#"{"key":"k","value":{"a b":[1.50,2]}}"#);
    let read = server.ok("config.get", json!({"key": "k"})).await;
    assert_eq!(read["value"], json!({"a b": [1.5, 2]}));
}
