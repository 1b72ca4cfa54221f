//! Words into commands: lists, pipelines, groups, branches, loops and functions.
//!
//! Every branch counts as one that runs.

use std::ops::Range;

use super::lex::Parser;
use super::word::{Unit, Word};
use super::{Command, Reads, Trouble, run};

/// What ends a list that a keyword began.
const CLOSING: &[&str] = &["then", "else", "elif", "fi", "do", "done", "esac", "}"];

impl Parser<'_, '_> {
    /// All that there is.
    pub(super) fn program(&mut self) -> Result<(), Trouble> {
        self.deeper(Self::list)?;
        if self.peek().is_some() { Err(self.unexpected("")) } else { Ok(()) }
    }

    /// Commands up to what closes them.
    pub(super) fn list(&mut self) -> Result<(), Trouble> {
        loop {
            self.skip_lines()?;
            match self.peek() {
                None | Some(')') => return Ok(()),
                Some(';') if matches!(self.ahead(1), Some(';' | '&')) => return Ok(()),
                Some(';') => self.at += 1,
                Some('&') if self.ahead(1) != Some('>') => self.at += 1,
                Some(_) if self.keyword().is_some_and(|k| CLOSING.contains(&k.as_str())) => {
                    return Ok(());
                }
                Some(_) => self.pipeline()?,
            }
        }
    }

    /// Commands between `|`. What follows after `&&` or `||` is one more.
    fn pipeline(&mut self) -> Result<(), Trouble> {
        let mut stages = Vec::new();
        loop {
            self.skip_lines()?;
            while self.eat_keyword("!") || self.times()? {
                self.skip_blanks()?;
            }
            let from = self.state.commands.len();
            self.deeper(Self::command)?;
            stages.push(from..self.state.commands.len());
            self.skip_blanks()?;
            if self.starts_with("||") || !self.eat("|") {
                break;
            }
            self.eat("&");
        }
        self.connect(&stages)?;
        if self.eat("&&") || self.eat("||") {
            self.skip_lines()?;
            if matches!(self.peek(), None | Some(')' | ';' | '&' | '|')) {
                return Err(self.unexpected("&&"));
            }
        }
        Ok(())
    }

    /// Takes the keyword `time`. With other flags than `-p`, it is a command.
    fn times(&mut self) -> Result<bool, Trouble> {
        let start = self.at;
        if !self.eat_keyword("time") {
            return Ok(false);
        }
        self.skip_blanks()?;
        let plain = self.eat_keyword("-p") || self.peek() != Some('-');
        if !plain {
            self.at = start;
        }
        Ok(plain)
    }

    /// Says of each command of a pipeline what comes after it, and takes scripts that come through it.
    fn connect(&mut self, stages: &[Range<usize>]) -> Result<(), Trouble> {
        let Some(end) = stages.last().map(|s| s.end).filter(|_| stages.len() > 1) else {
            return Ok(());
        };
        let level = self.level;
        for stage in stages {
            for at in stage.clone() {
                let command = &mut self.state.commands[at];
                if command.level == level {
                    // What stands in a group may have been piped within it before.
                    let inner = Some(&command.downstream).filter(|range| !range.is_empty());
                    command.downstream = inner.map_or(stage.end, |range| range.start)..end;
                }
            }
        }
        for (nth, stage) in stages.iter().enumerate().skip(1) {
            let text = self.output_of(&stages[..nth]);
            let mut scripts = Vec::new();
            for at in stage.clone() {
                let command = &mut self.state.commands[at];
                if command.level != level || command.stdin.is_some() {
                    continue;
                }
                command.stdin.clone_from(&text);
                if command.reads == Reads::Input {
                    command.reads = run::reads_of(text.as_deref());
                    scripts.extend(text.clone().map(|text| (text, command.through())));
                }
            }
            for (text, through) in scripts {
                self.script(&text, through)?;
            }
        }
        Ok(())
    }

    /// What the last of these stages writes, if that is known.
    fn output_of(&self, stages: &[Range<usize>]) -> Option<Vec<Unit>> {
        let (last, before) = stages.split_last()?;
        let mut own = self.state.commands[last.clone()].iter().filter(|c| c.level == self.level);
        let (command, more) = (own.next()?, own.next());
        if more.is_some() {
            return None;
        }
        let name = command.name()?;
        if name == "cat" && command.arguments().is_empty() {
            return command.stdin.clone().or_else(|| self.output_of(before));
        }
        run::printed(&name, command.arguments())
    }

    /// A simple command, or one that is made of others.
    fn command(&mut self) -> Result<(), Trouble> {
        let from = self.state.commands.len();
        if self.peek() == Some('(') {
            self.at += 1;
            if self.peek() == Some('(')
                && let Some(end) = self.arithmetic_end()?
            {
                self.arithmetic(end)?;
            } else {
                let folder = self.state.folder.clone();
                self.list()?;
                self.state.folder = folder;
                if !self.eat(")") {
                    return Err(self.unexpected("("));
                }
            }
            return self.after_group(from);
        }
        let keyword = self.keyword().unwrap_or_default();
        match keyword.as_str() {
            "{" | "if" | "while" | "until" | "for" | "select" | "case" | "[[" => {
                self.at += keyword.len();
            }
            "function" => {
                self.at += keyword.len();
                self.skip_blanks()?;
                self.word()?;
                self.skip_blanks()?;
                if self.eat("(") {
                    self.skip_blanks()?;
                    self.eat(")");
                }
                self.skip_lines()?;
                return self.deeper(Self::command);
            }
            "coproc" => {
                self.at += keyword.len();
                self.skip_blanks()?;
                return self.deeper(Self::command);
            }
            _ => return self.simple(),
        }
        match keyword.as_str() {
            "{" => {
                self.list()?;
                self.expect_keyword("}")?;
            }
            "if" => self.branches()?,
            "while" | "until" => {
                self.list()?;
                self.body()?;
            }
            "case" => self.cases()?,
            "[[" => self.test()?,
            _ => self.repeat()?,
        }
        self.after_group(from)
    }

    /// The redirections of a group hold for all in it.
    fn after_group(&mut self, from: usize) -> Result<(), Trouble> {
        let mut whole = Command { level: self.level, ..Command::default() };
        self.skip_blanks()?;
        while self.redirection(&mut whole)? {
            self.skip_blanks()?;
        }
        if let Some(text) = whole.stdin.take() {
            let to = self.state.commands.len();
            for at in from..to {
                let command = &mut self.state.commands[at];
                if command.reads == Reads::Input && command.stdin.is_none() {
                    command.stdin = Some(text.clone());
                    command.reads = run::reads_of(Some(&text));
                    let through = command.through();
                    self.script(&text, through)?;
                }
            }
        }
        if whole.redirects.is_empty() { Ok(()) } else { self.state.push(whole) }
    }

    fn branches(&mut self) -> Result<(), Trouble> {
        loop {
            self.list()?;
            self.expect_keyword("then")?;
            self.list()?;
            if self.eat_keyword("elif") {
                continue;
            }
            if self.eat_keyword("else") {
                self.list()?;
            }
            return self.expect_keyword("fi");
        }
    }

    fn body(&mut self) -> Result<(), Trouble> {
        self.expect_keyword("do")?;
        self.list()?;
        self.expect_keyword("done")
    }

    /// After `for` or `select`.
    fn repeat(&mut self) -> Result<(), Trouble> {
        self.skip_blanks()?;
        if self.eat("((") {
            self.at -= 1;
            let end = self.arithmetic_end()?.ok_or(Trouble::Open("(("))?;
            self.arithmetic(end)?;
        } else {
            let name = self.word()?.ok_or_else(|| self.unexpected("for"))?.text();
            self.skip_lines()?;
            let mut words = Vec::new();
            if self.eat_keyword("in") {
                self.skip_blanks()?;
                while let Some(word) = self.word()? {
                    words.extend(word.expand());
                    self.skip_blanks()?;
                }
            }
            let value = if words.len() == 1 { words.pop().map(|w| w.units) } else { None };
            self.state.assign(&name, value);
        }
        self.skip_blanks()?;
        self.eat(";");
        self.skip_lines()?;
        if self.eat_keyword("{") {
            self.list()?;
            return self.expect_keyword("}");
        }
        self.body()
    }

    fn cases(&mut self) -> Result<(), Trouble> {
        self.skip_blanks()?;
        self.word()?.ok_or_else(|| self.unexpected("case"))?;
        self.skip_lines()?;
        self.expect_keyword("in")?;
        loop {
            self.skip_lines()?;
            if self.eat_keyword("esac") {
                return Ok(());
            }
            self.eat("(");
            loop {
                self.skip_blanks()?;
                if self.eat(")") {
                    break;
                }
                if !self.eat("|") {
                    self.word()?.ok_or_else(|| self.unexpected("esac"))?;
                }
            }
            self.list()?;
            if !(self.eat(";;&") || self.eat(";;") || self.eat(";&")) {
                self.skip_lines()?;
                return self.expect_keyword("esac");
            }
        }
    }

    /// After `[[`: what matters is what is substituted in it.
    fn test(&mut self) -> Result<(), Trouble> {
        loop {
            self.skip_lines()?;
            if self.eat_keyword("]]") {
                return Ok(());
            }
            match self.peek() {
                None => return Err(Trouble::Open("[[")),
                Some(';' | '&' | '|' | '(' | ')' | '<' | '>') => self.at += 1,
                Some(_) => {
                    self.word()?;
                }
            }
        }
    }

    /// Assignments, words and redirections in any order; or the definition of a function.
    fn simple(&mut self) -> Result<(), Trouble> {
        let mut command = Command { level: self.level, ..Command::default() };
        let mut assignments = Vec::new();
        let start = self.at;
        loop {
            self.skip_blanks()?;
            if self.redirection(&mut command)? {
                continue;
            }
            let Some(word) = self.word()? else { break };
            if command.words.is_empty() {
                if let Some((name, value)) = word.assignment() {
                    // What is added to is not known.
                    let adds = word.units.get(name.len()).is_some_and(|u| u.c == '+');
                    assignments.push((name, Some(value).filter(|_| !adds)));
                    continue;
                }
                self.skip_blanks()?;
                if self.peek() == Some('(') && assignments.is_empty() {
                    return self.function();
                }
            }
            self.state.work(word.units.len())?;
            command.words.extend(word.expand());
        }
        if self.at == start || self.peek() == Some('(') {
            return Err(self.unexpected(""));
        }
        if command.words.is_empty() {
            for (name, value) in assignments {
                self.state.assign(&name, value);
            }
        }
        self.run(command)
    }

    /// `(` stands here, after a name. Its body counts as if it ran.
    fn function(&mut self) -> Result<(), Trouble> {
        self.at += 1;
        self.skip_blanks()?;
        if !self.eat(")") {
            return Err(self.unexpected("("));
        }
        self.skip_lines()?;
        self.deeper(Self::command)
    }

    /// Remembers what `export A=b` and its like assign.
    pub(super) fn declare(&mut self, words: &[Word]) {
        for (name, value) in words.iter().filter_map(Word::assignment) {
            self.state.assign(&name, Some(value));
        }
    }

    /// Forgets the variables that `read` and its like set.
    pub(super) fn forget(&mut self, words: &[Word]) {
        for name in words.iter().map(Word::text) {
            if self.state.variables.contains_key(&name) {
                self.state.assign(&name, None);
            }
        }
    }
}
