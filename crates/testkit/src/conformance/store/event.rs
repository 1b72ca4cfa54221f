//! Events: one for each change, in order, for whoever reads on from a cursor.

use std::collections::HashSet;
use std::mem::{Discriminant, discriminant};
use std::sync::Arc;

use claudebench_core::event::Event;
use claudebench_core::lane::PauseScope;
use claudebench_core::{Cursor, Millis, TaskId, TenantId};
use claudebench_store::{
    AttachmentBody, AttachmentKind, Batch, Change, Create, DeleteAttachment, DeleteTask, EndLogin,
    EventQuery, FailInstances, Flush, Fold, Freshness, Item, Mark, Meta, NewTask, NoteSession,
    Pause, ProcessBatch, PutAttachment, Refold, Reports, Resume, RevokeKey, SetConfig, StoreError,
    Sweep, TellReplica, Touch, Unassign, Unregister, Update, Vote,
};

use super::Setup;
use super::bed::Bed;
use super::given::{
    self, add_key, assign, beat, cancel, claim, completed, events, failed, meta, register,
    released, report, retry, task,
};

/// What each kind of change is told by.
macro_rules! told_by {
    ($($change:ident => $kinds:expr;)*) => {
        fn told_by(change: &Change) -> &'static [&'static str] {
            match change { $(Change::$change(_) => &$kinds),* }
        }

        const KINDS_OF_CHANGES: usize = [$(stringify!($change)),*].len();
    };
}

told_by! {
    Update => ["task.updated"];
    Assign => ["task.assigned"];
    Unassign => ["task.unassigned"];
    DeleteTask => ["task.deleted"];
    Cancel => ["task.cancelled"];
    Retry => ["task.retried"];
    PutAttachment => ["task.attachment.created"];
    DeleteAttachment => ["task.attachment.deleted"];
    Pause => ["queue.paused"];
    Resume => ["queue.resumed"];
    Register => ["instance.registered"];
    Unregister => ["instance.unregistered"];
    FailInstances => ["instance.failed"];
    Touch => [];
    NoteSession => ["session.ended"];
    SetConfig => ["config.changed"];
    AddKey => ["key.created"];
    RevokeKey => ["key.revoked"];
    EndLogin => ["login.ended"];
    Vote => ["quorum.decision.made"];
    TellReplica => ["replica.lagging"];
    ProcessBatch => ["batch.completed"];
    Flush => ["system.flushed"];
    Fold => [];
    Refold => [];
    Sweep => [];
}

fn note(task: TaskId) -> PutAttachment {
    let body = AttachmentBody {
        key: "k".into(),
        kind: AttachmentKind::Url,
        value: None,
        content: None,
        url: Some("https://example.com".into()),
        mime_type: None,
        size: None,
    };
    PutAttachment { task, body }
}

/// The end of a session whose instance is not there.
pub(super) fn note_session() -> NoteSession {
    NoteSession {
        session: Some("s".into()),
        instance: None,
        told: Vec::new(),
        marks: vec![Mark::Ended { reason: "exit".into(), shares: false }],
        lease_ms: 1,
    }
}

/// One of each kind, each possible after those before it.
fn every_change(bed: &Bed, task: TaskId) -> Vec<Change> {
    let here = vec![(TenantId::DEFAULT, "w".into(), bed.now())];
    let behind = TellReplica {
        name: "replica:5432".into(),
        lagging: true,
        lag_ms: Some(2_000),
        lag_bytes: Some(1 << 20),
        problem: None,
    };
    let vote = Vote { decision: "d".into(), instance: "w".into(), value: "yes".into(), total: 1 };
    vec![
        Change::Register(register("w")),
        Change::Touch(Touch { instances: here.clone() }),
        Change::Assign(assign(task, "w")),
        Change::Unassign(Unassign { task }),
        Change::Update(Update { id: Some(task), priority: Some(1), ..Update::default() }),
        Change::PutAttachment(note(task)),
        Change::DeleteAttachment(DeleteAttachment { task, key: "k".into() }),
        Change::Cancel(cancel(task)),
        Change::Retry(retry(task)),
        Change::DeleteTask(DeleteTask { task }),
        Change::Pause(Pause { scope: PauseScope::All, reason: None, until: None }),
        Change::Resume(Resume { scope: PauseScope::All }),
        Change::FailInstances(FailInstances { instances: here }),
        Change::Register(register("w")),
        Change::Unregister(Unregister { id: "w".into(), session: "s".into() }),
        Change::NoteSession(note_session()),
        Change::SetConfig(SetConfig { key: "k".into(), value: "1".into() }),
        Change::AddKey(add_key("key", "default")),
        Change::RevokeKey(RevokeKey { id: "key".into() }),
        Change::EndLogin(EndLogin { login: "l".into(), key: "key".into() }),
        Change::Vote(vote),
        Change::TellReplica(behind),
        Change::ProcessBatch(ProcessBatch { batch: "b".into(), instance: "w".into(), items: 3 }),
        Change::Fold(Fold::default()),
        Change::Refold(Refold { version: 1, generation: 1, after: Cursor(0), since: Millis(0) }),
        Change::Sweep(Sweep),
        Change::Flush(Flush { tasks: true }),
    ]
}

fn kinds(events: &[Arc<Event>]) -> Vec<&str> {
    events.iter().map(|event| &*event.kind).collect()
}

pub(super) async fn each_change_is_told_by_one_event(bed: &mut Bed) {
    let id = bed.make(task()).await;
    let mut met: HashSet<Discriminant<Change>> = HashSet::new();
    for change in every_change(bed, id) {
        let before = bed.end_of_log().await;
        let expected = told_by(&change);
        met.insert(discriminant(&change));
        let changes = vec![Item { meta: meta(), body: change.clone() }];
        let outcomes = bed.commit(Batch { changes, ..Batch::default() }).await.unwrap();
        assert!(matches!(outcomes.changes[..], [Some(Ok(_))]), "{change:?}: {outcomes:?}");
        assert_eq!(kinds(&outcomes.events), expected, "{change:?}");
        assert_eq!(kinds(&bed.log_after(Some(before)).await), expected, "{change:?}");
    }
    assert_eq!(met.len(), KINDS_OF_CHANGES, "a kind of change was forgotten");
}

pub(super) async fn the_life_of_a_task_is_told_step_by_step(bed: &mut Bed) {
    let first = bed.held(task(), "w").await;
    let id = first.task.id;
    bed.ok(beat(&first)).await;
    bed.end_attempt(&first, failed()).await;
    bed.pass(8_000).await;
    let second = bed.claim("w").await;
    bed.end_attempt(&second, released()).await;
    let third = bed.claim("v").await;
    bed.complete(&third).await;
    bed.complete(&third).await;
    let history = bed.history(id).await;
    let expected = [
        ("task.created", 1, None),
        ("task.claimed", 2, Some(1)),
        ("task.attempt_failed", 3, Some(1)),
        ("task.claimed", 4, Some(2)),
        ("task.released", 5, Some(2)),
        ("task.claimed", 6, Some(2)),
        ("task.completed", 7, Some(2)),
    ];
    let told: Vec<_> =
        history.iter().map(|event| (&*event.kind, event.version.unwrap(), event.attempt)).collect();
    assert_eq!(told, expected);
    assert!(history.is_sorted_by(|a, b| a.cursor < b.cursor && a.at <= b.at));
}

pub(super) async fn an_end_tells_how_long_it_took(bed: &mut Bed) {
    let told = async |bed: &Bed, id, n: usize, names: &[&str]| {
        let payload = given::payload(&bed.history(id).await[n]);
        names.iter().map(|name| payload[name].as_i64()).collect::<Vec<_>>()
    };
    for beats in [false, true] {
        let id = bed.make(NewTask { priority: 7, ..task() }).await;
        bed.clock.advance(300);
        let held = bed.claim("w").await;
        assert_eq!(told(bed, id, 1, &["waited", "priority"]).await, [Some(300), Some(7)]);
        bed.clock.advance(500);
        if beats {
            bed.ok(beat(&held)).await;
        }
        bed.complete(&held).await;
        let end = told(bed, id, 2, &["worked", "duration", "priority"]).await;
        assert_eq!(end, [Some(500), Some(800), Some(7)], "{beats}");
    }
    // A second attempt is a time of its own.
    let first = bed.held(task(), "w").await;
    bed.clock.advance(40);
    bed.end_attempt(&first, failed()).await;
    bed.pass(1_000).await;
    let second = bed.claim("w").await;
    bed.clock.advance(9);
    bed.end_attempt(&second, given::failed_for_good()).await;
    let id = first.task.id;
    assert_eq!(told(bed, id, 3, &["fence", "waited"]).await, [Some(2), Some(1_040)]);
    assert_eq!(told(bed, id, 4, &["worked", "duration"]).await, [Some(9), Some(1_049)]);
    // By hand nobody has worked.
    let id = bed.make(task()).await;
    let status = Some(claudebench_core::Status::Completed);
    bed.ok(Update { id: Some(id), status, ..Update::default() }).await;
    let updated = given::payload(&bed.history(id).await[1]);
    assert_eq!(
        (&updated["previousStatus"], &updated["status"]),
        (&"pending".into(), &"completed".into())
    );
    let id = bed.make(NewTask { priority: 3, ..task() }).await;
    bed.ok(cancel(id)).await;
    assert_eq!(told(bed, id, 1, &["priority"]).await, [Some(3)]);
}

pub(super) async fn what_is_refused_or_repeated_is_not_told(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    bed.complete(&held).await;
    let end = bed.end_of_log().await;
    bed.complete(&held).await;
    bed.report(report(&held, released())).await.unwrap_err();
    bed.submit(beat(&held)).await.unwrap_err();
    bed.submit(cancel(held.task.id)).await.unwrap_err();
    bed.submit(retry(held.task.id)).await.unwrap_err();
    bed.submit(assign(held.task.id, "nobody")).await.unwrap_err();
    bed.ok(claim("w", 9)).await;
    assert_eq!(bed.log_after(Some(end)).await.len(), 0);
    assert_eq!(bed.end_of_log().await, end);
}

pub(super) async fn an_event_says_who_where_and_when(bed: &mut Bed) {
    bed.clock.advance(77);
    let meta = Meta { actor: "ada".into(), traceparent: Some("00-ab-cd-01".into()), ..meta() };
    let new = NewTask { project: Some("site".into()), text: "ü\n\"x\"".into(), ..task() };
    let id = bed.submit_as(meta, Create { tasks: vec![new] }).await.unwrap()[0].id;
    let event = bed.history(id).await.remove(0);
    assert_eq!((event.tenant, event.task, event.at), (TenantId::DEFAULT, Some(id), bed.now()));
    assert_eq!((&*event.actor, event.traceparent.as_deref()), ("ada", Some("00-ab-cd-01")));
    assert_eq!((event.project.as_deref(), event.version), (Some("site"), Some(1)));
    let expected = serde_json::json!({
        "id": id, "text": "ü\n\"x\"", "status": "pending", "priority": 50, "createdAt": bed.now(),
    });
    assert_eq!(given::payload(&event), expected);
}

pub(super) async fn who_follows_the_log_sees_everything_in_order(bed: &mut Bed) {
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..8 {
        let committer = bed.committer().clone();
        writers.spawn(async move {
            for _ in 0..12 {
                committer.submit(meta(), Create { tasks: vec![task(); 2] }).await.unwrap();
                let one = claim(&format!("w-{n}"), 2);
                let held = committer.submit(meta(), one).await.unwrap().tasks;
                let items = held.iter().map(|held| report(held, completed())).collect();
                committer.submit(meta(), Reports { items }).await.unwrap();
            }
        });
    }
    let mut seen: Vec<Arc<Event>> = Vec::new();
    let mut after = Some(Cursor(0));
    loop {
        let over = writers.is_empty();
        let page = bed.events(EventQuery { after, limit: 7, ..events() }).await;
        assert!(page.events.len() <= 7);
        seen.extend(page.events);
        after = Some(page.next);
        if over && page.at_end {
            break;
        }
        while let Some(ended) = writers.try_join_next() {
            ended.unwrap();
        }
        tokio::task::yield_now().await;
    }
    assert!(seen.is_sorted_by(|a, b| a.cursor < b.cursor));
    let cursors = |events: &[Arc<Event>]| events.iter().map(|e| e.cursor).collect::<Vec<_>>();
    assert_eq!(cursors(&seen), cursors(&bed.log().await), "nothing was missed");
    assert_eq!(seen.iter().filter(|event| &*event.kind == "task.created").count(), 192);
}

/// All that a query gives, page by page of `limit`, going on where each page says.
async fn pages(bed: &Bed, query: EventQuery) -> Vec<Cursor> {
    let mut all = Vec::new();
    let mut after = query.after;
    for _ in 0..1_000 {
        let page = bed.events(EventQuery { after, ..query.clone() }).await;
        assert!(i64::try_from(page.events.len()).unwrap() <= query.limit);
        all.extend(page.events.iter().map(|event| event.cursor));
        if page.at_end {
            return all;
        }
        after = Some(page.next);
    }
    panic!("the pages of {query:?} have no end");
}

pub(super) async fn filters_leave_what_answers_them(bed: &mut Bed) {
    let other = bed.tenant("other").await;
    let meta = given::meta_of(other);
    bed.submit_as(meta, Create { tasks: vec![task()] }).await.unwrap();
    bed.ok(register("w")).await;
    let site = NewTask { project: Some("site".into()), ..task() };
    let ids = bed.make_all(vec![site, task()]).await;
    let held = bed.ok(claim("w", 2)).await.tasks;
    bed.complete(&held[0]).await;
    bed.end_attempt(&held[1], failed()).await;
    let log = bed.log().await;
    let kinds = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let (tenant, project) = (Some(TenantId::DEFAULT), Some("site".to_owned()));
    let queries = [
        events(),
        EventQuery { tenant, ..events() },
        EventQuery { tenant: Some(other), ..events() },
        EventQuery { tenant, task: Some(ids[0]), ..events() },
        EventQuery { task: Some(ids[1]), ..events() },
        EventQuery { tenant, project: project.clone(), ..events() },
        EventQuery { kinds: kinds(&["task.claimed", "key.*"]), ..events() },
        EventQuery { kinds: kinds(&["task.*"]), ..events() },
        EventQuery { kinds: kinds(&["*"]), tenant, ..events() },
        EventQuery { kinds: kinds(&["task"]), ..events() },
        EventQuery { tenant, task: Some(ids[0]), kinds: kinds(&["task.completed"]), ..events() },
        EventQuery { tenant, task: Some(ids[1]), project, ..events() },
        EventQuery { tenant: Some(other), task: Some(ids[0]), ..events() },
        EventQuery { after: Some(log[2].cursor), ..events() },
        EventQuery { tenant, after: Some(log[4].cursor), task: Some(ids[1]), ..events() },
    ];
    let mut sizes = Vec::new();
    for query in queries {
        let expected: Vec<Cursor> =
            log.iter().filter(|event| answers(event, &query)).map(|event| event.cursor).collect();
        sizes.push(expected.len());
        for limit in [1, 2, 500] {
            assert_eq!(
                pages(bed, EventQuery { limit, ..query.clone() }).await,
                expected,
                "{query:?}"
            );
            let back = EventQuery { limit, newest_first: true, after: None, ..query.clone() };
            if query.after.is_none() {
                let mut found = pages(bed, back).await;
                found.reverse();
                assert_eq!(found, expected, "newest first: {query:?}");
            }
        }
    }
    assert_eq!(sizes, [9, 8, 1, 3, 3, 3, 3, 7, 8, 0, 1, 0, 0, 6, 2], "each filter was at work");
}

/// Whether an event answers a query, by the words of the query's fields.
fn answers(event: &Event, query: &EventQuery) -> bool {
    query.tenant.is_none_or(|tenant| event.tenant == tenant)
        && query.after.is_none_or(|after| event.cursor > after)
        && query.task.is_none_or(|task| event.task == Some(task))
        && query.project.as_deref().is_none_or(|project| event.project.as_deref() == Some(project))
        && (query.kinds.is_empty() || query.kinds.iter().any(|kind| event.is(kind)))
}

pub(super) async fn a_page_may_be_empty_before_the_end(bed: &mut Bed) {
    bed.make_all(vec![task(); 40]).await;
    let wanted = EventQuery { kinds: vec!["task.claimed".into()], limit: 1, ..events() };
    let page = bed.events(wanted.clone()).await;
    assert!(page.events.is_empty() && page.at_end);
    assert_eq!(page.next, bed.end_of_log().await, "what was looked at is not looked at again");
    bed.claim("w").await;
    let page = bed.events(EventQuery { after: Some(page.next), ..wanted }).await;
    assert_eq!((kinds(&page.events), page.at_end), (vec!["task.claimed"], true));
}

/// Makes tasks one by one, one event each.
async fn some_events(bed: &Bed, count: usize) -> Vec<Cursor> {
    for _ in 0..count {
        bed.make(task()).await;
        bed.clock.advance(10);
    }
    bed.log().await.iter().map(|event| event.cursor).collect()
}

pub(super) async fn after_a_place_beyond_the_end_there_is_no_page(bed: &mut Bed) {
    bed.make_all(vec![task(), task()]).await;
    let end = bed.end_of_log().await;
    let ask = |place, newest_first| EventQuery { after: Some(place), newest_first, ..events() };
    let page = bed.store().events(ask(end, false), Freshness::Latest).await.unwrap();
    assert_eq!((page.events.len(), page.next, page.at_end), (0, end, true), "nothing came since");
    let beyond = Cursor(end.0 + 1);
    let answer = bed.store().events(ask(beyond, false), Freshness::Latest).await;
    assert!(matches!(answer, Err(StoreError::BadQuery { field: "after", .. })), "{answer:?}");
    let back = bed.store().events(ask(beyond, true), Freshness::Latest).await.unwrap();
    assert_eq!(back.events.len(), 2, "backwards, it is before the end");
}

pub(super) async fn as_many_events_are_kept_as_is_said(bed: &mut Bed) {
    bed.fresh(Setup { events_max: 10, ..Setup::default() }).await;
    let cursors = some_events(bed, 30).await;
    bed.pass(60_000).await;
    let kept: Vec<Cursor> = bed.log().await.iter().map(|event| event.cursor).collect();
    assert_eq!(kept, cursors[20..], "the newest");
    let health = bed.store().health().await.unwrap();
    assert_eq!((health.oldest, health.head), (cursors[20], cursors[29]));
    let after = |after: Cursor| {
        bed.store().events(EventQuery { after: Some(after), ..events() }, Freshness::Latest)
    };
    assert_eq!(after(cursors[19]).await.unwrap().events.len(), 10, "nothing is missed");
    let expired = after(cursors[18]).await;
    let Err(StoreError::CursorExpired { cursor, oldest }) = expired else {
        panic!("an event is missed without a word: {expired:?}");
    };
    assert_eq!(cursor, cursors[18].0);
    assert_eq!(after(Cursor(oldest)).await.unwrap().events.len(), 10, "what the error names works");
    let back = EventQuery { newest_first: true, limit: 3, ..events() };
    let mut found = pages(bed, back).await;
    found.reverse();
    assert_eq!(found, kept, "and backwards there is an end");
}

pub(super) async fn events_are_kept_as_long_as_is_said(bed: &mut Bed) {
    bed.fresh(Setup { events_age_ms: 100_000, ..Setup::default() }).await;
    let old = bed.make(task()).await;
    let held = bed.claim("w").await;
    bed.pass(50_000).await;
    bed.ok(beat(&held)).await;
    bed.pass(40_000).await;
    bed.complete(&held).await;
    let log = bed.log().await;
    assert_eq!(log.len(), 3, "nothing is old enough");
    bed.pass(20_000).await;
    // The cleaning comes once a minute.
    bed.pass(60_000).await;
    assert_eq!(kinds(&bed.log().await), ["task.completed"]);
    let history = bed.history(old).await;
    assert_eq!(history[0].version, Some(3), "the rest of its history has gone");
    let answer = bed
        .store()
        .events(EventQuery { after: Some(log[0].cursor), ..events() }, Freshness::Latest)
        .await;
    assert!(matches!(answer, Err(StoreError::CursorExpired { .. })), "{answer:?}");
}

pub(super) async fn the_log_goes_on_where_it_was_when_all_has_gone(bed: &mut Bed) {
    bed.fresh(Setup { events_age_ms: 100_000, ..Setup::default() }).await;
    let cursors = some_events(bed, 5).await;
    bed.pass(1_000_000).await;
    bed.pass(60_000).await;
    let end = bed.end_of_log().await;
    assert_eq!(end, cursors[4]);
    for how in super::bed::Stop::ALL {
        bed.again(how).await;
        let before = bed.end_of_log().await;
        bed.make(task()).await;
        let new = bed.log_after(Some(before)).await;
        assert_eq!(new.len(), 1);
        assert!(new[0].cursor > before, "{how:?}: places are not given twice");
    }
}
