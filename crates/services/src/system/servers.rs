//! `system.servers`.

use claudebench_core::{Code, Error, Millis, Scope, TenantId};
use claudebench_store::ServerRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::method::{Access, Method};

/// Lists the servers that share this store, and says which of them answers. It takes the tenant `default`, as
/// they serve all tenants.
///
/// ```json
/// {}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "SystemServers")]
pub struct Servers {}

/// The servers that share a store.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemServersFound")]
pub struct ServersFound {
    /// Those that were heard of in the last minute: the one that answers first, then by id; 1,000 at most.
    /// Over the embedded store, there is this one alone.
    pub servers: Vec<ServerFound>,
}

/// A server.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemServer")]
pub struct ServerFound {
    /// By what it is known; a server over PostgreSQL, and each of its processes, has another one after each start.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Whether it is the one that answers.
    pub answers: bool,
    /// The address from which the database sees it, or the pooler before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// When it started, of the one that answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Millis>,
    /// When it last said that it is there, which it does every few seconds.
    pub last_seen: Millis,
}

impl Method for Servers {
    const NAME: &'static str = "system.servers";
    const ACCESS: Access = Access::Read(Scope::SystemRead);
    type Output = ServersFound;

    async fn call(self, cx: &Context) -> Result<ServersFound, Error> {
        if cx.tenant() != TenantId::DEFAULT {
            let message = "system.servers names what serves all tenants: it takes a key of the tenant `default`";
            return Err(Error::new(Code::Forbidden, message));
        }
        let info = &cx.shared.info;
        let servers = cx.shared.store.servers().await.map_err(store_error)?;
        let found = |row: ServerRow| ServerFound {
            id: row.id,
            version: if row.own { info.version.to_owned() } else { row.version },
            answers: row.own,
            address: row.address,
            started_at: row.own.then_some(info.started_at),
            last_seen: row.seen_at,
        };
        Ok(ServersFound { servers: servers.into_iter().map(found).collect() })
    }
}
