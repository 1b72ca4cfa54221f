//! The rules in force: those of the server, and over them those of a tenant.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use claudebench_core::event::Event;
use claudebench_core::{Error, TenantId};
use claudebench_hooks::{Layer, RuleError, Rules};
use claudebench_store::{Store, StoreError};
use serde::Deserialize;

/// The key of the shared configuration under which a tenant's rules stand, as a text.
pub const RULES_KEY: &str = "hook.rules";

/// The most tenants whose rules are remembered.
const TENANTS: usize = 1_000;

/// The rules in force on this server.
#[derive(Debug)]
pub struct HookRules {
    base: RwLock<Arc<Rules>>,
    tenants: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Grows with each change: what was read before it may be old.
    generation: u64,
    rules: HashMap<TenantId, Arc<Rules>>,
}

impl HookRules {
    /// With these rules for all tenants.
    #[must_use]
    pub fn new(base: Rules) -> Self {
        Self { base: RwLock::new(Arc::new(base)), tenants: Mutex::default() }
    }

    /// The rules that hold for all tenants.
    #[must_use]
    pub fn base(&self) -> Arc<Rules> {
        self.base.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Other rules hold for all tenants.
    pub fn replace(&self, base: Rules) {
        *self.base.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(base);
        let mut known = self.known();
        known.generation += 1;
        known.rules.clear();
    }

    /// A tenant's rules may have changed.
    pub fn notice(&self, events: &[Arc<Event>]) {
        #[derive(Deserialize)]
        struct Changed {
            key: String,
        }
        for event in events.iter().filter(|event| &*event.kind == "config.changed") {
            let changed = serde_json::from_str::<Changed>(event.payload.get());
            if changed.is_ok_and(|changed| changed.key == RULES_KEY) {
                let mut known = self.known();
                known.generation += 1;
                known.rules.remove(&event.tenant);
            }
        }
    }

    /// A tenant's rules over those of the server. Ones that are not in order any more, as those of the
    /// server have changed, are left out, and told of in the log.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub async fn of(
        &self,
        tenant: TenantId,
        store: &Arc<dyn Store>,
    ) -> Result<Arc<Rules>, StoreError> {
        let generation = {
            let known = self.known();
            if let Some(rules) = known.rules.get(&tenant) {
                return Ok(rules.clone());
            }
            known.generation
        };
        let base = self.base();
        let rules = match store.config(tenant, RULES_KEY.to_owned()).await? {
            None => base,
            Some(value) => match over(&base, &value) {
                Ok(rules) => Arc::new(rules),
                Err(error) => {
                    tracing::warn!(tenant = tenant.0, %error, "a tenant's rules are not in force");
                    base
                }
            },
        };
        let mut known = self.known();
        if known.generation == generation {
            if known.rules.len() >= TENANTS {
                known.rules.clear();
            }
            known.rules.insert(tenant, rules.clone());
        }
        Ok(rules)
    }

    /// Refuses a value that is no text of rules.
    ///
    /// # Errors
    /// Where it is wrong, and why.
    pub fn check(&self, value: &str) -> Result<(), Error> {
        over(&self.base(), value)
            .map(|_| ())
            .map_err(|error| Error::invalid(&["value"], format!("no rules: {error}")))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is wrong with a tenant's rules.
#[derive(Debug, thiserror::Error)]
enum Wrong {
    #[error("expected a text, as in a file of rules, or null")]
    NoText,
    #[error(transparent)]
    Rules(#[from] RuleError),
}

fn over(base: &Rules, value: &str) -> Result<Rules, Wrong> {
    match serde_json::from_str::<Option<String>>(value) {
        Ok(None) => Ok(base.clone()),
        Ok(Some(text)) => Ok(base.with(Layer::Tenant, &text)?),
        Err(_) => Err(Wrong::NoText),
    }
}
