//! Agents in worktrees. Claude Code itself is not here: a script stands for it that takes the prompt on
//! standard input, does what the task's text says, and answers as `--output-format json` does.

use std::process::Command;

use serde_json::{Value, json};

use super::super::program::text;
use super::*;

/// What stands for Claude Code. Its answers have the fields of the type declarations of the agent SDK.
const CLAUDE: &str = r##"#!/bin/sh
cat > "$DIR/prompt"
echo "$@" > "$DIR/args"
pwd > "$DIR/pwd"
git config user.name Agent; git config user.email agent@example.org
answer() { # subtype, is_error, cost, fields
    printf '{"type":"result","subtype":"%s","is_error":%s,"duration_ms":1200,"duration_api_ms":900,' "$1" "$2"
    printf '"num_turns":4,"session_id":"s-1","total_cost_usd":%s,"permission_denials":[],%s}\n' "$3" "$4"
}
case $CLAUDEBENCH_TASK_TEXT in
commit) PROGRAM task show "$CLAUDEBENCH_TASK_ID" > "$DIR/asked" 2>&1
    echo new > page; git add page; git commit -qm 'Add the page'
    answer success false 0.25 '"result":"The page is there."' ;;
dirty) echo new > page; answer success false 0.25 '"result":"Look at it."' ;;
nothing) answer success false 0.10 '"result":"All was well."' ;;
impossible) answer success false 0.10 '"result":"I looked.\n\nTASK FAILED: there is no such page"' ;;
later) answer success false 0.10 '"result":"TASK LATER: the site is down"' ;;
turns) echo half > page; git add page; git commit -qm 'Half of it'
    answer error_max_turns true 0.60 '"errors":["Reached maximum number of turns (4)"]'; exit 1 ;;
dear) answer error_max_budget_usd true 0.55 '"errors":["Reached maximum budget ($0.5)"]'; exit 1 ;;
limited) answer success true 0 '"result":"API Error: 429","api_error_status":429'; exit 1 ;;
locked) answer success true 0 '"result":"Invalid API key · Please run /login"'; exit 1 ;;
crash) echo 'out of memory' >&2; exit 134 ;;
prose) echo 'I am done.' ;;
hang) sleep 600 & echo $! > "$DIR/child"; echo $$ > "$DIR/self"; wait ;;
*) answer success false 0.01 '"result":"?"' ;;
esac
"##;

/// A repository with one commit, and an agent.
struct Site {
    server: Server,
    place: TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self { server: Server::start(), place: TempDir::new().unwrap() };
        let agent = CLAUDE.replace("PROGRAM", env!("CARGO_BIN_EXE_claudebench"));
        script(&site.place.path().join("claude"), &agent);
        fs::create_dir(site.repository()).unwrap();
        site.git(&["init", "-q", "-b", "main"]);
        fs::write(site.repository().join("index"), "old\n").unwrap();
        site.git(&["add", "."]);
        let commit =
            ["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "First"];
        site.git(&commit);
        site
    }

    fn repository(&self) -> PathBuf {
        self.place.path().join("site")
    }

    fn worktree(&self, task: &str) -> PathBuf {
        self.repository().join(".claudebench/worktrees").join(task)
    }

    /// What git says in the repository.
    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(args)
            .current_dir(self.repository())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("HOME", self.place.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
        text(&output.stdout).trim().to_owned()
    }

    fn add(&self, what: &str) -> String {
        add(&self.server, what, &["--max-attempts", "2"])
    }

    fn worker(&self, more: &[&str]) -> Worker {
        let (program, repository) = (self.place.path().join("claude"), self.repository());
        let (program, repository) = (program.to_str().unwrap(), repository.to_str().unwrap());
        let args = [
            "--agent",
            "claude",
            "--agent-program",
            program,
            "--repository",
            repository,
            "--quiet",
        ];
        Worker::start(&self.server.url, &[&args, more].concat())
    }

    /// Has one task done, and says how the worker ended.
    fn once(&self, more: &[&str]) -> (Option<i32>, Worker) {
        let mut worker = self.worker(&[&["--once"], more].concat());
        (worker.code(), worker)
    }

    fn show(&self, id: &str) -> Value {
        show(&self.server, id)
    }
}

#[test]
fn an_agent_works_in_a_worktree_of_its_own_and_its_commits_stay() {
    let site = Site::new();
    let more = ["--project", "site", "--tag", "docs", "--metadata", "{\"page\": \"home\"}"];
    let id = add(&site.server, "commit", &more);
    let attach = json!({"taskId": id, "key": "sketch", "type": "text", "content": "x"}).to_string();
    site.server.json(&["call", "task.create_attachment", &attach]);
    let base = site.git(&["rev-parse", "HEAD"]);
    let more = ["--max-turns", "9", "--cost-limit", "2", "--model", "opus", "--", "--verbose"];
    let (code, worker) = site.once(&more);
    assert_eq!(code, Some(0), "{}", worker.log());
    let shown = site.show(&id);
    let (result, branch) = (&shown["result"], format!("claudebench/{id}"));
    assert_eq!(shown["status"], "completed", "{shown}");
    assert_eq!(result["answer"], "The page is there.");
    assert_eq!((&result["branch"], &result["base"]), (&json!(branch), &json!(base)));
    assert_eq!(result["commits"][0]["subject"], "Add the page");
    assert_eq!(result["commits"][0]["id"], site.git(&["rev-parse", &branch]));
    assert_eq!((&result["costUsd"], &result["turns"]), (&json!(0.25), &json!(4)));
    assert_eq!((&result["durationMs"], &result["uncommitted"]), (&json!(1200), &json!(false)));
    let worktree = site.worktree(&id).canonicalize().unwrap();
    assert_eq!(result["worktree"], worktree.to_str().unwrap());
    assert_eq!(worker.read("pwd").trim(), worktree.to_str().unwrap());
    assert_eq!(
        worker.read("args").trim(),
        "-p --output-format json --max-budget-usd 2.0000 --permission-mode acceptEdits --max-turns 9 \
         --model opus --verbose"
    );
    // It can speak to the server, as its hooks do.
    assert!(worker.read("asked").contains(&id), "{}", worker.read("asked"));
    let prompt = worker.read("prompt");
    for part in
        ["# The task\n\ncommit\n", "\"page\": \"home\"", "- sketch\n", &branch, "TASK FAILED:"]
    {
        assert!(prompt.contains(part), "{part} in {prompt}");
    }
    // The work tree of the person is as it was, and git sees nothing new in it.
    assert_eq!(site.git(&["status", "--porcelain"]), "");
    assert!(!site.repository().join("page").exists());
}

#[test]
fn a_worktree_goes_that_nobody_will_miss() {
    let site = Site::new();
    let nothing = site.add("nothing");
    assert_eq!(site.once(&[]).0, Some(0));
    let shown = site.show(&nothing);
    assert_eq!(
        (&shown["result"]["branch"], &shown["result"]["worktree"]),
        (&Value::Null, &Value::Null)
    );
    assert!(!site.worktree(&nothing).exists());
    let dirty = site.add("dirty");
    assert_eq!(site.once(&["--keep-worktrees", "uncommitted"]).0, Some(0));
    assert!(site.worktree(&dirty).join("page").exists());
    assert_eq!(site.show(&dirty)["result"]["uncommitted"], true);
    let commit = site.add("commit");
    assert_eq!(site.once(&["--keep-worktrees", "uncommitted"]).0, Some(0));
    assert!(!site.worktree(&commit).exists());
    let result = &site.show(&commit)["result"];
    assert_eq!(
        (&result["branch"], &result["worktree"]),
        (&json!(format!("claudebench/{commit}")), &Value::Null)
    );
    let kept = site.add("nothing");
    assert_eq!(site.once(&["--keep-worktrees", "always"]).0, Some(0));
    assert!(site.worktree(&kept).exists());
    let branches = site.git(&["branch", "--list", "--format=%(refname:short)", "claudebench/*"]);
    let branches: Vec<&str> = branches.lines().collect();
    assert_eq!(branches.len(), 3, "{branches:?}");
}

#[test]
fn the_next_attempt_goes_on_where_the_last_one_ended() {
    let site = Site::new();
    let params = r#"{"text": "turns", "backoff": {"baseMs": 0}, "maxAttempts": 2}"#;
    let id = site.server.json(&["call", "task.create", params])["id"].as_str().unwrap().to_owned();
    let (code, worker) = site.once(&["--cost-limit", "2"]);
    assert_eq!(code, Some(1));
    assert!(!worker.read("prompt").contains("An earlier attempt"));
    let shown = site.show(&id);
    assert_eq!(
        (&shown["status"], &shown["checkpoint"]["costUsd"]),
        (&json!("pending"), &json!(0.6))
    );
    let (_, worker) = site.once(&["--cost-limit", "2"]);
    let prompt = worker.read("prompt");
    assert!(prompt.contains("An earlier attempt has left its work here"), "{prompt}");
    assert!(worker.read("args").contains("--max-budget-usd 1.4000"), "{}", worker.read("args"));
    let shown = site.show(&id);
    assert_eq!((&shown["status"], &shown["dead"]), (&json!("failed"), &json!(true)));
    assert!(shown["error"].as_str().unwrap().contains("maximum number of turns"), "{shown}");
    assert!(site.worktree(&id).join("page").exists());
}

#[test]
fn what_an_agent_answers_decides_what_becomes_of_the_task() {
    let site = Site::new();
    for (what, status, reason, error) in [
        ("impossible", "failed", "refused", "there is no such page"),
        ("dear", "failed", "error", "cost limit of a task: Reached maximum budget"),
        ("limited", "pending", "rate_limited", "API Error: 429"),
        ("crash", "pending", "crashed", "exit code 134\nout of memory"),
        ("prose", "pending", "error", "wrote no answer as JSON\nI am done."),
    ] {
        let id = site.add(what);
        let (code, worker) = site.once(&["--cost-limit", "0.5"]);
        assert_eq!(code, Some(1), "{what}: {}", worker.log());
        let shown = site.show(&id);
        assert_eq!(
            (&shown["status"], &shown["reason"]),
            (&json!(status), &json!(reason)),
            "{what}"
        );
        let history = text(&site.server.run(&["task", "history", &id, "--json"]).stdout).to_owned();
        let told = serde_json::to_string(error).unwrap();
        assert!(history.contains(told.trim_matches('"')), "{what}: {history}");
        assert!(!site.worktree(&id).exists(), "{what}");
        let _ = site.server.run(&["task", "cancel", &id]);
    }
    let id = site.add("later");
    assert_eq!(site.once(&["--release-delay", "1h"]).0, Some(1));
    let shown = site.show(&id);
    assert_eq!((&shown["status"], &shown["attempt"]), (&json!("pending"), &json!(0)), "{shown}");
}

#[test]
fn an_agent_that_may_do_nothing_fails_no_task() {
    let site = Site::new();
    let id = site.add("locked");
    let mut worker = site.worker(&[]);
    assert_eq!(worker.code(), Some(1));
    assert!(
        worker.log().contains("error: the agent may do nothing: Invalid API key"),
        "{}",
        worker.log()
    );
    let shown = site.show(&id);
    assert_eq!((&shown["status"], &shown["attempt"]), (&json!("pending"), &json!(0)));
    let mut worker = site.worker(&["--agent-program", "/no/such/agent"]);
    // Clap takes no option twice: nothing is claimed.
    assert_eq!(worker.code(), Some(2));
}

#[test]
fn a_worker_ends_when_it_has_spent_what_it_may() {
    let site = Site::new();
    let ids: Vec<String> = (0..4).map(|_| site.add("nothing")).collect();
    let mut worker = site.worker(&["--total-cost-limit", "0.25"]);
    assert_eq!(worker.code(), Some(0), "{}", worker.log());
    assert!(worker.log().contains("the cost limit of this worker is reached"), "{}", worker.log());
    let done = ids.iter().filter(|id| site.show(id)["status"] == "completed").count();
    assert_eq!(done, 3, "0.10 each");
    assert!(worker.read("args").contains("--max-budget-usd 0.0500"), "{}", worker.read("args"));
}

#[test]
fn an_agent_that_takes_too_long_is_killed() {
    let site = Site::new();
    let id = add(&site.server, "hang", &["--max-attempts", "1"]);
    let (code, worker) = site.once(&["--time-limit", "1s"]);
    assert_eq!(code, Some(1));
    gone(&["self", "child"].map(|name| worker.process(name)));
    let shown = site.show(&id);
    assert_eq!((&shown["status"], &shown["reason"]), (&json!("failed"), &json!("timeout")));
    assert!(!site.worktree(&id).exists(), "it held nothing");
}

#[test]
fn where_there_is_nothing_to_work_in_it_says_so_before_it_claims() {
    let site = Site::new();
    let id = site.add("nothing");
    for (args, said) in [
        (["--base", "no-such-branch"], "nothing to work in: Needed a single revision"),
        (["--worktrees", "/proc/worktrees"], "no worktrees can be made in /proc/worktrees"),
    ] {
        let mut worker = site.worker(&args);
        assert_eq!(worker.code(), Some(1), "{args:?}");
        assert!(worker.log().contains(said), "{}", worker.log());
    }
    let elsewhere = ["--agent", "claude", "--repository", "/"];
    let mut worker = Worker::start(&site.server.url, &elsewhere);
    assert_eq!(worker.code(), Some(1));
    let log = worker.log();
    assert!(log.contains("not a git repository") && log.contains("--repository"), "{log}");
    assert_eq!(count(&site.server, &id, "task.claimed"), 0);
}

#[test]
fn a_folder_in_the_way_of_a_worktree_fails_the_attempt_and_is_left_alone() {
    let site = Site::new();
    let id = site.add("nothing");
    fs::create_dir_all(site.worktree(&id)).unwrap();
    fs::write(site.worktree(&id).join("mine"), "x").unwrap();
    let (code, worker) = site.once(&[]);
    assert_eq!(code, Some(1));
    let history = text(&site.server.run(&["task", "history", &id]).stdout).to_owned();
    assert!(history.contains("worktree add") && history.contains("already exists"), "{history}");
    assert!(site.worktree(&id).join("mine").exists(), "{}", worker.log());
}
