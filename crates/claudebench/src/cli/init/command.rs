//! The commands that others are told to run: how this program is called by them, and whether a command
//! of theirs runs it.

use std::path::{Path, PathBuf};

use crate::config::Config;

/// The name of this program.
pub(in crate::cli) const NAME: &str = "claudebench";

/// How this program is called by others: by its name where a shell finds it, else by its whole path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::cli) struct Program {
    /// The word that calls it.
    pub(in crate::cli) word: String,
    /// Whether that is its name.
    pub(in crate::cli) by_name: bool,
}

impl Program {
    /// This one.
    pub(in crate::cli) fn own() -> Self {
        let own = std::env::current_exe().and_then(|path| path.canonicalize());
        let found = Config::in_path(NAME);
        match own {
            Ok(own) if found.as_ref() != Some(&own) => {
                Self { word: own.to_string_lossy().into_owned(), by_name: false }
            }
            _ => Self { word: NAME.into(), by_name: true },
        }
    }

    /// A command for a shell.
    pub(in crate::cli) fn command(&self, argument: &str) -> String {
        format!("{} {argument}", quoted(&self.word))
    }
}

/// Where a command leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Leads {
    /// To this program, or to the one that a shell finds.
    Here,
    /// To another program of its name.
    Elsewhere,
    /// To nothing.
    Nowhere,
}

/// A command that runs this program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::cli) struct Run {
    /// The word that calls it.
    pub(in crate::cli) word: String,
    /// Whether nothing else is said than that one argument.
    pub(in crate::cli) plain: bool,
}

impl Run {
    /// Reads the words of a command; nothing, if it runs something else.
    fn of(words: &[String], argument: &str) -> Option<Self> {
        let set = words.iter().take_while(|word| is_setting(word)).count();
        let (word, rest) = words.get(set..)?.split_first()?;
        let named = Path::new(word).file_name().is_some_and(|name| name == NAME);
        (named && rest.first().is_some_and(|first| first == argument))
            .then(|| Self { word: word.clone(), plain: set == 0 && rest.len() == 1 })
    }

    /// Reads a command for a shell.
    pub(in crate::cli) fn read(command: &str, argument: &str) -> Option<Self> {
        Self::of(&words(command), argument)
    }

    /// Reads a program and its arguments.
    pub(in crate::cli) fn of_program(
        program: &str,
        arguments: &[String],
        argument: &str,
    ) -> Option<Self> {
        let all: Vec<String> =
            std::iter::once(program.to_owned()).chain(arguments.iter().cloned()).collect();
        Self::of(&all, argument)
    }

    /// Where it leads.
    pub(in crate::cli) fn leads(&self) -> Leads {
        let known = Config::in_path(NAME);
        if !self.word.contains('/') {
            return if known.is_some() { Leads::Here } else { Leads::Nowhere };
        }
        let own = std::env::current_exe().and_then(|path| path.canonicalize()).ok();
        match PathBuf::from(&self.word).canonicalize().ok() {
            None => Leads::Nowhere,
            found if found == own || found == known => Leads::Here,
            Some(_) => Leads::Elsewhere,
        }
    }

    /// Whether it names a program by its path, and nothing is there.
    pub(in crate::cli) fn is_gone(&self) -> bool {
        self.word.contains('/') && !PathBuf::from(&self.word).is_file()
    }
}

/// Whether a word before a command sets a variable for it.
fn is_setting(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | ':' | '@');
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The words of a simple command.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let mut rest = command.chars();
    while let Some(c) = rest.next() {
        match c {
            c if c.is_whitespace() => words.extend(word.take()),
            '\'' => word.get_or_insert_default().extend(rest.by_ref().take_while(|c| *c != '\'')),
            '"' => {
                let word = word.get_or_insert_default();
                while let Some(c) = rest.next().filter(|c| *c != '"') {
                    word.extend(if c == '\\' { rest.next() } else { Some(c) });
                }
            }
            '\\' => word.get_or_insert_default().extend(rest.next()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_known_however_it_is_written() {
        for (command, word, plain) in [
            ("claudebench hook", "claudebench", true),
            ("  claudebench   hook ", "claudebench", true),
            ("/opt/a/claudebench hook", "/opt/a/claudebench", true),
            ("'/opt/a b/claudebench' hook", "/opt/a b/claudebench", true),
            ("\"/opt/a b/claudebench\" hook --rules x", "/opt/a b/claudebench", false),
            ("/opt/a\\ b/claudebench hook", "/opt/a b/claudebench", true),
            ("X=1 claudebench hook", "claudebench", false),
        ] {
            let run = Run { word: word.into(), plain };
            assert_eq!(Run::read(command, "hook"), Some(run), "{command}");
        }
        for other in
            ["", "claudebench", "claudebench mcp", "xclaudebench hook", "echo claudebench hook"]
        {
            assert_eq!(Run::read(other, "hook"), None, "{other}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for word in
            ["claudebench", "/a b/claudebench", "/it's/claudebench", "/$HOME/\"x\"/claudebench"]
        {
            let program = Program { word: word.into(), by_name: false };
            let run = Run::read(&program.command("hook"), "hook").unwrap();
            assert_eq!((run.word.as_str(), run.plain), (word, true));
        }
    }
}
