//! Sessions of people who have logged in.

use std::sync::Arc;

use claudebench_coordination::sessions::{Session, Sessions, Standing};
use claudebench_core::Millis;

/// All cases, over servers that share their sessions.
///
/// # Panics
/// When one does not hold.
pub async fn all(servers: &[Arc<dyn Sessions>]) {
    let (first, last) = (&servers[0], &servers[servers.len() - 1]);
    let session = |position| Session {
        key: "key".into(),
        opened_at: Millis(1_763_913_600_000),
        position,
        unsure_until: Millis(0),
    };
    let look = async |server: &Arc<dyn Sessions>, id: &str| match server.look(id).await {
        Ok(Standing::Open(session)) => Some(session),
        Ok(_) => None,
        Err(error) => panic!("{id}: {error}"),
    };
    assert_eq!(look(first, "a").await, None);
    first.open("a", &session(0)).await.expect("it is opened");
    first.open("b", &session(7)).await.expect("it is opened");
    assert_eq!(look(last, "a").await, Some(session(0)), "it is known everywhere");
    let far = u128::from(u64::MAX) << 40;
    for (position, after) in [(5, 5), (3, 5), (far, far), (far - 1, far)] {
        last.wrote("a", position).await.expect("an answer");
        assert_eq!(look(first, "a").await, Some(session(after)), "what was written last counts");
    }
    assert_eq!(look(first, "b").await, Some(session(7)), "each has its own");
    last.close("a").await.expect("it is closed");
    assert_eq!(look(first, "a").await, None, "at once, and everywhere");
    first.wrote("a", 9).await.expect("an answer");
    assert_eq!(look(first, "a").await, None, "what comes late brings nothing back");
}
