//! The rules of the house that no compiler holds. Each failure says what to do about it.
//!
//! The other rules are lints: see `[workspace.lints]` in Cargo.toml, clippy.toml and deny.toml.

mod dependencies;
mod licences;
mod source;
mod structure;
mod style;

/// Fails with every offence, not only the first.
fn report(what: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{what}:\n  {}", offences.join("\n  "));
}
