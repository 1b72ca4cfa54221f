//! Time: injected everywhere, milliseconds since 1970 inside, ISO 8601 outside.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Millis(pub i64);

impl Millis {
    /// This time and `ms` more; saturating.
    #[must_use]
    pub fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this time.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The first and the last time that is taken, in either form; the last that can be written.
const EARLIEST: i64 = -62_135_596_800_000;
const LATEST: i64 = 253_402_207_200_000;

/// How many texts of times each thread remembers. Tasks of a batch share most of theirs, and
/// writing a date takes longer than everything else about a small event.
const REMEMBERED: usize = 16;

thread_local! {
    static TEXTS: RefCell<[(i64, String); REMEMBERED]> =
        RefCell::new(std::array::from_fn(|_| (i64::MIN, String::new())));
}

impl Millis {
    fn with_text<T>(self, read: impl FnOnce(&str) -> T) -> T {
        TEXTS.with_borrow_mut(|texts| {
            let place = usize::try_from(self.0.rem_euclid(REMEMBERED as i64)).unwrap_or(0);
            let (known, text) = &mut texts[place];
            if *known != self.0 || text.is_empty() {
                *known = self.0;
                *text = match jiff::Timestamp::from_millisecond(self.0) {
                    Ok(time) => format!("{time:.3}"),
                    Err(_) => "9999-12-30T22:00:00.000Z".to_owned(),
                };
            }
            read(text)
        })
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.write_str(text))
    }
}

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| to.serialize_str(text))
    }
}

impl<'de> Deserialize<'de> for Millis {
    /// An ISO 8601 time with its offset, or milliseconds since 1970; of the years 1 to 9999.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TimeVisitor)
    }
}

/// Reads a time, and says what came instead of one.
struct TimeVisitor;

impl Visitor<'_> for TimeVisitor {
    type Value = Millis;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time such as `2026-01-31T12:00:00Z`")
    }

    fn visit_i64<E: serde::de::Error>(self, ms: i64) -> Result<Millis, E> {
        bounded(Some(ms), &ms.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, ms: u64) -> Result<Millis, E> {
        bounded(i64::try_from(ms).ok(), &ms.to_string())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Millis, E> {
        bounded(text.parse().ok().map(jiff::Timestamp::as_millisecond), text)
    }
}

/// A time within the years that can be written.
fn bounded<E: serde::de::Error>(ms: Option<i64>, got: &str) -> Result<Millis, E> {
    ms.filter(|ms| (EARLIEST..=LATEST).contains(ms)).map(Millis).ok_or_else(|| {
        E::custom(format_args!(
            "expected a time such as `2026-01-31T12:00:00Z`, from {} to {}, got `{}`",
            Millis(EARLIEST),
            Millis(LATEST),
            crate::id::clip(got)
        ))
    })
}

impl JsonSchema for Millis {
    fn schema_name() -> Cow<'static, str> {
        "DateTime".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "A time in UTC, ISO 8601.",
        })
    }
}

/// Where the time comes from.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now. Never earlier than what it answered before.
    fn now(&self) -> Millis;
    /// It was this late already, as a log of earlier runs tells: time goes on from there.
    fn not_before(&self, time: Millis);
}

/// The machine's clock, made monotone: a jump forward is followed at once, a jump back is caught
/// up at half speed, so that leases still end while the wall clock stands behind.
#[derive(Debug)]
pub struct SystemClock {
    state: Mutex<Monotone>,
}

/// The rule of [`SystemClock`], apart from where the readings come from.
#[derive(Debug, Clone, Copy)]
pub struct Monotone {
    now: i64,
    /// Microseconds not yet shown, so that many short steps add up.
    rest_us: i64,
    read_at: Option<Instant>,
}

impl Monotone {
    /// Starts at a wall time.
    #[must_use]
    pub fn new(wall_ms: i64) -> Self {
        Self { now: wall_ms, rest_us: 0, read_at: None }
    }

    /// Goes on from a time, if it is later.
    pub fn raise(&mut self, time_ms: i64) {
        self.now = self.now.max(time_ms);
    }

    /// The time to show when the wall clock says `wall_ms` and `elapsed_us` have truly passed
    /// since the last step.
    pub fn step(&mut self, wall_ms: i64, elapsed_us: i64) -> i64 {
        let us = self.rest_us + elapsed_us.max(0) / 2;
        let slow = self.now.saturating_add(us / 1_000);
        if wall_ms >= slow {
            self.now = wall_ms;
            self.rest_us = 0;
        } else {
            self.now = slow;
            self.rest_us = us % 1_000;
        }
        self.now
    }

    /// How far the time shown is ahead of the wall clock.
    #[must_use]
    pub fn ahead_of(&self, wall_ms: i64) -> i64 {
        self.now - wall_ms
    }
}

/// The wall clock, unguarded: the one place that reads it.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "the clock itself")]
pub fn wall_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { state: Mutex::new(Monotone::new(wall_ms())) }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Millis {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let read = Instant::now();
        let elapsed = state
            .read_at
            .map_or(0, |at| i64::try_from(read.duration_since(at).as_micros()).unwrap_or(i64::MAX));
        state.read_at = Some(read);
        Millis(state.step(wall_ms(), elapsed))
    }

    fn not_before(&self, time: Millis) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).raise(time.0);
    }
}

/// A clock that stands still until it is told to move: for tests and simulations.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// Stands at `now`.
    #[must_use]
    pub fn at(now: Millis) -> Self {
        Self(Arc::new(AtomicI64::new(now.0)))
    }

    /// Moves on by `ms`.
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::SeqCst))
    }

    fn not_before(&self, time: Millis) {
        self.0.fetch_max(time.0, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_contract_says_and_read_back() {
        let time = Millis(1_763_913_600_007);
        assert_eq!(time.to_string(), "2025-11-23T16:00:00.007Z");
        let back: Millis = serde_json::from_str("\"2025-11-23T17:00:00.007+01:00\"").unwrap();
        assert_eq!(back, time);
    }

    #[test]
    fn both_forms_of_a_time_have_the_same_bounds() {
        let read = |text: &str| serde_json::from_str::<Millis>(text).map_err(|e| e.to_string());
        for (text, number) in [
            ("\"0001-01-01T00:00:00Z\"", "-62135596800000"),
            ("\"9999-12-30T22:00:00Z\"", "253402207200000"),
        ] {
            assert_eq!(read(text), read(number));
            assert_eq!(
                read(text).unwrap().to_string(),
                text.replace("Z\"", ".000Z").replace('"', "")
            );
        }
        let bounds = "from 0001-01-01T00:00:00.000Z to 9999-12-30T22:00:00.000Z";
        for beyond in [
            "\"9999-12-31T23:59:59Z\"",
            "\"-000001-01-01T00:00:00Z\"",
            "253402207200001",
            "9223372036854775807",
            "-9223372036854775808",
        ] {
            let error = read(beyond).unwrap_err();
            let got = format!("got `{}`", beyond.replace('"', ""));
            assert!(error.contains(bounds) && error.contains(&got), "{error}");
        }
        assert_eq!(Millis(i64::MAX).to_string(), "9999-12-30T22:00:00.000Z");
    }

    #[test]
    fn a_jump_back_neither_turns_time_back_nor_stops_it() {
        let mut clock = Monotone::new(10_000);
        assert_eq!(clock.step(13_600_000, 1), 13_600_000);
        let mut last = 13_600_000;
        for second in 1..=7_200_i64 {
            let now = clock.step(10_000_000 + second * 1_000, 1_000_000);
            assert!(now > last, "time stands still");
            last = now;
        }
        assert!(clock.ahead_of(17_200_000) <= 500, "caught up within twice the jump");
    }

    #[test]
    fn time_goes_on_from_where_an_earlier_run_left_it() {
        let mut clock = Monotone::new(1_000);
        clock.raise(5_000);
        assert_eq!(clock.step(1_000, 2_000_000), 6_000, "at half speed while the wall is behind");
        clock.raise(2_000);
        assert_eq!(clock.step(9_000, 0), 9_000);
    }

    proptest::proptest! {
        #[test]
        fn time_never_runs_back(steps in proptest::collection::vec((0_i64..1_000_000, 0_i64..5_000_000), 1..50)) {
            let mut clock = Monotone::new(500_000);
            let mut last = 500_000;
            for (wall, elapsed) in steps {
                let now = clock.step(wall, elapsed);
                proptest::prop_assert!(now >= last);
                last = now;
            }
        }
    }
}
