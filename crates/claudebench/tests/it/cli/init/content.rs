//! What is written, and that it is written once.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::super::program::text;
use super::super::server::{Server, eventually};
use super::Repository;

#[test]
fn an_empty_repository_is_set_up_and_a_second_time_changes_nothing() {
    let server = Server::start();
    let repository = Repository::new(&server);
    let said = repository.initialized(&["--yes"]);
    for part in ["+++ .claude/settings.json\n", "@@ -0,0 +1,", "made     .mcp.json\n", "it answers"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    let settings = repository.json(".claude/settings.json");
    let hook = json!({"type": "command", "command": "claudebench hook", "timeout": 5});
    assert_eq!(settings["hooks"]["PreToolUse"], json!([{"matcher": "*", "hooks": [hook]}]));
    assert_eq!(settings["hooks"]["SessionStart"], json!([{"hooks": [hook]}]));
    assert_eq!(settings["hooks"].as_object().unwrap().len(), 30);
    assert_eq!(settings["hooks"]["WorktreeCreate"], Value::Null, "it would replace git worktree");
    assert_eq!(settings["env"], Value::Null, "nobody asked for the tools for todos");
    let mcp = json!({"mcpServers": {"claudebench": {"command": "claudebench", "args": ["mcp"]}}});
    assert_eq!(repository.json(".mcp.json"), mcp);
    assert!(
        repository
            .read(".claudebench.toml")
            .ends_with(&format!("[client]\nurl = \"{}\"\n", server.url))
    );
    let advice = repository.read("CLAUDE.local.md");
    for part in ["task__claim", "task__heartbeat", "task__complete", "fence"] {
        assert!(advice.contains(part), "{part}: {advice}");
    }
    for personal in [
        ".claudebench.toml",
        "CLAUDE.local.md",
        ".claude/settings.local.json",
        "claudebench-data/x",
    ] {
        let ignored = repository.git(&["check-ignore", "-q", personal]);
        assert!(ignored.status.success(), "{personal}");
    }
    for shared in [".claude/settings.json", ".mcp.json", ".gitignore"] {
        assert!(!repository.git(&["check-ignore", "-q", shared]).status.success(), "{shared}");
    }

    let tree = repository.tree();
    let inode = fs::metadata(repository.path(".mcp.json")).unwrap().ino();
    for again in [&["--yes"][..], &[], &["--dry-run"]] {
        let said = repository.initialized(again);
        assert!(said.contains("nothing changes"), "{said}");
        assert_eq!(repository.tree(), tree);
    }
    assert_eq!(
        fs::metadata(repository.path(".mcp.json")).unwrap().ino(),
        inode,
        "nothing was written"
    );
}

#[test]
fn the_tools_for_todos_are_switched_on_where_that_is_wanted() {
    let server = Server::start();
    let repository = Repository::new(&server);
    repository.write(".claude/settings.json", "{\"env\": {\"A\": \"b\"}, \"model\": \"x\"}");
    repository.initialized(&["--yes", "--todo-tools"]);
    let settings = repository.json(".claude/settings.json");
    assert_eq!(settings["env"], json!({"A": "b", "CLAUDE_CODE_ENABLE_TODO_TOOLS": "1"}));
    assert!(repository.initialized(&["--yes"]).contains("nothing changes"));

    let repository = Repository::new(&server);
    let own = "{\"env\": {\"CLAUDE_CODE_ENABLE_TODO_TOOLS\": \"0\"}}";
    repository.write(".claude/settings.json", own);
    repository.initialized(&["--yes", "--todo-tools"]);
    let settings = repository.json(".claude/settings.json");
    assert_eq!(settings["env"]["CLAUDE_CODE_ENABLE_TODO_TOOLS"], "0", "what somebody set stays");
}

#[test]
fn what_others_wrote_stays() {
    let server = Server::start();
    let repository = Repository::new(&server);
    let theirs = "{\r\n\t\"zebra\": 1.50,\r\n\t\"hooks\": {\r\n\t\t\"PreToolUse\": [\r\n\t\t\t{ \"matcher\": \"Bash\", \"hooks\": [{ \"type\": \"command\", \"command\": \"lint\" }] }\r\n\t\t]\r\n\t},\r\n\t\"apple\": [1,  2]\r\n}";
    repository.write(".claude/settings.json", theirs);
    repository.write(".mcp.json", "{\"mcpServers\":{\"git\":{\"command\":\"git-mcp\"}}}");
    repository.write("CLAUDE.local.md", "# Mine\n\nBe brief.");
    repository.write(".gitignore", "target\nCLAUDE.local.md\n");
    repository.initialized(&["--yes"]);
    let settings = repository.read(".claude/settings.json");
    for line in theirs.lines().filter(|line| line.len() > 4) {
        assert!(settings.contains(line.trim_end_matches(',')), "{line:?} is not in {settings}");
    }
    assert_eq!(
        settings.matches('\n').count(),
        settings.matches("\r\n").count(),
        "lines end as before"
    );
    assert!(settings.contains("\r\n\t\t\"Stop\": [{\"hooks\": [{"), "{settings}");
    let read = repository.json(".claude/settings.json");
    let of_tools = read["hooks"]["PreToolUse"].as_array().unwrap();
    assert_eq!((of_tools.len(), &of_tools[0]["hooks"][0]["command"]), (2, &json!("lint")));
    let mcp = repository.json(".mcp.json");
    assert_eq!(mcp["mcpServers"]["git"], json!({"command": "git-mcp"}));
    assert_eq!(mcp["mcpServers"]["claudebench"]["command"], "claudebench");
    assert!(
        repository
            .read("CLAUDE.local.md")
            .starts_with("# Mine\n\nBe brief.\n\n<!-- claudebench:begin")
    );
    let ignored = repository.read(".gitignore");
    assert!(ignored.starts_with("target\nCLAUDE.local.md\n\n# claudebench:begin"), "{ignored}");
    assert_eq!(ignored.matches("CLAUDE.local.md").count(), 1, "what is ignored needs no line");
}

#[test]
fn a_program_that_no_shell_finds_is_called_by_its_path() {
    let server = Server::start();
    let repository = Repository::new(&server);
    let mut command = repository.command(&["init", "--yes", "--url", &server.url]);
    let output = command.env("PATH", "/usr/local/bin:/usr/bin:/bin").output().unwrap();
    assert!(
        text(&output.stdout).contains("claudebench is not in PATH"),
        "{}",
        text(&output.stdout)
    );
    let own = fs::canonicalize(env!("CARGO_BIN_EXE_claudebench")).unwrap();
    let mcp = repository.json(".mcp.json");
    assert_eq!(mcp["mcpServers"]["claudebench"]["command"], own.to_str().unwrap());
    let settings = repository.json(".claude/settings.json");
    let command = settings["hooks"]["Stop"][0]["hooks"][0]["command"].as_str().unwrap();
    assert_eq!(command, format!("{} hook", own.display()));
}

#[test]
fn symbolic_links_are_followed_and_rights_are_kept() {
    let server = Server::start();
    let repository = Repository::new(&server);
    let dotfiles = tempfile::tempdir().unwrap();
    let real = dotfiles.path().join("claude.json");
    fs::write(&real, "{\n  \"model\": \"x\"\n}\n").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    fs::create_dir(repository.path(".claude")).unwrap();
    symlink(&real, repository.path(".claude/settings.json")).unwrap();
    let said = repository.initialized(&["--yes"]);
    assert!(
        said.contains(real.canonicalize().unwrap().to_str().unwrap()),
        "where it really is is shown"
    );
    assert!(repository.path(".claude/settings.json").is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("claudebench hook"));
    assert_eq!(fs::metadata(&real).unwrap().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(dotfiles.path()).unwrap().count(), 1, "nothing else is left there");
    let personal = fs::metadata(repository.path(".claudebench.toml")).unwrap();
    assert_eq!(personal.mode() & 0o777, 0o600);
    repository.initialized(&["--remove", "--yes"]);
    assert_eq!(fs::read_to_string(&real).unwrap(), "{\n  \"model\": \"x\"\n}\n");
    assert!(repository.path(".claude/settings.json").is_symlink());
}

#[test]
fn a_folder_without_git_is_set_up_and_a_folder_of_a_repository_means_its_root() {
    let server = Server::start();
    let plain = Repository::without_git(&server.url);
    plain.initialized(&["--yes"]);
    assert!(plain.path(".claude/settings.json").is_file());
    assert!(!plain.path(".gitignore").exists());
    plain.initialized(&["--remove", "--yes"]);
    assert!(plain.tree().is_empty(), "{:?}", plain.tree());

    let repository = Repository::new(&server);
    fs::create_dir_all(repository.path("src/deep")).unwrap();
    let deep = repository.path("src/deep");
    repository.initialized(&["--yes", deep.to_str().unwrap()]);
    assert!(repository.path(".mcp.json").is_file() && !deep.join(".mcp.json").exists());
}

#[test]
fn programs_are_told_what_became_of_each_file() {
    let server = Server::start();
    let repository = Repository::new(&server);
    let told: Value =
        serde_json::from_str(&repository.initialized(&["--json", "--dry-run"])).unwrap();
    assert_eq!((&told["written"], &told["files"][0]["state"]), (&json!(false), &json!("made")));
    assert!(told["files"][0]["diff"].as_str().unwrap().starts_with("@@ -0,0"));
    assert!(repository.tree().is_empty());
    let told: Value = serde_json::from_str(&repository.initialized(&["--json", "--yes"])).unwrap();
    assert_eq!((&told["written"], &told["server"]["state"]), (&json!(true), &json!("found")));
    let paths: Vec<&str> = told["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            ".claude/settings.json",
            ".mcp.json",
            ".claudebench.toml",
            "CLAUDE.local.md",
            ".gitignore"
        ]
    );
    let told: Value = serde_json::from_str(&repository.initialized(&["--json", "--yes"])).unwrap();
    assert_eq!(
        (&told["written"], &told["files"][4]["state"]),
        (&json!(false), &json!("unchanged"))
    );
}

#[test]
fn claude_code_gets_the_events_that_it_knows() {
    let server = Server::start();
    let repository = Repository::new(&server);
    let events = || repository.json(".claude/settings.json")["hooks"].as_object().unwrap().len();
    repository.has_claude("2.1.90");
    repository.initialized(&["--yes"]);
    assert_eq!(events(), 24, "one that it does not know makes it leave out the whole file");
    // An update brings more.
    repository.has_claude("2.1.332");
    assert!(repository.initialized(&["--yes"]).contains("changed  .claude/settings.json"));
    assert_eq!(events(), 30);
    repository.initialized(&["--remove", "--yes"]);
    assert!(!repository.path(".claude").exists());
    fs::remove_dir_all(repository.home.path().join("bin")).unwrap();
    let said = repository.initialized(&["--yes"]);
    assert!(said.contains("Claude Code  not in PATH; it should be 2.1.114 or newer"), "{said}");
    assert_eq!(events(), 30);
}

/// Ends the server of a folder when the test is over, however that ends.
struct Ended<'a>(&'a std::path::Path);

impl Ended<'_> {
    fn servers(&self) -> Vec<String> {
        let folder = self.0.to_str().unwrap().as_bytes();
        let processes = fs::read_dir("/proc").unwrap().flatten();
        let runs = |process: &fs::DirEntry| {
            fs::read(process.path().join("cmdline"))
                .is_ok_and(|line| line.windows(folder.len()).any(|part| part == folder))
        };
        processes.filter(runs).map(|process| process.file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        for process in self.servers() {
            let _ = Command::new("kill").args(["-9", &process]).stdout(Stdio::null()).status();
        }
    }
}

#[test]
fn a_server_is_started_where_none_is() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let repository = Repository::without_git(&url);
    let data = repository.path("claudebench-data");
    let said = repository.initialized(&["--dry-run"]);
    assert!(said.contains("it will be started") && !data.exists(), "{said}");
    let said = repository.initialized(&["--yes", "--no-start"]);
    assert!(said.contains("none is there") && !data.exists(), "{said}");
    let ended = Ended(&data);
    let said = repository.initialized(&["--yes"]);
    assert!(said.contains("it was started, and stays"), "{said}");
    assert_eq!(ended.servers().len(), 1);
    let listed = repository.command(&["task", "list"]).output().unwrap();
    assert!(
        listed.status.success(),
        "the file of the project says where: {}",
        text(&listed.stderr)
    );
    assert!(repository.initialized(&["--yes"]).contains("it answers"));
    drop(ended);
    eventually("the server ends", || Ended(&data).servers().is_empty());
}
