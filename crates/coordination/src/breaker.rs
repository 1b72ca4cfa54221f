//! A circuit breaker: what has failed again and again is left alone for a while, and then tried once.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct BreakerOptions {
    /// So many failures without a success between them open it.
    pub failures: u32,
    /// For so long it stays open at first; twice as long after each try that fails.
    pub first: Duration,
    /// For so long at most.
    pub longest: Duration,
}

impl Default for BreakerOptions {
    fn default() -> Self {
        let (first, longest) = (Duration::from_millis(100), Duration::from_secs(1));
        Self { failures: 5, first, longest }
    }
}

/// How a breaker stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BreakerState {
    /// Calls go through.
    Closed,
    /// One call is trying whether it works again.
    HalfOpen,
    /// Calls are refused.
    Open,
}

/// A circuit breaker.
#[derive(Debug)]
pub struct Breaker {
    options: BreakerOptions,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: BreakerState,
    failures: u32,
    /// When it may be tried again.
    until: Instant,
    rest: Duration,
    opened: u64,
}

/// Whether a call may be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Admission {
    /// Like any other.
    Call,
    /// It is the one that tries: it must say how it went.
    Try,
    /// Not before so long.
    Refused(Duration),
}

impl Breaker {
    /// A closed one.
    #[must_use]
    pub fn new(options: BreakerOptions) -> Self {
        let inner = Inner {
            state: BreakerState::Closed,
            failures: 0,
            until: Instant::now(),
            rest: options.first,
            opened: 0,
        };
        Self { options, inner: Mutex::new(inner) }
    }

    /// Asks whether a call may be made now. Of those that come after the rest is over, one may try.
    pub fn admit(&self) -> Admission {
        let mut inner = self.lock();
        let now = Instant::now();
        match inner.state {
            BreakerState::Closed => Admission::Call,
            BreakerState::Open if now >= inner.until => {
                inner.state = BreakerState::HalfOpen;
                // Whoever tries may vanish without a word; then another one may.
                inner.until = now + self.options.longest;
                Admission::Try
            }
            BreakerState::HalfOpen if now >= inner.until => {
                inner.until = now + self.options.longest;
                Admission::Try
            }
            _ => Admission::Refused(inner.until - now),
        }
    }

    /// A call went well that is not the one that tries: it was perhaps under way when the breaker opened.
    pub fn went_well(&self) {
        let mut inner = self.lock();
        if inner.state == BreakerState::Closed {
            inner.failures = 0;
            inner.rest = self.options.first;
        }
    }

    /// The call that tries went well. True if that closed the breaker.
    pub fn succeeded(&self) -> bool {
        let mut inner = self.lock();
        inner.failures = 0;
        std::mem::replace(&mut inner.state, BreakerState::Closed) != BreakerState::Closed
    }

    /// A call failed. True if that opened the breaker.
    pub fn failed(&self) -> bool {
        let mut inner = self.lock();
        inner.failures = inner.failures.saturating_add(1);
        let opens = match inner.state {
            BreakerState::Closed => inner.failures >= self.options.failures,
            BreakerState::HalfOpen => {
                inner.rest = (inner.rest * 2).min(self.options.longest);
                true
            }
            // It was under way when the breaker opened.
            BreakerState::Open => return false,
        };
        if opens {
            inner.until = Instant::now() + inner.rest;
            inner.opened += u64::from(inner.state == BreakerState::Closed);
        }
        opens && std::mem::replace(&mut inner.state, BreakerState::Open) == BreakerState::Closed
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self) -> BreakerState {
        self.lock().state
    }

    /// How often it has opened.
    #[must_use]
    pub fn opened(&self) -> u64 {
        self.lock().opened
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(times: u32) -> Breaker {
        let breaker = Breaker::new(BreakerOptions::default());
        (0..times).for_each(|_| {
            breaker.failed();
        });
        breaker
    }

    #[tokio::test(start_paused = true)]
    async fn failures_in_a_row_open_it_and_one_call_tries() {
        let breaker = failing(4);
        breaker.succeeded();
        (0..4).for_each(|_| assert!(!breaker.failed()));
        assert_eq!(breaker.admit(), Admission::Call);
        assert!(breaker.failed(), "the fifth in a row");
        assert_eq!(breaker.admit(), Admission::Refused(Duration::from_millis(100)));
        assert!(!breaker.failed(), "one that was under way");
        tokio::time::advance(Duration::from_millis(100)).await;
        assert_eq!(breaker.admit(), Admission::Try);
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        assert!(matches!(breaker.admit(), Admission::Refused(_)), "one tries, the others wait");
        assert!(breaker.succeeded());
        assert_eq!((breaker.admit(), breaker.opened()), (Admission::Call, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_closes_and_fails_again_rests_longer_until_a_call_went_well() {
        let breaker = failing(5);
        breaker.went_well();
        assert_eq!(breaker.state(), BreakerState::Open, "it was under way");
        tokio::time::advance(Duration::from_millis(100)).await;
        assert_eq!(breaker.admit(), Admission::Try);
        breaker.failed();
        tokio::time::advance(Duration::from_millis(200)).await;
        assert_eq!(breaker.admit(), Admission::Try);
        assert!(breaker.succeeded());
        (0..5).for_each(|_| {
            breaker.failed();
        });
        assert_eq!(breaker.admit(), Admission::Refused(Duration::from_millis(200)));
        tokio::time::advance(Duration::from_millis(200)).await;
        assert_eq!(breaker.admit(), Admission::Try);
        breaker.succeeded();
        breaker.went_well();
        (0..5).for_each(|_| {
            breaker.failed();
        });
        assert_eq!(breaker.admit(), Admission::Refused(Duration::from_millis(100)));
    }

    #[tokio::test(start_paused = true)]
    async fn each_try_that_fails_makes_the_next_one_wait_longer() {
        let breaker = failing(5);
        for ms in [100, 200, 400, 800, 1_000, 1_000] {
            let rest = Duration::from_millis(ms);
            assert_eq!(breaker.admit(), Admission::Refused(rest));
            tokio::time::advance(rest).await;
            assert_eq!(breaker.admit(), Admission::Try);
            assert!(!breaker.failed(), "it was open already");
        }
        assert_eq!(breaker.opened(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_tries_and_vanishes_is_followed_by_another() {
        let breaker = failing(5);
        tokio::time::advance(Duration::from_millis(100)).await;
        assert_eq!(breaker.admit(), Admission::Try);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(breaker.admit(), Admission::Try);
    }
}
