//! Tasks: made, claimed, worked on, ended.

mod create;
pub mod ready;

use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] = &[Entry::of::<create::Create>()];
