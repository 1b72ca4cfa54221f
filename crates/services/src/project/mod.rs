//! Projects: what tasks are for. One is there as long as it has tasks.

mod list;

pub use list::{ListProjects, ProjectFound, ProjectsListed};

use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] = &[Entry::of::<ListProjects>()];
