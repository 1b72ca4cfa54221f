//! Events: how they are read, and how they look on the wire.

mod list;
mod wire;

pub use list::{EventOrder, EventsListed, ListEvents};
pub use wire::{EventMetadata, WireEvent, wire};

use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] = &[Entry::of::<ListEvents>()];
