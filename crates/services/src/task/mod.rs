//! Tasks: made, claimed, worked on, ended.

mod assign;
mod attachment;
mod cancel;
mod claim;
mod complete;
mod complete_many;
mod create;
mod create_many;
mod delete;
mod dependencies;
mod explain;
mod fail;
mod get;
mod heartbeat;
mod history;
mod list;
mod new;
pub mod ready;
mod redrive;
mod release;
mod report;
mod retry;
pub mod returns;
mod stats;
pub mod sweeper;
mod unassign;
mod update;
mod view;

pub use assign::{Assign, Assigned};
pub use attachment::{
    AttachmentCreated, AttachmentDeleted, AttachmentName, AttachmentsFound, AttachmentsListed,
    ClaimedAttachment, CreateAttachment, DeleteAttachment, GetAttachment, GetAttachmentsBatch,
    ListAttachments, ResultAttachment, WireAttachment,
};
pub use cancel::{Cancel, Cancelled, Dependents};
pub use claim::{Claim, Claimed};
pub use complete::{Complete, Completed};
pub use complete_many::{CompleteMany, CompletedMany, Item, ItemDone, ItemError};
pub use create::Create;
pub use create_many::{CreateMany, CreatedMany, NewTask};
pub use delete::{Delete, Deleted};
pub use dependencies::{Dependencies, DependenciesFound, DependencyEdge};
pub use explain::{Explain, Explanation, Reason};
pub use fail::{Fail, FailReason};
pub use get::{Get, Shown, StoredTasks};
pub use heartbeat::{Beaten, Heartbeat};
pub use history::{History, Told};
pub use list::{List, Listed, Order, OrderBy};
pub use new::{Created, OnDuplicate};
pub use redrive::{Redrive, Redriven};
pub use release::Release;
pub use report::{Completion, Settled};
pub use retry::{Retried, Retry};
pub use stats::{Counts, Stats};
pub use unassign::{Unassign, Unassigned};
pub use update::{Update, Updated, Updates};
pub use view::{Task, WireLease};

use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] = &[
    Entry::of::<Create>(),
    Entry::of::<CreateMany>(),
    Entry::of::<Update>(),
    Entry::of::<Assign>(),
    Entry::of::<Unassign>(),
    Entry::of::<Claim>(),
    Entry::of::<Heartbeat>(),
    Entry::of::<Complete>(),
    Entry::of::<CompleteMany>(),
    Entry::of::<Fail>(),
    Entry::of::<Release>(),
    Entry::of::<Cancel>(),
    Entry::of::<Retry>(),
    Entry::of::<Redrive>(),
    Entry::of::<Get>(),
    Entry::of::<List>(),
    Entry::of::<History>(),
    Entry::of::<Stats>(),
    Entry::of::<Explain>(),
    Entry::of::<Dependencies>(),
    Entry::of::<Delete>(),
    Entry::of::<CreateAttachment>(),
    Entry::of::<ListAttachments>(),
    Entry::of::<GetAttachment>(),
    Entry::of::<GetAttachmentsBatch>(),
    Entry::of::<DeleteAttachment>(),
];
