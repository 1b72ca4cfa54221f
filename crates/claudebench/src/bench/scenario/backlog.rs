//! Whether claims get slower with what waits, and with what is done.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::Instant;

use crate::bench::bed::{Bed, BenchError, During};
use crate::bench::load::http::{Connection, Target};
use crate::bench::load::{self, Tally, Work};
use crate::bench::report::{Figure, Target as Promise, Unit};
use crate::bench::scenario::bulk;
use crate::bench::workload::{Held, accepted, claim, claimed, complete_many};

/// What waits at the small server, and how many are claimed at a time at both.
const FEW: usize = 1_000;

/// Claims one task a request, until so many are claimed.
struct Claiming {
    claim: String,
    left: Rc<Cell<usize>>,
    held: Rc<RefCell<Vec<Held>>>,
}

impl Work for Claiming {
    async fn step(
        &mut self,
        connection: &mut Connection,
        start: Instant,
        tally: &mut Tally,
    ) -> io::Result<bool> {
        let Some(left) = self.left.get().checked_sub(1) else { return Ok(false) };
        self.left.set(left);
        let held = claimed(connection.rpc("task.claim", &self.claim).await?)?;
        if held.is_empty() {
            tally.failed(|| "nothing was ready".to_owned());
        } else {
            tally.answered(start, 1);
            self.held.borrow_mut().extend(held);
        }
        Ok(true)
    }
}

/// Claims [`FEW`] tasks, one a request; then completes them and makes as many new ones. Only the
/// claims count.
async fn burst(bed: &Bed, target: &Target, all: &mut Tally) -> Result<f64, BenchError> {
    let (left, held) = (Rc::new(Cell::new(FEW)), Rc::new(RefCell::new(Vec::with_capacity(FEW))));
    let make =
        |number| Claiming { claim: claim(number, 1, 0), left: left.clone(), held: held.clone() };
    let plan = Bed::until_done(bed.args.connections);
    let tally = load::run(target, plan, make).await.during("claiming")?;
    all.add(&tally);
    let mut connection = Connection::open(target).await.during("connecting")?;
    for held in held.take().chunks(bulk::CLAIM) {
        let params = complete_many_of_all(held);
        let answer = connection.rpc("task.complete_many", &params).await;
        answer.and_then(accepted).during("completing what was claimed")?;
    }
    bulk::fill(bed, target, FEW).await?;
    Ok(tally.seconds())
}

/// Claimed by many workers: completed without saying by whom, as the fence says enough.
fn complete_many_of_all(held: &[Held]) -> String {
    let params = complete_many(0, held);
    params.replacen("\"workerId\":\"bench-0\",", "", 1)
}

/// The claim rate of each of two servers, in turns, for as long as a round is.
async fn in_turns(
    bed: &Bed,
    few: &Target,
    many: &Target,
    name: &str,
    failed: &mut u64,
) -> Result<(Vec<f64>, Vec<f64>), BenchError> {
    let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
    for round in 1..=bed.args.rounds {
        bed.register(few).await?;
        bed.register(many).await?;
        let mut rates = [0.0; 2];
        for (rate, target) in rates.iter_mut().zip([few, many]) {
            let (mut seconds, mut tally) = (0.0, Tally::from_now());
            while seconds < bed.args.measured() {
                seconds += burst(bed, target, &mut tally).await?;
            }
            *rate = super::per_second(tally.requests, seconds);
            *failed += tally.failed;
        }
        let [slow, fast] = [rates[1], rates[0]];
        bed.tell(format!("backlog, {name}, round {round}: {slow:.0} of {fast:.0} claims/s"));
        of_few.push(fast);
        of_many.push(slow);
    }
    Ok((of_few, of_many))
}

/// With few waiting against many, then against as many done.
pub(super) async fn backlog(bed: &Bed) -> Result<Vec<Figure>, BenchError> {
    let why = "the backlog";
    let small = bed.own_server("few", why).await?;
    let large = bed.own_server("many", why).await?;
    let (few, many) = (small.target(), large.target());
    bulk::fill(bed, &few, FEW).await?;
    let tasks = bed.args.tasks;
    bed.tell(format!("backlog: making {tasks} tasks"));
    bulk::fill(bed, &many, tasks).await?;
    let mut failed = 0;
    let (of_few, waiting) = in_turns(bed, &few, &many, "pending", &mut failed).await?;
    let pending =
        Figure::new(format!("claims with {tasks} pending"), Unit::RequestsPerSecond, waiting)
            .against("with 1,000", of_few)
            .promised(Promise::RatioAtLeast(0.8))
            .failed(failed);
    bed.tell(format!("backlog: completing {tasks} tasks"));
    bulk::drain(bed, &many).await?;
    bulk::fill(bed, &many, FEW).await?;
    let mut failed = 0;
    let (of_few, after) = in_turns(bed, &few, &many, "completed", &mut failed).await?;
    let done =
        Figure::new(format!("claims after {tasks} completed"), Unit::RequestsPerSecond, after)
            .against("with 1,000", of_few)
            .promised(Promise::RatioAtLeast(0.8))
            .failed(failed);
    Ok(vec![pending, done])
}
