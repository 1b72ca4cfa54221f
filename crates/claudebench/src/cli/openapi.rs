//! `claudebench openapi`.

use super::failure::Outcome;
use super::output::Out;
use crate::transport::openapi;

/// Write the OpenAPI document
///
/// It describes every method, route, error and event of this version. A running server has it at
/// /openapi.json.
#[derive(Debug, clap::Args)]
pub(super) struct OpenApi {}

impl OpenApi {
    /// Does it.
    pub(super) fn run(self, out: &mut Out) -> Outcome {
        out.raw(openapi::text().as_bytes())
    }
}
