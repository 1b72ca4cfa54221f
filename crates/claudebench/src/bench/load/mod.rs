//! Load: connections that do a work again and again, as fast as they can or at a fixed rate.

pub mod http;
mod measure;
pub mod websocket;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub use measure::{Spread, Tally, median};

use http::{Connection, Target};

/// What a connection does, again and again.
pub trait Work: 'static {
    /// Does it once; says whether there is more to do. The first request was meant to start at
    /// `start`.
    fn step(
        &mut self,
        connection: &mut Connection,
        start: Instant,
        tally: &mut Tally,
    ) -> impl Future<Output = io::Result<bool>>;
}

/// When requests start.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Pace {
    /// Each connection starts the next when the last was answered.
    Closed,
    /// So many per second, whether the last ones were answered or not: a request that has to wait
    /// for a connection is measured from when it was meant to start.
    Open(f64),
}

/// How much, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many connections.
    pub connections: usize,
    /// When their requests start.
    pub pace: Pace,
    /// At first, nothing is measured.
    pub warm_up: Duration,
    /// Then, so long is measured.
    pub measured: Duration,
}

/// Runs a load. `work` makes the work of each connection by its number. Has to run in a
/// [`tokio::task::LocalSet`].
///
/// # Errors
/// The server cannot be reached, or a connection broke.
pub async fn run<W: Work>(
    target: &Target,
    plan: Plan,
    mut work: impl FnMut(usize) -> W,
) -> io::Result<Tally> {
    let mut connections = Vec::with_capacity(plan.connections);
    for _ in 0..plan.connections {
        connections.push(Connection::open(target).await?);
    }
    let begin = Instant::now();
    let from = begin + plan.warm_up;
    let until = from + plan.measured;
    let pacer = match plan.pace {
        Pace::Closed => None,
        Pace::Open(rate) => Some(Rc::new(Pacer::start(begin, until, rate)?)),
    };
    let total = Rc::new(RefCell::new(Tally::between(from, until)));
    let mut running = JoinSet::new();
    for (number, mut connection) in connections.into_iter().enumerate() {
        let (mut work, pacer, total) = (work(number), pacer.clone(), total.clone());
        running.spawn_local(async move {
            let mut tally = total.borrow().clone();
            while !tally.is_over() {
                let start = match &pacer {
                    None => Instant::now(),
                    Some(pacer) => match pacer.next().await {
                        Some(start) => start,
                        None => break,
                    },
                };
                if !work.step(&mut connection, start, &mut tally).await? {
                    break;
                }
            }
            total.borrow_mut().add(&tally);
            Ok::<_, io::Error>(())
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.map_err(io::Error::other)??;
    }
    let mut tally = total.borrow().clone();
    tally.end();
    Ok(tally)
}

/// Lets requests start at a fixed rate. A thread of its own sleeps between them, as the timers of
/// the runtime are too coarse.
struct Pacer {
    due: Arc<Semaphore>,
    begin: Instant,
    rate: f64,
    taken: Cell<u64>,
}

impl Pacer {
    fn start(begin: Instant, until: Instant, rate: f64) -> io::Result<Self> {
        let due = Arc::new(Semaphore::new(0));
        let release = due.clone();
        let pace = move || {
            let mut released = 0_u64;
            loop {
                let now = Instant::now();
                if now >= until || release.is_closed() {
                    release.close();
                    return;
                }
                let meant = meant_by(now - begin, rate);
                let more = usize::try_from(meant.saturating_sub(released)).unwrap_or(0);
                release.add_permits(more);
                released = released.max(meant);
                let next = begin + Duration::from_secs_f64(to_float(released) / rate);
                #[allow(clippy::disallowed_methods, reason = "this thread is a timer")]
                std::thread::sleep(next.saturating_duration_since(Instant::now()));
            }
        };
        std::thread::Builder::new().name("pacer".into()).spawn(pace)?;
        Ok(Self { due, begin, rate, taken: Cell::new(0) })
    }

    /// When the next request was meant to start, once that time has come; nothing when the time is
    /// over.
    async fn next(&self) -> Option<Instant> {
        self.due.acquire().await.ok()?.forget();
        let number = self.taken.get();
        self.taken.set(number + 1);
        Some(self.begin + Duration::from_secs_f64(to_float(number) / self.rate))
    }
}

impl Drop for Pacer {
    fn drop(&mut self) {
        self.due.close();
    }
}

/// How many requests were meant to start within this time: the first at once.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small positive number"
)]
fn meant_by(elapsed: Duration, rate: f64) -> u64 {
    (elapsed.as_secs_f64() * rate) as u64 + 1
}

#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn to_float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::task::LocalSet;

    struct Ask;

    impl Work for Ask {
        async fn step(
            &mut self,
            connection: &mut Connection,
            start: Instant,
            tally: &mut Tally,
        ) -> io::Result<bool> {
            connection.rpc("a.b", "{}").await?;
            tally.answered(start, 1);
            Ok(true)
        }
    }

    /// Answers after `stall`, the first request of all; the others at once.
    async fn server(listener: tokio::net::TcpListener, stall: Duration) {
        let stalled = Rc::new(Cell::new(false));
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let stalled = stalled.clone();
            tokio::task::spawn_local(async move {
                let mut request = [0; 4_000];
                while stream.read(&mut request).await.unwrap_or(0) > 0 {
                    if !stalled.replace(true) {
                        #[allow(
                            clippy::disallowed_methods,
                            reason = "the stall is what is tested"
                        )]
                        tokio::time::sleep(stall).await;
                    }
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
                    stream.write_all(answer).await.unwrap();
                }
            });
        }
    }

    async fn measure(pace: Pace, connections: usize, stall: Duration) -> Tally {
        let local = LocalSet::new();
        let measuring = async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let target = Target::local(listener.local_addr().unwrap());
            let serving = tokio::task::spawn_local(server(listener, stall));
            let plan = Plan {
                connections,
                pace,
                warm_up: Duration::ZERO,
                measured: Duration::from_millis(600),
            };
            let tally = run(&target, plan, |_| Ask).await.unwrap();
            serving.abort();
            tally
        };
        local.run_until(measuring).await
    }

    #[tokio::test]
    async fn a_closed_loop_asks_as_fast_as_it_is_answered() {
        let tally = measure(Pace::Closed, 4, Duration::ZERO).await;
        assert!(tally.requests > 100, "{}", tally.requests);
        assert_eq!(tally.failed, 0);
    }

    #[tokio::test]
    async fn an_open_loop_counts_those_that_had_to_wait() {
        // One connection stalls for half of the time: half of the requests should have been
        // answered in that time, and all of them waited.
        let tally = measure(Pace::Open(200.0), 1, Duration::from_millis(300)).await;
        assert!((80..=121).contains(&tally.requests), "{}", tally.requests);
        assert!(tally.quantile_ms(0.7) > 30.0, "{:?}", tally.spread());
        // A closed loop hides them: one request waited.
        let tally = measure(Pace::Closed, 1, Duration::from_millis(300)).await;
        assert!(tally.quantile_ms(0.9) < 30.0, "{:?}", tally.spread());
    }
}
