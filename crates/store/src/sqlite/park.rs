//! Waiting for a future on a thread that is no runtime's: the writer's.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// Wakes a thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// What a wait ended with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Waited<T> {
    /// What was waited for.
    Done(T),
    /// The time is over.
    Late,
    /// Nobody is to wait any more.
    Closed,
}

/// Where this thread waits.
pub(super) struct Parker {
    waker: Waker,
    closed: Arc<AtomicBool>,
}

impl Parker {
    /// For the thread that calls. Whoever sets `closed` has to unpark it.
    pub(super) fn here(closed: Arc<AtomicBool>) -> Self {
        Self { waker: Waker::from(Arc::new(Unpark(thread::current()))), closed }
    }

    /// Waits for a future, at most so long.
    pub(super) fn wait<T>(
        &self,
        future: impl Future<Output = T>,
        limit: Option<Duration>,
    ) -> Waited<T> {
        let mut future = pin!(future);
        let mut cx = Context::from_waker(&self.waker);
        let end = limit.map(|limit| Instant::now() + limit);
        loop {
            if self.closed.load(Ordering::Acquire) {
                return Waited::Closed;
            }
            if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
                return Waited::Done(value);
            }
            match end.map(|end| end.saturating_duration_since(Instant::now())) {
                None => thread::park(),
                Some(Duration::ZERO) => return Waited::Late,
                Some(left) => thread::park_timeout(left),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[test]
    fn a_wait_ends_with_what_came_with_its_time_or_when_it_is_closed() {
        let closed = Arc::new(AtomicBool::new(false));
        let parker = Parker::here(closed.clone());
        let (send, receive) = oneshot::channel();
        let sender = thread::spawn(move || send.send(7));
        assert_eq!(parker.wait(receive, None), Waited::Done(Ok(7)));
        sender.join().unwrap().unwrap();
        let never = std::future::pending::<()>;
        assert_eq!(parker.wait(never(), Some(Duration::from_millis(1))), Waited::Late);
        let waiting = thread::current();
        let closer = thread::spawn(move || {
            closed.store(true, Ordering::Release);
            waiting.unpark();
        });
        assert_eq!(parker.wait(never(), None), Waited::Closed);
        closer.join().unwrap();
    }
}
