//! Counts: what each commit has changed is added up.

use super::Step;
use crate::postgres::errors::Failed;
use crate::postgres::params::params;
use crate::postgres::sql::keeping as sql;

/// How many tenants and projects one step adds up.
const GROUPS: i64 = 200;
/// How many changes of each.
const CHANGES: i64 = 1_000;
/// How many new tenants and projects get their counts at a time.
const NEW: i64 = 10_000;

/// How far the counts are gone through.
#[derive(Debug, Default)]
pub(super) struct Seen {
    tenant: i64,
    project: String,
    /// Some of those that were passed have more.
    more: bool,
}

/// Adds up changes of some tenants and projects, and drops them. Exact, since nothing that commits
/// later has a place before what is seen.
pub(super) async fn roll_up(cx: &Step<'_>, seen: &mut Seen) -> Result<bool, Failed> {
    cx.share_structure().await?;
    let of = params![seen.tenant, seen.project, GROUPS, CHANGES];
    let last = cx.tx.query_typed_opt(sql::ROLL_UP, &of).await?;
    let mut groups = 0;
    if let Some(row) = last {
        (seen.tenant, seen.project, groups) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        seen.more |= row.try_get::<_, i64>(3)? == CHANGES;
    }
    let more = groups == GROUPS || seen.more;
    if groups < GROUPS {
        *seen = Seen::default();
    }
    Ok(more)
}

/// Those whose first changes have come get counts to add them to. They are looked for by a walk
/// over the changes, which what a long transaction keeps alive makes slower; so it is done less often.
pub(super) async fn learn_groups(cx: &Step<'_>) -> Result<bool, Failed> {
    cx.share_structure().await?;
    cx.tx.query_typed(sql::LEARN_GROUPS, &params![NEW]).await?;
    Ok(false)
}
