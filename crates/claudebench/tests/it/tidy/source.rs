//! Reads the sources of the workspace, and tells code from comments and literals in them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A file of `crates/`.
pub(super) struct Source {
    /// From the root of the workspace, with `/`.
    pub(super) path: String,
    pub(super) text: String,
    /// The text of a Rust file with comments and the contents of literals blanked, line for line
    /// and character for character. Empty for other files.
    pub(super) code: String,
    pub(super) literals: Vec<Literal>,
}

/// A string literal.
pub(super) struct Literal {
    /// Counted from 1.
    pub(super) line: usize,
    /// As written, escapes and all.
    pub(super) text: String,
}

impl Source {
    pub(super) fn new(path: String, text: String) -> Self {
        let (code, literals) =
            if path.ends_with(".rs") { Scanner::scan(&text) } else { Default::default() };
        Self { path, text, code, literals }
    }

    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The name of its crate's folder.
    pub(super) fn krate(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or_default()
    }

    /// Lines of code with their numbers.
    pub(super) fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().zip(1..).map(|(line, number)| (number, line))
    }

    /// Each function's name, with its first and last line. One without a body is left out.
    pub(super) fn functions(&self) -> Vec<(String, usize, usize)> {
        words(&self.code)
            .filter(|(_, word)| *word == "fn")
            .filter_map(|(at, _)| {
                let rest = &self.code[at + 2..];
                let name: String =
                    rest.trim_start().chars().take_while(|c| is_word(*c) || *c == '$').collect();
                let (open, close) = body(rest).filter(|_| !name.is_empty())?;
                debug_assert!(open < close);
                Some((name, line_of(&self.code, at), line_of(&self.code, at + 2 + close)))
            })
            .collect()
    }

    /// The lines of modules and functions that exist in tests alone.
    pub(super) fn test_lines(&self) -> Vec<(usize, usize)> {
        let last = self.text.lines().count();
        if self.path.contains("/tests/") || self.path.ends_with("/tests.rs") {
            return vec![(1, last)];
        }
        self.code
            .match_indices("#[cfg(test)]")
            .filter_map(|(at, _)| {
                let (_, close) = body(&self.code[at + 12..])?;
                Some((line_of(&self.code, at), line_of(&self.code, at + 12 + close)))
            })
            .collect()
    }
}

/// All sources of `crates/`, by path. What cannot be read is missed: `tidy` counts what it got.
pub(super) fn sources() -> &'static [Source] {
    static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
        let read = |(path, full): (String, PathBuf)| {
            let known = full.extension().is_some_and(|e| e == "rs" || e == "sql" || e == "toml");
            let text = fs::read_to_string(&full).ok().filter(|_| known)?;
            Some(Source::new(path, text))
        };
        files("crates").into_iter().filter_map(read).collect()
    });
    &SOURCES
}

/// All files of a folder of the workspace, but hidden ones and what is built or installed: each
/// with its path from the root.
pub(super) fn files(folder: &str) -> Vec<(String, PathBuf)> {
    let mut paths = Vec::new();
    let read = walk(&root().join(folder), &mut paths);
    assert!(read.is_ok(), "{folder} cannot be read: {read:?}");
    paths.sort();
    let named = |path: PathBuf| {
        let name = path.strip_prefix(root()).ok()?.to_str()?.replace('\\', "/");
        Some((name, path))
    };
    paths.into_iter().filter_map(named).collect()
}

/// The root of the workspace.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') || name == "target" || name == "node_modules" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// The words of a text, each with the place where it begins.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(is_word)?;
        let end = text[start..].find(|c| !is_word(c)).map_or(text.len(), |n| start + n);
        from = end;
        Some((start, &text[start..end]))
    })
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The number of the line that `at` stands on, from 1.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// Where the first `{ .. }` of an item begins and ends; nothing if a `;` comes before it.
pub(super) fn body(code: &str) -> Option<(usize, usize)> {
    let mut inside = 0_i32;
    let open = code.char_indices().find(|(_, c)| {
        match c {
            '(' | '[' => inside += 1,
            ')' | ']' => inside -= 1,
            _ => {}
        }
        inside <= 0 && matches!(c, '{' | ';')
    })?;
    let (open, '{') = open else { return None };
    let mut depth = 0_i32;
    let close = code[open..].char_indices().find(|(_, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    Some((open, open + close.0))
}

/// Walks over a Rust source once.
struct Scanner<'a> {
    rest: &'a str,
    line: usize,
    code: String,
    literals: Vec<Literal>,
}

impl<'a> Scanner<'a> {
    fn scan(text: &'a str) -> (String, Vec<Literal>) {
        let code = String::with_capacity(text.len());
        let mut scanner = Self { rest: text, line: 1, code, literals: Vec::new() };
        while !scanner.rest.is_empty() {
            scanner.step();
        }
        (scanner.code, scanner.literals)
    }

    fn step(&mut self) {
        let in_word = self.code.ends_with(is_word);
        if self.rest.starts_with("//") {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            self.blank(end);
        } else if self.rest.starts_with("/*") {
            self.blank(comment(self.rest));
        } else if let Some((prefix, hashes)) = (!in_word).then(|| raw_prefix(self.rest)).flatten() {
            let close = format!("\"{}", "#".repeat(hashes));
            let inside = self.rest[prefix..].find(&close).unwrap_or(self.rest.len() - prefix);
            self.literal(prefix, inside, close.len());
        } else if self.rest.starts_with('"') {
            self.literal(1, quoted(&self.rest[1..], '"'), 1);
        } else if self.rest.starts_with('\'') && is_char(self.rest) {
            self.keep(1);
            self.blank(quoted(self.rest, '\''));
            self.keep(1);
        } else {
            self.keep(self.rest.chars().next().map_or(0, char::len_utf8));
        }
    }

    fn literal(&mut self, open: usize, inside: usize, close: usize) {
        self.keep(open);
        let text = self.rest[..inside].to_owned();
        self.literals.push(Literal { line: self.line, text });
        self.blank(inside);
        self.keep(close);
    }

    fn keep(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at(bytes.min(self.rest.len()));
        self.line += taken.matches('\n').count();
        self.code.push_str(taken);
        self.rest = rest;
    }

    fn blank(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at(bytes.min(self.rest.len()));
        self.line += taken.matches('\n').count();
        self.code.extend(taken.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        self.rest = rest;
    }
}

/// The length of a block comment; they nest.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// The length of what begins a raw string, and its hashes: `r"`, `br#"`, `cr##"`.
fn raw_prefix(text: &str) -> Option<(usize, usize)> {
    let letters = ["r", "br", "cr"]
        .into_iter()
        .find(|p| text.strip_prefix(p).is_some_and(|rest| rest.starts_with(['"', '#'])))?;
    let hashes = text[letters.len()..].bytes().take_while(|b| *b == b'#').count();
    let prefix = letters.len() + hashes + 1;
    (text.as_bytes().get(prefix - 1) == Some(&b'"')).then_some((prefix, hashes))
}

/// The length of what stands before the closing quote.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    text.find(|c| {
        let end = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        end
    })
    .unwrap_or(text.len())
}

/// Is this a character, not a lifetime?
fn is_char(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    match chars.next() {
        Some('\\') => true,
        Some(_) => chars.next() == Some('\''),
        None => false,
    }
}

#[test]
fn code_is_told_from_comments_and_literals() {
    let text = r####"fn a<'x>(q: char) { /* { /* " */ { */
    let _ = ['"', '\'', '{', b'\\']; // }
    let _ = ("}\"{", r#"} " {"#, b"{", "\\"); 'x: loop {} }
fn b(x: [u8; 2]); fn c(f: fn(u8) -> u8) where u8: Copy { r#fn() }
"####;
    let source = Source::new("crates/x/src/x.rs".into(), text.into());
    assert_eq!(source.functions(), [("a".into(), 1, 3), ("c".into(), 4, 4)]);
    let literals: Vec<_> = source.literals.iter().map(|l| (l.line, l.text.as_str())).collect();
    assert_eq!(literals, [(3, "}\\\"{"), (3, "} \" {"), (3, "{"), (3, "\\\\")]);
    assert_eq!(source.code.chars().count(), text.chars().count());
}
