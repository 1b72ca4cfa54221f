//! The writer's side: batches applied in one transaction each.

mod admin;
mod attachments;
mod beats;
mod cancel;
mod changes;
mod claims;
mod creates;
mod dependents;
mod ends;
mod hand;
mod hot;
mod idempotency;
mod instances;
mod quick;
mod reports;
mod retry;
pub(super) mod search;
pub(super) mod statements;
mod sweep;
mod tx;

pub(super) use hot::Hot;
pub(super) use tx::Tx;
