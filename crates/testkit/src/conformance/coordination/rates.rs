//! Buckets of calls.

use std::sync::Arc;

use claudebench_coordination::limits::{Grant, Rate, Rates};

use crate::until;

/// All cases.
///
/// # Panics
/// When one does not hold.
pub async fn all(rates: Arc<dyn Rates>) {
    a_burst_and_then_nothing(&*rates).await;
    names_are_apart(&*rates).await;
    it_fills_again(&*rates).await;
    whoever_takes_many_leaves_some(&*rates).await;
    many_at_once_get_no_more(rates).await;
}

async fn take(rates: &dyn Rates, name: &str, rate: Rate, want: u32, share: u32) -> Grant {
    rates.take(name, rate, want, share).await.expect("what is there answers")
}

/// One a minute: nothing comes while a test runs.
const SLOW: Rate = Rate { per_minute: 1, burst: 10 };

async fn a_burst_and_then_nothing(rates: &dyn Rates) {
    let first = take(rates, "burst", SLOW, 4, 1).await;
    assert_eq!((first.granted, first.left, first.retry_ms), (4, 6, 0));
    assert!((235_000..=240_000).contains(&first.full_ms), "{first:?}");
    let rest = take(rates, "burst", SLOW, 100, 1).await;
    assert_eq!((rest.granted, rest.left), (6, 0));
    let none = take(rates, "burst", SLOW, 1, 1).await;
    assert_eq!((none.granted, none.left), (0, 0));
    assert!((55_000..=60_000).contains(&none.retry_ms), "{none:?}");
    assert!(
        (595_000..=600_000).contains(&none.full_ms),
        "what was refused costs nothing: {none:?}"
    );
}

async fn names_are_apart(rates: &dyn Rates) {
    assert_eq!(take(rates, "one", SLOW, 10, 1).await.granted, 10);
    assert_eq!(take(rates, "another", SLOW, 10, 1).await.granted, 10);
}

async fn it_fills_again(rates: &dyn Rates) {
    let fast = Rate { per_minute: 600, burst: 1 };
    assert_eq!(take(rates, "fills", fast, 1, 1).await.granted, 1);
    until("the next one is there", async || take(rates, "fills", fast, 1, 1).await.granted == 1)
        .await;
}

async fn whoever_takes_many_leaves_some(rates: &dyn Rates) {
    let mut granted = Vec::new();
    for _ in 0..7 {
        granted.push(take(rates, "share", SLOW, 10, 3).await.granted);
    }
    assert_eq!(granted, [3, 2, 1, 1, 1, 1, 1]);
}

async fn many_at_once_get_no_more(rates: Arc<dyn Rates>) {
    let rate = Rate { per_minute: 1, burst: 50 };
    let takers = (0..64).map(|_| {
        let rates = rates.clone();
        tokio::spawn(async move { take(&*rates, "crowd", rate, 1, 1).await.granted })
    });
    let mut granted = 0;
    for taker in takers.collect::<Vec<_>>() {
        granted += taker.await.expect("a taker");
    }
    assert_eq!(granted, 50);
}
