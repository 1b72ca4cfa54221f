//! `key.revoke`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Scope};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};

/// Revokes an API key, by its public id: the part of the key between the two underscores.
///
/// ```json
/// {"id": "0123456789abcdef"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "KeyRevoke")]
pub struct RevokeKey {
    /// Its public id.
    pub id: Name,
}

/// The key opens nothing any more.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "KeyRevoked")]
pub struct KeyRevoked {
    /// Its public id.
    pub id: String,
    /// Always true.
    pub revoked: bool,
}

impl Method for RevokeKey {
    const NAME: &'static str = "key.revoke";
    const ACCESS: Access = Access::Write(Scope::Admin);
    type Output = KeyRevoked;

    async fn call(self, cx: &Context) -> Result<KeyRevoked, Error> {
        let id = self.id.into_string();
        cx.commit(store::RevokeKey { id: id.clone() }).await?;
        Ok(KeyRevoked { id, revoked: true })
    }
}
