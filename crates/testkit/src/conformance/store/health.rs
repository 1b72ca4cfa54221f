//! How the store is, and by which clock it decides.

use super::bed::Bed;
use super::given::{names, task};
use claudebench_store::NewTask;

pub(super) async fn the_store_says_how_it_is(bed: &mut Bed) {
    let empty = bed.store().health().await.unwrap();
    assert!(empty.writable && empty.problem.is_none() && empty.bytes > 0, "{empty:?}");
    assert_eq!((empty.leases, empty.lanes), (0, 0));
    bed.make_all(vec![task(), task(), NewTask { roles: names(&["r"]), ..task() }]).await;
    assert_eq!(bed.store().health().await.unwrap().lanes, 2, "two kinds of ready tasks");
    let held = bed.claim("w").await;
    let health = bed.store().health().await.unwrap();
    assert_eq!((health.leases, health.oldest < health.head), (1, true));
    assert_eq!(health.head, bed.log().await.last().unwrap().cursor);
    assert_eq!(health.oldest, bed.log().await[0].cursor);
    bed.complete(&held).await;
    assert_eq!(bed.store().health().await.unwrap().leases, 0);
}

pub(super) async fn the_clock_is_the_one_that_was_given(bed: &mut Bed) {
    for ms in [0, 1, 86_400_000] {
        bed.clock.advance(ms);
        assert_eq!(bed.store().clock().now(), bed.now());
        let made = bed.make(task()).await;
        assert_eq!(bed.row(made).await.created_at, bed.now());
    }
    assert!(bed.store().writers() > 0);
}

pub(super) async fn the_server_is_among_those_that_write(bed: &mut Bed) {
    let servers = bed.store().servers().await.unwrap();
    let own: Vec<_> = servers.iter().map(|server| server.own).collect();
    assert!(own[0] && !own[1..].contains(&true), "{servers:?}");
    assert_eq!((&*servers[0].version, servers[0].seen_at), (env!("CARGO_PKG_VERSION"), bed.now()));
    assert!(!servers[0].id.is_empty());
}
