//! What the shell replaces in a word: variables, substitutions, `~`.

use super::Trouble;
use super::lex::Parser;
use super::word::{MANY, UNKNOWN, Unit, Word};
use super::{Reads, Wrapper};

impl Parser<'_, '_> {
    /// After a `$`.
    pub(super) fn dollar(&mut self, units: &mut Vec<Unit>, quoted: bool) -> Result<(), Trouble> {
        let unknown = Unit { c: UNKNOWN, quoted };
        match self.peek() {
            Some('(') => {
                self.at += 1;
                if self.peek() == Some('(')
                    && let Some(end) = self.arithmetic_end()?
                {
                    self.arithmetic(end)?;
                } else {
                    self.substitution()?;
                }
                units.push(unknown);
            }
            Some('{') => {
                self.at += 1;
                self.deeper(|p| p.braced(units, quoted))?;
            }
            Some('[') => {
                // The old way to write `$((...))`.
                while let Some(c) = self.next()? {
                    match c {
                        ']' => break,
                        '$' => self.deeper(|p| p.dollar(&mut Vec::new(), true))?,
                        '`' => self.backquoted(&mut Vec::new(), true)?,
                        _ => {}
                    }
                }
                units.push(unknown);
            }
            Some('\'') if !quoted => {
                self.at += 1;
                self.c_quoted(units)?;
            }
            // A text to be translated.
            Some('"') if !quoted => {}
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let name = self.name()?;
                self.variable(&name, units, quoted)?;
            }
            Some(c) if c.is_ascii_digit() || "@*#?$!-".contains(c) => {
                self.at += 1;
                let many = if "@*".contains(c) { &MANY[..] } else { &MANY[..1] };
                // Unlike a wildcard, its second mark is no choice among files.
                units.extend(many.iter().map(|c| Unit { c: *c, quoted }));
            }
            _ => units.push(Unit { c: '$', quoted }),
        }
        Ok(())
    }

    fn name(&mut self) -> Result<String, Trouble> {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
            self.next()?;
            name.push(c);
        }
        Ok(name)
    }

    /// What a variable holds, as far as one can know.
    fn variable(&mut self, name: &str, units: &mut Vec<Unit>, quoted: bool) -> Result<(), Trouble> {
        let place = self.state.place;
        let splits = !quoted && self.state.variables.contains_key("IFS");
        let known = match self.state.variables.get(name) {
            // Nobody knows what it is split into.
            _ if splits => None,
            Some(value) => value.clone(),
            None => match name {
                "HOME" => Some(chars(place.home.unwrap_or("~"))),
                "PWD" => place.cwd.map(chars),
                _ => None,
            },
        };
        let Some(value) = known else {
            units.push(Unit { c: UNKNOWN, quoted });
            return Ok(());
        };
        // Variables of variables grow fast.
        self.state.work(value.len())?;
        units.extend(value.iter().map(|u| Unit { c: u.c, quoted }));
        Ok(())
    }

    /// After `${`: a variable, or something that is made of one.
    fn braced(&mut self, units: &mut Vec<Unit>, quoted: bool) -> Result<(), Trouble> {
        let name = self.name()?;
        if self.eat("}") {
            return self.variable(&name, units, quoted);
        }
        let mut inner = Word::default();
        loop {
            match self.peek() {
                None => return Err(Trouble::Open("${")),
                Some('}') => break,
                // Between double quotes, a single one is plain.
                Some('\'') if quoted => self.at += 1,
                Some(_) => self.piece(&mut inner)?,
            }
        }
        self.at += 1;
        units.push(Unit { c: UNKNOWN, quoted });
        Ok(())
    }

    /// After a `(`: commands, up to its `)`.
    fn substitution(&mut self) -> Result<(), Trouble> {
        self.level += 1;
        let folder = self.state.folder.clone();
        let result = self.deeper(Self::list);
        self.state.folder = folder;
        self.level -= 1;
        result?;
        if self.eat(")") { Ok(()) } else { Err(self.unexpected("$(")) }
    }

    /// After a backquote.
    pub(super) fn backquoted(
        &mut self,
        units: &mut Vec<Unit>,
        quoted: bool,
    ) -> Result<(), Trouble> {
        let mut script = Vec::new();
        loop {
            match self.next()? {
                None => return Err(Trouble::Open("`")),
                Some('`') => break,
                Some('\\') => match self.peek() {
                    Some(c) if "$`\\".contains(c) || (quoted && c == '"') => {
                        self.at += 1;
                        script.push(c);
                    }
                    _ => script.push('\\'),
                },
                Some(c) => script.push(c),
            }
        }
        let mut inner = self.within(script)?;
        inner.level += 1;
        inner.program()?;
        units.push(Unit { c: UNKNOWN, quoted });
        Ok(())
    }

    /// The second `(` of `((` stands here: where its `))` begins, if it is arithmetic.
    pub(super) fn arithmetic_end(&mut self) -> Result<Option<usize>, Trouble> {
        let mut open = 0_usize;
        for at in self.at + 1..self.chars.len() {
            self.state.work(1)?;
            match self.chars[at] {
                '(' => open += 1,
                ')' if open > 0 => open -= 1,
                ')' => return Ok((self.chars.get(at + 1) == Some(&')')).then_some(at)),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Takes arithmetic: what matters is what is substituted in it.
    pub(super) fn arithmetic(&mut self, end: usize) -> Result<(), Trouble> {
        let inner = self.chars[self.at + 1..end].to_vec();
        self.at = end + 2;
        self.within(inner)?.double_quoted(&mut Vec::new(), None)
    }

    /// `<(...)` or `>(...)` stands here: the name of a pipe.
    pub(super) fn process(&mut self, word: &mut Word) -> Result<(), Trouble> {
        let reads = self.peek() == Some('>');
        self.at += 2;
        let from = self.state.commands.len();
        self.substitution()?;
        if reads {
            // They get what is written there, which may be anything.
            for command in &mut self.state.commands[from..] {
                if command.reads == Reads::Input {
                    command.reads = Reads::Unknown;
                }
            }
        }
        word.process = true;
        word.units.push(Unit { c: UNKNOWN, quoted: true });
        Ok(())
    }

    /// May `(` begin the values of an array here?
    pub(super) fn is_array(&self, word: &Word) -> bool {
        word.units.last().is_some_and(|u| u.c == '=' && !u.quoted)
            && word.assignment().is_some_and(|(_, value)| value.is_empty())
    }

    /// `(` stands here: the values of an array.
    pub(super) fn array(&mut self, word: &mut Word) -> Result<(), Trouble> {
        self.at += 1;
        loop {
            self.skip_lines()?;
            if self.eat(")") {
                break;
            }
            let value = self.deeper(Self::word)?;
            value.ok_or_else(|| self.unexpected("("))?;
        }
        word.units.push(Unit { c: UNKNOWN, quoted: true });
        Ok(())
    }

    /// `~` at the beginning of a word, or of a value.
    pub(super) fn tilde(&self, units: &mut Vec<Unit>) {
        let value = units.iter().position(|u| u.c == '=').map_or(0, |at| at + 1);
        for start in [value, 0] {
            if units.get(start) != Some(&Unit { c: '~', quoted: false }) {
                continue;
            }
            let rest = &units[start + 1..];
            let end = rest.iter().position(|u| u.c == '/').unwrap_or(rest.len());
            let user: String = rest[..end].iter().map(|u| u.c).collect();
            let place = self.state.place;
            let path = match (user.as_str(), place.cwd) {
                ("", _) => chars(place.home.unwrap_or("~")),
                ("+", Some(cwd)) => chars(cwd),
                // The home of root is a system's folder.
                ("root", _) => chars("/root"),
                _ => vec![Unit { c: UNKNOWN, quoted: true }],
            };
            units.splice(start..=start + end, path);
        }
    }

    /// Reads a script that a command runs, and takes what is in it.
    pub(super) fn script(&mut self, text: &[Unit], through: Vec<Wrapper>) -> Result<(), Trouble> {
        let folder = self.state.folder.clone();
        let inner_shell = through.last().is_none_or(|w| w.name != "eval");
        let mut inner = self.within(text.iter().map(|u| u.c).collect())?;
        inner.through = through;
        let result = inner.program();
        // What `eval` runs, it runs in the same shell.
        if inner_shell {
            self.state.folder = folder;
        }
        result
    }
}

fn chars(text: &str) -> Vec<Unit> {
    text.chars().map(|c| Unit { c, quoted: true }).collect()
}
