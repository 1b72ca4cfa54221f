//! `claudebench config`.

use clap::Subcommand;
use serde_json::{Value, json};

use super::Shared;
use super::failure::Outcome;
use super::output::{Cell, Out, Style, Table};
use crate::config::{Config, DEFAULTS, Loaded, Origin, Shown};

/// Check and show the configuration.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say what is wrong with the configuration, and where
    Check,
    /// Show every setting in force, and where it comes from; secrets are hidden
    Show {
        /// Only those that differ from the default
        #[arg(long)]
        changed: bool,
    },
    /// Write a configuration file with every setting, its default and what it means
    Default,
}

impl Command {
    /// Does it.
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        match self {
            Self::Default => out.raw(DEFAULTS.as_bytes()),
            Self::Check => check(&shared.load(Vec::new())?, out),
            Self::Show { changed } => {
                let mut settings = shared.load(Vec::new())?.shown();
                settings.extend(key_in_force(shared));
                show(&settings, changed, out)
            }
        }
    }
}

fn check(loaded: &Loaded, out: &mut Out) -> Outcome {
    let changed = loaded.settings.iter().filter(|s| s.origin != Origin::Default).count();
    if out.for_programs() {
        let (file, project) = (&loaded.file, &loaded.project);
        return out
            .json(&json!({"ok": true, "file": file, "project": project, "changed": changed}));
    }
    let file = match &loaded.file {
        Some(file) => format!("read from {}", file.display()),
        None => "there is no claudebench.toml here".into(),
    };
    let file = match &loaded.project {
        Some(project) => format!("{file}, and {}", project.display()),
        None => file,
    };
    let differ = if changed == 1 { "setting differs" } else { "settings differ" };
    out.styled(Style::Green, "The configuration is right.")?;
    out.line(format!("{file}; {changed} {differ} from the default"))
}

fn show(settings: &[Shown], changed: bool, out: &mut Out) -> Outcome {
    let settings = settings.iter().filter(|s| !changed || s.origin != Origin::Default);
    if out.for_programs() {
        let settings: Vec<Value> = settings
            .map(|s| json!({"key": s.key, "value": s.value, "origin": s.origin.to_string()}))
            .collect();
        return out.json(&settings);
    }
    let mut table = Table::new(&["SETTING", "VALUE", "FROM"]);
    for setting in settings {
        let style = if setting.origin == Origin::Default { Style::Dim } else { Style::Plain };
        table.row([
            setting.key.as_str().into(),
            Cell::styled(style, setting.value.to_string()),
            Cell::styled(style, setting.origin.to_string()),
        ]);
    }
    out.table(&table)
}

/// The API key in the environment, which wins over a file that is configured.
fn key_in_force(shared: &Shared) -> Option<Shown> {
    let wins = shared.key_file.is_none() && Config::api_key().is_some();
    let variable = || Origin::Variable("CLAUDEBENCH_API_KEY".into());
    wins.then(|| Shown::hidden("client.api_key", variable()))
}
