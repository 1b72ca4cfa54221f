//! Waiting for what comes in its own time, without sleeping.

use std::future::Future;
use std::time::Duration;

/// How long a test waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something holds. Panics when it still does not after [`PATIENCE`]: `what` says what
/// did not come.
pub async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let wait = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, wait).await;
    assert!(came.is_ok(), "still not after {PATIENCE:?}: {what}");
}
