//! `analytics.failures`.

use claudebench_core::figures::Span;
use claudebench_core::{Error, Millis, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figures::WHYS;
use super::range::{Found, Range, Told};
use crate::context::Context;
use crate::method::{Access, Method};

/// Why attempts and tasks failed, by minute, hour or day. The reasons are those that workers give
/// (`error`, `invalid_input`, `refused`, `timeout`, `rate_limited`, `unavailable`, `crashed`), those that time
/// brings (`lease_expired`, `deadline_exceeded`, `instance_failed`), and `other`: a task that was moved to
/// `failed` by hand.
///
/// ```json
/// {"bucket": "hour"}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "AnalyticsFailures")]
pub struct Failures {
    /// Where the range begins; 24 hours before its end if absent.
    pub from: Option<Millis>,
    /// Where it ends; now if absent.
    pub to: Option<Millis>,
    /// How long a bucket is: `minute` (kept for 25 hours), `hour` (62 days) or `day` (10 years, in
    /// UTC). If absent, as fits the range.
    pub bucket: Option<Span>,
}

/// Why attempts and tasks failed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AnalyticsFailuresFound")]
pub struct FailuresFound {
    /// What the answer covers.
    #[serde(flatten)]
    pub range: Told,
    /// By bucket, in the order of time, and by reason; without those that nothing failed for.
    pub buckets: Vec<FailuresBucket>,
    /// Over the whole range: the reasons, most failures first.
    pub totals: Vec<FailuresOf>,
}

/// What failed for one reason.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AnalyticsFailuresOf")]
pub struct FailuresOf {
    /// The reason.
    pub reason: String,
    /// Attempts that failed, while their task goes on.
    pub attempts: i64,
    /// Tasks that failed for good.
    pub tasks: i64,
}

/// The same in one bucket.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AnalyticsFailuresBucket")]
pub struct FailuresBucket {
    /// Where the bucket begins.
    pub at: Millis,
    /// What failed in it.
    #[serde(flatten)]
    pub failures: FailuresOf,
}

impl FailuresOf {
    /// Of every reason for which something failed.
    fn all(found: &Found) -> impl Iterator<Item = Self> {
        let all = WHYS.iter().map(|why| Self {
            reason: why.reason.into(),
            attempts: found.count(why.attempts),
            tasks: found.count(why.tasks),
        });
        all.filter(|failures| failures.attempts + failures.tasks > 0)
    }
}

impl Method for Failures {
    const NAME: &'static str = "analytics.failures";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = FailuresFound;

    async fn call(self, cx: &Context) -> Result<FailuresFound, Error> {
        let range = Range::of((self.from, self.to), self.bucket, cx.now())?;
        let names: Vec<_> = WHYS.iter().flat_map(|why| [why.attempts, why.tasks]).collect();
        let found = range.read(cx, &names).await?;
        let mut totals: Vec<_> = FailuresOf::all(&Found::total(&found)).collect();
        totals.sort_by_key(|failures| -(failures.attempts + failures.tasks));
        let buckets = found.iter().flat_map(|(at, found)| {
            FailuresOf::all(found).map(|failures| FailuresBucket { at: *at, failures })
        });
        let buckets = buckets.collect();
        Ok(FailuresFound { range: Told::of(cx, range).await?, buckets, totals })
    }
}
