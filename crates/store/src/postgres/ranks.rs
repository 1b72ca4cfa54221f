//! The claim order follows the configuration: when the step of aging has changed, the ranks of the
//! pending tasks are computed anew. All other tasks get theirs when they become pending.

use claudebench_core::Millis;
use claudebench_core::rank::Aging;
use tokio_postgres::Client;

use super::errors::Failed;
use super::params::params;
use super::picture::changed;
use super::sql::{ground as sql, keeping};

/// Sees to it that all pending tasks are ranked by one step: that of the server that was opened last.
/// Nobody writes meanwhile, and all read their lanes anew then.
pub(super) async fn follow(
    client: &mut Client,
    aging: Aging,
    now: Millis,
    server: i64,
) -> Result<(), Failed> {
    let step = params![aging.step_ms];
    if client.query_typed_one(sql::IS_RANKED, &step).await?.try_get(0)? {
        return Ok(());
    }
    tracing::info!(aging_step_ms = aging.step_ms, "pending tasks are put in order anew");
    let tx = client.transaction().await?;
    tx.query_typed(sql::KEEP_OUT, &[]).await?;
    tx.query_typed(sql::RANK_TASKS, &step).await?;
    tx.query_typed(sql::RANK_READY, &[]).await?;
    tx.query_typed(sql::RANKED, &step).await?;
    tx.query_typed(keeping::TELL_OF_LANES, &params![now.0, server, changed::LANES]).await?;
    Ok(tx.commit().await?)
}
