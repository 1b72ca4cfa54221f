//! Each rule takes a good record, and finds what was spoilt in it.

use claudebench::verify::{Call, Outcome};
use serde_json::{Value, json};

use super::rules::{Limit, Trouble, disagree, exceeded, followed, late, reads};

fn call(op: &str, args: Value, (start, end): (u64, u64), answer: Value) -> Call {
    let process = "p".to_owned();
    Call { process, op: op.to_owned(), args, start, end, outcome: Outcome::Ok, answer }
}

fn watch(since: i64, start: u64, seen: &[i64]) -> Call {
    call("watch", json!({"since": since}), (start, start + 1), json!({"seen": seen}))
}

#[test]
fn a_follower_who_misses_swaps_or_repeats_an_event_is_found() {
    let (log, names) = ([1, 2, 3, 5, 8, 9], ["p".to_owned()]);
    let wrong = |calls: &[Call]| followed(calls, &log, &names);
    // The later connection stands first in the record; the log was read before the last event.
    let good = [watch(3, 20, &[5, 8, 9, 12]), watch(0, 10, &[1, 2, 3])];
    assert_eq!(wrong(&good), Vec::<String>::new());
    assert_eq!(wrong(&[watch(3, 20, &[5, 8, 9])]), Vec::<String>::new(), "from its cursor on");
    let spoilt: [&[i64]; 6] =
        [&[5, 9], &[5, 8], &[8, 5, 9], &[5, 5, 8, 9], &[5, 8, 9, 12, 8], &[5, 7, 8, 9]];
    for seen in spoilt {
        assert_eq!(wrong(&[watch(0, 10, &[1, 2, 3]), watch(3, 20, seen)]).len(), 1, "{seen:?}");
    }
    assert_eq!(wrong(&[watch(0, 10, &[1, 2]), watch(3, 20, &[5, 8, 9])]).len(), 1, "between two");
    assert_eq!(wrong(&[watch(0, 10, &[1, 2, 3]), watch(3, 20, &[3, 5, 8, 9])]).len(), 1, "twice");
    assert_eq!(wrong(&[]), ["p followed nothing"]);
}

#[test]
fn a_call_that_takes_longer_than_it_may_is_found() {
    let quick = call("task.get", json!({}), (0, 900_000), Value::Null);
    let waits = call("task.claim", json!({"waitMs": 500}), (0, 1_400_000), Value::Null);
    assert!(late(&[quick.clone(), waits.clone(), watch(0, 0, &[])], 1_000).is_empty());
    let slow = Call { end: 1_002_000, ..quick };
    let lost = Call { end: 1_502_000, outcome: Outcome::Unknown, ..waits };
    assert_eq!(late(&[slow, lost], 1_000).len(), 2);
}

fn update(nth: u64, at: u64) -> Call {
    let args = json!({"id": "t-1", "updates": {"text": format!("p {nth}")}});
    call("task.update", args, (at, at + 1), json!({"id": "t-1"}))
}

fn get(nth: u64, version: i64, at: u64) -> Call {
    let answer = json!({"text": format!("p {nth}"), "version": version});
    call("task.get", json!({"id": "t-1"}), (at, at + 1), answer)
}

#[test]
fn a_read_that_is_older_than_an_own_write_is_found() {
    let unknown = Call { outcome: Outcome::Unknown, ..update(3, 50) };
    let good = vec![
        get(0, 1, 5),
        update(1, 10),
        get(1, 2, 20),
        update(2, 30),
        get(2, 3, 40),
        unknown,
        // It may have been done, and be seen here, and there not yet.
        get(3, 4, 60),
        get(2, 3, 70),
    ];
    assert_eq!(reads(&good), Vec::<String>::new());
    let spoilt = |place: usize, with: Call| {
        let mut calls = good.clone();
        calls[place] = with;
        reads(&calls)
    };
    assert_eq!(spoilt(4, get(1, 2, 40)).len(), 1, "an older text");
    assert_eq!(spoilt(4, get(2, 1, 40)).len(), 1, "a new text under an old version");
    assert_eq!(spoilt(6, get(4, 5, 60)).len(), 1, "what nobody wrote");
    assert_eq!(spoilt(7, get(3, 3, 70)).len(), 1, "two texts of a version");
    let older = [update(1, 10), get(1, 2, 20), get(1, 1, 30)];
    assert_eq!(reads(&older).len(), 1, "the new text under an older version");
    assert_eq!(reads(&[update(1, 10)]), ["nobody has read anything"]);
}

const LIMIT: Limit = Limit { per_minute: 600, burst: 5 };
/// Two of three servers without Redis.
const BESIDE: f64 = 2.0 / 3.0;

/// Ten calls a second, for six seconds, after a burst.
fn steady(each: u64) -> Vec<Call> {
    let refused = json!({"code": "rate_limited"});
    let mut calls = vec![call("task.stats", Value::Null, (0, 1_000), refused)];
    calls[0].outcome = Outcome::Err;
    for at in 0..60 {
        for nth in 0..each {
            let start = at * 100_000 + nth * 1_000;
            calls.push(call("task.stats", Value::Null, (start, start + 900), Value::Null));
        }
    }
    calls
}

#[test]
fn more_calls_than_the_rate_and_the_share_are_found() {
    assert!(exceeded(LIMIT, &steady(1), &[]).is_empty());
    assert_eq!(exceeded(LIMIT, &steady(2), &[]).len(), 1, "twice the rate");
    let mut burst = steady(1);
    burst.extend((0..9).map(|nth| {
        call("task.stats", Value::Null, (3_000_000 + nth, 3_000_100 + nth), Value::Null)
    }));
    assert!(exceeded(LIMIT, &burst, &[]).is_empty(), "a burst, and what was held");
    burst.extend((0..3).map(|nth| {
        call("task.stats", Value::Null, (3_000_000 + nth, 3_000_100 + nth), Value::Null)
    }));
    assert_eq!(exceeded(LIMIT, &burst, &[]).len(), 1);
    let trouble = [Trouble { from: 2_900_000, to: 3_100_000, beside: BESIDE }];
    assert!(exceeded(LIMIT, &burst, &trouble).is_empty(), "a bucket that was lost");
    // Three servers that each give out the whole rate are too many in trouble, too.
    let long = [Trouble { from: 0, to: 6_000_000, beside: BESIDE }];
    assert!(exceeded(LIMIT, &steady(1), &long).is_empty());
    assert_eq!(exceeded(LIMIT, &steady(3), &long).len(), 1);
    let twice = [long[0], Trouble { to: 5_000_000, ..long[0] }];
    assert_eq!(exceeded(LIMIT, &steady(3), &twice).len(), 1, "two at a time are no worse than one");
    assert_eq!(exceeded(LIMIT, &steady(1)[1..], &[]), ["nobody has called too often"]);
    assert_eq!(exceeded(LIMIT, &steady(1)[..1], &[]), ["nobody with a key was let in"]);
}

#[test]
fn servers_that_disagree_about_who_is_there_are_found() {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let (there, gone) = (["a".to_owned()], ["c".to_owned()]);
    let found = |answers: &[&[&str]]| {
        let answers: Vec<_> = answers.iter().map(|names| set(names)).collect();
        disagree(&answers, (&there, &gone))
    };
    assert_eq!(found(&[&["a", "b"], &["a", "b"]]), None);
    assert!(found(&[&["a", "b"], &["a"]]).is_some(), "they differ");
    assert!(found(&[&["b"], &["b"]]).is_some(), "a is lost");
    assert!(found(&[&["a", "c"], &["a", "c"]]).is_some(), "c is a ghost");
}
