//! `.claudebench.toml`: the server of a project, and what a repository that somebody cloned may not do
//! by it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use serde_json::{Value, json};

use super::super::program::text;
use super::super::script::{Script, result};
use super::super::server::Server;
use super::Repository;

/// Runs the program in a folder of a repository.
fn run_in(
    repository: &Repository,
    folder: &str,
    args: &[&str],
    variables: &[(&str, &str)],
) -> Output {
    let mut command = repository.command(args);
    command.current_dir(repository.path(folder)).envs(variables.iter().copied()).output().unwrap()
}

#[test]
fn the_nearest_file_says_which_server_is_meant() {
    let (one, other) = (Server::start(), Server::start());
    let repository = Repository::new(&one);
    repository.write(".claudebench.toml", &format!("[client]\nurl = \"{}\"\n", one.url));
    repository.write("inner/.claudebench.toml", &format!("[client]\nurl = \"{}\"\n", other.url));
    fs::create_dir_all(repository.path("inner/deep")).unwrap();
    fs::create_dir_all(repository.path("else/where")).unwrap();
    let added = run_in(&repository, "inner/deep", &["task", "add", "Inner"], &[]);
    assert!(added.status.success(), "{}", text(&added.stderr));
    let total = |server: &Server| server.json(&["call", "task.stats"])["total"].clone();
    assert_eq!((total(&one), total(&other)), (json!(0), json!(1)));
    run_in(&repository, "else/where", &["task", "add", "Outer"], &[]);
    assert_eq!((total(&one), total(&other)), (json!(1), json!(1)));
    // The environment and flags lie over it, and `config show` says so.
    let listed =
        run_in(&repository, "inner", &["task", "add", "x"], &[("CLAUDEBENCH_URL", &one.url)]);
    assert!(listed.status.success());
    assert_eq!(total(&one), json!(2));
    let shown = run_in(&repository, "inner", &["config", "show", "--changed", "--json"], &[]);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let place = repository.path("inner/.claudebench.toml");
    assert_eq!(shown[0]["origin"], format!("{}:2", place.display()));
    let checked = run_in(&repository, "inner", &["config", "check"], &[]);
    assert!(text(&checked.stdout).contains(&format!("and {}", place.display())));
}

#[test]
fn a_file_beyond_the_repository_is_nobodys_business() {
    let server = Server::start();
    let repository = Repository::new(&server);
    repository.write(".claudebench.toml", "[client]\nurl = \"http://127.0.0.1:9\"\n");
    repository.write("clone/.git/HEAD", "ref: refs/heads/x\n");
    fs::create_dir_all(repository.path("clone/src")).unwrap();
    let shown = run_in(&repository, "clone/src", &["config", "show", "--changed", "--json"], &[]);
    assert_eq!(text(&shown.stdout), "[]\n");
    fs::remove_dir_all(repository.path(".git")).unwrap();
    fs::create_dir_all(repository.path("plain/deep")).unwrap();
    let shown = run_in(&repository, "plain/deep", &["config", "show", "--changed", "--json"], &[]);
    assert_eq!(text(&shown.stdout), "[]\n", "no repository, and not below the home");
    let home = repository.path("");
    let home = home.to_str().unwrap();
    let shown =
        run_in(&repository, "plain/deep", &["config", "show", "--changed"], &[("HOME", home)]);
    assert!(text(&shown.stdout).contains("http://127.0.0.1:9"), "{}", text(&shown.stdout));
}

#[test]
fn a_work_tree_that_was_added_talks_to_the_server_of_the_main_one() {
    let server = Server::start();
    let repository = Repository::new(&server);
    repository.initialized(&["--yes"]);
    let made = repository.git(&[
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "x",
    ]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let elsewhere = tempfile::tempdir().unwrap();
    let tree = elsewhere.path().join("tree");
    let added = repository.git(&["worktree", "add", "-q", tree.to_str().unwrap()]);
    assert!(added.status.success(), "{}", text(&added.stderr));
    fs::create_dir(tree.join("src")).unwrap();
    let mut command = repository.command(&["task", "list"]);
    let output = command.current_dir(tree.join("src")).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    // One of its own is nearer.
    fs::write(tree.join(".claudebench.toml"), "[client]\nurl = \"http://127.0.0.1:9\"\n").unwrap();
    let mut command = repository.command(&["task", "list"]);
    assert_eq!(command.current_dir(&tree).output().unwrap().status.code(), Some(3));
}

#[test]
fn it_sets_the_server_and_hooks_alone() {
    let server = Server::start();
    let repository = Repository::new(&server);
    for (content, what) in [
        (
            "data = \"x\"\n",
            ".claudebench.toml:1: data: the file of a project holds [client] and [hook] alone",
        ),
        (
            "[client]\n\nurll = \"x\"\n",
            ".claudebench.toml:3: client.urll: there is no such setting; is `client.url` meant?",
        ),
        ("[client]\nurl = \"ftp://x\"\n", ".claudebench.toml:2: client.url: "),
        ("[client]\nurl = 7\n", ".claudebench.toml:2: client.url: expected string, got integer"),
    ] {
        repository.write(".claudebench.toml", content);
        let output = run_in(&repository, "", &["task", "list"], &[]);
        assert!(!output.status.success());
        assert!(text(&output.stderr).contains(what), "{}", text(&output.stderr));
    }
    // A server serves whatever project it is started in.
    let data = tempfile::tempdir().unwrap();
    let data = data.path().to_str().unwrap();
    let migrated = run_in(&repository, "", &["migrate", "--check"], &[("CLAUDEBENCH_DATA", data)]);
    assert!(!text(&migrated.stderr).contains(".claudebench.toml"), "{}", text(&migrated.stderr));
}

#[test]
fn what_is_set_for_all_of_a_machine_about_hooks_holds_in_every_repository() {
    let server = Server::start();
    let repository = Repository::new(&server);
    let own = tempfile::NamedTempFile::new().unwrap();
    fs::write(own.path(), "[hook]\nrules = \"/mine.toml\"\n").unwrap();
    repository.write(".claudebench.toml", "[hook]\nrules = \"theirs.toml\"\n");
    let rules = |variables: &[(&str, &str)]| {
        let shown = run_in(&repository, "", &["config", "show", "--changed", "--json"], variables);
        let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
        shown[0]["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(rules(&[("CLAUDEBENCH_CONFIG", own.path().to_str().unwrap())]), "/mine.toml");
    assert_eq!(
        rules(&[]),
        repository.path("theirs.toml").to_str().unwrap(),
        "from the folder of the file"
    );
}

#[test]
fn a_key_of_somebodys_own_is_not_sent_where_a_repository_says() {
    let server = Server::start();
    let repository = Repository::new(&server);
    repository.write(".claudebench.toml", "[client]\nurl = \"http://192.0.2.1:9\"\n");
    let key = ("CLAUDEBENCH_API_KEY", "cb_0011223344556677_x");
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "cb_0011223344556677_x").unwrap();
    let path = file.path().to_str().unwrap();
    for (args, variables) in [
        (&["task", "list"][..], &[key][..]),
        (&["mcp"], &[key]),
        (&["events"], &[("CLAUDEBENCH_KEY_FILE", path)]),
        (&["call", "task.stats", "--key-file", path], &[]),
    ] {
        let output = run_in(&repository, "", args, variables);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
        assert!(said.contains(".claudebench.toml:2 names the server http://192.0.2.1:9"), "{said}");
        assert!(said.contains("it is not sent"), "{said}");
    }
    // Who names the server has chosen it.
    let output = run_in(&repository, "", &["task", "list", "--url", "http://127.0.0.1:9"], &[key]);
    assert_eq!(output.status.code(), Some(3), "it was tried: {}", text(&output.stderr));
}

#[tokio::test]
async fn a_file_of_a_project_sends_keys_alone() {
    let secret = format!("cb_{}_{}", "0".repeat(16), "a".repeat(64));
    for (content, sent) in [(secret.as_str(), true), ("hunter2", false), ("cb_id_secret", false)] {
        let script = Script::tcp([result(r#"{"total":0}"#)]).await;
        let repository = Repository::without_git(&script.url);
        repository.write("key", content);
        let project = format!("[client]\nurl = \"{}\"\nkey_file = \"key\"\n", script.url);
        repository.write(".claudebench.toml", &project);
        let mut command = repository.command(&["call", "task.stats"]);
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        assert_eq!(output.status.success(), sent, "{}", text(&output.stderr));
        let seen: Vec<_> = script
            .asked()
            .iter()
            .map(|asked| asked.header("authorization").map(str::to_owned))
            .collect();
        let expected = if sent { vec![Some(format!("Bearer {secret}"))] } else { Vec::new() };
        assert_eq!(seen, expected, "{}", text(&output.stderr));
    }
}

#[test]
fn init_says_where_the_key_lies_and_follows_a_server_that_moves() {
    let server = Server::start();
    let repository = Repository::new(&server);
    let key = tempfile::NamedTempFile::new().unwrap();
    fs::write(key.path(), format!("cb_{}_{}", "0".repeat(16), "a".repeat(64))).unwrap();
    let path = key.path().to_str().unwrap();
    repository.initialized(&["--yes", "--key-file", path]);
    let written = repository.read(".claudebench.toml");
    assert!(
        written.ends_with(&format!("url = \"{}\"\nkey_file = \"{path}\"\n", server.url)),
        "{written}"
    );
    assert!(repository.initialized(&["--yes"]).contains("nothing changes"));
    let mut moved =
        repository.command(&["init", "--yes", "--no-start", "--url", "http://127.0.0.1:9"]);
    assert!(moved.output().unwrap().status.success());
    let written = repository.read(".claudebench.toml");
    assert!(
        written.contains("url = \"http://127.0.0.1:9\"\n") && written.contains(path),
        "{written}"
    );
    // One that somebody wrote is theirs.
    repository.write(".claudebench.toml", &format!("# mine\n{written}"));
    let mut moved = repository.command(&["init", "--yes", "--url", &server.url]);
    let output = moved.output().unwrap();
    assert!(text(&output.stdout).contains("as somebody wrote it"), "{}", text(&output.stdout));
    assert_eq!(repository.read(".claudebench.toml"), format!("# mine\n{written}"));
}

#[test]
fn a_file_that_names_a_server_elsewhere_and_a_key_must_be_its_readers_own() {
    let server = Server::start();
    let repository = Repository::new(&server);
    // A prefix makes it another machine's, and nobody listens there.
    let project = "[client]\nurl = \"http://127.0.0.1:9/far\"\nkey_file = \"key\"\n";
    repository.write(".claudebench.toml", project);
    repository.write("key", &format!("cb_{}_{}", "0".repeat(16), "a".repeat(64)));
    let list = || run_in(&repository, "", &["task", "list"], &[]);
    let rights = |mode| {
        fs::set_permissions(repository.path(".claudebench.toml"), fs::Permissions::from_mode(mode))
            .unwrap();
    };
    rights(0o644);
    let said = list();
    assert_eq!(said.status.code(), Some(1));
    assert!(text(&said.stderr).contains("others may read it; the key is not sent"), "{said:?}");
    rights(0o600);
    assert_eq!(list().status.code(), Some(3), "it was tried: {:?}", list());
    assert!(repository.git(&["add", "--force", ".claudebench.toml"]).status.success());
    let said = list();
    assert!(text(&said.stderr).contains("it is in git; the key is not sent"), "{said:?}");
    // On this machine it does no harm.
    repository.write(".claudebench.toml", &project.replace("/far", ""));
    rights(0o644);
    assert_eq!(list().status.code(), Some(3));
    // What init writes is its writer's own.
    let key = repository.path("key");
    fs::remove_file(repository.path(".claudebench.toml")).unwrap();
    repository.git(&["rm", "-q", "--cached", ".claudebench.toml"]);
    let far = ["init", "--yes", "--no-start", "--url", "http://127.0.0.1:9/far", "--key-file"];
    let mut init = repository.command(&[&far[..], &[key.to_str().unwrap()]].concat());
    assert!(init.output().unwrap().status.success());
    assert_eq!(list().status.code(), Some(3), "{:?}", list());
}
