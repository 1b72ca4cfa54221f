//! What one task waits for: a lone creation, and the way to a worker that waits, against the disk's
//! own fsync.

use std::io;
use std::time::{Duration, Instant};

use crate::bench::bed::{Bed, BenchError, During};
use crate::bench::load::http::{Connection, Target};
use crate::bench::load::{Tally, Work};
use crate::bench::peer::Disk;
use crate::bench::report::{Figure, Target as Promise, Unit};
use crate::bench::scenario::steady::Creating;
use crate::bench::workload::{self, Recipe, Workload, accepted, claim, claimed, complete};

/// Samples at a time.
const SAMPLES: usize = 10;
/// Turns a round. A disk may be fast for some seconds, then slow: both sides have to meet the same.
const TURNS: usize = 50;
/// Until a claim is surely parked.
const PARKED: Duration = Duration::from_millis(3);
/// The role of the worker that waits, so that nothing else is ready for it.
const ROLE: &str = "bench-handover";

/// One connection that creates.
pub(super) async fn single(bed: &Bed) -> Result<Vec<Figure>, BenchError> {
    let server = bed.server("single").await?;
    let mut connection = Connection::open(&server.target()).await.during("connecting")?;
    let mut creating = Creating::new(bed.recipe(), 0);
    let work = async |tally: &mut Tally| {
        for _ in 0..SAMPLES {
            creating.step(&mut connection, Instant::now(), tally).await?;
        }
        Ok(())
    };
    let figure = against_disk(bed, "one connection, task.create p50", "single", work).await?;
    Ok(vec![figure.promised(Promise::RatioAtMost(3.0))])
}

/// From the creation of a task to the worker that waits for one.
pub(super) async fn handover(bed: &Bed) -> Result<Vec<Figure>, BenchError> {
    let server = bed.server("handover").await?;
    let mut pair = Pair::open(&server.target(), bed.recipe()).await.during("connecting")?;
    let work = async |tally: &mut Tally| {
        for _ in 0..SAMPLES {
            pair.hand_over(tally).await?;
        }
        Ok(())
    };
    let figure = against_disk(bed, "hand-over to a waiting claim p50", "handover", work).await?;
    Ok(vec![figure.promised(Promise::RatioAtMost(4.0))])
}

async fn against_disk(
    bed: &Bed,
    work: &str,
    name: &str,
    mut measure: impl AsyncFnMut(&mut Tally) -> io::Result<()>,
) -> Result<Figure, BenchError> {
    let mut disk = Disk::prepare(bed.dir()).during("preparing the disk")?;
    // Warms up both.
    disk.measure(SAMPLES, &mut Tally::from_now()).during("syncing")?;
    measure(&mut Tally::from_now()).await.during(name)?;
    let (mut peers, mut rounds, mut all) = (Vec::new(), Vec::new(), Tally::from_now());
    for round in 1..=bed.args.rounds {
        let (mut synced, mut tally) = (Tally::from_now(), Tally::from_now());
        for _ in 0..TURNS {
            disk.measure(SAMPLES, &mut synced).during("syncing")?;
            measure(&mut tally).await.during(name)?;
        }
        let (own, synced) = (tally.quantile_ms(0.5), synced.quantile_ms(0.5));
        bed.tell(format!("{name}, round {round}: p50 {own:.3} ms, fsync {synced:.3} ms"));
        peers.push(synced);
        rounds.push(own);
        all.add(&tally);
    }
    let figure = Figure::new(work, Unit::Milliseconds, rounds).against("fsync", peers);
    Ok(figure.spread(all.spread()).failed(all.failed))
}

/// A worker that waits, and somebody who creates.
struct Pair {
    worker: Connection,
    creator: Connection,
    workload: Workload,
}

impl Pair {
    async fn open(target: &Target, recipe: Recipe) -> io::Result<Self> {
        let mut worker = Connection::open(target).await?;
        let params = format!("{{\"id\":\"{}\",\"roles\":[\"{ROLE}\"]}}", workload::worker(0));
        accepted(worker.rpc("system.register", &params).await?)?;
        let creator = Connection::open(target).await?;
        Ok(Self { worker, creator, workload: Workload::new(recipe, 0) })
    }

    async fn hand_over(&mut self, tally: &mut Tally) -> io::Result<()> {
        let mut params = String::new();
        self.workload.task(&mut params);
        let params = params.replacen('{', &format!("{{\"roles\":[\"{ROLE}\"],"), 1);
        let wait = claim(0, 1, 30_000);
        let (worker, creator) = (&mut self.worker, &mut self.creator);
        let waiting = async {
            let held = claimed(worker.rpc("task.claim", &wait).await?)?;
            Ok::<_, io::Error>((held, Instant::now()))
        };
        let creating = async {
            // The claim has to be there first. Asking for next to nothing meanwhile keeps the
            // machine awake, as it is when its disk is measured: what counts is the server.
            let parked = Instant::now() + PARKED;
            while Instant::now() < parked {
                creator.get("/healthz").await?;
            }
            let start = Instant::now();
            accepted(creator.rpc("task.create", &params).await?)?;
            Ok(start)
        };
        let ((held, end), start) = tokio::try_join!(waiting, creating)?;
        let held = held.first().ok_or_else(|| io::Error::other("the claim waited in vain"))?;
        tally.took(end.saturating_duration_since(start));
        accepted(self.worker.rpc("task.complete", &complete(0, held)).await?)
    }
}
