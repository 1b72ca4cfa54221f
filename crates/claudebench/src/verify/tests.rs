//! Hand-made histories: a good one passes, and each of the others breaks one rule and is caught.

use std::cell::OnceCell;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::history::History;
use super::source::Sources;
use super::{Args, Call, Outcome, Rule, Verdict, check};

/// A history and a final state under construction.
#[derive(Default)]
struct Story {
    calls: Vec<Call>,
    state: Vec<Value>,
    versions: std::collections::HashMap<String, i64>,
    cursor: i64,
    now: u64,
    dir: OnceCell<TempDir>,
}

impl Story {
    /// A call after all before it.
    fn call(&mut self, op: &str, args: Value, outcome: Outcome, answer: Value) -> &mut Call {
        self.now += 10;
        let (start, end) = (self.now, self.now + 5);
        self.calls.push(Call {
            process: "p".into(),
            op: op.into(),
            args,
            start,
            end,
            outcome,
            answer,
        });
        self.calls.last_mut().unwrap()
    }

    fn ok(&mut self, op: &str, args: Value, answer: Value) -> &mut Call {
        self.call(op, args, Outcome::Ok, answer)
    }

    /// An event of the log, in its order.
    fn event(&mut self, kind: &str, task: &str, payload: Value) -> &mut Self {
        self.cursor += 1;
        let version = self.versions.entry(task.to_owned()).or_default();
        *version += 1;
        self.state.push(json!({
            "id": self.cursor.to_string(), "type": kind, "taskId": task, "version": version,
            "timestamp": 1_000 * self.cursor, "payload": payload,
        }));
        self
    }

    fn task(&mut self, task: &str, status: &str) -> &mut Self {
        let version = self.versions.get(task).copied().unwrap_or(0);
        self.state.push(json!({"id": task, "status": status, "version": version, "text": "x"}));
        self
    }

    fn create(&mut self, task: &str, text: &str) -> &mut Self {
        self.ok("task.create", json!({"text": text}), json!({"id": task}));
        self.event("task.created", task, json!({"id": task, "text": text, "status": "pending"}))
    }

    fn claim(&mut self, task: &str, fence: i64) -> &mut Self {
        self.ok("task.claim", json!({"workerId": "w"}), claimed(task, fence, 60_000));
        self.event("task.claimed", task, json!({"taskId": task, "fence": fence}))
    }

    fn complete(&mut self, task: &str, fence: i64) -> &mut Self {
        let args = json!({"id": task, "fence": fence});
        self.ok("task.complete", args, json!({"id": task, "status": "completed"}));
        self.event("task.completed", task, json!({"status": "completed", "fence": fence}))
    }

    fn expired(&mut self, task: &str, fence: i64) -> &mut Self {
        self.cursor += 100;
        let payload = json!({"taskId": task, "fence": fence, "reason": "lease_expired"});
        self.event("task.attempt_failed", task, payload)
    }

    fn verdict(&self, drained: bool) -> Verdict {
        check(&self.write(drained)).unwrap()
    }

    /// Writes both files, and gives the arguments that name them.
    fn write(&self, drained: bool) -> Args {
        let dir = self.dir.get_or_init(|| tempfile::tempdir().unwrap()).path();
        let (calls, state) = (dir.join("calls.jsonl"), dir.join("state.jsonl"));
        let mut text = Vec::new();
        self.calls.iter().for_each(|call| call.write(&mut text).unwrap());
        std::fs::write(&calls, text).unwrap();
        let text: Vec<String> = self.state.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(&state, text.concat()).unwrap();
        Args { histories: vec![calls], events: vec![state], drained }
    }

    #[track_caller]
    fn breaks(&self, rules: &[Rule]) {
        let verdict = self.verdict(true);
        let mut broken: Vec<Rule> = verdict.violations.iter().map(|v| v.rule).collect();
        broken.dedup();
        let mut text = Vec::new();
        verdict.print(&mut text).unwrap();
        assert_eq!(broken, rules, "{}", String::from_utf8_lossy(&text));
        for violation in &verdict.violations {
            assert!(!violation.lines.is_empty(), "{violation:?} shows no line");
            for line in &violation.lines {
                assert!(verdict.sources.show(*line).starts_with('{'), "{line:?} cannot be shown");
            }
        }
    }
}

fn claimed(task: &str, fence: i64, expires_at: i64) -> Value {
    let lease = json!({"fence": fence, "attempt": 1, "expiresAt": expires_at});
    json!({"claimed": true, "taskId": task, "tasks": [{"id": task, "lease": lease}]})
}

/// One of everything that goes well.
fn good() -> Story {
    let mut story = Story::default();
    story.create("t-1", "a").claim("t-1", 1).complete("t-1", 1).task("t-1", "completed");
    // Lost with its worker, then completed by another; the first one is refused.
    story.create("t-2", "b").claim("t-2", 1).expired("t-2", 1).claim("t-2", 2);
    let late = json!({"id": "t-2", "fence": 1});
    story.call("task.complete", late, Outcome::Err, json!({"code": "stale_fence"}));
    story.complete("t-2", 2).task("t-2", "completed");
    // A completion whose answer was lost, and was asked for again.
    story.create("t-3", "c").claim("t-3", 1);
    let args = json!({"id": "t-3", "fence": 1});
    story.call("task.complete", args.clone(), Outcome::Unknown, Value::Null);
    story.event("task.completed", "t-3", json!({"status": "completed", "fence": 1}));
    story.ok("task.complete", args, json!({"status": "completed", "repeated": true}));
    story.task("t-3", "completed");
    // A keyed create whose first answer was lost.
    let args = json!({"text": "d", "idempotencyKey": "k"});
    story.call("task.create", args.clone(), Outcome::Unknown, Value::Null);
    story.ok("task.create", args, json!({"id": "t-4"}));
    story.event("task.created", "t-4", json!({"text": "d"}));
    story.ok("task.cancel", json!({"id": "t-4"}), json!({"id": "t-4", "status": "cancelled"}));
    story.event("task.cancelled", "t-4", json!({"taskId": "t-4"})).task("t-4", "cancelled");
    story
}

#[test]
fn a_good_history_breaks_no_rule() {
    let story = good();
    story.breaks(&[]);
    let verdict = story.verdict(true);
    assert_eq!(
        verdict.summary(),
        "15 calls (12 answered, 1 refused, 2 unknown), 4 tasks, 13 events: every rule holds"
    );
    assert_eq!(Story::default().verdict(true).violations, []);
}

#[test]
fn a_lost_task_is_caught() {
    let mut story = good();
    story.ok("task.create", json!({"text": "e"}), json!({"id": "t-5"}));
    story.breaks(&[Rule::Lost]);
    let mut story = good();
    story.state.retain(|line| line["id"] != "t-1");
    story.breaks(&[Rule::Lost]);
}

#[test]
fn a_task_that_was_deleted_is_not_lost() {
    let mut story = good();
    story.create("t-5", "e");
    story.ok("task.delete", json!({"id": "t-5"}), json!({"id": "t-5", "deleted": true}));
    story.event("task.deleted", "t-5", json!({"id": "t-5"}));
    story.breaks(&[]);
}

#[test]
fn a_keyed_create_that_was_done_twice_is_caught() {
    let mut story = good();
    let args = json!({"text": "e", "idempotencyKey": "k2"});
    story.call("task.create", args.clone(), Outcome::Unknown, Value::Null);
    story.event("task.created", "t-5", json!({"text": "e"})).task("t-5", "cancelled");
    story.ok("task.create", args.clone(), json!({"id": "t-6"}));
    story.event("task.created", "t-6", json!({"text": "e"})).task("t-6", "cancelled");
    story.breaks(&[Rule::MadeTwice]);
    // The answers alone tell it, too.
    story.ok("task.create", args, json!({"id": "t-5"}));
    story.state.retain(|line| line["payload"]["text"] != "e" || line["taskId"] == "t-6");
    let verdict = story.verdict(false);
    assert!(verdict.violations.iter().any(|v| v.rule == Rule::MadeTwice));
}

#[test]
fn a_refused_create_that_was_done_is_caught() {
    let mut story = good();
    story.call("task.create", json!({"text": "e"}), Outcome::Err, json!({"code": "overloaded"}));
    story.event("task.created", "t-5", json!({"text": "e"})).task("t-5", "cancelled");
    story.breaks(&[Rule::MadeTwice]);
    // After a timeout it may have been done.
    story.calls.last_mut().unwrap().answer = json!({"code": "timeout"});
    story.breaks(&[]);
}

#[test]
fn a_change_without_an_event_is_caught() {
    let mut story = good();
    let args = json!({"id": "t-4", "fence": 1});
    story.ok("task.release", args, json!({"id": "t-4", "status": "pending"}));
    story.breaks(&[Rule::Unrecorded]);
    let mut story = good();
    story.create("t-5", "e");
    story.ok("task.claim", json!({}), claimed("t-5", 1, 60_000));
    story.task("t-5", "completed");
    story.breaks(&[Rule::Unrecorded]);
}

#[test]
fn two_completions_are_caught() {
    // As the callers saw it: neither of today's clients gives a fence.
    let mut story = good();
    for _ in 0..2 {
        story.ok("task.complete", json!({"id": "t-1"}), json!({"status": "completed"}));
    }
    story.breaks(&[Rule::CompletedTwice]);
    // As the log has it.
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1).complete("t-5", 1);
    story.event("task.completed", "t-5", json!({"status": "completed", "fence": 1}));
    story.task("t-5", "completed").breaks(&[Rule::CompletedTwice]);
}

#[test]
fn a_completion_that_is_disowned_is_caught() {
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1);
    let args = json!({"id": "t-5", "fence": 1});
    story.call("task.complete", args.clone(), Outcome::Unknown, Value::Null);
    story.event("task.completed", "t-5", json!({"status": "completed", "fence": 1}));
    story.call("task.complete", args, Outcome::Err, json!({"code": "stale_fence"}));
    story.task("t-5", "completed").breaks(&[Rule::Disowned]);
}

#[test]
fn a_retry_allows_another_completion() {
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1).complete("t-5", 1);
    story.ok("task.retry", json!({"id": "t-5", "force": true}), json!({"id": "t-5"}));
    story.event("task.retried", "t-5", json!({"taskId": "t-5", "previousStatus": "completed"}));
    story.claim("t-5", 2).complete("t-5", 2).task("t-5", "completed").breaks(&[]);
}

#[test]
fn a_retry_without_force_allows_none() {
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1).complete("t-5", 1);
    story.ok("task.retry", json!({"id": "t-5"}), json!({"id": "t-5"}));
    story.event("task.retried", "t-5", json!({"taskId": "t-5", "previousStatus": "failed"}));
    story.claim("t-5", 2).complete("t-5", 2).task("t-5", "completed");
    story.breaks(&[Rule::CompletedTwice, Rule::Undone]);
}

#[test]
fn an_undone_completion_is_caught() {
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1).complete("t-5", 1);
    story.task("t-5", "failed").breaks(&[Rule::Undone]);
    // Given out again.
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1).complete("t-5", 1).claim("t-5", 2);
    story.task("t-5", "completed").breaks(&[Rule::Undone]);
}

#[test]
fn a_completion_after_the_cancellation_is_caught() {
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1);
    story.ok("task.cancel", json!({"id": "t-5"}), json!({"status": "in_progress"}));
    story.event("task.cancel_requested", "t-5", json!({"taskId": "t-5"}));
    story.complete("t-5", 1).task("t-5", "completed").breaks(&[Rule::CompletedAfterCancel]);
}

#[test]
fn a_stale_report_is_caught() {
    // The heartbeat of a sleeper is accepted: it has no event.
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1).expired("t-5", 1).claim("t-5", 2);
    story.ok("task.heartbeat", json!({"id": "t-5", "fence": 1}), json!({"id": "t-5"}));
    story.complete("t-5", 2).task("t-5", "completed").breaks(&[Rule::StaleFence]);
    // Its completion: the log tells it, too.
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1).expired("t-5", 1).claim("t-5", 2);
    story.complete("t-5", 1).task("t-5", "completed").breaks(&[Rule::StaleFence]);
}

#[test]
fn a_repeated_report_is_not_stale() {
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1);
    let args = json!({"id": "t-5", "fence": 1});
    story.call("task.release", args.clone(), Outcome::Unknown, Value::Null);
    story.event("task.released", "t-5", json!({"taskId": "t-5", "fence": 1}));
    story.claim("t-5", 2);
    story.ok("task.release", args, json!({"status": "pending", "repeated": true}));
    story.complete("t-5", 2).task("t-5", "completed").breaks(&[]);
}

#[test]
fn a_report_that_repeats_what_another_reported_is_caught() {
    // The task was parked on another, which knows no fences; the first worker wakes up.
    let parked = |fence: i64| {
        let mut story = good();
        story.create("t-5", "e").claim("t-5", 1).expired("t-5", 1);
        story.event("task.assigned", "t-5", json!({"taskId": "t-5"}));
        let args = json!({"id": "t-5", "workerId": "x"});
        story.ok("task.complete", args, json!({"status": "completed"}));
        story.event("task.completed", "t-5", json!({"status": "completed", "fence": fence}));
        story.task("t-5", "completed");
        story
    };
    parked(2).breaks(&[]);
    // The log alone tells that a fence ended twice.
    parked(1).breaks(&[Rule::StaleFence]);
    let late = json!({"id": "t-5", "fence": 1});
    let mut story = parked(2);
    story.call("task.complete", late.clone(), Outcome::Err, json!({"code": "stale_fence"}));
    story.breaks(&[]);
    story.ok("task.complete", late, json!({"status": "completed", "repeated": true}));
    let rules: Vec<Rule> = story.verdict(true).violations.iter().map(|v| v.rule).collect();
    assert!(rules.contains(&Rule::StaleFence), "{rules:?}");
    // Under the very lease: another has failed it, and so does its worker.
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1);
    story.ok("task.fail", json!({"id": "t-5"}), json!({"status": "failed"}));
    story.event("task.completed", "t-5", json!({"status": "failed", "fence": 1}));
    story.task("t-5", "failed").breaks(&[]);
    let own = json!({"id": "t-5", "fence": 1});
    story.ok("task.fail", own, json!({"status": "failed", "repeated": true}));
    story.breaks(&[Rule::StaleFence]);
}

#[test]
fn a_worker_is_refused_what_another_has_completed() {
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1);
    story.ok("task.complete", json!({"id": "t-5"}), json!({"status": "completed"}));
    story.event("task.completed", "t-5", json!({"status": "completed", "fence": 1}));
    let own = json!({"id": "t-5", "fence": 1});
    story.call("task.complete", own, Outcome::Err, json!({"code": "stale_fence"}));
    story.task("t-5", "completed").breaks(&[]);
}

#[test]
fn two_leases_at_once_are_caught() {
    // The same fence to two callers.
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1);
    story.ok("task.claim", json!({"workerId": "v"}), claimed("t-5", 1, 60_000));
    story.complete("t-5", 1).task("t-5", "completed").breaks(&[Rule::TwoLeases]);
    // A fence that does not grow.
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 2).expired("t-5", 2).claim("t-5", 1);
    story.task("t-5", "cancelled").breaks(&[Rule::TwoLeases]);
    // In the log: a claim while a lease was current.
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1).claim("t-5", 2).complete("t-5", 2);
    story.task("t-5", "completed").breaks(&[Rule::TwoLeases]);
}

#[test]
fn a_lease_that_is_cut_short_is_caught() {
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1);
    let lease = json!({"fence": 1, "expiresAt": 9_000_000});
    story.ok("task.heartbeat", json!({"id": "t-5", "fence": 1}), json!({"lease": lease}));
    story.expired("t-5", 1).claim("t-5", 2).complete("t-5", 2);
    story.task("t-5", "completed").breaks(&[Rule::CutShort]);
}

#[test]
fn a_lease_that_did_not_come_back_is_caught() {
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1).task("t-5", "in_progress");
    story.state.push(json!({"takenAt": 9_000_000}));
    story.breaks(&[Rule::NotReturned, Rule::Stuck]);
    story.state.pop();
    story.state.push(json!({"takenAt": 64_000}));
    story.breaks(&[Rule::Stuck]);
}

#[test]
fn a_task_that_is_left_is_caught() {
    let mut story = good();
    story.create("t-5", "e").task("t-5", "pending").breaks(&[Rule::Stuck]);
    assert_eq!(story.verdict(false).violations, []);
}

#[test]
fn a_gap_in_the_versions_is_caught() {
    let mut story = good();
    story.create("t-5", "e");
    story.versions.insert("t-5".into(), 2);
    story.claim("t-5", 1).complete("t-5", 1).task("t-5", "completed").breaks(&[Rule::Gap]);
    // The last one is missing: the task knows better.
    let mut story = good();
    story.create("t-5", "e").claim("t-5", 1).complete("t-5", 1);
    story.versions.insert("t-5".into(), 4);
    story.task("t-5", "completed").breaks(&[Rule::Gap]);
    // Two events at one place.
    let mut story = good();
    let other = json!({"id": "1", "type": "instance.registered", "payload": {}});
    story.state.push(other);
    story.breaks(&[Rule::Gap]);
}

#[test]
fn a_task_that_starts_too_soon_is_caught() {
    let tasks = json!([{"key": "one", "text": "e"}, {"text": "f", "dependsOn": ["one"]}]);
    let made = json!({"tasks": [{"id": "t-5"}, {"id": "t-6"}]});
    let mut story = good();
    story.ok("task.create_many", json!({"tasks": tasks}), made);
    story.event("task.created", "t-5", json!({"text": "e"}));
    story.event("task.created", "t-6", json!({"text": "f"}));
    let mut soon = good();
    std::mem::swap(&mut soon, &mut story);
    let (mut early, mut late) = (soon, story);
    early.claim("t-6", 1).complete("t-6", 1).claim("t-5", 1).complete("t-5", 1);
    early.task("t-5", "completed").task("t-6", "completed").breaks(&[Rule::TooSoon]);
    late.create("t-7", "g").claim("t-7", 1).complete("t-7", 1).task("t-7", "completed");
    late.ok("task.create", json!({"text": "h", "dependsOn": ["t-7"]}), json!({"id": "t-8"}));
    late.event("task.created", "t-8", json!({"text": "h"}));
    late.claim("t-8", 1).complete("t-8", 1).task("t-8", "completed").breaks(&[]);
}

#[test]
fn a_missed_event_is_caught() {
    let watch = |story: &mut Story, since: Value, seen: &[i64]| {
        let seen: Vec<String> = seen.iter().map(ToString::to_string).collect();
        story.call("watch", json!({"since": since}), Outcome::Unknown, json!({"seen": seen}));
    };
    let mut story = good();
    watch(&mut story, Value::Null, &[1, 2, 3]);
    // At least once: the last one comes again.
    watch(&mut story, json!("2"), &[3, 4]);
    story.breaks(&[]);
    watch(&mut story, json!("4"), &[6]);
    story.breaks(&[Rule::Missed]);
    let mut story = good();
    watch(&mut story, Value::Null, &[1, 3, 2]);
    story.breaks(&[Rule::Missed]);
    // One that is not in the log; unless it may have come after the log was written down.
    let mut story = good();
    let end = story.cursor;
    watch(&mut story, json!((end - 1).to_string()), &[end, end + 1]);
    story.breaks(&[]);
    let hidden = story.state.iter().position(|line| line["taskId"] == "t-1").unwrap();
    watch(&mut story, Value::Null, &[1, 2, 3]);
    story.state.remove(hidden + 1);
    let rules: Vec<Rule> = story.verdict(true).violations.iter().map(|v| v.rule).collect();
    assert!(rules.contains(&Rule::Missed), "{rules:?}");
}

#[test]
fn a_line_that_is_cut_short_at_the_end_is_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("calls");
    let mut history = History::default();
    let mut sources = Sources::default();
    let whole = r#"{"process":"p","op":"x","start":1,"end":2,"outcome":"ok"}"#;
    std::fs::write(&path, format!("{whole}\n{}", &whole[..20])).unwrap();
    sources.file(&path, &mut |line, text| history.read(line, text)).unwrap();
    assert_eq!(history.counted.ok, 1);
    std::fs::write(&path, format!("{}\n{whole}\n", &whole[..20])).unwrap();
    let error = sources.file(&path, &mut |line, text| history.read(line, text)).unwrap_err();
    assert!(error.to_string().contains("calls:1: no call: "), "{error}");
}

#[test]
fn what_was_found_is_written_for_people_and_for_programs() {
    let mut story = good();
    story.create("t-5", "e").task("t-5", "pending");
    assert_eq!(check(&story.write(false)).unwrap().violations.len(), 0);
    let args = story.write(true);
    let verdict = check(&args).unwrap();
    let mut out = Vec::new();
    verdict.write(false, &mut out).unwrap();
    let text = String::from_utf8(std::mem::take(&mut out)).unwrap();
    assert!(text.contains("stuck: t-5 is still pending at the end\n"), "{text}");
    assert!(text.contains("state.jsonl:19: {"), "{text}");
    verdict.write(true, &mut out).unwrap();
    let json: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(json["violations"][0]["rule"], "stuck");
    std::fs::remove_file(&args.events[0]).unwrap();
    assert!(check(&args).unwrap_err().to_string().contains("state.jsonl cannot be read"));
}
