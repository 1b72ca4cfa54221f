//! The statements, checked against the schema.

use super::{SqliteOptions, open, read, write};

/// Every statement prepares, and none walks over a table that grows; those that may, with the
/// reason.
const WALKS: &[(&str, &str)] = &[
    ("last_task", "one step from the end"),
    ("last_event", "one step from the end"),
    ("first_event", "one step from the start"),
    ("event_bounds", "one step from either end"),
    ("all_leases", "at start, every current lease"),
    ("all_pauses", "at start, at most a thousand a tenant"),
    ("ready_lanes", "bounded by the number of lanes"),
    ("search_upto", "one row"),
    ("search_move", "one row"),
    ("flush_words", "deletes everything"),
    ("flush_leases", "deletes everything"),
    ("flush_dependencies", "deletes everything"),
    ("flush_attachments", "deletes everything"),
    ("instances", "every instance is asked for"),
    ("keys", "every key is asked for"),
    ("count_keys", "at most ten thousand"),
    ("drop_instances", "at most ten thousand a tenant"),
    ("dead_among", "a list that is given"),
    ("tally", "the votes on one decision"),
    ("attachments_of", "at most a thousand of one task"),
    ("pauses", "at most a thousand of a tenant"),
    ("ahead_in_lane", "counted to a bound"),
    ("totals", "a row for each tenant"),
    ("oldest_ready", "of a thousand rows"),
];

#[test]
fn every_statement_prepares_and_uses_an_index() {
    let dir = tempfile::tempdir().unwrap();
    let db = open::writer(&SqliteOptions::new(dir.path())).unwrap();
    read::words::register(&db).unwrap();
    let mut walking = Vec::new();
    for (name, text) in write::statements::ALL.iter().chain(read::statements::ALL) {
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {text}")).expect(name);
        let values = vec![rusqlite::types::Null; plan.parameter_count()];
        let steps: Vec<String> = plan
            .query_map(rusqlite::params_from_iter(values), |row| row.get(3))
            .unwrap()
            .collect::<Result<_, _>>()
            .expect(name);
        let walks = steps.iter().any(|step| {
            let by_row = step.contains("CONSTANT ROW") || step.ends_with("VIRTUAL TABLE INDEX 0:=");
            (step.starts_with("SCAN") && !by_row) || step.contains("TEMP B-TREE FOR ORDER BY")
        });
        let excused = WALKS.iter().any(|(excused, _)| excused == name);
        if walks && !excused {
            walking.push(format!("{name}: {steps:#?}"));
        }
    }
    assert!(walking.is_empty(), "{}", walking.join("\n"));
}
