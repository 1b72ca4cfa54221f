//! Attachments of tasks: JSON, text, markdown, links.

mod create;
mod delete;
mod get;
mod get_batch;
mod list;
mod view;

pub use create::{AttachmentCreated, CreateAttachment};
pub use delete::{AttachmentDeleted, DeleteAttachment};
pub use get::GetAttachment;
pub use get_batch::{AttachmentName, AttachmentsFound, GetAttachmentsBatch};
pub use list::{AttachmentsListed, ListAttachments};
pub(super) use view::{ANSWER_BYTES, bytes, page};
pub use view::{ClaimedAttachment, ResultAttachment, WireAttachment};
