//! What the store over PostgreSQL answers of what was moved to the archive. It is asked of the primary: that
//! says at once what is where.

use std::sync::Arc;

use claudebench_core::{Clock, TaskId, TenantId};

use super::PostgresStore;
use super::archive::{self, Archiver, Rules, Schedule, Where, WithOld};
use super::errors::{Failed, OpenError};
use super::options::PostgresOptions;
use super::pool::Snapshot;
use crate::archive::{Folder, Lines, Shelf};
use crate::page::count;
use crate::read::{AttachmentQuery, EventPage, EventQuery};
use crate::row::{Attachment, TaskWithExtras};
use crate::store::StoreError;

/// How often a history is begun anew because the log was cut meanwhile.
const TRIES: usize = 5;

/// The folder that options name.
pub(super) fn shelf(options: &PostgresOptions) -> Option<Arc<dyn Shelf>> {
    let archive = options.archive.as_ref()?;
    Some(Arc::new(Folder::new(&archive.dir)))
}

/// What moves things there by itself.
pub(super) fn schedule(
    options: &PostgresOptions,
    clock: &Arc<dyn Clock>,
    server: i64,
) -> Result<Option<Schedule>, OpenError> {
    let (Some(archive), Some(rules)) = (&options.archive, Rules::of(options)) else {
        return Ok(None);
    };
    let (Some(shelf), true) = (shelf(options), options.keeps) else { return Ok(None) };
    let archiver = Archiver::new(options.config()?, clock.clone(), shelf, rules);
    Ok(Some(Schedule::start(archiver, clock.clone(), (server, archive.every_ms))))
}

impl PostgresStore {
    /// A task of the archive.
    pub(super) async fn archived_task(
        &self,
        tenant: TenantId,
        id: TaskId,
    ) -> Result<Option<TaskWithExtras>, StoreError> {
        match self.where_is(tenant, id).await? {
            None => Ok(None),
            Some(Where::Here(task)) => Ok(Some(*task)),
            Some(Where::In(file)) => {
                let lines = self.archive.open(&file, id).await?;
                self.ask(async |db| archive::task(db, tenant, &lines).await).await
            }
        }
    }

    /// Attachments of the archive, for a query for which the database has none, or not all.
    pub(super) async fn archived_attachments(
        &self,
        query: &AttachmentQuery,
        found: (Vec<Attachment>, i64),
    ) -> Result<(Vec<Attachment>, i64), StoreError> {
        match query {
            AttachmentQuery::OfTask { .. } if found.1 > 0 => Ok(found),
            AttachmentQuery::OfTask { tenant, task, kind, limit, offset } => {
                let Some(lines) = self.lines_of(*tenant, *task).await? else { return Ok(found) };
                let mut known = archive::attachments_in(&lines, *tenant).map_err(|f| f.0)?;
                known.retain(|(one, _)| kind.is_none_or(|kind| one.is(kind)));
                let total = count(known.len());
                let (skip, take) = (usize::try_from(*offset), usize::try_from(*limit));
                let page = known.into_iter().skip(skip.unwrap_or(0)).take(take.unwrap_or(0));
                let page = page.map(|(_, line)| line);
                let page = self.ask(async |db| archive::attachments(db, page).await).await?;
                Ok((page, total))
            }
            AttachmentQuery::Named { names, .. } if found.0.len() >= names.len() => Ok(found),
            AttachmentQuery::Named { tenant, names } => {
                let (mut found, _) = found;
                let missing = |(task, key): &&(TaskId, String)| {
                    !found.iter().any(|one| one.task == *task && one.body.key == *key)
                };
                let missing: Vec<_> = names.iter().filter(missing).collect();
                for of in missing.chunk_by(|one, next| one.0 == next.0) {
                    let Some(lines) = self.lines_of(*tenant, of[0].0).await? else { continue };
                    let known = archive::attachments_in(&lines, *tenant).map_err(|f| f.0)?;
                    let asked =
                        known.iter().filter(|(one, _)| of.iter().any(|(_, key)| *key == one.key));
                    let asked = asked.map(|(_, line)| *line);
                    found.extend(self.ask(async |db| archive::attachments(db, asked).await).await?);
                }
                let total = count(found.len());
                Ok((found, total))
            }
        }
    }

    /// What the archive has of a task.
    async fn lines_of(&self, tenant: TenantId, task: TaskId) -> Result<Option<Lines>, StoreError> {
        match self.where_is(tenant, task).await? {
            Some(Where::In(file)) => self.archive.open(&file, task).await.map(Some),
            _ => Ok(None),
        }
    }

    /// The events of a task whose first are in the archive. `None` when the log alone can answer.
    pub(super) async fn old_events(
        &self,
        query: &EventQuery,
    ) -> Result<Option<EventPage>, StoreError> {
        let is_asked = self.shared.options.archive.is_some() && !query.newest_first;
        let Some(task) = query.task.filter(|_| is_asked) else { return Ok(None) };
        for _ in 0..TRIES {
            let old = self.ask(async |db| archive::files_of_log(db, query, task).await).await?;
            let Some(mut old) = old else { return Ok(None) };
            let mut lines = Lines::default();
            for at in 0..old.files.len() {
                let file = &old.files[at];
                let events = self.archive.open(file, task).await?.events;
                let after = query.after.map_or(0, |cursor| cursor.0);
                lines.events.extend(events.into_iter().filter(|(place, _)| *place > after));
                // One more shows that there is a page after this one.
                if count(lines.events.len()) > query.limit && at + 1 < old.files.len() {
                    old.files.truncate(at + 1);
                    old.more = true;
                    break;
                }
            }
            let page = self.ask(async |db| archive::with_old(db, query, &old, &lines.events).await);
            if let WithOld::Page(page) = page.await? {
                return Ok(Some(page));
            }
        }
        let what = "the log is being cut; try again".to_owned();
        Err(StoreError::Unavailable { what })
    }

    async fn where_is(&self, tenant: TenantId, id: TaskId) -> Result<Option<Where>, StoreError> {
        self.ask(async |db| archive::where_is(db, tenant, id).await).await
    }

    /// Asks the primary.
    async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&Snapshot) -> Result<T, Failed>,
    ) -> Result<T, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = question(&snapshot).await;
        snapshot.end(found)
    }
}
