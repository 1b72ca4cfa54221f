//! Putting tasks back into the database.

use std::sync::Arc;

use claudebench_core::TenantId;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio_postgres::Transaction;

use super::tasks::{count, lines_of};
use super::{Archiver, apart, file, open_file, take_turn};
use crate::archive::{Keyed, Lines, broken, list};
use crate::postgres::errors::Failed;
use crate::postgres::lexemes::lexemes;
use crate::postgres::params::params;
use crate::postgres::sql::{archive as sql, ground, keeping};

/// What the index of words needs of a task.
#[derive(Deserialize)]
struct Text {
    tenant: i64,
    text: String,
}

impl Archiver {
    /// Puts back what is in a file, of some tasks or of all; answers which they were, in order.
    pub(super) async fn restore_from(
        &mut self,
        number: i64,
        wanted: Option<&[i64]>,
    ) -> Result<Vec<i64>, Failed> {
        let (now, shelf) = (self.clock.now(), Arc::clone(&self.shelf));
        let client = self.client().await?;
        let tx = client.transaction().await?;
        take_turn(&tx, true).await?;
        // Somebody else may have put them back meanwhile.
        let Some(row) = tx.query_typed_opt(sql::ANSWERS_FOR, &params![number]).await? else {
            return Ok(Vec::new());
        };
        let mut ids: Vec<i64> = row.try_get(0)?;
        ids.retain(|id| wanted.is_none_or(|wanted| wanted.binary_search(id).is_ok()));
        if ids.is_empty() {
            return Ok(ids);
        }
        let found = file(&tx.query_typed_one(sql::ONE, &params![number]).await?)?;
        let name = found.name.clone();
        let lines = apart(move || open_file(&*shelf, &found, None)).await?.only(&ids);
        if lines.tasks.len() != ids.len() {
            return Err(broken(&name, "it lacks tasks that it answers for").into());
        }
        put(&tx, &ids, &lines).await?;
        let here = lines_of(&tx, &ids).await?;
        if !holds(&here, &lines) {
            return Err(broken(&name, "the tasks are not what they were").into());
        }
        tx.query_typed(sql::NOTE_RESTORED, &params![ids, now.0]).await?;
        tx.query_typed(sql::ANSWERS_NO_MORE, &params![number, ids]).await?;
        count(&tx, &lines, 1, now.0).await?;
        tx.commit().await?;
        Ok(ids)
    }
}

async fn put(tx: &Transaction<'_>, ids: &[i64], lines: &Lines) -> Result<(), Failed> {
    tx.query_typed(keeping::SHARE_STRUCTURE, &[]).await?;
    tx.query_typed(ground::LOCK_SCHEMA, &[]).await?;
    let ms = ids.first().map_or(0, |first| first >> 20);
    tx.query_typed(sql::MAKE_MONTH, &params![ms]).await?;
    for (table, rows) in [
        ("tasks", &lines.tasks),
        ("attachments", &lines.attachments),
        ("dependencies", &lines.dependencies),
    ] {
        if !rows.is_empty() {
            tx.query_typed(sql::PUT_ROWS, &params![table, list(rows.iter())]).await?;
        }
    }
    let ids = ids.to_vec();
    tx.query_typed(sql::PUT_LABELS, &params![ids]).await?;
    let mut words = Vec::with_capacity(ids.len());
    for (id, row) in &lines.tasks {
        let of: Text =
            serde_json::from_str(row).map_err(|error| broken(&format!("task {id}"), error))?;
        words.push(lexemes(TenantId(of.tenant), &of.text));
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let of: Vec<i64> = lines.tasks.iter().map(|(id, _)| *id).collect();
    tx.query_typed(keeping::LEARN_WORDS, &params![of, words]).await?;
    Ok(())
}

/// Whether rows are what the lines say. A newer schema may have added columns.
fn holds(here: &Lines, lines: &Lines) -> bool {
    let all = |here: &[Keyed], lines: &[Keyed]| {
        let row = |(_, text): &Keyed| serde_json::from_str::<Map<String, Value>>(text).ok();
        here.len() == lines.len()
            && here.iter().zip(lines).all(|pair| match (row(pair.0), row(pair.1)) {
                (Some(here), Some(line)) => {
                    line.iter().all(|(column, value)| here.get(column) == Some(value))
                }
                _ => false,
            })
    };
    all(&here.tasks, &lines.tasks)
        && all(&here.attachments, &lines.attachments)
        && all(&here.dependencies, &lines.dependencies)
}
