//! The disk's room and speed, the clock, and how many files may be open.

use std::io::{Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant, UNIX_EPOCH};

use claudebench_core::Millis;
use claudebench_core::time::wall_ms;
use claudebench_store::sqlite::DATABASE;
use rustix::process::{Resource, getrlimit};

use super::Check;
use super::data::existing;
use crate::cli::output::{bytes, count, span};
use crate::config::Config;

/// 2026-01-01: no clock that is right stands before it.
const EARLIEST: Millis = Millis(1_767_225_600_000);

/// The disk of a data directory.
pub(super) fn disk(data: &Path) -> Vec<Check> {
    let dir = existing(data);
    let mut checks = vec![room(dir)];
    checks.extend(file_system(dir));
    checks.push(syncs(dir));
    checks
}

/// What every server needs.
pub(super) fn checks(config: &Config, now: Millis) -> Vec<Check> {
    vec![clock(&config.data, now), open_files(config.limits.connections)]
}

fn room(dir: &Path) -> Check {
    const NAME: &str = "disk space";
    const LITTLE: u64 = 100 << 20;
    const SOME: u64 = 1 << 30;
    let found = match rustix::fs::statvfs(dir) {
        Ok(found) => found,
        Err(error) => {
            let what = format!("{} cannot be looked at: {error}", dir.display());
            return Check::look(NAME, what, "look at it yourself: df");
        }
    };
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let whole = found.f_blocks.saturating_mul(found.f_frsize);
    let text = format!("{} free of {}", bytes(free), bytes(whole));
    if free < LITTLE {
        Check::bad(NAME, text, "free some space: a full disk stops all writes")
    } else if free < SOME {
        Check::look(NAME, text, "free some space soon: a full disk stops all writes")
    } else {
        Check::good(NAME, text)
    }
}

/// File systems on which the promises do not hold.
#[cfg(target_os = "linux")]
fn file_system(dir: &Path) -> Option<Check> {
    const NAME: &str = "file system";
    const IN_MEMORY: &[i64] = &[0x0102_1994, 0x8584_58f6];
    const OVER_NETWORK: &[i64] = &[0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x0102_1997];
    #[allow(clippy::useless_conversion, reason = "the type differs from system to system")]
    let kind = i64::try_from(rustix::fs::statfs(dir).ok()?.f_type).ok()?;
    if OVER_NETWORK.contains(&kind) {
        let advice = "put the data directory on a disk of this machine: locks and the log of the \
                      database need one";
        return Some(Check::bad(NAME, "a network file system", advice));
    }
    IN_MEMORY.contains(&kind).then(|| {
        Check::look(NAME, "in memory: all is lost with the power", "put the data on a disk")
    })
}

#[cfg(not(target_os = "linux"))]
fn file_system(_: &Path) -> Option<Check> {
    None
}

/// How long the disk takes to make a write durable.
fn syncs(dir: &Path) -> Check {
    const NAME: &str = "disk sync";
    match time_syncs(dir) {
        Ok(took) => judge(&took),
        Err(error) => {
            let what = format!("cannot be tried in {}: {error}", dir.display());
            Check::bad(NAME, what, "see to the rights and the disk of the data directory")
        }
    }
}

fn time_syncs(dir: &Path) -> std::io::Result<Vec<Duration>> {
    const TRIES: usize = 64;
    const AT_MOST: Duration = Duration::from_secs(2);
    let mut file = tempfile::Builder::new().prefix(".doctor-").tempfile_in(dir)?;
    let file = file.as_file_mut();
    let page = [7_u8; 4096];
    // As the log of the database is: written over, not growing.
    file.write_all(&page)?;
    file.sync_all()?;
    let began = Instant::now();
    let mut took = Vec::with_capacity(TRIES);
    while took.len() < TRIES && began.elapsed() < AT_MOST {
        let one = Instant::now();
        file.rewind()?;
        file.write_all(&page)?;
        file.sync_data()?;
        took.push(one.elapsed());
    }
    took.sort_unstable();
    Ok(took)
}

/// Of durations in order.
fn judge(took: &[Duration]) -> Check {
    const NAME: &str = "disk sync";
    const SLOW: Duration = Duration::from_millis(20);
    /// No disk is so fast: it says yes before the data is safe, or lies in memory.
    const TOO_FAST: Duration = Duration::from_micros(15);
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    let (half, most) = (at(50), at(99));
    let text = format!("{half:.1?} in the middle, {most:.1?} at worst");
    if half > SLOW {
        let advice = "every lone write takes that long: move the data to a faster disk";
        Check::look(NAME, text, advice)
    } else if half < TOO_FAST {
        let advice = "make sure that the disk keeps what it acknowledges when the power fails";
        Check::look(NAME, text, advice)
    } else {
        Check::good(NAME, text)
    }
}

fn clock(dir: &Path, began: Millis) -> Check {
    let written = std::fs::metadata(dir.join(DATABASE)).and_then(|file| file.modified()).ok();
    let written = written.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let written = written.and_then(|since| i64::try_from(since.as_millis()).ok()).map(Millis);
    judge_clock(began, Millis(wall_ms()), written)
}

fn judge_clock(began: Millis, now: Millis, written: Option<Millis>) -> Check {
    const NAME: &str = "clock";
    /// File systems and clocks are never quite at one.
    const APART: i64 = 5_000;
    const ADVICE: &str = "set it right, and keep it so with NTP (timedatectl set-ntp true)";
    if now < EARLIEST {
        return Check::bad(NAME, format!("it says {now}, which is long past"), ADVICE);
    }
    if now < began {
        return Check::look(NAME, "it was just set back", ADVICE);
    }
    match written.map(|written| written.since(now)) {
        Some(ahead) if ahead > APART => {
            let what = format!("it says {now}, and the database was written {} later", span(ahead));
            Check::look(NAME, what, ADVICE)
        }
        _ => Check::good(NAME, now.to_string()),
    }
}

/// A connection is an open file. A server raises its limit as far as it may.
fn open_files(connections: usize) -> Check {
    const NAME: &str = "open files";
    /// The database, its readers, logs and the rest.
    const OTHERS: u64 = 64;
    let needed = connections as u64 + OTHERS;
    let shown = |n: u64| count(i64::try_from(n).unwrap_or(i64::MAX));
    match getrlimit(Resource::Nofile).maximum {
        Some(most) if most < needed => {
            let text = format!("{} allowed, {} connections wanted", shown(most), shown(needed));
            let advice = format!("raise the hard limit to {needed}, or lower limits.connections");
            Check::look(NAME, text, advice)
        }
        Some(most) => Check::good(NAME, format!("{} allowed", shown(most))),
        None => Check::good(NAME, "as many as one likes"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn slow_and_unbelievable_disks_are_named() {
        let disk = |micros: u64| judge(&[Duration::from_micros(micros); 3]).state;
        assert_eq!([disk(5), disk(800), disk(30_000)], [State::Look, State::Good, State::Look]);
    }

    #[test]
    fn a_clock_that_went_back_is_named() {
        let now = Millis(EARLIEST.0 + 100_000);
        let state = |began, now, written| judge_clock(began, now, written).state;
        assert_eq!(state(now, now, Some(now)), State::Good);
        assert_eq!(state(now, now, Some(now.plus(60_000))), State::Look);
        assert_eq!(state(now.plus(1), now, None), State::Look);
        assert_eq!(state(Millis(0), Millis(0), None), State::Bad);
    }

    #[test]
    fn this_machine_can_be_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        assert_ne!(room(dir.path()).found, "");
        assert!(!time_syncs(dir.path()).unwrap().is_empty());
        assert_eq!(open_files(usize::MAX >> 1).state, State::Look);
    }
}
