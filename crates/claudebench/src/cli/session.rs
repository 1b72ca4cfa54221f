//! A conversation with one server.

use std::sync::Arc;
use std::time::Duration;

use claudebench_services::Method;
use serde::Serialize;
use serde_json::value::RawValue;

use super::Shared;
use super::failure::{Failure, Outcome};
use super::output::Out;
use super::values::Params;
use crate::client::{Client, ClientError};

/// A conversation with one server.
pub(super) struct Session<'a> {
    pub(super) out: &'a mut Out,
    pub(super) client: Arc<Client>,
    timeout: Duration,
}

impl<'a> Session<'a> {
    /// Finds out which server, and who calls.
    pub(super) fn open(shared: &Shared, out: &'a mut Out) -> Outcome<Self> {
        let config = shared.load(Vec::new())?.config;
        let client = Arc::new(shared.client(&config)?);
        Ok(Self { out, client, timeout: shared.timeout() })
    }

    /// With a server that was found already.
    pub(super) fn with(client: Client, shared: &Shared, out: &'a mut Out) -> Self {
        Self { out, client: Arc::new(client), timeout: shared.timeout() }
    }

    /// Calls a method. For programs its answer is written as it came, and `None` comes back.
    pub(super) async fn ask<M: Method>(&mut self, params: Params) -> Outcome<Option<M::Output>> {
        let answer = self.raw::<M>(&params, Duration::ZERO).await?;
        if self.out.for_programs() {
            self.out.json(&answer)?;
            return Ok(None);
        }
        read::<M>(&answer).map(Some)
    }

    /// Calls a method, and reads its answer.
    pub(super) async fn get<M: Method>(&self, params: Params) -> Outcome<M::Output> {
        read::<M>(&self.raw::<M>(&params, Duration::ZERO).await?)
    }

    /// Calls a method.
    pub(super) async fn raw<M: Method>(
        &self,
        params: &Params,
        wait: Duration,
    ) -> Outcome<Box<RawValue>> {
        self.call(M::NAME, params, wait).await
    }

    /// Calls a method by its name.
    pub(super) async fn call(
        &self,
        method: &str,
        params: &impl Serialize,
        wait: Duration,
    ) -> Outcome<Box<RawValue>> {
        let timeout = self.timeout.saturating_add(wait);
        Ok(self.client.call_within(method, params, timeout).await?)
    }
}

/// Reads an answer.
pub(super) fn read<M: Method>(answer: &RawValue) -> Outcome<M::Output> {
    serde_json::from_str(answer.get()).map_err(|e| {
        let what = format!("the answer to {} is not what was expected: {e}", M::NAME);
        let next = "use the version of the server, or --json to see the answer as it is";
        Failure::advise(ClientError::Unreadable { what }, next)
    })
}
