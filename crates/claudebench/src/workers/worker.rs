//! A worker: a server on sockets that it was given, which says that it lives, and goes when it is told.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use prometheus::IntCounter;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use super::channel::{self, Order, Word};
use crate::config::Config;
use crate::start::{StartError, start_worker};
use crate::transport::listen::{Listener, raise_file_limit};

/// How often it says that it lives.
const BEAT: Duration = Duration::from_millis(500);

/// The requests that were counted, as soon as they are.
type Counted = Arc<OnceLock<IntCounter>>;

/// Serves until the supervisor says otherwise, or is gone.
///
/// # Errors
/// As [`crate::start::start`].
pub async fn work(config: Config) -> Result<(), StartError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(StartError::Signals)?;
    raise_file_limit();
    let socket = channel::inherited().map_err(StartError::Orphan)?;
    let (parcel, sockets) = channel::receive(&socket).map_err(StartError::Orphan)?;
    let given = parcel.addresses.iter().zip(sockets);
    let listeners = given.map(|(address, socket)| Listener::given(address, socket));
    let listeners = listeners.collect::<Result<Vec<_>, _>>().map_err(StartError::Orphan)?;
    socket.set_nonblocking(true).map_err(StartError::Orphan)?;
    let (from, to) = UnixStream::from_std(socket).map_err(StartError::Orphan)?.into_split();
    let (order, mut orders) = watch::channel(Order::Serve);
    tokio::spawn(obey(from, order));
    let counted = Counted::default();
    let (say, words) = mpsc::unbounded_channel();
    tokio::spawn(speak(to, words, counted.clone()));
    let running = tokio::select! {
        started = start_worker(config, parcel.worker, listeners, parcel.told_after) => started?,
        _ = orders.wait_for(|order| *order > Order::Serve) => return Ok(()),
        _ = terminate.recv() => return Ok(()),
    };
    let _ = counted.set(running.requests());
    tracing::info!(worker = parcel.worker, urls = ?running.urls, "a worker is ready");
    // Nobody hears it when the supervisor has gone, and then there is an order to stop.
    let _ = say.send(Word::Ready);
    let order = loop {
        tokio::select! {
            order = orders.wait_for(|order| *order > Order::Serve) => {
                break order.map_or(Order::Stop, |order| *order);
            }
            // Whoever sent it gets another one in its place first.
            _ = terminate.recv() => drop(say.send(Word::Replace)),
        }
    };
    match order {
        Order::Stop => running.stop().await,
        Order::Serve | Order::Leave => running.leave().await,
    }
    Ok(())
}

/// Hears what the supervisor says; its end is an order, too.
async fn obey(from: OwnedReadHalf, order: watch::Sender<Order>) {
    let mut lines = BufReader::new(from).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(said) = Order::read(&line) {
            order.send_replace(said);
        }
    }
    order.send_replace(Order::Stop);
}

/// Says that this process lives, and what else there is to say.
async fn speak(mut to: OwnedWriteHalf, mut words: mpsc::UnboundedReceiver<Word>, counted: Counted) {
    let mut beats = tokio::time::interval(BEAT);
    loop {
        let word = tokio::select! {
            Some(word) = words.recv() => word,
            _ = beats.tick() => Word::Alive(counted.get().map_or(0, IntCounter::get)),
        };
        if to.write_all(word.line().as_bytes()).await.is_err() {
            return;
        }
    }
}
