//! The shared configuration: values that agents and people agree on.

mod get;
mod list;
mod set;

pub use get::{Found, GetConfig};
pub use list::{ConfigEntry, ConfigListed, ListConfig};
pub use set::{SetConfig, Stored};

use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] =
    &[Entry::of::<GetConfig>(), Entry::of::<ListConfig>(), Entry::of::<SetConfig>()];
