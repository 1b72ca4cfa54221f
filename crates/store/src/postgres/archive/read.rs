//! Reading what is in files. Which file has it, the database says; the file is read where that holds up
//! nobody; its rows become what they were by the database's own reading of them.

use std::fmt;
use std::sync::Arc;

use claudebench_core::{Cursor, TaskId, TenantId};
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::{apart, file, open_file};
use crate::archive::{ArchivedFile, Keyed, Kind, Lines, Shelf, broken, list};
use crate::page::count;
use crate::postgres::errors::{Failed, damaged};
use crate::postgres::params::params;
use crate::postgres::pool::Snapshot;
use crate::postgres::read::{events, tasks};
use crate::postgres::rows;
use crate::postgres::sql::{archive as sql, read};
use crate::read::{EventPage, EventQuery, PAGE_BYTES};
use crate::row::{Attachment, AttachmentKind, TaskWithExtras};
use crate::store::StoreError;

/// How many files are read at a time.
const AT_ONCE: usize = 4;
/// How many of the log one page may need.
const FILES: i64 = 8;
/// The key of what came out of a task.
const RESULT: &str = "result";
/// As many keys of attachments a task shows.
const KEYS: usize = 20;

/// Reads files.
pub(in crate::postgres) struct Reader {
    /// `None` where the configuration names no folder.
    shelf: Option<Arc<dyn Shelf>>,
    places: Arc<Semaphore>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reader({})", self.places.available_permits())
    }
}

impl Reader {
    pub(in crate::postgres) fn new(shelf: Option<Arc<dyn Shelf>>) -> Self {
        Self { shelf, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// What a file has of a task.
    pub(in crate::postgres) async fn open(
        &self,
        file: &ArchivedFile,
        task: TaskId,
    ) -> Result<Lines, StoreError> {
        let Some(shelf) = self.shelf.clone() else {
            return Err(broken(&file.name, "this server's configuration names no folder"));
        };
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| StoreError::Overloaded)?;
        let file = file.clone();
        apart(move || {
            // A folder that hangs takes no more than its places.
            let _place = place;
            open_file(&*shelf, &file, Some(task.0))
        })
        .await
    }
}

/// Where a task is.
pub(in crate::postgres) enum Where {
    /// In the database, after all.
    Here(Box<TaskWithExtras>),
    /// In this file.
    In(ArchivedFile),
}

/// Where a task is, if it is anywhere.
pub(in crate::postgres) async fn where_is(
    db: &Snapshot,
    tenant: TenantId,
    id: TaskId,
) -> Result<Option<Where>, Failed> {
    let of = params![id.0, Kind::Tasks as i64, 0_i64, 1_i64];
    if let Some(row) = db.one(sql::OF_TASK, &of).await? {
        return Ok(Some(Where::In(file(&row)?)));
    }
    let here = tasks::by_id(db, tenant, &[id]).await?.pop();
    Ok(here.map(|task| Where::Here(Box::new(task))))
}

/// A task as it was.
pub(in crate::postgres) async fn task(
    db: &Snapshot,
    tenant: TenantId,
    lines: &Lines,
) -> Result<Option<TaskWithExtras>, Failed> {
    let rows = list(lines.tasks.iter());
    let Some(row) = db.one(sql::ARCHIVED_TASK, &params![rows, tenant.0]).await? else {
        return Ok(None);
    };
    let mut task = rows::task(&row)?.task;
    task.archived = true;
    let known = attachments_in(lines, tenant)?;
    let result = known.iter().find(|(one, _)| one.key == RESULT).map(|(_, line)| *line);
    task.result = attachments(db, result).await?.pop();
    task.attachment_keys = known.into_iter().map(|(one, _)| one.key).collect();
    task.attachment_keys.sort_unstable();
    task.attachment_keys.truncate(KEYS);
    for (_, row) in &lines.dependencies {
        let on: On = part(row)?;
        task.depends_on.push(TaskId(on.on_id));
    }
    Ok(Some(task))
}

/// What a dependency is on.
#[derive(Deserialize)]
struct On {
    on_id: i64,
}

/// What an attachment is known by.
#[derive(Deserialize)]
pub(in crate::postgres) struct Known {
    id: i64,
    tenant: i64,
    pub(in crate::postgres) key: String,
    kind: usize,
}

impl Known {
    pub(in crate::postgres) fn is(&self, kind: AttachmentKind) -> bool {
        AttachmentKind::ALL.get(self.kind) == Some(&kind)
    }
}

fn part<'a, T: Deserialize<'a>>(row: &'a str) -> Result<T, Failed> {
    let read = serde_json::from_str(row);
    read.map_err(|error| damaged(&format!("an archived row cannot be read: {error}")).into())
}

/// The attachments of a task of a tenant, in the order in which they were made.
pub(in crate::postgres) fn attachments_in(
    lines: &Lines,
    tenant: TenantId,
) -> Result<Vec<(Known, &Keyed)>, Failed> {
    let known = lines.attachments.iter().map(|line| Ok((part::<Known>(&line.1)?, line)));
    let mut known = known.collect::<Result<Vec<_>, Failed>>()?;
    known.retain(|(one, _)| one.tenant == tenant.0);
    known.sort_by_key(|(one, _)| one.id);
    Ok(known)
}

/// Some attachments as they were, in the order in which they were made.
pub(in crate::postgres) async fn attachments<'a>(
    db: &Snapshot,
    lines: impl IntoIterator<Item = &'a Keyed>,
) -> Result<Vec<Attachment>, Failed> {
    let rows = list(lines.into_iter());
    let rows = db.query(sql::ARCHIVED_ATTACHMENTS, &params![rows]).await?;
    rows.iter().map(rows::attachment).collect()
}

/// The files that have events of a task which the log has no more.
#[derive(Debug)]
pub(in crate::postgres) struct OldLog {
    /// The place up to which events were dropped.
    pub(in crate::postgres) dropped: i64,
    pub(in crate::postgres) files: Vec<ArchivedFile>,
    /// There are more files after these.
    pub(in crate::postgres) more: bool,
}

/// Which files a page of a task's events needs. `None` when the log has all that is asked for, or
/// the archive has nothing of it.
pub(in crate::postgres) async fn files_of_log(
    db: &Snapshot,
    query: &EventQuery,
    task: TaskId,
) -> Result<Option<OldLog>, Failed> {
    let bounds = db.one(read::EVENT_BOUNDS, &[]).await?;
    let bounds = bounds.ok_or_else(|| damaged("the log has no beginning"))?;
    let dropped: i64 = bounds.try_get(0)?;
    let after = query.after.map_or(0, |cursor| cursor.0);
    if after >= dropped {
        return Ok(None);
    }
    let first = db.one(sql::FIRST_OF_LOG, &[]).await?;
    let first: Option<i64> = first.map_or(Ok(None), |row| row.try_get(0))?;
    // What was dropped before there was an archive is lost.
    if first.is_none_or(|first| query.after.is_some() && after < first - 1) {
        return Ok(None);
    }
    let of = params![task.0, Kind::Events as i64, after, FILES + 1];
    let mut files = Vec::new();
    for row in &db.query(sql::OF_TASK, &of).await? {
        let file = file(row)?;
        if file.range.0 <= dropped {
            files.push(file);
        }
    }
    let more = count(files.len()) > FILES;
    files.truncate(usize::try_from(FILES).unwrap_or(1));
    Ok(Some(OldLog { dropped, files, more }))
}

/// A page that begins with what the archive has.
#[derive(Debug)]
pub(in crate::postgres) enum WithOld {
    /// The log was cut further meanwhile: what was read does not reach up to it.
    Again,
    /// The page.
    Page(EventPage),
}

/// The events of files, then those of the log.
pub(in crate::postgres) async fn with_old(
    db: &Snapshot,
    query: &EventQuery,
    old: &OldLog,
    lines: &[Keyed],
) -> Result<WithOld, Failed> {
    let bounds = db.one(read::EVENT_BOUNDS, &[]).await?;
    let bounds = bounds.ok_or_else(|| damaged("the log has no beginning"))?;
    let (dropped, newest): (i64, i64) = (bounds.try_get(0)?, bounds.try_get(1)?);
    if dropped != old.dropped {
        return Ok(WithOld::Again);
    }
    let after = query.after.map_or(0, |cursor| cursor.0);
    let rows = lines.iter().filter(|(place, _)| (after + 1..=dropped).contains(place));
    let rows = db.query(sql::ARCHIVED_EVENTS, &params![list(rows)]).await?;
    let mut page = EventPage { at_end: true, ..EventPage::default() };
    let mut size = 0;
    for row in &rows {
        let Some(event) = events::wanted(query, row)? else { continue };
        if count(page.events.len()) >= query.limit || size >= PAGE_BYTES {
            page.at_end = false;
            page.next = page.events.last().map_or(Cursor(after), |last| last.cursor);
            return Ok(WithOld::Page(page));
        }
        size += event.payload.get().len();
        page.events.push(Arc::new(event));
    }
    if old.more {
        let last = old.files.last().map_or(after, |file| file.range.1);
        page.next = Cursor(last.min(dropped));
        page.at_end = false;
        return Ok(WithOld::Page(page));
    }
    let limit = query.limit - count(page.events.len());
    let rest = EventQuery { after: Some(Cursor(dropped)), limit, ..query.clone() };
    let rest = match (rest.task, rest.tenant) {
        (Some(task), Some(tenant)) => events::of_task(db, &rest, tenant, task, newest).await?,
        _ => EventPage { next: Cursor(newest), at_end: true, ..EventPage::default() },
    };
    page.events.extend(rest.events);
    // With no room left, the page ends where the archive does.
    page.next = if limit <= 0 && !rest.at_end { Cursor(dropped) } else { rest.next };
    page.at_end = rest.at_end;
    Ok(WithOld::Page(page))
}
