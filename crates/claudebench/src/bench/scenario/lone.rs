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

/// Samples a round.
const SAMPLES: usize = 500;
/// Until a claim is surely parked.
const PARKED: Duration = Duration::from_millis(3);
/// The role of the worker that waits, so that nothing else is ready for it.
const ROLE: &str = "bench-handover";

/// One connection that creates.
pub(super) async fn single(bed: &Bed) -> Result<Vec<Figure>, BenchError> {
    let server = bed.server("single").await?;
    let connection = Connection::open(&server.target()).await.during("connecting")?;
    let single = Single { connection, creating: Creating::new(bed.recipe(), 0) };
    let figure = against_disk(bed, "one connection, task.create p50", "single", single).await?;
    Ok(vec![figure.promised(Promise::RatioAtMost(3.0))])
}

/// From the creation of a task to the worker that waits for one.
pub(super) async fn handover(bed: &Bed) -> Result<Vec<Figure>, BenchError> {
    let server = bed.server("handover").await?;
    let target = server.target();
    let waits_at = bed.waits_at(&target);
    let pair = Pair::open(&target, &waits_at, bed.recipe()).await.during("connecting")?;
    let figure = against_disk(bed, "hand-over to a waiting claim p50", "handover", pair).await?;
    Ok(vec![figure.promised(Promise::RatioAtMost(4.0))])
}

/// Something that is done alone, and timed.
trait Lone {
    /// How many samples come one right after the other before the disk has its turn.
    const BURST: usize;

    /// What goes before each sample, the disk's too: a disk that had nothing to do for some
    /// milliseconds takes half as long again to sync, so both sides have to find it the same.
    async fn rest(&mut self) -> io::Result<()>;

    async fn sample(&mut self, tally: &mut Tally) -> io::Result<()>;
}

async fn against_disk<L: Lone>(
    bed: &Bed,
    work: &str,
    name: &str,
    mut lone: L,
) -> Result<Figure, BenchError> {
    let mut disk = Disk::prepare(bed.dir()).during("preparing the disk")?;
    let (mut peers, mut rounds, mut all) = (Vec::new(), Vec::new(), Tally::from_now());
    // The first one warms up.
    for round in 0..=bed.args.rounds {
        let (mut synced, mut tally) = (Tally::from_now(), Tally::from_now());
        // Turn by turn: a disk may be fast for some seconds, then slow.
        for _ in 0..SAMPLES / L::BURST {
            lone.rest().await.during(name)?;
            disk.measure(L::BURST, &mut synced).during("syncing")?;
            for _ in 0..L::BURST {
                lone.sample(&mut tally).await.during(name)?;
            }
        }
        if round == 0 {
            continue;
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

/// Somebody who creates, as fast as answers come.
struct Single {
    connection: Connection,
    creating: Creating,
}

impl Lone for Single {
    const BURST: usize = 10;

    async fn rest(&mut self) -> io::Result<()> {
        Ok(())
    }

    async fn sample(&mut self, tally: &mut Tally) -> io::Result<()> {
        self.creating.step(&mut self.connection, Instant::now(), tally).await.map(drop)
    }
}

/// A worker that waits, and somebody who creates.
struct Pair {
    worker: Connection,
    creator: Connection,
    workload: Workload,
}

impl Pair {
    async fn open(target: &Target, waits_at: &Target, recipe: Recipe) -> io::Result<Self> {
        let mut worker = Connection::open(waits_at).await?;
        let params = format!("{{\"id\":\"{}\",\"roles\":[\"{ROLE}\"]}}", workload::worker(0));
        accepted(worker.rpc("system.register", &params).await?)?;
        let creator = Connection::open(target).await?;
        Ok(Self { worker, creator, workload: Workload::new(recipe, 0) })
    }

    /// Until a claim is surely parked. Asking for next to nothing meanwhile keeps the machine
    /// awake: what counts is the server.
    async fn awake(creator: &mut Connection) -> io::Result<()> {
        let parked = Instant::now() + PARKED;
        while Instant::now() < parked {
            creator.get("/healthz").await?;
        }
        Ok(())
    }
}

impl Lone for Pair {
    const BURST: usize = 1;

    async fn rest(&mut self) -> io::Result<()> {
        Self::awake(&mut self.creator).await
    }

    async fn sample(&mut self, tally: &mut Tally) -> io::Result<()> {
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
            // The claim has to be there first.
            Self::awake(creator).await?;
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
