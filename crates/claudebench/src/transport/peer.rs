//! The other end of a connection: the place that it takes among all, and its stream, on which
//! nobody makes the server wait for ever.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use prometheus::IntGauge;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until};

use super::trail::Trail;

/// How long what a refused client still sends is read and thrown away, so that it finds the answer
/// instead of a broken connection.
const LINGER: Duration = Duration::from_secs(2);

/// What becomes known of a connection on its way.
#[derive(Default)]
struct Marks {
    /// Something was answered before all of the request was read.
    lingers: AtomicBool,
    /// Whoever writes keeps its own time.
    unhurried: AtomicBool,
}

/// A connection, from its beginning to the end of what it was turned into.
pub(super) struct Peer {
    /// Who has connected: a client, or a proxy of many. Sockets of this machine have no address.
    pub(super) from: Option<IpAddr>,
    /// All places are taken: only health is answered, and who else asks is refused.
    pub(super) spare: bool,
    marks: Arc<Marks>,
    /// What was written over it, for reads that come after.
    trail: Trail,
    open: IntGauge,
    _place: OwnedSemaphorePermit,
}

impl Peer {
    pub(super) fn new(
        from: Option<IpAddr>,
        open: IntGauge,
        place: OwnedSemaphorePermit,
        spare: bool,
    ) -> Self {
        open.inc();
        let (marks, trail) = (Arc::default(), Trail::default());
        Self { from, spare, marks, trail, open, _place: place }
    }

    /// What was written over it.
    pub(super) fn trail(&self) -> &Trail {
        &self.trail
    }

    /// The answer goes out before all of the request was read.
    pub(super) fn linger(&self) {
        self.marks.lingers.store(true, Ordering::Relaxed);
    }

    /// It becomes a WebSocket, which has a limit of its own for what is not read.
    pub(super) fn keeps_time(&self) {
        self.marks.unhurried.store(true, Ordering::Relaxed);
    }

    /// Its stream. A write that does not get on for so long is an error.
    pub(super) fn stream<S>(&self, inner: S, patience: Duration) -> Paced<S> {
        let marks = self.marks.clone();
        Paced { inner, patience, timer: None, stuck: false, marks, shut: None }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.open.dec();
    }
}

/// A stream whose writes must get on.
pub(super) struct Paced<S> {
    inner: S,
    patience: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    /// The timer runs: the other end takes nothing.
    stuck: bool,
    marks: Arc<Marks>,
    /// We have said all; until when the rest of what comes is thrown away.
    shut: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    /// What a write came to, unless it has not come to anything for too long.
    fn paced<T>(
        &mut self,
        task: &mut Context<'_>,
        done: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if done.is_ready() || self.marks.unhurried.load(Ordering::Relaxed) {
            self.stuck = false;
            return done;
        }
        let until = Instant::now() + self.patience;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if !self.stuck {
            self.stuck = true;
            timer.as_mut().reset(until);
        }
        ready!(timer.as_mut().poll(task));
        let slow = "the other end has taken nothing for too long";
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, slow)))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(task, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write(task, bytes);
        self.paced(task, done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write_vectored(task, slices);
        self.paced(task, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.inner).poll_flush(task);
        self.paced(task, done)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.shut.is_none() {
            ready!(Pin::new(&mut this.inner).poll_shutdown(task))?;
            if !this.marks.lingers.load(Ordering::Relaxed) {
                return Poll::Ready(Ok(()));
            }
        }
        let end = Instant::now() + LINGER;
        let end = this.shut.get_or_insert_with(|| Box::pin(sleep_until(end)));
        let mut thrown_away = [0; 8_192];
        while end.as_mut().poll(task).is_pending() {
            let mut buffer = ReadBuf::new(&mut thrown_away);
            let read = ready!(Pin::new(&mut this.inner).poll_read(task, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}
