//! `config.list`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Int, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::json::Json;
use crate::method::{Access, Method};

/// Lists the shared configuration, by key, a page at a time. Go on with `nextCursor` as `after`. A page
/// carries about 8 MiB: when the values are large it ends early.
///
/// ```json
/// {"limit": 20}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "ConfigList")]
pub struct ListConfig {
    /// Only those after this key: the `nextCursor` of the page before.
    pub after: Option<Name>,
    /// The most values of a page; 100 if absent.
    pub limit: Option<Int<1, 1_000>>,
}

/// A page of the shared configuration.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ConfigPage")]
pub struct ConfigListed {
    /// The values.
    pub values: Vec<ConfigEntry>,
    /// Pass it as `after` for the next page; absent when this is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A key with its value.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ConfigEntry")]
pub struct ConfigEntry {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Json,
}

impl Method for ListConfig {
    const NAME: &'static str = "config.list";
    const ACCESS: Access = Access::ReadLatest(Scope::SystemRead);
    type Output = ConfigListed;

    async fn call(self, cx: &Context) -> Result<ConfigListed, Error> {
        let limit = self.limit.map_or(100, Int::count);
        let after = self.after.map(Name::into_string);
        let page = cx.shared.store.config_page(cx.tenant(), after, limit);
        let page = page.await.map_err(store_error)?;
        let values = page.values.into_iter();
        let values = values.map(|(key, value)| ConfigEntry { key, value: Json::stored(value) });
        Ok(ConfigListed { values: values.collect(), next_cursor: page.next })
    }
}
