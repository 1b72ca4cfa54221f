//! The command line over PostgreSQL.

use std::process::Output;

use claudebench_testkit::postgres::{Database, Postgres};
use serde_json::Value;

use super::program::program;

fn run(url: &str, args: &[&str]) -> Output {
    let output = program(args).env("CLAUDEBENCH_STORE_URL", url).output().unwrap();
    let seen = [&*output.stdout, &*output.stderr].concat();
    let seen = String::from_utf8(seen).unwrap();
    let (_, password) =
        url.split_once("postgres:").and_then(|(_, r)| r.split_once("postgres:")).unwrap();
    let password = password.split_once('@').unwrap().0;
    assert!(!seen.contains(password), "{args:?} shows the password:\n{seen}");
    output
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

async fn database() -> Database {
    Postgres::shared().await.database().await
}

#[tokio::test]
async fn what_a_migration_would_do_is_shown_before_it_is_done() {
    let database = database().await;
    let migrate = |args: &[&str]| run(&database.url(), &[&["migrate"], args].concat());
    let check = migrate(&["--check"]);
    assert_eq!(check.status.code(), Some(1), "{}", said(&check));
    assert!(out(&check).contains("first") && out(&check).contains("would be done"));
    let json: Value = serde_json::from_slice(&migrate(&["--check", "--json"]).stdout).unwrap();
    assert_eq!((&json["done"], &json["steps"][0]["version"]), (&false.into(), &1.into()));
    let done = migrate(&[]);
    assert!(done.status.success() && out(&done).contains("were done"), "{}", said(&done));
    let check = migrate(&["--check"]);
    assert!(check.status.success() && out(&check).contains("up to date"), "{}", out(&check));
}

#[tokio::test]
async fn a_database_that_says_no_is_an_error_that_shows_no_password() {
    let database = database().await;
    let missing = database.url().replace(database.name(), "no_such");
    let migrate = run(&missing, &["migrate"]);
    assert_eq!(migrate.status.code(), Some(1));
    assert!(said(&migrate).contains("create the database first"), "{}", said(&migrate));
    let show = run(&database.url(), &["config", "show", "--changed"]);
    assert!(out(&show).contains("postgres:***@127.0.0.1"), "{}", out(&show));
    let unreadable = format!("{}?sslmode=x", database.url());
    let check = run(&unreadable, &["config", "check"]);
    assert_eq!(check.status.code(), Some(1));
}

#[tokio::test]
async fn doctor_looks_at_it_and_backups_are_its_own() {
    let database = database().await;
    let doctor = run(&database.url(), &["doctor", "--json"]);
    let seen: Value = serde_json::from_slice(&doctor.stdout).unwrap();
    let check = |name: &str| {
        let checks = seen["checks"].as_array().unwrap();
        checks.iter().find(|check| check["name"] == name).cloned().unwrap_or_default()
    };
    assert_eq!(check("database")["state"], "good", "{seen}");
    assert_eq!(check("schema")["state"], "look", "{seen}");
    assert_eq!(check("data directory"), Value::Null, "{seen}");
    let backup = run(&database.url(), &["backup"]);
    assert_eq!(backup.status.code(), Some(1));
    assert!(said(&backup).contains("pg_dump"), "{}", said(&backup));
    // Who names a directory means that.
    let empty = tempfile::tempdir().unwrap();
    let backup = run(&database.url(), &["backup", "--data", empty.path().to_str().unwrap()]);
    assert!(said(&backup).contains("name the server's data directory"), "{}", said(&backup));
}
