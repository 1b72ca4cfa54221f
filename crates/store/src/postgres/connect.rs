//! Connections, what a server must be, and what it says of itself.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::timeout;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Socket};

use super::clock::DbClock;
use super::errors::{Failed, OpenError};
use super::options::Target;
use super::sql::ground as sql;
use super::tls::Tls;
use crate::store::StoreError;

/// The oldest version of PostgreSQL that will do, as it numbers them.
const OLDEST: i32 = 140_000;

/// Who is told of notifications.
pub(super) type Hear = Arc<dyn Fn(&str) + Send + Sync>;

/// A connection, and whose it is.
pub(super) struct Connected {
    pub(super) client: Client,
    /// Whose history the server goes on with; nothing of one that follows another.
    pub(super) timeline: Option<i64>,
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) struct Unconnected {
    pub(super) error: OpenError,
    /// It was the server that said so, and it goes on.
    pub(super) said: bool,
}

/// What ends a connection from outside: its server was left.
pub(super) struct Cut {
    pub(super) left: watch::Receiver<u64>,
    /// How many were left before it.
    pub(super) before: u64,
}

impl Cut {
    async fn came(mut self) {
        let before = self.before;
        if self.left.wait_for(|left| *left != before).await.is_err() {
            // Nobody is there who could leave it.
            std::future::pending::<()>().await;
        }
    }
}

/// A connection. It ends with the client, or when its server is the primary no more.
pub(super) async fn connect(to: &Target) -> Result<Client, OpenError> {
    connected(to, None).await.map(|connected| connected.client)
}

/// The same, with what is known of it, and somebody who hears what it notifies of.
pub(super) async fn connected(to: &Target, hear: Option<Hear>) -> Result<Connected, OpenError> {
    match &to.primary {
        // Seldom, and large.
        Some(primary) => Box::pin(primary.connect(hear)).await,
        None => {
            let opened = Box::pin(open((&to.config, &to.tls), to.patience, hear, None));
            opened.await.map_err(|unconnected| unconnected.error)
        }
    }
}

/// Opens one to the host of a configuration, whatever that is.
pub(super) async fn open(
    (config, tls): (&Config, &Tls),
    patience: Duration,
    hear: Option<Hear>,
    cut: Option<Cut>,
) -> Result<Connected, Unconnected> {
    let opening = async {
        let (client, connection) = config.connect(tls.clone()).await.map_err(unconnected)?;
        tokio::spawn(serve(connection, hear, cut));
        let server = client.query_typed_one(sql::SERVER, &[]).await.map_err(unconnected)?;
        let read = || {
            let (number, version): (i32, String) = (server.try_get(0)?, server.try_get(1)?);
            Ok((number, version, server.try_get::<_, String>(2)?, server.try_get(3)?))
        };
        let (number, version, encoding, timeline) = read().map_err(unconnected)?;
        let unfit = |error| Err(Unconnected { error, said: true });
        if number < OLDEST {
            return unfit(OpenError::Old { found: version });
        }
        if encoding != "UTF8" {
            return unfit(OpenError::Encoding { found: encoding });
        }
        Ok(Connected { client, timeline })
    };
    timeout(patience, opening)
        .await
        .unwrap_or_else(|_| Err(Unconnected { error: silent(patience).into(), said: false }))
}

/// The error for a database that says nothing.
pub(super) fn silent(patience: Duration) -> StoreError {
    let what = format!("the database has not answered within {} ms", patience.as_millis());
    StoreError::Unavailable { what }
}

fn unconnected(error: tokio_postgres::Error) -> Unconnected {
    // One that starts or stops says so, and is as good as away.
    let said = error.code().is_some_and(|code| !code.code().starts_with("57P"));
    Unconnected { error: error.into(), said }
}

type Driven = Connection<Socket, <Tls as tokio_postgres::tls::MakeTlsConnect<Socket>>::Stream>;

/// Drives a connection to its end.
async fn serve(mut connection: Driven, hear: Option<Hear>, cut: Option<Cut>) {
    let ended = async {
        loop {
            match poll_fn(|cx| connection.poll_message(cx)).await {
                Some(Ok(AsyncMessage::Notification(said))) => {
                    if let Some(hear) = &hear {
                        hear(said.payload());
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Some(error),
                None => return None,
            }
        }
    };
    let cut = async {
        match cut {
            Some(cut) => cut.came().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = ended => if let Some(error) = ended {
            tracing::warn!(%error, "a connection to the database broke");
        },
        () = cut => {}
    }
}

/// So often it is asked which backend serves a connection.
const LOOKS: usize = 3;

/// Whether a pooler gives each transaction another backend: then one of two connections is served
/// by several, or both by one.
pub(super) async fn is_pooled(client: &Client, to: &Target) -> Result<bool, OpenError> {
    let other = connect(to).await?;
    let (mut own, mut others) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..LOOKS {
        for (client, seen) in [(client, &mut own), (&other, &mut others)] {
            let row = client.query_typed_one(sql::BACKEND, &[]).await?;
            seen.insert(row.try_get::<_, i32>(0)?);
        }
    }
    Ok(own.len() > 1 || others.len() > 1 || own == others)
}

/// Asks for the database's time.
pub(super) async fn clock(client: &Client) -> Result<DbClock, Failed> {
    let (sent, came, said) = time(client).await?;
    let clock = DbClock::new(sent, came, said);
    // The first answer of a connection may be slow.
    for _ in 0..3 {
        let (sent, came, said) = time(client).await?;
        clock.measure(sent, came, said);
    }
    Ok(clock)
}

async fn time(client: &Client) -> Result<(Instant, Instant, i64), Failed> {
    let sent = Instant::now();
    let row = client.query_typed_one(sql::TIME, &[]).await?;
    Ok((sent, Instant::now(), row.try_get(0)?))
}
