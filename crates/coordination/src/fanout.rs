//! Live events: a bounded window on the end of the log, and a bell.
//!
//! Nothing is pushed. A subscriber keeps a cursor, reads what came after it when the bell rings,
//! and falls back to the store when it is so late that the window has moved past its cursor. So
//! a slow one costs the others nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use claudebench_core::Cursor;
use claudebench_core::event::Event;
use tokio::sync::watch;

/// The bounds of the window.
#[derive(Clone, Copy, Debug)]
pub struct HubOptions {
    /// The most events kept in memory.
    pub events: usize,
    /// The most bytes of their payloads.
    pub bytes: usize,
}

impl Default for HubOptions {
    fn default() -> Self {
        Self { events: 16_384, bytes: 8 << 20 }
    }
}

/// The window and the bell.
#[derive(Debug)]
pub struct Hub {
    window: Mutex<Window>,
    head: watch::Sender<Cursor>,
    options: HubOptions,
}

#[derive(Debug)]
struct Window {
    /// Ascending by cursor.
    events: VecDeque<Arc<Event>>,
    /// Every event after this place is in the window.
    since: Cursor,
    bytes: usize,
}

impl Hub {
    /// A hub for a log that ends at `head`.
    #[must_use]
    pub fn new(head: Cursor, options: HubOptions) -> Self {
        let window = Window { events: VecDeque::new(), since: head, bytes: 0 };
        Self { window: Mutex::new(window), head: watch::Sender::new(head), options }
    }

    /// Takes the events of a commit, in the order of the log, and rings the bell.
    pub fn publish(&self, events: Vec<Arc<Event>>) {
        let Some(head) = events.last().map(|event| event.cursor) else { return };
        debug_assert!(events.first().is_some_and(|first| first.cursor > self.head()));
        {
            let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
            window.bytes += events.iter().map(|event| event.payload.get().len()).sum::<usize>();
            window.events.extend(events);
            while window.events.len() > self.options.events || window.bytes > self.options.bytes {
                let Some(gone) = window.events.pop_front() else { break };
                window.bytes -= gone.payload.get().len();
                window.since = gone.cursor;
            }
        }
        self.head.send_replace(head);
    }

    /// At most `max` events after a place, of all tenants; `None` when the window has moved past
    /// it, and the store must be asked.
    #[must_use]
    pub fn after(&self, cursor: Cursor, max: usize) -> Option<Vec<Arc<Event>>> {
        let window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if cursor < window.since {
            return None;
        }
        let from = window.events.partition_point(|event| event.cursor <= cursor);
        Some(window.events.iter().skip(from).take(max).cloned().collect())
    }

    /// The place of the newest event.
    #[must_use]
    pub fn head(&self) -> Cursor {
        *self.head.borrow()
    }

    /// The bell: changes whenever events came.
    #[must_use]
    pub fn bell(&self) -> watch::Receiver<Cursor> {
        self.head.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(place: i64) -> Arc<Event> {
        claudebench_testkit::event(place, "task.created", None)
    }

    #[test]
    fn a_reader_gets_what_came_after_its_cursor_or_is_sent_to_the_store() {
        let hub = Hub::new(Cursor(10), HubOptions { events: 3, bytes: 1 << 20 });
        assert_eq!(hub.after(Cursor(10), 9).map(|events| events.len()), Some(0));
        assert!(hub.after(Cursor(9), 9).is_none(), "what is before the start is in the store");
        hub.publish((11..=15).map(event).collect());
        assert!(hub.after(Cursor(11), 9).is_none());
        let seen: Vec<i64> =
            hub.after(Cursor(12), 2).into_iter().flatten().map(|event| event.cursor.0).collect();
        assert_eq!(seen, [13, 14]);
        assert_eq!(hub.head(), Cursor(15));
    }

    #[test]
    fn the_window_is_bounded_in_bytes() {
        let hub = Hub::new(Cursor(0), HubOptions { events: 100, bytes: 4 });
        hub.publish((1..=5).map(event).collect());
        assert!(hub.after(Cursor(2), 9).is_none());
        assert_eq!(hub.after(Cursor(3), 9).map(|events| events.len()), Some(2));
    }
}
