//! Where the work on a task happens: commands run, are heard, and end when the work has to stop.

use claudebench_services::task::Task;
use tokio::sync::watch;

use super::fleet::Workshop;
use super::output::{Show, Sink, Stream, Tail, read};
use super::process::{Ended, Order, Running};
use super::verdict::RESULT;

/// How long the last of an output is waited for, when who wrote it is gone.
const LAST_OUTPUT: std::time::Duration = std::time::Duration::from_secs(10);
/// How much of standard error is kept.
const ERRORS: usize = 64 << 10;

/// Where the work on one task happens.
pub(super) struct Stage<'a> {
    pub(super) shop: &'a Workshop,
    pub(super) task: &'a Task,
    pub(super) fence: i64,
    pub(super) halt: watch::Receiver<bool>,
}

/// A command that has ended.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) ended: Ended,
    pub(super) out: Tail,
    pub(super) err: Tail,
}

impl Finished {
    /// Whether it ended well.
    pub(super) fn is_good(&self) -> bool {
        self.ended == Ended::Exited(0)
    }
}

impl Stage<'_> {
    /// Runs a command whose output is the task's.
    pub(super) async fn run(&self, order: &Order) -> Finished {
        match (self.sink(Stream::Out), self.sink(Stream::Err)) {
            (Ok(out), Ok(err)) => self.run_into(order, (out, err), self.halt.clone()).await,
            (Err(error), _) | (_, Err(error)) => not_started(&error),
        }
    }

    /// Runs a command whose output is an answer to us: it is kept where files are, and not shown.
    pub(super) async fn run_for_answer(&self, order: &Order) -> Finished {
        let out = match self.shop.show {
            Show::Prefixed => Ok(Sink::nowhere()),
            Show::Files(_) | Show::Nothing => self.sink(Stream::Out),
        };
        match (out, self.sink(Stream::Err)) {
            (Ok(out), Ok(err)) => self.run_into(order, (out, err), self.halt.clone()).await,
            (Err(error), _) | (_, Err(error)) => not_started(&error),
        }
    }

    fn sink(&self, stream: Stream) -> std::io::Result<Sink> {
        let (task, attempt) = (self.task.id.to_string(), self.task.attempt);
        Sink::open(self.shop.pieces.clone(), &self.shop.show, &task, attempt, stream)
    }

    /// Runs a command of our own: what it writes is for us alone, and it ends by itself, also when the
    /// work has to stop.
    pub(super) async fn ask(&self, order: &Order) -> Finished {
        let (_never, halt) = watch::channel(false);
        self.run_into(order, (Sink::nowhere(), Sink::nowhere()), halt).await
    }

    async fn run_into(
        &self,
        order: &Order,
        (out_sink, err_sink): (Sink, Sink),
        halt: watch::Receiver<bool>,
    ) -> Finished {
        let (mut running, streams) = match Running::start(order).await {
            Ok(started) => started,
            Err(error) => return not_started(&error),
        };
        // A little more than a result may be long: then it is too long.
        let (mut out, mut err) = (Tail::new(RESULT + 1024), Tail::new(ERRORS));
        let ended = {
            let reads = async {
                tokio::join!(
                    read(streams.stdout, out_sink, &mut out),
                    read(streams.stderr, err_sink, &mut err)
                );
            };
            tokio::pin!(reads);
            let finish = running.finish(halt, self.shop.kill_grace);
            tokio::pin!(finish);
            let mut heard = false;
            let ended = loop {
                tokio::select! {
                    ended = &mut finish => break ended,
                    () = &mut reads, if !heard => heard = true,
                }
            };
            if !heard && tokio::time::timeout(LAST_OUTPUT, &mut reads).await.is_err() {
                tracing::warn!(task = %self.task.id, "the last of the output does not come");
            }
            ended
        };
        Finished { ended, out, err }
    }
}

fn not_started(error: &std::io::Error) -> Finished {
    let ended = Ended::NotStarted(error.to_string());
    Finished { ended, out: Tail::new(0), err: Tail::new(0) }
}
