//! `analytics.latency`.

use claudebench_core::figures::Span;
use claudebench_core::{Error, Millis, Scope};
use claudebench_store::Metric;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figures::{WAITED, WORKED};
use super::range::{Found, Range, Told};
use crate::context::Context;
use crate::json::Decimal;
use crate::method::{Access, Method};

/// How long tasks waited for their first claim, and how long the attempt took that ended them, in
/// milliseconds. Percentiles are off by less than 1.6 percent; averages are exact. Times count when they
/// end.
///
/// ```json
/// {"bucket": "hour"}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "AnalyticsLatency")]
pub struct Latency {
    /// Where the range begins; 24 hours before its end if absent.
    pub from: Option<Millis>,
    /// Where it ends; now if absent.
    pub to: Option<Millis>,
    /// How long a bucket is: `minute` (kept for 25 hours), `hour` (62 days) or `day` (10 years, in
    /// UTC). If absent, as fits the range.
    pub bucket: Option<Span>,
}

/// How long things took.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AnalyticsLatencyFound")]
pub struct LatencyFound {
    /// What the answer covers.
    #[serde(flatten)]
    pub range: Told,
    /// In the order of time; without those in which nothing was claimed or ended.
    pub buckets: Vec<LatencyBucket>,
    /// Over the whole range.
    pub totals: TimesOfBoth,
}

/// Both times.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AnalyticsTimesOfBoth")]
pub struct TimesOfBoth {
    /// From the creation of a task to its first claim; that includes the time until `runAt`, and until
    /// what it depends on was done.
    pub waiting: Times,
    /// From the claim of a task to its completion or its failure for good.
    pub working: Times,
}

/// The same in one bucket.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AnalyticsLatencyBucket")]
pub struct LatencyBucket {
    /// Where the bucket begins.
    pub at: Millis,
    /// What took how long.
    #[serde(flatten)]
    pub times: TimesOfBoth,
}

/// How long something took, in milliseconds.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AnalyticsTimes")]
pub struct Times {
    /// How many there are.
    pub count: i64,
    /// On average.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_ms: Option<Decimal>,
    /// Half of them took no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50_ms: Option<i64>,
    /// 95 of a hundred took no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95_ms: Option<i64>,
    /// 99 of a hundred took no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99_ms: Option<i64>,
}

impl Times {
    fn of(metric: &Metric) -> Self {
        let percentile = |percent| metric.latencies.percentile(percent);
        Self {
            count: metric.count,
            average_ms: metric.average().map(Decimal),
            p50_ms: percentile(50),
            p95_ms: percentile(95),
            p99_ms: percentile(99),
        }
    }
}

impl TimesOfBoth {
    fn of(found: &Found) -> Self {
        Self { waiting: Times::of(&found.of(WAITED)), working: Times::of(&found.of(WORKED)) }
    }
}

impl Method for Latency {
    const NAME: &'static str = "analytics.latency";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = LatencyFound;

    async fn call(self, cx: &Context) -> Result<LatencyFound, Error> {
        let range = Range::of((self.from, self.to), self.bucket, cx.now())?;
        let found = range.read(cx, &[WAITED, WORKED]).await?;
        let buckets = found.iter();
        Ok(LatencyFound {
            range: Told::of(cx, range).await?,
            totals: TimesOfBoth::of(&Found::total(&found)),
            buckets: buckets
                .map(|(at, found)| LatencyBucket { at: *at, times: TimesOfBoth::of(found) })
                .collect(),
        })
    }
}
