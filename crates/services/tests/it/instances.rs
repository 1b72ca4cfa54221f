//! Instances come, live and go.

use std::sync::Arc;

use claudebench_core::{Code, Scope, TenantId};
use claudebench_services::system::watch;
use serde_json::json;

use crate::server::{Server, somebody, until};

#[tokio::test]
async fn an_instance_lives_as_long_as_it_is_heard_of() {
    let server = Server::new();
    let beat = json!({"instanceId": "w-1"});
    assert_eq!(server.ok("system.heartbeat", beat.clone()).await["alive"], false);
    let registration = json!({
        "id": "w-1", "roles": ["claude-code"], "sessionId": "s", "timestamp": 1,
        "metadata": {"projectDir": "/srv", "resumeFrom": null},
    });
    assert_eq!(server.ok("system.register", registration).await["registered"], true);
    assert_eq!(server.ok("system.heartbeat", beat.clone()).await["alive"], true);
    let id = server.task("a").await;
    server.claim("w-1").await;
    server.clock.advance(29_000);
    assert_eq!(server.ok("system.heartbeat", beat.clone()).await["alive"], true);
    server.clock.advance(29_000);
    let checked = server.ok("system.check_health", json!({"timeout": 30_000})).await;
    assert_eq!(checked, json!({"healthy": ["w-1"], "failed": [], "reassigned": {}}));
    server.clock.advance(1_000);
    let checked = server.ok("system.check_health", json!({"timeout": 30_000})).await;
    assert_eq!(checked, json!({"healthy": [], "failed": ["w-1"], "reassigned": {"w-1": 1}}));
    assert_eq!(server.ok("system.heartbeat", beat).await["alive"], false);
    assert_eq!(server.status(&id).await, "pending");
    assert_eq!(server.story(&id).await.last().unwrap(), "task.attempt_failed");
    server.refuses(Code::NotFound, "task.claim", json!({"workerId": "w-1"})).await;
}

#[tokio::test]
async fn a_goodbye_gives_everything_back() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let (a, b) = (server.task("a").await, server.task("b").await);
    server.claim("w-1").await;
    server.ok("task.assign", json!({"taskId": b, "instanceId": "w-1"})).await;
    let bye = json!({"instanceId": "w-1", "sessionId": "s-1", "timestamp": 1.5});
    let gone = server.ok("system.unregister", bye.clone()).await;
    assert_eq!(gone, json!({"unregistered": true, "tasksReassigned": 2}));
    assert_eq!(
        (server.status(&a).await, server.status(&b).await),
        ("pending".into(), "pending".into())
    );
    let gone = server.ok("system.unregister", bye).await;
    assert_eq!(gone, json!({"unregistered": true, "tasksReassigned": 0}), "unknown by now");
    server.refuses(Code::InvalidParams, "system.unregister", json!({"instanceId": "w-1"})).await;
}

#[tokio::test]
async fn an_instance_is_still_there_after_a_restart() {
    let server = Server::new();
    server.register("w-1", &["docs"]).await;
    server.register("w-2", &[]).await;
    let bye = json!({"instanceId": "w-2", "sessionId": "s", "timestamp": 1});
    server.ok("system.unregister", bye).await;
    let id = server.make(json!({"text": "a", "roles": ["docs"]})).await;
    let server = server.again();
    server.refuses(Code::NotFound, "task.claim", json!({"workerId": "w-1"})).await;
    assert_eq!(watch::enter_known(&server.shared).await.unwrap(), 1);
    assert_eq!(server.claim("w-1").await["id"], json!(id), "its roles are known, too");
    server.refuses(Code::NotFound, "task.claim", json!({"workerId": "w-2"})).await;
}

#[tokio::test]
async fn the_watch_gives_up_who_is_silent_and_keeps_who_is_not() {
    let server = Server::new();
    server.register("silent", &[]).await;
    server.register("loud", &[]).await;
    let id = server.task("a").await;
    server.claim("silent").await;
    server.clock.advance(30_000);
    server.ok("system.heartbeat", json!({"instanceId": "loud"})).await;
    let watch = tokio::spawn(watch::run(server.shared.clone(), 5));
    let shared: Arc<_> = server.shared.clone();
    let tenant = TenantId::DEFAULT;
    until(|| async { shared.presence.seen(tenant, "silent").is_none() }).await;
    assert!(shared.presence.seen(tenant, "loud").is_some());
    until(|| async { server.status(&id).await == "pending" }).await;
    let events = server.ok("event.list", json!({"types": ["instance.failed"]})).await;
    assert_eq!(events["events"][0]["payload"]["id"], "silent");
    server.stop.send_replace(true);
    tokio::time::timeout(crate::server::PATIENCE, watch).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_machine_that_slept_holds_it_against_nobody() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let watch = tokio::spawn(watch::run(server.shared.clone(), 5));
    let tenant = TenantId::DEFAULT;
    let before = server.shared.presence.seen(tenant, "w-1").unwrap();
    tokio::task::yield_now().await;
    server.clock.advance(3_600_000);
    until(|| async { server.shared.presence.seen(tenant, "w-1").unwrap() > before }).await;
    server.stop.send_replace(true);
    watch.await.unwrap();
    assert_eq!(server.ok("system.heartbeat", json!({"instanceId": "w-1"})).await["alive"], true);
}

#[tokio::test]
async fn a_call_that_names_a_worker_is_a_sign_of_life() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let id = server.task("a").await;
    let tenant = TenantId::DEFAULT;
    let calls = [
        ("task.claim", json!({"workerId": "w-1"})),
        ("task.heartbeat", json!({"id": id})),
        ("task.release", json!({"id": id, "workerId": "w-1"})),
        ("system.batch.process", json!({"batchId": "b", "instanceId": "w-1", "items": []})),
        ("system.quorum.vote", json!({"instanceId": "w-1", "decision": "d", "value": "v"})),
    ];
    for (method, params) in calls {
        server.clock.advance(1_000);
        server.ok(method, params).await;
        let seen = server.shared.presence.seen(tenant, "w-1").unwrap();
        assert_eq!(seen, server.shared.clock.now(), "{method}");
    }
}

#[tokio::test]
async fn a_registration_that_is_repeated_is_one() {
    let server = Server::new();
    let registration = json!({"id": "w-1", "roles": ["a"], "idempotencyKey": "k"});
    server.ok("system.register", registration.clone()).await;
    server.ok("system.register", registration.clone()).await;
    let events = json!({"types": ["instance.registered"]});
    let told = server.ok("event.list", events.clone()).await;
    assert_eq!(told["events"].as_array().unwrap().len(), 1, "it held already");

    let bye = json!({"instanceId": "w-1", "sessionId": "s", "timestamp": 1});
    server.ok("system.unregister", bye).await;
    server.ok("system.register", registration.clone()).await;
    assert_eq!(server.ok("event.list", events).await["events"].as_array().unwrap().len(), 2);
    let id = server.task("a").await;
    server.ok("task.assign", json!({"taskId": id, "instanceId": "w-1"})).await;
    assert_eq!(server.claim("w-1").await["id"], json!(id));
    server.clock.advance(31_000);
    let checked = server.ok("system.check_health", json!({"timeout": 30_000})).await;
    assert_eq!(checked["failed"], json!(["w-1"]));
    assert_eq!(server.status(&id).await, "pending", "its silence is noticed");

    let changed = json!({"id": "w-1", "roles": ["b"]});
    server.ok("system.register", changed).await;
    server.ok("system.register", registration).await;
    let task = server.make(json!({"text": "b", "roles": ["a"], "priority": 99})).await;
    assert_eq!(server.claim("w-1").await["id"], json!(task), "in the roles that were asked for");
    let server = server.again();
    watch::enter_known(&server.shared).await.unwrap();
    let tenant = TenantId::DEFAULT;
    assert_eq!(
        server.shared.presence.roles(tenant, "w-1").unwrap().to_vec(),
        [Arc::<str>::from("a")]
    );
}

#[tokio::test]
async fn signs_of_life_keep_a_lease_that_is_shorter_than_the_time_between_two_looks() {
    let mut server = Server::new();
    server.register("w-1", &[]).await;
    let id = server.make(json!({"text": "a", "leaseMs": 3_000})).await;
    server.claim("w-1").await;
    for round in 0..2 {
        // It looks once, at the start, and then not before the test is over.
        let watch = tokio::spawn(watch::run(server.shared.clone(), 60_000));
        for _ in 0..3 {
            server.clock.advance(2_900);
            let end = server.shared.clock.now().plus(3_000).to_string();
            server.ok("system.heartbeat", json!({"instanceId": "w-1"})).await;
            until(|| async {
                let task = server.ok("task.get", json!({"id": id})).await;
                task["lease"]["expiresAt"] == json!(end)
            })
            .await;
        }
        server.stop.send_replace(true);
        watch.await.unwrap();
        if round == 0 {
            server = server.again();
            watch::enter_known(&server.shared).await.unwrap();
        }
    }
    server.clock.advance(3_000);
    server.task("any write").await;
    assert_eq!(server.status(&id).await, "pending", "its own length bounds the silence");
}

#[tokio::test]
async fn who_holds_nothing_short_costs_no_write_of_its_own() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    server.task("a").await;
    server.claim("w-1").await;
    let watch = tokio::spawn(watch::run(server.shared.clone(), 60_000));
    let beat = || server.ok("system.heartbeat", json!({"instanceId": "w-1"}));
    beat().await;
    let written = || server.shared.committer.totals().1;
    until(|| async { written() == 4 }).await;
    // The answer of the write is known when the next is asked for.
    server.task("b").await;
    for _ in 0..20 {
        server.clock.advance(1_000);
        beat().await;
    }
    server.task("c").await;
    assert_eq!(written(), 6);
    server.stop.send_replace(true);
    watch.await.unwrap();
}

#[tokio::test]
async fn instances_are_listed_with_what_they_hold() {
    let server = Server::new();
    assert_eq!(server.ok("system.instances", json!({})).await, json!({"instances": []}));
    let registration = json!({"id": "w-1", "roles": ["b", "a"], "metadata": {"host": "x"}});
    server.ok("system.register", registration).await;
    server.register("w-2", &[]).await;
    server.register("w-3", &[]).await;
    server.task("a").await;
    server.claim("w-1").await;
    server.clock.advance(1_500);
    server.ok("system.heartbeat", json!({"instanceId": "w-1"})).await;
    let bye = json!({"instanceId": "w-2", "sessionId": "s", "timestamp": 1});
    server.ok("system.unregister", bye).await;

    let there = server.ok("system.instances", json!({"online": true, "limit": 1})).await;
    let first = json!({
        "id": "w-1", "roles": ["a", "b"], "online": true, "metadata": {"host": "x"}, "leases": 1,
        "registeredAt": "2025-11-23T16:00:00.000Z", "lastSeen": "2025-11-23T16:00:01.500Z",
    });
    assert_eq!(there, json!({"instances": [first], "nextCursor": "w-1"}));
    let listed = async |params: serde_json::Value| {
        let page = server.ok("system.instances", params).await;
        let rows = page["instances"].as_array().unwrap();
        rows.iter().map(|row| json!([row["id"], row["online"]])).collect::<Vec<_>>()
    };
    assert_eq!(listed(json!({"online": true, "after": "w-1"})).await, [json!(["w-3", true])]);
    assert_eq!(listed(json!({"online": false})).await, [json!(["w-2", false])]);
    let all = [json!(["w-1", true]), json!(["w-2", false]), json!(["w-3", true])];
    assert_eq!(listed(json!({"online": null})).await, all);

    // Who is there is what was heard, whatever is written.
    server.shared.presence.leave(TenantId::DEFAULT, "w-3");
    let gone = [json!(["w-2", false]), json!(["w-3", false])];
    assert_eq!(listed(json!({"online": false})).await, gone);
    assert_eq!(listed(json!({"after": "w-2"})).await, [json!(["w-3", false])]);
    let stranger = somebody(2, &[Scope::SystemRead]);
    let theirs = server.call_as(stranger, "system.instances", json!({})).await.unwrap();
    assert_eq!(theirs, json!({"instances": []}));
}
