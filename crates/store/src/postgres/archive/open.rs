//! The archive in the hands of an operator.

use std::sync::Arc;

use claudebench_core::TaskId;
use serde::Serialize;

use super::{Archiver, Moved, Rules, apart, file, open_file};
use crate::archive::{ArchivedFile, Folder, Shelf, broken};
use crate::postgres::connect::{clock, connect};
use crate::postgres::errors::{Failed, OpenError};
use crate::postgres::migrate::{self, MIGRATIONS};
use crate::postgres::options::PostgresOptions;
use crate::postgres::params::params;
use crate::postgres::sql::archive as sql;
use crate::store::StoreError;

/// How many files are named at a time.
const PAGE: i64 = 1_000;

/// The archive of a database.
#[derive(Debug)]
pub struct Archive {
    pub(in crate::postgres) archiver: Archiver,
}

/// What would be moved of a month.
#[derive(Clone, Debug, Serialize)]
pub struct Due {
    /// The month, as `2026-08`.
    pub month: String,
    /// How many tasks.
    pub tasks: i64,
    /// How many attachments.
    pub attachments: i64,
}

/// What became of tasks that were to be put back.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Restored {
    /// These are back.
    pub restored: Vec<TaskId>,
    /// These are in the database already.
    pub here: Vec<TaskId>,
    /// These are nowhere.
    pub unknown: Vec<TaskId>,
}

/// How the files are.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verified {
    /// How many are as they were written.
    pub good: usize,
    /// What is wrong with the others.
    pub damaged: Vec<String>,
    /// Files of the folder that the database does not know. They are left alone.
    pub unknown: Vec<String>,
}

impl Archive {
    /// Opens it; the database is brought up to date, as by the start of a server.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn open(options: &PostgresOptions) -> Result<Self, OpenError> {
        let none = || StoreError::Archive { what: "no folder is named".into() };
        let (Some(archive), Some(rules)) = (&options.archive, Rules::of(options)) else {
            return Err(none().into());
        };
        let target = options.config()?;
        let mut client = connect(&target).await?;
        migrate::migrate(&mut client, &target, MIGRATIONS).await?;
        let clock = clock(&client).await.map_err(|failed| failed.0)?;
        let shelf: Arc<dyn Shelf> = Arc::new(Folder::new(&archive.dir));
        let archiver = Archiver::new(target, Arc::new(clock), shelf, rules).patient();
        Ok(Self { archiver })
    }

    /// What of the tasks would be moved now.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn due(&mut self) -> Result<Vec<Due>, StoreError> {
        let due = self.archiver.due().await;
        self.archiver.ended(due).await
    }

    /// Moves all that is due; `each` hears how far it is.
    ///
    /// # Errors
    /// The first failure; what was moved before it was moved.
    pub async fn run(&mut self, mut each: impl FnMut(&Moved)) -> Result<Moved, StoreError> {
        let hear = |moved: &Moved| {
            each(moved);
            true
        };
        Ok(self.archiver.round(hear).await?.unwrap_or_default())
    }

    /// Its files.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn files(&mut self) -> Result<Vec<ArchivedFile>, StoreError> {
        let files = self.archiver.files().await;
        self.archiver.ended(files).await
    }

    /// Reads every file; nothing is changed.
    ///
    /// # Errors
    /// A database that cannot be read; a folder that is not there.
    pub async fn verify(&mut self) -> Result<Verified, StoreError> {
        let files = self.files().await?;
        let shelf = self.archiver.shelf.clone();
        let list = shelf.clone();
        let names = apart(move || list.names().map_err(|e| broken("the folder", e))).await?;
        let mut verified = Verified {
            unknown: names.into_iter().filter(|name| name.ends_with(".zst")).collect(),
            ..Verified::default()
        };
        for file in files {
            verified.unknown.retain(|name| *name != file.name);
            let shelf = shelf.clone();
            let looked = move || {
                let lines = open_file(&*shelf, &file, None)?;
                let (rows, said) =
                    (lines.tasks.len() + lines.events.len(), file.tasks + file.events);
                if i64::try_from(rows) != Ok(said) {
                    return Err(broken(&file.name, "it holds not as many rows as it should"));
                }
                Ok(())
            };
            match apart(looked).await {
                Ok(()) => verified.good += 1,
                Err(StoreError::Archive { what }) => verified.damaged.push(what),
                Err(other) => return Err(other),
            }
        }
        Ok(verified)
    }

    /// Puts tasks back into the database, with all that belongs to them. Those that are there already
    /// stay as they are.
    ///
    /// # Errors
    /// The first failure; what was put back before it is back.
    pub async fn restore(&mut self, ids: &[TaskId]) -> Result<Restored, StoreError> {
        let mut wanted: Vec<i64> = ids.iter().map(|id| id.0).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let done = self.archiver.restore(&wanted).await;
        self.archiver.ended(done).await
    }

    /// The same for all tasks that were made in a month, as `2026-08`.
    ///
    /// # Errors
    /// As [`Archive::restore`].
    pub async fn restore_month(&mut self, month: &str) -> Result<Restored, StoreError> {
        let done = self.archiver.restore_month(month).await;
        self.archiver.ended(done).await
    }
}

impl Archiver {
    async fn due(&mut self) -> Result<Vec<Due>, Failed> {
        let (now, after) = (self.clock.now(), self.rules.after_months);
        let client = self.client().await?;
        let cutoff = client.query_typed_one(sql::CUTOFF, &params![now.0, after]).await?;
        let cutoff: i64 = cutoff.try_get(0)?;
        let rows = client.query_typed(sql::DUE_BY_MONTH, &params![cutoff]).await?;
        let due = rows.iter().map(|row| {
            let (month, tasks, attachments) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            Ok(Due { month, tasks, attachments })
        });
        due.collect()
    }

    async fn files(&mut self) -> Result<Vec<ArchivedFile>, Failed> {
        let client = self.client().await?;
        let mut files: Vec<ArchivedFile> = Vec::new();
        loop {
            let last = files.last().map_or(0, |file| file.id);
            let page = client.query_typed(sql::LIST, &params![last, PAGE]).await?;
            for row in &page {
                files.push(file(row)?);
            }
            if i64::try_from(page.len()) != Ok(PAGE) {
                return Ok(files);
            }
        }
    }

    async fn restore_month(&mut self, month: &str) -> Result<Restored, Failed> {
        let files = self.client().await?.query_typed(sql::OF_MONTH, &params![month]).await?;
        let mut done = Restored::default();
        for row in files {
            let back = self.restore_from(row.try_get(0)?, None).await?;
            done.restored.extend(back.into_iter().map(TaskId));
        }
        Ok(done)
    }

    /// Of tasks in order.
    async fn restore(&mut self, wanted: &[i64]) -> Result<Restored, Failed> {
        let all = wanted.to_vec();
        let files = self.client().await?.query_typed(sql::OF_TASKS, &params![all]).await?;
        let mut back: Vec<i64> = Vec::new();
        for row in files {
            back.extend(self.restore_from(row.try_get(0)?, Some(wanted)).await?);
        }
        back.sort_unstable();
        let here = self.client().await?.query_typed(sql::WHICH_ARE_HERE, &params![all]).await?;
        let mut here = here.iter().map(|row| row.try_get(0)).collect::<Result<Vec<i64>, _>>()?;
        here.sort_unstable();
        let mut restored = Restored::default();
        let has = |ids: &[i64], id: &i64| ids.binary_search(id).is_ok();
        for id in wanted {
            let to = match (has(&back, id), has(&here, id)) {
                (true, _) => &mut restored.restored,
                (false, true) => &mut restored.here,
                (false, false) => &mut restored.unknown,
            };
            to.push(TaskId(*id));
        }
        Ok(restored)
    }
}
