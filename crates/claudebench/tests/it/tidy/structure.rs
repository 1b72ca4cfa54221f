//! What may stand where: no dead files, SQL in one crate, domains behind their borders.

use std::collections::BTreeSet;

use super::report;
use super::source::{Source, files, line_of, sources, words};

#[test]
fn every_file_is_compiled() {
    let paths: BTreeSet<&str> =
        sources().iter().filter(|s| s.is_rust()).map(|s| s.path.as_str()).collect();
    let mut alive = BTreeSet::new();
    let mut next: Vec<&str> = paths.iter().copied().filter(|path| is_root(path)).collect();
    assert!(next.len() >= 6, "the roots of the crates were not found: {next:?}");
    while let Some(path) = next.pop() {
        if !alive.insert(path) {
            continue;
        }
        let Some(source) = sources().iter().find(|s| s.path == path) else { continue };
        let folder = folder_of_modules(path);
        for name in modules(&source.code) {
            for file in [format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs")] {
                next.extend(paths.get(file.as_str()));
            }
        }
    }
    let offences: Vec<_> = paths
        .difference(&alive)
        .map(|path| format!("{path}: no `mod` leads here: add it or delete the file"))
        .collect();
    report("dead files", &offences);
}

/// What a crate is made of.
const KINDS: &[&str] = &["json", "lua", "rs", "sql", "toml"];

/// Bad input, a seed a file: of no kind on purpose.
const CORPUS: &str = "crates/claudebench/tests/corpus/";

#[test]
fn nothing_lies_about() {
    let known = |path: &str| path.rsplit_once('.').is_some_and(|(_, end)| KINDS.contains(&end));
    let offences: Vec<_> = files("crates")
        .into_iter()
        // A part whose reasons are longer than its code's comments has a page of its own.
        .filter(|(path, _)| {
            !known(path) && !path.starts_with(CORPUS) && !path.ends_with("/DESIGN.md")
        })
        .map(|(path, _)| format!("{path}: delete it, or say in KINDS what such files are for"))
        .collect();
    report("stray files", &offences);
}

/// Is this where a target of cargo begins?
fn is_root(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').skip(2).collect();
    matches!(
        parts.as_slice(),
        ["build.rs"]
            | ["src", "lib.rs" | "main.rs"]
            | ["src", "bin", _]
            | ["tests" | "benches" | "examples", _]
            | ["tests" | "benches" | "examples", _, "main.rs"]
    )
}

/// Where the modules that a file declares lie.
fn folder_of_modules(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.trim_end_matches(".rs");
    if is_root(path) || stem == "mod" { folder.to_owned() } else { format!("{folder}/{stem}") }
}

/// The names in `mod name;`.
fn modules(code: &str) -> impl Iterator<Item = &str> {
    words(code).filter(|(_, word)| *word == "mod").filter_map(|(at, _)| {
        let (name, _) = code[at + 3..].split_once([';', '{'])?;
        let end = code.as_bytes().get(at + 3 + name.len());
        (end == Some(&b';')).then_some(name.trim())
    })
}

/// Where SQL may stand beside the store: what steers the servers of the tests, and this folder, which
/// must name what it looks for.
const STEERING: &[&str] =
    &["crates/testkit/src/postgres/", "crates/testkit/tests/", "crates/claudebench/tests/it/tidy/"];

#[test]
fn sql_lives_in_the_store() {
    let mut offences = Vec::new();
    let ours = |s: &&Source| {
        s.krate() != "store" && !STEERING.iter().any(|folder| s.path.starts_with(folder))
    };
    for source in sources().iter().filter(ours) {
        if source.path.ends_with(".sql") {
            offences.push(format!("{}: move it to crates/store", source.path));
        }
        for (line, text) in statements(source) {
            offences.push(format!(
                "{}:{line}: `{text}`: add what you need to the trait of `store`",
                source.path
            ));
        }
    }
    report("SQL out of its crate", &offences);
}

#[test]
fn statements_stand_in_files_of_their_own() {
    let mut offences = Vec::new();
    for source in sources().iter().filter(|s| s.krate() == "store") {
        let tests = source.test_lines();
        for (line, text) in statements(source) {
            let tested = tests.iter().any(|(first, last)| (*first..=*last).contains(&line));
            if !tested && !text.to_ascii_lowercase().starts_with("pragma") {
                offences.push(format!("{}:{line}: `{text}`: move it to a .sql file", source.path));
            }
        }
    }
    report("statements in Rust", &offences);
}

/// The literals that begin like a statement, with their lines.
fn statements(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    source.literals.iter().filter(|l| is_sql(&l.text)).map(|l| (l.line, l.text.trim()))
}

/// Does a text begin like a statement?
fn is_sql(text: &str) -> bool {
    let lower = text.trim_start().to_ascii_lowercase();
    let mut parts = lower.split_whitespace();
    match (parts.next(), parts.next(), parts.next()) {
        (Some("select" | "with"), Some(_), Some(_)) => {
            // Only where it is written as SQL is: prose selects things from lists, too.
            text.contains("SELECT") || (lower.contains(" from ") && lower.contains(['*', '=', '?']))
        }
        (Some("insert" | "replace"), Some("into" | "or"), Some(_))
        | (Some("delete"), Some("from"), Some(_))
        | (Some("update"), Some(_), Some("set"))
        | (Some("create" | "drop" | "alter"), Some("table" | "index" | "view" | "trigger"), _) => {
            true
        }
        (Some("pragma"), Some(_), None) => true,
        _ => false,
    }
}

#[test]
fn a_domain_knows_the_others_by_their_methods_and_events_alone() {
    let domains: BTreeSet<&str> = sources().iter().filter_map(domain).collect();
    let mut offences = Vec::new();
    for source in sources() {
        let Some(own) = domain(source) else { continue };
        for (at, name) in words(&source.code) {
            if name == own || !domains.contains(name) {
                continue;
            }
            if let Some(inside) = reached_into(&source.code, at, name) {
                offences.push(format!(
                    "{}:{}: `crate::{name}::{inside}` is inside `{name}`: call its method by \
                     `cx.call(..)`, or name a type that its mod.rs makes public",
                    source.path,
                    line_of(&source.code, at)
                ));
            }
        }
    }
    report("domains that reach into each other", &offences);
}

/// The domain of `services` that a file belongs to.
fn domain(source: &Source) -> Option<&str> {
    let rest = source.path.strip_prefix("crates/services/src/")?;
    rest.split_once('/').map(|(domain, _)| domain)
}

/// What `crate::name::` at this place names, if it is anything but types (which begin with a
/// capital letter).
fn reached_into<'a>(code: &'a str, at: usize, name: &str) -> Option<&'a str> {
    if !["crate::", "super::super::"].iter().any(|from| code[..at].ends_with(from)) {
        return None;
    }
    let rest = &code[at + name.len()..];
    let rest = rest.strip_prefix("::").unwrap_or(rest);
    let end = match rest.strip_prefix('{') {
        Some(group) => group.find('}').map_or(rest.len(), |n| n + 2),
        None => rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()),
    };
    let named = &rest[..end];
    let mut types =
        named.split([',', '{', '}']).map(str::trim).filter(|n| !n.is_empty()).peekable();
    let only_types = types.peek().is_some() && types.all(|n| n.starts_with(char::is_uppercase));
    (!only_types).then_some(named)
}

#[test]
fn statements_are_told_from_prose() {
    for sql in ["SELECT 1 + 1", "delete from tasks", "UPDATE t SET a = 1", "pragma user_version"] {
        assert!(is_sql(sql), "{sql}");
    }
    for prose in ["Select a server from the list", "update the file", "with a lease of 5 s"] {
        assert!(!is_sql(prose), "{prose}");
    }
}

#[test]
fn a_domain_may_name_types_of_another() {
    let inside = |code: &str| {
        reached_into(code, code.find("swarm").unwrap_or(0), "swarm").map(str::to_owned)
    };
    assert_eq!(inside("use crate::swarm::{Assign, Assigned};"), None);
    assert_eq!(inside("cx.call(crate::swarm::Assign { })"), None);
    assert_eq!(inside("let swarm = 1;"), None);
    assert_eq!(inside("use crate::swarm::plan::Plan;"), Some("plan".into()));
    assert_eq!(inside("use crate::swarm::{Assign, plan};"), Some("{Assign, plan}".into()));
    assert_eq!(inside("use crate::swarm;"), Some(String::new()));
}
