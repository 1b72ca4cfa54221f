//! Figures, counted along the event log.

mod history;

use claudebench_coordination::HubOptions;
use claudebench_core::figures::Latencies;
use claudebench_core::{Code, Principal, Scope};
use claudebench_services::analytics::consumer::{self, catch_up};
use claudebench_store::Counted;
use claudebench_store::Sweep;
use claudebench_store::sqlite::SqliteOptions;
use serde_json::{Value, json};

use crate::server::{PATIENCE, Server, somebody, text_of, until};

const DAY: i64 = 24 * 3_600_000;

async fn counted(server: &Server) -> Counted {
    catch_up(&server.shared).await.unwrap()
}

/// Begins from the oldest event again, and counts everything.
async fn count_anew(server: &Server) -> Counted {
    let generation = counted(server).await.generation + 1;
    let begun = consumer::rebuild(&server.shared, generation).await.unwrap();
    assert!(begun.rebuilding(), "{begun:?}");
    counted(server).await
}

/// Claims, and answers the task's id and fence.
async fn claim(server: &Server, worker: &str) -> Option<(String, Value)> {
    let claimed = server.ok("task.claim", json!({"workerId": worker})).await;
    let id = claimed["taskId"].as_str()?.to_owned();
    Some((id, claimed["task"]["lease"]["fence"].clone()))
}

/// Two tasks are made: one is completed; one is given back, fails, is put back and called off.
async fn eventful() -> Server {
    let server = Server::new();
    for worker in ["w-1", "w-2"] {
        server.register(worker, &[]).await;
    }
    for priority in [90, 60] {
        server.make(json!({"text": "a", "priority": priority, "leaseMs": 86_400_000})).await;
    }
    server.clock.advance(3_000);
    let (id, fence) = claim(&server, "w-1").await.unwrap();
    server.clock.advance(20_000);
    server.ok("task.complete", json!({"id": id, "fence": fence})).await;
    let (id, fence) = claim(&server, "w-2").await.unwrap();
    server.ok("task.release", json!({"taskId": id, "fence": fence})).await;
    let (id, fence) = claim(&server, "w-1").await.unwrap();
    server.clock.advance(3_600_000);
    let failed = json!({"taskId": id, "fence": fence, "reason": "error", "retryable": false});
    server.ok("task.fail", failed).await;
    server.ok("task.retry", json!({"id": id})).await;
    server.ok("task.cancel", json!({"id": id})).await;
    server
}

#[tokio::test]
async fn figures_tell_what_happened() {
    let server = eventful().await;
    let back = "2025-11-23T17:00:23.000Z";
    let before = server.ok("analytics.tasks", json!({})).await;
    assert_eq!((&before["buckets"], before.get("countedUpTo")), (&json!([]), None), "{before}");
    counted(&server).await;

    let tasks = server.ok("analytics.tasks", json!({"bucket": "day"})).await;
    assert_eq!(tasks["from"], "2025-11-22T00:00:00.000Z");
    assert_eq!(tasks["to"], "2025-11-24T00:00:00.000Z");
    assert_eq!(tasks["countedUpTo"], "2025-11-23T17:00:23.000Z");
    let first = json!({
        "at": "2025-11-23T00:00:00.000Z", "status": "pending", "count": 3, "averagePriority": 70,
        "firstAt": "2025-11-23T16:00:00.000Z", "lastAt": back,
    });
    assert_eq!(tasks["buckets"][0], first);
    let counts: Vec<_> = tasks["totals"].as_array().unwrap().iter().map(|t| &t["count"]).collect();
    assert_eq!(json!(counts), json!([3, 3, 1, 1, 1]));

    let went = server.ok("analytics.throughput", json!({"bucket": "hour"})).await;
    let hour = |at: &str, flows: [i64; 7]| {
        let [created, started, completed, failed, cancelled, retried, returned] = flows;
        json!({
            "at": at, "created": created, "started": started, "completed": completed,
            "failed": failed, "cancelled": cancelled, "retried": retried, "returned": returned,
        })
    };
    let expected = json!([
        hour("2025-11-23T16:00:00.000Z", [2, 3, 1, 0, 0, 0, 1]),
        hour("2025-11-23T17:00:00.000Z", [0, 0, 0, 1, 1, 1, 0]),
    ]);
    assert_eq!(went["buckets"], expected);
    let methods = went["methods"].as_array().unwrap().iter();
    let methods: Vec<_> = methods.map(|m| (text_of(&m["method"]), m["count"].clone())).collect();
    let done = [("cancel", 1), ("claim", 3), ("complete", 1), ("create", 2), ("fail", 1)];
    let done = done.into_iter().chain([("release", 1), ("retry", 1)]);
    let done: Vec<_> = done.map(|(name, n)| (format!("task.{name}"), json!(n))).collect();
    assert_eq!(methods, done);
}

#[tokio::test]
async fn figures_tell_how_long_it_took_and_who_did_it() {
    let server = eventful().await;
    counted(&server).await;
    let took = server.ok("analytics.latency", json!({})).await;
    let (waiting, working) = (&took["totals"]["waiting"], &took["totals"]["working"]);
    assert_eq!((&waiting["count"], &waiting["averageMs"]), (&json!(2), &json!(13_000)));
    assert_eq!((&working["count"], &working["averageMs"]), (&json!(2), &json!(1_810_000)));
    let near = |told: &Value, exact: f64| {
        assert!((told.as_f64().unwrap() - exact).abs() <= exact * Latencies::ERROR, "{told}");
    };
    near(&waiting["p50Ms"], 3_000.0);
    near(&waiting["p99Ms"], 23_000.0);
    near(&working["p50Ms"], 20_000.0);
    near(&took["buckets"][1]["working"]["p95Ms"], 3_600_000.0);

    let workers = server.ok("analytics.workers", json!({})).await;
    let first = json!({
        "workerId": "w-1", "started": 2, "completed": 1, "failed": 1, "returned": 0, "lost": 0,
        "averageMs": 1_810_000, "firstAt": "2025-11-23T16:00:03.000Z",
        "lastAt": "2025-11-23T17:00:23.000Z",
    });
    assert_eq!(workers["workers"][0], first);
    assert_eq!(workers["workers"][1]["returned"], 1);
    assert_eq!((&workers["total"], &workers["totals"]["started"]), (&json!(2), &json!(3)));
    let one = server.ok("analytics.workers", json!({"limit": 1})).await;
    assert_eq!((one["workers"].as_array().unwrap().len(), &one["total"]), (1, &json!(2)));
}

#[tokio::test]
async fn figures_tell_why_things_failed() {
    let server = Server::new();
    server.register("w", &[]).await;
    for _ in 0..2 {
        server.make(json!({"text": "a", "maxAttempts": 2, "leaseMs": 60_000})).await;
    }
    let by_hand = server.make(json!({"text": "b", "priority": 0})).await;
    server.ok("task.update", json!({"id": by_hand, "updates": {"status": "failed"}})).await;
    let (given_back, fence) = claim(&server, "w").await.unwrap();
    server.ok("task.release", json!({"taskId": given_back, "fence": fence})).await;
    let (first, fence) = claim(&server, "w").await.unwrap();
    let busy =
        json!({"taskId": first, "fence": fence, "reason": "rate_limited", "retryAfterMs": 0});
    server.ok("task.fail", busy).await;
    let (second, fence) = claim(&server, "w").await.unwrap();
    let no = json!({"taskId": second, "fence": fence, "reason": "refused"});
    server.ok("task.fail", no).await;
    let (third, _) = claim(&server, "w").await.unwrap();
    server.clock.advance(3_600_000);
    server.task("any write").await;
    assert_eq!(server.status(&third).await, "pending");
    counted(&server).await;

    let failed = server.ok("analytics.failures", json!({"bucket": "hour"})).await;
    let of = |reason: &str, attempts: i64, tasks: i64| json!({"reason": reason, "attempts": attempts, "tasks": tasks});
    let in_hour = |at: &str, mut of: Value| {
        of["at"] = json!(format!("2025-11-23T{at}:00:00.000Z"));
        of
    };
    let totals = [
        of("refused", 0, 1),
        of("rate_limited", 1, 0),
        of("lease_expired", 1, 0),
        of("other", 0, 1),
    ];
    assert_eq!(failed["totals"], json!(totals));
    let [refused, limited, expired, other] = totals;
    let buckets = [
        in_hour("16", refused),
        in_hour("16", limited),
        in_hour("16", other),
        in_hour("17", expired),
    ];
    assert_eq!(failed["buckets"], json!(buckets));
}

#[tokio::test]
async fn ranges_are_bounded_and_nobody_sees_the_figures_of_others() {
    let server = Server::new();
    server.task("mine").await;
    counted(&server).await;
    for method in ["tasks", "throughput", "latency", "failures", "workers"] {
        let method = format!("analytics.{method}");
        let other = somebody(2, &[Scope::TasksRead]);
        let seen = server.call_as(other, &method, json!({})).await.unwrap();
        let shown = seen["buckets"].as_array().or(seen["workers"].as_array()).unwrap();
        assert!(shown.is_empty(), "{seen}");
        let bad = json!({"from": "2025-11-23T16:00:00Z", "to": "2025-11-23T16:00:00Z"});
        server.refuses(Code::InvalidParams, &method, bad).await;
        let old = json!({"from": "1990-01-01T00:00:00Z"});
        server.refuses(Code::InvalidParams, &method, old).await;
    }
    let long = json!({"from": "2020-01-01T00:00:00Z"});
    server.refuses(Code::InvalidParams, "analytics.workers", long).await;
}

#[tokio::test]
async fn it_counts_by_itself_and_stops_with_the_server() {
    let server = Server::new();
    server.task("before").await;
    let running = tokio::spawn(consumer::run(server.shared.clone()));
    let created = async || {
        let seen = server.ok("analytics.throughput", json!({})).await;
        seen["totals"]["created"].clone()
    };
    until(|| async { created().await == 1 }).await;
    server.task("after").await;
    until(|| async { created().await == 2 }).await;
    server.stop.send_replace(true);
    tokio::time::timeout(PATIENCE, running).await.unwrap().unwrap();
}

/// What the window has moved past is in the store alone.
fn narrow() -> HubOptions {
    HubOptions { events: 4, ..HubOptions::default() }
}

/// A server that keeps few events.
fn forgetful() -> Server {
    let options = SqliteOptions { events_max: 10, ..SqliteOptions::new("") };
    Server::with_window(options, narrow())
}

/// Makes so many tasks; what is past its retention is dropped.
async fn make(server: &Server, count: usize) {
    for n in 0..count {
        server.task(&format!("{n}")).await;
    }
    server.clock.advance(60_000);
    server.shared.commit_as_server(Sweep).await.unwrap();
}

#[tokio::test]
async fn what_was_dropped_before_it_was_counted_is_lost_and_said_to_be() {
    let server = forgetful();
    make(&server, 3).await;
    let whole = counted(&server).await;
    assert_eq!(whole.gaps, []);
    server.clock.advance(3_600_000);
    make(&server, 30).await;
    let lost = counted(&server).await;
    let gap = json!([{"from": "2025-11-23T16:00:00.000Z", "to": "2025-11-23T17:01:00.000Z"}]);
    assert_eq!((lost.gaps.len(), lost.at.to_string()), (1, text_of(&gap[0]["to"])));
    let told = server.ok("analytics.throughput", json!({})).await;
    assert_eq!((&told["lost"], &told["totals"]["created"]), (&gap, &json!(3 + 10)));
    server.clock.advance(3_600_000);
    make(&server, 1).await;
    counted(&server).await;
    let later = json!({"from": "2025-11-23T18:00:00Z", "to": "2025-11-23T19:00:00Z"});
    let later = server.ok("analytics.throughput", later).await;
    assert_eq!((&later["lost"], &later["totals"]["created"]), (&json!([]), &json!(1)));
}

#[tokio::test]
async fn a_log_whose_beginning_is_gone_is_counted_from_where_it_begins() {
    let server = forgetful();
    make(&server, 30).await;
    let first = counted(&server).await;
    assert_eq!((first.gaps.len(), first.gaps[0].from.0, first.rebuilding()), (1, 0, false));
    let told = server.ok("analytics.throughput", json!({})).await;
    assert_eq!(
        (&told["lost"][0]["from"], &told["totals"]["created"]),
        (&json!("1970-01-01T00:00:00.000Z"), &json!(10))
    );
}

#[tokio::test]
async fn what_the_log_has_forgotten_keeps_its_figures_when_it_is_counted_anew() {
    let server = forgetful();
    make(&server, 8).await;
    counted(&server).await;
    server.clock.advance(DAY);
    make(&server, 8).await;
    counted(&server).await;
    server.clock.advance(DAY);
    make(&server, 6).await;
    counted(&server).await;
    let days = json!({"from": "2025-11-23T00:00:00Z", "bucket": "day"});
    let before = server.ok("analytics.throughput", days.clone()).await;
    let created = before["buckets"].as_array().unwrap().iter().map(|day| &day["created"]);
    assert_eq!(json!(created.collect::<Vec<_>>()), json!([8, 8, 6]));
    // Of the second day four events are left.
    let anew = count_anew(&server).await;
    assert_eq!((anew.gaps.len(), anew.rebuilding()), (0, false));
    assert_eq!(server.ok("analytics.throughput", days).await, before);
}

#[tokio::test]
async fn tenants_count_for_themselves() {
    let server = Server::new();
    let make = |tenant, count: usize| {
        let server = &server;
        async move {
            for _ in 0..count {
                let who: Principal = somebody(tenant, &[Scope::TasksWrite, Scope::TasksRead]);
                server.call_as(who, "task.create", json!({"text": "a"})).await.unwrap();
            }
        }
    };
    make(2, 2).await;
    make(3, 5).await;
    counted(&server).await;
    for (tenant, count) in [(1, 0), (2, 2), (3, 5)] {
        let who = somebody(tenant, &[Scope::TasksRead]);
        let seen = server.call_as(who, "analytics.tasks", json!({})).await.unwrap();
        assert_eq!(seen["totals"][0]["count"], count, "{seen}");
    }
}
