//! The rules of writing: batches applied, each in one transaction, over the rows of any backend.

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
mod idempotency;
mod instances;
mod lanes;
mod metrics;
mod quick;
mod reports;
mod retry;
mod rows;
mod sessions;
mod sweep;
mod todos;
mod tx;
mod waiting;

pub(crate) use rows::{
    Base, CallOff, Completion, CountedTask, GraphRows, LeaseRows, LogRows, MetricRows,
    NewAttachment, NewEvent, SessionRows, SharedRows, TaskRows,
};
pub(crate) use tx::{Done, Rules, Stop, Tx};
pub(crate) use waiting::Waiting;
