//! Claims that wait, as tasks of the protocol: its extension for calls that outlast a request.
//! Nothing is kept between the questions. The id says which claim it is, and its idempotency key
//! makes one claim of all that ask for it: so any server can be asked, also after a crash.

use claudebench_core::{Code, Error, Millis};
use claudebench_services::Method;
use claudebench_services::task::{Claim as ClaimTask, Release};
use rmcp::model::{
    CallToolResult, DetailedTask, Extensions, JsonObject, Task, TaskPayload, TaskStatus,
};
use rmcp::service::{RequestContext, RoleServer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::backend::{Backend, ask};
use super::cancelled::Cancelled;
use super::handler::result;
use crate::transport::query;

/// How often a client is to ask.
const POLL_MS: u64 = 500;
/// How long a question waits for work, so that it comes at once.
const WAIT_MS: i64 = 2_000;
/// The longest that a claim may wait.
const LONGEST_MS: i64 = 60_000;
/// For so long the answer of a claim is kept under its key.
const KEPT_MS: i64 = 24 * 3_600_000;
/// The longest id that is looked at.
const ID_BYTES: usize = 64 << 10;

/// A claim that waits.
#[derive(Clone, Serialize, Deserialize)]
struct Claim {
    key: String,
    made: i64,
    until: i64,
    params: JsonObject,
}

/// What became of a call.
pub(super) enum Begun {
    /// It is over.
    Done(CallToolResult),
    /// It waits, and is asked for by the task's id.
    Waits(Task),
}

/// For how long a call asks to wait, if it is a claim that does.
pub(super) fn wait_of(method: &str, params: &JsonObject) -> Option<i64> {
    let wait = params.get("waitMs").and_then(Value::as_i64).filter(|wait| *wait > 0)?;
    // What is out of bounds is for the method to refuse.
    (method == ClaimTask::NAME && wait <= LONGEST_MS).then_some(wait)
}

/// Begins a claim that may wait so long.
pub(super) async fn begin<B: Backend>(
    backend: &B,
    message: &Extensions,
    mut params: JsonObject,
    wait: i64,
) -> Result<Begun, Error> {
    params.remove("waitMs");
    let key = match params.remove("idempotencyKey") {
        Some(Value::String(key)) => key,
        Some(_) => return Err(Error::invalid(&["idempotencyKey"], "expected a text")),
        // The one that came beside the params, if there is one: two would be refused.
        None => backend.key(message).map_or_else(random_key, Ok)?,
    };
    let made = backend.now().0;
    let claim = Claim { key, made, until: made + wait, params };
    match claim.ask(backend, message, 0).await {
        Ok(claimed) if claimed["claimed"] == false => {
            Ok(Begun::Waits(waiting(claim.task(backend.now())?)))
        }
        asked => Ok(Begun::Done(result(asked))),
    }
}

/// Claims, and waits for so long. What was claimed for a client that does not hear of it any more goes
/// back, however late it went away or cancels.
pub(super) async fn wait<B: Backend>(
    backend: &B,
    calls: &Cancelled<GivenBack<B>>,
    context: &RequestContext<RoleServer>,
    mut params: JsonObject,
    wait: i64,
) -> Result<Value, Error> {
    let message = &context.extensions;
    // With a key of its own, a client asks again for what it did not hear.
    let own = params.contains_key("idempotencyKey") || backend.key(message).is_some();
    if own || !B::IS_SERVER {
        return ask(backend, message, ClaimTask::NAME, &params).await;
    }
    params.remove("waitMs");
    let made = backend.now().0;
    let claim = Claim { key: random_key()?, made, until: made + wait, params };
    let (backend, message) = (backend.clone(), message.clone());
    let mut given = GivenBack { backend, message, claim, heard: false };
    let claimed = given.claim.ask(&given.backend, &given.message, wait).await;
    given.heard = !context.ct.is_cancelled();
    // Only what got something can be undone later.
    let got = claimed.as_ref().is_ok_and(|claimed| claimed["claimed"] != false);
    if given.heard
        && got
        && let Some(given) = calls.answered(&context.id, given)
    {
        given.now();
    }
    claimed
}

/// Gives a claim back, unless its client has heard of it.
pub(super) struct GivenBack<B: Backend> {
    backend: B,
    message: Extensions,
    claim: Claim,
    heard: bool,
}

impl<B: Backend> GivenBack<B> {
    /// Its client did not hear of it after all.
    pub(super) fn now(mut self) {
        self.heard = false;
    }
}

impl<B: Backend> Drop for GivenBack<B> {
    fn drop(&mut self) {
        if self.heard {
            return;
        }
        // Without a runtime the server is gone, and leases end by themselves.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (backend, message) = (self.backend.clone(), self.message.clone());
        let claim = self.claim.clone();
        runtime.spawn(async move {
            if let Err(error) = claim.give_back(&backend, &message).await {
                tracing::warn!(%error, "what nobody heard of could not be given back at once");
            }
        });
    }
}

/// How a claim stands.
pub(super) async fn look<B: Backend>(
    backend: &B,
    message: &Extensions,
    id: &str,
) -> Result<DetailedTask, Error> {
    let claim = Claim::named(id, backend.now())?;
    let left = claim.until.saturating_sub(backend.now().0);
    let asked = if left > 0 {
        claim.ask(backend, message, left.min(WAIT_MS)).await
    } else {
        claim.asked_before(backend, message).await
    };
    let payload = match asked {
        Ok(claimed) if claimed["claimed"] == false && claim.until > backend.now().0 => {
            TaskPayload::Working
        }
        Err(error) if passes(&error) => TaskPayload::Working,
        asked => {
            let result = serde_json::to_value(result(asked)).ok();
            let result = result.and_then(|result| result.as_object().cloned());
            TaskPayload::Completed { result: result.unwrap_or_default() }
        }
    };
    let task = claim.task(backend.now())?;
    let task = if matches!(payload, TaskPayload::Working) { waiting(task) } else { task };
    Ok(DetailedTask::new(task, payload))
}

fn waiting(task: Task) -> Task {
    task.with_status_message("waiting for a task")
}

/// Gives back what a claim got, if it got something.
pub(super) async fn cancel<B: Backend>(
    backend: &B,
    message: &Extensions,
    id: &str,
) -> Result<(), Error> {
    Claim::named(id, backend.now())?.give_back(backend, message).await
}

/// Whether an error may be gone when the same is asked again.
fn passes(error: &Error) -> bool {
    matches!(
        error.code,
        Code::Unavailable
            | Code::Overloaded
            | Code::ShuttingDown
            | Code::Timeout
            | Code::RateLimited
    )
}

impl Claim {
    async fn ask<B: Backend>(
        &self,
        backend: &B,
        message: &Extensions,
        wait: i64,
    ) -> Result<Value, Error> {
        let mut params = self.params.clone();
        params.insert("idempotencyKey".into(), self.key.clone().into());
        params.insert("waitMs".into(), wait.into());
        ask(backend, message, ClaimTask::NAME, &params).await
    }

    /// What the claim got, without claiming anew: what is over stays over.
    async fn asked_before<B: Backend>(
        &self,
        backend: &B,
        message: &Extensions,
    ) -> Result<Value, Error> {
        // Under the same key, a claim of what nobody has, as the tag is drawn here: it finds nothing
        // and so leaves nothing, or it meets the answer that is there.
        let mut nothing = self.params.clone();
        nothing.insert("tags".into(), json!([random_key()?]));
        let probe = Self { key: self.key.clone(), params: nothing, ..*self };
        match probe.ask(backend, message, 0).await {
            Err(error) if error.code == Code::IdempotencyConflict => {
                self.ask(backend, message, 0).await
            }
            asked => asked,
        }
    }

    /// Gives back what it got, if it got something.
    async fn give_back<B: Backend>(&self, backend: &B, message: &Extensions) -> Result<(), Error> {
        let claimed = self.asked_before(backend, message).await?;
        let worker = &self.params["workerId"];
        for task in claimed["tasks"].as_array().into_iter().flatten() {
            let fence = &task["lease"]["fence"];
            let release = json!({ "id": task["id"], "workerId": worker, "fence": fence });
            match ask(backend, message, Release::NAME, &release).await {
                // Its worker has reported on it, or it is somebody else's by now.
                Err(error) if !matches!(error.code, Code::StaleFence | Code::NotFound) => {
                    return Err(error);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn named(id: &str, now: Millis) -> Result<Self, Error> {
        let none = || Error::invalid(&["taskId"], "no task of this server has this id");
        let hex = id.strip_prefix("claim-").filter(|hex| hex.len() <= ID_BYTES).ok_or_else(none)?;
        let bytes: Option<Vec<u8>> = hex.as_bytes().chunks(2).map(query::hex).collect();
        let claim: Self = serde_json::from_slice(&bytes.ok_or_else(none)?).map_err(|_| none())?;
        // As it was made here, and as long as its answer is kept.
        let wait = claim.until.checked_sub(claim.made).ok_or_else(none)?;
        let age = now.0.saturating_sub(claim.made);
        let holds = (1..=LONGEST_MS).contains(&wait) && (-KEPT_MS..=KEPT_MS).contains(&age);
        if holds { Ok(claim) } else { Err(none()) }
    }

    fn task(&self, now: Millis) -> Result<Task, Error> {
        let text = serde_json::to_vec(self)
            .map_err(|e| Error::new(Code::Internal, format!("a claim cannot be written: {e}")))?;
        let hex: String = text.iter().map(|byte| format!("{byte:02x}")).collect();
        let made = Millis(self.made).to_string();
        let ttl = u64::try_from(self.until - self.made + KEPT_MS).unwrap_or(0);
        Ok(Task::new(format!("claim-{hex}"), TaskStatus::Working, made, now.to_string())
            .with_poll_interval_ms(POLL_MS)
            .with_ttl_ms(ttl))
    }
}

fn random_key() -> Result<String, Error> {
    let random = || getrandom::u64().map_err(|e| Error::new(Code::Internal, e.to_string()));
    Ok(format!("mcp-{:016x}{:016x}", random()?, random()?))
}

#[cfg(test)]
mod tests {
    use claudebench_services::Reply;
    use serde_json::value::RawValue;

    use super::super::backend::Changes;
    use super::super::tools::Toolsets;
    use super::*;

    #[test]
    fn the_id_of_a_claim_says_which_it_is() {
        let params = json!({ "workerId": "w", "maxTasks": 3 }).as_object().unwrap().clone();
        let made = 1_763_913_600_000;
        let claim = Claim { key: "mcp-1".into(), made, until: made + 30_000, params };
        let task = claim.task(Millis(made)).unwrap();
        let again = Claim::named(&task.task_id, Millis(made)).unwrap();
        assert_eq!((again.key, again.made, again.until), ("mcp-1".into(), made, made + 30_000));
        assert_eq!(again.params, claim.params);
        assert_eq!(task.created_at, Millis(made).to_string());
        let now = Millis(made);
        for (made, until) in [(made, made), (made, i64::MAX), (i64::MIN, 0), (0, 30_000)] {
            let forged = Claim { key: "k".into(), made, until, params: JsonObject::new() };
            let text = serde_json::to_vec(&forged).unwrap();
            let hex: String = text.iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(Claim::named(&format!("claim-{hex}"), now).is_err(), "{made} {until}");
        }
        for none in ["", "claim-", "claim-0", "claim-7b7d", "claim-zz", "task-7b7d"] {
            assert!(Claim::named(none, now).is_err(), "{none}");
        }
    }

    /// A server on which a claim under some key got a task.
    #[derive(Clone)]
    struct Claimed(tokio::sync::mpsc::UnboundedSender<Value>);

    impl Backend for Claimed {
        const IS_SERVER: bool = true;

        fn now(&self) -> Millis {
            Millis(0)
        }

        async fn call(&self, _: &Extensions, method: &'static str, params: Box<RawValue>) -> Reply {
            let params: Value = serde_json::from_str(params.get()).unwrap();
            let answer = match method {
                "task.release" => json!({}),
                _ if params["tags"].is_array() => {
                    return Err(Error::new(Code::IdempotencyConflict, "another claim"));
                }
                _ => {
                    json!({ "claimed": true, "tasks": [{ "id": "t-7", "lease": { "fence": 3 } }] })
                }
            };
            self.0.send(json!([method, params])).unwrap();
            Ok(serde_json::value::to_raw_value(&answer).unwrap())
        }

        async fn changes(&self, _: &Extensions) -> Result<Changes, Error> {
            Ok(Box::pin(futures_util::stream::empty()))
        }

        fn toolsets(&self, _: &Extensions) -> Result<Toolsets, Error> {
            Ok(Toolsets::default())
        }
    }

    #[tokio::test]
    async fn what_is_dropped_before_it_was_heard_of_goes_back() {
        let (calls, mut called) = tokio::sync::mpsc::unbounded_channel();
        let params = json!({ "workerId": "w" }).as_object().unwrap().clone();
        let claim = Claim { key: "k".into(), made: 0, until: 1, params };
        let given = |heard| GivenBack {
            backend: Claimed(calls.clone()),
            message: Extensions::default(),
            claim: claim.clone(),
            heard,
        };
        drop(given(false));
        let replayed = called.recv().await.unwrap();
        let asked = json!(["task.claim", { "workerId": "w", "idempotencyKey": "k", "waitMs": 0 }]);
        assert_eq!(replayed, asked);
        let released = json!(["task.release", { "id": "t-7", "workerId": "w", "fence": 3 }]);
        assert_eq!(called.recv().await.unwrap(), released);
        drop(given(true));
        drop(calls);
        assert_eq!(called.recv().await, None, "what was heard of stays");
    }

    #[test]
    fn only_claims_that_wait_within_bounds_become_tasks() {
        let params = |wait: i64| json!({ "waitMs": wait }).as_object().unwrap().clone();
        assert_eq!(wait_of("task.claim", &params(5)), Some(5));
        assert_eq!(wait_of("task.claim", &params(0)), None);
        assert_eq!(wait_of("task.claim", &params(60_001)), None);
        assert_eq!(wait_of("task.create", &params(5)), None);
    }
}
