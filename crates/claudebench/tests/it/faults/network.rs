//! A network between a server and its database that goes wrong: the server notices, says so, and goes
//! on by itself; what it answered is so.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use claudebench_testkit::postgres::{Database, Postgres};
use claudebench_testkit::proxy::{Fault, Proxy};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::ask;
use super::over::{Over, soon};

/// No call takes longer, whatever is wrong.
const BOUND: Duration = Duration::from_secs(20);
/// So many make tasks at a time; every other one with keys.
const MAKERS: usize = 8;

/// A server, and the way to its database.
async fn house() -> (Arc<Over>, Proxy, Database) {
    let server = Postgres::shared().await;
    let database = server.database().await;
    let way = Proxy::before(server.port()).await;
    let own = format!("127.0.0.1:{}", server.port());
    let url = database.url().replace(&own, &format!("127.0.0.1:{}", way.port()));
    (Arc::new(Over::start(&url).await), way, database)
}

/// What came of each task that was to be made, by its text.
type Made = HashMap<String, Result<Value, Value>>;

async fn make(server: &Over, text: &str, keyed: bool) -> Result<Value, Value> {
    let mut args = json!({"text": text});
    if keyed {
        args["idempotencyKey"] = text.into();
    }
    let began = Instant::now();
    let done = ask(&server.target, "task.create", args).await;
    assert!(began.elapsed() < BOUND, "{text} took {:?}: {done:?}", began.elapsed());
    done
}

fn is_keyed(text: &str) -> bool {
    text.starts_with("keyed")
}

/// Make tasks until they are told to stop, or one could not be made.
fn makers(server: &Arc<Over>, stop: &Arc<AtomicBool>) -> JoinSet<Made> {
    let mut makers = JoinSet::new();
    for maker in 0..MAKERS {
        let (server, stop) = (server.clone(), stop.clone());
        makers.spawn(async move {
            let mut made = Made::new();
            for number in 0.. {
                let kind = if maker % 2 == 0 { "keyed" } else { "plain" };
                let text = format!("{kind} {maker}-{number}");
                let done = make(&server, &text, maker % 2 == 0).await;
                let ended = done.is_err() || stop.load(Ordering::Relaxed);
                made.insert(text, done);
                if ended {
                    break;
                }
            }
            made
        });
    }
    makers
}

async fn goes_wrong(fault: Fault) {
    let (server, way, database) = house().await;
    let stop = Arc::new(AtomicBool::new(false));
    let makers = makers(&server, &stop);
    soon("they are at work", async || count(&server).await > 50).await;
    way.set(fault);
    let began = Instant::now();
    soon("it is told of", async || server.ready().await.0 == 503).await;
    let told = began.elapsed();
    assert!(told < Duration::from_secs(8), "{told:?}");
    let (_, why) = server.ready().await;
    assert!(why.contains("the store cannot be used now: "), "{why}");
    // Whoever comes now is refused, and not kept waiting.
    let refused = make(&server, "plain late", false).await.unwrap_err();
    assert_eq!(refused["code"], "unavailable", "{refused}");
    let read = Instant::now();
    let unread = ask(&server.target, "task.list", json!({"limit": 1})).await.unwrap_err();
    assert!(read.elapsed() < BOUND && unread["code"] == "unavailable", "{unread}");
    let mut made: Made = makers.join_all().await.into_iter().flatten().collect();
    made.insert("plain late".to_owned(), Err(refused));
    way.set(Fault::None);
    let healed = Instant::now();
    server.recovers().await;
    assert!(healed.elapsed() < Duration::from_secs(10), "{:?}", healed.elapsed());
    let again: Vec<String> = made.keys().filter(|text| is_keyed(text)).cloned().collect();
    for text in again {
        let repeated = make(&server, &text, true).await.unwrap();
        if let Some(Ok(before)) = made.insert(text, Ok(repeated.clone())) {
            assert_eq!(before["id"], repeated["id"], "it was made before");
        }
    }
    judge(&server, &made).await;
    Arc::into_inner(server).unwrap().stop().await;
    drop(database);
}

/// How many tasks there are.
async fn count(server: &Over) -> u64 {
    let page = ask(&server.target, "task.list", json!({"limit": 1})).await;
    page.ok().and_then(|page| page["totalCount"].as_u64()).unwrap_or(0)
}

/// What was answered is so, and nothing else is there.
async fn judge(server: &Over, made: &Made) {
    let mut there: HashMap<String, usize> = HashMap::new();
    let mut args = json!({"limit": 1_000, "order": "asc"});
    loop {
        let page = ask(&server.target, "task.list", args.clone()).await.unwrap();
        for task in page["tasks"].as_array().unwrap() {
            *there.entry(task["text"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        if page["hasMore"] != true {
            break;
        }
        args["after"] = page["nextCursor"].clone();
    }
    for (text, done) in made {
        let found = there.remove(text).unwrap_or(0);
        match done {
            Ok(_) => assert_eq!(found, 1, "{text}"),
            Err(error) if error["code"] == "timeout" => assert!(found <= 1, "{text}: {error}"),
            Err(error) => {
                assert_eq!(error["code"], "unavailable", "{text}");
                assert_eq!(found, 0, "{text}: {error}");
            }
        }
    }
    assert!(there.is_empty(), "nobody made {there:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_swallows_everything() {
    goes_wrong(Fault::BlackHole).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_over_which_no_answer_comes() {
    goes_wrong(Fault::Mute).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_over_which_no_question_comes() {
    goes_wrong(Fault::Deaf).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_resets_connections() {
    goes_wrong(Fault::Reset).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_is_slow_is_waited_for() {
    let (server, way, database) = house().await;
    make(&server, "plain before", false).await.unwrap();
    // A new connection goes four times to and fro, and has a second for that here.
    way.set(Fault::Delay(Duration::from_millis(60)));
    let stop = Arc::new(AtomicBool::new(false));
    let makers = makers(&server, &stop);
    let began = Instant::now();
    soon("some time has passed", async || {
        let (status, why) = server.ready().await;
        assert_eq!(status, 200, "{why}");
        began.elapsed() > Duration::from_secs(4)
    })
    .await;
    stop.store(true, Ordering::Relaxed);
    let mut made: Made = makers.join_all().await.into_iter().flatten().collect();
    assert!(made.values().all(Result::is_ok), "{made:?}");
    made.insert("plain before".to_owned(), Ok(Value::Null));
    way.set(Fault::None);
    judge(&server, &made).await;
    Arc::into_inner(server).unwrap().stop().await;
    drop(database);
}
