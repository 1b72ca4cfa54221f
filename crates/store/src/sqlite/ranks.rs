//! The claim order follows the configuration: when the step of aging has changed, the ranks of the
//! pending tasks are computed anew. All other tasks get theirs when they become pending.

use claudebench_core::Millis;
use claudebench_core::rank::{Aging, rank};
use rusqlite::{Connection, params};

use super::rows::statements as sql;

/// How many tasks one transaction takes.
const STEP: i64 = 5_000;

/// A pending task: its tenant and id.
type Place = (i64, i64);

/// Sees to it that all pending tasks are ranked by one step. Cut off, it goes on the next time; with
/// yet another step it begins again. Nothing may be claimed before.
pub(super) fn follow(db: &Connection, aging: Aging) -> rusqlite::Result<()> {
    while step(db, aging, STEP)? {}
    Ok(())
}

/// One transaction; says whether more has to be done.
fn step(db: &Connection, aging: Aging, max: i64) -> rusqlite::Result<bool> {
    let (known, place): (Option<i64>, Option<Place>) = db.query_row(sql::RANKS, [], |row| {
        let (tenant, upto): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
        Ok((row.get(0)?, tenant.zip(upto)))
    })?;
    let from = match (known == Some(aging.step_ms), place) {
        (true, None) => return Ok(false),
        (true, Some(place)) => place,
        (false, _) => {
            if known.is_some() {
                tracing::info!(
                    aging_step_ms = aging.step_ms,
                    "pending tasks are put in order anew"
                );
            }
            (0, 0)
        }
    };
    let tx = db.unchecked_transaction()?;
    let place = rank_anew(db, aging, from, max)?;
    let (tenant, upto) = place.unzip();
    tx.execute(sql::SAVE_RANKS, params![aging.step_ms, tenant, upto])?;
    tx.commit()?;
    Ok(place.is_some())
}

/// Ranks the next tasks after a place; says how far it came, unless that was the end.
fn rank_anew(
    db: &Connection,
    aging: Aging,
    (mut tenant, mut upto): Place,
    max: i64,
) -> rusqlite::Result<Option<Place>> {
    let mut left = max;
    while left > 0 {
        let mut statement = db.prepare_cached(sql::PENDING_AFTER)?;
        let mut pending = statement.query([tenant, upto, left])?;
        while let Some(row) = pending.next()? {
            upto = row.get(0)?;
            left -= 1;
            let created_at = Millis(row.get(2)?);
            let rank = rank(row.get(1)?, created_at.0, aging);
            if row.get::<_, i64>(3)? != rank {
                db.prepare_cached(sql::SET_RANK)?.execute([upto, rank])?;
            }
        }
        if left > 0 {
            let next: Option<i64> =
                db.prepare_cached(sql::NEXT_TENANT)?.query_row([tenant], |row| row.get(0))?;
            let Some(next) = next else { return Ok(None) };
            (tenant, upto) = (next, 0);
        }
    }
    Ok(Some((tenant, upto)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::{SqliteOptions, open};

    const OFF: Aging = Aging { step_ms: 0 };
    const ON: Aging = Aging { step_ms: 1_000 };

    /// Ready, scheduled and blocked tasks of two tenants, ranked without aging; and one that has ended.
    fn database() -> (tempfile::TempDir, Connection) {
        let dir = tempfile::tempdir().unwrap();
        let db = open::writer(&SqliteOptions::new(dir.path())).unwrap();
        follow(&db, OFF).unwrap();
        db.execute("INSERT INTO tenants (name) VALUES ('other')", []).unwrap();
        for id in 1..=7_i64 {
            let (tenant, phase) = (1 + id % 2, if id == 7 { 0 } else { 1 + id % 3 });
            db.execute(
                "INSERT INTO tasks (id, tenant, status, phase, lane, rank, priority, version,
                    last_event, max_attempts, created_at, updated_at, created_by, text)
                 VALUES (?1, ?2, ?3, ?4, 1, ?5, ?1, 1, 1, 1, 100, 100, 'x', 'x')",
                params![id, tenant, if phase == 0 { 2 } else { 0 }, phase, rank(id, 100, OFF)],
            )
            .unwrap();
        }
        db.execute_batch(
            "INSERT INTO kinds SELECT tenant, '', iif(status = 0, phase - 1, 4), 0, count(*)
             FROM tasks GROUP BY 1, 2, 3",
        )
        .unwrap();
        (dir, db)
    }

    /// How many pending tasks are ranked by this step.
    fn ranked(db: &Connection, aging: Aging) -> usize {
        let mut statement =
            db.prepare("SELECT priority, created_at, rank FROM tasks WHERE phase > 0").unwrap();
        let rows = statement.query_map([], |row| {
            Ok(row.get::<_, i64>(2)? == rank(row.get(0)?, row.get(1)?, aging))
        });
        rows.unwrap().filter(|same| *same.as_ref().unwrap()).count()
    }

    #[test]
    fn each_transaction_takes_so_many_and_says_how_far_it_came() {
        let (_dir, db) = database();
        assert_eq!((ranked(&db, OFF), ranked(&db, ON)), (6, 0));
        for done in [2, 4, 6] {
            assert!(step(&db, ON, 2).unwrap(), "there may be more");
            assert_eq!(ranked(&db, ON), done);
        }
        assert!(!step(&db, ON, 2).unwrap(), "there was no more");
        let before = db.total_changes();
        follow(&db, ON).unwrap();
        assert_eq!(db.total_changes(), before, "all is as it should be");
    }

    #[test]
    fn cut_off_it_goes_on_or_begins_again() {
        for then in [ON, OFF, Aging { step_ms: 7 }] {
            let (dir, db) = database();
            step(&db, ON, 3).unwrap();
            assert_eq!(ranked(&db, ON), 3);
            drop(db);
            let db = open::writer(&SqliteOptions::new(dir.path())).unwrap();
            follow(&db, then).unwrap();
            assert_eq!(ranked(&db, then), 6, "{then:?}");
        }
    }
}
