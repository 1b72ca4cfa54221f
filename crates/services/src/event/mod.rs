//! Events: how they are read, and how they look on the wire.

mod list;
mod wire;

pub use list::{EventOrder, EventsListed, ListEvents};
pub use wire::{EventMetadata, WireEvent, wire};

use claudebench_core::Error;
use claudebench_core::event::{answers, facts, scope};

use crate::context::Context;
use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] = &[Entry::of::<ListEvents>()];

/// Refuses a caller who asks by name for events that it may not see. From `*` they are left out;
/// names that no event has, as older clients know them, are let pass.
///
/// # Errors
/// [`claudebench_core::Code::Forbidden`], naming the pattern and the scope.
pub fn allow(cx: &Context, patterns: &[String]) -> Result<(), Error> {
    let named = patterns.iter().filter(|pattern| *pattern != "*");
    for pattern in named.filter(|pattern| facts().any(|fact| answers(fact.name, pattern))) {
        cx.allow(pattern, scope(pattern))?;
    }
    Ok(())
}
