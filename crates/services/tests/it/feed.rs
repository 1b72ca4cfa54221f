//! A subscriber's way along the log: whose events, which of them, and how far.

use std::collections::BTreeSet;

use claudebench_core::event::{self, facts};
use claudebench_core::{Code, Cursor, Principal, Scope};
use claudebench_services::entry;
use claudebench_services::feed::{Feed, Filter, Next};
use serde_json::json;

use crate::server::{Server, somebody, text_of};

fn cursors(next: Option<Next>) -> Vec<i64> {
    match next {
        Some(Next::Events(events)) => events.iter().map(|event| event.cursor.0).collect(),
        None => Vec::new(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_place_that_is_anothers_is_reached_too() {
    let server = Server::new();
    for text in ["a", "b", "c"] {
        server.task(text).await;
    }
    let them = somebody(2, &[Scope::TasksWrite]);
    server.call_as(them, "task.create", json!({"text": "theirs"})).await.unwrap();
    let server = server.again();
    server.task("d").await;

    // The place lies on an event of another tenant, and the next of ours beyond it.
    let filter = Filter::of(&Principal::local());
    let mut feed = Feed::open(server.shared.clone(), filter, Some(Cursor(0))).await.unwrap();
    assert_eq!(cursors(feed.step(Some(Cursor(4))).await), [1, 2, 3]);
    for _ in 0..2 {
        assert_eq!(cursors(feed.step(Some(Cursor(4))).await), [0_i64; 0]);
    }
    assert_eq!(feed.cursor(), Cursor(4));
    assert_eq!(cursors(feed.step(None).await), [5]);
}

#[tokio::test]
async fn patterns_that_are_wanted_no_more_are_left_out_of_what_lies_behind() {
    let server = Server::new();
    server.task("a").await;
    server.ok("config.set", json!({"key": "k", "value": 1})).await;
    let kinds = vec!["task.*".to_owned(), "config.*".to_owned()];
    let filter = Filter { kinds, ..Filter::of(&Principal::local()) };
    let mut feed = Feed::open(server.shared.clone(), filter, Some(Cursor(0))).await.unwrap();
    assert!(feed.forget(&["task.*".to_owned()]));
    assert_eq!(cursors(feed.step(None).await), [2]);
    assert!(!feed.forget(&["config.*".to_owned()]), "nothing is left");
}

/// Events tell what their domain's methods would: who may not call those, may not see these.
#[test]
fn an_event_shows_to_whom_its_domain_shows() {
    let reads = [
        ("task", "task.get"),
        ("queue", "queue.list"),
        ("config", "config.get"),
        ("key", "key.list"),
        ("login", "key.list"),
        ("instance", "system.get_state"),
        ("batch", "system.get_state"),
        ("quorum", "system.get_state"),
        ("system", "system.get_state"),
        ("replica", "system.get_state"),
        ("hook", "session.state.get"),
        ("session", "session.state.get"),
        ("agent", "session.state.get"),
        ("notification", "session.state.get"),
        ("context", "session.state.get"),
        ("alert", "session.state.get"),
        ("git", "git.context.get"),
    ];
    let mut known = BTreeSet::new();
    for fact in facts() {
        let domain = fact.name.split('.').next().unwrap();
        let (_, method) = reads.iter().find(|(of, _)| *of == domain).unwrap();
        assert_eq!(event::scope(fact.name), entry(method).unwrap().access.scope(), "{}", fact.name);
        known.insert(domain);
    }
    assert_eq!(known.len(), reads.len());
}

#[tokio::test]
async fn pages_and_feeds_hold_what_the_reader_may_see() {
    let server = Server::new();
    server.ok("config.set", json!({"key": "k", "value": "a secret"})).await;
    server.ok("key.create", json!({"name": "n", "scopes": ["admin"]})).await;
    server.register("w-1", &[]).await;
    server.task("a").await;
    let reader = |scopes: &[Scope]| somebody(1, scopes);
    let seen = async |scopes: &[Scope]| {
        let page = server.call_as(reader(scopes), "event.list", json!({})).await.unwrap();
        let listed: Vec<String> = page["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| text_of(&event["type"]))
            .collect();
        let filter = Filter::of(&reader(scopes));
        let mut feed = Feed::open(server.shared.clone(), filter, Some(Cursor(0))).await.unwrap();
        let Some(Next::Events(live)) = feed.step(None).await else { panic!("nothing came") };
        let live: Vec<String> = live.iter().map(|event| event.kind.to_string()).collect();
        assert_eq!(live, listed, "over each way the same");
        listed
    };
    assert_eq!(seen(&[Scope::TasksRead]).await, ["task.created"]);
    let more = ["config.changed", "instance.registered", "task.created"];
    assert_eq!(seen(&[Scope::TasksRead, Scope::SystemRead]).await, more);
    assert_eq!(seen(&[Scope::Admin]).await.len(), 4);

    let ask = |types: &str| {
        server.call_as(reader(&[Scope::TasksRead]), "event.list", json!({"types": [types]}))
    };
    for hidden in ["config.*", "config.changed", "key.created", "instance.failed"] {
        assert_eq!(ask(hidden).await.unwrap_err().code, Code::Forbidden, "{hidden}");
    }
    for open in ["*", "task.*", "hook.pre_tool.executed"] {
        ask(open).await.unwrap();
    }
}
