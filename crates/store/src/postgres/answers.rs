//! What the store answers: from a replica where one will do.

use std::sync::Arc;

use claudebench_core::{Millis, TaskId, TenantId};

use super::replicas::Way;
use super::{PostgresStore, read};
use crate::metrics::{Counted, MetricQuery, MetricRow, WorkerQuery, WorkersFound};
use crate::page::is_quick;
use crate::read::{
    AttachmentQuery, ConfigPage, Edge, EdgeQuery, EventPage, EventQuery, Explained, InstancePage,
    InstanceQuery, Page, ProjectPage, TaskQuery,
};
use crate::row::{
    Attachment, HeardRow, InstanceRow, KeyRow, PauseRow, RoleQueue, ServerRow, Stats,
    TaskWithExtras,
};
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

    pub(super) async fn edges(
        &self,
        query: EdgeQuery,
        freshness: Freshness,
    ) -> Result<(Vec<Edge>, bool), StoreError> {
        reading!(self, Quick of self.quick, freshness,
            db => read::tasks::edges(&db, &query), |_: &(Vec<Edge>, bool)| true)
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

    pub(super) async fn projects(
        &self,
        tenant: TenantId,
        after: Option<String>,
        limit: usize,
        freshness: Freshness,
    ) -> Result<ProjectPage, StoreError> {
        let after = after.as_deref();
        reading!(self, Quick of self.quick, freshness,
            db => read::stats::projects(&db, tenant, after, limit), |_: &ProjectPage| true)
    }

    pub(super) async fn role_queues(&self) -> Result<Vec<RoleQueue>, StoreError> {
        reading!(self, Lists of self.lists, Freshness::Any,
            db => read::stats::role_queues(&db), |_: &Vec<RoleQueue>| true)
    }

    pub(super) async fn servers(&self) -> Result<Vec<ServerRow>, StoreError> {
        let (own, now) = (self.shared.server, self.shared.clock.now());
        let snapshot = self.quick.snapshot().await?;
        let found = read::admin::servers(&snapshot, own, now).await;
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

    pub(super) async fn instance_page(
        &self,
        query: InstanceQuery,
    ) -> Result<InstancePage, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = read::admin::instance_page(&snapshot, &query).await;
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

    pub(super) async fn config_page(
        &self,
        tenant: TenantId,
        after: Option<String>,
        limit: usize,
    ) -> Result<ConfigPage, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = read::admin::config_page(&snapshot, tenant, after.as_deref(), limit).await;
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

    pub(super) async fn ended_logins(
        &self,
        tenant: TenantId,
        logins: &[Arc<str>],
    ) -> Result<Vec<Arc<str>>, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = read::admin::ended_logins(&snapshot, tenant, logins).await;
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
