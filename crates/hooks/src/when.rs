//! The conditions of a rule.

use serde_json::Value;

use crate::call::{Subject, ToolCall};
use crate::error::Fault;
use crate::file::{RawWhen, Texts};
use crate::pattern::{Candidate, Fit, List, Of};
use crate::shell::{Command, MANY, Place, Reads, Script, UNKNOWN, Word};
use crate::verdict::Layer;

/// How deep conditions may lie in each other, and how deep an input is looked at.
const MAX_DEPTH: usize = 16;

/// What conditions look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Commands,
    Paths,
    Call,
}

/// Conditions that must all hold of the same command, path or call.
#[derive(Clone, Debug)]
pub(crate) struct When {
    conditions: Vec<(&'static str, Condition)>,
}

#[derive(Clone, Debug)]
enum Condition {
    Name(List),
    /// Each with the names that it goes by.
    FlagsAll(Vec<Vec<String>>),
    FlagsAny(Vec<Vec<String>>),
    Arguments(List),
    LastArgument(List),
    OnlyArguments(List),
    Through(List),
    WritesTo(List),
    PipesInto(List),
    Stdin(List),
    UnknownCommand,
    UnknownScript,
    UnknownEither,
    Path(List),
    Input(Vec<String>, List),
    LargerThan(u64),
    All(Vec<When>),
    Not(Vec<When>),
}

/// What conditions are held against.
pub(crate) struct Seen<'a> {
    pub(crate) call: &'a ToolCall<'a>,
    pub(crate) script: Option<&'a Script>,
    /// What allows must be certain.
    pub(crate) certain: bool,
}

impl When {
    pub(crate) fn new(raw: &RawWhen, depth: usize, layer: Layer) -> Result<Self, Fault> {
        let mut conditions = Vec::new();
        let mut list = |key, texts: &Option<Texts>, of, make: fn(List) -> Condition| {
            if let Some(texts) = texts {
                conditions.push((key, make(List::new(texts, of, layer)?)));
            }
            Ok::<_, Fault>(())
        };
        // What is cheap and tells most comes first.
        list("command", &raw.command, Of::Text, Condition::Name)?;
        list("through", &raw.through, Of::Text, Condition::Through)?;
        list("path", &raw.path, Of::Path, Condition::Path)?;
        list("arguments", &raw.arguments, Of::Word, Condition::Arguments)?;
        list("last_argument", &raw.last_argument, Of::Word, Condition::LastArgument)?;
        list("only_arguments", &raw.only_arguments, Of::Word, Condition::OnlyArguments)?;
        list("writes_to", &raw.writes_to, Of::Path, Condition::WritesTo)?;
        list("pipes_into", &raw.pipes_into, Of::Text, Condition::PipesInto)?;
        list("stdin", &raw.stdin, Of::Text, Condition::Stdin)?;
        let flags = |texts: &Texts| texts.0.iter().map(flag).collect::<Result<Vec<_>, _>>();
        if let Some(texts) = &raw.flags_all {
            conditions.push(("flags_all", Condition::FlagsAll(flags(texts)?)));
        }
        if let Some(texts) = &raw.flags_any {
            conditions.push(("flags_any", Condition::FlagsAny(flags(texts)?)));
        }
        if let Some(texts) = &raw.unknown {
            conditions.push(("unknown", unknown(texts)?));
        }
        for (field, texts) in &raw.input {
            let steps = field.split('.').map(str::to_owned).collect();
            conditions.push(("input", Condition::Input(steps, List::new(texts, Of::Text, layer)?)));
        }
        if let Some(bytes) = raw.larger_than {
            conditions.push(("larger_than", Condition::LargerThan(bytes)));
        }
        for (key, raw, make) in [
            ("all", &raw.all, Condition::All as fn(_) -> _),
            ("not", &raw.not, Condition::Not as fn(_) -> _),
        ] {
            if depth >= MAX_DEPTH {
                return Err(Fault::new(0..0, "conditions lie too deep in each other"));
            }
            let inner = raw.0.iter().map(|raw| Self::new(raw, depth + 1, layer));
            let inner = inner.collect::<Result<Vec<_>, _>>()?;
            if !inner.is_empty() {
                conditions.push((key, make(inner)));
            }
        }
        Ok(Self { conditions })
    }

    /// What its conditions look at, each once.
    pub(crate) fn kinds(&self, kinds: &mut Vec<Kind>) {
        for (_, condition) in &self.conditions {
            match condition {
                Condition::All(inner) | Condition::Not(inner) => {
                    inner.iter().for_each(|when| when.kinds(kinds));
                }
                Condition::Path(_) => kinds.push(Kind::Paths),
                Condition::Input(..) | Condition::LargerThan(_) => kinds.push(Kind::Call),
                _ => kinds.push(Kind::Commands),
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Do all hold? If not, the place and the name of the first one that does not.
    pub(crate) fn fit(
        &self,
        seen: &Seen<'_>,
        subject: Subject<'_>,
        steps: &mut u64,
    ) -> (Fit, Option<(usize, &'static str)>) {
        let mut fit = Fit::Yes;
        for (nth, (key, condition)) in self.conditions.iter().enumerate() {
            *steps += 1;
            fit = fit.min(condition.fit(seen, subject, steps));
            if fit == Fit::No {
                return (fit, Some((nth, *key)));
            }
        }
        (fit, None)
    }
}

impl Condition {
    fn fit(&self, seen: &Seen<'_>, subject: Subject<'_>, steps: &mut u64) -> Fit {
        match (self, subject) {
            (Self::All(inner), _) => {
                inner.iter().map(|w| w.fit(seen, subject, steps).0).min().unwrap_or(Fit::Yes)
            }
            (Self::Not(inner), _) => {
                match inner.iter().map(|w| w.fit(seen, subject, steps).0).max() {
                    Some(Fit::Yes) => Fit::No,
                    Some(Fit::Maybe) => Fit::Maybe,
                    _ => Fit::Yes,
                }
            }
            (Self::Path(list), Subject::Path(path)) => {
                list.fit(&Candidate::path(path, None, seen.call.place()))
            }
            (Self::Input(field, list), _) => within(seen.call.input, field, list, 0, steps),
            (Self::LargerThan(bytes), _) => Fit::of(largest(seen.call.input, 0) as u64 > *bytes),
            (condition, Subject::Command(command)) => condition.of_command(seen, command, steps),
            _ => Fit::No,
        }
    }

    fn of_command(&self, seen: &Seen<'_>, command: &Command, steps: &mut u64) -> Fit {
        let place = seen.call.place();
        let arguments = command.arguments();
        let mut words = |list: &List, words: &[Word], all: bool| {
            let fits = words.iter().map(|word| {
                *steps += 1 + word.units.len() as u64 / 16;
                word_fits(list, word, command, place, seen.certain)
            });
            let fit = if all { fits.min() } else { fits.max() };
            fit.unwrap_or(Fit::No)
        };
        match self {
            Self::Name(list) => match command.name() {
                Some(name) => list.fit(&Candidate::text(name)),
                // A rule about unknown commands speaks about these.
                None => Fit::No,
            },
            Self::FlagsAll(flags) => {
                flags.iter().map(|f| flag_fits(f, arguments)).min().unwrap_or(Fit::Yes)
            }
            Self::FlagsAny(flags) => {
                flags.iter().map(|f| flag_fits(f, arguments)).max().unwrap_or(Fit::No)
            }
            Self::Arguments(list) => words(list, arguments, false),
            Self::LastArgument(list) => {
                let last = arguments.len().saturating_sub(1);
                words(list, &arguments[last..], false)
            }
            Self::OnlyArguments(list) => words(list, &operands(arguments), true),
            Self::Through(list) => {
                let names = command.through.iter().map(|w| Candidate::text(&w.name));
                names.map(|name| list.fit(&name)).max().unwrap_or(Fit::No)
            }
            Self::WritesTo(list) => words(list, &command.writes(), false),
            Self::PipesInto(list) => {
                let Some(script) = seen.script else { return Fit::No };
                let names = script.downstream(command).filter_map(Command::name);
                names
                    .map(|name| {
                        *steps += 1;
                        list.fit(&Candidate::text(name))
                    })
                    .max()
                    .unwrap_or(Fit::No)
            }
            Self::Stdin(list) => match command.stdin() {
                Some(text) => {
                    *steps += text.len() as u64 / 16;
                    list.fit(&Candidate::text(text))
                }
                None => Fit::No,
            },
            Self::UnknownCommand => is_unknown(command),
            Self::UnknownScript => Fit::of(command.reads == Reads::Unknown),
            Self::UnknownEither => {
                is_unknown(command).max(Fit::of(command.reads == Reads::Unknown))
            }
            _ => Fit::No,
        }
    }
}

fn is_unknown(command: &Command) -> Fit {
    Fit::of(command.name().is_none() && !command.words.is_empty())
}

/// The names of a flag, as in `r|R|recursive`.
fn flag(text: &toml::Spanned<String>) -> Result<Vec<String>, Fault> {
    let names: Vec<String> = text.get_ref().split('|').map(str::to_owned).collect();
    if names.iter().any(|name| name.is_empty() || name.starts_with('-')) {
        return Err(Fault::new(text.span(), "flags are written without `-`: \"r|recursive\""));
    }
    Ok(names)
}

fn unknown(texts: &Texts) -> Result<Condition, Fault> {
    let (mut command, mut script) = (false, false);
    for text in &texts.0 {
        match text.get_ref().as_str() {
            "command" => command = true,
            "script" => script = true,
            _ => return Err(Fault::new(text.span(), "expected \"command\" or \"script\"")),
        }
    }
    Ok(match (command, script) {
        (true, true) => Condition::UnknownEither,
        (true, false) => Condition::UnknownCommand,
        _ => Condition::UnknownScript,
    })
}

/// A word, or its value after `=`.
fn word_fits(list: &List, word: &Word, command: &Command, place: Place<'_>, certain: bool) -> Fit {
    let folder = command.folder.as_deref();
    let text = word.text();
    let mut open = text.contains(UNKNOWN);
    // Where the command runs matters to what is not absolute.
    open |= folder.is_some_and(|folder| folder.contains(UNKNOWN));
    let fit = if list.has_paths() {
        let path = word.path_text();
        open |= path.contains(UNKNOWN);
        let value = path.split_once('=').map(|(_, value)| Candidate::path(value, folder, place));
        let mut whole = Candidate::path(&path, folder, place);
        whole.text.clone_from(&text);
        let value = value.map_or(Fit::No, |value| list.fit(&value));
        list.fit(&whole).max(value)
    } else {
        list.fit(&Candidate::text(text.as_str()))
    };
    if certain && open { fit.min(Fit::Maybe) } else { fit }
}

/// The arguments that are no flags.
fn operands(arguments: &[Word]) -> Vec<Word> {
    let end = arguments.iter().position(|w| w.text() == "--").unwrap_or(arguments.len());
    let (before, after) = arguments.split_at(end);
    let plain = before.iter().filter(|w| !w.text().starts_with('-'));
    plain.chain(after.iter().skip(1)).cloned().collect()
}

/// Is a flag given: `-r`, `-fr`, `--recursive`, `--recurs`, `-recurse`?
fn flag_fits(names: &[String], arguments: &[Word]) -> Fit {
    let mut fit = Fit::No;
    for word in arguments {
        let text = word.text();
        if text == "--" {
            break;
        }
        // `$@` may be flags as well.
        if text.chars().eq(MANY) {
            fit = Fit::Maybe;
        }
        // What is unknown may be nothing: then `$X-rf` is a flag.
        let known = text.trim_start_matches(UNKNOWN);
        let Some(flag) = known.strip_prefix('-') else { continue };
        let given = match flag.strip_prefix('-') {
            Some(long) => {
                let long = long.split('=').next().unwrap_or_default();
                !long.is_empty() && names.iter().any(|n| n.len() > 1 && n.starts_with(long))
            }
            None => names.iter().any(|n| {
                let mut letters = n.chars();
                match (letters.next(), letters.next()) {
                    (Some(letter), None) => flag.contains(letter),
                    _ => flag.eq_ignore_ascii_case(n),
                }
            }),
        };
        if given && known.len() == text.len() {
            return Fit::Yes;
        }
        if given || flag.contains(UNKNOWN) {
            fit = Fit::Maybe;
        }
    }
    fit
}

/// Does a text at this place of the input fit? `*` is any field or item, `**` any depth.
fn within(value: &Value, field: &[String], list: &List, depth: usize, steps: &mut u64) -> Fit {
    *steps += 1;
    let Some((first, rest)) = field.split_first() else {
        return match value {
            Value::String(text) => {
                *steps += text.len() as u64 / 1024;
                list.fit(&Candidate::text(text))
            }
            Value::Number(_) | Value::Bool(_) => list.fit(&Candidate::text(value.to_string())),
            _ => Fit::No,
        };
    };
    if depth > MAX_DEPTH {
        return Fit::Maybe;
    }
    let inner: Vec<&Value> = match value {
        Value::Object(fields) if first.starts_with('*') => fields.values().collect(),
        Value::Array(items) if first.starts_with('*') => items.iter().collect(),
        Value::Object(fields) => fields.get(first).into_iter().collect(),
        Value::Array(items) => {
            first.parse().ok().and_then(|at: usize| items.get(at)).into_iter().collect()
        }
        _ => Vec::new(),
    };
    let mut best = Fit::No;
    if first == "**" {
        best = within(value, rest, list, depth + 1, steps);
    }
    let next = if first == "**" { field } else { rest };
    for value in inner {
        if best == Fit::Yes {
            break;
        }
        best = best.max(within(value, next, list, depth + 1, steps));
    }
    best
}

/// The length of the longest text in the input, in bytes.
fn largest(value: &Value, depth: usize) -> usize {
    match value {
        Value::String(text) => text.len(),
        _ if depth > MAX_DEPTH => 0,
        Value::Array(items) => items.iter().map(|v| largest(v, depth + 1)).max().unwrap_or(0),
        Value::Object(all) => all.values().map(|v| largest(v, depth + 1)).max().unwrap_or(0),
        _ => 0,
    }
}
