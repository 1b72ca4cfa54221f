//! `claudebench serve`.

use std::path::PathBuf;

use serde_json::json;
use toml::Value;

use super::Shared;
use super::failure::{Failure, Outcome};
use super::output::{Out, Style};
use crate::config::{Config, Overrides};
use crate::{logging, start};

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
    /// Where tasks live: `sqlite`, inside the data directory
    #[arg(long, value_name = "URL")]
    store: Option<String>,
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
        if let Some(url) = &self.redis {
            flags.push(("redis.url", url.clone().into()));
        }
        flags
    }

    /// Does it, until it is told to stop.
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        let config = shared.load(self.overrides())?.config;
        logging::start(&config.log).map_err(Failure::local)?;
        let greeting = config.clone();
        let ready = |urls: &[String]| {
            // A server whose greeting nobody reads is a server all the same.
            let _ = greet(urls, &greeting, out);
        };
        super::threads()?.block_on(start::run(config, ready)).map_err(Failure::local)
    }
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
    let data = config.data.display();
    out.styled(Style::Bold, &format!("ClaudeBench {version} listens on {}", urls.join(", ")))?;
    out.line(format!("Its data is in {data}. Ctrl-C stops it.\n\nIn another terminal, try:"))?;
    for line in tries(urls, config) {
        out.styled(Style::Cyan, &format!("  {line}"))?;
    }
    out.line("")
}

/// What to try next.
fn tries(urls: &[String], config: &Config) -> Vec<String> {
    let Some(url) = urls.first() else { return Vec::new() };
    let to = if *url == config.client.url { String::new() } else { format!(" --url {url}") };
    let mut lines = vec![
        format!("claudebench{to} task add \"Write the release notes\" --priority 70"),
        format!("claudebench{to} task list"),
        format!("claudebench{to} events --since start"),
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
        let lines = tries(&["http://127.0.0.1:3000".into()], &config);
        assert!(lines[1] == "claudebench task list", "{lines:?}");
        let lines = tries(&["unix:/run/cb.sock".into()], &config);
        assert_eq!(lines[1], "claudebench --url unix:/run/cb.sock task list");
        assert!(lines[3].starts_with("curl -s --unix-socket /run/cb.sock "), "{lines:?}");
    }
}
