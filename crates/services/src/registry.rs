//! The table of contents: every method, by domain.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::method::Entry;

/// The domains. A line each.
const DOMAINS: &[&[Entry]] = &[
    crate::task::METHODS,
    crate::project::METHODS,
    crate::queue::METHODS,
    crate::event::METHODS,
    crate::system::METHODS,
    crate::analytics::METHODS,
    crate::hook::METHODS,
    crate::session::METHODS,
    crate::git::METHODS,
    crate::config::METHODS,
    crate::docs::METHODS,
    crate::key::METHODS,
];

/// Every method.
pub fn methods() -> impl Iterator<Item = &'static Entry> {
    DOMAINS.iter().copied().flatten()
}

/// The method of this name.
#[must_use]
pub fn entry(name: &str) -> Option<&'static Entry> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static Entry>> =
        LazyLock::new(|| methods().map(|entry| (entry.name, entry)).collect());
    BY_NAME.get(name).copied()
}
