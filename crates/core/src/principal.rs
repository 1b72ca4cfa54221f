//! Who calls: tenant, name and scopes.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The store's number for a tenant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct TenantId(pub i64);

impl TenantId {
    /// The one tenant of a laptop, named `default`.
    pub const DEFAULT: Self = Self(1);
}

/// What a principal may do. Each scope stands alone; `admin` holds all.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
pub enum Scope {
    /// Read tasks, attachments and events.
    #[serde(rename = "tasks:read")]
    TasksRead,
    /// Create, change, cancel and delete tasks.
    #[serde(rename = "tasks:write")]
    TasksWrite,
    /// Claim tasks and report on them; register as a worker.
    #[serde(rename = "tasks:work")]
    TasksWork,
    /// Read the state of the system and its documentation.
    #[serde(rename = "system:read")]
    SystemRead,
    /// Pause queues and change the configuration.
    #[serde(rename = "system:write")]
    SystemWrite,
    /// Everything, keys and flushing included.
    #[serde(rename = "admin")]
    Admin,
}

impl Scope {
    /// All scopes, `admin` last.
    pub const ALL: [Self; 6] = [
        Self::TasksRead,
        Self::TasksWrite,
        Self::TasksWork,
        Self::SystemRead,
        Self::SystemWrite,
        Self::Admin,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TasksRead => "tasks:read",
            Self::TasksWrite => "tasks:write",
            Self::TasksWork => "tasks:work",
            Self::SystemRead => "system:read",
            Self::SystemWrite => "system:write",
            Self::Admin => "admin",
        }
    }

    /// The scope of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of scopes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Scopes(u8);

impl Scopes {
    /// Every scope.
    pub const ALL: Self = Self(Scope::Admin.bit());

    /// Whether a call that needs `scope` may go on.
    #[must_use]
    pub const fn allow(self, scope: Scope) -> bool {
        self.0 & (scope.bit() | Scope::Admin.bit()) != 0
    }

    /// The scopes in it.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.0 & scope.bit() != 0)
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

/// Who calls.
#[derive(Clone, Debug)]
pub struct Principal {
    /// Whose data it sees.
    pub tenant: TenantId,
    /// The tenant's name.
    pub tenant_name: Arc<str>,
    /// Its own name, as it appears in events.
    pub name: Arc<str>,
    /// What it may do.
    pub scopes: Scopes,
}

impl Principal {
    /// The person at this machine: every scope, the default tenant.
    #[must_use]
    pub fn local() -> Self {
        Self {
            tenant: TenantId::DEFAULT,
            tenant_name: "default".into(),
            name: "local".into(),
            scopes: Scopes::ALL,
        }
    }
}
