//! What the callers saw, task by task.

use std::collections::HashMap;

use claudebench_core::{Millis, Status, TaskId};
use serde::Deserialize;
use serde_json::Value;

use super::record::{Call, Outcome};
use super::source::Line;

/// When a call ran, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct When {
    pub(super) line: Line,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) outcome: Outcome,
}

impl When {
    /// Its answer was known before the other call began.
    pub(super) fn before(&self, other: &Self) -> bool {
        self.outcome == Outcome::Ok && self.end < other.start
    }

    pub(super) fn ok(&self) -> bool {
        self.outcome == Outcome::Ok
    }

    /// It may have been done.
    pub(super) fn possible(&self) -> bool {
        self.outcome != Outcome::Err
    }
}

/// A call that makes tasks.
#[derive(Debug)]
pub(super) struct Create {
    pub(super) when: When,
    pub(super) key: Option<String>,
    /// Each task's text, and what it depends on.
    pub(super) tasks: Vec<(String, Vec<String>)>,
    /// Its local keys, by place.
    pub(super) names: Vec<Option<String>>,
    /// The tasks that were made, and whether they lived already.
    pub(super) made: Vec<(TaskId, bool)>,
}

/// A task that a claim got.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) when: When,
    pub(super) key: Option<String>,
    pub(super) fence: i64,
    pub(super) expires_at: Option<Millis>,
}

/// What a worker reports.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Kind {
    Complete,
    Fail,
    Release,
    Heartbeat,
}

/// A report of a worker on one task.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) when: When,
    pub(super) kind: Kind,
    pub(super) key: Option<String>,
    pub(super) fence: Option<i64>,
    /// Where the task stood after it.
    pub(super) status: Option<Status>,
    /// The lease after it.
    pub(super) expires_at: Option<Millis>,
    /// It was answered as one that had been taken before.
    pub(super) repeated: bool,
    /// It was refused, as its fence is not current.
    pub(super) stale: bool,
}

impl Report {
    /// It was answered: the task is completed.
    pub(super) fn completed(&self) -> bool {
        self.kind == Kind::Complete && self.when.ok() && self.status == Some(Status::Completed)
    }
}

/// All that was done to one task.
#[derive(Debug, Default)]
pub(super) struct Of {
    pub(super) grants: Vec<Grant>,
    pub(super) reports: Vec<Report>,
    pub(super) cancels: Vec<When>,
    /// Calls after which the task may leave its end.
    pub(super) reopened: Vec<Reopening>,
    pub(super) deleted: Vec<When>,
}

/// A call after which a task may leave its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reopening {
    pub(super) when: When,
    /// Even one that is completed.
    pub(super) completed: bool,
}

/// A connection that received events.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) when: When,
    pub(super) process: String,
    pub(super) since: Option<i64>,
    pub(super) seen: Vec<i64>,
}

/// How many calls there are.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counted {
    /// Calls with a result.
    pub ok: u64,
    /// Calls that were refused.
    pub refused: u64,
    /// Calls without an answer.
    pub unknown: u64,
}

/// All histories together.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) counted: Counted,
    pub(super) creates: Vec<Create>,
    pub(super) tasks: HashMap<TaskId, Of>,
    pub(super) watches: Vec<Watch>,
    /// Calls without an answer that may have reopened any dead letter.
    pub(super) redriven_any: Vec<When>,
    /// Everything may have been deleted.
    pub(super) flushed: bool,
}

impl History {
    /// Takes a line.
    pub(super) fn read(&mut self, line: Line, text: &str) -> Result<(), String> {
        let call: Call = serde_json::from_str(text).map_err(|e| format!("no call: {e}"))?;
        if call.end < call.start {
            return Err("the call ends before it starts".into());
        }
        let outcome = call.outcome();
        match outcome {
            Outcome::Ok => self.counted.ok += 1,
            Outcome::Err => self.counted.refused += 1,
            Outcome::Unknown => self.counted.unknown += 1,
        }
        let when = When { line, start: call.start, end: call.end, outcome };
        match &*call.op {
            "task.create" | "task.create_many" => self.create(when, &call),
            "task.claim" => self.claim(when, &call)?,
            "task.complete" => self.report(when, Kind::Complete, &call),
            "task.fail" => self.report(when, Kind::Fail, &call),
            "task.release" => self.report(when, Kind::Release, &call),
            "task.heartbeat" => self.report(when, Kind::Heartbeat, &call),
            "task.complete_many" => self.complete_many(when, &call),
            "task.cancel" => self.push(&call, when, |of| &mut of.cancels),
            "task.delete" => self.push(&call, when, |of| &mut of.deleted),
            "task.retry" if when.possible() => {
                let completed = call.args["force"] == true;
                self.reopen(named(&call.args), Reopening { when, completed });
            }
            "task.update" if when.possible() && !call.args["updates"]["status"].is_null() => {
                self.reopen(named(&call.args), Reopening { when, completed: true });
            }
            "task.redrive" => self.redrive(when, &call),
            "system.flush" if when.possible() => self.flushed = true,
            "watch" => self.watches.push(Watch {
                when,
                since: cursor(&call.args["since"]),
                seen: list(&call.answer["seen"]).filter_map(cursor).collect(),
                process: call.process,
            }),
            _ => {}
        }
        Ok(())
    }

    fn of(&mut self, task: TaskId) -> &mut Of {
        self.tasks.entry(task).or_default()
    }

    fn push(&mut self, call: &Call, when: When, into: impl FnOnce(&mut Of) -> &mut Vec<When>) {
        if let Some(task) = named(&call.args) {
            into(self.of(task)).push(when);
        }
    }

    fn reopen(&mut self, task: Option<TaskId>, reopening: Reopening) {
        if let Some(task) = task {
            self.of(task).reopened.push(reopening);
        }
    }

    fn redrive(&mut self, when: When, call: &Call) {
        match when.outcome {
            Outcome::Err => {}
            Outcome::Unknown => self.redriven_any.push(when),
            Outcome::Ok => {
                for task in list(&call.answer["tasks"]) {
                    self.reopen(named(task), Reopening { when, completed: false });
                }
            }
        }
    }

    fn create(&mut self, when: When, call: &Call) {
        let one = std::slice::from_ref(&call.args);
        let asked = call.args["tasks"].as_array().map_or(one, Vec::as_slice);
        let one = std::slice::from_ref(&call.answer);
        let made = call.answer["tasks"].as_array().map_or(one, Vec::as_slice);
        let made = made.iter().filter(|_| when.ok()).filter_map(|task| {
            let existing = task["existing"].as_bool().unwrap_or(false);
            Some((named(task)?, existing))
        });
        let dependencies = |task: &Value| list(&task["dependsOn"]).filter_map(string).collect();
        self.creates.push(Create {
            when,
            key: string(&call.args["idempotencyKey"]),
            tasks: asked
                .iter()
                .map(|task| (string(&task["text"]).unwrap_or_default(), dependencies(task)))
                .collect(),
            names: asked.iter().map(|task| string(&task["key"])).collect(),
            made: made.collect(),
        });
    }

    fn claim(&mut self, when: When, call: &Call) -> Result<(), String> {
        if !when.ok() {
            return Ok(());
        }
        let key = string(&call.args["idempotencyKey"]);
        for task in list(&call.answer["tasks"]) {
            let id = named(task).ok_or("a claimed task has no id")?;
            let lease = &task["lease"];
            let fence = lease["fence"].as_i64().ok_or("a claimed task has no fence")?;
            let expires_at = millis(&lease["expiresAt"]);
            let grant = Grant { when, key: key.clone(), fence, expires_at };
            self.of(id).grants.push(grant);
        }
        Ok(())
    }

    fn report(&mut self, when: When, kind: Kind, call: &Call) {
        let Some(task) = named(&call.args) else { return };
        let report = Report {
            when,
            kind,
            key: string(&call.args["idempotencyKey"]),
            fence: call.args["fence"].as_i64(),
            status: status(&call.answer["status"]),
            expires_at: millis(&call.answer["lease"]["expiresAt"]),
            repeated: call.answer["repeated"] == true,
            stale: call.error_code() == Some("stale_fence"),
        };
        self.of(task).reports.push(report);
    }

    fn complete_many(&mut self, when: When, call: &Call) {
        let key = string(&call.args["idempotencyKey"]);
        for (place, item) in list(&call.args["items"]).enumerate() {
            let Some(task) = named(item) else { continue };
            let answer = &call.answer["results"][place];
            let refused = when.ok() && answer["ok"].as_bool() == Some(false);
            let outcome = if refused { Outcome::Err } else { when.outcome };
            let report = Report {
                when: When { outcome, ..when },
                kind: Kind::Complete,
                key: key.clone(),
                fence: item["fence"].as_i64(),
                status: status(&answer["status"]),
                expires_at: None,
                repeated: answer["repeated"] == true,
                stale: answer["error"]["code"] == "stale_fence",
            };
            self.of(task).reports.push(report);
        }
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn string(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn named(value: &Value) -> Option<TaskId> {
    let id = value.get("id").or_else(|| value.get("taskId"))?;
    id.as_str()?.parse().ok()
}

fn status(value: &Value) -> Option<Status> {
    Status::deserialize(value).ok()
}

fn millis(value: &Value) -> Option<Millis> {
    if value.is_null() { None } else { Millis::deserialize(value).ok() }
}

fn cursor(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}
