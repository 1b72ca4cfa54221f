//! What instances share beside tasks: configuration, keys, votes, batches, and a clean slate.

use std::sync::Arc;

use claudebench_core::{Status, TenantId};
use claudebench_store::{
    AddKey, BatchDone, ConfigPage, Create, ENDED_LOGIN_MS, EndLogin, Flush, Flushed, Freshness,
    NewTask, OnDuplicate, PAGE_BYTES, ProcessBatch, Refusal, RevokeKey, SetConfig, Tally, Until,
    Vote,
};

use super::bed::{Bed, Stop};
use super::given::{
    self, add_key, after, completed, meta_of, payload, register, report, task, unique,
};

async fn config(bed: &Bed, key: &str) -> Option<String> {
    bed.store().config(TenantId::DEFAULT, key.into()).await.unwrap()
}

fn set(key: &str, value: &str) -> SetConfig {
    SetConfig { key: key.into(), value: value.into() }
}

pub(super) async fn the_last_value_of_the_configuration_stands(bed: &mut Bed) {
    assert_eq!(config(bed, "a").await, None);
    for value in [r#"{"x":[1,2]}"#, "7", r#""ü""#] {
        bed.ok(set("a", value)).await;
        assert_eq!(config(bed, "a").await.as_deref(), Some(value));
        let event = bed.log().await.pop().unwrap();
        let told: serde_json::Value = serde_json::from_str(value).unwrap();
        assert_eq!((&*event.kind, &payload(&event)["value"]), ("config.changed", &told));
    }
    assert_eq!(config(bed, "b").await, None);
}

pub(super) async fn a_value_that_is_no_json_is_refused(bed: &mut Bed) {
    bed.ok(set("a", "1")).await;
    for key in ["a", "b"] {
        let answer = bed.submit(set(key, "{")).await;
        assert!(matches!(answer, Err(Refusal::Invalid { .. })), "{answer:?}");
    }
    assert_eq!((config(bed, "a").await.as_deref(), config(bed, "b").await), (Some("1"), None));
}

pub(super) async fn the_configuration_is_read_page_by_page(bed: &mut Bed) {
    let page = async |bed: &Bed, after: Option<&str>, limit| {
        let after = after.map(str::to_owned);
        bed.store().config_page(TenantId::DEFAULT, after, limit).await.unwrap()
    };
    let expected = |values: &[(&str, &str)], next: Option<&str>| ConfigPage {
        values: values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        next: next.map(str::to_owned),
    };
    assert_eq!(page(bed, None, 9).await, expected(&[], None));
    for (key, value) in [("ä", "1"), ("a b", "null"), ("B", "[2]"), ("a b", "3")] {
        bed.ok(set(key, value)).await;
    }
    let all = [("B", "[2]"), ("a b", "3"), ("ä", "1")];
    assert_eq!(page(bed, None, 3).await, expected(&all, None), "in the order of their bytes");
    assert_eq!(page(bed, None, 2).await, expected(&all[..2], Some("a b")));
    assert_eq!(page(bed, Some("a b"), 2).await, expected(&all[2..], None));
    assert_eq!(page(bed, Some("b"), 2).await, expected(&all[2..], None), "after one that is none");
    let long = format!(r#""{}""#, "x".repeat(PAGE_BYTES / 250));
    let keys: Vec<String> = (0..300).map(|n| format!("{n:03}")).collect();
    for key in &keys {
        bed.ok(set(key, &long)).await;
    }
    let first = page(bed, None, 1_000).await;
    assert!((200..250).contains(&first.values.len()), "{}", first.values.len());
    let (last, _) = first.values.last().unwrap();
    assert_eq!(first.next.as_ref(), Some(last));
    let rest = page(bed, Some(last), 1_000).await;
    assert_eq!((first.values.len() + rest.values.len(), rest.next), (303, None));
}

pub(super) async fn a_key_is_kept_until_it_is_revoked(bed: &mut Bed) {
    let expires_at = Some(bed.now().plus(9_000));
    let end = expires_at.map(Until::At);
    let row = bed.ok(AddKey { expires_at: end, ..add_key("k-1", "default") }).await;
    assert_eq!((row.tenant, row.tenant_name.as_str()), (TenantId::DEFAULT, "default"));
    assert_eq!((row.hash, row.created_at, row.expires_at), ([7; 32], bed.now(), expires_at));
    assert_eq!(row.scopes, ["tasks:work"]);
    bed.clock.advance(1);
    let second = bed.ok(add_key("k-0", "default")).await;
    let keys = async |bed: &Bed| bed.store().keys(None).await.unwrap();
    assert_eq!(keys(bed).await, [row.clone(), second.clone()], "oldest first");
    bed.ok(RevokeKey { id: row.id.clone() }).await;
    assert_eq!(keys(bed).await, [second]);
    let (what, name) = ("API key".to_owned(), row.id.clone());
    assert_eq!(bed.submit(RevokeKey { id: row.id }).await, Err(Refusal::NotFound { what, name }));
}

pub(super) async fn a_key_of_a_new_tenant_makes_the_tenant(bed: &mut Bed) {
    let first = bed.ok(add_key("k-1", "acme")).await;
    let second = bed.ok(add_key("k-2", "acme")).await;
    let third = bed.ok(add_key("k-3", "apex")).await;
    assert_ne!(first.tenant, TenantId::DEFAULT);
    assert_eq!(first.tenant, second.tenant);
    assert_ne!(first.tenant, third.tenant);
    let of = async |bed: &Bed, tenant| bed.store().keys(Some(tenant)).await.unwrap().len();
    let counts = [of(bed, first.tenant).await, of(bed, third.tenant).await];
    assert_eq!(counts, [2, 1]);
    assert_eq!(of(bed, TenantId::DEFAULT).await, 0);
}

pub(super) async fn that_a_login_has_ended_is_known_for_longer_than_one_lasts(bed: &mut Bed) {
    const HOUR: i64 = 3_600_000;
    let end = |login: &str| EndLogin { login: login.into(), key: "k".into() };
    let ended = async |bed: &Bed, tenant| -> Vec<String> {
        let asked = ["first", "never", "second", "theirs"].map(Arc::from).to_vec();
        let found = bed.store().ended_logins(tenant, asked).await.unwrap();
        let mut found: Vec<_> = found.iter().map(|login| (**login).to_owned()).collect();
        found.sort();
        found
    };
    let ours = TenantId::DEFAULT;
    assert!(ended(bed, ours).await.is_empty());
    assert!(bed.store().ended_logins(ours, Vec::new()).await.unwrap().is_empty());
    bed.ok(end("first")).await;
    bed.ok(end("second")).await;
    let other = bed.tenant("other").await;
    bed.submit_as(meta_of(other), end("theirs")).await.unwrap();
    bed.pass(HOUR).await;
    bed.ok(end("second")).await;
    let told = bed.log().await;
    let told: Vec<_> = told.iter().filter(|event| &*event.kind == "login.ended").collect();
    assert_eq!(told.len(), 4, "whoever ends one again says so");
    assert_eq!((&payload(told[0])["id"], &payload(told[0])["key"]), (&"first".into(), &"k".into()));
    for how in [None].into_iter().chain(Stop::ALL.map(Some)) {
        if let Some(how) = how {
            bed.again(how).await;
        }
        assert_eq!(ended(bed, ours).await, ["first", "second"]);
        assert_eq!(ended(bed, other).await, ["theirs"], "of each tenant apart");
    }
    bed.pass(ENDED_LOGIN_MS - HOUR - 1).await;
    assert_eq!(ended(bed, ours).await, ["first", "second"]);
    bed.pass(HOUR).await;
    assert_eq!(ended(bed, ours).await, ["second"], "it was ended again an hour later");
    bed.pass(HOUR).await;
    assert!(ended(bed, ours).await.is_empty());
    assert!(ended(bed, other).await.is_empty());
}

fn vote(instance: &str, value: &str) -> Vote {
    Vote { decision: "d".into(), instance: instance.into(), value: value.into(), total: 4 }
}

pub(super) async fn a_vote_is_decided_by_more_than_half(bed: &mut Bed) {
    let open = |votes| Tally { decided: None, votes };
    assert_eq!(bed.ok(vote("a", "yes")).await, open(1));
    assert_eq!(bed.ok(vote("a", "yes")).await, open(1), "each has one");
    assert_eq!(bed.ok(vote("b", "no")).await.decided, None);
    assert_eq!(bed.ok(vote("b", "yes")).await, open(2), "and may change it");
    assert_eq!(bed.ok(vote("c", "no")).await, open(2));
    let decided = Tally { decided: Some("yes".into()), votes: 3 };
    assert_eq!(bed.ok(vote("d", "yes")).await, decided);
    assert_eq!(bed.ok(vote("c", "no")).await, decided, "what is decided stays");
    assert_eq!(bed.ok(Vote { decision: "e".into(), ..vote("a", "no") }).await, open(1));
    let log = bed.log().await;
    let told: Vec<_> = log.iter().filter(|e| &*e.kind == "quorum.decision.made").collect();
    assert_eq!(told.len(), 1, "told once");
    let fields = payload(told[0]);
    assert_eq!((&fields["value"], &fields["voteCount"]), (&"yes".into(), &3.into()));
    assert_eq!(fields["quorum"], 3);
}

pub(super) async fn a_batch_is_done_by_one(bed: &mut Bed) {
    let take = |instance: &str, items| ProcessBatch {
        batch: "b".into(),
        instance: instance.into(),
        items,
    };
    let done = |taken| BatchDone { processor: "a".into(), items: 3, taken };
    assert_eq!(bed.ok(take("a", 3)).await, done(true));
    assert_eq!(bed.ok(take("b", 5)).await, done(false));
    assert_eq!(bed.ok(take("a", 3)).await, done(false));
    assert_eq!(bed.log().await.len(), 1);
}

pub(super) async fn what_was_shared_is_forgotten_after_a_day(bed: &mut Bed) {
    for instance in ["a", "b", "c"] {
        bed.ok(vote(instance, "yes")).await;
    }
    let take = ProcessBatch { batch: "b".into(), instance: "a".into(), items: 3 };
    bed.ok(take.clone()).await;
    bed.pass(23 * 3_600_000).await;
    assert_eq!(bed.ok(vote("d", "no")).await.decided.as_deref(), Some("yes"));
    assert!(!bed.ok(take.clone()).await.taken);
    bed.pass(2 * 3_600_000).await;
    assert_eq!(bed.ok(vote("d", "no")).await, Tally { decided: None, votes: 1 });
    assert!(bed.ok(take).await.taken);
}

pub(super) async fn a_flush_leaves_nothing_of_the_tenants_tasks(bed: &mut Bed) {
    let other = bed.tenant("other").await;
    let theirs = Create { tasks: vec![task(), unique("k", OnDuplicate::Reject)] };
    let theirs = bed.submit_as(meta_of(other), theirs).await.unwrap()[0].id;
    bed.ok(register("w")).await;
    let held = bed.held(task(), "w").await;
    let waiting = bed.make(unique("k", OnDuplicate::Reject)).await;
    bed.make(NewTask { delay_ms: Some(1_000), ..after(&[waiting]) }).await;
    bed.make(NewTask { delay_ms: Some(1_000), ..task() }).await;
    let end = bed.end_of_log().await;
    assert_eq!(bed.ok(Flush { tasks: false }).await.tasks, 0);
    assert_eq!((bed.stats().await.total(), bed.end_of_log().await), (4, end), "not asked for");
    assert_eq!(bed.ok(Flush { tasks: true }).await, Flushed { tasks: 4, at: Some(bed.now()) });
    assert_eq!((bed.stats().await, bed.list(given::tasks()).await.total), Default::default());
    assert!(bed.nothing_for("w").await);
    let gone = Err(Refusal::NoTask(held.task.id));
    assert_eq!(bed.report(report(&held, completed())).await, gone);
    assert_eq!(bed.kinds(held.task.id).await.len(), 2, "the log keeps what happened");
    assert_eq!(&*bed.log().await.pop().unwrap().kind, "system.flushed");
    assert_eq!(
        bed.store().stats(other, None, Freshness::Latest).await.unwrap().total(),
        2,
        "another's is left"
    );
    assert!(bed.task_of(other, theirs).await.is_some());
    for how in Stop::ALL {
        let new = bed.make(unique("k", OnDuplicate::Reject)).await;
        assert!(new > waiting, "ids do not come back");
        bed.pass(bed.setup.lease_ms).await;
        assert_eq!(bed.stats().await.by_status, [1, 0, 0, 0, 0]);
        assert_eq!(bed.claim("w").await.task.id, new);
        assert_eq!(bed.ok(Flush { tasks: true }).await.tasks, 1);
        bed.again(how).await;
    }
    assert_eq!(bed.stats().await.of(Status::Pending), 0);
}
