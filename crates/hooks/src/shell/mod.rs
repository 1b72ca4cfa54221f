//! Reads a shell command into the simple commands that it would run.
//!
//! Written for judging, not for running: it takes a little more than a shell does, follows every
//! branch, and keeps count of its work, so that no input makes it slow or deep. A parser made for a
//! shell (brush-parser) was tried first: it recurses without a bound, and brings C with it.

mod expand;
mod lex;
mod parse;
mod redirect;
mod run;
mod word;
mod wrappers;
mod writes;

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use crate::pattern::normal;

use word::Unit;
pub(crate) use word::{MANY, UNKNOWN, WILD, Word};

/// The longest command that is read.
const MAX_BYTES: usize = 64 * 1024;
/// How deep scripts, substitutions and groups may lie in each other.
const MAX_DEPTH: usize = 32;
/// More simple commands than a person would read.
const MAX_COMMANDS: usize = 1000;
/// More words than they would have.
const MAX_WORDS: usize = 4096;
/// Characters read and words made, each as often as it happens.
const MAX_STEPS: u64 = 1_000_000;

/// Where a command would run.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) cwd: Option<&'a str>,
    pub(crate) home: Option<&'a str>,
}

/// Why a command, or the rest of one, could not be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("the command is longer than {} KiB", MAX_BYTES / 1024)]
    TooLong,
    #[error("the command nests deeper than {MAX_DEPTH} levels")]
    TooDeep,
    #[error("it is more than {MAX_COMMANDS} commands or {MAX_WORDS} words, or expands too far")]
    TooMuch,
    #[error("`{0}` is not closed")]
    Open(&'static str),
    #[error("unexpected `{0}`")]
    Unexpected(String),
}

/// What is known of the script that a command would run.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum Reads {
    /// It runs none, or one that was read.
    #[default]
    Nothing,
    /// It runs what comes on its standard input.
    Input,
    /// It runs one that nobody can know before.
    Unknown,
}

/// A command before this one that starts it: `sudo`, `env`, `xargs`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Wrapper {
    pub(crate) name: String,
    /// What to take away from the command that was given to be rid of it.
    pub(crate) span: Option<Range<usize>>,
}

/// A simple command as it would run, without what starts it.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Command {
    /// Its name and its arguments; empty if it is a redirection alone.
    pub(crate) words: Vec<Word>,
    pub(crate) through: Vec<Wrapper>,
    /// The files that its redirections write.
    pub(crate) redirects: Vec<Word>,
    /// What it gets on its standard input, if that is known.
    pub(crate) stdin: Option<Vec<Unit>>,
    pub(crate) reads: Reads,
    /// The folder that it runs in, if a `cd` before it says so.
    pub(crate) folder: Option<String>,
    /// In how many substitutions it stands.
    level: usize,
    /// The commands that it is piped into, by their places.
    downstream: Range<usize>,
}

impl Command {
    /// The name without its folder; `None` if nobody can know it.
    pub(crate) fn name(&self) -> Option<String> {
        self.words.first().and_then(name_of)
    }

    /// What starts the commands of a script that it runs.
    fn through(&self) -> Vec<Wrapper> {
        let own = self.name().map(|name| Wrapper { name, span: None });
        self.through.iter().cloned().chain(own).collect()
    }

    /// Its arguments.
    pub(crate) fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// Its standard input as text, if that is known.
    pub(crate) fn stdin(&self) -> Option<String> {
        self.stdin.as_ref().map(|units| units.iter().map(|u| u.c).collect())
    }

    /// The files that it would change.
    pub(crate) fn writes(&self) -> Vec<Word> {
        writes::of(self)
    }

    /// As one would write it, cut to a line.
    pub(crate) fn shown(&self) -> String {
        let words = self.through.iter().map(|w| w.name.clone());
        let words = words.chain(self.words.iter().map(Word::text));
        let words = words.chain(self.redirects.iter().map(|r| format!("> {}", r.text())));
        let text = words.collect::<Vec<_>>().join(" ").replace(UNKNOWN, "$…");
        shorten(&text.replace(WILD, ""))
    }
}

/// A text cut to a line.
pub(crate) fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(120).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short.replace(['\n', '\r'], " ")
}

/// The name of the program that a word starts.
fn name_of(word: &Word) -> Option<String> {
    // The name may be known where the folder is not: `$ROOT/bin/tool`. Not in `rm$IFS-rf$IFS/x`,
    // which is several words.
    let splits = |(at, unit): (usize, &Unit)| at > 0 && unit.c == UNKNOWN && !unit.quoted;
    if word.units.iter().enumerate().any(splits) {
        return None;
    }
    let text = word.path_text();
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
    if name.contains([UNKNOWN, WILD]) {
        return None;
    }
    // Systems that do not tell the case apart run `RM`, too.
    let lower = name.to_ascii_lowercase();
    Some(lower.strip_suffix(".exe").unwrap_or(&lower).to_owned())
}

/// The simple commands of a script.
#[derive(Clone, Default, Debug)]
pub(crate) struct Script {
    pub(crate) commands: Vec<Command>,
    /// What was not read, and why.
    pub(crate) trouble: Option<Trouble>,
    /// How much work that was.
    pub(crate) steps: u64,
}

impl Script {
    /// Reads the text of a command.
    pub(crate) fn read(text: &str, place: Place<'_>) -> Self {
        let mut state = State::new(place);
        if text.len() > MAX_BYTES {
            return state.done(Some(Trouble::TooLong));
        }
        let trouble = lex::Parser::new(text, &mut state).program().err();
        if !state.reassigned {
            return state.done(trouble);
        }
        // A variable may be read, in a function or a loop, after it got another value further down.
        let mut again = State::new(place);
        again.variables = state.variables;
        again.variables.retain(|_, value| value.is_none());
        let trouble = lex::Parser::new(text, &mut again).program().err();
        let script = again.done(trouble);
        Script { steps: script.steps + state.steps, ..script }
    }

    /// Takes a command that is given word for word, without a shell.
    pub(crate) fn of_words(words: &[Value], place: Place<'_>) -> Self {
        let mut state = State::new(place);
        let texts: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        if texts.iter().map(|t| t.len() + 1).sum::<usize>() > MAX_BYTES {
            return state.done(Some(Trouble::TooLong));
        }
        let words = texts.into_iter().map(Word::literal).collect();
        let mut parser = lex::Parser::new("", &mut state);
        let trouble = parser.run(Command { words, ..Command::default() }).err();
        state.done(trouble)
    }

    /// The commands that one of them is piped into.
    pub(crate) fn downstream(&self, command: &Command) -> impl Iterator<Item = &Command> {
        let level = command.level;
        let after = self.commands.get(command.downstream.clone()).unwrap_or_default();
        after.iter().filter(move |c| c.level == level)
    }
}

/// What all parts of one reading share.
struct State<'a> {
    place: Place<'a>,
    commands: Vec<Command>,
    /// How many words the commands have.
    words: usize,
    steps: u64,
    /// What variables hold; `None` if that depends on how it runs.
    variables: BTreeMap<String, Option<Vec<Unit>>>,
    /// Did one that was known get another value?
    reassigned: bool,
    /// Where `cd` has led.
    folder: Option<String>,
}

impl<'a> State<'a> {
    fn new(place: Place<'a>) -> Self {
        Self {
            place,
            commands: Vec::new(),
            words: 0,
            steps: 0,
            variables: BTreeMap::new(),
            reassigned: false,
            folder: None,
        }
    }

    fn done(self, trouble: Option<Trouble>) -> Script {
        Script { commands: self.commands, trouble, steps: self.steps }
    }

    /// Counts work, and stops when it is too much.
    fn work(&mut self, steps: usize) -> Result<(), Trouble> {
        self.steps += steps as u64;
        if self.steps > MAX_STEPS { Err(Trouble::TooMuch) } else { Ok(()) }
    }

    fn push(&mut self, mut command: Command) -> Result<(), Trouble> {
        self.work(command.words.iter().map(|w| 1 + w.units.len()).sum())?;
        self.words += command.words.len();
        if self.commands.len() >= MAX_COMMANDS || self.words > MAX_WORDS {
            return Err(Trouble::TooMuch);
        }
        command.folder.clone_from(&self.folder);
        self.commands.push(command);
        Ok(())
    }

    /// Follows a `cd`, as far as one can know.
    fn enter(&mut self, folder: Option<&Word>) {
        let Place { cwd, home } = self.place;
        let folder = folder.map_or_else(|| "~".to_owned(), Word::path_text);
        let known = !matches!(folder.as_str(), "-" | "--") && !folder.contains(WILD);
        let folder = if known { folder } else { UNKNOWN.to_string() };
        let from = self.folder.as_deref().or(cwd);
        self.folder = Some(normal(&folder, from, home));
    }

    /// A variable that gets a value twice may hold either.
    fn assign(&mut self, name: &str, value: Option<Vec<Unit>>) {
        let before = self.variables.get(name);
        self.reassigned |= before.is_some_and(Option::is_some);
        let value = if before.is_some() { None } else { value };
        self.variables.insert(name.to_owned(), value);
    }
}
