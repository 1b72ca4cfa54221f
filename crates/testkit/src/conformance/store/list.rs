//! Lists: every filter, every order, every page; and counts that are true.

use std::cmp::Ordering;

use claudebench_core::lane::Wanted;
use claudebench_core::{Status, TaskId, TenantId};
use claudebench_store::{
    ClaimTasks, DeleteTask, Freshness, ListOrder, NewTask, OrderBy, ProjectPage, Stats, StoreError,
    TaskQuery, TaskRow, Update,
};

use super::audit::all_tasks;
use super::bed::Bed;
use super::given::{
    self, after, assign, cancel, completed, failed_for_good, names, register, report, task, tasks,
    wanted,
};

/// Sixty tasks of all kinds: statuses, holders, priorities, projects, tags, roles and parents.
async fn many_kinds(bed: &Bed) -> Vec<TaskRow> {
    bed.ok(register("w-0")).await;
    let mut ids: Vec<TaskId> = Vec::new();
    for n in 0..60_usize {
        let own = format!("n-{n}");
        let mut tags = vec![own.as_str()];
        tags.extend((n % 3 == 0).then_some("x"));
        let new = NewTask {
            text: format!("task {n}"),
            priority: i64::try_from(n * 7 % 4 * 10).unwrap(),
            project: [None, Some("a"), Some("b")][n * 5 % 3].map(Into::into),
            roles: if n % 4 == 1 { names(&["r"]) } else { vec![] },
            tags: names(&tags),
            parent: (n % 5 == 4).then(|| ids[n / 10]),
            ..task()
        };
        let id = bed.make(new).await;
        ids.push(id);
        move_on(bed, n, id, &own).await;
        // Two out of three share their time.
        bed.clock.advance(i64::from(n % 3 == 0));
    }
    for n in [50, 3, 17, 30] {
        bed.clock.advance(1);
        let text = Some(format!("task {n}, changed"));
        bed.ok(Update { id: Some(ids[n]), text, ..Update::default() }).await;
    }
    let rows = all_tasks(bed, TenantId::DEFAULT).await;
    assert_eq!(rows.len(), 60);
    rows.into_iter().map(|found| found.task).collect()
}

/// Brings the n-th task to one of its possible states.
async fn move_on(bed: &Bed, n: usize, id: TaskId, tag: &str) {
    let worker = format!("w-{}", n / 6 % 2);
    let wanted = Wanted { roles: names(&["r"]), tags: names(&[tag]), ..wanted(&worker) };
    let claim = ClaimTasks { wanted, task: None, max: 1, lease_ms: None };
    let ending = match n % 6 {
        1 => Some(completed()),
        2 => Some(failed_for_good()),
        3 => None,
        4 => return drop(bed.ok(cancel(id)).await),
        5 => return drop(bed.ok(assign(id, "w-0")).await),
        _ => return,
    };
    let held = bed.ok(claim).await.tasks.remove(0);
    if let Some(ending) = ending {
        bed.report(report(&held, ending)).await.unwrap();
    }
}

/// What a filter says of a row.
type Rule = Box<dyn Fn(&TaskRow) -> bool>;

/// Each filter with its rule.
fn filters(parent: TaskId) -> Vec<(TaskQuery, Rule)> {
    let text = |text: &str| Some(text.to_owned());
    let mut all: Vec<(TaskQuery, Rule)> = Vec::new();
    let mut add = |query: TaskQuery, rule: fn(&TaskRow) -> bool| all.push((query, Box::new(rule)));
    add(TaskQuery { assigned_to: text("w-0"), ..tasks() }, |row| {
        row.assigned_to.as_deref() == Some("w-0")
    });
    add(TaskQuery { priority: Some(30), ..tasks() }, |row| row.priority == 30);
    add(TaskQuery { project: text("a"), ..tasks() }, |row| row.project.as_deref() == Some("a"));
    add(TaskQuery { tag: text("x"), ..tasks() }, |row| row.tags.iter().any(|t| &**t == "x"));
    add(TaskQuery { role: text("r"), ..tasks() }, |row| row.roles.iter().any(|r| &**r == "r"));
    add(TaskQuery { dead: Some(true), ..tasks() }, |row| row.dead);
    add(TaskQuery { dead: Some(false), ..tasks() }, |row| !row.dead);
    add(TaskQuery { search: text("changed"), ..tasks() }, |row| row.text.contains("changed"));
    let of_parent = TaskQuery { parent: Some(parent), ..tasks() };
    all.push((of_parent, Box::new(move |row| row.parent == Some(parent))));
    for status in Status::ALL {
        let query = TaskQuery { status: Some(status), ..tasks() };
        all.push((query, Box::new(move |row| row.status == status)));
    }
    all
}

/// Both filters at once.
fn both(a: &TaskQuery, b: &TaskQuery) -> TaskQuery {
    let (a, b) = (a.clone(), b.clone());
    TaskQuery {
        status: a.status.or(b.status),
        assigned_to: a.assigned_to.or(b.assigned_to),
        priority: a.priority.or(b.priority),
        project: a.project.or(b.project),
        tag: a.tag.or(b.tag),
        role: a.role.or(b.role),
        parent: a.parent.or(b.parent),
        dead: a.dead.or(b.dead),
        search: a.search.or(b.search),
        ..tasks()
    }
}

fn ids(rows: &[&TaskRow]) -> Vec<TaskId> {
    rows.iter().map(|row| row.id).collect()
}

/// The tasks that a query gives on one page, and how many it says there are.
async fn listed(bed: &Bed, query: &TaskQuery) -> (Vec<TaskId>, i64) {
    let page = bed.list(query.clone()).await;
    assert_eq!((page.next, page.total_capped), (None, false));
    (page.tasks.iter().map(|found| found.task.id).collect(), page.total)
}

pub(super) async fn each_filter_leaves_what_answers_it(bed: &mut Bed) {
    let rows = many_kinds(bed).await;
    let all = filters(rows.iter().find_map(|row| row.parent).unwrap());
    for (place, (query, holds)) in all.iter().enumerate() {
        let expected: Vec<&TaskRow> = rows.iter().filter(|row| holds(row)).collect();
        assert!(!expected.is_empty() && expected.len() < rows.len(), "{query:?} is at work");
        let total = i64::try_from(expected.len()).unwrap();
        assert_eq!(listed(bed, query).await, (ids(&expected), total), "{query:?}");
        for (other, also) in &all[place + 1..] {
            if query.status.is_some() && other.status.is_some()
                || query.dead.is_some() && other.dead.is_some()
            {
                continue;
            }
            let query = both(query, other);
            let expected: Vec<&TaskRow> =
                rows.iter().filter(|row| holds(row) && also(row)).collect();
            let total = i64::try_from(expected.len()).unwrap();
            assert_eq!(listed(bed, &query).await, (ids(&expected), total), "{query:?}");
        }
    }
}

/// How an order compares two rows; ties by id.
fn compare(by: OrderBy, a: &TaskRow, b: &TaskRow) -> Ordering {
    let holder = |row: &TaskRow| row.assigned_to.clone().unwrap_or_default();
    let order = match by {
        OrderBy::CreatedAt => a.created_at.cmp(&b.created_at),
        OrderBy::UpdatedAt => a.updated_at.cmp(&b.updated_at),
        OrderBy::Priority => a.priority.cmp(&b.priority),
        OrderBy::Status => a.status.cmp(&b.status),
        OrderBy::AssignedTo => holder(a).cmp(&holder(b)),
        OrderBy::Queue => unreachable!("no row shows its rank"),
    };
    order.then(a.id.cmp(&b.id))
}

const ORDERS: [OrderBy; 5] = [
    OrderBy::CreatedAt,
    OrderBy::UpdatedAt,
    OrderBy::Priority,
    OrderBy::Status,
    OrderBy::AssignedTo,
];

pub(super) async fn each_order_holds_over_all_pages(bed: &mut Bed) {
    let rows = many_kinds(bed).await;
    let mut queries: Vec<(TaskQuery, Rule)> = vec![(tasks(), Box::new(|_| true))];
    queries.extend(filters(rows.iter().find_map(|row| row.parent).unwrap()));
    for (query, holds) in &queries {
        for order_by in ORDERS {
            for order in [ListOrder::Asc, ListOrder::Desc] {
                let query = TaskQuery { order_by, order, ..query.clone() };
                let mut expected: Vec<&TaskRow> = rows.iter().filter(|row| holds(row)).collect();
                expected.sort_by(|a, b| compare(order_by, a, b));
                if order == ListOrder::Desc {
                    expected.reverse();
                }
                let expected = ids(&expected);
                assert_eq!(by_cursor(bed, &query, 7).await, expected, "{query:?}");
                assert_eq!(by_offset(bed, &query, 9).await, expected, "{query:?}");
            }
        }
    }
}

pub(super) async fn the_queue_is_listed_as_claims_take_it(bed: &mut Bed) {
    let mut ids = Vec::new();
    for n in 0..30 {
        ids.push(bed.make(NewTask { priority: n * 7 % 4 * 10, ..task() }).await);
        bed.clock.advance(n % 3);
    }
    // What was given back, and what was changed, has its place as well.
    let held = bed.claim("w").await;
    bed.end_attempt(&held, given::released()).await;
    bed.ok(Update { id: Some(ids[4]), priority: Some(100), ..Update::default() }).await;
    let query = TaskQuery { order_by: OrderBy::Queue, order: ListOrder::Asc, ..tasks() };
    let query = TaskQuery { status: Some(Status::Pending), ..query };
    let listed = by_cursor(bed, &query, 7).await;
    assert_eq!(by_offset(bed, &query, 9).await, listed);
    let backwards = TaskQuery { order: ListOrder::Desc, ..query };
    let mut last_first = by_cursor(bed, &backwards, 8).await;
    last_first.reverse();
    assert_eq!(last_first, listed);
    assert_eq!(listed.first(), Some(&ids[4]));
    let mut claimed = Vec::new();
    while claimed.len() < listed.len() {
        claimed.push(bed.claim("w").await.task.id);
    }
    assert_eq!(claimed, listed);
    assert!(bed.nothing_for("w").await);
}

/// All pages, each from where the one before ended.
async fn by_cursor(bed: &Bed, query: &TaskQuery, limit: i64) -> Vec<TaskId> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = bed.list(TaskQuery { limit, after, ..query.clone() }).await;
        all.extend(page.tasks.iter().map(|found| found.task.id));
        after = page.next;
        if after.is_none() {
            assert_eq!(page.total, i64::try_from(all.len()).unwrap(), "{query:?}");
            return all;
        }
        assert_eq!(page.tasks.len(), usize::try_from(limit).unwrap(), "a full page");
    }
}

/// All pages by their offset.
async fn by_offset(bed: &Bed, query: &TaskQuery, limit: i64) -> Vec<TaskId> {
    let mut all: Vec<TaskId> = Vec::new();
    loop {
        let offset = i64::try_from(all.len()).unwrap();
        let page = bed.list(TaskQuery { limit, offset, ..query.clone() }).await;
        all.extend(page.tasks.iter().map(|found| found.task.id));
        if page.next.is_none() {
            return all;
        }
    }
}

pub(super) async fn pages_stay_right_while_tasks_come_and_go(bed: &mut Bed) {
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(bed.make(task()).await);
        bed.clock.advance(1);
    }
    let first = bed.list(TaskQuery { limit: 5, ..tasks() }).await;
    bed.make_all(vec![task(); 3]).await;
    bed.ok(DeleteTask { task: ids[17] }).await;
    bed.ok(DeleteTask { task: ids[12] }).await;
    bed.ok(cancel(ids[11])).await;
    let rest = TaskQuery { limit: 100, after: first.next, ..tasks() };
    let found: Vec<TaskId> = bed.list(rest).await.tasks.iter().map(|found| found.task.id).collect();
    let mut expected: Vec<TaskId> = ids[..15].to_vec();
    expected.retain(|id| *id != ids[12]);
    expected.reverse();
    assert_eq!(found, expected, "what is left of the rest, once");
}

pub(super) async fn a_listed_task_is_the_task(bed: &mut Bed) {
    let held = bed.held(NewTask { project: Some("a".into()), ..task() }, "w").await;
    bed.ok(given::beat(&held)).await;
    let done = bed.held(task(), "w").await;
    let result = Some("[1]".to_owned());
    bed.end_attempt(&done, claudebench_store::Ending::Completed { result }).await;
    bed.make(after(&[held.task.id])).await;
    let listed = bed.list(tasks()).await.tasks;
    assert_eq!(listed.len(), 3);
    for mut found in listed {
        let alone = bed.task(found.task.id).await;
        found.depends_on.clone_from(&alone.depends_on);
        assert_eq!(found, alone);
    }
}

pub(super) async fn a_query_that_makes_no_sense_is_refused(bed: &mut Bed) {
    bed.make_all(vec![task(); 3]).await;
    let page = bed.list(TaskQuery { limit: 1, order_by: OrderBy::AssignedTo, ..tasks() }).await;
    let other = TaskQuery { after: page.next.clone(), ..tasks() };
    let garbage = TaskQuery { after: Some("garbage".into()), ..tasks() };
    let no_word = TaskQuery { search: Some(" -*- ".into()), ..tasks() };
    for query in [other, garbage, no_word] {
        let answer = bed.store().list(query.clone(), Freshness::Latest).await;
        assert!(matches!(answer, Err(StoreError::BadQuery { .. })), "{query:?}: {answer:?}");
    }
    let both = TaskQuery { dead: Some(true), status: Some(Status::Pending), ..tasks() };
    assert_eq!(bed.list(both).await.total, 0, "nothing can be both");
    let both = TaskQuery { dead: Some(false), status: Some(Status::Failed), ..tasks() };
    assert_eq!(bed.list(both).await.total, 0);
}

pub(super) async fn counts_follow_every_step(bed: &mut Bed) {
    let site = NewTask { project: Some("site".into()), ..task() };
    let seen = async |bed: &Bed| {
        let stats = bed
            .store()
            .stats(TenantId::DEFAULT, Some("site".into()), Freshness::Latest)
            .await
            .unwrap();
        (stats.ready, stats.scheduled, stats.blocked, stats.by_status)
    };
    assert_eq!(seen(bed).await, (0, 0, 0, [0; 5]), "a project that nobody knows");
    let first = bed.make(site.clone()).await;
    bed.make(NewTask { delay_ms: Some(500), ..site.clone() }).await;
    bed.make(NewTask { project: site.project.clone(), ..after(&[first]) }).await;
    bed.make(task()).await;
    assert_eq!(seen(bed).await, (1, 1, 1, [3, 0, 0, 0, 0]));
    let held = bed.claim("w").await;
    assert_eq!(seen(bed).await, (0, 1, 1, [2, 1, 0, 0, 0]));
    bed.complete(&held).await;
    assert_eq!(seen(bed).await, (1, 1, 0, [2, 0, 1, 0, 0]));
    bed.pass(500).await;
    assert_eq!(seen(bed).await, (2, 0, 0, [2, 0, 1, 0, 0]));
    bed.submit(cancel(first)).await.unwrap_err();
    assert_eq!(seen(bed).await, (2, 0, 0, [2, 0, 1, 0, 0]), "a refused write counts nothing");
    assert_eq!(bed.stats().await.by_status, [3, 0, 1, 0, 0], "with what is in no project");
}

pub(super) async fn each_role_has_its_queue(bed: &mut Bed) {
    let seen = async |bed: &Bed| -> Vec<(String, i64)> {
        let found = bed.store().role_queues().await.unwrap();
        found.iter().map(|of| (of.role.as_deref().unwrap_or("").to_owned(), of.ready)).collect()
    };
    assert_eq!(seen(bed).await, []);
    let of = |roles: &[&str]| NewTask { roles: names(roles), ..task() };
    bed.make(NewTask { project: Some("p".into()), ..of(&["r"]) }).await;
    let first = bed.make(of(&["r"])).await;
    bed.make(of(&["r", "s"])).await;
    bed.make(of(&[])).await;
    bed.make(NewTask { delay_ms: Some(60_000), ..of(&["r"]) }).await;
    bed.make(NewTask { roles: names(&["s"]), ..after(&[first]) }).await;
    let queue = |role: &str, ready| (role.to_owned(), ready);
    assert_eq!(seen(bed).await, [queue("r", 3), queue("", 1), queue("s", 1)]);
    bed.claim("w").await;
    assert_eq!(
        seen(bed).await,
        [queue("r", 3), queue("s", 1)],
        "it had no role and took what is for all"
    );
}

pub(super) async fn the_oldest_ready_task_is_known(bed: &mut Bed) {
    let oldest = async |bed: &Bed| bed.stats().await.oldest_ready;
    assert_eq!(oldest(bed).await, None);
    bed.make(NewTask { delay_ms: Some(60_000), ..task() }).await;
    bed.clock.advance(10);
    let first = bed.make(task()).await;
    bed.make(after(&[first])).await;
    let made = bed.now();
    bed.clock.advance(10);
    bed.make(task()).await;
    assert_eq!(oldest(bed).await, Some(made), "what waits for its time or for others is not ready");
    bed.claim("w").await;
    assert_eq!(oldest(bed).await, Some(bed.now()));
}

pub(super) async fn projects_are_listed_by_name_with_their_counts(bed: &mut Bed) {
    let page = async |bed: &Bed, after: Option<&str>, limit| {
        let after = after.map(str::to_owned);
        bed.store().projects(TenantId::DEFAULT, after, limit, Freshness::Latest).await.unwrap()
    };
    let named = |page: ProjectPage| -> (Vec<String>, Option<String>) {
        (page.projects.into_iter().map(|(name, _)| name).collect(), page.next)
    };
    let listed = |names: &[&str], next: Option<&str>| {
        (names.iter().map(|name| (*name).to_owned()).collect(), next.map(str::to_owned))
    };
    bed.make(task()).await;
    assert_eq!(page(bed, None, 9).await, ProjectPage::default(), "it is of none");
    let of = |name: &str| NewTask { project: Some(name.into()), ..task() };
    for name in ["b", "ä", "b", "B"] {
        bed.make(of(name)).await;
    }
    assert_eq!(named(page(bed, None, 9).await), listed(&["B", "b", "ä"], None));
    bed.pass(1).await;
    // After what was added up already.
    bed.make(NewTask { delay_ms: Some(500), ..of("b") }).await;
    let gone = bed.make(of("a b")).await;
    assert_eq!(named(page(bed, None, 2).await), listed(&["B", "a b"], Some("a b")));
    assert_eq!(named(page(bed, Some("a b"), 2).await), listed(&["b", "ä"], None));
    assert_eq!(named(page(bed, Some("c"), 2).await), listed(&["ä"], None));
    for (name, counts) in page(bed, None, 9).await.projects {
        let stats = bed.store().stats(TenantId::DEFAULT, Some(name.clone()), Freshness::Latest);
        let stats = Stats { oldest_ready: None, ..stats.await.unwrap() };
        assert_eq!(counts, stats, "{name}");
    }
    bed.ok(DeleteTask { task: gone }).await;
    assert_eq!(named(page(bed, None, 2).await), listed(&["B", "b"], Some("b")), "it has no task");
}
