//! Where dependencies come from, under which licences, and which are banned: as deny.toml says,
//! without cargo-deny.

use std::collections::BTreeSet;
use std::error::Error;
use std::process::Command;

use serde_json::Value as Json;
use toml::Value;

use super::dependencies::{field, manifest};
use super::report;
use super::source::root;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[test]
fn dependencies_come_from_the_registry() -> Result<(), Box<dyn Error>> {
    let lock = manifest("Cargo.lock")?;
    let packages = lock.get("package").and_then(Value::as_array).into_iter().flatten();
    let offences: Vec<_> = packages
        .map(|package| (field(package, "name"), field(package, "source")))
        // Our own have no source.
        .filter(|(name, source)| source != REGISTRY && !(is_ours(name) && source.is_empty()))
        .map(|(name, source)| format!("Cargo.lock: {name} comes from `{source}`, not crates.io"))
        .collect();
    report("dependencies from elsewhere", &offences);
    Ok(())
}

#[test]
fn what_deny_toml_bans_is_not_there() -> Result<(), Box<dyn Error>> {
    let (lock, deny) = (manifest("Cargo.lock")?, manifest("deny.toml")?);
    let packages = lock.get("package").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let banned = deny.get("bans").and_then(|b| b.get("deny")).and_then(Value::as_array);
    let offences: Vec<_> = banned
        .into_iter()
        .flatten()
        .filter(|ban| packages.iter().any(|package| offends(package, ban)))
        .map(|ban| format!("Cargo.lock: {}: {}", field(ban, "crate"), field(ban, "reason")))
        .collect();
    report("banned dependencies", &offences);
    Ok(())
}

/// Whether a package asks for a crate that is banned, and is none of those that may.
fn offends(package: &Value, ban: &Value) -> bool {
    let texts = |list: Option<&Value>| -> Vec<String> {
        let texts = list.and_then(Value::as_array).into_iter().flatten();
        texts.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let banned = field(ban, "crate");
    // With more than one version in the file, the version follows the name.
    let asks = texts(package.get("dependencies"))
        .iter()
        .any(|asked| asked.split(' ').next() == Some(banned.as_str()));
    asks && !texts(ban.get("wrappers")).contains(&field(package, "name"))
}

#[test]
fn who_may_ask_for_a_banned_crate_is_told_from_others() {
    let package = |name: &str, asked: &str| -> Value {
        toml::from_str(&format!("name = '{name}'\ndependencies = ['serde', '{asked}']")).unwrap()
    };
    let ban = |wrappers: &str| -> Value {
        toml::from_str(&format!("crate = 'chrono'\nwrappers = {wrappers}")).unwrap()
    };
    assert!(offends(&package("other", "chrono"), &ban("['rmcp']")));
    assert!(offends(&package("other", "chrono 0.4.45"), &ban("[]")));
    assert!(!offends(&package("rmcp", "chrono 0.4.45"), &ban("['rmcp']")));
    assert!(!offends(&package("other", "chrono-tz"), &ban("[]")));
}

/// Those that this machine builds: the manifests of the others need not be here.
#[test]
fn dependencies_are_under_licences_that_deny_toml_allows() -> Result<(), Box<dyn Error>> {
    let deny = manifest("deny.toml")?;
    let allowed = deny.get("licenses").and_then(|l| l.get("allow")).and_then(Value::as_array);
    let allowed: BTreeSet<&str> = allowed.into_iter().flatten().filter_map(Value::as_str).collect();
    let found = metadata()?;
    let packages = found["packages"].as_array().ok_or("cargo metadata names no packages")?;
    assert!(packages.len() > 50, "cargo metadata names {} packages only", packages.len());
    let mut offences = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if !is_ours(name) && !fits(licence, &allowed) {
            offences.push(format!(
                "{name} is under `{licence}`: do without it, or allow that licence in deny.toml"
            ));
        }
    }
    report("licences that are not allowed", &offences);
    Ok(())
}

fn is_ours(name: &str) -> bool {
    name == "claudebench" || name.starts_with("claudebench-")
}

/// What cargo says about the dependencies of this machine's platform.
fn metadata() -> Result<Json, Box<dyn Error>> {
    let cargo = |args: &[&str]| {
        let ended = Command::new(env!("CARGO")).args(args).current_dir(root()).output()?;
        if ended.status.success() {
            return Ok(ended.stdout);
        }
        Err::<Vec<u8>, Box<dyn Error>>(String::from_utf8_lossy(&ended.stderr).into_owned().into())
    };
    let version = String::from_utf8(cargo(&["-vV"])?)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or("cargo does not say for which platform it builds")?;
    let platform = ["--filter-platform", host];
    let args = ["metadata", "--offline", "--locked", "--format-version", "1"];
    Ok(serde_json::from_slice(&cargo(&[&args[..], &platform].concat())?)?)
}

/// Whether one may use what is under this, by the licences that are allowed: `A OR B`, the older
/// `A/B`, `(A OR B) AND C`. One `WITH` an exception counts as itself alone.
fn fits(licence: &str, allowed: &BTreeSet<&str>) -> bool {
    let spaced = licence.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = &words[..];
    any(&mut rest, allowed) && rest.is_empty()
}

fn any(rest: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    let mut fits = all(rest, allowed);
    while rest.first() == Some(&"OR") {
        *rest = &rest[1..];
        // Both sides are read, whatever the first one says.
        fits |= all(rest, allowed);
    }
    fits
}

fn all(rest: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    let mut fits = one(rest, allowed);
    while rest.first() == Some(&"AND") {
        *rest = &rest[1..];
        fits &= one(rest, allowed);
    }
    fits
}

fn one(rest: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    let Some((word, after)) = rest.split_first() else { return false };
    *rest = after;
    if *word == "(" {
        let fits = any(rest, allowed);
        let closed = rest.first() == Some(&")");
        *rest = rest.get(1..).unwrap_or_default();
        return fits && closed;
    }
    if rest.first() == Some(&"WITH") {
        *rest = rest.get(2..).unwrap_or_default();
        return false;
    }
    allowed.contains(word)
}

#[test]
fn licences_are_read_as_they_are_written() {
    let allowed = BTreeSet::from(["MIT", "Zlib"]);
    for good in ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "(MIT OR X) AND Zlib", "X WITH y OR MIT"] {
        assert!(fits(good, &allowed), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND X", "(MIT OR X) AND X", "MIT MIT", "MIT WITH y", "(MIT"] {
        assert!(!fits(bad, &allowed), "{bad}");
    }
}
