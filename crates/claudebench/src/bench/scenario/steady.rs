//! Steady load of small requests: create, and whole lives of tasks, against the echo.

use std::io;
use std::time::{Duration, Instant};

use crate::bench::bed::{Bed, BenchError, During};
use crate::bench::load::http::{Connection, Target};
use crate::bench::load::{self, Pace, Plan, Tally, Work};
use crate::bench::report::{self, Figure, Unit};
use crate::bench::workload::{Recipe, Workload, accepted, claim, claimed, complete};

/// How much of the fastest pace is asked of the open loop.
const OPEN_SHARE: f64 = 0.5;

/// Makes tasks, one a request. The echo gets the same requests.
pub(super) struct Creating {
    workload: Workload,
    params: String,
}

impl Creating {
    pub(super) fn new(recipe: Recipe, number: usize) -> Self {
        Self { workload: Workload::new(recipe, number), params: String::new() }
    }

    async fn once(&mut self, connection: &mut Connection) -> io::Result<()> {
        self.params.clear();
        self.workload.task(&mut self.params);
        accepted(connection.rpc("task.create", &self.params).await?)
    }
}

impl Work for Creating {
    async fn step(
        &mut self,
        connection: &mut Connection,
        start: Instant,
        tally: &mut Tally,
    ) -> io::Result<bool> {
        match self.once(connection).await {
            Ok(()) => tally.answered(start, 1),
            Err(error) => tally.failed(|| error.to_string()),
        }
        Ok(true)
    }
}

/// Whole lives of tasks: created, claimed, completed, in three requests.
pub(super) struct Living {
    creating: Creating,
    number: usize,
    claim: String,
}

impl Living {
    pub(super) fn new(recipe: Recipe, number: usize) -> Self {
        Self { creating: Creating::new(recipe, number), number, claim: claim(number, 1, 0) }
    }

    async fn claim_and_complete(
        &mut self,
        connection: &mut Connection,
        tally: &mut Tally,
    ) -> io::Result<()> {
        let start = Instant::now();
        let held = claimed(connection.rpc("task.claim", &self.claim).await?)?;
        tally.answered(start, 0);
        // Each connection made a task before: there is one for each.
        let held = held.first().ok_or_else(|| io::Error::other("nothing was ready"))?;
        let start = Instant::now();
        let params = complete(self.number, held);
        accepted(connection.rpc("task.complete", &params).await?)?;
        tally.answered(start, 1);
        Ok(())
    }
}

impl Work for Living {
    async fn step(
        &mut self,
        connection: &mut Connection,
        start: Instant,
        tally: &mut Tally,
    ) -> io::Result<bool> {
        let done = match self.creating.once(connection).await {
            Ok(()) => {
                tally.answered(start, 0);
                self.claim_and_complete(connection, tally).await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            tally.failed(|| error.to_string());
        }
        Ok(true)
    }
}

/// The echo alone.
pub(super) async fn echo(bed: &Bed) -> Result<Vec<Figure>, BenchError> {
    let echo = bed.echo()?;
    let (mut rounds, mut all) = (Vec::new(), Tally::from_now());
    for round in 1..=bed.args.rounds {
        let tally = run(bed, &echo.target(), bed.plan(), Creating::new).await?;
        bed.tell(format!("echo, round {round}: {:.0} requests/s", tally.rate()));
        rounds.push(tally.rate());
        all.add(&tally);
    }
    Ok(vec![Figure::new("echo", Unit::RequestsPerSecond, rounds).spread(all.spread())])
}

/// Durable creation.
pub(super) async fn create(bed: &Bed) -> Result<Vec<Figure>, BenchError> {
    compare(bed, "task.create, durable", "create", 0.45, Creating::new).await
}

/// Whole lives.
pub(super) async fn lifecycle(bed: &Bed) -> Result<Vec<Figure>, BenchError> {
    compare(bed, "create, claim, complete", "lifecycle", 0.35, Living::new).await
}

async fn compare<W: Work>(
    bed: &Bed,
    work: &str,
    name: &str,
    least: f64,
    make: fn(Recipe, usize) -> W,
) -> Result<Vec<Figure>, BenchError> {
    let (echo, server) = (bed.echo()?, bed.server(name).await?);
    let (echo, target) = (echo.target(), server.target());
    let plan = bed.plan();
    let (mut peers, mut rounds, mut all) = (Vec::new(), Vec::new(), Tally::from_now());
    for round in 1..=bed.args.rounds {
        bed.register(&target).await?;
        let peer = run(bed, &echo, plan, Creating::new).await?;
        let tally = run(bed, &target, plan, make).await?;
        told(bed, name, round, &peer, &tally);
        peers.push(peer.rate());
        rounds.push(tally.rate());
        all.add(&tally);
    }
    let figure = Figure::new(work, Unit::RequestsPerSecond, rounds)
        .against("echo", peers)
        .spread(all.spread())
        .failed(all.failed);
    if plan.pace != Pace::Closed {
        return Ok(vec![figure]);
    }
    let rate = figure.value() * OPEN_SHARE;
    let figure = figure.promised(report::Target::RatioAtLeast(least));
    bed.register(&target).await?;
    // One start of a life is three requests.
    let starts = if name == "lifecycle" { rate / 3.0 } else { rate };
    let open = Plan { pace: Pace::Open(starts), ..plan };
    let tally = run(bed, &target, open, make).await?;
    bed.tell(format!("{name}, open loop: p99 {:.3} ms", tally.quantile_ms(0.99)));
    let at_half = format!("{work}: open loop, half of that");
    let open = Figure::new(at_half, Unit::RequestsPerSecond, vec![tally.rate()])
        .spread(tally.spread())
        .failed(tally.failed);
    Ok(vec![figure, open])
}

pub(super) fn told(bed: &Bed, name: &str, round: usize, peer: &Tally, tally: &Tally) {
    let (own, peer) = (tally.rate(), peer.rate());
    let ratio = own / peer;
    bed.tell(format!("{name}, round {round}: {own:.0} of the echo's {peer:.0}/s, {ratio:.2}"));
    if let Some(what) = &tally.first_failure {
        bed.tell(format!("{name}, round {round}: {} failed, first: {what}", tally.failed));
    }
}

async fn run<W: Work>(
    bed: &Bed,
    target: &Target,
    plan: Plan,
    make: fn(Recipe, usize) -> W,
) -> Result<Tally, BenchError> {
    let recipe = bed.recipe();
    load::run(target, plan, |number| make(recipe, number)).await.during("under load")
}

/// Lives for a while, and drops what was measured: a server under load.
pub(super) async fn live(bed: &Bed, target: &Target, time: Duration) -> Result<Tally, BenchError> {
    bed.register(target).await?;
    let plan = Plan { measured: time, warm_up: Duration::ZERO, pace: Pace::Closed, ..bed.plan() };
    run(bed, target, plan, Living::new).await
}
