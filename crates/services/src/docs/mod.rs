//! The documentation of this server, carried inside it.

mod get;
mod list;
mod page;

pub use get::{DocFound, GetDoc};
pub use list::{DocListed, DocsListed, ListDocs};

use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] = &[Entry::of::<ListDocs>(), Entry::of::<GetDoc>()];
