//! What a client has written, and so must see when it reads: carried by a header, by a connection that is
//! kept, by a socket.

use std::sync::{Mutex, PoisonError};

use claudebench_core::{Code, Error};
use claudebench_store::Position;
use hyper::Response;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};

use super::rates::{self, Told};
use crate::auth::Seen;

/// Where the database stood after a write; a read that carries it sees the write.
pub(super) static POSITION: HeaderName = HeaderName::from_static("x-claudebench-position");

/// What a client has written is not known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unknown;

/// Where the database stood when a client wrote last.
#[derive(Debug, Default)]
pub struct Trail {
    /// As far as it said so itself: it may have written at another server.
    carried: Option<Position>,
    /// As far as it wrote here before.
    before: Option<Position>,
    /// It has written somewhere, and nobody can say where the database stood then.
    is_unknown: bool,
    wrote: Mutex<Option<Position>>,
    /// How its client stands with its rates, after its last call.
    told: Mutex<Option<Told>>,
}

impl Trail {
    /// The trail of a client that said that it wrote up to there, and wrote up to there here.
    #[must_use]
    pub fn after(carried: Option<Position>, before: Option<Position>) -> Self {
        Self { carried, before, ..Self::default() }
    }

    /// The same, with what is known of its session.
    #[must_use]
    pub fn in_session(mut self, seen: Seen) -> Self {
        if let Seen::Upto(position) = seen {
            self.carried = self.carried.max(Some(position));
        }
        self.is_unknown = seen == Seen::Unknown;
        self
    }

    /// As far as the client or its session said so.
    #[must_use]
    pub fn carried(&self) -> Option<Position> {
        self.carried
    }

    /// What reads must have seen.
    ///
    /// # Errors
    /// It is not known: they must see everything.
    pub fn seen(&self) -> Result<Option<Position>, Unknown> {
        if self.is_unknown {
            return Err(Unknown);
        }
        Ok(self.carried.max(self.before).max(self.wrote()))
    }

    /// One that goes on from here, for somebody who wrote more before.
    #[must_use]
    pub fn and(&self, wrote: Option<Position>) -> Self {
        let before = self.before.max(self.wrote()).max(wrote);
        let Self { carried, is_unknown, .. } = *self;
        Self { carried, before, is_unknown, ..Self::default() }
    }

    /// Where the database stood after the last write.
    #[must_use]
    pub fn wrote(&self) -> Option<Position> {
        *self.wrote.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call of its client was counted.
    pub fn count(&self, told: Told) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
    }

    /// Something was written, and the database stood there afterwards.
    pub fn write(&self, at: Option<Position>) {
        let mut wrote = self.wrote.lock().unwrap_or_else(PoisonError::into_inner);
        *wrote = (*wrote).max(at);
    }
}

/// The position in the headers of a request.
pub(super) fn carried(headers: &HeaderMap) -> Result<Option<Position>, Error> {
    let Some(value) = headers.get(&POSITION) else { return Ok(None) };
    let position = value.to_str().ok().and_then(|text| text.parse().ok());
    position.map(Some).ok_or_else(|| {
        let message = "X-ClaudeBench-Position: expected what a write has answered";
        Error::new(Code::InvalidRequest, message)
    })
}

/// Puts the position of what was written into the headers of the answer, and how the client stands with its
/// rates.
pub(super) fn show<B>(trail: &Trail, response: &mut Response<B>) {
    let text = trail.wrote().map(|at| at.to_string());
    if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
        response.headers_mut().insert(POSITION.clone(), value);
    }
    if let Some(told) = *trail.told.lock().unwrap_or_else(PoisonError::into_inner) {
        rates::show(&told, response);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_what_was_said_and_written_counts() {
        let at = |lsn| Some(Position { timeline: 1, lsn });
        let trail = Trail::after(at(4), at(5));
        assert_eq!((trail.seen(), trail.wrote(), trail.carried()), (Ok(at(5)), None, at(4)));
        trail.write(at(3));
        assert_eq!((trail.seen(), trail.wrote()), (Ok(at(5)), at(3)));
        trail.write(at(9));
        trail.write(at(7));
        trail.write(None);
        assert_eq!((trail.seen(), trail.wrote()), (Ok(at(9)), at(9)));
        assert_eq!((trail.and(at(4)).seen(), trail.and(at(11)).seen()), (Ok(at(9)), Ok(at(11))));
        let in_session = |seen| Trail::after(at(4), None).in_session(seen);
        let position = Position { timeline: 1, lsn: 7 };
        assert_eq!(in_session(Seen::Upto(position)).carried(), at(7));
        assert_eq!(in_session(Seen::Nothing).seen(), Ok(at(4)));
        assert_eq!(in_session(Seen::Unknown).and(at(9)).seen(), Err(Unknown));
    }
}
