//! The layers of the configuration, laid over each other setting by setting.

use std::fmt;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{DEFAULTS, project};

/// Where a value comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// It is the default.
    Default,
    /// A file, and the line if it is known.
    File(PathBuf, Option<usize>),
    /// A variable of the environment.
    Variable(String),
    /// A flag.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, Some(line)) => write!(f, "{}:{line}", path.display()),
            Self::File(path, None) => write!(f, "{}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A setting with its value and where that comes from.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name, such as `limits.batch`.
    pub key: String,
    /// Its value.
    pub value: Value,
    /// Where it comes from.
    pub origin: Origin,
}

/// What is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    key: Option<String>,
    origin: Option<Origin>,
    what: String,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(origin) = &self.origin {
            write!(f, "{origin}: ")?;
        }
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.what)
    }
}

impl ConfigError {
    pub(crate) fn new(key: &str, what: impl Into<String>) -> Self {
        Self { key: Some(key.into()), origin: None, what: what.into() }
    }

    pub(super) fn whole(what: impl Into<String>) -> Self {
        Self { key: None, origin: None, what: what.into() }
    }

    pub(super) fn at(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// Whether a flag is to blame, so that it is the call that must be mended.
    #[must_use]
    pub fn is_in_flag(&self) -> bool {
        matches!(self.origin, Some(Origin::Flag(_)))
    }
}

/// Variables that are no settings: the command line's own, those of the public clients, and what the
/// commands of `claudebench work` find.
const OTHERS: [&str; 17] = [
    "API_KEY",
    "CONFIG",
    "RPC_URL",
    "TIMEOUT",
    "INSTANCE_ID",
    "TASK_ID",
    "TASK_TEXT",
    "TASK_PRIORITY",
    "TASK_PROJECT",
    "TASK_TAGS",
    "TASK_ROLES",
    "TASK_PARENT_ID",
    "FENCE",
    "ATTEMPT",
    "MAX_ATTEMPTS",
    "WORKER_ID",
    "BRANCH",
];

/// Settings that have a shorter variable, too. It wins, and counts for nothing if it is empty.
const SHORT: [(&str, &str); 2] =
    [("CLAUDEBENCH_URL", "client.url"), ("CLAUDEBENCH_KEY_FILE", "client.key_file")];

/// The flag that sets a setting.
fn flag(key: &str) -> &'static str {
    match key {
        "listen" => "--listen",
        "data" => "--data",
        "store.url" => "--store",
        "redis.url" => "--redis",
        "workers.count" => "--workers",
        "workers.max_requests" => "--max-requests",
        "workers.pid_file" => "--pid-file",
        "client.url" => "--url",
        "client.key_file" => "--key-file",
        _ => "flag",
    }
}

/// All settings as they are by default.
pub(super) fn defaults() -> Result<Vec<Setting>, ConfigError> {
    let mut settings = Vec::new();
    let defaults: Table = DEFAULTS
        .parse()
        .map_err(|e: toml::de::Error| ConfigError::new("default.toml", e.message()))?;
    flatten("", &defaults, &mut |key, value| {
        settings.push(Setting { key, value: value.clone(), origin: Origin::Default });
    });
    Ok(settings)
}

/// All settings: the defaults with the layers over them.
pub(super) fn merge(
    file: Option<&Path>,
    project: Option<&Path>,
    variables: &[(String, String)],
    flags: super::Overrides,
) -> Result<(Table, Vec<Setting>), ConfigError> {
    let mut settings = defaults()?;
    if let Some(path) = file {
        for (key, value, origin) in read(path, &text_of(path)?)? {
            lay(&key, value, origin, &mut settings)?;
        }
    }
    if let Some(path) = project {
        project::lay(path, &mut settings)?;
    }
    for (name, text) in variables {
        let Some(rest) = name.strip_prefix("CLAUDEBENCH_") else { continue };
        if !OTHERS.contains(&rest) && SHORT.iter().all(|(short, _)| short != name) {
            lay_variable(name, rest, text, &mut settings)?;
        }
    }
    for (name, key) in SHORT {
        let found = variables.iter().find(|(variable, text)| variable == name && !text.is_empty());
        if let Some((_, text)) = found {
            lay(key, text.as_str().into(), Origin::Variable(name.into()), &mut settings)?;
        }
    }
    for (key, value) in flags {
        if let Some(setting) = settings.iter_mut().find(|setting| setting.key == key) {
            setting.value = value;
            setting.origin = Origin::Flag(flag(key));
        }
    }
    Ok((unflatten(&settings), settings))
}

fn flatten(prefix: &str, table: &Table, each: &mut impl FnMut(String, &Value)) {
    for (name, value) in table {
        // `"limits.batch"` in quotes is one name, and no setting in a section.
        let name = if name.contains('.') { &format!("{name:?}") } else { name };
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            Value::Table(inner) => flatten(&key, inner, each),
            value => each(key, value),
        }
    }
}

fn unflatten(settings: &[Setting]) -> Table {
    let mut table = Table::new();
    for setting in settings {
        match setting.key.split_once('.') {
            None => {
                table.insert(setting.key.clone(), setting.value.clone());
            }
            Some((section, name)) => {
                let section =
                    table.entry(section.to_owned()).or_insert_with(|| Value::Table(Table::new()));
                if let Value::Table(section) = section {
                    section.insert(name.to_owned(), setting.value.clone());
                }
            }
        }
    }
    table
}

/// The text of a file.
pub(super) fn text_of(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|e| {
        let origin = Origin::File(path.to_owned(), None);
        ConfigError::whole(format!("cannot be read: {e}")).at(origin)
    })
}

/// What the text of a file sets, each with its place.
pub(super) fn read(path: &Path, text: &str) -> Result<Vec<(String, Value, Origin)>, ConfigError> {
    let table: Table = text.parse().map_err(|e: toml::de::Error| {
        let line = e.span().map(|span| line_of(text, span.start));
        ConfigError::whole(e.message()).at(Origin::File(path.to_owned(), line))
    })?;
    let mut found = Vec::new();
    flatten("", &table, &mut |key, value| {
        let origin = Origin::File(path.to_owned(), line_with(text, &key));
        found.push((key, value.clone(), origin));
    });
    Ok(found)
}

fn line_of(text: &str, at: usize) -> usize {
    text.get(..at).map_or(1, |before| before.matches('\n').count() + 1)
}

/// The line that sets a key: the name at its start, in the right section.
fn line_with(text: &str, key: &str) -> Option<usize> {
    let (section, name) = key.rsplit_once('.').unwrap_or(("", key));
    let mut current = String::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(heading) = line.strip_prefix('[') {
            current = heading.trim_end_matches(']').trim().to_owned();
        } else if let Some((left, _)) = line.split_once('=')
            && ((current == section && left.trim() == name) || left.trim() == key)
        {
            return Some(number + 1);
        }
    }
    None
}

pub(super) fn lay(
    key: &str,
    value: Value,
    origin: Origin,
    settings: &mut [Setting],
) -> Result<(), ConfigError> {
    let Some(setting) = settings.iter_mut().find(|setting| setting.key == key) else {
        let what = match closest(key, settings) {
            Some(known) => format!("there is no such setting; is `{known}` meant?"),
            None => "there is no such setting; `claudebench config show` lists all".to_owned(),
        };
        return Err(ConfigError::new(key, what).at(origin));
    };
    // One address may stand without its brackets.
    let value = match (&setting.value, value) {
        (Value::Array(_), text @ Value::String(_)) => Value::Array(vec![text]),
        (_, value) => value,
    };
    if setting.value.type_str() != value.type_str() {
        let (expected, got) = (setting.value.type_str(), value.type_str());
        // What should be a URL may hold a password.
        let seen =
            if super::database::of_a_database(key) { String::new() } else { format!(" `{value}`") };
        let what = format!("expected {expected}, got {got}{seen}");
        return Err(ConfigError::new(key, what).at(origin));
    }
    setting.value = value;
    setting.origin = origin;
    Ok(())
}

fn lay_variable(
    name: &str,
    rest: &str,
    text: &str,
    settings: &mut [Setting],
) -> Result<(), ConfigError> {
    let wanted = rest.to_ascii_lowercase();
    let origin = Origin::Variable(name.to_owned());
    let Some(setting) = settings.iter().find(|setting| setting.key.replace('.', "_") == wanted)
    else {
        return lay(&wanted, Value::Boolean(true), origin, settings);
    };
    let value = match &setting.value {
        Value::Integer(_) => text.trim().parse().map(Value::Integer).map_err(|_| {
            let what = format!("expected an integer, got `{text}`");
            ConfigError::new(&setting.key, what).at(origin.clone())
        })?,
        Value::Boolean(_) => text.trim().parse().map(Value::Boolean).map_err(|_| {
            let what = format!("expected true or false, got `{text}`");
            ConfigError::new(&setting.key, what).at(origin.clone())
        })?,
        Value::Array(_) => Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| Value::String(part.to_owned()))
                .collect(),
        ),
        _ => Value::String(text.to_owned()),
    };
    let key = setting.key.clone();
    lay(&key, value, origin, settings)
}

/// The setting whose name is nearest, if one is near: of three letters, one may differ.
fn closest<'a>(key: &str, settings: &'a [Setting]) -> Option<&'a str> {
    let last = |key: &str| key.rsplit('.').next().unwrap_or(key).to_owned();
    let apart = |one: &str, other: &str| {
        let apart = distance(one, other);
        (apart <= 3 && apart * 3 <= one.len().min(other.len())).then_some(apart)
    };
    settings
        .iter()
        .filter_map(|setting| {
            let name = apart(&last(key), &last(&setting.key));
            let nearest = apart(key, &setting.key).into_iter().chain(name).min()?;
            Some((nearest, setting.key.as_str()))
        })
        .min()
        .map(|(_, key)| key)
}

/// How many letters must be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = before + usize::from(x != *y);
            before = row[j + 1];
            row[j + 1] = change.min(before + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}
