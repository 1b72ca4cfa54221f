//! `claudebench init --remove` gives back what was there.

use std::fs;

use super::super::program::text;
use super::super::server::Server;
use super::Repository;

const HOOK_OF_OTHERS: &str = r#"{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say done"}]}], "Setup": []}}"#;

/// Files as they may be before: name and text.
type State = &'static [(&'static str, &'static str)];

const STATES: &[State] = &[
    &[],
    &[(".claude/settings.json", "{}")],
    &[(".claude/settings.json", "{ }\n"), (".mcp.json", "{}\r\n"), (".gitignore", "")],
    &[(".claude/settings.json", ""), ("CLAUDE.local.md", "\n")],
    &[(".claude/settings.json", "{\n  \"hooks\": {}\n}"), (".mcp.json", "{\"mcpServers\": {}}")],
    &[(".claude/settings.json", HOOK_OF_OTHERS)],
    &[(
        ".claude/settings.json",
        "\u{feff}{\r\n    \"env\": {\r\n    },\r\n    \"é\": \"\\u00e9\"\r\n}\r\n",
    )],
    &[(".mcp.json", "{\n\t\"mcpServers\": {\n\t\t\"a\": {\"command\": \"b\"}\n\t}\n}\n\n\n")],
    &[("CLAUDE.local.md", "no newline"), (".gitignore", "a\r\nb"), (".claude/agents/x.md", "x")],
    &[(".claudebench.toml", "# mine\n[client]\nurl = \"http://127.0.0.1:9\"\n")],
    &[(
        ".claude/settings.json",
        "{\"a\":{\"b\":[]},\n\n\"hooks\":{\"PreToolUse\":[{\"matcher\":\"Bash\",\"hooks\":[]}]}}",
    )],
];

#[test]
fn the_bytes_that_were_there_come_back() {
    let server = Server::start();
    for state in STATES {
        for todo in [&["--yes"][..], &["--yes", "--todo-tools"]] {
            let repository = Repository::new(&server);
            for (name, text) in *state {
                repository.write(name, text);
            }
            let before = repository.tree();
            repository.initialized(todo);
            assert_ne!(repository.tree(), before, "{state:?}");
            assert!(repository.initialized(todo).contains("nothing changes"), "{state:?}");
            let said = repository.initialized(&["--remove", "--yes"]);
            assert_eq!(repository.tree(), before, "{state:?}: {said}");
            assert!(!repository.path(".git/claudebench-init.json").exists());
            let said = repository.initialized(&["--remove", "--yes"]);
            assert!(said.contains("Nothing of ours"), "{said}");
        }
    }
}

#[test]
fn what_was_added_around_it_stays() {
    let server = Server::start();
    let repository = Repository::new(&server);
    repository.write(".claude/settings.json", "{\n  \"model\": \"x\"\n}\n");
    repository.initialized(&["--yes", "--todo-tools"]);
    let settings = repository.read(".claude/settings.json");
    let edited = settings.replacen("\"model\": \"x\"", "\"model\": \"y\"", 1).replacen(
        "\"Stop\": [{",
        "\"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"say done\"}]}, {",
        1,
    );
    assert_ne!(edited, settings);
    repository.write(".claude/settings.json", &edited);
    let memory = repository.read("CLAUDE.local.md");
    repository.write("CLAUDE.local.md", &format!("# Before\n\n{memory}\nAfter.\n"));
    let mcp = repository.read(".mcp.json");
    repository.write(".mcp.json", &format!("{mcp}\n\n"));
    repository.initialized(&["--remove", "--yes"]);
    let left = "{\n  \"model\": \"y\",\n  \"hooks\": {\n    \"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"say done\"}]}]\n  }\n}\n";
    assert_eq!(repository.read(".claude/settings.json"), left);
    assert_eq!(repository.read("CLAUDE.local.md"), "# Before\n\nAfter.\n");
    for gone in [".mcp.json", ".claudebench.toml", ".gitignore", ".git/claudebench-init.json"] {
        assert!(!repository.path(gone).exists(), "{gone}");
    }
}

#[test]
fn what_somebody_changed_of_it_is_kept_and_shown_until_it_is_asked_for() {
    let server = Server::start();
    let repository = Repository::new(&server);
    repository.initialized(&["--yes"]);
    let settings = repository.json(".claude/settings.json").to_string();
    let changed = settings.replacen("claudebench hook", "claudebench hook --rules mine.toml", 1);
    repository.write(".claude/settings.json", &changed);
    let memory = repository.read("CLAUDE.local.md").replace("Register once", "Register twice");
    repository.write("CLAUDE.local.md", &memory);
    let project = repository.read(".claudebench.toml");
    repository.write(".claudebench.toml", &format!("{project}# mine\n"));
    assert!(repository.initialized(&["--yes"]).contains("nothing changes"), "it is theirs by now");

    let said = repository.initialized(&["--remove", "--yes"]);
    assert!(
        said.contains("claudebench hook --rules mine.toml") && said.contains("--force"),
        "{said}"
    );
    let left = repository.json(".claude/settings.json");
    assert_eq!(left["hooks"].as_object().unwrap().len(), 1, "{left}");
    assert_eq!(repository.read("CLAUDE.local.md"), memory);
    assert!(
        repository.path(".claudebench.toml").exists() && !repository.path(".mcp.json").exists()
    );

    let said = repository.initialized(&["--remove", "--yes", "--force"]);
    assert!(repository.tree().is_empty(), "{said}: {:?}", repository.tree());
    assert!(!repository.path(".git/claudebench-init.json").exists());
}

#[test]
fn a_repository_that_somebody_else_set_up_can_be_left() {
    let server = Server::start();
    let theirs = Repository::new(&server);
    theirs.initialized(&["--yes"]);
    let mine = Repository::new(&server);
    for shared in [".claude/settings.json", ".mcp.json"] {
        mine.write(shared, &theirs.read(shared));
    }
    let said = mine.initialized(&["--yes"]);
    assert!(
        said.contains("made     .claudebench.toml") && !said.contains("+++ .mcp.json"),
        "{said}"
    );
    let said = mine.initialized(&["--remove", "--dry-run"]);
    assert!(said.contains("--- .mcp.json") && said.contains("Nothing was written."), "{said}");
    mine.initialized(&["--remove", "--yes"]);
    assert_eq!(mine.read(".mcp.json"), "{}\n");
    assert_eq!(mine.read(".claude/settings.json"), "{}\n");
    assert!(!mine.path(".claudebench.toml").exists());
}

#[test]
fn a_later_version_writes_over_its_own_alone() {
    let server = Server::start();
    let repository = Repository::new(&server);
    repository.write("CLAUDE.local.md", "# Mine\n");
    repository.initialized(&["--yes"]);
    // As one that knew fewer events, and called the program elsewhere.
    let mut settings = repository.json(".claude/settings.json");
    settings["hooks"].as_object_mut().unwrap().remove("PreModelSwitch");
    let old = settings.to_string().replace("claudebench hook", "/nowhere/claudebench hook");
    repository.write(".claude/settings.json", &old);
    let said = repository.initialized(&["--yes"]);
    assert!(said.contains("changed  .claude/settings.json"), "{said}");
    let new = repository.json(".claude/settings.json");
    assert_eq!(new["hooks"].as_object().unwrap().len(), 30);
    assert!(!new.to_string().contains("nowhere"));
    repository.initialized(&["--remove", "--yes"]);
    assert_eq!(repository.read("CLAUDE.local.md"), "# Mine\n");
    assert!(!repository.path(".claude").exists());
}

#[test]
fn a_damaged_record_is_told_and_nothing_is_lost() {
    let server = Server::start();
    let repository = Repository::new(&server);
    repository.initialized(&["--yes"]);
    let tree = repository.tree();
    fs::write(repository.path(".git/claudebench-init.json"), "{").unwrap();
    let output = repository.init(&["--remove", "--yes"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("claudebench-init.json is damaged"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(repository.tree(), tree);
}
