//! Sessions of agents: what their hooks tell is kept, and their todos become tasks.

use std::sync::Arc;

use claudebench_core::{Status, TaskId, TenantId};
use claudebench_store::{
    Beat, ClaimTasks, EventQuery, Mark, NoteSession, Noted, Register, SessionRow, TaskRow,
    TodoChange, TodoStatus, Told, Unregister, WriteTodos,
};
use serde_json::json;
use serde_json::value::to_raw_value;

use super::bed::Bed;
use super::given::{self, cancel, claim, keyed, meta_of, payload, register, task};
use TodoStatus::{Completed, Deleted, InProgress, Pending};

/// How long a session may be silent before its tasks go back.
const LEASE_MS: i64 = 600_000;

fn note(session: &str, mark: Mark) -> NoteSession {
    NoteSession {
        session: Some(session.into()),
        instance: Some(Register {
            roles: given::names(&["claude-code"]),
            ..register(&of(session))
        }),
        told: Vec::new(),
        marks: vec![mark],
        lease_ms: LEASE_MS,
    }
}

/// The instance of a session.
fn of(session: &str) -> String {
    format!("i-{session}")
}

fn told(kind: &'static str) -> Told {
    Told { kind, payload: to_raw_value(&json!({"tool": "Bash"})).unwrap() }
}

fn written(todos: &[(&str, TodoStatus)]) -> Mark {
    let change = |(content, status): &(&str, TodoStatus)| TodoChange {
        content: Some((*content).into()),
        status: Some(*status),
        ..TodoChange::default()
    };
    let todos = todos.iter().map(change).collect();
    Mark::Todos(WriteTodos { todos, whole: true, autocreate: true, tells: true })
}

/// One of the agent's own, by its id.
fn own(key: &str, content: Option<&str>, status: TodoStatus) -> Mark {
    let todos = vec![TodoChange {
        key: Some(key.into()),
        content: content.map(str::to_owned),
        status: Some(status),
        ..TodoChange::default()
    }];
    Mark::Todos(WriteTodos { todos, whole: false, autocreate: true, tells: true })
}

fn prompt(text: &str) -> Mark {
    Mark::Prompt { text: text.into(), tells: true }
}

async fn write(bed: &Bed, session: &str, todos: &[(&str, TodoStatus)]) -> Noted {
    bed.ok(note(session, written(todos))).await
}

async fn session(bed: &Bed, id: &str) -> SessionRow {
    bed.store().session(TenantId::DEFAULT, id.into()).await.unwrap().expect("no such session")
}

/// The task of a todo of a session.
async fn task_of(bed: &Bed, id: &str, content: &str) -> Option<TaskRow> {
    let todos = session(bed, id).await.state.todos;
    let todo = todos.into_iter().find(|todo| todo.content == content)?;
    let found = bed.task_of(TenantId::DEFAULT, todo.task?).await;
    Some(found.expect("the todo's task is gone").task)
}

async fn kinds(bed: &Bed, id: &str) -> Vec<Arc<str>> {
    let query =
        EventQuery { tenant: Some(TenantId::DEFAULT), session: Some(id.into()), ..given::events() };
    bed.events(query).await.events.iter().map(|event| event.kind.clone()).collect()
}

async fn count(bed: &Bed) -> usize {
    bed.list(given::tasks()).await.tasks.len()
}

pub(super) async fn what_a_hook_tells_is_an_event_of_its_session(bed: &mut Bed) {
    let hooked = NoteSession {
        told: vec![told("hook.post_tool.executed"), told("alert.tool_errors")],
        ..note("s", Mark::Tool("Bash".into()))
    };
    let noted = bed.ok(hooked.clone()).await;
    assert!(noted.registered && noted.events == 1, "{noted:?}");
    bed.clock.advance(5);
    bed.ok(hooked).await;
    bed.ok(note("s", prompt("do it"))).await;
    let expected = [
        "instance.registered",
        "hook.post_tool.executed",
        "alert.tool_errors",
        "hook.post_tool.executed",
        "alert.tool_errors",
    ];
    assert_eq!(kinds(bed, "s").await.iter().map(|k| &**k).collect::<Vec<_>>(), expected);
    let newest = EventQuery {
        tenant: Some(TenantId::DEFAULT),
        session: Some("s".into()),
        newest_first: true,
        limit: 1,
        ..given::events()
    };
    let page = bed.events(newest.clone()).await;
    assert_eq!(&*page.events[0].kind, "alert.tool_errors");
    let before = bed.events(EventQuery { after: Some(page.next), ..newest }).await;
    assert_eq!(&*before.events[0].kind, "hook.post_tool.executed");
    assert!(kinds(bed, "other").await.is_empty());
    let row = session(bed, "s").await;
    assert_eq!((row.events, &*row.instance, row.started_at), (3, "i-s", row.seen_at.plus(-5)));
    assert_eq!((row.state.tools[0].count, &*row.state.recent_tools[0]), (2, "Bash"));
    assert_eq!(row.state.prompts[0].text, "do it");
    // Without a session it is told all the same.
    let nobodys = NoteSession {
        session: None,
        told: vec![told("hook.event.executed")],
        ..note("", Mark::Seen)
    };
    bed.ok(nobodys).await;
    assert_eq!(bed.log().await.pop().unwrap().session, None);
}

pub(super) async fn sessions_are_listed_newest_first(bed: &mut Bed) {
    for id in ["a", "b", "c"] {
        bed.ok(note(id, Mark::Seen)).await;
        bed.clock.advance(1_000);
    }
    bed.ok(note("a", Mark::Seen)).await;
    let list = async |upto, limit| -> Vec<Arc<str>> {
        let found = bed.store().sessions(TenantId::DEFAULT, upto, limit).await.unwrap();
        found.into_iter().map(|row| row.id).collect()
    };
    assert_eq!(list(bed.now(), 9).await, given::names(&["a", "c", "b"]));
    assert_eq!(list(bed.now(), 2).await, given::names(&["a", "c"]));
    assert_eq!(list(bed.now().plus(-1_000), 9).await, given::names(&["c", "b"]));
}

pub(super) async fn todos_become_tasks_and_follow_them(bed: &mut Bed) {
    let noted =
        write(bed, "s", &[("one", Pending), ("two", InProgress), ("three", Completed)]).await;
    assert_eq!(noted.leased_until, Some(bed.now().plus(LEASE_MS)));
    let one = task_of(bed, "s", "one").await.unwrap();
    assert_eq!((one.status, one.priority, one.assigned_to), (Status::Pending, 50, None));
    let metadata: serde_json::Value = serde_json::from_str(&one.metadata.unwrap()).unwrap();
    assert_eq!((&metadata["source"], &metadata["sessionId"]), (&json!("todo_write"), &json!("s")));
    let two = task_of(bed, "s", "two").await.unwrap();
    assert_eq!((two.status, two.priority), (Status::InProgress, 75));
    assert_eq!(two.assigned_to.as_deref(), Some("i-s"));
    assert_eq!(task_of(bed, "s", "three").await, None, "what is done already needs no task");
    write(bed, "s", &[("one", InProgress), ("two", Completed)]).await;
    let one = task_of(bed, "s", "one").await.unwrap();
    assert_eq!((one.status, one.priority), (Status::InProgress, 75));
    let two = task_of(bed, "s", "two").await.unwrap();
    assert_eq!((two.status, two.completed_by.as_deref()), (Status::Completed, Some("i-s")));
    write(bed, "s", &[("one", Pending)]).await;
    let one = task_of(bed, "s", "one").await.unwrap();
    assert_eq!((one.status, one.priority, one.assigned_to), (Status::Pending, 50, None));
    // One that leaves the list leaves its task alone, and finds it again.
    write(bed, "s", &[]).await;
    write(bed, "s", &[("one", Completed)]).await;
    let done = task_of(bed, "s", "one").await.unwrap();
    assert_eq!((done.id, done.status), (one.id, Status::Completed), "assigned or not");
    // The same words once more are a new todo.
    write(bed, "s", &[("one", Pending)]).await;
    assert_ne!(task_of(bed, "s", "one").await.unwrap().id, one.id);
    let told = kinds(bed, "s").await;
    let all = ["task.created", "task.claimed", "task.completed", "hook.todo_write.executed"];
    assert!(all.iter().all(|kind| told.iter().any(|of| &**of == *kind)), "{told:?}");
}

pub(super) async fn the_same_todos_twice_change_nothing(bed: &mut Bed) {
    let todos = [("one", Pending), ("two", InProgress), ("one", Completed)];
    write(bed, "s", &todos).await;
    let tasks = bed.list(given::tasks()).await;
    let before = bed.end_of_log().await;
    write(bed, "s", &todos).await;
    let again = bed.list(given::tasks()).await;
    assert_eq!(tasks.tasks, again.tasks);
    let log = bed.log_after(Some(before)).await;
    assert_eq!(log.iter().map(|e| &*e.kind).collect::<Vec<_>>(), ["hook.todo_write.executed"]);
    assert_eq!(payload(&log[0])["changes"], json!({"added": 0, "completed": 0, "modified": 0}));
    // And under a key not even that.
    let once = |n| bed.submit_as(keyed("k", n), note("s", written(&[("three", Pending)])));
    let first = once(1).await.unwrap();
    let before = bed.end_of_log().await;
    assert_eq!(once(1).await.unwrap(), first);
    assert!(bed.log_after(Some(before)).await.is_empty());
}

pub(super) async fn todos_that_wait_are_shared_and_others_are_not_touched(bed: &mut Bed) {
    write(bed, "a", &[("one", Pending), ("two", InProgress)]).await;
    let noted = write(bed, "b", &[("one", InProgress), ("two", InProgress)]).await;
    assert_eq!(noted.apart, []);
    let [one, shared] =
        [task_of(bed, "a", "one").await.unwrap(), task_of(bed, "b", "one").await.unwrap()];
    assert_eq!((one.id, shared.assigned_to.as_deref()), (shared.id, Some("i-b")));
    let [two, own] =
        [task_of(bed, "a", "two").await.unwrap(), task_of(bed, "b", "two").await.unwrap()];
    assert_ne!(two.id, own.id, "each does its own when somebody is at work already");
    // The first is told once that another is at work, and ends nothing of the other's.
    let noted = write(bed, "a", &[("one", Completed), ("two", Completed)]).await;
    let apart = &noted.apart[..];
    assert_eq!(apart.len(), 1, "{apart:?}");
    assert_eq!((apart[0].task, apart[0].status), (one.id, Status::InProgress));
    assert_eq!(apart[0].by.as_deref(), Some("i-b"));
    assert_eq!(task_of(bed, "b", "one").await.unwrap().status, Status::InProgress);
    assert_eq!(bed.ok(note("a", prompt("go on"))).await.apart, [], "told already");
    assert_eq!(count(bed).await, 3);
}

pub(super) async fn a_session_is_told_of_tasks_that_went_another_way(bed: &mut Bed) {
    write(bed, "s", &[("one", Pending), ("two", Pending), ("three", InProgress)]).await;
    let one = task_of(bed, "s", "one").await.unwrap().id;
    bed.ok(cancel(one)).await;
    let claimed = bed.claim_ids(claim("w", 1)).await;
    assert_eq!(claimed, [task_of(bed, "s", "two").await.unwrap().id]);
    let apart = bed.ok(note("s", prompt("and?"))).await.apart;
    let seen: Vec<_> = apart.iter().map(|of| (&*of.content, of.status)).collect();
    assert_eq!(seen, [("one", Status::Cancelled), ("two", Status::InProgress)]);
    assert_eq!(apart[1].by.as_deref(), Some("w"));
    let noted = write(bed, "s", &[("one", Completed), ("two", Pending)]).await;
    assert_eq!(noted.apart, [], "told once");
    assert_eq!(task_of(bed, "s", "one").await.unwrap().status, Status::Cancelled);
    // Where nobody hears it, it is told the next time.
    write(bed, "s", &[("four", Pending)]).await;
    bed.ok(cancel(task_of(bed, "s", "four").await.unwrap().id)).await;
    for tells in [false, false, true] {
        let mark = Mark::Prompt { text: "late".into(), tells };
        assert_eq!(bed.ok(note("s", mark)).await.apart.len(), usize::from(tells));
    }
    // Nor is it told to a session that only goes on.
    write(bed, "s", &[("five", Pending)]).await;
    bed.ok(cancel(task_of(bed, "s", "five").await.unwrap().id)).await;
    bed.ok(note("s", Mark::Rehydrated { snapshot: None })).await;
    assert_eq!(bed.ok(note("s", prompt("and now?"))).await.apart.len(), 1);
}

pub(super) async fn what_was_lost_is_not_completed_for_another(bed: &mut Bed) {
    write(bed, "s", &[("one", InProgress)]).await;
    let id = task_of(bed, "s", "one").await.unwrap().id;
    bed.pass(LEASE_MS).await;
    bed.pass(given::BACKOFF.max_ms.get() * 1_000).await;
    let held = bed.claim("w").await;
    assert_eq!(held.task.id, id, "the lease is over, and another has it");
    // The session wakes up and is done: too late.
    write(bed, "s", &[("one", Completed)]).await;
    let row = bed.task_of(TenantId::DEFAULT, id).await.unwrap();
    assert_eq!((row.task.status, row.lease.unwrap().fence), (Status::InProgress, held.lease.fence));
    bed.complete(&held).await;
    // What comes back to its own instance under another fence is not what it held either.
    write(bed, "s", &[("two", InProgress)]).await;
    let id = task_of(bed, "s", "two").await.unwrap().id;
    bed.pass(LEASE_MS).await;
    bed.pass(given::BACKOFF.max_ms.get() * 1_000).await;
    let again = ClaimTasks { task: Some(id), ..claim("i-s", 1) };
    assert_eq!(bed.claim_ids(again).await, [id]);
    write(bed, "s", &[("two", Completed)]).await;
    assert_eq!(bed.status(id).await, Status::InProgress);
}

pub(super) async fn an_agents_own_todos_are_known_by_their_ids(bed: &mut Bed) {
    bed.ok(note("s", own("1", Some("one"), Pending))).await;
    bed.ok(note("s", own("2", Some("two"), InProgress))).await;
    let one = task_of(bed, "s", "one").await.unwrap();
    bed.ok(note("s", own("1", Some("the first"), InProgress))).await;
    let reworded = task_of(bed, "s", "the first").await.unwrap();
    assert_eq!((reworded.id, &*reworded.text), (one.id, "the first"));
    bed.ok(note("s", own("1", None, Completed))).await;
    assert_eq!(task_of(bed, "s", "the first").await.unwrap().status, Status::Completed);
    let two = task_of(bed, "s", "two").await.unwrap().id;
    bed.ok(note("s", own("2", None, Deleted))).await;
    assert_eq!(bed.status(two).await, Status::Cancelled);
    assert_eq!(session(bed, "s").await.state.todos.len(), 1);
    // What another session's todo has become is not called off by one that shares it.
    write(bed, "t", &[("shared", Pending)]).await;
    bed.ok(note("s", own("3", Some("shared"), Pending))).await;
    let shared = task_of(bed, "t", "shared").await.unwrap().id;
    assert_eq!(task_of(bed, "s", "shared").await.unwrap().id, shared);
    bed.ok(note("s", own("3", None, Deleted))).await;
    assert_eq!(bed.status(shared).await, Status::Pending);
    // One that was never named is no todo.
    bed.ok(note("s", own("9", None, Completed))).await;
    // A list that is written as a whole is another one.
    write(bed, "s", &[("three", Pending)]).await;
    assert_eq!(session(bed, "s").await.state.todos.len(), 2);
}

pub(super) async fn a_session_that_ends_gives_its_tasks_back(bed: &mut Bed) {
    write(bed, "s", &[("one", InProgress), ("two", Pending)]).await;
    let id = task_of(bed, "s", "one").await.unwrap().id;
    let noted = bed.ok(note("s", Mark::Ended { reason: "clear".into(), shares: false })).await;
    assert_eq!((noted.reassigned, noted.registered), (1, false));
    let row = bed.row(id).await;
    assert_eq!((row.status, row.assigned_to, row.attempt), (Status::Pending, None, 0));
    assert_eq!(session(bed, "s").await.ended_at, Some(bed.now()));
    let told = kinds(bed, "s").await;
    assert!(told.iter().any(|kind| &**kind == "session.ended"), "{told:?}");
    // It goes on as if it had not been away.
    let folder = Some("/srv/site".to_owned());
    let noted = bed.ok(note("s", Mark::Started { folder: folder.clone() })).await;
    assert!(noted.registered);
    let row = session(bed, "s").await;
    assert_eq!((row.ended_at, row.state.folder, row.state.todos.len()), (None, folder, 2));
    // Its instance may have gone before it.
    bed.ok(Unregister { id: of("s").into(), session: "s".into() }).await;
    let noted = bed.ok(note("s", Mark::Ended { reason: "exit".into(), shares: false })).await;
    assert_eq!(noted.reassigned, 0);
}

pub(super) async fn a_session_that_shares_its_instance_gives_back_its_own(bed: &mut Bed) {
    let shared = |session: &str, mark| NoteSession {
        instance: Some(register("shared")),
        ..note(session, mark)
    };
    for session in ["a", "b"] {
        bed.ok(shared(session, written(&[(session, InProgress)]))).await;
    }
    let claimed = ClaimTasks { task: Some(bed.make(task()).await), ..claim("shared", 1) };
    bed.ok(claimed).await;
    let end = |shares| Mark::Ended { reason: "exit".into(), shares };
    assert_eq!(bed.ok(shared("a", end(true))).await.reassigned, 1);
    assert_eq!(task_of(bed, "a", "a").await.unwrap().status, Status::Pending);
    assert_eq!(task_of(bed, "b", "b").await.unwrap().status, Status::InProgress);
    assert_eq!(bed.stats().await.of(Status::InProgress), 2);
    assert_eq!(bed.ok(shared("b", end(false))).await.reassigned, 2, "the last takes all with it");
    assert_eq!(bed.stats().await.of(Status::InProgress), 0);
}

pub(super) async fn a_snapshot_holds_what_a_session_needs(bed: &mut Bed) {
    bed.ok(note("s", prompt("build it"))).await;
    bed.ok(note("s", Mark::Tool("Edit".into()))).await;
    write(bed, "s", &[("one", InProgress)]).await;
    let snapshot = |id: &str, compacting| {
        let (id, reason) = (id.to_owned(), "manual".to_owned());
        note("s", Mark::Snapshot { id, reason, metadata: Some(r#"{"a":1}"#.into()), compacting })
    };
    let made = bed.ok(snapshot("snap-1", Some(1_000.0))).await.snapshot.unwrap();
    assert_eq!((&*made.id, made.events), ("snap-1", 4));
    let log = bed.log().await;
    let [.., kept, compacted] = &log[..] else { panic!("{log:?}") };
    assert_eq!(
        (&*kept.kind, &*compacted.kind),
        ("session.snapshot.created", "context.pre_compact")
    );
    let kept = payload(kept);
    assert_eq!(kept["context"]["lastPrompt"], "build it");
    assert_eq!(kept["context"]["lastTools"], json!(["Edit"]));
    assert_eq!(kept["context"]["lastTasks"][0]["text"], "one");
    assert_eq!(kept["metadata"], json!({"a": 1}));
    assert_eq!(payload(compacted)["tasksPreserved"], 1);
    bed.ok(snapshot("snap-2", None)).await;
    let go_on = async |snapshot: Option<&str>| {
        let mark = Mark::Rehydrated { snapshot: snapshot.map(str::to_owned) };
        bed.ok(note("s", mark)).await.snapshot.map(|of| of.id)
    };
    assert_eq!(go_on(None).await.as_deref(), Some("snap-2"));
    assert_eq!(go_on(Some("snap-1")).await.as_deref(), Some("snap-1"));
    assert_eq!(go_on(Some("snap-9")).await, None);
    let alike = bed.ok(snapshot("snap-2", None)).await.snapshot.unwrap().id;
    assert_ne!(alike, "snap-2");
    assert_eq!(go_on(Some(&alike)).await, Some(alike.clone()));
    // After a hundred hooks one is made by itself.
    for _ in 0..100 {
        bed.ok(note("s", Mark::Seen)).await;
    }
    assert_eq!(session(bed, "s").await.state.snapshots[0].reason, "threshold");
}

pub(super) async fn a_sign_of_life_keeps_what_a_session_holds(bed: &mut Bed) {
    write(bed, "s", &[("one", InProgress)]).await;
    let id = task_of(bed, "s", "one").await.unwrap().id;
    bed.clock.advance(LEASE_MS - 1);
    let beat =
        Beat { fence: None, worker: Some("i-s".into()), ..given::beat(&held(bed, id).await) };
    bed.ok(beat).await;
    bed.pass(LEASE_MS - 1).await;
    assert_eq!(bed.status(id).await, Status::InProgress);
    bed.pass(1).await;
    assert_eq!(bed.status(id).await, Status::Pending, "nobody was there");
}

async fn held(bed: &Bed, id: TaskId) -> claudebench_store::ClaimedTask {
    let found = bed.task_of(TenantId::DEFAULT, id).await.unwrap();
    claudebench_store::ClaimedTask { task: found.task, lease: found.lease.unwrap() }
}

pub(super) async fn sessions_are_apart_by_tenant_and_forgotten_after_a_week(bed: &mut Bed) {
    let other = bed.tenant("other").await;
    write(bed, "s", &[("one", Pending)]).await;
    bed.submit_as(meta_of(other), note("s", written(&[("one", Pending)]))).await.unwrap();
    let theirs = bed.store().session(other, "s".into()).await.unwrap().unwrap();
    assert_ne!(theirs.state.todos[0].task, session(bed, "s").await.state.todos[0].task);
    let of_other = EventQuery { tenant: Some(other), session: Some("s".into()), ..given::events() };
    assert!(bed.events(of_other).await.events.iter().all(|event| event.tenant == other));
    bed.make(task()).await;
    bed.pass(8 * 24 * 3_600_000).await;
    assert!(bed.store().sessions(other, bed.now(), 9).await.unwrap().is_empty());
    assert_eq!(bed.store().session(TenantId::DEFAULT, "s".into()).await.unwrap(), None);
}
