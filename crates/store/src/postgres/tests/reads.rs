//! Both stores, asked the same over the same rows, answer the same.

use claudebench_core::event::Event;
use claudebench_core::figures::Span;
use claudebench_core::principal::{Scope, Scopes};
use claudebench_core::{Cursor, Status, TaskId, TenantId};
use claudebench_testkit::postgres::{Database, connect};
use tokio_postgres::Client;

use super::copying::{COUNTED_LATER, copied, index_up_to};
use super::history::History;
use super::{PostgresOptions, database};
use crate::postgres::PostgresStore;
use crate::{
    AttachmentKind, AttachmentQuery, EdgeEnd, EdgeQuery, EventQuery, Freshness, InstanceQuery,
    ListOrder, MetricQuery, OrderBy, Store, StoreError, TaskQuery, Which, WorkerQuery,
};

/// A history in both stores.
struct Both {
    history: History,
    ours: std::sync::Arc<PostgresStore>,
    client: Client,
    _database: Database,
}

async fn both() -> Both {
    let (history, database) = tokio::join!(History::new(), database());
    let client = connect(&database.url()).await.unwrap();
    copied(&history, database.url()).await;
    client.batch_execute(COUNTED_LATER).await.unwrap();
    let clock = std::sync::Arc::new(history.clock.clone());
    let options = PostgresOptions { keeps: false, ..PostgresOptions::new(database.url()) };
    let ours = PostgresStore::open(options, Some(clock)).await.unwrap();
    Both { history, ours, client, _database: database }
}

fn shown(answer: impl std::fmt::Debug) -> String {
    format!("{answer:#?}")
}

const TENANTS: [TenantId; 3] = [TenantId::DEFAULT, TenantId(2), TenantId(77)];

#[tokio::test]
async fn tasks_are_what_they_are() {
    let both = both().await;
    let mut ids = both.history.tasks.clone();
    ids.reverse();
    ids.extend([ids[3], TaskId(5)]);
    for tenant in TENANTS {
        let theirs = both.history.store.tasks(tenant, ids.clone(), Freshness::Latest).await;
        let ours = both.ours.tasks(tenant, ids.clone(), Freshness::Latest).await.unwrap();
        assert_eq!(shown(ours), shown(theirs.unwrap()));
        for (limit, end) in
            [(2, EdgeEnd::Dependent), (1_000, EdgeEnd::Dependent), (1_000, EdgeEnd::Dependency)]
        {
            let query = EdgeQuery { tenant, ids: ids.clone(), end, limit };
            let theirs = both.history.store.edges(query.clone(), Freshness::Latest).await;
            let ours = both.ours.edges(query, Freshness::Latest).await;
            assert_eq!(shown(ours.unwrap()), shown(theirs.unwrap()), "{limit} {end:?}");
        }
        for id in &ids {
            let theirs = both.history.store.explain(tenant, *id, Freshness::Latest).await.unwrap();
            assert_eq!(
                shown(both.ours.explain(tenant, *id, Freshness::Latest).await.unwrap()),
                shown(theirs),
                "{id}"
            );
        }
    }
}

#[tokio::test]
async fn counts_are_what_they_are() {
    let both = both().await;
    for tenant in TENANTS {
        for project in [None, Some("a".to_owned()), Some("none".to_owned())] {
            let theirs =
                both.history.store.stats(tenant, project.clone(), Freshness::Latest).await.unwrap();
            assert_eq!(both.ours.stats(tenant, project, Freshness::Latest).await.unwrap(), theirs);
        }
    }
    for tenant in TENANTS {
        for limit in [1, 9] {
            let mut after = None;
            loop {
                let theirs = &both.history.store;
                let theirs = theirs.projects(tenant, after.clone(), limit, Freshness::Latest).await;
                let theirs = theirs.unwrap();
                let ours =
                    both.ours.projects(tenant, after, limit, Freshness::Latest).await.unwrap();
                assert_eq!(ours, theirs);
                after = theirs.next;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    let theirs = both.history.store.totals().await.unwrap();
    assert!(theirs.total() > 50);
    assert_eq!(both.ours.totals().await.unwrap(), theirs);
}

#[tokio::test]
async fn attachments_are_what_they_are() {
    let both = both().await;
    let task = |n: usize| both.history.tasks[n];
    let mut queries = Vec::new();
    for kind in [None, Some(AttachmentKind::Json), Some(AttachmentKind::Binary)] {
        for (limit, offset) in [(100, 0), (2, 1), (5, 24)] {
            for tenant in TENANTS {
                let task = task(1);
                queries.push(AttachmentQuery::OfTask { tenant, task, kind, limit, offset });
            }
        }
    }
    let names = [(2, "Z"), (1, "key 7"), (1, "none"), (13, "result"), (2, "Z")];
    let names: Vec<_> = names.map(|(n, key)| (task(n), key.to_owned())).into();
    queries.push(AttachmentQuery::Named { tenant: TenantId::DEFAULT, names: names.clone() });
    queries.push(AttachmentQuery::Named { tenant: TenantId(2), names });
    for query in queries {
        let theirs =
            both.history.store.attachments(query.clone(), Freshness::Latest).await.unwrap();
        let ours = both.ours.attachments(query.clone(), Freshness::Latest).await.unwrap();
        assert_eq!(shown(ours), shown(theirs), "{query:?}");
    }
}

#[tokio::test]
async fn what_is_shared_is_what_it_is() {
    let both = both().await;
    let (theirs, ours) = (&both.history.store, &both.ours);
    for tenant in TENANTS {
        assert_eq!(ours.pauses(tenant).await.unwrap(), theirs.pauses(tenant).await.unwrap());
        for key in ["k", "none"] {
            let wanted = theirs.config(tenant, key.into()).await.unwrap();
            assert_eq!(ours.config(tenant, key.into()).await.unwrap(), wanted);
        }
        for limit in [0, 1, 3, 10] {
            let named = vec!["w-1".into(), "nobody".into(), "B".into()];
            let wanted = theirs.instances_shown(tenant, named.clone(), limit).await.unwrap();
            let found = ours.instances_shown(tenant, named, limit).await.unwrap();
            assert_eq!(found, wanted, "{limit}");
        }
        for limit in [1, 3, 10] {
            let wanted = theirs.config_page(tenant, None, limit).await.unwrap();
            assert_eq!(ours.config_page(tenant, None, limit).await.unwrap(), wanted, "{limit}");
            let named = || vec!["B".into(), "nobody".into(), "w-1".into()];
            for which in [Which::All, Which::Named(named()), Which::Others(named())] {
                let query = InstanceQuery { tenant, which, after: Some("A".into()), limit };
                let wanted = theirs.instance_page(query.clone()).await.unwrap();
                assert_eq!(ours.instance_page(query.clone()).await.unwrap(), wanted, "{query:?}");
            }
        }
    }
    for tenant in TENANTS.into_iter().map(Some).chain([None]) {
        assert_eq!(ours.instances(tenant).await.unwrap(), theirs.instances(tenant).await.unwrap());
        assert_eq!(ours.keys(tenant).await.unwrap(), theirs.keys(tenant).await.unwrap());
    }
}

#[tokio::test]
async fn figures_are_what_they_are() {
    let both = both().await;
    let (theirs, ours) = (&both.history.store, &both.ours);
    let counted = theirs.counted().await.unwrap();
    assert_eq!((counted.upto, counted.gaps.len()), (Cursor(9), 1));
    assert_eq!(ours.counted().await.unwrap(), counted);
    let day = Span::Day.start(super::EPOCH);
    let mut seen = 0;
    for tenant in [TenantId::DEFAULT, both.history.other, TenantId(77)] {
        for (from, to) in [(0, 3), (1, 2), (2, 2)] {
            let (from, to) = (day.plus(from * Span::Day.ms()), day.plus(to * Span::Day.ms()));
            for span in Span::ALL {
                let names = vec!["waited", "Z", "none"];
                let query = MetricQuery { tenant, span, from, to, names };
                let wanted = theirs.metrics(query.clone()).await.unwrap();
                assert_eq!(ours.metrics(query).await.unwrap(), wanted);
                seen += wanted.len();
            }
            for limit in [1, 3, 9] {
                let query = WorkerQuery { tenant, from, to, limit };
                let wanted = theirs.worker_metrics(query.clone()).await.unwrap();
                assert_eq!(ours.worker_metrics(query).await.unwrap(), wanted);
                seen += wanted.workers.len();
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

fn filters(history: &History) -> Vec<TaskQuery> {
    let text = |text: &str| Some(text.to_owned());
    let all = TaskQuery { limit: 7, ..TaskQuery::default() };
    let mut filters = vec![
        all.clone(),
        TaskQuery { tenant: Some(history.other), ..all.clone() },
        TaskQuery { assigned_to: text("w-0"), ..all.clone() },
        TaskQuery { priority: Some(30), ..all.clone() },
        TaskQuery { project: text("a"), ..all.clone() },
        TaskQuery { project: text("a"), status: Some(Status::Pending), ..all.clone() },
        TaskQuery { project: text("B"), assigned_to: text("w-0"), ..all.clone() },
        TaskQuery { tag: text("x"), ..all.clone() },
        TaskQuery { tag: text("x"), role: text("r"), ..all.clone() },
        TaskQuery { role: text("r"), ..all.clone() },
        TaskQuery { parent: Some(history.tasks[0]), ..all.clone() },
        TaskQuery { dead: Some(true), ..all.clone() },
        TaskQuery { dead: Some(false), ..all.clone() },
        TaskQuery { dead: Some(false), tag: text("x"), offset: 3, ..all.clone() },
        TaskQuery { dead: Some(true), status: Some(Status::Pending), ..all.clone() },
        TaskQuery { offset: 20, ..all.clone() },
        TaskQuery { offset: 200, tag: text("x"), ..all.clone() },
    ];
    let status = |status| TaskQuery { status: Some(status), ..all.clone() };
    filters.extend(Status::ALL.map(status));
    for search in ["changed", "TASK gro*", "größe 2", "none", "task"] {
        filters.push(TaskQuery { search: text(search), ..all.clone() });
        filters.push(TaskQuery { search: text(search), tag: text("x"), ..all.clone() });
        filters.push(TaskQuery { search: text(search), priority: Some(30), ..all.clone() });
    }
    filters
}

/// Each filter in each order, page by page.
async fn same_lists(both: &Both) {
    let orders = [
        OrderBy::CreatedAt,
        OrderBy::UpdatedAt,
        OrderBy::Priority,
        OrderBy::Status,
        OrderBy::AssignedTo,
        OrderBy::Queue,
    ];
    for filter in filters(&both.history) {
        for order_by in orders {
            for order in [ListOrder::Asc, ListOrder::Desc] {
                let mut query = TaskQuery { order_by, order, ..filter.clone() };
                loop {
                    let theirs = both.history.store.list(query.clone(), Freshness::Latest).await;
                    let theirs = theirs.unwrap();
                    let ours = both.ours.list(query.clone(), Freshness::Latest).await.unwrap();
                    assert_eq!(shown(ours), shown(&theirs), "{query:?}");
                    query.after = theirs.next;
                    if query.after.is_none() {
                        break;
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn lists_are_what_they_are_whatever_the_index_of_words_knows() {
    let both = both().await;
    same_lists(&both).await;
    for known in [both.history.half.0, 0] {
        index_up_to(&both.client, known).await;
        same_lists(&both).await;
    }
    for (search, after) in [(Some(" - "), None), (None, Some("[]")), (None, Some("[\"a\",1]"))] {
        let query = TaskQuery {
            search: search.map(Into::into),
            after: after.map(Into::into),
            limit: 5,
            ..TaskQuery::default()
        };
        let theirs = both.history.store.list(query.clone(), Freshness::Latest).await.unwrap_err();
        assert_eq!(
            shown(both.ours.list(query, Freshness::Latest).await.unwrap_err()),
            shown(theirs)
        );
    }
}

fn told(event: &Event) -> (i64, String) {
    let Event { tenant, kind, at, task, version, attempt, project, actor, payload, .. } = event;
    let rest = format!("{tenant:?} {kind} {at:?} {task:?} {version:?} {attempt:?} {project:?}");
    (event.cursor.0, format!("{rest} {actor} {}", payload.get()))
}

#[tokio::test]
async fn the_log_is_what_it_is() {
    let both = both().await;
    let all = EventQuery {
        tenant: Some(TenantId::DEFAULT),
        scopes: Scopes::ALL,
        after: None,
        task: None,
        project: None,
        session: None,
        kinds: Vec::new(),
        limit: 20,
        newest_first: false,
    };
    let tasks = &both.history.tasks;
    let of = |n: usize| EventQuery { task: Some(tasks[n]), limit: 2, ..all.clone() };
    let mut queries = vec![
        all.clone(),
        EventQuery { tenant: None, ..all.clone() },
        EventQuery { tenant: Some(TenantId(2)), ..all.clone() },
        EventQuery { tenant: None, limit: 500, ..all.clone() },
        EventQuery { project: Some("a".into()), ..all.clone() },
        EventQuery { kinds: vec!["task.cl*".into(), "task.claimed".into()], ..all.clone() },
        EventQuery { kinds: vec!["task.*".into()], project: Some("B".into()), ..all.clone() },
        EventQuery { scopes: [Scope::SystemRead].into_iter().collect(), ..all.clone() },
        EventQuery { tenant: Some(TenantId(2)), ..of(1) },
        EventQuery { kinds: vec!["task.completed".into()], ..of(1) },
        EventQuery { limit: 1, ..of(13) },
    ];
    // The one of the tasks that is gone, too.
    queries.extend([0, 1, 3, 9, 50, 52].map(of));
    let backwards = queries.clone().into_iter();
    queries.extend(backwards.map(|query| EventQuery { newest_first: true, ..query }));
    let mut seen = 0;
    for query in queries {
        let (mut ours, mut theirs) = (query.clone(), query);
        loop {
            let wanted =
                both.history.store.events(theirs.clone(), Freshness::Latest).await.unwrap();
            let found = both.ours.events(ours.clone(), Freshness::Latest).await.unwrap();
            let list = |page: &crate::EventPage| -> Vec<_> {
                page.events.iter().map(|event| told(event)).collect()
            };
            assert_eq!(list(&found), list(&wanted), "{theirs:?}");
            assert_eq!(found.next, wanted.next, "{theirs:?}");
            assert_eq!(found.at_end, wanted.at_end, "{theirs:?}");
            seen += found.events.len();
            if found.at_end {
                break;
            }
            (ours.after, theirs.after) = (Some(found.next), Some(wanted.next));
        }
    }
    assert!(seen > 500, "{seen}");
    let beyond = EventQuery { after: Some(Cursor(i64::MAX)), ..all.clone() };
    let refused = both.ours.events(beyond, Freshness::Latest).await.unwrap_err();
    assert!(matches!(refused, StoreError::BadQuery { field: "after", .. }));
}
