//! `claudebench key`: through the server where one runs, else on its data directory, so that the
//! first key can be made before a server is open to others.

use std::path::Path;

use clap::Subcommand;
use claudebench_core::{Millis, Scope};
use claudebench_services::key::{CreateKey, KeyMade, ListKeys, RevokeKey};
use claudebench_store::sqlite;

use super::failure::{Failure, Outcome};
use super::output::{Cell, Out, Style, Table, ago, in_future};
use super::session::Session;
use super::values::{Params, duration, time};
use super::{DataDir, Shared};
use crate::client::{Client, ClientError};
use crate::config::{Config, Origin, Required};
use crate::opened::OpenError;
use crate::start::{self, StartError};

/// Make, list and revoke API keys.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an API key; it is shown this once
    Create(Create),
    /// List the API keys, without their secrets
    List {
        #[command(flatten)]
        data: DataDir,
    },
    /// Revoke an API key: it opens nothing any more
    Revoke {
        /// Its public id: the part of the key between the two underscores
        id: String,
        #[command(flatten)]
        data: DataDir,
    },
}

/// Make an API key; it is shown this once
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench key create --name ada --scopes admin
  claudebench key create --name builder --scopes tasks:read,tasks:work --expires-in 90d")]
pub(super) struct Create {
    /// Its name, as it will stand in events
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What it may do, with commas between
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', required = true)]
    #[arg(value_parser = Scope::ALL.map(|scope| scope.name()))]
    scopes: Vec<String>,
    /// Whose data it opens; made if there is no such tenant
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// When it ends, such as 2026-12-31T00:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "expires_in")]
    expires_at: Option<Millis>,
    /// In how long it ends, such as 90d
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    expires_in: Option<i64>,
    #[command(flatten)]
    data: DataDir,
}

impl Create {
    fn params(&self) -> Params {
        Params::new()
            .with("name", self.name.clone())
            .list("scopes", &self.scopes)
            .maybe("tenant", self.tenant.clone())
            .maybe("expiresAt", self.expires_at.map(|at| at.to_string()))
            .maybe("forMs", self.expires_in)
    }
}

impl Command {
    /// Does it.
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        super::one_thread()?.block_on(self.find(shared, out))
    }

    fn data(&self) -> &DataDir {
        match self {
            Self::Create(create) => &create.data,
            Self::List { data } | Self::Revoke { data, .. } => data,
        }
    }

    /// Finds the keys: behind a server, or in a data directory.
    async fn find(self, shared: &Shared, out: &mut Out) -> Outcome {
        let loaded = shared.load(self.data().overrides())?;
        if self.data().data.is_some() {
            return self.run_on_data(loaded.config, shared, out).await;
        }
        let client = shared.client(&loaded.config)?;
        let chosen =
            loaded.settings.iter().any(|s| s.key == "client.url" && s.origin != Origin::Default);
        if !chosen && is_absent(&client).await {
            let (url, store) = (client.address(), &loaded.config.store);
            let place = if store.is_embedded() {
                format!("the data directory {}", loaded.config.data.display())
            } else {
                "the database of the configuration".to_owned()
            };
            out.note(format!("No server runs at {url}; this goes to {place}."));
            return self.run_on_data(loaded.config, shared, out).await;
        }
        self.ask(&mut Session::with(client, shared, out)).await
    }

    /// Starts a server of its own for this call, on a socket that nobody else can reach.
    async fn run_on_data(self, mut config: Config, shared: &Shared, out: &mut Out) -> Outcome {
        let makes = matches!(self, Self::Create(_));
        if !makes && config.store.is_embedded() && !has_data(&config.data) {
            let what = format!("there is no data in {}", config.data.display());
            return Err(Failure::advise(what, "name the server's data directory with --data"));
        }
        let failed = |e| Failure::local(format!("no folder can be made: {e}"));
        let folder = tempfile::Builder::new().prefix("claudebench-").tempdir().map_err(failed)?;
        config.listen = vec![format!("unix:{}", folder.path().join("socket").display())];
        config.auth.required = Required::Auto;
        let running = start::start(config).await.map_err(|error| match error {
            StartError::Open(OpenError::Embedded(sqlite::OpenError::InUse { dir })) => Failure::advise(
                format!("a server uses the data directory {}", dir.display()),
                "call it without --data, with an admin key; if there is none, stop the server first",
            ),
            other => Failure::advise(other, "see `claudebench doctor`"),
        })?;
        let url = running.urls.first().map_or("", String::as_str);
        let client = Client::new(url.parse()?, None)?.with_timeout(shared.timeout());
        let done = self.ask(&mut Session::with(client, shared, out)).await;
        running.stop().await;
        done
    }

    async fn ask(self, session: &mut Session<'_>) -> Outcome {
        match self {
            Self::Create(create) => {
                let made = session.ask::<CreateKey>(create.params()).await?;
                made.map_or(Ok(()), |made| show(&made, session.out))
            }
            Self::List { .. } => list(session).await,
            Self::Revoke { id, .. } => {
                let params = Params::new().with("id", id);
                let Some(done) = session.ask::<RevokeKey>(params).await? else { return Ok(()) };
                session.out.line(format!("{} opens nothing any more", done.id))
            }
        }
    }
}

async fn is_absent(client: &Client) -> bool {
    matches!(client.get("/healthz").await, Err(ClientError::Unreachable { .. }))
}

fn has_data(dir: &Path) -> bool {
    dir.join(sqlite::DATABASE).is_file()
}

fn show(made: &KeyMade, out: &mut Out) -> Outcome {
    let mut table = Table::of_fields();
    table.field("id", made.id.as_str());
    table.field("name", made.name.as_str());
    table.field("tenant", made.tenant.as_str());
    table.field("scopes", made.scopes.join(", "));
    if let Some(end) = made.expires_at {
        table.field("ends", end.to_string());
    }
    match &made.key {
        Some(key) => table.field("key", Cell::styled(Style::Bold, key)),
        None => table.field("key", "shown when it was made"),
    }
    out.table(&table)?;
    out.note("Keep the key where secrets are kept: it is not shown again.");
    Ok(())
}

async fn list(session: &mut Session<'_>) -> Outcome {
    let Some(found) = session.ask::<ListKeys>(Params::new()).await? else { return Ok(()) };
    if found.keys.is_empty() {
        session.out.note("No API keys; `claudebench key create` makes one.");
        return Ok(());
    }
    let now = session.out.now();
    let mut table = Table::new(&["ID", "NAME", "TENANT", "MADE", "ENDS", "SCOPES"]);
    for key in &found.keys {
        let ends = match key.expires_at {
            Some(at) if key.expired => Cell::styled(Style::Red, ago(at, now)),
            Some(at) => in_future(at, now).into(),
            None => "never".into(),
        };
        table.row([
            key.id.as_str().into(),
            key.name.as_str().into(),
            key.tenant.as_str().into(),
            ago(key.created_at, now).into(),
            ends,
            key.scopes.join(" ").into(),
        ]);
    }
    session.out.table(&table)
}
