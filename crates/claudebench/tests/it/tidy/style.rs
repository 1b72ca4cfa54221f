//! Sizes, names and comments.

use std::path::Path;

use super::report;
use super::source::{Source, files, sources, words};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;

/// Words that say nothing about what a thing is for.
const EMPTY_WORDS: &[&str] =
    &["common", "helper", "helpers", "manager", "managers", "misc", "util", "utility", "utils"];

/// What is left to do belongs into the tracker, not into the code.
const LEFTOVERS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];

/// What a name follows in its declaration.
const DECLARES: &[&str] =
    &["fn", "struct", "enum", "union", "trait", "mod", "type", "const", "static", "macro_rules"];

#[test]
fn files_and_functions_fit_on_a_few_screens() {
    let mut offences = Vec::new();
    for source in sources().iter().filter(|s| s.is_rust()) {
        let lines = source.text.lines().count();
        if lines > FILE_LINES {
            offences.push(format!("{}:{lines}: more than {FILE_LINES} lines", source.path));
        }
        for (name, first, last) in source.functions() {
            let lines = last + 1 - first;
            if lines > FUNCTION_LINES {
                offences.push(format!(
                    "{}:{first}: fn {name} has {lines} lines, more than {FUNCTION_LINES}",
                    source.path
                ));
            }
        }
    }
    report("too long, split by subject", &offences);
}

#[test]
fn files_say_what_they_are_for_on_their_first_line() {
    let offences: Vec<_> = rust()
        .filter(|s| s.text.lines().next().and_then(|l| l.strip_prefix("//! ")).is_none())
        .map(|s| format!("{}:1: begin with `//! ` and one sentence", s.path))
        .collect();
    report("files without a purpose", &offences);
}

#[test]
fn names_say_what_a_thing_is_for() {
    let mut offences = Vec::new();
    for source in sources() {
        for part in Path::new(&source.path).with_extension("").iter() {
            if let Some(word) = empty_word(&part.to_string_lossy()) {
                offences.push(format!("{}: `{word}` says nothing", source.path));
            }
        }
        for (line, name) in declared(source) {
            if let Some(word) = empty_word(name) {
                offences.push(format!("{}:{line}: {name}: `{word}` says nothing", source.path));
            }
        }
    }
    report("names to think about again", &offences);
}

#[test]
fn nothing_is_left_for_later() {
    let mut offences = Vec::new();
    let mut look = |path: &str, text: &str| {
        for (line, text) in (1..).zip(text.lines()) {
            for (_, word) in words(text).filter(|(_, word)| LEFTOVERS.contains(word)) {
                offences.push(format!("{path}:{line}: {word}: do it, or track it"));
            }
        }
    };
    for source in sources() {
        look(&source.path, &source.text);
    }
    let mut seen = 0;
    for (path, full) in ["docs", "scripts", "web"].into_iter().flat_map(files) {
        // What npm locks is not ours to word.
        let ours = !path.ends_with("package-lock.json");
        if let Some(text) = std::fs::read_to_string(full).ok().filter(|_| ours) {
            seen += 1;
            look(&path, &text);
        }
    }
    assert!(seen > 20, "only {seen} files were found beside the crates");
    report("leftovers", &offences);
}

fn rust() -> impl Iterator<Item = &'static Source> {
    sources().iter().filter(|s| s.is_rust())
}

/// The names that a file declares, with their lines.
fn declared(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    source.code_lines().flat_map(|(number, line)| {
        let mut before = "";
        words(line).filter_map(move |(_, word)| {
            let declares = DECLARES.contains(&before);
            before = word;
            declares.then_some((number, word))
        })
    })
}

/// The first word of a snake_case, kebab-case or CamelCase name that says nothing.
fn empty_word(name: &str) -> Option<String> {
    let mut parts = String::new();
    for c in name.chars() {
        if c.is_uppercase() {
            parts.push(' ');
        }
        parts.extend(c.to_lowercase());
    }
    parts
        .split(|c: char| !c.is_alphanumeric())
        .find(|part| EMPTY_WORDS.contains(part))
        .map(str::to_owned)
}

#[test]
fn empty_words_are_found_in_names() {
    for name in ["util", "task_utils", "TaskManager", "common-rules"] {
        assert!(empty_word(name).is_some(), "{name}");
    }
    for name in ["utilised", "uncommon", "Managed", "claim"] {
        assert_eq!(empty_word(name), None, "{name}");
    }
}
