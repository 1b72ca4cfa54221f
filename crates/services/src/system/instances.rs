//! `system.instances`.

use std::sync::Arc;

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Int, Millis, Scope};
use claudebench_store::{InstanceHolding, InstanceQuery, Which};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::json::Fields;
use crate::method::{Access, Method};

/// Lists the instances, by id, a page at a time: those that are there, and those that have gone, which are
/// remembered for a day. Go on with `nextCursor` as `after`. A page carries about 8 MiB: when they say
/// much of themselves it ends early.
///
/// ```json
/// {"online": true}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "SystemInstances")]
pub struct Instances {
    /// `true`: only those that are there; `false`: only those that have gone.
    pub online: Option<bool>,
    /// Only those after this id: the `nextCursor` of the page before.
    pub after: Option<Name>,
    /// The most instances of a page; 100 if absent.
    pub limit: Option<Int<1, 1_000>>,
}

/// A page of instances.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemInstancePage")]
pub struct InstancesListed {
    /// The instances.
    pub instances: Vec<InstanceFound>,
    /// Pass it as `after` for the next page; absent when this is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// An instance.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemInstance")]
pub struct InstanceFound {
    /// Its id.
    pub id: String,
    /// The roles it works in.
    pub roles: Vec<String>,
    /// Whether it is there: registered, and heard of by some server of late.
    pub online: bool,
    /// When it registered last.
    pub registered_at: Millis,
    /// When it was last heard of, to within some seconds.
    pub last_seen: Millis,
    /// What it said of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Fields>,
    /// How many tasks it holds now, counted to 1,000.
    pub leases: i64,
    /// There are at least `leases`; more were not counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leases_capped: bool,
}

impl Method for Instances {
    const NAME: &'static str = "system.instances";
    const ACCESS: Access = Access::ReadLatest(Scope::SystemRead);
    type Output = InstancesListed;

    async fn call(self, cx: &Context) -> Result<InstancesListed, Error> {
        let presence = &cx.shared.presence;
        let there = || -> Vec<Arc<str>> {
            presence.of_tenant(cx.tenant()).into_iter().map(|instance| instance.id).collect()
        };
        let query = InstanceQuery {
            tenant: cx.tenant(),
            // What is written says who is registered, not who was heard of since: that is known here.
            which: match self.online {
                None => Which::All,
                Some(true) => Which::Named(there()),
                Some(false) => Which::Others(there()),
            },
            after: self.after.map(Name::into_string),
            limit: self.limit.map_or(100, Int::count),
        };
        let page = cx.shared.store.instance_page(query).await.map_err(store_error)?;
        let found = page.instances.into_iter().map(|instance| {
            let seen = presence.seen(cx.tenant(), &instance.row.id);
            found(instance, seen, self.online)
        });
        Ok(InstancesListed { instances: found.collect(), next_cursor: page.next })
    }
}

/// An instance, with when it was last heard of if it is there. One that comes or goes while it is read is
/// shown as it was asked for.
fn found(instance: InstanceHolding, seen: Option<Millis>, asked: Option<bool>) -> InstanceFound {
    let row = instance.row;
    InstanceFound {
        id: row.id.to_string(),
        roles: row.roles.iter().map(|role| role.to_string()).collect(),
        online: asked.unwrap_or(seen.is_some()),
        registered_at: row.registered_at,
        last_seen: seen.map_or(row.seen_at, |seen| seen.max(row.seen_at)),
        metadata: row.metadata.map(Fields::stored),
        leases: instance.leases,
        leases_capped: instance.leases_capped,
    }
}
