//! Why a task waits: what the store knows of it.

use claudebench_core::lane::PauseScope;
use claudebench_core::{Status, TaskId, TenantId};
use claudebench_store::{Explained, Freshness, NewTask, Pause, Until};

use super::bed::Bed;
use super::given::{after, assign, cancel, names, register, task};

async fn explain(bed: &Bed, id: TaskId) -> Explained {
    let explained = bed.store().explain(TenantId::DEFAULT, id, Freshness::Latest).await.unwrap();
    explained.unwrap_or_else(|| panic!("{id} is gone"))
}

pub(super) async fn what_holds_a_task_back_is_named(bed: &mut Bed) {
    let held = bed.held(NewTask { text: "first".into(), ..task() }, "w").await;
    let second = bed.make(task()).await;
    let id = bed.make(after(&[held.task.id, second])).await;
    bed.ok(cancel(second)).await;
    let explained = explain(bed, id).await;
    let by: Vec<_> = explained.blocked_by.iter().map(|by| (by.id, by.status)).collect();
    let expected = [(held.task.id, Status::InProgress), (second, Status::Cancelled)];
    assert_eq!(by, expected);
    assert_eq!(explained.blocked_by[0].text, "first");
    assert_eq!((explained.ahead, explained.now), (None, bed.now()), "it is in no order yet");
    assert_eq!(explained.task, bed.task(id).await);
    bed.complete(&held).await;
    let explained = explain(bed, id).await;
    assert_eq!(explained.blocked_by.iter().map(|by| by.id).collect::<Vec<_>>(), [second]);
    assert!(
        bed.store()
            .explain(TenantId::DEFAULT, TaskId(7), Freshness::Latest)
            .await
            .unwrap()
            .is_none()
    );
}

pub(super) async fn its_place_in_the_order_is_counted(bed: &mut Bed) {
    let low = bed.make(NewTask { priority: 1, ..task() }).await;
    let site = NewTask { project: Some("site".into()), roles: names(&["r"]), ..task() };
    let middle = bed.make(site).await;
    let high = bed.make(NewTask { priority: 99, ..task() }).await;
    let later = bed.make(NewTask { delay_ms: Some(100), priority: 100, ..task() }).await;
    for (id, ahead) in [(low, Some(2)), (middle, Some(1)), (high, Some(0)), (later, None)] {
        assert_eq!(explain(bed, id).await.ahead, ahead);
    }
    let lane = explain(bed, middle).await.lane.unwrap();
    assert_eq!((lane.project.as_deref(), lane.roles), (Some("site"), names(&["r"])));
    bed.pass(100).await;
    assert_eq!(explain(bed, low).await.ahead, Some(3));
    bed.claim("w").await;
    assert_eq!(explain(bed, low).await.ahead, Some(2));
    let held = explain(bed, later).await;
    assert_eq!((held.lane, held.ahead), (None, None), "it waits no longer");
    assert!(held.task.lease.is_some());
}

pub(super) async fn pauses_and_whom_it_is_parked_on_are_named(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let id = bed.make(task()).await;
    bed.ok(assign(id, "w")).await;
    bed.ok(Pause { scope: PauseScope::All, reason: None, until: Some(Until::For(5)) }).await;
    let explained = explain(bed, id).await;
    assert_eq!(explained.lane.unwrap().assignee.as_deref(), Some("w"));
    assert_eq!(
        explained.pauses.iter().map(|row| &row.scope).collect::<Vec<_>>(),
        [&PauseScope::All]
    );
    bed.clock.advance(5);
    assert!(explain(bed, id).await.pauses.is_empty(), "it has ended");
}
