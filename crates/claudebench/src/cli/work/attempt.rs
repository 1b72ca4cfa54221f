//! One attempt at one task: from its claim to the report that the server took.

use std::sync::Arc;

use claudebench_core::Code;
use claudebench_services::Method;
use claudebench_services::task::{self, Task};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::fleet::{Phase, Workshop};
use super::lease::{Halt, Lease, at_least};
use super::link::ms;
use super::stage::Stage;
use super::verdict::{Failed, Verdict, error_text, reason};
use crate::client::ClientError;

/// How an attempt went, for whoever counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Went {
    Completed,
    Failed,
    Released,
    /// Somebody else has the task, or it is no more: the server did not want the report.
    Refused,
    /// The server did not answer until the end.
    Untold,
    /// The task went back, and this worker can do none.
    Broken(String),
    /// Nothing was attempted.
    Nothing,
}

/// One attempt at one task.
pub(super) struct Attempt {
    shop: Arc<Workshop>,
    task: Arc<Task>,
    fence: i64,
    phase: watch::Receiver<Phase>,
}

impl Attempt {
    /// Of a task that was claimed.
    pub(super) fn new(
        shop: Arc<Workshop>,
        task: Arc<Task>,
        phase: watch::Receiver<Phase>,
    ) -> Option<Self> {
        let fence = task.lease.as_ref()?.fence;
        Some(Self { shop, task, fence, phase })
    }

    /// Does the work and reports it. `fresh`: the lease has just begun.
    pub(super) async fn run(mut self, fresh: bool) -> Went {
        let (task, attempt) = (self.task.id, self.task.attempt);
        let heard = (self.phase.clone(), self.shop.cancels.subscribe());
        let shop = self.shop.clone();
        let Some(mut lease) = Lease::new(&shop.link, &self.task, shop.time_limit, heard) else {
            return Went::Nothing;
        };
        if !fresh && let Some(halt) = lease.renew().await {
            tracing::warn!(%task, %halt, "a task was claimed, but not begun");
            return self.report(released(&halt)).await;
        }
        tracing::info!(%task, attempt, fence = self.fence, text = self.task.text, "begins");
        let (halt, halted) = watch::channel(false);
        let its = self.task.clone();
        let stage = Stage { shop: &shop, task: &its, fence: self.fence, halt: halted };
        let work = shop.job.perform(&stage);
        tokio::pin!(work);
        let verdict = tokio::select! {
            verdict = &mut work => verdict,
            why = lease.keep() => {
                tracing::info!(%task, %why, "the work is stopped");
                halt.send_replace(true);
                halted_verdict(why, work.await)
            }
        };
        self.report(verdict).await
    }

    /// Gives the task back; nothing was begun.
    pub(super) async fn give_back(mut self) {
        self.report(released(&Halt::Stopping)).await;
    }

    /// Tells the server until it has taken or refused it.
    async fn report(&mut self, verdict: Verdict) -> Went {
        let mut phase = self.phase.clone();
        let told = tokio::select! {
            told = self.tell(verdict) => told,
            () = at_least(&mut phase, Phase::Leaving) => Went::Untold,
        };
        let task = self.task.id;
        match &told {
            Went::Untold => tracing::error!(%task, "the server was not told how it went"),
            Went::Refused => tracing::warn!(%task, "the server did not want the report"),
            went => tracing::info!(%task, ?went, "over"),
        }
        told
    }

    async fn tell(&self, verdict: Verdict) -> Went {
        match verdict {
            Verdict::Done { result, instead } => self.complete(result, &instead).await,
            Verdict::Failed(failed) => self.fail(&failed).await,
            Verdict::Released { reason, rest } => self.release(&reason, rest).await,
            Verdict::Broken(what) => {
                self.release(&what, true).await;
                Went::Broken(what)
            }
        }
    }

    async fn complete(&self, result: Option<Box<RawValue>>, instead: &str) -> Went {
        let error = match self.send_completion("complete", result.as_deref()).await {
            Ok(()) => return Went::Completed,
            Err(error) => error,
        };
        match error.code() {
            // It was called off: the server waits to hear that the work has stopped.
            Some(Code::Conflict) => self.release("called off", false).await,
            Some(Code::TooLarge | Code::InvalidParams | Code::InvalidRequest) => {
                tracing::warn!(task = %self.task.id, %error, "the result is not taken; its end is");
                let short = serde_json::value::to_raw_value(instead).ok();
                match self.send_completion("shortened", short.as_deref()).await {
                    Ok(()) => Went::Completed,
                    Err(error) => {
                        let what =
                            format!("the work is done, but its result is not taken: {error}");
                        let failed = Failed { reason: "error", error: what, retryable: None };
                        self.fail(&failed).await
                    }
                }
            }
            _ => self.refused(&error),
        }
    }

    async fn send_completion(
        &self,
        what: &str,
        result: Option<&RawValue>,
    ) -> Result<(), ClientError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Completion<'a> {
            id: String,
            fence: i64,
            worker_id: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            result: Option<&'a RawValue>,
            idempotency_key: String,
        }
        let completion = Completion {
            id: self.task.id.to_string(),
            fence: self.fence,
            worker_id: &self.shop.link.worker,
            result,
            idempotency_key: self.key(what),
        };
        self.shop.link.insist::<Value>(task::Complete::NAME, &completion).await.map(drop)
    }

    async fn fail(&self, failed: &Failed) -> Went {
        let mut params = self.params("fail");
        params["reason"] = failed.reason.into();
        params["error"] = error_text(&failed.error).into();
        if let Some(retryable) = failed.retryable {
            params["retryable"] = retryable.into();
        }
        match self.shop.link.insist::<Value>(task::Fail::NAME, &params).await {
            Ok(_) => Went::Failed,
            Err(error) => self.refused(&error),
        }
    }

    async fn release(&self, why: &str, rest: bool) -> Went {
        let mut params = self.params("release");
        params["reason"] = reason(why).into();
        if rest {
            params["delayMs"] = ms(self.shop.release_delay).into();
        }
        match self.shop.link.insist::<Value>(task::Release::NAME, &params).await {
            Ok(_) => Went::Released,
            Err(error) => self.refused(&error),
        }
    }

    fn refused(&self, error: &ClientError) -> Went {
        tracing::warn!(task = %self.task.id, fence = self.fence, %error, "refused");
        Went::Refused
    }

    fn params(&self, what: &str) -> Value {
        json!({
            "id": self.task.id,
            "fence": self.fence,
            "workerId": self.shop.link.worker,
            "idempotencyKey": self.key(what),
        })
    }

    /// A report that is sent again is the same report.
    fn key(&self, what: &str) -> String {
        self.shop.link.key(format_args!("{}-{}-{what}", self.task.id, self.fence))
    }
}

fn released(halt: &Halt) -> Verdict {
    Verdict::Released { reason: halt.to_string(), rest: false }
}

/// What came out of work that had to stop. It may have ended by itself just then.
fn halted_verdict(halt: Halt, verdict: Verdict) -> Verdict {
    match (halt, verdict) {
        (Halt::TooLong(_) | Halt::Stopping | Halt::Lost(_), done @ Verdict::Done { .. }) => done,
        (Halt::TooLong(what), Verdict::Failed(failed)) => {
            Verdict::failed("timeout", format!("{what}\n{}", failed.error))
        }
        (Halt::TooLong(what), _) => Verdict::failed("timeout", what),
        (halt, _) => released(&halt),
    }
}
