//! Characters into words: quotes, escapes, comments.

use super::word::{UNKNOWN, Unit, WILD, Word};
use super::{MAX_DEPTH, State, Trouble, Wrapper};

/// Reads one script. What is read goes into the state, which scripts within it share.
pub(super) struct Parser<'s, 'p> {
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
    pub(super) depth: usize,
    /// In how many substitutions the place is.
    pub(super) level: usize,
    /// Is this the command that was given, not a script in it?
    pub(super) top: bool,
    /// What started the shell that runs this script.
    pub(super) through: Vec<Wrapper>,
    /// The end of a line after which documents stand, and where these end.
    pub(super) documents: Option<(usize, usize)>,
    pub(super) state: &'s mut State<'p>,
}

impl<'s, 'p> Parser<'s, 'p> {
    pub(super) fn new(text: &str, state: &'s mut State<'p>) -> Self {
        // Nobody can write what we mark with.
        let mark = |c| if matches!(c, UNKNOWN | WILD) { '\u{FFFD}' } else { c };
        let chars = text.chars().map(mark).collect();
        let through = Vec::new();
        Self { chars, at: 0, depth: 0, level: 0, top: true, through, documents: None, state }
    }

    /// A reader of a script in this one; its text may hold [`UNKNOWN`].
    pub(super) fn within(&mut self, chars: Vec<char>) -> Result<Parser<'_, 'p>, Trouble> {
        if self.depth >= MAX_DEPTH {
            return Err(Trouble::TooDeep);
        }
        self.state.work(chars.len())?;
        Ok(Parser {
            chars,
            at: 0,
            depth: self.depth + 1,
            level: self.level,
            top: false,
            through: self.through.clone(),
            documents: None,
            state: self.state,
        })
    }

    /// Runs a part one level deeper.
    pub(super) fn deeper<T>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        if self.depth >= MAX_DEPTH {
            return Err(Trouble::TooDeep);
        }
        self.depth += 1;
        let result = part(self);
        self.depth -= 1;
        result
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.ahead(0)
    }

    pub(super) fn ahead(&self, by: usize) -> Option<char> {
        self.chars.get(self.at + by).copied()
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(n, c)| self.ahead(n) == Some(c))
    }

    /// Takes this text if it stands here.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let here = self.starts_with(text);
        if here {
            self.at += text.chars().count();
        }
        here
    }

    /// Takes a character.
    pub(super) fn next(&mut self) -> Result<Option<char>, Trouble> {
        self.state.work(1)?;
        let c = self.peek();
        self.at += usize::from(c.is_some());
        Ok(c)
    }

    /// Skips blanks, continued lines and comments.
    pub(super) fn skip_blanks(&mut self) -> Result<(), Trouble> {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.ahead(1) == Some('\n') => self.at += 2,
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.next()?;
                    }
                }
                _ => return Ok(()),
            }
            self.state.work(1)?;
        }
    }

    /// Skips blanks and ends of lines, with the documents after them.
    pub(super) fn skip_lines(&mut self) -> Result<(), Trouble> {
        loop {
            self.skip_blanks()?;
            if self.peek() != Some('\n') {
                return Ok(());
            }
            self.end_line()?;
        }
    }

    /// Takes the end of a line, with the documents after it.
    pub(super) fn end_line(&mut self) -> Result<(), Trouble> {
        self.state.work(1)?;
        match self.documents.take() {
            Some((line, end)) if line == self.at => self.at = end,
            other => {
                self.documents = other;
                self.at += 1;
            }
        }
        Ok(())
    }

    /// Reads a word; `None` where none stands.
    pub(super) fn word(&mut self) -> Result<Option<Word>, Trouble> {
        let start = self.at;
        let mut word = Word::default();
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | ')' => break,
                '(' if self.is_array(&word) => self.array(&mut word)?,
                '<' | '>' if self.ahead(1) == Some('(') => self.process(&mut word)?,
                '(' | '<' | '>' => break,
                _ => self.piece(&mut word)?,
            }
        }
        if self.at == start {
            return Ok(None);
        }
        self.tilde(&mut word.units);
        word.span = self.top.then_some(start..self.at);
        Ok(Some(word))
    }

    /// Reads a quoted part, an expansion or a plain character of a word.
    pub(super) fn piece(&mut self, word: &mut Word) -> Result<(), Trouble> {
        let units = &mut word.units;
        match self.next()? {
            Some('\\') => match self.next()? {
                Some('\n') | None => {}
                Some(c) => units.push(Unit { c, quoted: true }),
            },
            Some('\'') => loop {
                match self.next()? {
                    Some('\'') => break,
                    Some(c) => units.push(Unit { c, quoted: true }),
                    None => return Err(Trouble::Open("'")),
                }
            },
            Some('"') => self.double_quoted(units, Some('"'))?,
            Some('$') => self.dollar(units, false)?,
            Some('`') => self.backquoted(units, false)?,
            Some(c) => units.push(Unit { c, quoted: false }),
            None => {}
        }
        Ok(())
    }

    /// Reads to the closing quote, or all that there is, as between double quotes.
    pub(super) fn double_quoted(
        &mut self,
        units: &mut Vec<Unit>,
        close: Option<char>,
    ) -> Result<(), Trouble> {
        loop {
            match self.next()? {
                None if close.is_none() => return Ok(()),
                None => return Err(Trouble::Open("\"")),
                c if c == close => return Ok(()),
                Some('\\') => match self.peek() {
                    Some('\n') => self.at += 1,
                    Some(c @ ('$' | '`' | '"' | '\\')) => {
                        self.at += 1;
                        units.push(Unit { c, quoted: true });
                    }
                    _ => units.push(Unit { c: '\\', quoted: true }),
                },
                Some('$') => self.dollar(units, true)?,
                Some('`') => self.backquoted(units, true)?,
                Some(c) => units.push(Unit { c, quoted: true }),
            }
        }
    }

    /// `$'...'`: the escapes of C.
    pub(super) fn c_quoted(&mut self, units: &mut Vec<Unit>) -> Result<(), Trouble> {
        loop {
            let c = match self.next()?.ok_or(Trouble::Open("$'"))? {
                '\'' => return Ok(()),
                '\\' => match self.next()?.ok_or(Trouble::Open("$'"))? {
                    'a' => '\u{7}',
                    'b' => '\u{8}',
                    'e' | 'E' => '\u{1b}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'v' => '\u{b}',
                    'x' => self.code(16, 2),
                    'u' => self.code(16, 4),
                    'U' => self.code(16, 8),
                    'c' => self.next()?.map_or(UNKNOWN, |c| char::from((c as u32 & 31) as u8)),
                    '0'..='7' => {
                        self.at -= 1;
                        self.code(8, 3)
                    }
                    c => c,
                },
                c => c,
            };
            // The end of a C string: nothing after it is seen.
            if c != '\0' {
                units.push(Unit { c, quoted: true });
            }
        }
    }

    /// A character by its number.
    fn code(&mut self, radix: u32, most: usize) -> char {
        let mut value = 0_u32;
        for _ in 0..most {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(radix)) else { break };
            value = value.wrapping_mul(radix).wrapping_add(digit);
            self.at += 1;
        }
        char::from_u32(value).filter(|c| !matches!(*c, UNKNOWN | WILD)).unwrap_or(UNKNOWN)
    }

    /// A word of plain characters that stands here, which may be a keyword.
    pub(super) fn keyword(&self) -> Option<String> {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let end = |c: &char| c.is_ascii_whitespace() || ";&|<>()".contains(*c);
        let text: String = rest.iter().take(9).take_while(|c| !end(c)).collect();
        (!text.is_empty()).then_some(text)
    }

    /// Takes this keyword if it stands here.
    pub(super) fn eat_keyword(&mut self, word: &str) -> bool {
        let here = self.keyword().is_some_and(|k| k == word);
        if here {
            self.at += word.len();
        }
        here
    }

    pub(super) fn expect_keyword(&mut self, word: &'static str) -> Result<(), Trouble> {
        if self.eat_keyword(word) {
            return Ok(());
        }
        Err(self.unexpected(word))
    }

    /// What stands here instead of what was to come.
    pub(super) fn unexpected(&self, wanted: &'static str) -> Trouble {
        match self.peek() {
            None => Trouble::Open(wanted),
            Some('\n') => Trouble::Unexpected("end of line".to_owned()),
            Some(c) => Trouble::Unexpected(self.keyword().unwrap_or_else(|| c.to_string())),
        }
    }
}
