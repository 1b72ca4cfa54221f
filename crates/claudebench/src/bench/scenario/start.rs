//! How soon a server is ready, and how much memory it takes.

use std::time::Duration;

use crate::bench::bed::{Bed, BenchError, During};
use crate::bench::peer::Server;
use crate::bench::report::{Figure, Target as Promise, Unit};
use crate::bench::scenario::{bulk, steady};

/// How long an idle server is watched.
const IDLE: Duration = Duration::from_secs(2);
/// How often memory is read.
const EVERY: Duration = Duration::from_millis(100);

/// Idle and empty, then full, then full and under load.
pub(super) async fn start(bed: &Bed) -> Result<Vec<Figure>, BenchError> {
    let why = "start";
    let server = bed.own_server("start", why).await?;
    let idle = watch(&server, IDLE).await?;
    bed.tell(format!("start: {idle:.1} MiB idle and empty"));
    let tasks = bed.args.tasks;
    bed.tell(format!("start: making {tasks} tasks"));
    bulk::fill(bed, &server.target(), tasks).await?;
    server.stop().await?;
    let mut ready = Vec::new();
    let mut under_load = Vec::new();
    for round in 1..=bed.args.rounds {
        let server = bed.own_server("start", why).await?;
        let ms = server.ready_after().as_secs_f64() * 1e3;
        let time = Duration::from_secs_f64(bed.args.measured());
        let target = server.target();
        let (load, memory) = tokio::join!(steady::live(bed, &target, time), watch(&server, time));
        let (load, memory) = (load?, memory?);
        let rate = load.rate();
        bed.tell(format!(
            "start, round {round}: ready after {ms:.0} ms, {memory:.1} MiB at {rate:.0} requests/s"
        ));
        ready.push(ms);
        under_load.push(memory);
        server.stop().await?;
    }
    let memory = Unit::Mebibytes;
    Ok(vec![
        Figure::new(format!("start to ready with {tasks} tasks"), Unit::Milliseconds, ready)
            .promised(Promise::AtMost(200.0)),
        Figure::new("resident memory, idle and empty", memory, vec![idle])
            .promised(Promise::AtMost(40.0)),
        Figure::new(format!("resident memory, {tasks} tasks, under load"), memory, under_load)
            .promised(Promise::AtMost(200.0)),
    ])
}

/// The most memory that a server has within a time.
async fn watch(server: &Server, time: Duration) -> Result<f64, BenchError> {
    let mut most: f64 = 0.0;
    let mut ticks = tokio::time::interval(EVERY);
    let until = tokio::time::Instant::now() + time;
    while tokio::time::Instant::now() < until {
        ticks.tick().await;
        most = most.max(server.memory_mib().during("reading memory")?);
    }
    Ok(most)
}
