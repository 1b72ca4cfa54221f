//! API keys: `cb_<id>_<secret>`. The secret is shown once; only its hash is kept.

mod create;
mod list;
mod revoke;
mod secret;

pub use create::{CreateKey, KeyMade};
pub use list::{KeyListed, KeysListed, ListKeys};
pub use revoke::{KeyRevoked, RevokeKey};
pub use secret::{Presented, principal_of};

use claudebench_core::TenantId;

use crate::context::Context;
use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] =
    &[Entry::of::<CreateKey>(), Entry::of::<ListKeys>(), Entry::of::<RevokeKey>()];

/// Whether the caller looks after all tenants' keys.
fn rules_all(cx: &Context) -> bool {
    cx.tenant() == TenantId::DEFAULT
}
