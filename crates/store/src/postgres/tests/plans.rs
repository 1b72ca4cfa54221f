//! The statements, checked against the schema, and how PostgreSQL would run them.

use claudebench_testkit::postgres::connect;
use tokio_postgres::Client;

use super::database;
use crate::postgres::params::params;
use crate::postgres::read::list::quick_statements;
use crate::postgres::sql;

/// Every statement, by name.
fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let reads =
        [sql::ground::ALL, sql::read::ALL, sql::keeping::ALL, sql::metrics::ALL, sql::archive::ALL];
    let writes = [sql::load::ALL, sql::save::ALL, sql::follow::ALL];
    reads.into_iter().chain(writes).flatten()
}

/// Those that walk over a whole table, with the reason.
const WALKS: &[(&str, &str)] = &[
    ("add_months", "the register of the places"),
    ("ahead", "at most ten thousand lanes"),
    ("counted", "one row"),
    ("behind", "a row a project"),
    ("events_kept", "a row a month"),
    ("drop_instances", "those that were heard of yesterday"),
    ("drop_servers", "a row a server"),
    ("servers", "a row a server"),
    ("lock_counted", "one row"),
    ("all_pauses", "all of them, by intent"),
    ("all_lanes", "all of them, by intent"),
    ("flush_scheduled", "deletes all of a tenant"),
    ("flush_dependencies", "deletes all of a tenant"),
    ("flush_attachments", "deletes all of a tenant"),
];

/// Whether a statement has a plan.
fn has_plan(text: &str) -> bool {
    let first = text.lines().find(|line| !line.starts_with("--")).unwrap_or("");
    ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"].iter().any(|verb| first.starts_with(verb))
}

/// The steps by which a statement would be run, whatever it is asked with.
async fn plan(client: &Client, name: &str, text: &str) -> Vec<String> {
    let count = client.prepare(text).await.expect(name).params().len();
    let text = text.trim_end_matches(';');
    client.batch_execute(&format!("PREPARE it AS {text}")).await.expect(name);
    let nulls = vec!["NULL"; count].join(", ");
    let nulls = if count == 0 { String::new() } else { format!("({nulls})") };
    let steps = client.query(&format!("EXPLAIN EXECUTE it{nulls}"), &[]).await.expect(name);
    client.batch_execute("DEALLOCATE it").await.unwrap();
    steps.iter().map(|step| step.get(0)).collect()
}

/// A client that chooses an index wherever there is one that fits.
async fn planner(url: &str) -> Client {
    let client = connect(url).await.unwrap();
    let settings = "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan";
    client.batch_execute(settings).await.unwrap();
    client
}

#[tokio::test]
async fn every_statement_prepares_and_uses_an_index() {
    let database = database().await;
    let client = planner(&database.url()).await;
    client.batch_execute(sql::ground::MAKE_MIGRATIONS).await.unwrap();
    let mut walking = Vec::new();
    for (name, text) in all() {
        client.prepare(text).await.expect(name);
        if !has_plan(text) {
            continue;
        }
        let steps = plan(&client, name, text).await;
        let walks = steps.iter().any(|step| step.contains("Seq Scan"));
        let excused = WALKS.iter().any(|(excused, _)| excused == name);
        if !walks && excused {
            walking.push(format!("{name} needs no excuse"));
        }
        if walks && !excused {
            walking.push(format!("{name}: {steps:#?}"));
        }
    }
    assert!(walking.is_empty(), "{}", walking.join("\n"));
}

/// What writers find by the ids of tasks.
const BY_ID: &[&str] = &[
    "lock_tasks",
    "take_tasks",
    "tasks_there",
    "attachments",
    "take_dependents",
    "due_tasks",
    "due_leases",
    "take_ready",
    "move_tasks",
    "change_tasks",
    "erase_tasks",
    "erase_attachments",
    "delete_attachments",
];

/// What is of a whole table by intent.
const WHOLE: &[&str] = &["all_lanes", "count_keys", "flush_words"];

/// The steps that look into an index, each with what it looks for there: nothing, if that is all of it.
fn looks(steps: &[String]) -> impl Iterator<Item = (&str, &str)> {
    let after = |place| steps.get(place + 1).map_or("", |next: &String| next);
    let looks = steps.iter().enumerate().map(move |(place, step)| (&**step, after(place)));
    looks.filter(|(step, _)| step.contains("Scan using"))
}

/// Whether a step looks into a month of tasks or attachments other than by an id.
fn is_astray((step, by): (&str, &str)) -> bool {
    let month = step.contains(" on tasks_2") || step.contains(" on attachments_2");
    let by_id = ["Index Cond: (id = ", "Index Cond: (task = ", "Index Cond: ((task = "];
    month && !(step.contains("_pkey on ") && by_id.iter().any(|by_id| by.contains(by_id)))
}

#[tokio::test]
async fn one_plan_finds_tasks_by_their_ids_whatever_was_known_of_the_rows() {
    let database = database().await;
    let client = connect(&database.url()).await.unwrap();
    // Of a month that somebody has analysed when it was empty, nothing else can be hoped for: writers
    // have their plans made anew after a while.
    let few = "INSERT INTO tasks (id, tenant, status, phase, rank, priority, version, max_attempts, \
                   created_at, updated_at, created_by, text) \
               SELECT ((1700000000000 + m * 2600000000) << 20) + i, 1, 0, 0, 0, 0, 1, 1, 0, 0, '', '' \
               FROM generate_series(0::bigint, 2) AS m, generate_series(1, 60) AS i; ANALYZE tasks";
    for known in ["", few] {
        client.batch_execute(known).await.unwrap();
        client.batch_execute("BEGIN").await.unwrap();
        let bounds = params!["0", "0", "0", "force_generic_plan"];
        client.query_typed(sql::load::BOUNDS, &bounds).await.unwrap();
        let mut found = 0;
        for (name, text) in all().filter(|(name, _)| BY_ID.contains(name)) {
            let steps = plan(&client, name, text).await;
            assert!(!looks(&steps).any(is_astray), "{name}: {steps:#?}");
            found += steps.iter().filter(|step| step.contains("_pkey on ")).count();
        }
        assert!(found >= 3 * BY_ID.len(), "only {found} looks");
        for (name, text) in sql::load::ALL.iter().chain(sql::save::ALL).chain(sql::metrics::ALL) {
            if !has_plan(text) || WHOLE.contains(name) {
                continue;
            }
            let steps = plan(&client, name, text).await;
            let whole = looks(&steps).any(|(_, by)| !by.contains("Index Cond"));
            assert!(!whole, "{name} reads an index from end to end: {steps:#?}");
        }
        client.batch_execute("ROLLBACK").await.unwrap();
    }
}

#[tokio::test]
async fn a_quick_page_is_read_from_an_index_that_has_it_in_order() {
    let database = database().await;
    let client = planner(&database.url()).await;
    client.batch_execute("SET enable_sort = off; SET enable_bitmapscan = off").await.unwrap();
    let statements = quick_statements();
    assert_eq!(statements.len(), 10);
    for text in statements {
        let steps = plan(&client, &text, &text).await;
        // What the sources gave, a page from each, may be sorted at the top.
        let walks = steps.iter().skip(2);
        let walks =
            walks.filter(|step| step.contains("Seq Scan") || step.contains("Sort  (")).count() > 0;
        assert!(!walks, "{text}\n{steps:#?}");
    }
}
