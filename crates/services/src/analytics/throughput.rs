//! `analytics.throughput`.

use claudebench_core::figures::Span;
use claudebench_core::{Error, Millis, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figures::{CANCELLED, COMPLETED, CREATED, FAILED, METHODS, RETRIED, RETURNED, STARTED};
use super::range::{Found, Range, Told};
use crate::context::Context;
use crate::method::{Access, Method};

/// How much went through, by minute, hour or day, and how much each method did.
///
/// ```json
/// {"bucket": "hour"}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "AnalyticsThroughput")]
pub struct Throughput {
    /// Where the range begins; 24 hours before its end if absent.
    pub from: Option<Millis>,
    /// Where it ends; now if absent.
    pub to: Option<Millis>,
    /// How long a bucket is: `minute` (kept for 25 hours), `hour` (62 days) or `day` (10 years, in
    /// UTC). If absent, as fits the range.
    pub bucket: Option<Span>,
}

/// How much went through.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AnalyticsThroughputFound")]
pub struct ThroughputFound {
    /// What the answer covers.
    #[serde(flatten)]
    pub range: Told,
    /// In the order of time; without those in which nothing happened.
    pub buckets: Vec<ThroughputBucket>,
    /// Over the whole range.
    pub totals: Flows,
    /// What methods did to tasks over the whole range, by what was done: a task that was made by
    /// `task.create_many` counts for `task.create`. What time alone brings about, such as a lease that
    /// ends, counts for none.
    pub methods: Vec<MethodCount>,
}

/// What became of tasks.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AnalyticsFlows")]
pub struct Flows {
    /// Tasks that were made.
    pub created: i64,
    /// Tasks that were claimed, or set going by hand.
    pub started: i64,
    /// Tasks that were completed.
    pub completed: i64,
    /// Tasks that failed for good.
    pub failed: i64,
    /// Tasks that were called off.
    pub cancelled: i64,
    /// Tasks that were put back after their end.
    pub retried: i64,
    /// Attempts that failed, were lost or given back, while their task goes on.
    pub returned: i64,
}

/// The same in one bucket.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AnalyticsThroughputBucket")]
pub struct ThroughputBucket {
    /// Where the bucket begins.
    pub at: Millis,
    /// What became of tasks in it.
    #[serde(flatten)]
    pub flows: Flows,
}

/// How much a method did.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AnalyticsMethodCount")]
pub struct MethodCount {
    /// The method.
    pub method: String,
    /// To how many tasks, or how often to the same.
    pub count: i64,
}

const FLOWS: [&str; 7] = [CREATED, STARTED, COMPLETED, FAILED, CANCELLED, RETRIED, RETURNED];

impl Flows {
    fn of(found: &Found) -> Self {
        let [created, started, completed, failed, cancelled, retried, returned] =
            FLOWS.map(|name| found.count(name));
        Self { created, started, completed, failed, cancelled, retried, returned }
    }

    fn any(found: &Found) -> bool {
        FLOWS.iter().any(|name| found.count(name) > 0)
    }
}

impl Method for Throughput {
    const NAME: &'static str = "analytics.throughput";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = ThroughputFound;

    async fn call(self, cx: &Context) -> Result<ThroughputFound, Error> {
        let range = Range::of((self.from, self.to), self.bucket, cx.now())?;
        let names: Vec<_> = FLOWS.iter().chain(METHODS).copied().collect();
        let found = range.read(cx, &names).await?;
        let whole = Found::total(&found);
        let methods = METHODS.iter().filter(|name| whole.count(name) > 0);
        let buckets = found.iter().filter(|(_, found)| Flows::any(found));
        Ok(ThroughputFound {
            range: Told::of(cx, range).await?,
            buckets: buckets
                .map(|(at, found)| ThroughputBucket { at: *at, flows: Flows::of(found) })
                .collect(),
            totals: Flows::of(&whole),
            methods: methods
                .map(|name| MethodCount { method: (*name).into(), count: whole.count(name) })
                .collect(),
        })
    }
}
