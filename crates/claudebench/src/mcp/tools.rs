//! The tools: one for each method, in sets, so that an agent pays only for what it works with.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use claudebench_core::Scope;
use claudebench_services::{Entry, entry, methods};
use rmcp::model::{Tool, ToolAnnotations};
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::schema;

/// Methods that an agent needs for its own work.
const WORK: &[&str] = &[
    "system.register",
    "task.claim",
    "task.heartbeat",
    "task.complete",
    "task.fail",
    "task.release",
    "task.create",
    "task.get",
    "task.list",
    "task.create_attachment",
    "task.get_attachment",
];

/// Methods by which several agents agree.
const SWARM: &[&str] =
    &["task.create_many", "system.discover", "system.batch.process", "system.quorum.vote"];

/// Methods that take something away.
const DESTRUCTIVE: &[&str] = &[
    "key.revoke",
    "session.end",
    "system.flush",
    "system.unregister",
    "task.cancel",
    "task.delete",
    "task.delete_attachment",
];

/// Methods that, done again, change nothing more.
const IDEMPOTENT: &[&str] = &[
    "config.set",
    "key.revoke",
    "queue.pause",
    "queue.resume",
    "session.end",
    "system.unregister",
    "task.cancel",
    "task.complete",
    "task.complete_many",
    "task.delete",
    "task.delete_attachment",
    "task.update",
];

/// A set of tools.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Toolset {
    /// What an agent needs for its own work.
    Work,
    /// All else about tasks and queues, figures, events, documentation.
    Manage,
    /// What several agents need to agree.
    Swarm,
    /// Keys, configuration, and what deletes everything.
    Admin,
}

impl Toolset {
    const ALL: [Self; 4] = [Self::Work, Self::Manage, Self::Swarm, Self::Admin];

    const fn name(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Manage => "manage",
            Self::Swarm => "swarm",
            Self::Admin => "admin",
        }
    }

    /// The set of a method.
    fn of(entry: &Entry) -> Self {
        match entry.name {
            name if WORK.contains(&name) => Self::Work,
            name if SWARM.contains(&name) => Self::Swarm,
            _ if matches!(entry.access.scope(), Scope::Admin) => Self::Admin,
            "config.set" | "session.start" | "session.end" | "git.auto_commit.notify" => {
                Self::Admin
            }
            // Hooks call these, not agents.
            name if name.starts_with("hook.") => Self::Admin,
            _ => Self::Manage,
        }
    }
}

impl fmt::Display for Toolset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Several sets of tools.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Toolsets(u8);

impl Default for Toolsets {
    fn default() -> Self {
        Self::from_iter([Toolset::Work])
    }
}

impl FromIterator<Toolset> for Toolsets {
    fn from_iter<I: IntoIterator<Item = Toolset>>(sets: I) -> Self {
        Self(sets.into_iter().fold(0, |bits, set| bits | 1 << set as u8))
    }
}

impl Toolsets {
    fn has(self, set: Toolset) -> bool {
        self.0 & (1 << set as u8) != 0
    }

    /// Whether a tool may be called: keys and what deletes everything must have been asked for.
    fn allow(self, set: Toolset) -> bool {
        set != Toolset::Admin || self.has(set)
    }
}

/// A name that no set of tools has.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no set of tools `{0}`; there are work, manage, swarm and admin")]
pub struct UnknownToolset(String);

impl FromStr for Toolsets {
    type Err = UnknownToolset;

    fn from_str(text: &str) -> Result<Self, UnknownToolset> {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let sets: Result<Vec<_>, _> = names
            .map(|name| {
                let set = Toolset::ALL.into_iter().find(|set| set.name() == name);
                set.ok_or_else(|| UnknownToolset(claudebench_core::id::clip(name)))
            })
            .collect();
        let sets = sets?;
        Ok(if sets.is_empty() { Self::default() } else { sets.into_iter().collect() })
    }
}

/// The tools of these sets.
#[must_use]
pub fn listed(sets: Toolsets) -> Vec<Tool> {
    static ALL: LazyLock<Vec<(Toolset, Tool)>> =
        LazyLock::new(|| methods().map(|entry| (Toolset::of(entry), tool(entry))).collect());
    ALL.iter().filter(|(set, _)| sets.has(*set)).map(|(_, tool)| tool.clone()).collect()
}

/// Why a tool cannot be called.
pub(super) enum NoTool {
    /// No tool has this name.
    Unknown,
    /// Its set was not asked for.
    Hidden(Toolset),
}

/// The method behind a tool.
pub(super) fn method(name: &str, sets: Toolsets) -> Result<&'static Entry, NoTool> {
    let found = entry(&name.replace("__", ".")).filter(|entry| tool_name(entry) == name);
    let entry = found.ok_or(NoTool::Unknown)?;
    let set = Toolset::of(entry);
    if sets.allow(set) { Ok(entry) } else { Err(NoTool::Hidden(set)) }
}

fn tool_name(entry: &Entry) -> String {
    entry.name.replace('.', "__")
}

fn tool(entry: &'static Entry) -> Tool {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let (params, output) = (entry.schemas)(&mut settings.into_generator());
    let (input, output) = (Value::from(params), Value::from(output));
    let description = input.get("description").and_then(Value::as_str).unwrap_or("");
    let description = schema::first_paragraph(description);
    let mut tool = Tool::new(tool_name(entry), description, Arc::new(schema::input(input)))
        .with_annotations(annotations(entry));
    if let Some(output) = schema::output(output) {
        tool = tool.with_raw_output_schema(Arc::new(output));
    }
    tool
}

fn annotations(entry: &Entry) -> ToolAnnotations {
    let reads = entry.access.reads();
    ToolAnnotations::new()
        .read_only(reads)
        .destructive(DESTRUCTIVE.contains(&entry.name))
        .idempotent(reads || !entry.access.takes_key() || IDEMPOTENT.contains(&entry.name))
        .open_world(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_a_list_is_a_method() {
        for name in [WORK, SWARM, DESTRUCTIVE, IDEMPOTENT].concat() {
            assert!(entry(name).is_some(), "{name}");
        }
        let writes = |name: &&&str| entry(name).is_some_and(|entry| !entry.access.reads());
        assert_eq!(DESTRUCTIVE.iter().filter(writes).count(), DESTRUCTIVE.len());
        assert_eq!(IDEMPOTENT.iter().filter(writes).count(), IDEMPOTENT.len());
    }

    #[test]
    fn every_method_is_a_tool_of_one_set() {
        let count = |set| listed([set].into_iter().collect()).len();
        let all: usize = Toolset::ALL.into_iter().map(count).sum();
        assert_eq!(all, methods().count());
        assert!(Toolset::ALL.into_iter().all(|set| count(set) > 0));
        for tool in listed(Toolset::ALL.into_iter().collect()) {
            let sets = Toolset::ALL.into_iter().collect();
            assert!(method(&tool.name, sets).is_ok_and(|entry| tool_name(entry) == tool.name));
        }
    }

    #[test]
    fn what_deletes_everything_has_to_be_asked_for() {
        let hidden = method("system__flush", Toolsets::default());
        assert!(matches!(hidden, Err(NoTool::Hidden(Toolset::Admin))));
        assert!(method("system__flush", [Toolset::Admin].into_iter().collect()).is_ok());
        assert!(method("queue__pause", Toolsets::default()).is_ok());
        assert!(matches!(method("task.create", Toolsets::default()), Err(NoTool::Unknown)));
    }

    #[test]
    fn sets_are_read_by_their_names() {
        let sets: Toolsets = " manage,work ".parse().unwrap();
        assert_eq!(sets, [Toolset::Work, Toolset::Manage].into_iter().collect());
        assert_eq!("".parse(), Ok(Toolsets::default()));
        assert_eq!("work,al".parse::<Toolsets>(), Err(UnknownToolset("al".into())));
    }
}
