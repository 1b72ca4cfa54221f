//! The pages of `docs/` are run: each `console` block, command by command, against a server.
//!
//! What a command writes is compared with what the page says, but for numbers, which differ from
//! run to run; an exit code is compared as it is. A line `...` stands for any lines. Ids of tasks in
//! later commands are those of this run, and the default address is that of its server, as the URL of a
//! database is that of one of its own, and those of replicas and of Redis are. A page that speaks of nginx has one,
//! with servers behind it.

mod balanced;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use claudebench_testkit::postgres::{Database, Postgres};
use claudebench_testkit::redis::{Options, Redis};
use tempfile::TempDir;

use self::balanced::Balanced;
use super::server::Server;

/// Where a server listens that was told nothing else.
const DEFAULT_URL: &str = "http://127.0.0.1:3000";

/// Where pages say that a database is.
const DATABASE: &str = "postgres://claudebench:PASSWORD@127.0.0.1:5432/claudebench";

/// And Redis, and another one.
const REDIS: [&str; 2] = ["redis://127.0.0.1:6379", "redis://127.0.0.1:6380"];

/// And its replicas.
const REPLICAS: [&str; 2] = ["127.0.0.1:5433", "127.0.0.1:5434"];

/// A command of a page, and what the page says that it writes.
struct Step {
    line: usize,
    command: String,
    expected: Vec<String>,
}

#[test]
fn what_the_pages_show_is_what_happens() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let mut run = 0;
    let readme = docs.join("../README.md");
    for page in pages(&docs).into_iter().chain([readme]) {
        let text = fs::read_to_string(&page).unwrap();
        let steps = steps(&text);
        if !steps.is_empty() {
            run += steps.len();
            walk(&page, &text, &steps);
        }
    }
    assert!(run > 20, "only {run} commands were found");
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, mut files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.retain(|path| path.extension().is_some_and(|end| end == "md"));
    files.extend(folders.iter().flat_map(|folder| pages(folder)));
    files.sort();
    files
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for (line, text) in (1..).zip(text.lines()) {
        if let Some(kind) = text.strip_prefix("```") {
            inside = kind == "console";
        } else if inside {
            if let Some(command) = text.strip_prefix("$ ") {
                steps.push(Step { line, command: command.into(), expected: Vec::new() });
            } else {
                let step = steps.last_mut().expect("a block begins with a command");
                step.expected.push(text.into());
            }
        }
    }
    steps
}

fn walk(page: &Path, text: &str, steps: &[Step]) {
    let mut ground = Ground::new(text, steps);
    for step in steps {
        let command = ground.command(&step.command);
        // A page is read in a fresh shell, where nothing is set yet.
        let fresh = !command.contains("$CLAUDEBENCH");
        assert!(fresh, "{}:{}: nobody has set that", page.display(), step.line);
        let seen = ground.run(&command);
        let lines: Vec<&str> = seen.lines().collect();
        assert!(
            matches(&step.expected, &lines),
            "{}:{}: {command}\nthe page says:\n{}\nit writes:\n{seen}\n",
            page.display(),
            step.line,
            step.expected.join("\n"),
        );
        let shown = task_ids(&step.expected.join("\n"));
        ground.ids.extend(shown.into_iter().zip(task_ids(&seen)));
    }
}

/// What a page finds where it is read, and what its words stand for there.
struct Ground {
    server: Server,
    work: TempDir,
    database: Option<Database>,
    redis: [Option<Redis>; 2],
    balanced: Option<Balanced>,
    copies: Vec<Postgres>,
    ids: HashMap<String, String>,
}

impl Ground {
    fn new(text: &str, steps: &[Step]) -> Self {
        let named = |what: &str| steps.iter().any(|step| step.command.contains(what));
        let behind = balanced::is_meant(text);
        let database = (behind || named(DATABASE)).then(database);
        let [first, second] = REDIS.map(named);
        let redis = [behind || first, second].map(|is_named| is_named.then(redis));
        let work = tempfile::tempdir().unwrap();
        let both = database.as_ref().zip(redis[0].as_ref()).filter(|_| behind);
        let balanced = both.map(|(database, redis)| {
            Balanced::new(text, &database.url(), &redis.url(), work.path())
        });
        let server = match both {
            // It stands for the database, before the servers of the page run.
            Some((database, _)) => Server::over(&database.url()),
            None => Server::start(),
        };
        // Where pages look for the data of the server.
        std::os::unix::fs::symlink(server.folder(), work.path().join("claudebench-data")).unwrap();
        let (copies, ids) = (Vec::new(), HashMap::new());
        Self { server, work, database, redis, balanced, copies, ids }
    }

    /// A command of the page, with the places and ids of this run.
    fn command(&mut self, shown: &str) -> String {
        let mut command = shown.replace(DEFAULT_URL, &self.server.url);
        if let Some(database) = &self.database {
            command = command.replace(DATABASE, &database.url());
        }
        for (url, redis) in REDIS.iter().zip(&self.redis) {
            if let Some(redis) = redis {
                command = command.replace(url, &redis.url());
            }
        }
        if let Some(balanced) = &mut self.balanced {
            command = balanced.command(&command);
        }
        if self.copies.is_empty() && REPLICAS.iter().any(|at| command.contains(at)) {
            self.copies = replicas();
        }
        for (at, replica) in REPLICAS.iter().zip(&self.copies) {
            command = command.replace(at, &format!("127.0.0.1:{}", replica.port()));
        }
        for (shown, real) in &self.ids {
            command = command.replace(shown, real);
        }
        command
    }

    /// What a command writes.
    fn run(&self, command: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_claudebench")).parent().unwrap();
        let own = self.work.path().join("bin");
        let path = format!("{}:{}:/usr/local/bin:/usr/bin:/bin", own.display(), program.display());
        // The configuration would show where it comes from.
        let url = (!command.contains("claudebench config"))
            .then_some(("CLAUDEBENCH_URL", &self.server.url));
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1; {command}")])
            .current_dir(self.work.path())
            .env_clear()
            .env("PATH", &path)
            .env("XDG_STATE_HOME", self.work.path().join(".state"))
            .env("CURL_HOME", self.work.path())
            .envs(url)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let seen = String::from_utf8(output.stdout).unwrap();
        match &self.balanced {
            Some(balanced) => balanced.shown(&seen),
            None => seen,
        }
    }
}

/// An empty database, as one that was just made.
fn database() -> Database {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { Postgres::shared().await.database().await })
}

/// A Redis that a page starts with.
fn redis() -> Redis {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Redis::start(Options::default().with("maxmemory-policy", "allkeys-lru")))
}

/// Two replicas of the server that has the databases of pages.
fn replicas() -> Vec<Postgres> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let primary = Postgres::shared().await;
        vec![primary.replica().await, primary.replica().await]
    })
}

/// Whether lines are what was expected.
fn matches(expected: &[String], seen: &[&str]) -> bool {
    let Some((first, rest)) = expected.split_first() else { return seen.is_empty() };
    if first == "..." {
        return (0..=seen.len()).any(|skipped| matches(rest, &seen[skipped..]));
    }
    match seen.split_first() {
        Some((line, others)) => same(first) == same(line) && matches(rest, others),
        None => false,
    }
}

/// A line without what differs from run to run: numbers, and the room that they take.
fn same(line: &str) -> String {
    if line.starts_with("exit code") {
        return line.to_owned();
    }
    let mut text = String::new();
    for c in line.replace(" now ", " 1s ago ").chars() {
        let c = if c.is_ascii_digit() { '#' } else { c };
        if !(matches!(c, '#' | ' ') && text.ends_with(c)) {
            text.push(c);
        }
    }
    text.trim().to_owned()
}

/// The ids of tasks in a text, in order.
fn task_ids(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let is_id =
        |word: &&str| word.strip_prefix("t-").is_some_and(|digits| digits.parse::<i64>().is_ok());
    words.filter(is_id).map(str::to_owned).collect()
}

#[test]
fn numbers_may_differ_and_lines_may_be_left_out() {
    let expected = ["id  t-1", "...", "took 5 s"].map(str::to_owned);
    assert!(matches(&expected, &["id  t-77", "a", "b", "took 12 s"]));
    assert!(matches(&expected, &["id  t-77", "took 12 s"]));
    assert!(!matches(&expected, &["id  t-77", "took 12 ms"]));
    assert!(!matches(&expected, &["id  t-77", "took 12 s", "and more"]));
    assert!(!matches(&["exit code 2".to_owned()], &["exit code 1"]));
    assert_eq!(task_ids("is t-12, and \"t-3\": not t-x"), ["t-12", "t-3"]);
}
