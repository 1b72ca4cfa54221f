//! What is known of an agent's work when it commits, and the commits it makes.

mod auto_commit_notify;
mod context_get;

pub use auto_commit_notify::{AutoCommit, CommitNoted, CommitStats, TaskContext};
pub use context_get::{GetContext, GitContext, GitMetadata};

use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] = &[Entry::of::<GetContext>(), Entry::of::<AutoCommit>()];
