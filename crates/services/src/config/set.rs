//! `config.set`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Scope};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::hook::RULES_KEY;
use crate::json::Json;
use crate::method::{Access, Method};

/// The most bytes of a value.
const MAX_BYTES: usize = 64 << 10;

/// Sets a value of the shared configuration. It is kept as it is given: the text `"5"` stays a
/// text. `hook.rules` takes the text of a file of rules, or null; one that is not in order is refused.
///
/// ```json
/// {"key": "todowrite.autocreate", "value": false}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ConfigSet")]
pub struct SetConfig {
    /// Its key.
    pub key: Name,
    /// Any JSON of at most 64 KiB; null if absent.
    #[serde(default)]
    pub value: Option<Json>,
}

/// The value is set.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ConfigStored")]
pub struct Stored {
    /// Its key.
    pub key: String,
    /// The value.
    pub value: Option<Json>,
    /// Always true.
    pub success: bool,
}

impl Method for SetConfig {
    const NAME: &'static str = "config.set";
    const ACCESS: Access = Access::Write(Scope::SystemWrite);
    type Output = Stored;

    async fn call(self, cx: &Context) -> Result<Stored, Error> {
        let key = self.key.into_string();
        let value = match &self.value {
            Some(value) => value.clone().bounded("value", MAX_BYTES)?,
            None => "null".to_owned(),
        };
        if key == RULES_KEY {
            cx.shared.rules.check(&value)?;
        }
        cx.commit(store::SetConfig { key: key.clone(), value }).await?;
        Ok(Stored { key, value: self.value, success: true })
    }
}
