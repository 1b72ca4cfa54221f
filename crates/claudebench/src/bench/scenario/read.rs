//! Tasks that are read again and again, against the echo.

use std::io;
use std::rc::Rc;
use std::time::Instant;

use crate::bench::bed::{Bed, BenchError, During};
use crate::bench::load::http::{Connection, Target, find};
use crate::bench::load::{self, Tally, Work};
use crate::bench::report::{self, Figure, Unit};
use crate::bench::workload::{Workload, accepted};

/// So many tasks are read.
const TASKS: usize = 100;

/// Reads one after the other. The echo gets the same requests.
struct Reading {
    params: Rc<[String]>,
    next: usize,
}

impl Work for Reading {
    async fn step(
        &mut self,
        connection: &mut Connection,
        start: Instant,
        tally: &mut Tally,
    ) -> io::Result<bool> {
        let params = &self.params[self.next % self.params.len()];
        self.next += 1;
        match accepted(connection.rpc("task.get", params).await?) {
            Ok(()) => tally.answered(start, 1),
            Err(error) => tally.failed(|| error.to_string()),
        }
        Ok(true)
    }
}

/// Reads of tasks that do not change.
pub(super) async fn read(bed: &Bed) -> Result<Vec<Figure>, BenchError> {
    let (echo, server) = (bed.echo()?, bed.server("read").await?);
    let (echo, target) = (echo.target(), server.target());
    let params: Rc<[String]> = made(bed, &target).await.during("making tasks")?.into();
    let (mut peers, mut rounds, mut all) = (Vec::new(), Vec::new(), Tally::from_now());
    for round in 1..=bed.args.rounds {
        let run = async |target: &Target| {
            let reading = |number| Reading { params: params.clone(), next: number };
            load::run(target, bed.plan(), reading).await.during("under load")
        };
        let (peer, tally) = (run(&echo).await?, run(&target).await?);
        super::steady::told(bed, "read", round, &peer, &tally);
        peers.push(peer.rate());
        rounds.push(tally.rate());
        all.add(&tally);
    }
    let figure = Figure::new("task.get, read often", Unit::RequestsPerSecond, rounds)
        .against("echo", peers)
        .spread(all.spread())
        .failed(all.failed)
        .promised(report::Target::RatioAtLeast(0.7));
    Ok(vec![figure])
}

/// Makes the tasks; answers the params that name each.
async fn made(bed: &Bed, target: &Target) -> io::Result<Vec<String>> {
    let mut connection = Connection::open(target).await?;
    let mut workload = Workload::new(bed.recipe(), 0);
    let mut params = Vec::with_capacity(TASKS);
    let mut task = String::new();
    for _ in 0..TASKS {
        task.clear();
        workload.task(&mut task);
        let answer = connection.rpc("task.create", &task).await?;
        accepted(answer)?;
        params.push(format!("{{\"id\":\"{}\"}}", id_in(answer)?));
    }
    Ok(params)
}

fn id_in(answer: &[u8]) -> io::Result<String> {
    const MARK: &[u8] = b"\"id\":\"t-";
    let start = find(answer, MARK).ok_or_else(|| io::Error::other("the answer has no id"))?;
    let digits = answer[start + MARK.len()..].iter().take_while(|byte| byte.is_ascii_digit());
    Ok(format!("t-{}", digits.map(|byte| char::from(*byte)).collect::<String>()))
}
