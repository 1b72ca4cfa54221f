//! Ended tasks.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use tokio_postgres::{Client, Transaction};

use super::{Archiver, Moved, Stepped, chunk, keyed, record, shelve, sizes, take_turn};
use crate::archive::{Kind, Lines, Shelf};
use crate::postgres::errors::{Failed, damaged};
use crate::postgres::params::params;
use crate::postgres::sql::{archive as sql, keeping, save};

/// How many tasks a file holds at most.
const CHUNK: i64 = 1_000;

/// A task with more bytes stays, as its file is read as a whole.
const LARGEST: i64 = 64 << 20;

/// What of a task is counted.
#[derive(Deserialize)]
struct Counted {
    tenant: i64,
    project: Option<String>,
    status: i64,
}

/// The numbers of two of the statuses.
const COMPLETED: i64 = 2;
const CANCELLED: i64 = 4;

impl Archiver {
    /// Moves a chunk of ended tasks with what belongs to them.
    pub(super) async fn move_tasks(&mut self) -> Result<Stepped, Failed> {
        let shelf = Arc::clone(&self.shelf);
        let of = Chunk {
            after: self.seen,
            months: self.rules.after_months,
            now: self.clock.now().0,
            waits: self.waits,
        };
        let (stepped, seen) = move_chunk(self.client().await?, &shelf, of).await?;
        self.seen = seen;
        Ok(stepped)
    }
}

/// Which tasks are next.
struct Chunk {
    after: i64,
    months: i64,
    now: i64,
    waits: bool,
}

async fn move_chunk(
    client: &mut Client,
    shelf: &Arc<dyn Shelf>,
    of: Chunk,
) -> Result<(Stepped, i64), Failed> {
    let tx = client.transaction().await?;
    if !take_turn(&tx, of.waits).await? {
        return Ok((Stepped::NotOurs, of.after));
    }
    let cutoff = tx.query_typed_one(sql::CUTOFF, &params![of.now, of.months]).await?;
    let cutoff: i64 = cutoff.try_get(0)?;
    let ended = tx.query_typed(sql::ENDED_TASKS, &params![of.after, cutoff, CHUNK]).await?;
    let mut ended = sizes(&ended)?;
    let Some(last) = ended.last().map(|(id, ..)| *id) else { return Ok((Stepped::Done, 0)) };
    ended.retain(|(.., size)| *size <= LARGEST);
    ended.truncate(chunk(&ended));
    let Some((last, month, _)) = ended.last().cloned() else {
        return Ok((Stepped::More(Moved::default()), last));
    };
    let ids: Vec<i64> = ended.into_iter().map(|(id, ..)| id).collect();
    let lines = lines_of(&tx, &ids).await?;
    let (packed, lines) = shelve(shelf, lines, month).await?;
    if !hold(&tx, &ids, &lines).await? {
        // What has changed meanwhile is looked at next time.
        return Ok((Stepped::More(Moved::default()), last));
    }
    delete(&tx, &ids).await?;
    record(&tx, (Kind::Tasks, &packed, &lines), of.now).await?;
    count(&tx, &lines, -1, of.now).await?;
    tx.commit().await?;
    let [tasks, attachments] =
        [ids.len(), lines.attachments.len()].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    let moved = Moved { tasks, attachments, files: 1, ..Moved::default() };
    Ok((Stepped::More(moved), last))
}

/// The rows of some tasks, as they are now.
pub(super) async fn lines_of(tx: &Transaction<'_>, ids: &[i64]) -> Result<Lines, Failed> {
    let ids = ids.to_vec();
    let tasks = keyed(&tx.query_typed(sql::TASK_LINES, &params![ids]).await?)?;
    let attachments = keyed(&tx.query_typed(sql::ATTACHMENT_LINES, &params![ids]).await?)?;
    let dependencies = keyed(&tx.query_typed(sql::DEPENDENCY_LINES, &params![ids]).await?)?;
    Ok(Lines { tasks, attachments, dependencies, events: Vec::new() })
}

/// From here on nobody changes the tasks. False when somebody has, or is about to.
async fn hold(tx: &Transaction<'_>, ids: &[i64], written: &Lines) -> Result<bool, Failed> {
    let all = ids.to_vec();
    tx.query_typed(keeping::SHARE_STRUCTURE, &[]).await?;
    if tx.query_typed(sql::HOLD_ENDED, &params![all]).await?.len() < ids.len() {
        return Ok(false);
    }
    let waiting = tx.query_typed_one(sql::COUNT_WAITING, &params![all]).await?;
    Ok(waiting.try_get::<_, i64>(0)? == 0 && lines_of(tx, ids).await? == *written)
}

async fn delete(tx: &Transaction<'_>, ids: &[i64]) -> Result<(), Failed> {
    let ids = ids.to_vec();
    let statements = [
        sql::TAKE_LABELS,
        save::ERASE_ATTACHMENTS,
        save::ERASE_DEPENDENCIES,
        keeping::FORGET_WORDS,
        sql::FORGET_RESTORED,
        save::ERASE_TASKS,
    ];
    for statement in statements {
        tx.query_typed(statement, &params![ids]).await?;
    }
    Ok(())
}

/// Counts tasks out, or in again; the last that a step does.
pub(super) async fn count(
    tx: &Transaction<'_>,
    lines: &Lines,
    by: i64,
    now: i64,
) -> Result<(), Failed> {
    let mut counts: BTreeMap<(i64, String), [i64; 2]> = BTreeMap::new();
    for (_, row) in &lines.tasks {
        let of: Counted = serde_json::from_str(row)
            .map_err(|error| damaged(&format!("an archived task cannot be read: {error}")))?;
        for project in [Some(String::new()), of.project].into_iter().flatten() {
            let counts = counts.entry((of.tenant, project)).or_default();
            counts[0] += by * i64::from(of.status == COMPLETED);
            counts[1] += by * i64::from(of.status == CANCELLED);
        }
    }
    let (mut tenants, mut projects) = (Vec::new(), Vec::new());
    let (mut completed, mut cancelled) = (Vec::new(), Vec::new());
    for ((tenant, project), counts) in counts {
        tenants.push(tenant);
        projects.push(project);
        completed.push(counts[0]);
        cancelled.push(counts[1]);
    }
    let values = params![now, tenants, projects, completed, cancelled];
    tx.query_typed(sql::COUNT, &values).await?;
    Ok(())
}
