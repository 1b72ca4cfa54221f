//! Brings tasks to a server through its methods. Each carries a tag of its source, and its id there, so
//! that what is there already is found, and nothing comes twice.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use claudebench_core::{Code, Status};
use claudebench_services::task;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::item::{Attachment, End, Item, Left, Source};
use super::order::Placed;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::session::Session;
use crate::cli::values::Params;
use crate::client::ClientError;

/// Who ends tasks that had ended already.
const WORKER: &str = "import";
/// The most tasks of a call, and about how many bytes.
const MOST: usize = 500;
const BYTES: usize = 1 << 20;
/// The most calls at a time.
const CALLS: usize = 8;
/// How long nobody claims these tasks, unless it is said again; and how soon it is.
const PAUSE: Duration = Duration::from_secs(900);
const AGAIN: Duration = Duration::from_secs(300);

/// What was done.
#[derive(Debug, Default)]
pub(super) struct Brought {
    pub(super) made: usize,
    pub(super) existing: usize,
    pub(super) attachments: usize,
    /// What the server did not take.
    pub(super) refused: Vec<Left>,
}

/// A task that is at the server.
#[derive(Clone, Debug)]
struct There {
    id: String,
    /// Nobody has touched it since it was made here.
    is_untouched: bool,
    /// The keys of its attachments.
    keys: Vec<String>,
}

/// The way of tasks to a server.
pub(super) struct Bringer<'a, 'b> {
    session: &'a Session<'b>,
    source: &'a Source,
    project: Option<&'a str>,
    tag: String,
    there: HashMap<String, There>,
    paused: Option<Instant>,
    done: Brought,
}

impl<'a, 'b> Bringer<'a, 'b> {
    /// Looks at what is there already.
    pub(super) async fn new(
        session: &'a Session<'b>,
        source: &'a Source,
        project: Option<&'a str>,
    ) -> Outcome<Self> {
        let tag = source.tag();
        let there = found(session, &tag).await?;
        let existing = source.items.iter().filter(|item| there.contains_key(&item.id)).count();
        let done = Brought { existing, ..Brought::default() };
        Ok(Self { session, source, project, tag, there, paused: None, done })
    }

    /// How many are there already.
    pub(super) fn existing(&self) -> usize {
        self.done.existing
    }

    /// Brings all of them.
    pub(super) async fn bring(mut self, order: &[Placed]) -> Outcome<Brought> {
        let brought = self.all(order).await;
        // Whatever came of it: what is there may be worked on.
        let resumed = match self.paused {
            Some(_) => self.call("queue.resume", &json!({"tag": self.tag})).await.map(drop),
            None => Ok(()),
        };
        brought?;
        resumed?;
        Ok(self.done)
    }

    async fn all(&mut self, order: &[Placed]) -> Outcome {
        self.make(order).await?;
        self.attach(order).await?;
        self.end(order).await
    }

    /// Makes the tasks that are not there, in an order in which each finds those that it waits for.
    async fn make(&mut self, order: &[Placed]) -> Outcome {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        for placed in order {
            let item = &self.source.items[placed.item];
            if self.there.contains_key(&item.id) {
                continue;
            }
            let params = item.params(self.source, self.project);
            let size = params.to_string().len();
            if batch.len() >= MOST || (bytes + size > BYTES && !batch.is_empty()) {
                self.make_batch(std::mem::take(&mut batch)).await?;
                bytes = 0;
            }
            bytes += size;
            batch.push((placed, params));
        }
        if batch.is_empty() { Ok(()) } else { self.make_batch(batch).await }
    }

    async fn make_batch(&mut self, batch: Vec<(&Placed, Value)>) -> Outcome {
        self.hold().await?;
        let Err(error) = self.make_together(&batch).await else { return Ok(()) };
        let alone = matches!(
            error.code(),
            Some(Code::InvalidParams | Code::TooLarge | Code::InvalidRequest | Code::Conflict)
        );
        if !alone {
            return Err(error.into());
        }
        // One of them is wrong: the others come all the same.
        for one in batch {
            let id = self.source.items[one.0.item].id.clone();
            if let Err(error) = self.make_together(&[one]).await {
                match error {
                    ClientError::Refused(error) => {
                        self.done.refused.push(Left::new(id, error.message));
                    }
                    other => return Err(other.into()),
                }
            }
        }
        Ok(())
    }

    async fn make_together(&mut self, batch: &[(&Placed, Value)]) -> Result<(), ClientError> {
        let items = &self.source.items;
        let here: HashSet<usize> = batch.iter().map(|(placed, _)| placed.item).collect();
        let mut missing = Vec::new();
        let mut tasks = Vec::with_capacity(batch.len());
        for (placed, params) in batch {
            let mut names = Vec::new();
            for place in &placed.waits_for {
                match self.there.get(&items[*place].id) {
                    Some(there) => names.push(there.id.clone()),
                    None if here.contains(place) => names.push(key(*place)),
                    None => missing.push((placed.item, *place)),
                }
            }
            let mut params = params.clone();
            params["key"] = key(placed.item).into();
            if !names.is_empty() {
                params["dependsOn"] = names.into();
            }
            tasks.push(params);
        }
        let made = self.call("task.create_many", &json!({"tasks": tasks})).await?;
        let made: task::CreatedMany = serde_json::from_value(made)
            .map_err(|e| ClientError::Unreadable { what: format!("task.create_many: {e}") })?;
        for (of, on) in missing {
            let why = format!("it waited for {}, which was not taken", items[on].id);
            self.done.refused.push(Left::new(&items[of].id, why));
        }
        for ((placed, _), task) in batch.iter().zip(made.tasks) {
            // Somebody who brings the same at the same time may have been faster.
            let (id, is_untouched) = (task.id.to_string(), !task.existing);
            let there = There { id, is_untouched, keys: Vec::new() };
            self.there.insert(items[placed.item].id.clone(), there);
            if task.existing {
                self.done.existing += 1;
            } else {
                self.done.made += 1;
            }
        }
        Ok(())
    }

    /// Writes the attachments that are not there.
    async fn attach(&mut self, order: &[Placed]) -> Outcome {
        let mut wanted: Vec<(&Item, &Attachment, String)> = Vec::new();
        for placed in order {
            let item = &self.source.items[placed.item];
            let Some(there) = self.there.get(&item.id) else { continue };
            let missing = item.attachments.iter().filter(|one| !there.keys.contains(&one.key));
            wanted.extend(missing.map(|one| (item, one, there.id.clone())));
        }
        for some in wanted.chunks(MOST) {
            self.hold().await?;
            let this = &*self;
            let calls = some.iter().map(|(item, attachment, id)| async move {
                let mut params = attachment.body.clone();
                params["taskId"] = id.as_str().into();
                params["key"] = attachment.key.as_str().into();
                (item, attachment, this.call("task.create_attachment", &params).await)
            });
            let answers: Vec<_> = stream::iter(calls).buffered(CALLS).collect().await;
            for (item, attachment, answer) in answers {
                match answer {
                    Ok(_) => self.done.attachments += 1,
                    Err(ClientError::Refused(error)) => {
                        let why = format!("its attachment `{}`: {}", attachment.key, error.message);
                        self.done.refused.push(Left::new(&item.id, why));
                    }
                    Err(other) => return Err(other.into()),
                }
            }
        }
        Ok(())
    }

    /// Ends the tasks that have ended at the source.
    async fn end(&mut self, order: &[Placed]) -> Outcome {
        let mut ended: Vec<(&Item, String)> = Vec::new();
        for placed in order {
            let item = &self.source.items[placed.item];
            let there = self.there.get(&item.id).filter(|there| there.is_untouched);
            if let Some(there) = there.filter(|_| item.end != End::Open) {
                ended.push((item, there.id.clone()));
            }
        }
        if ended.is_empty() {
            return Ok(());
        }
        let about = json!({"id": WORKER, "roles": [], "metadata": {"kind": "import"}});
        self.call("system.register", &about).await?;
        let (mut some, mut bytes) = (Vec::new(), 0);
        for (item, id) in ended {
            if let End::Cancelled(reason) = &item.end {
                let params = json!({"id": id, "reason": reason, "dependents": "keep"});
                let said = self.call("task.cancel", &params).await;
                self.refused_or(said.map(drop), &item.id)?;
                continue;
            }
            let report = report(&item.end, &id);
            bytes += report.to_string().len();
            some.push((item, id, report));
            if some.len() >= MOST || bytes > BYTES {
                self.end_some(&std::mem::take(&mut some)).await?;
                bytes = 0;
            }
        }
        self.end_some(&some).await?;
        let bye = json!({"instanceId": WORKER, "sessionId": WORKER, "timestamp": 0});
        self.call("system.unregister", &bye).await?;
        Ok(())
    }

    /// Parked on this worker, they are its to end, and nobody else's.
    async fn end_some(&mut self, some: &[(&Item, String, Value)]) -> Outcome {
        if some.is_empty() {
            return Ok(());
        }
        self.hold().await?;
        let this = &*self;
        let calls = some.iter().map(|(item, id, _)| async move {
            let params = json!({"taskId": id, "instanceId": WORKER});
            (&item.id, this.call("task.assign", &params).await)
        });
        let answers: Vec<_> = stream::iter(calls).buffered(CALLS).collect().await;
        for (id, answer) in answers {
            self.refused_or(answer.map(drop), id)?;
        }
        let items: Vec<&Value> = some.iter().map(|(_, _, report)| report).collect();
        let params = json!({"workerId": WORKER, "items": items});
        let answer = self.call("task.complete_many", &params).await?;
        let results = answer.get("results").and_then(Value::as_array).cloned().unwrap_or_default();
        for ((item, ..), result) in some.iter().zip(results) {
            if let Some(error) = result.get("error").filter(|error| !error.is_null()) {
                let said = error.get("message").and_then(Value::as_str).unwrap_or("refused");
                let why =
                    format!("it is pending here, as it cannot be {}: {said}", item.end.name());
                self.done.refused.push(Left::new(&item.id, why));
            }
        }
        Ok(())
    }

    /// Keeps a refusal for the report; what is no refusal ends it all.
    fn refused_or(&mut self, said: Result<(), ClientError>, id: &str) -> Outcome {
        match said {
            Ok(()) => Ok(()),
            Err(ClientError::Refused(error)) => {
                self.done.refused.push(Left::new(id, error.message));
                Ok(())
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Nobody claims these tasks while they are not whole.
    async fn hold(&mut self) -> Outcome {
        if self.paused.is_some_and(|since| since.elapsed() < AGAIN) {
            return Ok(());
        }
        let reason = format!("tasks come over from {}", self.source.kind);
        let for_ms = u64::try_from(PAUSE.as_millis()).unwrap_or(u64::MAX);
        let params = json!({"tag": self.tag, "reason": reason, "forMs": for_ms});
        self.call("queue.pause", &params).await?;
        self.paused = Some(Instant::now());
        Ok(())
    }

    async fn call(&self, method: &str, params: &Value) -> Result<Value, ClientError> {
        self.session.client.call(method, params).await
    }
}

/// The name of a task in the call that makes it: ids of a source may be too long, or look like ids here.
fn key(place: usize) -> String {
    format!("#{place}")
}

/// What `task.complete_many` is told of a task.
fn report(end: &End, id: &str) -> Value {
    match end {
        End::Completed(Some(result)) => json!({"id": id, "result": result}),
        End::Failed(error) => {
            let error: String = error.replace('\0', "\u{fffd}").chars().take(10_000).collect();
            json!({"id": id, "error": error, "status": "failed"})
        }
        _ => json!({"id": id}),
    }
}

/// The tasks of a source that are there, by their ids at the source.
async fn found(session: &Session<'_>, tag: &str) -> Outcome<HashMap<String, There>> {
    let mut found = HashMap::new();
    let mut after: Option<String> = None;
    loop {
        let params =
            Params::new().with("tag", tag).with("limit", 1_000).maybe("after", after.clone());
        let page = session.get::<task::List>(params).await?;
        for task in page.tasks {
            let metadata = serde_json::to_value(&task.metadata).unwrap_or_default();
            let Some(id) = metadata["import"]["id"].as_str() else { continue };
            let parked = task.assigned_to.as_deref() == Some(WORKER);
            let is_untouched = task.status == Status::Pending
                && (parked || task.attempt == 0 && task.version <= 1);
            let there = There { id: task.id.to_string(), is_untouched, keys: task.attachment_keys };
            found.insert(id.to_owned(), there);
        }
        after = page.next_cursor.filter(|_| page.has_more);
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// What to do when a key may not do this.
pub(super) fn advised(failure: Failure) -> Failure {
    let is_forbidden = matches!(
        &failure,
        Failure::Client(error) if error.code() == Some(Code::Forbidden)
    );
    if !is_forbidden {
        return failure;
    }
    let what = failure.message().unwrap_or_default();
    let next = "tasks are brought over with a key that has the scopes tasks:read, tasks:write, \
                tasks:work and system:write";
    Failure::advise(what, next)
}
