//! Steps of the schema that cannot run in a transaction, as `CREATE INDEX CONCURRENTLY`.

use tokio_postgres::{Client, IsolationLevel, SimpleQueryMessage, SimpleQueryRow};

use super::super::connect::connect;
use super::super::errors::{Failed, OpenError};
use super::super::options::Target;
use super::super::params::params;
use super::super::sql::ground as sql;
use super::{Migration, check, failed, locked, note, rest};

/// Runs the next step, statement by statement, when nobody else does. Whoever builds an index waits
/// for all who have looked at the database before, so nobody may wait for this in a statement: the
/// turn is asked for, again and again, and held by a transaction that looks at nothing.
pub(super) async fn run(
    client: &mut Client,
    to: &Target,
    known: &'static [Migration],
) -> Result<(), OpenError> {
    let mut holding = connect(to).await?;
    loop {
        let begin = holding.build_transaction().isolation_level(IsolationLevel::ReadCommitted);
        let turn = begin.start().await?;
        // A simple question: the portal of another kind would stay, and keep looking.
        let said = turn.simple_query(sql::TAKE_ALONE).await?;
        let taken = |row: &SimpleQueryRow| row.get(0) == Some("t");
        if said.iter().any(|said| matches!(said, SimpleQueryMessage::Row(row) if taken(row))) {
            // Another one may have done it while this one waited.
            if let [next, ..] = check(client, known).await?
                && next.is_alone()
            {
                steps(client, next).await.map_err(|error| failed(next, error))?;
                let end = locked(client).await?;
                note(&end, next).await.map_err(|error| failed(next, error.into()))?;
                end.commit().await?;
            }
            return Ok(turn.rollback().await?);
        }
        turn.rollback().await?;
        rest().await;
    }
}

async fn steps(client: &Client, migration: &Migration) -> Result<(), Failed> {
    for statement in statements(migration.text) {
        if !statement.starts_with("SELECT") {
            step(client, &statement).await?;
            continue;
        }
        for row in client.query_typed(&statement, &[]).await? {
            step(client, row.try_get(0)?).await?;
        }
    }
    Ok(())
}

async fn step(client: &Client, statement: &str) -> Result<(), Failed> {
    match index(statement) {
        Some(index) => build(client, statement, index).await,
        None => Ok(client.batch_execute(statement).await?),
    }
}

/// Builds an index. What somebody else has begun and will not end is dropped; whoever is still at work
/// is waited for.
async fn build(client: &Client, statement: &str, index: &str) -> Result<(), Failed> {
    loop {
        // Asked for first: whoever ends between the two leaves nothing that could be dropped wrongly.
        while client.query_typed_one(sql::AT_WORK, &params![index]).await?.try_get(0)? {
            rest().await;
        }
        if let Some(drop) = unfinished(client, index).await? {
            client.batch_execute(&drop).await?;
        }
        client.batch_execute(statement).await?;
        // It is, when a server that is gone had sent the same before, and came to nothing after that.
        if unfinished(client, index).await?.is_none() {
            return Ok(());
        }
    }
}

/// What drops an index that was begun and not ended.
async fn unfinished(client: &Client, index: &str) -> Result<Option<String>, Failed> {
    let row = client.query_typed_opt(sql::UNFINISHED, &params![index]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// The statements of a file, each of which ends with its line, without comments.
fn statements(text: &str) -> Vec<String> {
    let (mut all, mut one) = (Vec::new(), String::new());
    for line in text.lines().filter(|line| !line.starts_with("--")) {
        one.push_str(line);
        one.push('\n');
        if line.ends_with(';') {
            all.push(std::mem::take(&mut one).trim().to_owned());
        }
    }
    all
}

/// The name of the index that a statement builds beside those who write.
fn index(statement: &str) -> Option<&str> {
    let mut words = statement.split_whitespace();
    (words.next() == Some("CREATE")).then_some(())?;
    words.find(|word| *word == "CONCURRENTLY")?;
    words.find(|word| !["IF", "NOT", "EXISTS"].contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_apart_and_its_indexes_are_known() {
        let text = "-- no transaction\n\nCREATE INDEX\n    a ON b (c);\n-- why;\nSELECT 1;\n";
        assert_eq!(statements(text), ["CREATE INDEX\n    a ON b (c);", "SELECT 1;"]);
        for (statement, name) in [
            ("CREATE INDEX CONCURRENTLY a ON b (c)", Some("a")),
            ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"A\" ON b (c)", Some("\"A\"")),
            ("CREATE INDEX a ON ONLY b (c)", None),
            ("DROP INDEX CONCURRENTLY a", None),
        ] {
            assert_eq!(index(statement), name, "{statement}");
        }
    }
}
