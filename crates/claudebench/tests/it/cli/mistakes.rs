//! What goes wrong is said with what to do, to people and to programs.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::program::{program, text};
use super::server::Server;

/// Runs a call that fails, in an empty folder.
fn fails(args: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    let output = program(args).current_dir(folder.path()).output().unwrap();
    assert!(!output.status.success(), "{args:?}");
    output
}

fn said(args: &[&str]) -> String {
    text(&fails(args).stderr).to_owned()
}

#[test]
fn programs_get_every_mistake_as_json() {
    for (args, code) in [
        (&["task", "show", "--json"][..], "usage"),
        (&["--json", "nonsense"], "usage"),
        (&["task", "list", "--limit", "0", "--json"], "usage"),
        (&["events", "--limit", "0", "--json"], "usage"),
        (&["--url", "https://x", "task", "list", "--json"], "usage"),
        (&["verify", "/nope", "--json"], "unusable_file"),
        (&["serve", "--listen", "foo", "--json"], "usage"),
    ] {
        let output = fails(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(error["error"]["code"], code, "{args:?}");
        assert!(error["error"]["message"].as_str().unwrap().len() > 10, "{error}");
        assert!(error["error"]["next"].is_string(), "{error}");
        assert_eq!(text(&output.stdout), "", "{args:?}");
    }
}

#[test]
fn a_server_that_does_not_start_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("file"), "x").unwrap();
    let data = path("data");
    let long = format!("unix:/{}", "x".repeat(120));
    for (listen, what, next) in [
        ("0.0.0.0:0", "no API key yet", format!("--scopes admin --data {data}`, or listen on")),
        (":3999", "names no host", String::new()),
        ("127.0.0.1:99999", "is no port", String::new()),
        (&long, "at most 107 bytes", String::new()),
        (&format!("unix:{}", path("no/socket")), "cannot listen", "make the folder".into()),
        (&format!("unix:{}", path("file")), "is no socket", "move it away".into()),
    ] {
        let said = said(&["serve", "--listen", listen, "--data", &data]);
        assert!(said.contains(what), "{listen}: {said}");
        assert!(said.contains("\n  next: ") && said.contains(&next), "{listen}: {said}");
    }
    // Whether there is a key is looked for first.
    let keyed = path("keyed");
    let make = ["key", "create", "--name", "k", "--scopes", "admin", "--data", &keyed];
    assert!(program(&make).output().unwrap().status.success());
    let foreign = said(&["serve", "--listen", "10.99.99.99:3000", "--data", &keyed]);
    assert!(foreign.contains("cannot listen") && foreign.contains("an address of this machine"));
    let said = said(&["serve", "--listen", "127.0.0.1:0", "--data", &path("file")]);
    assert!(said.contains("is no directory; give another `--data`"), "{said}");
    assert_eq!(fs::read_to_string(path("file")).unwrap(), "x");
}

#[test]
fn a_server_that_asks_everybody_for_keys_needs_one_to_start() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data").display().to_string();
    let always = |args: &[&str]| {
        let mut command = program(args);
        command.env("CLAUDEBENCH_AUTH_REQUIRED", "always").output().unwrap()
    };
    let refused = always(&["serve", "--listen", "127.0.0.1:0", "--data", &data]);
    let said = text(&refused.stderr);
    let next = format!("claudebench key create --name NAME --scopes admin --data {data}");
    assert!(!refused.status.success() && said.contains(&next), "{said}");
    // What it advises helps.
    let words: Vec<&str> = next.split(' ').skip(1).collect();
    let made = always(&words);
    assert!(made.status.success(), "{}", text(&made.stderr));
}

#[test]
fn mistakes_about_keys_say_which_and_tell_no_secret() {
    let said = said(&["--key-file", "/no/such/key", "task", "list"]);
    assert!(said.contains("/no/such/key") && said.contains("next: name a file"), "{said}");
    let mut command = program(&["task", "list"]);
    command.env("CLAUDEBENCH_URL", "http://user:hunter2@127.0.0.1:9");
    let output = command.output().unwrap();
    let said = text(&output.stderr);
    assert!(said.contains("CLAUDEBENCH_URL") && !said.contains("hunter2"), "{said}");
    let help = program(&["task", "show"]).env("CLAUDEBENCH_URL", "http://x").output().unwrap();
    assert!(!text(&help.stderr).contains("--url"), "{}", text(&help.stderr));
}

#[test]
fn what_is_in_force_is_shown_with_its_place() {
    let mut command = program(&["config", "show", "--changed", "--key-file", "k", "--json"]);
    command.env("CLAUDEBENCH_URL", "http://bench:1").env("CLAUDEBENCH_API_KEY", "cb_a_secret");
    let shown: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let seen: Vec<(&str, &str)> = shown
        .as_array()
        .unwrap()
        .iter()
        .map(|setting| (setting["key"].as_str().unwrap(), setting["origin"].as_str().unwrap()))
        .collect();
    assert_eq!(seen, [("client.key_file", "--key-file"), ("client.url", "CLAUDEBENCH_URL")]);
    let mut command = program(&["config", "show", "--changed"]);
    command.env("CLAUDEBENCH_API_KEY", "cb_a_secret");
    let output = command.output().unwrap();
    let shown = text(&output.stdout);
    assert!(shown.contains("client.api_key") && !shown.contains("secret"), "{shown}");
}

#[test]
fn a_line_of_a_file_that_is_refused_is_named() {
    let server = Server::start();
    let file = server.folder().join("tasks");
    fs::write(&file, "one\n\n{\"text\": \"two\", \"priority\": 700}\nthree\n").unwrap();
    let output = server.run(&["task", "add", "--from", file.to_str().unwrap()]);
    let said = text(&output.stderr);
    assert!(
        said.contains("line 3: priority: ") && said.contains("lines 1 to 4 were not"),
        "{said}"
    );
}

#[test]
fn a_place_without_events_is_not_passed_over_in_silence() {
    let server = Server::start();
    server.json(&["task", "add", "One"]);
    for end in [&["--no-follow"][..], &[]] {
        let beyond = [&["events", "--since", "99999999"], end].concat();
        let refused = server.run(&beyond);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(said.contains("99999999 is beyond the end of the log at 1"), "{said}");
    }
    let none = ["events", "--since", "start", "--type", "task.deleted", "--no-follow"];
    let output = server.run(&none);
    assert_eq!(output.status.code(), Some(0), "nothing was found, as in an empty list");
    assert_eq!(text(&output.stderr), "There are no such events there.\n");
}

#[test]
fn a_backup_does_not_land_on_the_data() {
    let server = Server::start();
    let made = server.json(&["task", "add", "Keep me"]);
    let folder = server.folder().to_str().unwrap().to_owned();
    let database = server.folder().join("claudebench.db");
    for to in [&database, &server.folder().join("copy.db")] {
        let to = to.to_str().unwrap();
        let refused = server.run(&["backup", to, "--force", "--data", &folder]);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(said.contains("lies in the data directory") && said.contains("next: "), "{said}");
    }
    let server = Server::on("127.0.0.1:0", server.stop());
    assert_eq!(server.json(&["task", "show", made["id"].as_str().unwrap()])["text"], "Keep me");
}

#[test]
fn what_is_no_backup_replaces_nothing() {
    let server = Server::start();
    let made = server.json(&["task", "add", "Keep me"]);
    let data = server.stop();
    let folder = data.path().to_str().unwrap().to_owned();
    let bad = TempDir::new().unwrap();
    let path = bad.path().join("bad.db");
    for bytes in ["", "no database"] {
        fs::write(&path, bytes).unwrap();
        let said = said(&["restore", path.to_str().unwrap(), "--force", "--data", &folder]);
        assert!(said.contains("damaged") && said.contains("use another backup"), "{said}");
    }
    let server = Server::on("127.0.0.1:0", data);
    assert_eq!(server.json(&["task", "show", made["id"].as_str().unwrap()])["text"], "Keep me");
}

#[test]
fn a_linked_database_has_one_server_and_its_files_are_private() {
    let server = Server::start();
    let other = TempDir::new().unwrap();
    symlink(server.folder().join("claudebench.db"), other.path().join("claudebench.db")).unwrap();
    let said =
        said(&["serve", "--listen", "127.0.0.1:0", "--data", other.path().to_str().unwrap()]);
    assert!(said.contains("another server uses the data directory"), "{said}");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for name in ["claudebench.db", "claudebench.db-wal", "claudebench.db-shm", "claudebench.lock"] {
        assert_eq!(mode(&server.folder().join(name)), 0o600, "{name}");
    }
}
