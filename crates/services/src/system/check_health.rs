//! `system.check_health`.

use std::collections::BTreeMap;

use claudebench_core::{Error, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::watch;
use crate::context::{Context, submit_error};
use crate::json::Span;
use crate::method::{Access, Method};

/// Gives up the instances that were not heard of within the timeout: what they hold goes back.
/// Happens by itself after 30 seconds of silence.
///
/// ```json
/// {"timeout": 20000}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "SystemCheckHealth")]
pub struct CheckHealth {
    /// In milliseconds; 10,000 if absent.
    pub timeout: Option<Span<86_400_000>>,
}

/// Who is there, and who is not.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemHealthChecked")]
pub struct Checked {
    /// Instances that are there.
    pub healthy: Vec<String>,
    /// Instances that were given up by this call.
    pub failed: Vec<String>,
    /// How many tasks each of those held.
    pub reassigned: BTreeMap<String, i64>,
}

impl Method for CheckHealth {
    const NAME: &'static str = "system.check_health";
    const ACCESS: Access = Access::Sign(Scope::SystemWrite);
    type Output = Checked;

    async fn call(self, cx: &Context) -> Result<Checked, Error> {
        let timeout = self.timeout.map_or(10_000, Span::get);
        let shared = &cx.shared;
        let failed = watch::fail_silent(shared, Some(cx.tenant()), (timeout, timeout))
            .await
            .map_err(submit_error)?;
        let healthy = shared.presence.of_tenant(cx.tenant());
        Ok(Checked {
            healthy: healthy.iter().map(|instance| instance.id.to_string()).collect(),
            failed: failed.iter().map(|instance| instance.id.to_string()).collect(),
            reassigned: failed
                .iter()
                .map(|instance| (instance.id.to_string(), instance.reassigned))
                .collect(),
        })
    }
}
