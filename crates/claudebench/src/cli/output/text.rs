//! Text as a terminal should show it.

use claudebench_core::Millis;

/// The text without what would move the cursor, ring the bell or change the colour: a task's text
/// comes from anywhere.
pub(crate) fn clean(text: &str) -> String {
    let steers = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

/// The text on one line.
pub(crate) fn one_line(text: &str) -> String {
    clean(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A number with its thousands apart.
pub(crate) fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// A size, to three places.
pub(crate) fn bytes(size: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];
    let (mut whole, mut tenths, mut unit) = (size, 0, 0);
    while whole >= 1_000 && unit + 1 < UNITS.len() {
        (whole, tenths, unit) = (whole / 1_000, whole % 1_000 / 100, unit + 1);
    }
    if unit > 0 && whole < 100 {
        format!("{whole}.{tenths} {}", UNITS[unit])
    } else {
        format!("{whole} {}", UNITS[unit])
    }
}

/// How long so many milliseconds are, to two places.
pub(crate) fn span(ms: i64) -> String {
    const UNITS: [(i64, &str); 4] =
        [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    let ms = ms.max(0);
    if ms < 1_000 {
        return format!("{ms}ms");
    }
    let first = UNITS.iter().position(|(unit, _)| ms >= *unit).unwrap_or(UNITS.len() - 1);
    let (unit, name) = UNITS[first];
    let rest = UNITS.get(first + 1).map(|(unit, name)| (ms % UNITS[first].0 / unit, name));
    match rest {
        Some((count, small)) if count > 0 && ms < 10 * unit => {
            format!("{}{name} {count}{small}", ms / unit)
        }
        _ => format!("{}{name}", ms / unit),
    }
}

/// How long ago something was.
pub(crate) fn ago(then: Millis, now: Millis) -> String {
    match now.since(then) {
        // Another machine's clock may be a little ahead.
        ms if ms < 1_000 => "now".into(),
        ms => format!("{} ago", span(ms)),
    }
}

/// In how long something will be.
pub(crate) fn in_future(then: Millis, now: Millis) -> String {
    match then.since(now) {
        ms if ms > 0 => format!("in {}", span(ms)),
        _ => ago(then, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_taken_out() {
        assert_eq!(clean("a\x1b[2Jb\u{202e}c\td"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d");
        assert_eq!(one_line(" a\n\tb\x07 "), "a b\u{fffd}");
    }

    #[test]
    fn numbers_and_spans_are_short() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567, -1_000].map(count),
            ["0", "999", "1,000", "1,234,567", "-1,000"]
        );
        let spans = [-5, 0, 999, 1_000, 61_000, 600_000, 5_400_000, 36_000_000, 90_000_000];
        assert_eq!(
            spans.map(span),
            ["0ms", "0ms", "999ms", "1s", "1m 1s", "10m", "1h 30m", "10h", "1d 1h"]
        );
        assert_eq!(
            [0, 999, 1_500, 123_456, 2_340_000_000].map(bytes),
            ["0 B", "999 B", "1.5 KB", "123 KB", "2.3 GB"]
        );
        assert_eq!(ago(Millis(5_000), Millis(4_000)), "now");
        assert_eq!(ago(Millis(0), Millis(61_000)), "1m 1s ago");
        assert_eq!(in_future(Millis(61_000), Millis(0)), "in 1m 1s");
    }
}
