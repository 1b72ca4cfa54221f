//! Reads the tables of a public ClaudeBench: in one transaction that sees one moment and writes nothing.

use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::connect::connect;
use super::errors::{OpenError, store_error};
use super::options::PostgresOptions;
use super::sql::public as sql;
use crate::store::StoreError;

/// A table that is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PublicTable {
    /// `Task`
    Tasks,
    /// `TaskAttachment`
    Attachments,
    /// `SwarmSubtask`
    Subtasks,
}

/// A table of which only the number of rows is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PublicCount {
    /// `SwarmProject`
    Projects,
    /// `SessionEvent`
    Sessions,
}

/// The database of a public ClaudeBench.
pub struct PublicDatabase {
    client: Client,
}

/// A page of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicPage {
    /// The rows, each as a JSON object.
    pub rows: Vec<String>,
    /// The place after which the next page begins; nothing, if this was the last.
    pub next: Option<String>,
}

impl PublicDatabase {
    /// Opens it.
    ///
    /// # Errors
    /// It cannot be reached, or may not be read.
    pub async fn open(options: &PostgresOptions) -> Result<Self, OpenError> {
        let client = connect(&options.config()?).await?;
        client.batch_execute(sql::BEGIN).await?;
        Ok(Self { client })
    }

    /// Whether it has a table.
    ///
    /// # Errors
    /// The database says no.
    pub async fn has(&self, table: PublicTable) -> Result<bool, StoreError> {
        let name = match table {
            PublicTable::Tasks => "Task",
            PublicTable::Attachments => "TaskAttachment",
            PublicTable::Subtasks => "SwarmSubtask",
        };
        self.has_table(name).await
    }

    async fn has_table(&self, name: &str) -> Result<bool, StoreError> {
        let asked = self.client.query_typed_one(sql::HAS_TABLE, &[(&name, Type::TEXT)]).await;
        asked.and_then(|row| row.try_get(0)).map_err(|e| store_error(&e))
    }

    /// The rows after a place, in the order of their ids.
    ///
    /// # Errors
    /// The database says no.
    pub async fn page(&self, table: PublicTable, after: &str) -> Result<PublicPage, StoreError> {
        let statement = match table {
            PublicTable::Tasks => sql::TASKS,
            PublicTable::Attachments => sql::ATTACHMENTS,
            PublicTable::Subtasks => sql::SUBTASKS,
        };
        let found = self.client.query_typed(statement, &[(&after, Type::TEXT)]).await;
        let mut page = PublicPage::default();
        for row in found.map_err(|e| store_error(&e))? {
            page.next = Some(row.try_get(0).map_err(|e| store_error(&e))?);
            page.rows.push(row.try_get(1).map_err(|e| store_error(&e))?);
        }
        Ok(page)
    }

    /// How many rows of a table stay behind.
    ///
    /// # Errors
    /// The database says no.
    pub async fn count(&self, table: PublicCount) -> Result<i64, StoreError> {
        let (name, statement) = match table {
            PublicCount::Projects => ("SwarmProject", sql::PROJECTS),
            PublicCount::Sessions => ("SessionEvent", sql::SESSIONS),
        };
        if !self.has_table(name).await? {
            return Ok(0);
        }
        let counted = self.client.query_typed_one(statement, &[]).await;
        counted.and_then(|row| row.try_get(0)).map_err(|e| store_error(&e))
    }
}
