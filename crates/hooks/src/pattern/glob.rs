//! Patterns with `*`: for names, words and paths. Each is matched in bounded time.

use crate::shell::{UNKNOWN, WILD};

/// More alternatives than anybody writes by hand.
const MAX_ALTERNATIVES: usize = 64;
/// The longest pattern.
const MAX_LENGTH: usize = 512;

/// How well something fits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Fit {
    /// It does not.
    No,
    /// That depends on what is known only when the command runs.
    Maybe,
    /// It does.
    Yes,
}

impl Fit {
    pub(crate) fn of(fits: bool) -> Self {
        if fits { Self::Yes } else { Self::No }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Char(char),
    /// `?`
    One,
    /// `[a-z]`, `[!a-z]`
    Class(Vec<(char, char)>, bool),
    /// `*`, in paths within one folder
    Star,
    /// `**`
    Deep,
}

/// A pattern: `*`, `**`, `?`, `[a-z]`, `{a,b}`. Case does not matter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Glob {
    alternatives: Vec<Vec<Part>>,
}

impl Glob {
    /// Reads a pattern; in one for paths, `*` stays within a folder.
    pub(crate) fn new(text: &str, path: bool) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("a pattern has at most {MAX_LENGTH} characters"));
        }
        let mut alternatives = Vec::new();
        for text in alternatives_of(&text.to_lowercase())? {
            alternatives.push(parts(&text, path)?);
            // `**/x` is `x` as well, and `/etc/**` the folder.
            if let Some(name) = text.strip_prefix("**/").filter(|_| path) {
                alternatives.push(parts(name, path)?);
            }
            if let Some(folder) = text.strip_suffix("/**").filter(|f| path && !f.is_empty()) {
                alternatives.push(parts(folder, path)?);
            }
        }
        Ok(Self { alternatives })
    }

    /// Does a text fit, in which [`UNKNOWN`] and [`WILD`] may stand?
    pub(crate) fn fit(&self, text: &str) -> Fit {
        let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
        let open = text.iter().any(|c| matches!(*c, UNKNOWN | WILD));
        let any = |maybe| self.alternatives.iter().any(|parts| run(parts, &text, maybe));
        match (any(false), open) {
            (true, _) => Fit::Yes,
            (false, true) => {
                if any(true) {
                    Fit::Maybe
                } else {
                    Fit::No
                }
            }
            (false, false) => Fit::No,
        }
    }
}

/// Follows all ways through a pattern at once. `maybe`: what is unknown may be anything.
fn run(parts: &[Part], text: &[char], maybe: bool) -> bool {
    let mut states = vec![false; parts.len() + 1];
    let mut next = states.clone();
    states[0] = true;
    open(parts, &mut states);
    for c in text {
        next.fill(false);
        let mut reached = false;
        for (at, part) in parts.iter().enumerate().filter(|(at, _)| states[*at]) {
            let (stays, moves) = match part {
                // `\*` is a star that the shell would expand, too.
                Part::Char(want) => (false, want == c || (*c == WILD && *want == '*')),
                Part::One => (false, *c != '/' && *c != UNKNOWN),
                Part::Class(ranges, not) => {
                    let within = ranges.iter().any(|(from, to)| from <= c && c <= to);
                    (false, *c != '/' && *c != UNKNOWN && within != *not)
                }
                Part::Star => (*c != '/', false),
                Part::Deep => (true, false),
            };
            next[at] |= stays;
            next[at + 1] |= moves;
            reached = true;
        }
        if maybe && matches!(*c, UNKNOWN | WILD) {
            // It may be nothing, or whatever brings us further.
            let first = states.iter().position(|s| *s).unwrap_or(states.len());
            next[first..].fill(true);
        } else if !reached {
            return false;
        }
        std::mem::swap(&mut states, &mut next);
        open(parts, &mut states);
    }
    states[parts.len()]
}

/// A star may be nothing.
fn open(parts: &[Part], states: &mut [bool]) {
    for (at, part) in parts.iter().enumerate() {
        if states[at] && matches!(part, Part::Star | Part::Deep) {
            states[at + 1] = true;
        }
    }
}

/// The patterns that `{a,b}` stands for.
fn alternatives_of(text: &str) -> Result<Vec<String>, String> {
    let mut open = vec![text.to_owned()];
    let mut done = Vec::new();
    while let Some(text) = open.pop() {
        let Some(from) = text.find('{') else {
            done.push(text);
            continue;
        };
        let rest = &text[from + 1..];
        let to = rest.find('}').ok_or("`{` is not closed")?;
        if rest[..to].contains('{') {
            return Err("`{` within `{` is not known".to_owned());
        }
        for choice in rest[..to].split(',') {
            open.push(format!("{}{choice}{}", &text[..from], &rest[to + 1..]));
        }
        if open.len() + done.len() > MAX_ALTERNATIVES {
            return Err(format!("a pattern has at most {MAX_ALTERNATIVES} alternatives"));
        }
    }
    done.sort_unstable();
    Ok(done)
}

fn parts(text: &str, path: bool) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        parts.push(match c {
            '*' => {
                let mut deep = !path;
                while chars.next_if_eq(&'*').is_some() {
                    deep = true;
                }
                if deep { Part::Deep } else { Part::Star }
            }
            '?' => Part::One,
            '[' => {
                let not = chars.next_if_eq(&'!').is_some();
                let mut ranges = Vec::new();
                loop {
                    let from = chars.next().ok_or("`[` is not closed")?;
                    if from == ']' && !ranges.is_empty() {
                        break;
                    }
                    let mut to = from;
                    if chars.next_if_eq(&'-').is_some() {
                        to = chars.next().ok_or("`[` is not closed")?;
                    }
                    ranges.push((from, to));
                }
                Part::Class(ranges, not)
            }
            '\\' => Part::Char(chars.next().ok_or("`\\` at the end")?),
            c => Part::Char(c),
        });
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(pattern: &str, path: bool, text: &str) -> Fit {
        Glob::new(pattern, path).unwrap().fit(text)
    }

    #[test]
    fn stars_stay_within_a_folder_in_paths_alone() {
        assert_eq!(fit("/a/*", true, "/a/b"), Fit::Yes);
        assert_eq!(fit("/a/*", true, "/a/b/c"), Fit::No);
        assert_eq!(fit("/a/**", true, "/a/b/c"), Fit::Yes);
        assert_eq!(fit("/a/**", true, "/a"), Fit::Yes);
        assert_eq!(fit("/a/**", true, "/ab"), Fit::No);
        assert_eq!(fit("a*c", false, "a/b/c"), Fit::Yes);
        assert_eq!(fit("**/.env", true, ".env"), Fit::Yes);
    }

    #[test]
    fn classes_choices_and_escapes_are_understood() {
        assert_eq!(fit("**/x", true, "/a/yx"), Fit::No);
        for (pattern, good, bad) in [
            ("h[ae]llo", "hello", "hillo"),
            ("h[!a-d]llo", "hello", "hallo"),
            ("{a,b}c", "bc", "cc"),
            ("a?c", "abc", "ac"),
            ("\\*", "*", "a"),
            ("WORD", "word", "words"),
        ] {
            assert_eq!(fit(pattern, false, good), Fit::Yes, "{pattern} {good}");
            assert_eq!(fit(pattern, false, bad), Fit::No, "{pattern} {bad}");
        }
        for bad in ["{a", "[a", "{a,{b}}", "\\"] {
            assert!(Glob::new(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_unknown_may_be_anything() {
        let unknown = |text: &str| text.replace('?', &UNKNOWN.to_string());
        assert_eq!(fit("/etc/**", true, &unknown("/etc/?")), Fit::Yes);
        assert_eq!(fit("/etc/**", true, &unknown("?")), Fit::Maybe);
        assert_eq!(fit("/etc/**", true, &unknown("/e?c/x")), Fit::Maybe);
        assert_eq!(fit("/etc/**", true, &unknown("/tmp/?")), Fit::No);
        assert_eq!(fit("push", false, &unknown("pu?")), Fit::Maybe);
        assert_eq!(fit("push", false, &unknown("pull?")), Fit::No);
    }
}
