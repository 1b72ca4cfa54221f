//! Events to many subscribers.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::bench::bed::{Bed, BenchError, During};
use crate::bench::load::http::{Connection, find};
use crate::bench::load::websocket::WebSocket;
use crate::bench::load::{self, Pace, Plan, Tally, Work};
use crate::bench::report::{Figure, Target as Promise, Unit};
use crate::bench::workload::accepted;

/// Events per second.
const RATE: f64 = 50.0;
/// How long the last events may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Marks the number of an event in its task's text.
const MARK: &[u8] = b"fanout-";

/// When each event's task was meant to be created.
type Sent = Rc<RefCell<Vec<Instant>>>;

/// Makes tasks that are numbered.
struct Numbering {
    sent: Sent,
}

impl Work for Numbering {
    async fn step(
        &mut self,
        connection: &mut Connection,
        start: Instant,
        tally: &mut Tally,
    ) -> io::Result<bool> {
        let number = {
            let mut sent = self.sent.borrow_mut();
            sent.push(start);
            sent.len() - 1
        };
        let params = format!("{{\"text\":\"fanout-{number} \"}}");
        accepted(connection.rpc("task.create", &params).await?)?;
        tally.answered(start, 1);
        Ok(true)
    }
}

/// Reads until it has all events, in their order.
async fn subscriber(
    mut socket: WebSocket,
    sent: Sent,
    expected: Rc<Cell<Option<usize>>>,
    all: Rc<RefCell<Tally>>,
) -> io::Result<()> {
    let mut next = 0;
    while expected.get().is_none_or(|expected| next < expected) {
        let message = socket.next().await?;
        let Some(number) = number_in(message) else { continue };
        let mut all = all.borrow_mut();
        if number != next {
            all.failed(|| format!("event {number} came where {next} should"));
        }
        if let Some(start) = sent.borrow().get(number) {
            all.answered(*start, 1);
        }
        next = number + 1;
    }
    Ok(())
}

fn number_in(message: &[u8]) -> Option<usize> {
    let start = find(message, MARK)? + MARK.len();
    let digits = message[start..].iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&message[start..start + digits]).ok()?.parse().ok()
}

/// All events to all subscribers.
pub(super) async fn fanout(bed: &Bed) -> Result<Vec<Figure>, BenchError> {
    let server = bed.server("fanout").await?;
    let target = server.target();
    let (sent, expected) = (Sent::default(), Rc::new(Cell::new(None)));
    let all = Rc::new(RefCell::new(Tally::from_now()));
    let mut subscribers = JoinSet::new();
    let (count, servers) = (bed.args.subscribers, bed.all_of(&target));
    for server in servers.iter().cycle().take(count) {
        let mut socket = WebSocket::open(server, "/ws").await.during("subscribing")?;
        socket
            .send("{\"action\":\"subscribe\",\"events\":[\"task.created\"]}")
            .await
            .during("subscribing")?;
        while find(socket.next().await.during("subscribing")?, b"\"subscribed\"").is_none() {}
        let (sent, expected, all) = (sent.clone(), expected.clone(), all.clone());
        subscribers.spawn_local(subscriber(socket, sent, expected, all));
    }
    bed.tell(format!("fanout: {count} subscribers are connected"));
    // The end is told before the last event, so that everybody notices it.
    let time = Duration::from_secs_f64(bed.args.measured().max(5.0));
    let plan =
        Plan { connections: 1, pace: Pace::Open(RATE), warm_up: Duration::ZERO, measured: time };
    let made = load::run(&target, plan, |_| Numbering { sent: sent.clone() }).await;
    let made = made.during("creating tasks")?;
    let events = sent.borrow().len();
    expected.set(Some(events + 1));
    let last = Plan { pace: Pace::Closed, ..Bed::until_done(1) };
    load::run(&target, last, |_| Last(Numbering { sent: sent.clone() })).await.during("the end")?;
    let delivered = tokio::time::timeout(PATIENCE, async {
        let mut whole = 0;
        while let Some(ended) = subscribers.join_next().await {
            match ended.map_err(io::Error::other).flatten() {
                Ok(()) => whole += 1,
                Err(error) => all.borrow_mut().failed(|| error.to_string()),
            }
        }
        whole
    });
    let whole = delivered.await.unwrap_or(0);
    let tally = all.borrow().clone();
    let share = super::per_second(tally.requests * 100, super::float((events + 1) * count));
    bed.tell(format!(
        "fanout: {events} events at {:.0}/s, {whole} of {count} got all, p99 {:.3} ms",
        made.rate(),
        tally.quantile_ms(0.99)
    ));
    if let Some(what) = &tally.first_failure {
        bed.tell(format!("fanout: {} went wrong, first: {what}", tally.failed));
    }
    let work = format!("{count} subscribers, {RATE} events/s: delivered");
    let figure = Figure::new(work, Unit::Percent, vec![share])
        .promised(Promise::AtLeast(100.0))
        .spread(tally.spread())
        .failed(tally.failed);
    Ok(vec![figure])
}

/// One more, then it is done.
struct Last(Numbering);

impl Work for Last {
    async fn step(
        &mut self,
        connection: &mut Connection,
        start: Instant,
        tally: &mut Tally,
    ) -> io::Result<bool> {
        self.0.step(connection, start, tally).await?;
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_an_event_is_found() {
        assert_eq!(number_in(br#"{"type":"event","data":{"text":"fanout-42 "}}"#), Some(42));
        assert_eq!(number_in(br#"{"type":"pong"}"#), None);
    }
}
