//! `analytics.tasks`.

use claudebench_core::figures::Span;
use claudebench_core::{Error, Millis, Scope, Status};
use claudebench_store::Metric;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figures::{CANCELLED, COMPLETED, CREATED, FAILED, RETRIED, STARTED};
use super::range::{Found, Range, Told};
use crate::context::Context;
use crate::json::Decimal;
use crate::method::{Access, Method};

/// How many tasks came into each status, by day, hour or minute: with their average priority, and when
/// the first and the last came. A task counts whenever it comes into a status: `pending` when it is
/// made or put back after its end, `in_progress` each time it is claimed.
///
/// ```json
/// {"bucket": "day"}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "AnalyticsTasks")]
pub struct Tasks {
    /// Where the range begins; 24 hours before its end if absent.
    pub from: Option<Millis>,
    /// Where it ends; now if absent.
    pub to: Option<Millis>,
    /// How long a bucket is: `minute` (kept for 25 hours), `hour` (62 days) or `day` (10 years, in
    /// UTC). If absent, as fits the range.
    pub bucket: Option<Span>,
}

/// How many tasks came into each status.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AnalyticsTasksFound")]
pub struct TasksFound {
    /// What the answer covers.
    #[serde(flatten)]
    pub range: Told,
    /// By bucket and status, in the order of time; without those into which no task came.
    pub buckets: Vec<StatusBucket>,
    /// Over the whole range: every status.
    pub totals: Vec<StatusTotal>,
}

/// How many tasks came into a status.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AnalyticsStatusTotal")]
pub struct StatusTotal {
    /// The status.
    pub status: Status,
    /// How many.
    pub count: i64,
    /// Their average priority, as far as that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_priority: Option<Decimal>,
    /// When the first came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_at: Option<Millis>,
    /// When the last came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Millis>,
}

/// The same in one bucket.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AnalyticsStatusBucket")]
pub struct StatusBucket {
    /// Where the bucket begins.
    pub at: Millis,
    /// What came.
    #[serde(flatten)]
    pub total: StatusTotal,
}

/// What makes tasks come into a status.
fn sources(status: Status) -> &'static [&'static str] {
    match status {
        Status::Pending => &[CREATED, RETRIED],
        Status::InProgress => &[STARTED],
        Status::Completed => &[COMPLETED],
        Status::Failed => &[FAILED],
        Status::Cancelled => &[CANCELLED],
    }
}

fn total(found: &Found, status: Status) -> StatusTotal {
    let mut metric = Metric::default();
    sources(status).iter().for_each(|name| metric.add(&found.of(name)));
    let any = metric.count > 0;
    StatusTotal {
        status,
        count: metric.count,
        average_priority: metric.average().map(Decimal),
        first_at: any.then_some(metric.first),
        last_at: any.then_some(metric.last),
    }
}

impl Method for Tasks {
    const NAME: &'static str = "analytics.tasks";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = TasksFound;

    async fn call(self, cx: &Context) -> Result<TasksFound, Error> {
        let range = Range::of((self.from, self.to), self.bucket, cx.now())?;
        let names: Vec<_> = Status::ALL.into_iter().flat_map(sources).copied().collect();
        let found = range.read(cx, &names).await?;
        let buckets = found.iter().flat_map(|(at, found)| {
            let totals = Status::ALL.map(|status| total(found, status)).into_iter();
            totals.filter(|total| total.count > 0).map(|total| StatusBucket { at: *at, total })
        });
        let whole = Found::total(&found);
        Ok(TasksFound {
            range: Told::of(cx, range).await?,
            buckets: buckets.collect(),
            totals: Status::ALL.map(|status| total(&whole, status)).into(),
        })
    }
}
