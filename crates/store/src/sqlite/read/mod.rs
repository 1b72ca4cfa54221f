//! The readers' side: one function a question.

pub(super) mod admin;
pub(super) mod events;
pub(super) mod explain;
pub(super) mod list;
pub(super) mod metrics;
pub(super) mod statements;
pub(super) mod tasks;
