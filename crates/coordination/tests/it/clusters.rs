//! Several clusters over which data are spread: one is added, one is away.

use std::sync::Arc;
use std::time::Duration;

use claudebench_coordination::limits::{Limiter, MemoryRates, Rate, Rates, RedisRates, Wanted};
use claudebench_coordination::redis::{LinkError, Links, RedisOptions};
use claudebench_coordination::relay::{Relay, Sender, follow};
use claudebench_coordination::servers::Servers;
use claudebench_coordination::sessions::{Doubt, Found, KeptSessions, Looked, Session};
use claudebench_coordination::windows::{Counted, RedisWindows, Windows};
use claudebench_core::time::SystemClock;
use claudebench_core::{Cursor, Millis};
use claudebench_testkit::redis::{End, Options, Redis};
use claudebench_testkit::until;
use tokio::sync::mpsc;

use super::link::{opened, to};
use super::relay::{commit, is_followed};

pub(super) async fn two() -> (Redis, Redis) {
    tokio::join!(Redis::start(Options::default()), Redis::start(Options::default()))
}

/// Servers that stand for clusters, by their names.
pub(super) async fn links(all: &[(&str, &Redis)]) -> Links {
    let mut links = Vec::new();
    for (name, redis) in all {
        links.push(opened(RedisOptions { name: (*name).to_owned(), ..to(redis) }).await);
    }
    Links::of(links).unwrap()
}

/// So many names, and how many of them lie at the one called `b` of two.
const NAMES: usize = 200;

fn names() -> Vec<String> {
    (0..NAMES).map(|nth| format!("principal:{nth}")).collect()
}

async fn granted(rates: &RedisRates, name: &str, rate: Rate, want: u32) -> u32 {
    rates.take(name, rate, want, 1).await.unwrap().granted
}

/// Nothing comes while a test runs.
const SLOW: Rate = Rate { per_minute: 1, burst: 10 };

#[tokio::test]
async fn what_was_taken_before_a_cluster_was_added_is_not_given_out_again() {
    let (old, new) = two().await;
    let before = RedisRates::new(links(&[("a", &old)]).await, "store");
    for name in names() {
        assert_eq!(granted(&before, &name, SLOW, 7).await, 7);
    }
    // Two servers at once, which both find nothing at the new place.
    let after = links(&[("b", &new), ("a", &old)]).await;
    let [one, other] = [0; 2].map(|_| Arc::new(RedisRates::new(after.clone(), "store")));
    for name in names() {
        let takers = [&one, &other, &one, &other].map(|rates| granted(rates, &name, SLOW, 2));
        let granted: u32 = futures_util::future::join_all(takers).await.into_iter().sum();
        assert_eq!(granted, 3, "of ten, {name}");
    }
    let moved: usize = new.tell("DBSIZE").await;
    assert!((NAMES * 4 / 10..=NAMES * 6 / 10).contains(&moved), "{moved} of {NAMES}");
    // What is new is not there twice either, and what is known is asked for once.
    assert_eq!(
        granted(&one, "fresh", SLOW, 10).await + granted(&other, "fresh", SLOW, 10).await,
        10
    );
    let calls = || after.each().map(|link| link.status().calls).sum::<u64>();
    let known = calls();
    granted(&one, "fresh", SLOW, 1).await;
    assert_eq!(calls(), known + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_hold_over_the_move() {
    /// So few that nobody takes a handful, which would be lost when its server stops.
    const BURST: u32 = 7;
    const MANY: usize = 60;
    let (old, new) = two().await;
    let servers = async |links: &[(&str, &Redis)]| {
        let mut limiters = Vec::new();
        for _ in 0..3 {
            let rates = RedisRates::new(self::links(links).await, "store");
            let own = MemoryRates::new(Arc::new(SystemClock::default()));
            let limiter = Limiter::new(own, Some(Arc::new(rates)));
            limiter.set_servers(3);
            limiters.push(Arc::new(limiter));
        }
        limiters
    };
    let rate = Rate { per_minute: 1, burst: BURST };
    let wanted = |nth| Wanted { name: format!("key-{nth}").into(), policy: "test", rate };
    let let_in = async |limiters: &[Arc<Limiter>], most: u32, nth: usize| {
        let mut count = 0;
        while count < most && limiters[count as usize % 3].admit(&[wanted(nth)]).await.is_ok() {
            count += 1;
        }
        count
    };
    let before = servers(&[("a", &old)]).await;
    let mut counts = [0; MANY];
    for (nth, count) in counts.iter_mut().enumerate() {
        *count = let_in(&before, BURST / 2, nth).await;
    }
    let after = servers(&[("a", &old), ("b", &new)]).await;
    for (nth, count) in counts.iter_mut().enumerate() {
        *count += let_in(&after, u32::MAX, nth).await;
    }
    // The minute that may have passed gives one more.
    assert!(counts.iter().all(|count| (BURST..=BURST + 1).contains(count)), "{counts:?}");
    let moved: usize = new.tell("DBSIZE").await;
    assert!((MANY * 3 / 10..=MANY * 7 / 10).contains(&moved), "{moved} of {MANY}");
}

#[tokio::test]
async fn what_is_found_nowhere_else_is_moved_and_what_is_deleted_stays_away() {
    const LIFE: Duration = Duration::from_secs(600);
    let (old, new) = two().await;
    let (before, after) = (links(&[("a", &old)]).await, links(&[("a", &old), ("b", &new)]).await);
    let keys: Vec<String> = (0..50).map(|nth| format!("cb:session:{nth}")).collect();
    let read = async |links: &Links, key: &str| {
        let mut get = redis::cmd("HGET");
        get.arg(key).arg("f");
        let mut found: Option<String> = links.at(key).ask(&get).await.unwrap();
        if found.is_none() && links.bring(key, LIFE).await.unwrap() {
            found = links.at(key).ask(&get).await.unwrap();
        }
        found
    };
    let mut write = redis::pipe();
    for key in &keys {
        write.cmd("HSET").arg(key).arg("f").arg(key).ignore();
        write.cmd("PEXPIRE").arg(key).arg(60_000).ignore();
    }
    before.at("").ask_all::<()>(&write).await.unwrap();
    for key in &keys {
        assert_eq!(read(&after, key).await.as_deref(), Some(&**key));
        assert_eq!(read(&after, key).await.as_deref(), Some(&**key), "and once more");
    }
    let counts: [usize; 2] = [old.tell("DBSIZE").await, new.tell("DBSIZE").await];
    let probes = 2;
    assert!(
        (50..=50 + probes).contains(&counts.iter().sum::<usize>()),
        "each in one place: {counts:?}"
    );
    assert!(counts[0] > 12 && counts[1] > 12, "{counts:?}");
    let moved = keys.iter().find(|key| after.at(key).name() == "b").unwrap();
    let left: i64 = new.tell(&format!("PTTL {moved}")).await;
    assert!((1..=60_000).contains(&left), "{left}");
    // As a server writes that does not know of the new one yet.
    before.at("").ask_all::<()>(&write).await.unwrap();
    for key in &keys {
        after.forget_before(key, LIFE).await.unwrap();
        after.at(key).ask::<()>(redis::cmd("UNLINK").arg(key)).await.unwrap();
        assert_eq!(read(&after, key).await, None);
    }
    let never = Duration::ZERO;
    assert!(before.before("x", LIFE).is_none() && after.before("x", never).is_some());
}

fn open(looked: Looked) -> Found {
    let Looked::Open(found) = looked else { panic!("{looked:?}") };
    found
}

#[tokio::test]
async fn people_stay_logged_in_over_the_move_and_who_logs_out_is_out() {
    let (old, new) = two().await;
    let (before, after) = (links(&[("a", &old)]).await, links(&[("a", &old), ("b", &new)]).await);
    let session = |position| Session {
        key: "key".into(),
        opened_at: Millis(1_763_913_600_000),
        position,
        unsure_until: Millis(0),
    };
    let kept = |links: &Links| {
        let clock = Arc::new(SystemClock::default());
        KeptSessions::new(clock, Some((links.clone(), "store")))
    };
    let ids: Vec<String> = (0..30).map(|nth| format!("id-{nth}")).collect();
    let kept_before = kept(&before);
    for id in &ids {
        kept_before.open(id, session(1)).await;
    }
    let servers = [kept(&after), kept(&after)];
    for id in &ids {
        // Both look at once.
        let found = tokio::join!(servers[0].look(id), servers[1].look(id));
        let (found, other) = (open(found.0), open(found.1));
        assert!(found == other && found.session == session(1) && found.is_sure, "{found:?}");
        assert_eq!(found.doubt, Some(Doubt::New), "neither has a copy");
        for server in &servers {
            server.keep(id, &found).await;
        }
        servers[0].wrote(id, 7).await;
        let found = open(servers[1].look(id).await);
        assert_eq!((found.session, found.doubt), (session(7), None));
    }
    let moved: usize = new.tell("DBSIZE").await;
    assert!((5..=25).contains(&moved), "{moved}");
    let (out, others) = ids.split_at(20);
    for id in out {
        servers[0].close(id).await;
        assert_eq!(servers[1].look(id).await, Looked::Over);
    }
    new.stop(End::Kill).await;
    for id in others {
        let lies = after.at(&format!("cb:session:store:{id}")).name();
        let found = open(servers[1].look(id).await);
        assert_eq!((found.is_sure, found.session), (lies == "a", session(7)), "{id} at {lies}");
        servers[1].close(id).await;
        let left = servers[1].look(id).await;
        let is_over = if lies == "a" { Looked::Over } else { Looked::Unknown };
        assert_eq!(left, is_over, "{id} at {lies}");
    }
}

#[tokio::test]
async fn servers_and_what_they_counted_are_known_over_the_move() {
    let (old, new) = two().await;
    let (before, after) = (links(&[("x", &old)]).await, links(&[("x", &old), ("y", &new)]).await);
    let now = Millis(1_763_913_600_000);
    let counted = Counted { calls: 5, ..Counted::default() };
    let mut moved = [false; 2];
    for store in (0..20).map(|nth| format!("store-{nth}")) {
        let both =
            [Servers::new(before.clone(), &store, "a"), Servers::new(after.clone(), &store, "b")];
        assert_eq!(both[0].here().await.unwrap(), 1);
        let here = both[1].here().await.unwrap();
        assert_eq!(here, 2, "whether it moved or not");
        let both = [
            RedisWindows::new(before.clone(), &*store, "a"),
            RedisWindows::new(after.clone(), &*store, "b"),
        ];
        for one in &both {
            one.add(&[(now.0 / 10_000, counted.clone())], now, 3).await.unwrap();
        }
        let seen = both[1].look(now).await.unwrap();
        assert_eq!((seen.windows[0].calls, seen.connections, seen.servers), (10, 6, 2));
        let known = both[0].look(now).await.unwrap().servers;
        moved[usize::from(known == 1)] = true;
    }
    assert_eq!(moved, [true; 2], "some have moved, and some have not");
}

#[tokio::test]
async fn one_that_is_away_costs_what_lies_there() {
    let (one, other) = two().await;
    let links = links(&[("a", &one), ("b", &other)]).await;
    let rates = RedisRates::new(links.clone(), "store");
    other.stop(End::Kill).await;
    let lies_at = |name: &str| links.at(&format!("cb:ratelimit:store:{name}")).name().to_owned();
    until("the breaker is open", async || {
        for name in names().iter().filter(|name| lies_at(name) == "b") {
            assert!(rates.take(name, SLOW, 1, 1).await.is_err());
        }
        !links.are_up_now()
    })
    .await;
    for name in names() {
        let taken = rates.take(&name, SLOW, 1, 1).await;
        match &*lies_at(&name) {
            "a" => assert_eq!(taken.unwrap().granted, 1, "{name}"),
            _ => assert!(matches!(taken, Err(LinkError::Away)), "{name}: {taken:?}"),
        }
    }
    let up: Vec<(&str, bool)> = links.each().map(|link| (link.name(), link.is_up_now())).collect();
    assert_eq!(up, [("a", true), ("b", false)]);
    other.restart().await;
    until("it is used again", async || {
        let mut all = true;
        for name in names() {
            all &= rates.take(&name, SLOW, 1, 1).await.is_ok();
        }
        all
    })
    .await;
}

#[tokio::test]
async fn commits_go_by_another_cluster_while_the_own_one_is_away() {
    let (one, other) = two().await;
    let all = [("a", &one), ("b", &other)];
    let links = links(&all).await;
    let sender = |server: &str| Sender { store: "store".to_owned(), server: server.to_owned() };
    let (into, mut heard) = mpsc::channel(99);
    let following = tokio::spawn(follow(links.clone(), sender("follower"), into));
    is_followed(&one).await;
    is_followed(&other).await;
    let mut relays = Vec::new();
    // Some write into either.
    for server in 0..8 {
        let (relay, sending) = Relay::new(links.clone(), sender(&format!("{server}")));
        relays.push((relay, tokio::spawn(sending.run(std::future::pending()))));
    }
    let mut places = 0;
    let mut hear = async |relays: &[(Relay, _)]| {
        let first = places;
        for (relay, _) in relays {
            relay.send(commit(places, "1"));
            places += 1;
        }
        let mut ends = Vec::new();
        while ends.len() < relays.len() {
            let end = heard.recv().await.unwrap().end;
            // A connection that breaks may have sent it.
            if !ends.contains(&end) && end.0 > first {
                ends.push(end);
            }
        }
        ends.sort();
        let all: Vec<Cursor> = (first + 1..=places).map(Cursor).collect();
        assert_eq!(ends, all);
    };
    // Channels of all are in one of them, wherever a server writes.
    let mut listeners = [one.listen(&["task.*"]).await, other.listen(&["task.*"]).await];
    hear(&relays).await;
    let counts: [usize; 2] =
        [one.tell("XLEN cb:stream:events").await, other.tell("XLEN cb:stream:events").await];
    assert!(counts.iter().sum::<usize>() == 8 && !counts.contains(&0), "{counts:?}");
    let of_channels = usize::from(links.at("cb:channels").name() == "b");
    for _ in 0..8 {
        assert_eq!(listeners[of_channels].hear().await.1, "first");
    }
    for redis in [&one, &other] {
        redis.stop(End::Kill).await;
        hear(&relays).await;
        redis.restart().await;
        until("it is reached again", async || links.are_up_now()).await;
        is_followed(redis).await;
        hear(&relays).await;
    }
    assert!(relays.iter().all(|(relay, _)| relay.status().left == 0));
    following.abort();
}
