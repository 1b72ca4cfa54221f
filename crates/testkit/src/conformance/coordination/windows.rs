//! What went on of late.

use std::sync::Arc;
use std::time::Duration;

use claudebench_coordination::windows::{MINUTES, Meter, SLOT_MS, Windows};
use claudebench_core::Millis;

/// All cases, over servers that share what they count.
///
/// # Panics
/// When one does not hold.
pub async fn all(servers: &[Arc<dyn Windows>]) {
    const MINUTE: i64 = 60_000;
    // Past all that is kept, so that each run is on its own.
    let start = Millis(1_763_913_600_000);
    let count = servers.len() as u64;
    let count_calls = async |at: Millis, calls: u64| {
        for (nth, server) in (0_u64..).zip(servers) {
            let meter = Meter::default();
            for call in 0..calls {
                meter.call(at, call > 0, Duration::from_millis(10 * (nth + 1)));
            }
            server.add(&meter.take(), at, 3).await.expect("what is there answers");
        }
    };
    count_calls(start, 20).await;
    count_calls(start.plus(4 * MINUTE), 10).await;
    count_calls(start.plus(14 * MINUTE), 5).await;
    for server in servers {
        let look = async |at: i64| server.look(start.plus(at)).await.expect("an answer");
        let now = look(14 * MINUTE).await;
        let calls = now.windows.each_ref().map(|window| window.calls);
        assert_eq!(calls, [5 * count, 5 * count, 35 * count], "of {MINUTES:?} minutes");
        assert_eq!((now.connections, u64::from(now.servers)), (3 * count, count));
        let longest = &now.windows[2];
        assert_eq!((longest.errors, longest.took.count()), (3 * count, 35 * count as i64));
        let middle = longest.took.percentile(50).expect("some");
        let average = 10.0 * (count + 1) as f64 / 2.0;
        assert!((longest.average_ms() - average).abs() < 0.01, "{}", longest.average_ms());
        assert!((10..=10 * count as i64).contains(&middle), "{middle}");
    }
    for server in servers {
        let look = async |at: i64| server.look(start.plus(at)).await.expect("an answer");
        let later = look(20 * MINUTE + SLOT_MS).await;
        let calls = later.windows.each_ref().map(|window| window.calls);
        assert_eq!(calls, [0, 0, 5 * count]);
        assert_eq!(later.connections, if count == 1 { 3 } else { 0 }, "others have said nothing");
    }
}
