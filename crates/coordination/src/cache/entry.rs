//! An entry, and how it stands in Redis.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::value::RawValue;

/// How much of it says what it has seen, and what it covers.
const SEEN: usize = 16;
const HEAD: usize = SEEN + 32;

/// What a read has found.
pub(super) struct Entry {
    /// The answer; nothing where there is no such task.
    pub(super) text: Option<Arc<RawValue>>,
    /// How far the log was told of when it was read.
    pub(super) seen: u64,
    /// The position of the database that it has seen in any case.
    pub(super) covers: u128,
    /// Of which history of the database it is.
    pub(super) history: u64,
    /// Whether it stays right until an event says otherwise; else nobody uses its text but who has read it.
    pub(super) keeps: bool,
    /// Until when it stays in memory, in milliseconds.
    pub(super) until: i64,
    /// From then on it is read anew beside whoever asks.
    pub(super) renew: i64,
    /// Somebody does so.
    pub(super) renewing: AtomicBool,
}

/// What stands in Redis.
pub(super) struct Stored {
    pub(super) text: Option<Arc<RawValue>>,
    pub(super) seen: u64,
    pub(super) covers: u128,
}

/// As it stands at the beginning of an entry, so that texts compare like numbers.
pub(super) fn seen(seen: u64) -> String {
    format!("{seen:016x}")
}

/// The same for what it covers.
pub(super) fn covers(covers: u128) -> String {
    format!("{covers:032x}")
}

impl Stored {
    pub(super) fn write(&self) -> String {
        let text = self.text.as_deref().map(RawValue::get).unwrap_or_default();
        format!("{}{}{text}", seen(self.seen), covers(self.covers))
    }

    /// Nothing where it is none of ours.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (head, text) = text.split_at_checked(HEAD)?;
        let read = || serde_json::from_str::<Box<RawValue>>(text).ok();
        Some(Self {
            text: if text.is_empty() { None } else { Some(read()?.into()) },
            seen: u64::from_str_radix(&head[..SEEN], 16).ok()?,
            covers: u128::from_str_radix(&head[SEEN..], 16).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_compares_like_its_numbers() {
        for (seen, covers, text) in [(0, 0, None), (u64::MAX, u128::MAX, Some("{\"a\":1}"))] {
            let raw = text.map(|text| serde_json::from_str::<Box<RawValue>>(text).unwrap().into());
            let read = Stored::read(&Stored { text: raw, seen, covers }.write()).unwrap();
            let back = read.text.as_deref().map(RawValue::get);
            assert_eq!((back, read.seen, read.covers), (text, seen, covers));
        }
        assert!(seen(255) < seen(256) && covers(1 << 64) > covers(u128::from(u64::MAX)));
        for bad in ["", "xyz", &"g".repeat(HEAD), &format!("{}{{", "0".repeat(HEAD))] {
            assert!(Stored::read(bad).is_none(), "{bad}");
        }
    }
}
