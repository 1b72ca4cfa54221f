//! `key.create`.

use claudebench_core::bounded::{List, Name};
use claudebench_core::{Code, Error, Int, Millis, Scope};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{rules_all, secret};
use crate::context::Context;
use crate::method::{Access, Method};

/// Makes an API key. The key itself is shown this once: keep it where secrets are kept.
///
/// ```json
/// {"name": "build agent", "scopes": ["tasks:read", "tasks:work"], "forMs": 2592000000}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "KeyCreate")]
pub struct CreateKey {
    /// Its name, as it will stand in events.
    pub name: Name,
    /// What it may do.
    pub scopes: List<Scope, 6>,
    /// Whose data it opens, by name: made when there is no such tenant; the caller's own if
    /// absent. Only the tenant `default` may name another.
    #[serde(default)]
    pub tenant: Option<Name>,
    /// When it ends; never if absent.
    #[serde(default)]
    pub expires_at: Option<Millis>,
    /// Instead of `expiresAt`: it ends after so many milliseconds.
    #[serde(default)]
    pub for_ms: Option<Int<1_000, 315_360_000_000>>,
}

/// The key that was made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "KeyCreated")]
pub struct KeyMade {
    /// Its public id.
    pub id: String,
    /// The key. Null when the call repeats an earlier one: it was shown then.
    pub key: Option<String>,
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
}

impl Method for CreateKey {
    const NAME: &'static str = "key.create";
    const ACCESS: Access = Access::Write(Scope::Admin);
    type Output = KeyMade;

    async fn call(self, cx: &Context) -> Result<KeyMade, Error> {
        if self.scopes.is_empty() {
            return Err(Error::invalid(&["scopes"], "expected at least one scope"));
        }
        let expires_at = match (self.expires_at, self.for_ms) {
            (Some(_), Some(_)) => {
                return Err(Error::invalid(&["forMs"], "expected expiresAt or forMs, not both"));
            }
            (Some(end), None) => Some(store::Until::At(end)),
            (None, for_ms) => for_ms.map(|ms| store::Until::For(ms.get())),
        };
        let tenant_name = match self.tenant {
            Some(name) if *name != *cx.principal.tenant_name && !rules_all(cx) => {
                let message = "only the tenant `default` may make keys for others";
                return Err(Error::new(Code::Forbidden, message));
            }
            Some(name) => name.into_string(),
            None => cx.principal.tenant_name.to_string(),
        };
        let mut scopes: Vec<String> =
            self.scopes.iter().map(|scope| scope.name().to_owned()).collect();
        scopes.sort_unstable();
        scopes.dedup();
        let (id, key, hash) = secret::new()?;
        let name = self.name.into_string();
        let add = store::AddKey { id, tenant_name, name, hash, scopes, expires_at };
        let row = cx.commit(add).await?;
        Ok(KeyMade {
            // A repeated call answers with the key that was made first, whose secret is not known.
            key: (row.hash == hash).then_some(key),
            id: row.id,
            name: row.name,
            scopes: row.scopes,
            tenant: row.tenant_name,
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    }
}
