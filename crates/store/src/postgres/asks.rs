//! Statements that are sent together, one after the other, without waiting in between.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row, Statement};

use super::errors::Failed;
use super::params::Typed;

/// A value of a parameter, with its type.
pub(super) type Value<'a> = (Box<dyn ToSql + Sync + Send + 'a>, Type);
/// What stopped a flush.
#[derive(Debug)]
pub(super) enum Stopped {
    /// The database, or the way to it.
    Said(Error),
    /// What was found.
    Found(Failed),
    /// No answer came for so long.
    Silence(Duration),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Said(error)
    }
}

impl From<Failed> for Stopped {
    fn from(failed: Failed) -> Self {
        Self::Found(failed)
    }
}

type Take<'a, T> = Box<dyn FnOnce(&mut T, Vec<Row>) -> Result<(), Failed> + Send + 'a>;

/// A statement, its values, and what is done with what it answers.
struct Ask<'a, T> {
    text: &'static str,
    values: Vec<Value<'a>>,
    take: Option<Take<'a, T>>,
}

/// Statements for one flush. The server does them in their order; after one that fails it does
/// none of the others.
pub(super) struct Asks<'a, T> {
    asks: Vec<Ask<'a, T>>,
}

/// A value, with its type.
pub(super) fn value<'a, V: Typed + Send + 'a>(value: V) -> Value<'a> {
    (Box::new(value), V::TYPE)
}

/// The values of a statement, in order.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::postgres::asks::value($value)),*]
    };
}
pub(super) use values;

impl<'a, T> Asks<'a, T> {
    pub(super) fn new() -> Self {
        Self { asks: Vec::new() }
    }

    /// One more statement, whose answer says nothing.
    pub(super) fn tell(&mut self, text: &'static str, values: Vec<Value<'a>>) {
        self.asks.push(Ask { text, values, take: None });
    }

    /// One more statement, and what is done with its rows.
    pub(super) fn ask(
        &mut self,
        text: &'static str,
        values: Vec<Value<'a>>,
        take: impl FnOnce(&mut T, Vec<Row>) -> Result<(), Failed> + Send + 'a,
    ) {
        self.asks.push(Ask { text, values, take: Some(Box::new(take)) });
    }

    /// Sends them all, and then takes their answers in order.
    pub(super) async fn run(self, link: &Link, into: &mut T) -> Result<(), Stopped> {
        let patience = link.patience;
        let done = timeout(patience, self.answered(link, into)).await;
        done.unwrap_or(Err(Stopped::Silence(patience)))
    }

    async fn answered(self, link: &Link, into: &mut T) -> Result<(), Stopped> {
        let wanted: Vec<(&'static str, Vec<Type>)> =
            self.asks.iter().map(|ask| (ask.text, types(&ask.values))).collect();
        let known = link.statements(wanted).await?;
        let asks = self.asks.into_iter().zip(known);
        let (takes, sent): (Vec<_>, Vec<_>) =
            asks.map(|(ask, known)| (ask.take, send(link, ask.text, known, ask.values))).unzip();
        let answers = try_join_all(sent).await?;
        for (take, rows) in takes.into_iter().zip(answers) {
            if let Some(take) = take {
                take(into, rows)?;
            }
        }
        Ok(())
    }
}

/// A connection, with the statements that it knows. Behind a pooler it knows none: each
/// transaction may be another connection's.
pub(super) struct Link {
    client: Client,
    known: Option<Mutex<HashMap<&'static str, Statement>>>,
    /// How long the answer to a flush may take.
    patience: Duration,
}

impl Link {
    /// A connection that keeps statements prepared, if it may.
    pub(super) fn new(client: Client, prepares: bool, patience: Duration) -> Self {
        Self { client, known: prepares.then(Mutex::default), patience }
    }

    /// The statements as they were prepared; one that comes for the first time is prepared now.
    async fn statements(
        &self,
        wanted: Vec<(&'static str, Vec<Type>)>,
    ) -> Result<Vec<Option<Statement>>, Error> {
        let Some(known) = &self.known else { return Ok(vec![None; wanted.len()]) };
        let mut known = known.lock().await;
        let mut found = Vec::with_capacity(wanted.len());
        for (text, types) in wanted {
            if !known.contains_key(text) {
                known.insert(text, self.client.prepare_typed(text, &types).await?);
            }
            found.push(known.get(text).cloned());
        }
        Ok(found)
    }
}

fn types(values: &[Value<'_>]) -> Vec<Type> {
    values.iter().map(|(_, of)| of.clone()).collect()
}

impl Deref for Link {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for Link {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

type Sent<'s> = Pin<Box<dyn Future<Output = Result<Vec<Row>, Error>> + Send + 's>>;

fn send<'s>(
    client: &'s Client,
    text: &'static str,
    known: Option<Statement>,
    values: Vec<Value<'s>>,
) -> Sent<'s> {
    Box::pin(async move {
        match known {
            Some(statement) => {
                let params: Vec<&(dyn ToSql + Sync)> =
                    values.iter().map(|(value, _)| &**value as &(dyn ToSql + Sync)).collect();
                client.query(&statement, &params).await
            }
            None => {
                let params: Vec<(&(dyn ToSql + Sync), Type)> = values
                    .iter()
                    .map(|(value, of)| (&**value as &(dyn ToSql + Sync), of.clone()))
                    .collect();
                client.query_typed(text, &params).await
            }
        }
    })
}
