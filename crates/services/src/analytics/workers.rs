//! `analytics.workers`.

use claudebench_core::figures::Span;
use claudebench_core::{Error, Int, Millis, Scope};
use claudebench_store::{WorkerMetric, WorkerQuery};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::range::{Range, Told};
use crate::context::{Context, store_error};
use crate::json::Decimal;
use crate::method::{Access, Method};

/// The longest range: a year and a month.
const LONGEST_DAYS: i64 = 400;

/// What workers did, over whole days in UTC: those that completed most come first.
///
/// ```json
/// {"limit": 10}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "AnalyticsWorkers")]
pub struct Workers {
    /// The range begins with the day of this time; 24 hours before its end if absent.
    pub from: Option<Millis>,
    /// It ends with the day before which this time is; now if absent. At most 400 days.
    pub to: Option<Millis>,
    /// At most so many workers; 20 if absent.
    pub limit: Option<Int<1, 500>>,
}

/// What workers did.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AnalyticsWorkersFound")]
pub struct WorkersListed {
    /// What the answer covers.
    #[serde(flatten)]
    pub range: Told,
    /// The workers, most completed tasks first.
    pub workers: Vec<WorkerFigures>,
    /// How many workers there are in all. Of one day and tenant at most 500 are told apart; what
    /// others did is in the totals alone.
    pub total: i64,
    /// What all of them did together, with those that are not listed.
    pub totals: WorkerDid,
}

/// What a worker did.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AnalyticsWorker")]
pub struct WorkerFigures {
    /// The worker.
    pub worker_id: String,
    /// What it did.
    #[serde(flatten)]
    pub did: WorkerDid,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AnalyticsWorkerDid")]
pub struct WorkerDid {
    /// Tasks claimed.
    pub started: i64,
    /// Tasks completed.
    pub completed: i64,
    /// Tasks that failed for good.
    pub failed: i64,
    /// Attempts that failed or were given back, while their task goes on.
    pub returned: i64,
    /// Attempts that time ended: the lease, the deadline, or a worker that was not heard of.
    pub lost: i64,
    /// How long attempts took that ended their task, on average, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_ms: Option<Decimal>,
    /// When something was first done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_at: Option<Millis>,
    /// When something was last done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Millis>,
}

impl From<&WorkerMetric> for WorkerDid {
    fn from(did: &WorkerMetric) -> Self {
        let any = did.last.0 > 0;
        Self {
            started: did.started,
            completed: did.completed,
            failed: did.failed,
            returned: did.returned,
            lost: did.lost,
            average_ms: (did.worked > 0).then(|| Decimal(did.worked_ms as f64 / did.worked as f64)),
            first_at: any.then_some(did.first),
            last_at: any.then_some(did.last),
        }
    }
}

impl Method for Workers {
    const NAME: &'static str = "analytics.workers";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = WorkersListed;

    async fn call(self, cx: &Context) -> Result<WorkersListed, Error> {
        let range = Range::of((self.from, self.to), Some(Span::Day), cx.now())?;
        if range.to.since(range.from) > LONGEST_DAYS * Span::Day.ms() {
            let message = format!("a range of workers has at most {LONGEST_DAYS} days");
            return Err(Error::invalid(&["from"], message));
        }
        let query = WorkerQuery {
            tenant: cx.tenant(),
            from: range.from,
            to: range.to,
            limit: self.limit.map_or(20, Int::get),
        };
        let found = cx.shared.store.worker_metrics(query).await.map_err(store_error)?;
        let workers = found
            .workers
            .iter()
            .map(|(worker, did)| WorkerFigures { worker_id: worker.to_string(), did: did.into() });
        Ok(WorkersListed {
            range: Told::of(cx, range).await?,
            workers: workers.collect(),
            total: found.known,
            totals: (&found.all).into(),
        })
    }
}
