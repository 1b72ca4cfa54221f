//! Many tasks a request; and one a request, until there are none.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Instant;

use crate::bench::bed::{Bed, BenchError, During};
use crate::bench::load::http::{Connection, Target};
use crate::bench::load::{self, Tally, Work};
use crate::bench::report::{Figure, Target as Promise, Unit};
use crate::bench::workload::{Workload, accepted, claim, claimed, complete, complete_many};

/// Tasks of one `task.create_many`.
pub(super) const CREATE: usize = 1_000;
/// Tasks of one claim, and of one `task.complete_many`.
pub(super) const CLAIM: usize = 100;
/// Tasks a round.
const TASKS: usize = 200_000;
/// Tasks a round, if each takes two requests of its own.
const FEWER: usize = 100_000;

/// Makes tasks by the thousand until there are enough.
struct Filling {
    params: String,
    left: Rc<Cell<usize>>,
}

impl Work for Filling {
    async fn step(
        &mut self,
        connection: &mut Connection,
        start: Instant,
        tally: &mut Tally,
    ) -> io::Result<bool> {
        let Some(left) = self.left.get().checked_sub(1) else { return Ok(false) };
        self.left.set(left);
        accepted(connection.rpc("task.create_many", &self.params).await?)?;
        tally.answered(start, CREATE as u64);
        Ok(true)
    }
}

/// Claims and completes tasks until there are none.
struct Draining {
    number: usize,
    claim: String,
}

impl Work for Draining {
    async fn step(
        &mut self,
        connection: &mut Connection,
        start: Instant,
        tally: &mut Tally,
    ) -> io::Result<bool> {
        let held = claimed(connection.rpc("task.claim", &self.claim).await?)?;
        if held.is_empty() {
            return Ok(false);
        }
        tally.answered(start, 0);
        let start = Instant::now();
        match &held[..] {
            [one] => accepted(connection.rpc("task.complete", &complete(self.number, one)).await?)?,
            many => {
                let params = complete_many(self.number, many);
                accepted(connection.rpc("task.complete_many", &params).await?)?;
            }
        }
        tally.answered(start, held.len() as u64);
        Ok(true)
    }
}

/// Makes so many tasks, rounded up to whole requests.
pub(super) async fn fill(bed: &Bed, target: &Target, tasks: usize) -> Result<Tally, BenchError> {
    let left = Rc::new(Cell::new(tasks.div_ceil(CREATE)));
    let recipe = bed.recipe();
    let make =
        |number| Filling { params: Workload::new(recipe, number).many(CREATE), left: left.clone() };
    load::run(target, Bed::until_done(bed.args.connections), make).await.during("creating many")
}

/// Claims and completes all tasks that are ready.
pub(super) async fn drain(bed: &Bed, target: &Target) -> Result<Tally, BenchError> {
    drain_by(bed, target, CLAIM).await
}

/// The same, with so many tasks a request.
async fn drain_by(bed: &Bed, target: &Target, max: usize) -> Result<Tally, BenchError> {
    bed.register(target).await?;
    let make = |number| Draining { number, claim: claim(number, max, 0) };
    load::run(target, Bed::until_done(bed.args.connections), make).await.during("completing")
}

/// Claims and completions, a task a request, in rounds.
pub(super) async fn singly(bed: &Bed) -> Result<Vec<Figure>, BenchError> {
    let server = bed.server("drain").await?;
    let target = server.target();
    let mut rounds = Vec::new();
    for round in 1..=bed.args.rounds {
        fill(bed, &target, FEWER).await?;
        let rate = drain_by(bed, &target, 1).await?.task_rate();
        bed.tell(format!("drain, round {round}: {rate:.0} tasks/s claimed and completed"));
        rounds.push(rate);
    }
    Ok(vec![Figure::new("claim and complete, one a request", Unit::TasksPerSecond, rounds)])
}

/// Both, in rounds.
pub(super) async fn bulk(bed: &Bed) -> Result<Vec<Figure>, BenchError> {
    let server = bed.server("bulk").await?;
    let target = server.target();
    let (mut created, mut completed) = (Vec::new(), Vec::new());
    for round in 1..=bed.args.rounds {
        let filled = fill(bed, &target, TASKS).await?;
        let drained = drain(bed, &target).await?;
        let (create, complete) = (filled.task_rate(), drained.task_rate());
        bed.tell(format!(
            "bulk, round {round}: {create:.0} tasks/s created, {complete:.0} claimed and completed"
        ));
        created.push(create);
        completed.push(complete);
    }
    let unit = Unit::TasksPerSecond;
    Ok(vec![
        Figure::new(format!("task.create_many by {CREATE}"), unit, created)
            .promised(Promise::AtLeast(150_000.0)),
        Figure::new(format!("claim and complete_many by {CLAIM}"), unit, completed)
            .promised(Promise::AtLeast(80_000.0)),
    ])
}
