//! `claudebench doctor` in a repository: each link of the chain, whole and broken.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::super::program::text;
use super::super::server::Server;
use super::Repository;

/// What the doctor finds: name, state and finding of each check.
fn found(repository: &Repository, variables: &[(&str, &str)]) -> Vec<(String, String, String)> {
    let mut command = repository.command(&["doctor", "--quick", "--json"]);
    // The checks of a server are about a place of its own.
    command.env("CLAUDEBENCH_DATA", repository.home.path().join("data"));
    let output = command
        .env("CLAUDEBENCH_LISTEN", "127.0.0.1:0")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let said: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", text(&output.stderr)));
    let checks = said["checks"].as_array().unwrap().iter().map(|check| {
        let part = |name: &str| check[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(
            check["state"] == "good",
            check["advice"].is_null(),
            "each says what to do: {check}"
        );
        (part("name"), part("state"), part("found"))
    });
    checks.collect()
}

/// A check by its name.
fn one<'a>(checks: &'a [(String, String, String)], name: &str) -> (&'a str, &'a str) {
    let check = checks.iter().find(|check| check.0 == name);
    let check = check.unwrap_or_else(|| panic!("no check `{name}`: {checks:?}"));
    (&check.1, &check.2)
}

#[test]
fn every_link_of_a_repository_that_was_set_up_is_good() {
    let server = Server::start();
    let repository = Repository::new(&server);
    assert!(
        found(&repository, &[]).iter().all(|check| check.0 != "hooks"),
        "there is no chain yet"
    );
    repository.initialized(&["--yes"]);
    let checks = found(&repository, &[]);
    for (name, what) in [
        ("program", "in PATH is this one"),
        ("project", server.url.as_str()),
        ("server", "is healthy"),
        ("API key", "none is needed"),
        ("version", "the server has"),
        ("hooks", "set for 30 events"),
        ("hook", "`claudebench hook` answers in"),
        ("MCP", "`claudebench mcp` answers, with 11 tools"),
    ] {
        let (state, said) = one(&checks, name);
        assert!(state == "good" && said.contains(what), "{name}: {state} {said}");
    }
    let deep = repository.path("src");
    fs::create_dir(&deep).unwrap();
    let mut command = repository.command(&["doctor", "--quick"]);
    let output =
        command.current_dir(deep).env("CLAUDEBENCH_DATA", repository.home.path()).output().unwrap();
    assert!(text(&output.stdout).contains("`claudebench mcp` answers"), "{}", text(&output.stdout));
}

#[test]
fn a_broken_link_is_named() {
    let server = Server::start();
    let repository = Repository::new(&server);
    fs::create_dir(repository.path(".claude")).unwrap();
    assert_eq!(one(&found(&repository, &[]), "repository").0, "look");
    repository.initialized(&["--yes"]);
    let whole = repository.read(".claude/settings.json");

    let checks = found(&repository, &[("PATH", "/usr/bin:/bin")]);
    assert_eq!(one(&checks, "program").0, "look");
    assert!(matches!(one(&checks, "hook"), ("bad", said) if said.contains("no such program")));
    assert!(matches!(one(&checks, "MCP"), ("bad", said) if said.contains("no such program")));

    let mut settings = repository.json(".claude/settings.json");
    settings["hooks"].as_object_mut().unwrap().remove("Stop");
    repository.write(".claude/settings.json", &settings.to_string());
    assert_eq!(one(&found(&repository, &[]), "hooks"), ("look", "none for Stop"));
    repository.has_claude("2.1.90");
    assert!(
        matches!(one(&found(&repository, &[]), "hooks"), ("bad", said) if said.contains("does not know DirectoryAdded, PostModelSwitch"))
    );
    settings["disableAllHooks"] = true.into();
    repository.write(".claude/settings.json", &settings.to_string());
    assert_eq!(one(&found(&repository, &[]), "hooks").0, "bad");
    repository.write(".claude/settings.json", "{");
    assert_eq!(one(&found(&repository, &[]), "settings").0, "bad");
    repository.write(".claude/settings.json", &whole);

    repository.write(".claudebench/rules.toml", "colour = 7\n");
    assert!(
        matches!(one(&found(&repository, &[]), "hook"), ("look", said) if said.contains("rules.toml"))
    );
    fs::remove_dir_all(repository.path(".claudebench")).unwrap();

    repository.write(".mcp.json", "{\"mcpServers\": {}}");
    assert_eq!(one(&found(&repository, &[]), "MCP").0, "bad");

    repository.write(".claudebench.toml", "[client]\nurl = \"http://127.0.0.1:9\"\n");
    let checks = found(&repository, &[]);
    assert_eq!(one(&checks, "server").0, "look");
    assert!(checks.iter().all(|check| check.0 != "API key"));
    repository.write(".claudebench.toml", "[client]\nport = 9\n");
    let checks = found(&repository, &[]);
    assert_eq!((one(&checks, "configuration").0, one(&checks, "project").0), ("bad", "bad"));
}

#[test]
fn a_key_that_is_not_taken_is_told() {
    let data = tempfile::tempdir().unwrap();
    let made = super::program(&[
        "key",
        "create",
        "--name",
        "a",
        "--scopes",
        "tasks:read",
        "--json",
        "--data",
    ])
    .arg(data.path())
    .output()
    .unwrap();
    let key: Value = serde_json::from_slice(&made.stdout).unwrap();
    let key = key["key"].as_str().unwrap();
    let mut serve = super::program(&["serve", "--json", "--listen", "127.0.0.1:0", "--data"]);
    serve.arg(data.path()).env("CLAUDEBENCH_AUTH_REQUIRED", "always");
    let server = Server::run_by(serve, data);
    let repository = Repository::new(&server);
    repository.initialized(&["--yes"]);
    assert_eq!(one(&found(&repository, &[]), "API key"), ("bad", "the server wants one"));
    let wrong = format!("cb_{}_{}", "0".repeat(16), "a".repeat(64));
    let checks = found(&repository, &[("CLAUDEBENCH_API_KEY", &wrong)]);
    assert_eq!(one(&checks, "API key"), ("bad", "the server does not take it"));
    let checks = found(&repository, &[("CLAUDEBENCH_API_KEY", key)]);
    assert_eq!(one(&checks, "API key").0, "good");
}

#[test]
fn what_a_repository_brings_is_not_run_unless_it_is_this_program() {
    let server = Server::start();
    let repository = Repository::new(&server);
    repository.initialized(&["--yes"]);
    let ran = repository.path("ran");
    let trap = repository.path("tools/claudebench");
    repository.write("tools/claudebench", &format!("#!/bin/sh\ntouch {}\n", ran.display()));
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    let touch = format!("claudebench hook x; touch {}", ran.display());
    for command in
        ["tools/claudebench hook", touch.as_str(), "X=$(./tools/claudebench) claudebench hook"]
    {
        let settings = repository.json(".claude/settings.json").to_string();
        let hooks = serde_json::json!({"hooks": {"Stop": [{"hooks": [{"type": "command", "command": command}]}]}});
        repository.write(".claude/settings.json", &hooks.to_string());
        let checks = found(&repository, &[]);
        assert!(
            matches!(one(&checks, "hook"), ("look", said) if said.contains("not tried")),
            "{checks:?}"
        );
        repository.write(".claude/settings.json", &settings);
    }
    for server in [
        serde_json::json!({"command": "tools/claudebench", "args": ["mcp"]}),
        serde_json::json!({"command": "touch", "args": [&ran]}),
        serde_json::json!({"command": "claudebench", "args": ["mcp", "--url", "http://192.0.2.1"]}),
        serde_json::json!({"command": "claudebench", "args": ["mcp"], "env": {"LD_PRELOAD": "x"}}),
    ] {
        let servers = serde_json::json!({"mcpServers": {"claudebench": server}});
        repository.write(".mcp.json", &servers.to_string());
        let checks = found(&repository, &[]);
        assert!(
            matches!(one(&checks, "MCP"), ("look", said) if said.contains("not tried")),
            "{checks:?}"
        );
    }
    assert!(!ran.exists());
}
