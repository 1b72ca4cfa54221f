//! Words of a shell command: their characters, what of them is quoted, and what nobody can know.

use std::ops::Range;

/// Stands for text that is known only when the command runs: `$X`, `$(...)`.
pub(crate) const UNKNOWN: char = '\u{F8FE}';
/// Stands for an unquoted `*`, `?` or `[...]` in a path: names of one folder.
pub(crate) const WILD: char = '\u{F8FF}';

/// Stands for any number of words, as `$@` does.
pub(crate) const MANY: [char; 2] = [UNKNOWN, WILD];

/// More results of a brace expansion than anybody writes by hand.
const MAX_BRACES: usize = 64;
/// Braces in braces beyond this are not followed.
const MAX_BRACE_DEPTH: usize = 8;

/// A character, and whether quotes take its special meaning away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Unit {
    pub(crate) c: char,
    pub(crate) quoted: bool,
}

/// A word after quotes and what is known of expansions are resolved.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Word {
    pub(crate) units: Vec<Unit>,
    /// Where it stands in the command that was given; none within scripts in it.
    pub(crate) span: Option<Range<usize>>,
    /// Was there a `<(...)` or `>(...)` in it?
    pub(crate) process: bool,
}

impl Word {
    /// A word that is known in full.
    pub(crate) fn literal(text: &str) -> Self {
        let units = text.chars().map(|c| Unit { c, quoted: true }).collect();
        Self { units, ..Self::default() }
    }

    /// A word of which nothing is known.
    pub(crate) fn unknown() -> Self {
        Self { units: vec![Unit { c: UNKNOWN, quoted: true }], ..Self::default() }
    }

    /// The text, with [`UNKNOWN`] where it is not known.
    pub(crate) fn text(&self) -> String {
        self.units.iter().map(|u| u.c).collect()
    }

    /// The text as a path, with [`WILD`] for wildcards that the shell would expand.
    pub(crate) fn path_text(&self) -> String {
        let close = self.last_bracket();
        let mut text = String::with_capacity(self.units.len());
        for (at, unit) in self.units.iter().enumerate() {
            let wild = is_wild(unit, at, close);
            // `.*` may be `..`.
            let hidden = wild && at > 0 && self.units[at - 1].c == '.';
            text.push(match (wild, hidden) {
                (true, true) => UNKNOWN,
                (true, false) => WILD,
                _ => unit.c,
            });
        }
        text
    }

    fn last_bracket(&self) -> usize {
        self.units.iter().rposition(|u| u.c == ']').unwrap_or(0)
    }

    /// The name and the value of `NAME=value`.
    pub(crate) fn assignment(&self) -> Option<(String, Vec<Unit>)> {
        let equals = self.units.iter().position(|u| u.c == '=')?;
        let mut name: String = self.units[..equals].iter().map(|u| u.c).collect();
        if name.ends_with('+') {
            name.pop();
        }
        let base = name.split('[').next().unwrap_or_default();
        let plain = base.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !base.starts_with(|c: char| c.is_ascii_digit())
            && !base.is_empty()
            && (base.len() == name.len() || name.ends_with(']'))
            && self.units[..equals].iter().all(|u| !u.quoted);
        plain.then(|| (name, self.units[equals + 1..].to_vec()))
    }

    /// The words that this one becomes: braces, then fields.
    pub(crate) fn expand(self) -> Vec<Self> {
        let special = |u: &Unit| !u.quoted && (u.c == '{' || u.c.is_whitespace());
        if !self.units.iter().any(special) {
            return vec![self];
        }
        let (span, process) = (self.span, self.process);
        braces(&self.units, 0)
            .iter()
            .flat_map(|units| fields(units))
            .map(|units| Self { units, span: span.clone(), process })
            .collect()
    }
}

/// Is this a wildcard? A `[` alone is none: it is the name of a command.
fn is_wild(unit: &Unit, at: usize, last_bracket: usize) -> bool {
    let opens = || unit.c == '[' && at < last_bracket;
    !unit.quoted && (matches!(unit.c, '*' | '?') || opens())
}

/// Splits at blanks that come from an unquoted variable.
fn fields(units: &[Unit]) -> Vec<Vec<Unit>> {
    units
        .split(|u| !u.quoted && u.c.is_whitespace())
        .filter(|field| !field.is_empty())
        .map(<[Unit]>::to_vec)
        .collect()
}

/// `{a,b}` in a word; what is too much or a range becomes unknown.
fn braces(units: &[Unit], depth: usize) -> Vec<Vec<Unit>> {
    let Some((open, commas, close)) = group(units) else { return vec![units.to_vec()] };
    let unknown = || {
        let mut whole = units[..open].to_vec();
        whole.push(Unit { c: UNKNOWN, quoted: false });
        vec![whole]
    };
    if commas.is_empty() || commas.len() >= MAX_BRACES || depth >= MAX_BRACE_DEPTH {
        return unknown();
    }
    let mut middles = Vec::new();
    let mut from = open + 1;
    for end in commas.into_iter().chain([close]) {
        middles.extend(braces(&units[from..end], depth + 1));
        from = end + 1;
    }
    // Groups one after the other multiply: they count as depth, too.
    let tails = braces(&units[close + 1..], depth + 1);
    if middles.len() * tails.len() > MAX_BRACES {
        return unknown();
    }
    let mut words = Vec::new();
    for middle in &middles {
        for tail in &tails {
            words.push([&units[..open], middle, tail].concat());
        }
    }
    words
}

/// The first group of braces that is expanded: where it opens, its commas, where it closes.
fn group(units: &[Unit]) -> Option<(usize, Vec<usize>, usize)> {
    // Each open brace, with the commas seen in it and whether it holds a range.
    let mut open: Vec<(usize, Vec<usize>, bool)> = Vec::new();
    let mut found: Option<(usize, Vec<usize>, usize)> = None;
    for (at, unit) in units.iter().enumerate().filter(|(_, u)| !u.quoted) {
        match unit.c {
            '{' => open.push((at, Vec::new(), false)),
            ',' => {
                if let Some(last) = open.last_mut() {
                    last.1.push(at);
                }
            }
            '.' if units.get(at + 1).is_some_and(|u| u.c == '.') => {
                if let Some(last) = open.last_mut() {
                    last.2 = true;
                }
            }
            '}' => {
                let Some((from, commas, range)) = open.pop() else { continue };
                if !commas.is_empty() || range {
                    found = Some((from, commas, at));
                }
                if open.is_empty() && found.is_some() {
                    return found;
                }
            }
            _ => {}
        }
    }
    found
}
