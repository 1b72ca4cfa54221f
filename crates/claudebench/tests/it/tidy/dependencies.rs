//! Who may depend on what, and which crates may come in twice.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;

use toml::{Table, Value};

use super::report;
use super::source::{root, sources, words};

/// A world that is fenced in: these dependencies, in these crates alone.
struct Fence {
    dependencies: &'static [&'static str],
    crates: &'static [&'static str],
    instead: &'static str,
}

const FENCES: &[Fence] = &[
    Fence {
        dependencies: &["rusqlite", "libsqlite3-sys", "deadpool", "deadpool-postgres", "sqlx"],
        crates: &["store"],
        instead: "SQL lives in `store`: add what you need to its trait",
    },
    Fence {
        dependencies: &["tokio-postgres"],
        // The servers of the tests are steered by it.
        crates: &["store", "testkit"],
        instead: "SQL lives in `store`: add what you need to its trait",
    },
    Fence {
        dependencies: &["redis", "fred", "deadpool-redis"],
        // The servers of the tests are steered by it.
        crates: &["coordination", "testkit"],
        instead: "Redis lives in `coordination`: add what you need to one of its traits",
    },
    Fence {
        dependencies: &["axum", "hyper", "hyper-util", "tower", "tower-http", "tokio-tungstenite"],
        crates: &["claudebench"],
        instead: "HTTP lives in `claudebench`: declare a method, its transports come with it",
    },
    Fence {
        dependencies: &["clap", "clap_complete"],
        crates: &["claudebench"],
        instead: "the terminal lives in `claudebench`",
    },
    Fence {
        dependencies: &["tokio"],
        crates: &["store", "coordination", "services", "claudebench", "testkit"],
        instead: "`core` does no I/O and waits for nothing: move what waits to a crate above it",
    },
];

/// Which of our crates each of them may use: arrows point down.
const LAYERS: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("hooks", &[]),
    ("store", &["core"]),
    ("coordination", &["core"]),
    ("services", &["core", "hooks", "store", "coordination"]),
    ("claudebench", &["core", "hooks", "store", "coordination", "services"]),
    ("testkit", &["core", "store", "coordination", "services"]),
];

#[test]
fn crates_depend_on_what_their_layer_allows() -> Result<(), Box<dyn Error>> {
    let workspace = manifest("Cargo.toml")?;
    let mut offences = Vec::new();
    let mut seen = 0;
    for entry in fs::read_dir(root().join("crates"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let path = format!("crates/{name}/Cargo.toml");
        let Ok(manifest) = manifest(&path) else { continue };
        seen += 1;
        for (kind, dependency) in dependencies(&manifest, &workspace) {
            if let Some(why) = refusal(&name, &kind, &dependency) {
                offences.push(format!("{path}:1: [{kind}] {dependency}: {why}"));
            }
        }
    }
    assert_eq!(seen, LAYERS.len(), "a crate more or less: say in LAYERS what it may use");
    report("dependencies out of their layer", &offences);
    Ok(())
}

/// Why a crate may not have this dependency.
fn refusal(name: &str, kind: &str, dependency: &str) -> Option<String> {
    if let Some(ours) = dependency.strip_prefix("claudebench-") {
        if ours == "testkit" && kind == "dev-dependencies" {
            return None;
        }
        let below = LAYERS.iter().find(|(layer, _)| *layer == name).map_or(&[][..], |l| l.1);
        return (!below.contains(&ours))
            .then(|| format!("`{name}` may use {below:?}; testkit in [dev-dependencies] alone"));
    }
    FENCES
        .iter()
        .find(|fence| fence.dependencies.contains(&dependency) && !fence.crates.contains(&name))
        .map(|fence| fence.instead.to_owned())
}

#[test]
fn every_dependency_is_used() -> Result<(), Box<dyn Error>> {
    let mut offences = Vec::new();
    let mut seen = 0;
    // What tests share is there before the tests that use it.
    for (name, _) in LAYERS.iter().filter(|(name, _)| *name != "testkit") {
        let path = format!("crates/{name}/Cargo.toml");
        let manifest = manifest(&path)?;
        let ours = sources().iter().filter(|s| s.is_rust() && s.krate() == *name);
        let used: BTreeSet<&str> =
            ours.flat_map(|s| words(&s.code)).map(|(_, word)| word).collect();
        let table = manifest.get("dependencies").and_then(Value::as_table);
        for dependency in table.into_iter().flat_map(Table::keys) {
            seen += 1;
            if !used.contains(dependency.replace('-', "_").as_str()) {
                offences.push(format!("{path}:1: {dependency} is named nowhere: delete its line"));
            }
        }
    }
    assert!(seen > 30, "only {seen} dependencies were found");
    report("unused dependencies", &offences);
    Ok(())
}

/// The dependencies of a manifest under their real names, each with the table it stands in.
fn dependencies(manifest: &Table, workspace: &Table) -> Vec<(String, String)> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let tables = targets.into_iter().flat_map(Table::values).filter_map(Value::as_table);
    let shared = workspace.get("workspace").and_then(|w| w.get("dependencies"));
    let mut found = Vec::new();
    for table in std::iter::once(manifest).chain(tables) {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, value) in table.get(kind).and_then(Value::as_table).into_iter().flatten() {
                let renamed = value
                    .get("package")
                    .or_else(|| shared.and_then(|s| s.get(name)?.get("package")))
                    .and_then(Value::as_str);
                found.push((kind.to_owned(), renamed.unwrap_or(name).to_owned()));
            }
        }
    }
    found
}

#[test]
fn no_crate_comes_in_twice_unless_deny_toml_says_why() -> Result<(), Box<dyn Error>> {
    let mut versions = BTreeMap::<String, BTreeSet<String>>::new();
    for package in
        manifest("Cargo.lock")?.get("package").and_then(Value::as_array).into_iter().flatten()
    {
        versions.entry(field(package, "name")).or_default().insert(field(package, "version"));
    }
    assert!(versions.len() > 50, "Cargo.lock holds {} crates only", versions.len());

    let deny = manifest("deny.toml")?;
    let skips = deny.get("bans").and_then(|b| b.get("skip")).and_then(Value::as_array);
    let mut offences = Vec::new();
    for skip in skips.into_iter().flatten() {
        let spec = field(skip, "crate");
        let (name, wanted) = spec.split_once(':').unwrap_or((&spec, ""));
        if field(skip, "reason").is_empty() {
            offences.push(format!("deny.toml: {spec} has no reason: say who asks for it"));
        }
        let several = versions.get_mut(name).filter(|v| v.len() > 1);
        let before = several.as_ref().map_or(0, |v| v.len());
        let after = several.map_or(0, |v| {
            v.retain(|version| *version != wanted && !version.starts_with(&format!("{wanted}.")));
            v.len()
        });
        if before == after {
            offences
                .push(format!("deny.toml: {spec} comes in once or not at all: delete its line"));
        }
    }
    for (name, versions) in versions.iter().filter(|(_, v)| v.len() > 1) {
        offences.push(format!(
            "Cargo.lock: {name} comes in as {versions:?}: see `cargo tree --invert {name}@VERSION`, \
             agree on one, or add it to `skip` in deny.toml with the reason"
        ));
    }
    report("duplicates of dependencies", &offences);
    Ok(())
}

pub(super) fn manifest(path: &str) -> Result<Table, Box<dyn Error>> {
    let text = fs::read_to_string(root().join(path))?;
    Ok(text.parse::<Table>().map_err(|e| format!("{path}: {e}"))?)
}

pub(super) fn field(of: &Value, name: &str) -> String {
    of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
