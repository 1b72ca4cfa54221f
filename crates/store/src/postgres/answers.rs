//! What the store answers: from a replica where one will do.

use std::sync::Arc;

use claudebench_core::{Millis, TaskId, TenantId};

use super::replicas::Way;
use super::{PostgresStore, read};
use crate::metrics::{Counted, MetricQuery, MetricRow, WorkerQuery, WorkersFound};
use crate::page::is_quick;
use crate::read::{AttachmentQuery, EventPage, EventQuery, Explained, Page, TaskQuery};
use crate::row::{Attachment, HeardRow, InstanceRow, KeyRow, PauseRow, Stats, TaskWithExtras};
use crate::session::SessionRow;
use crate::store::{Freshness, StoreError};

/// Reads from a replica where one will do, if it can, and else from the primary. What a replica has
/// found must be `enough`: what it lacks may have come to the primary meanwhile.
macro_rules! reading {
    ($store:ident, $way:ident of $reads:expr, $freshness:expr, $db:ident => $read:expr, $enough:expr) => {{
        if let Some(chosen) = $store.replicas.choose(Way::$way, $freshness).await {
            let there = async {
                let $db = chosen.snapshot().await?;
                let found = $read.await;
                $db.end(found)
            };
            match chosen.answer(there).await {
                Some(Ok(found)) if $enough(&found) => return Ok(found),
                Some(Err(error)) => return Err(error),
                _ => {}
            }
        }
        let $db = $reads.snapshot().await?;
        let found = $read.await;
        $db.end(found)
    }};
}

impl PostgresStore {
    pub(super) async fn tasks(
        &self,
        tenant: TenantId,
        ids: Vec<TaskId>,
        freshness: Freshness,
    ) -> Result<Vec<TaskWithExtras>, StoreError> {
        let all = |found: &Vec<TaskWithExtras>| found.len() >= ids.len();
        reading!(self, Quick of self.quick, freshness, db => read::tasks::by_id(&db, tenant, &ids), all)
    }

    pub(super) async fn list(
        &self,
        query: TaskQuery,
        freshness: Freshness,
    ) -> Result<Page, StoreError> {
        if is_quick(&query) {
            let any = |_: &Page| true;
            return reading!(self, Quick of self.quick, freshness, db => read::list::page(&db, &query), any);
        }
        reading!(self, Lists of self.lists, freshness, db => read::list::page(&db, &query), |_: &Page| true)
    }

    pub(super) async fn explain(
        &self,
        tenant: TenantId,
        id: TaskId,
        freshness: Freshness,
    ) -> Result<Option<Explained>, StoreError> {
        let now = self.shared.clock.now();
        reading!(self, Quick of self.quick, freshness,
            db => read::explain::explain(&db, tenant, id, now), Option::is_some)
    }

    pub(super) async fn stats(
        &self,
        tenant: TenantId,
        project: Option<String>,
        freshness: Freshness,
    ) -> Result<Stats, StoreError> {
        let project = project.as_deref();
        reading!(self, Quick of self.quick, freshness,
            db => read::stats::stats(&db, tenant, project), |_: &Stats| true)
    }

    pub(super) async fn totals(&self) -> Result<Stats, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = read::stats::totals(&snapshot).await;
        snapshot.end(found)
    }

    pub(super) async fn attachments(
        &self,
        query: AttachmentQuery,
        freshness: Freshness,
    ) -> Result<(Vec<Attachment>, i64), StoreError> {
        let all = |(found, _): &(Vec<Attachment>, i64)| match &query {
            AttachmentQuery::Named { names, .. } => found.len() >= names.len(),
            AttachmentQuery::OfTask { .. } => true,
        };
        reading!(self, Quick of self.quick, freshness, db => read::tasks::attachments(&db, &query), all)
    }

    /// A replica's log ends where the replica does; a place beyond that is the primary's to judge.
    pub(super) async fn events(
        &self,
        query: EventQuery,
        freshness: Freshness,
    ) -> Result<EventPage, StoreError> {
        reading!(self, Quick of self.quick, freshness,
            db => read::events::page(&db, &query), |_: &EventPage| true)
    }

    pub(super) async fn instances(
        &self,
        tenant: Option<TenantId>,
    ) -> Result<Vec<InstanceRow>, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = read::admin::instances(&snapshot, tenant).await;
        snapshot.end(found)
    }

    pub(super) async fn instances_shown(
        &self,
        tenant: TenantId,
        named: Vec<Arc<str>>,
        limit: usize,
    ) -> Result<Vec<InstanceRow>, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = read::admin::instances_shown(&snapshot, tenant, &named, limit).await;
        snapshot.end(found)
    }

    pub(super) async fn heard(
        &self,
        named: Vec<(TenantId, Arc<str>)>,
    ) -> Result<Vec<HeardRow>, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = read::admin::heard(&snapshot, &named).await;
        snapshot.end(found)
    }

    pub(super) async fn session(
        &self,
        tenant: TenantId,
        id: Arc<str>,
    ) -> Result<Option<SessionRow>, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = read::admin::session(&snapshot, tenant, &id).await;
        snapshot.end(found)
    }

    pub(super) async fn sessions(
        &self,
        tenant: TenantId,
        upto: Millis,
        limit: i64,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = read::admin::sessions(&snapshot, tenant, upto, limit).await;
        snapshot.end(found)
    }

    pub(super) async fn config(
        &self,
        tenant: TenantId,
        key: String,
    ) -> Result<Option<String>, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = read::admin::config(&snapshot, tenant, &key).await;
        snapshot.end(found)
    }

    pub(super) async fn pauses(&self, tenant: TenantId) -> Result<Vec<PauseRow>, StoreError> {
        let now = self.shared.clock.now();
        let snapshot = self.quick.snapshot().await?;
        let found = read::admin::pauses(&snapshot, tenant, now).await;
        snapshot.end(found)
    }

    pub(super) async fn keys(&self, tenant: Option<TenantId>) -> Result<Vec<KeyRow>, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = read::admin::keys(&snapshot, tenant).await;
        snapshot.end(found)
    }

    pub(crate) async fn counted(&self) -> Result<Counted, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = read::metrics::counted(&snapshot).await;
        snapshot.end(found)
    }

    pub(crate) async fn metrics(&self, query: MetricQuery) -> Result<Vec<MetricRow>, StoreError> {
        let snapshot = self.lists.snapshot().await?;
        let found = read::metrics::metrics(&snapshot, &query).await;
        snapshot.end(found)
    }

    pub(crate) async fn worker_metrics(
        &self,
        query: WorkerQuery,
    ) -> Result<WorkersFound, StoreError> {
        let snapshot = self.lists.snapshot().await?;
        let found = read::metrics::workers(&snapshot, &query).await;
        snapshot.end(found)
    }
}
