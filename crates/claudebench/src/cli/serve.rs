//! `claudebench serve`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::json;
use toml::Value;

use super::Shared;
use super::failure::{Failure, Outcome};
use super::output::{Out, Style};
use crate::config::{Config, Overrides};
use crate::logging;
use crate::start::{self, StartError};
use crate::transport::listen::ListenError;
use crate::workers::{self, WorkersError};

/// Start a server
///
/// On 127.0.0.1 nobody is asked who they are. Elsewhere API keys are required: make the first with
/// `claudebench key create` before the start. The server ends with SIGINT or SIGTERM, when what is
/// under way is done; a second signal ends it at once, and what was acknowledged is safe all the same.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench serve
  claudebench serve --data /var/lib/claudebench --listen unix:/run/claudebench.sock
  claudebench serve --listen 0.0.0.0:3000 --listen 127.0.0.1:3001")]
pub(super) struct Serve {
    /// Where to listen: HOST:PORT, or unix:PATH for a socket; may be repeated
    #[arg(long, value_name = "ADDR")]
    listen: Vec<String>,
    /// The data directory; made if it is missing
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Stop when standard input ends, as it does when the program that started this one is gone
    #[arg(long)]
    stop_with_stdin: bool,
    /// Where tasks live: `sqlite`, inside the data directory, or postgres://USER@HOST:PORT/DATABASE
    ///
    /// A URL with a password comes from CLAUDEBENCH_STORE_URL, or from a file that the setting
    /// `store.url_file` names, as other users of a machine see the options of a program.
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// How many processes serve the addresses together
    ///
    /// More than one need PostgreSQL. One more process starts them, restarts those that end, and
    /// replaces them one by one on SIGHUP or `claudebench reload`.
    #[arg(long, value_name = "COUNT")]
    workers: Option<u16>,
    /// Replace a process after about so many requests
    #[arg(long, value_name = "COUNT")]
    max_requests: Option<u32>,
    /// A file for the number of the process that `claudebench reload` is to find
    #[arg(long, value_name = "FILE")]
    pid_file: Option<PathBuf>,
    /// Serve as one of several processes; what they were started by says the rest
    #[arg(long, hide = true)]
    as_worker: bool,
    /// What several servers share
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
}

impl Serve {
    fn overrides(&self) -> Overrides {
        let mut flags = Overrides::new();
        if !self.listen.is_empty() {
            flags.push(("listen", Value::from(self.listen.clone())));
        }
        if let Some(data) = &self.data {
            flags.push(("data", data.to_string_lossy().into_owned().into()));
        }
        if let Some(url) = &self.store {
            flags.push(("store.url", url.clone().into()));
        }
        if let Some(count) = self.workers {
            flags.push(("workers.count", i64::from(count).into()));
        }
        if let Some(count) = self.max_requests {
            flags.push(("workers.max_requests", i64::from(count).into()));
        }
        if let Some(file) = &self.pid_file {
            flags.push(("workers.pid_file", file.to_string_lossy().into_owned().into()));
        }
        if let Some(url) = &self.redis {
            flags.push(("redis.url", url.clone().into()));
        }
        flags
    }

    /// Does it, until it is told to stop.
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        let config = shared.load_for_server(self.overrides())?.config;
        logging::start(&config.log).map_err(Failure::local)?;
        let greeting = config.clone();
        let ready = |urls: &[String]| {
            // A server whose greeting nobody reads is a server all the same.
            let _ = greet(urls, &greeting, out);
        };
        let data = config.store.is_embedded().then(|| config.data.clone());
        if config.workers.count > 1 && !self.as_worker {
            let run = workers::run(&config, self.stop_with_stdin, ready);
            return super::one_thread()?.block_on(run).map_err(of_workers);
        }
        let ended = if self.as_worker {
            super::share_of_threads(config.workers.count)?.block_on(workers::work(config))
        } else {
            super::threads()?.block_on(start::run(config, self.stop_with_stdin, ready))
        };
        ended.map_err(|error| match advice(&error, data.as_deref()) {
            Some(next) => Failure::advise(error, next),
            None => Failure::local(error),
        })
    }
}

/// What to do about processes that do not start.
fn of_workers(error: WorkersError) -> Failure {
    let next = match &error {
        WorkersError::Listen(ListenError::Io { address, source }) => {
            of_listen(address, source.kind())
        }
        WorkersError::AllEnded { .. } => Some("mend what they said above"),
        _ => None,
    };
    match next {
        Some(next) => Failure::advise(error, next),
        None => Failure::local(error),
    }
}

/// What to do about a server that does not start, where its own words do not say it.
fn advice(error: &StartError, data: Option<&Path>) -> Option<String> {
    let make_key = || {
        let make = "claudebench key create --name NAME --scopes admin";
        match data {
            Some(data) => format!("{make} --data {}", shell_word(&data.display().to_string())),
            None => make.to_owned(),
        }
    };
    match error {
        StartError::NoKeys { .. } => {
            Some(format!("make one with `{}`, or listen on 127.0.0.1", make_key()))
        }
        StartError::NobodyCanCall => Some(format!("make one with `{}`", make_key())),
        StartError::Listen(ListenError::Io { address, source }) => {
            of_listen(address, source.kind()).map(str::to_owned)
        }
        StartError::Metrics(_) | StartError::Signals(_) | StartError::Chance(_) => {
            Some("run `claudebench doctor`".into())
        }
        StartError::Rules(_)
        | StartError::Config(_)
        | StartError::Open(_)
        | StartError::Store(_)
        | StartError::Listen(_)
        | StartError::Orphan(_) => None,
    }
}

fn of_listen(address: &str, kind: ErrorKind) -> Option<&'static str> {
    let is_socket = address.starts_with("unix:");
    Some(match kind {
        ErrorKind::NotFound if is_socket => "make the folder of the socket first, or give another",
        ErrorKind::PermissionDenied if is_socket => "give a folder in which this user may write",
        ErrorKind::PermissionDenied => "ports below 1024 need rights: give one above",
        ErrorKind::AlreadyExists => "move it away, or give another path",
        ErrorKind::AddrNotAvailable => "give an address of this machine, such as 127.0.0.1",
        _ if is_socket => "give another path",
        _ => "give an address of this machine, such as 127.0.0.1:3000",
    })
}

/// A text as a shell reads it back.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Says where the server is: to programs in JSON, to a person with what to try next.
fn greet(urls: &[String], config: &Config, out: &mut Out) -> Outcome {
    if out.for_programs() {
        return out.json_line(&json!({"urls": urls, "pid": std::process::id()}));
    }
    if !out.is_watched() {
        return Ok(());
    }
    let version = env!("CARGO_PKG_VERSION");
    let place = if config.store.is_embedded() {
        config.data.display().to_string()
    } else {
        "PostgreSQL".into()
    };
    out.styled(Style::Bold, &format!("ClaudeBench {version} listens on {}", urls.join(", ")))?;
    out.line(format!("Its data is in {place}. Ctrl-C stops it.\n\nIn another terminal, try:"))?;
    for line in tries(&Config::program(), urls, config) {
        out.styled(Style::Cyan, &format!("  {line}"))?;
    }
    out.line("")
}

/// What to try next, with the name by which this program is called.
fn tries(program: &str, urls: &[String], config: &Config) -> Vec<String> {
    let Some(url) = urls.first() else { return Vec::new() };
    let to = if *url == config.client.url { String::new() } else { format!(" --url {url}") };
    let program = shell_word(program);
    let mut lines = vec![
        format!("{program}{to} task add \"Write the release notes\" --priority 70"),
        format!("{program}{to} task list"),
        format!("{program}{to} events --since start"),
    ];
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"task.stats"}"#;
    lines.push(match url.strip_prefix("unix:") {
        Some(path) => format!("curl -s --unix-socket {path} http://localhost/rpc -d '{body}'"),
        None => format!("curl -s {url}/rpc -d '{body}'"),
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_try_names_the_server_where_it_must() {
        let config = Config::from_layers(None, Vec::new(), Vec::new()).unwrap().config;
        let lines = tries("claudebench", &["http://127.0.0.1:3000".into()], &config);
        assert!(lines[1] == "claudebench task list", "{lines:?}");
        let lines = tries("target/release/claudebench", &["http://127.0.0.1:3000".into()], &config);
        assert!(lines[1] == "target/release/claudebench task list", "{lines:?}");
        let lines = tries("claudebench", &["unix:/run/cb.sock".into()], &config);
        assert_eq!(lines[1], "claudebench --url unix:/run/cb.sock task list");
        assert!(lines[3].starts_with("curl -s --unix-socket /run/cb.sock "), "{lines:?}");
    }

    #[test]
    fn the_first_key_is_made_where_the_server_will_look() {
        let error = StartError::NoKeys { url: "http://0.0.0.0:3000".into() };
        let next = advice(&error, Some(Path::new("/srv/my data"))).unwrap();
        assert!(next.contains("--scopes admin --data '/srv/my data'`"), "{next}");
        assert!(advice(&error, None).unwrap().contains("--scopes admin`"));
        assert_eq!(shell_word("it's"), r"'it'\''s'");
    }
}
