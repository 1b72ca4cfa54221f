//! Redirections, and documents in the command.

use super::lex::Parser;
use super::word::Unit;
use super::{Command, Trouble};

impl Parser<'_, '_> {
    /// Reads a redirection into a command, if one stands here.
    pub(super) fn redirection(&mut self, command: &mut Command) -> Result<bool, Trouble> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.next()?;
        }
        if self.at == start && self.peek() == Some('{') {
            self.descriptor()?;
        }
        let marked = self.at > start;
        let here = match self.peek() {
            Some('<' | '>') => marked || self.ahead(1) != Some('('),
            Some('&') => !marked && self.ahead(1) == Some('>'),
            _ => false,
        };
        if !here {
            self.at = start;
            return Ok(false);
        }
        if self.eat("<<<") {
            let mut text = self.target("<<<")?.units;
            text.push(Unit { c: '\n', quoted: true });
            command.stdin = Some(text);
        } else if self.starts_with("<<") {
            command.stdin = Some(self.document()?);
        } else if self.eat("<>") {
            command.redirects.push(self.target("<>")?);
        } else if self.eat("<&") {
            self.target("<&")?;
        } else if self.eat("<") {
            // Of a file nobody knows the text here; that of a pipe may be anything.
            let from = self.target("<")?;
            if from.process {
                command.stdin = Some(from.units);
            }
        } else {
            self.eat("&");
            self.eat(">");
            let copies = self.eat("&");
            if !copies && !self.eat(">") {
                self.eat("|");
            }
            let to = self.target(">")?;
            let text = to.text();
            if !(copies && text.chars().all(|c| c.is_ascii_digit() || c == '-')) {
                command.redirects.push(to);
            }
        }
        Ok(true)
    }

    /// `{name}` before `<` or `>`.
    fn descriptor(&mut self) -> Result<(), Trouble> {
        let start = self.at;
        self.at += 1;
        while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
            self.next()?;
        }
        if !(self.eat("}") && matches!(self.peek(), Some('<' | '>'))) {
            self.at = start;
        }
        Ok(())
    }

    fn target(&mut self, of: &'static str) -> Result<super::Word, Trouble> {
        self.skip_blanks()?;
        self.word()?.ok_or_else(|| self.unexpected(of))
    }

    /// `<<` stands here. The document begins after this line; it is taken now, and skipped then.
    fn document(&mut self) -> Result<Vec<Unit>, Trouble> {
        self.eat("<<");
        let tabs = self.eat("-");
        let mark = self.target("<<")?;
        let plain = mark.units.iter().any(|u| u.quoted);
        let mark: Vec<char> = mark.units.iter().map(|u| u.c).collect();
        let (line, mut at) = match self.documents {
            Some(found) => found,
            None => {
                let line = self.line_end()?;
                (line, (line + 1).min(self.chars.len()))
            }
        };
        let mut body = Vec::new();
        while at < self.chars.len() {
            let rest = &self.chars[at..];
            let length = rest.iter().position(|c| *c == '\n').unwrap_or(rest.len());
            self.state.work(length + 1)?;
            let from = rest[..length].iter().take_while(|c| tabs && **c == '\t').count();
            let text = &rest[from..length];
            at = (at + length + 1).min(self.chars.len());
            if text == mark {
                break;
            }
            body.extend_from_slice(text);
            body.push('\n');
        }
        self.documents = Some((line, at));
        if plain {
            return Ok(body.into_iter().map(|c| Unit { c, quoted: true }).collect());
        }
        let mut units = Vec::new();
        let mut inner = self.within(body)?;
        // The commands that are substituted in it run a level deeper.
        inner.double_quoted(&mut units, None)?;
        Ok(units)
    }

    /// Where this line ends: it goes on after a `\`.
    fn line_end(&mut self) -> Result<usize, Trouble> {
        let mut at = self.at;
        while at < self.chars.len() && self.chars[at] != '\n' {
            at += 1 + usize::from(self.chars[at] == '\\');
            self.state.work(1)?;
        }
        Ok(at.min(self.chars.len()))
    }
}
