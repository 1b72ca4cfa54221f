//! On a terminal it asks.

use std::io::Write;
use std::process::{Command, Stdio};

use super::super::server::Server;
use super::Repository;

/// Runs `claudebench init` on a terminal of its own, with somebody who types that.
fn typed(repository: &Repository, args: &str, keys: &str) -> String {
    let program = env!("CARGO_BIN_EXE_claudebench");
    let mut script = Command::new("script");
    script.args(["-qec", &format!("{program} init {args}"), "/dev/null"]).env_clear();
    let own = std::path::Path::new(program).parent().unwrap();
    script
        .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", own.display()))
        .env("TERM", "dumb");
    script.env("HOME", repository.home.path()).env("CLAUDEBENCH_URL", &repository.url);
    script.current_dir(repository.root.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = script.spawn().expect("`script` of util-linux gives a terminal");
    child.stdin.take().unwrap().write_all(keys.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n")
}

#[test]
fn it_asks_before_it_writes_and_takes_no_for_an_answer() {
    let server = Server::start();
    let repository = Repository::new(&server);
    let said = typed(&repository, "", "n\nn\n");
    assert!(said.contains("Write this? [Y/n]") && said.contains("Nothing was written."), "{said}");
    assert!(repository.tree().is_empty());
    let said = typed(&repository, "", "\nperhaps\ny\n");
    assert!(said.contains("todos become tasks. Set it? [y/N]"), "{said}");
    assert_eq!(said.matches("Write this? [Y/n]").count(), 2, "{said}");
    assert!(repository.json(".claude/settings.json")["env"].is_null());
    let said = typed(&repository, "--remove", "\n");
    assert!(said.contains("Take this out? [Y/n]") && repository.tree().is_empty(), "{said}");
    typed(&repository, "", "y\n\n");
    let settings = repository.json(".claude/settings.json");
    assert_eq!(settings["env"]["CLAUDE_CODE_ENABLE_TODO_TOOLS"], "1");
    assert!(typed(&repository, "", "").contains("nothing changes"), "and asks nothing");
}
