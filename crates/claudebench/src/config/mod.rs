//! Configuration: defaults, then one file, then that of a project, then the environment, then flags. The defaults' file is
//! the list of all settings, so that what is documented is what there is.

mod cache;
mod check;
mod database;
mod layers;
mod project;
mod proxies;
mod rates;
mod redis;
mod scaling;
mod shown;
#[cfg(test)]
mod tests;

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use claudebench_core::rank::Aging;
use serde::Deserialize;

pub use cache::Cache;
pub use database::{EMBEDDED, has_password};
pub use layers::{ConfigError, Origin, Setting};
pub use project::{PROJECT_FILE, read_project, write_project};
pub use proxies::{Proxy, ProxyError};
pub use rates::Rates;
pub use redis::Redis;
pub use scaling::Scaling;
pub use shown::Shown;

use layers::defaults;

/// The defaults, with a comment on each setting.
pub const DEFAULTS: &str = include_str!("default.toml");

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Config {
    pub listen: Vec<String>,
    pub data: PathBuf,
    pub hosts: Vec<String>,
    pub origins: Vec<String>,
    pub proxies: Vec<Proxy>,
    pub store: Store,
    pub redis: Redis,
    pub auth: Auth,
    pub limits: Limits,
    pub rates: Rates,
    pub cache: Cache,
    pub scaling: Scaling,
    pub tasks: Tasks,
    pub instances: Instances,
    pub events: Events,
    pub archive: Archive,
    pub stop: Stop,
    pub workers: Workers,
    pub log: Log,
    pub hook: Hook,
    pub client: Client,
    /// All of this as people may see it, each with its origin.
    #[serde(skip)]
    pub in_force: Arc<[Shown]>,
}

/// `[store]`
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Store {
    pub url: String,
    pub url_file: PathBuf,
    pub direct_url: String,
    pub pooler: bool,
    pub connections: usize,
    pub idle_connections: usize,
    pub idle_ms: u64,
    pub lifetime_ms: u64,
    pub acquire_ms: u64,
    pub connect_ms: u64,
    pub statement_ms: u64,
    pub stalled_ms: u64,
    pub slow_ms: u64,
    pub replicas: Vec<String>,
    pub replica_connections: usize,
    pub idle_replica_connections: usize,
    pub replica_lag_ms: u64,
}

/// `[auth]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Auth {
    pub required: Required,
}

/// When API keys are required.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Required {
    /// On anything but loopback.
    Auto,
    /// Always.
    Always,
}

/// `[limits]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Limits {
    pub body_bytes: usize,
    pub depth: usize,
    pub batch: usize,
    pub connections: usize,
    pub calls: usize,
    pub subscriptions: usize,
    pub mcp_sessions: usize,
    pub socket_calls: usize,
    pub request_ms: u64,
    pub header_ms: u64,
    pub write_ms: u64,
    pub unread_ms: u64,
    pub metadata_bytes: usize,
    pub result_bytes: usize,
    pub attachment_bytes: usize,
    pub waiting_claims: usize,
}

/// `[tasks]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Tasks {
    pub lease_ms: i64,
    pub max_losses: i64,
    pub aging_step_ms: i64,
}

impl Tasks {
    /// Whether old tasks overtake those of higher priority.
    #[must_use]
    pub fn aging(&self) -> Aging {
        Aging { step_ms: self.aging_step_ms }
    }
}

/// `[instances]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Instances {
    pub silence_ms: i64,
    pub session_silence_ms: i64,
    pub check_ms: u64,
}

/// `[events]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Events {
    pub keep_days: i64,
    pub keep_count: i64,
}

impl Events {
    /// How long they are kept, in milliseconds.
    #[must_use]
    pub fn age_ms(&self) -> i64 {
        self.keep_days.saturating_mul(24 * 3_600_000)
    }
}

/// `[archive]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Archive {
    pub dir: PathBuf,
    pub after_months: i64,
    pub every_ms: i64,
}

/// `[stop]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Stop {
    pub grace_ms: u64,
    pub drain_ms: u64,
}

/// `[workers]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Workers {
    pub count: usize,
    pub max_requests: u64,
    pub listen: String,
    pub pid_file: PathBuf,
    pub silence_ms: u64,
}

/// `[hook]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Hook {
    pub rules: PathBuf,
    pub wait_ms: u64,
    pub without_server: WithoutServer,
    pub auto_commit: bool,
    pub auto_commit_all: bool,
}

/// What a hook does when the server does not answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WithoutServer {
    /// The agent goes on, by the rules that are known without it.
    Open,
    /// No tool runs.
    Closed,
}

/// `[log]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}

/// How log lines look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// `[client]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Client {
    pub url: String,
    pub key_file: PathBuf,
    /// Where the file of a project names the server that is in force.
    #[serde(skip)]
    pub url_of_project: Option<Origin>,
    /// Whether such a file says where the key lies.
    #[serde(skip)]
    pub key_of_project: bool,
}

/// What flags say, by the name of the setting.
pub type Overrides = Vec<(&'static str, toml::Value)>;

/// The configuration in force, and where each value comes from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// Each with its origin, in the order of the defaults' file.
    pub settings: Vec<Setting>,
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// The file of the project that was read.
    pub project: Option<PathBuf>,
}

/// The file that is read when none is named and it exists.
pub const FILE: &str = "claudebench.toml";

impl Config {
    /// Reads the configuration of this process. Without a file named, `claudebench.toml` in the
    /// working directory is read if it is there.
    ///
    /// # Errors
    /// Each names the setting, where it was set, and what was expected.
    pub fn load(file: Option<&Path>, flags: Overrides) -> Result<Loaded, ConfigError> {
        Self::load_with(file, None, flags)
    }

    /// The same for what talks to a server: the file of the project that the working directory lies in,
    /// `.claudebench.toml`, is read, too.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_of_project(file: Option<&Path>, flags: Overrides) -> Result<Loaded, ConfigError> {
        let home = Self::home().map(PathBuf::from);
        let here = std::env::current_dir().ok();
        let project = here.and_then(|here| project::find(&here, home.as_deref()));
        Self::load_with(file, project, flags)
    }

    #[allow(clippy::disallowed_methods, reason = "the one door for the environment")]
    fn load_with(
        file: Option<&Path>,
        project: Option<PathBuf>,
        flags: Overrides,
    ) -> Result<Loaded, ConfigError> {
        let named = file.map(Path::to_owned).or_else(|| {
            std::env::var_os("CLAUDEBENCH_CONFIG").filter(|f| !f.is_empty()).map(PathBuf::from)
        });
        let file = named.or_else(|| Some(PathBuf::from(FILE)).filter(|file| file.is_file()));
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        Self::of_layers(file, project, variables.collect(), flags)
    }

    /// The program that a shell finds under a name.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the one door for the environment")]
    pub fn in_path(name: &str) -> Option<PathBuf> {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&folders).map(|folder| folder.join(name));
        let runs = |path: &PathBuf| {
            path.metadata().is_ok_and(|found| found.is_file() && found.mode() & 0o111 != 0)
        };
        found.filter_map(|path| path.canonicalize().ok()).find(runs)
    }

    /// How this program is called from here: by its name where a shell finds it, else by its path.
    #[must_use]
    pub fn program() -> String {
        const NAME: &str = "claudebench";
        let Ok(own) = std::env::current_exe() else { return NAME.into() };
        let found = Self::in_path(NAME);
        if found.is_some() && found == own.canonicalize().ok() {
            return NAME.into();
        }
        let here = std::env::current_dir().unwrap_or_default();
        own.strip_prefix(here).unwrap_or(&own).display().to_string()
    }

    /// The API key in the environment, which is no setting: it would be shown.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the one door for the environment")]
    pub fn api_key() -> Option<String> {
        std::env::var("CLAUDEBENCH_API_KEY").ok().filter(|key| !key.is_empty())
    }

    /// The home of the user, for paths that begin with `~`.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the one door for the environment")]
    pub fn home() -> Option<String> {
        std::env::var("HOME").ok().filter(|home| !home.is_empty())
    }

    /// Where this user's programs keep what they need the next time.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the one door for the environment")]
    pub fn state_dir() -> Option<PathBuf> {
        let named = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
        let base = named.filter(|dir| dir.is_absolute());
        let base = base.or_else(|| Some(PathBuf::from(Self::home()?).join(".local/state")));
        Some(base?.join("claudebench"))
    }

    /// The instance as which the hooks of an agent's session work, where its user gives it a name.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the one door for the environment")]
    pub fn hook_instance() -> Option<String> {
        std::env::var("CLAUDE_INSTANCE_ID").ok().filter(|id| !id.is_empty())
    }

    /// The same from what is given.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_layers(
        file: Option<PathBuf>,
        variables: Vec<(String, String)>,
        flags: Overrides,
    ) -> Result<Loaded, ConfigError> {
        Self::of_layers(file, None, variables, flags)
    }

    fn of_layers(
        file: Option<PathBuf>,
        project: Option<PathBuf>,
        variables: Vec<(String, String)>,
        flags: Overrides,
    ) -> Result<Loaded, ConfigError> {
        let (table, settings) =
            layers::merge(file.as_deref(), project.as_deref(), &variables, flags)?;
        check::check(&settings)?;
        let mut config: Self = toml::Value::Table(table)
            .try_into()
            .map_err(|e: toml::de::Error| ConfigError::whole(e.message()))?;
        let origin = |key: &str| {
            let setting = settings.iter().find(|setting| setting.key == key)?;
            let of_project = matches!((&setting.origin, &project), (Origin::File(file, _), Some(project)) if file == project);
            of_project.then(|| setting.origin.clone())
        };
        config.client.url_of_project = origin("client.url");
        config.client.key_of_project = origin("client.key_file").is_some();
        config.in_force = settings.iter().map(Shown::of).collect();
        Ok(Loaded { config, settings, file, project })
    }
}
