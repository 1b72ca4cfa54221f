//! `key.list`.

use claudebench_core::{Error, Millis, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules_all;
use crate::context::{Context, store_error};
use crate::method::{Access, Method};

/// Lists the API keys that are not revoked: those of the tenant, or of all for the tenant
/// `default`. Secrets are not shown.
///
/// ```json
/// {}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "KeyList")]
pub struct ListKeys {}

/// The keys.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "KeyPage")]
pub struct KeysListed {
    /// The keys, oldest first.
    pub keys: Vec<KeyListed>,
}

/// An API key without its secret.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Key")]
pub struct KeyListed {
    /// Its public id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Whose data it opens.
    pub tenant: String,
    /// When it was made.
    pub created_at: Millis,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Millis>,
    /// Whether it has ended.
    pub expired: bool,
}

impl Method for ListKeys {
    const NAME: &'static str = "key.list";
    const ACCESS: Access = Access::ReadLatest(Scope::Admin);
    type Output = KeysListed;

    async fn call(self, cx: &Context) -> Result<KeysListed, Error> {
        let tenant = (!rules_all(cx)).then(|| cx.tenant());
        let mut rows = cx.shared.store.keys(tenant).await.map_err(store_error)?;
        rows.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        let now = cx.now();
        let keys = rows.into_iter().map(|row| KeyListed {
            id: row.id,
            name: row.name,
            scopes: row.scopes,
            tenant: row.tenant_name,
            created_at: row.created_at,
            expired: row.expires_at.is_some_and(|end| end <= now),
            expires_at: row.expires_at,
        });
        Ok(KeysListed { keys: keys.collect() })
    }
}
