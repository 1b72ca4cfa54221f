//! All or nothing: what cannot be used is refused before anything is written.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Stdio;

use super::super::program::text;
use super::super::script::{Script, body};
use super::super::server::Server;
use super::Repository;

#[test]
fn a_file_that_cannot_be_used_is_refused_with_its_place_and_nothing_is_written() {
    let server = Server::start();
    for (name, content, what) in [
        (".claude/settings.json", "{\n  // why\n  \"a\": 1\n}", "line 2 column 3"),
        (".claude/settings.json", "[]", "expected an object at line 1 column 1"),
        (
            ".claude/settings.json",
            "{\"hooks\": {\n\"Stop\": {}}}",
            "expected a list at line 2 column 9",
        ),
        (".mcp.json", "{\"mcpServers\": 7}", "expected an object at line 1 column 16"),
        (".mcp.json", "{\"a\": 1,}", "line 1 column 9"),
        (".claudebench.toml", "[limits]\nbatch = 7\n", ".claudebench.toml:2: limits.batch: "),
        (".claudebench.toml", "[client\n", ".claudebench.toml:1: "),
        (
            "CLAUDE.local.md",
            "a\n<!-- claudebench:begin 0 -->\n",
            "line 2: our part begins and does not end",
        ),
        (".gitignore", "# claudebench:end\n", "line 1: our part ends and does not begin"),
    ] {
        let repository = Repository::new(&server);
        repository.write(name, content);
        let before = repository.tree();
        let output = repository.init(&["--yes"]);
        let said = text(&output.stderr);
        assert!(
            !output.status.success() && said.contains(what) && said.contains(name),
            "{name}: {said}"
        );
        assert!(said.contains("next: "), "{said}");
        assert_eq!(repository.tree(), before, "{name}");
        assert!(!repository.path(".git/claudebench-init.json").exists());
    }
}

#[test]
fn what_is_no_text_or_no_file_is_refused() {
    let server = Server::start();
    let repository = Repository::new(&server);
    fs::write(repository.path("CLAUDE.local.md"), b"\xff\xfe").unwrap();
    let output = repository.init(&["--yes"]);
    assert!(
        text(&output.stderr).contains("CLAUDE.local.md: is no UTF-8 text; nothing was written")
    );
    fs::remove_file(repository.path("CLAUDE.local.md")).unwrap();
    fs::create_dir(repository.path(".mcp.json")).unwrap();
    let output = repository.init(&["--yes"]);
    assert!(text(&output.stderr).contains(".mcp.json: is no file"), "{}", text(&output.stderr));
    fs::remove_dir(repository.path(".mcp.json")).unwrap();
    symlink("nowhere", repository.path(".mcp.json")).unwrap();
    let output = repository.init(&["--yes"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    fs::remove_file(repository.path(".mcp.json")).unwrap();
    assert!(repository.tree().is_empty(), "{:?}", repository.tree());
}

#[test]
fn a_folder_that_cannot_be_written_is_told_and_nothing_is_left_half_done() {
    let server = Server::start();
    let repository = Repository::new(&server);
    // In the place of a folder, whoever runs this.
    repository.write(".claude", "a file");
    let before = repository.tree();
    let output = repository.init(&["--yes"]);
    assert!(!output.status.success(), "{}", text(&output.stdout));
    assert_eq!(repository.tree(), before);
    assert!(!repository.path(".git/claudebench-init.json").exists());

    // A part of the kernel's own file system, where not even root makes files.
    let mut init = repository.command(&["init", "--yes", "--url", &server.url, "/proc/sys"]);
    let output = init.output().unwrap();
    let said = text(&output.stderr);
    assert!(said.contains("cannot be written") && said.contains("nothing was changed"), "{said}");

    let closed = Repository::new(&server);
    fs::set_permissions(closed.root.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let writable = fs::write(closed.path("probe"), "").is_ok();
    let output = closed.init(&["--yes"]);
    fs::set_permissions(closed.root.path(), fs::Permissions::from_mode(0o755)).unwrap();
    // Root may write anywhere.
    assert_eq!(output.status.success(), writable, "{}", text(&output.stderr));
    assert_eq!(closed.path(".mcp.json").exists(), writable);
}

#[test]
fn without_anybody_to_ask_nothing_is_written() {
    let server = Server::start();
    let repository = Repository::new(&server);
    let output = repository.init(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("+++ .mcp.json"), "it is shown all the same");
    assert!(
        text(&output.stderr).contains("next: to write what is shown: the same command with --yes")
    );
    assert!(repository.tree().is_empty());
    let output = repository.init(&["--dry-run"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    assert!(repository.tree().is_empty());
    repository.initialized(&["--yes"]);
    let tree = repository.tree();
    assert_eq!(repository.init(&["--remove"]).status.code(), Some(1));
    assert_eq!(repository.tree(), tree);
    for wrong in
        [&["--dry-run", "--yes"][..], &["--force"], &["--remove", "--todo-tools"], &["/nowhere"]]
    {
        assert_eq!(repository.init(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_server_elsewhere_that_does_not_answer_stops_it_unless_that_is_wanted() {
    let repository = Repository::without_git("http://192.0.2.1:9/far");
    let mut init = repository.command(&["init", "--yes", "--url", "http://127.0.0.1:9/far"]);
    let output = init.output().unwrap();
    assert!(!output.status.success());
    assert!(
        text(&output.stderr).contains("no server at http://127.0.0.1:9/far"),
        "{}",
        text(&output.stderr)
    );
    assert!(repository.tree().is_empty());
    let mut init =
        repository.command(&["init", "--yes", "--no-start", "--url", "http://127.0.0.1:9/far"]);
    assert!(init.output().unwrap().status.success());
    assert!(repository.read(".claudebench.toml").contains("http://127.0.0.1:9/far"));
}

#[tokio::test]
async fn what_answers_must_be_a_server_of_ours_and_a_key_a_key() {
    let foreign = Script::tcp([body(200, "<html>")]).await;
    let repository = Repository::without_git(&foreign.url);
    let mut init = repository.command(&["init", "--yes", "--url", &foreign.url]);
    let output = tokio::task::spawn_blocking(move || init.output()).await.unwrap().unwrap();
    assert!(text(&output.stderr).contains("is no ClaudeBench"), "{}", text(&output.stderr));
    let key = tempfile::NamedTempFile::new().unwrap();
    fs::write(key.path(), "hunter2").unwrap();
    let path = key.path().to_str().unwrap();
    let mut init = repository.command(&["init", "--yes", "--no-start", "--key-file", path]);
    let output = init.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("holds no API key"), "{}", text(&output.stderr));
    assert!(repository.tree().is_empty());
}

#[test]
fn who_said_yes_need_not_read_it_all() {
    let server = Server::start();
    let repository = Repository::new(&server);
    let mut init = repository.command(&["init", "--yes", "--url", &server.url]);
    let mut child = init.stdout(Stdio::piped()).spawn().unwrap();
    // The reader goes before a word was said.
    drop(child.stdout.take());
    child.wait().unwrap();
    assert!(repository.path(".gitignore").exists(), "{:?}", repository.tree());
}
