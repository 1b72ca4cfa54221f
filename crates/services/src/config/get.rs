//! `config.get`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::json::Json;
use crate::method::{Access, Method};

/// Reads a value of the shared configuration.
///
/// ```json
/// {"key": "todowrite.autocreate"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ConfigGet")]
pub struct GetConfig {
    /// Its key.
    pub key: Name,
}

/// A value of the shared configuration.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ConfigValue")]
pub struct Found {
    /// Its key.
    pub key: String,
    /// The value; null if there is none.
    pub value: Option<Json>,
    /// Whether there is one.
    pub exists: bool,
}

impl Method for GetConfig {
    const NAME: &'static str = "config.get";
    const ACCESS: Access = Access::ReadLatest(Scope::SystemRead);
    type Output = Found;

    async fn call(self, cx: &Context) -> Result<Found, Error> {
        let key = self.key.into_string();
        let value = cx.shared.store.config(cx.tenant(), key.clone()).await.map_err(store_error)?;
        Ok(Found { key, exists: value.is_some(), value: value.map(Json::stored) })
    }
}
