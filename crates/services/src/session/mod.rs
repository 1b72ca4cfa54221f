//! Sessions of agents: what they did, what they have to do, and what they need to go on.

mod end;
mod list;
mod rehydrate;
mod snapshot_create;
mod start;
mod state_get;

pub use end::{EndSession, Ended};
pub use list::{ListSessions, SessionFacts, SessionsListed};
pub use rehydrate::{Rehydrate, Rehydrated, SnapshotFacts};
pub use snapshot_create::{CreateSnapshot, SnapshotCreated, SnapshotReason};
pub use start::{StartSession, Started};
pub use state_get::{Condensed, GetState, SessionEvent, SessionState, Summary};

use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] = &[
    Entry::of::<StartSession>(),
    Entry::of::<EndSession>(),
    Entry::of::<ListSessions>(),
    Entry::of::<GetState>(),
    Entry::of::<Rehydrate>(),
    Entry::of::<CreateSnapshot>(),
];
