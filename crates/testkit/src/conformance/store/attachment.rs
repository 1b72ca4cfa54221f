//! Attachments: what is kept with a task, each under a key of its own.

use claudebench_core::{TaskId, TenantId};
use claudebench_store::{
    Attachment, AttachmentBody, AttachmentKind, AttachmentQuery, DeleteAttachment, Freshness,
    PutAttachment, Refusal,
};

use super::bed::Bed;
use super::given::{completed, payload, report, task};

fn body(key: &str, kind: AttachmentKind) -> AttachmentBody {
    let only = |wanted: bool, text: &str| wanted.then(|| text.to_owned());
    AttachmentBody {
        key: key.into(),
        kind,
        value: only(kind == AttachmentKind::Json, r#"{"a":[1,2]}"#),
        content: only(matches!(kind, AttachmentKind::Markdown | AttachmentKind::Text), "# ü"),
        url: only(matches!(kind, AttachmentKind::Url | AttachmentKind::Binary), "s3://b/k"),
        mime_type: only(kind == AttachmentKind::Binary, "image/png"),
        size: (kind == AttachmentKind::Binary).then_some(1 << 40),
    }
}

async fn put(bed: &Bed, task: TaskId, key: &str, kind: AttachmentKind) -> Attachment {
    bed.ok(PutAttachment { task, body: body(key, kind) }).await
}

/// A page of a task's attachments, and how many there are.
async fn page(
    bed: &Bed,
    task: TaskId,
    kind: Option<AttachmentKind>,
    (limit, offset): (i64, i64),
) -> (Vec<Attachment>, i64) {
    let tenant = TenantId::DEFAULT;
    let query = AttachmentQuery::OfTask { tenant, task, kind, limit, offset };
    bed.store().attachments(query, Freshness::Latest).await.unwrap()
}

async fn named(bed: &Bed, names: &[(TaskId, &str)]) -> Vec<Attachment> {
    let names = names.iter().map(|(id, key)| (*id, (*key).to_owned())).collect();
    let query = AttachmentQuery::Named { tenant: TenantId::DEFAULT, names };
    bed.store().attachments(query, Freshness::Latest).await.unwrap().0
}

pub(super) async fn each_kind_is_kept_as_it_was_given(bed: &mut Bed) {
    let id = bed.make(task()).await;
    for (count, kind) in (1..).zip(AttachmentKind::ALL) {
        let written = put(bed, id, kind.name(), kind).await;
        assert_eq!(written.body, body(kind.name(), kind));
        assert_eq!((written.task, written.created_by.as_str()), (id, "tester"));
        assert_eq!((written.created_at, written.updated_at), (bed.now(), bed.now()));
        assert_eq!(named(bed, &[(id, kind.name())]).await, std::slice::from_ref(&written));
        assert_eq!(bed.row(id).await.attachment_count, count);
        let event = bed.history(id).await.pop().unwrap();
        assert_eq!(&*event.kind, "task.attachment.created");
        let fields = payload(&event);
        assert_eq!((&fields["key"], &fields["type"]), (&kind.name().into(), &kind.name().into()));
        assert_eq!(fields["attachmentId"], format!("ta-{}", written.id));
    }
}

pub(super) async fn over_one_with_the_same_key_it_is_the_same_attachment(bed: &mut Bed) {
    let id = bed.make(task()).await;
    let first = put(bed, id, "k", AttachmentKind::Text).await;
    bed.clock.advance(10);
    let second = put(bed, id, "k", AttachmentKind::Json).await;
    assert_eq!((second.id, second.created_at), (first.id, first.created_at));
    assert_eq!((second.updated_at, second.body.kind), (bed.now(), AttachmentKind::Json));
    assert_eq!(page(bed, id, None, (9, 0)).await, (vec![second], 1));
    assert_eq!(bed.row(id).await.attachment_count, 1);
    assert_eq!(bed.kinds(id).await.len(), 3, "each writing is a change");
}

pub(super) async fn pages_come_in_the_order_of_making(bed: &mut Bed) {
    let [id, other] = [bed.make(task()).await, bed.make(task()).await];
    for key in ["c", "a", "b"] {
        put(bed, id, key, AttachmentKind::Text).await;
        put(bed, other, key, AttachmentKind::Text).await;
    }
    put(bed, id, "j", AttachmentKind::Json).await;
    put(bed, id, "c", AttachmentKind::Text).await;
    let keys = |(page, total): (Vec<Attachment>, i64)| {
        let keys: Vec<String> = page.into_iter().map(|found| found.body.key).collect();
        (keys.join(""), total)
    };
    assert_eq!(keys(page(bed, id, None, (9, 0)).await), ("cabj".into(), 4));
    assert_eq!(keys(page(bed, id, None, (2, 1)).await), ("ab".into(), 4));
    assert_eq!(keys(page(bed, id, None, (2, 4)).await), (String::new(), 4));
    let text = Some(AttachmentKind::Text);
    assert_eq!(keys(page(bed, id, text, (2, 1)).await), ("ab".into(), 3));
    let names = [(other, "b"), (id, "z"), (id, "a"), (TaskId(7), "a")];
    let found = named(bed, &names).await;
    let found: Vec<_> = found.iter().map(|found| (found.task, found.body.key.as_str())).collect();
    assert_eq!(found, [(other, "b"), (id, "a")], "in the order asked for");
}

pub(super) async fn a_deleted_attachment_is_gone(bed: &mut Bed) {
    let id = bed.make(task()).await;
    let written = put(bed, id, "k", AttachmentKind::Text).await;
    let delete = DeleteAttachment { task: id, key: "k".into() };
    assert_eq!(bed.ok(delete.clone()).await, (written.id, bed.now()));
    assert_eq!(page(bed, id, None, (9, 0)).await, (vec![], 0));
    assert_eq!(bed.row(id).await.attachment_count, 0);
    assert_eq!(bed.kinds(id).await.last().unwrap(), "task.attachment.deleted");
    let (what, name) = ("Attachment".to_owned(), "k".to_owned());
    assert_eq!(bed.submit(delete).await, Err(Refusal::NotFound { what, name }));
    let again = put(bed, id, "k", AttachmentKind::Text).await;
    assert!(again.id > written.id, "another attachment");
}

pub(super) async fn a_task_names_its_attachments(bed: &mut Bed) {
    let id = bed.make(task()).await;
    for n in (0..25).rev() {
        put(bed, id, &format!("k{n:02}"), AttachmentKind::Text).await;
    }
    let found = bed.task(id).await;
    let expected: Vec<String> = (0..20).map(|n| format!("k{n:02}")).collect();
    assert_eq!(found.attachment_keys, expected, "the first twenty");
    assert_eq!((found.task.attachment_count, found.result), (25, None));
    let result = put(bed, id, "result", AttachmentKind::Json).await;
    assert_eq!(bed.task(id).await.result, Some(result));
}

pub(super) async fn attachments_are_written_at_any_time_of_a_task(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let id = held.task.id;
    put(bed, id, "k", AttachmentKind::Text).await;
    let lease = bed.task(id).await.lease;
    assert_eq!(lease.as_ref(), Some(&held.lease), "its worker works on");
    let done = bed.report(report(&held, completed())).await.unwrap();
    put(bed, id, "late", AttachmentKind::Text).await;
    let row = bed.row(id).await;
    assert_eq!((row.status, row.attachment_count), (done.status, 2));
    let nobody = PutAttachment { task: TaskId(7), body: body("k", AttachmentKind::Text) };
    assert_eq!(bed.submit(nobody).await, Err(Refusal::NoTask(TaskId(7))));
}

pub(super) async fn a_task_has_a_thousand_at_most(bed: &mut Bed) {
    let id = bed.make(task()).await;
    let mut full = claudebench_store::Batch::default();
    for n in 0..1_000 {
        let put = PutAttachment { task: id, body: body(&format!("k{n}"), AttachmentKind::Text) };
        claudebench_store::Write::put(put, super::given::meta(), &mut full);
    }
    bed.commit(full).await.unwrap();
    let one_more = PutAttachment { task: id, body: body("more", AttachmentKind::Text) };
    let version = bed.row(id).await.version;
    let answer = bed.submit(one_more.clone()).await;
    assert!(matches!(answer, Err(Refusal::Limit { .. })), "{answer:?}");
    assert_eq!(bed.row(id).await.version, version);
    put(bed, id, "k7", AttachmentKind::Json).await;
    bed.ok(DeleteAttachment { task: id, key: "k7".into() }).await;
    bed.ok(one_more).await;
}
