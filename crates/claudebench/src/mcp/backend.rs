//! Where calls go.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use claudebench_core::{Code, Error, Millis, TaskId};
use claudebench_services::Reply;
use futures_util::Stream;
use rmcp::model::Extensions;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::tools::Toolsets;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Change {
    /// An event.
    Event {
        /// Its type.
        kind: Arc<str>,
        /// The task that it is about.
        task: Option<TaskId>,
    },
    /// Nobody knows what: some of it was missed.
    Missed,
}

/// What happens from now on, in its order.
pub type Changes = Pin<Box<dyn Stream<Item = Change> + Send>>;

/// A server, here or elsewhere.
pub trait Backend: Clone + Send + Sync + 'static {
    /// Whether this process is the server: then it can give back what a client did not get. A server
    /// elsewhere does that itself, when the connection breaks.
    const IS_SERVER: bool;

    /// Now, by its clock.
    fn now(&self) -> Millis;

    /// Calls a method for whoever sent a message.
    fn call(
        &self,
        message: &Extensions,
        method: &'static str,
        params: Box<RawValue>,
    ) -> impl Future<Output = Reply> + Send;

    /// What whoever sent a message may see of what happens.
    fn changes(&self, message: &Extensions) -> impl Future<Output = Result<Changes, Error>> + Send;

    /// The idempotency key that came beside a message.
    fn key(&self, _: &Extensions) -> Option<String> {
        None
    }

    /// Which tools whoever sent a message wants to see.
    ///
    /// # Errors
    /// A name that no set has.
    fn toolsets(&self, message: &Extensions) -> Result<Toolsets, Error>;
}

/// Calls a method for whoever sent a message, and reads its answer.
pub(super) async fn ask<B: Backend>(
    backend: &B,
    message: &Extensions,
    method: &'static str,
    params: &impl Serialize,
) -> Result<Value, Error> {
    let unreadable =
        |e: serde_json::Error| Error::new(Code::Internal, format!("{method} cannot be read: {e}"));
    let params = serde_json::value::to_raw_value(params).map_err(unreadable)?;
    let answer = backend.call(message, method, params).await?;
    serde_json::from_str(answer.get()).map_err(unreadable)
}
