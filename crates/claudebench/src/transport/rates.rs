//! How often callers may call: which buckets a call takes from, and how its caller is told.

use std::collections::HashMap;
use std::sync::Arc;

use claudebench_coordination::limits::{Limited, Limiter, LimiterStatus, Rate, Standing, Wanted};
use claudebench_core::{Code, Error};
use claudebench_store::KeyRow;
use hyper::Response;
use hyper::header::{HeaderName, HeaderValue, RETRY_AFTER};
use serde_json::json;

use crate::config::Rates;

static LIMIT: HeaderName = HeaderName::from_static("ratelimit");
static POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The buckets of all callers.
pub struct CallRates {
    limiter: Arc<Limiter>,
    global: Option<Wanted>,
    each: Option<Rate>,
    methods: HashMap<String, Option<Rate>>,
    tenants: HashMap<String, Option<Rate>>,
}

impl CallRates {
    /// The rates of a configuration, counted by this limiter.
    #[must_use]
    pub fn new(limiter: Arc<Limiter>, rates: &Rates) -> Self {
        let of_all = |rate| Wanted { name: "global".into(), policy: "global", rate };
        Self {
            limiter,
            global: rates.of_all().map(of_all),
            each: rates.of_each(),
            methods: rates.of_methods().into_iter().collect(),
            tenants: rates.of_tenants().into_iter().collect(),
        }
    }

    /// Takes a call of somebody from the buckets; says how the scarcest one stands.
    ///
    /// # Errors
    /// [`Code::RateLimited`]: one of them is empty.
    pub async fn admit(&self, key: &KeyRow, method: &str) -> Result<Option<Standing>, Limited> {
        let own = match (self.methods.get(method), self.tenants.get(&key.tenant_name)) {
            // Not even together with others.
            (Some(None), _) | (None, Some(None)) => return Ok(None),
            (Some(rate), _) => {
                rate.map(|rate| (format!("key:{}:{method}", key.id), "method", rate))
            }
            (None, of_tenant) => {
                let rate = of_tenant.copied().unwrap_or(self.each);
                rate.map(|rate| (format!("key:{}", key.id), "principal", rate))
            }
        };
        let own = own.map(|(name, policy, rate)| Wanted { name: name.into(), policy, rate });
        match (own, &self.global) {
            (Some(own), Some(global)) => self.limiter.admit(&[own, global.clone()]).await,
            (Some(own), None) => self.limiter.admit(&[own]).await,
            (None, Some(global)) => self.limiter.admit(std::slice::from_ref(global)).await,
            (None, None) => Ok(None),
        }
    }

    /// What was counted.
    #[must_use]
    pub fn status(&self) -> LimiterStatus {
        self.limiter.status()
    }
}

/// What a caller is told that is refused.
#[must_use]
pub fn refused(limited: &Limited) -> Error {
    let Limited { standing: Standing { policy, rate, .. }, retry_ms } = limited;
    let whose = match *policy {
        "global" => "all callers together may",
        "method" => "you may, with this method,",
        _ => "you may",
    };
    let message = format!(
        "{whose} call {} times a minute, and {} times at once; nothing was done. Come again in \
         {retry_ms} ms",
        rate.per_minute, rate.burst
    );
    let limit = json!({ "policy": policy, "perMinute": rate.per_minute, "burst": rate.burst });
    Error::new(Code::RateLimited, message).with("retryAfterMs", *retry_ms).with("limit", limit)
}

/// How somebody stands, as headers. `RateLimit-Policy` says how many a minute, `RateLimit` how many are left
/// and in how many seconds all are.
pub(super) fn show<B>(told: &Told, response: &mut Response<B>) {
    let Standing { policy, rate, left, full_ms } = told.standing;
    let texts = [
        (&LIMIT, format!("\"{policy}\";r={left};t={}", full_ms.div_ceil(1_000))),
        (&POLICY, format!("\"{policy}\";q={};w=60;burst={}", rate.per_minute, rate.burst)),
    ];
    let headers = response.headers_mut();
    for (name, text) in texts {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name.clone(), value);
        }
    }
    if let Some(ms) = told.retry_ms {
        headers.entry(RETRY_AFTER).or_insert(HeaderValue::from(ms.div_ceil(1_000)));
    }
}

/// How a caller stands with its scarcest bucket.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// The bucket.
    pub standing: Standing,
    /// When to come again, where a call was refused.
    pub retry_ms: Option<u64>,
}

impl From<&Limited> for Told {
    fn from(limited: &Limited) -> Self {
        Self { standing: limited.standing, retry_ms: Some(limited.retry_ms) }
    }
}

impl From<Standing> for Told {
    fn from(standing: Standing) -> Self {
        Self { standing, retry_ms: None }
    }
}
