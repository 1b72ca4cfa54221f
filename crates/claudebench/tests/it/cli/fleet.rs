//! Twenty sessions of agents at once, with hooks and MCP, some of which die, over a server that is killed: no
//! task is lost, done twice or stuck, and what happened is told once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::program::program;
use super::server::{Server, eventually};

const SESSIONS: usize = 20;
const TASKS: usize = 60;
/// So long a dead session keeps its task, in milliseconds.
const LEASE_MS: u64 = 1_500;
/// The longest that the whole may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// What all sessions share.
struct Fleet {
    url: String,
    state: TempDir,
    completed: Mutex<usize>,
    one_more: Condvar,
    /// The tool calls that were told, by their ids.
    told: Mutex<BTreeSet<String>>,
    deadline: Instant,
}

impl Fleet {
    fn completed(&self) -> usize {
        *self.completed.lock().unwrap()
    }

    fn completes(&self) {
        *self.completed.lock().unwrap() += 1;
        self.one_more.notify_all();
    }

    fn program(&self, args: &[&str]) -> Command {
        let mut command = program(args);
        command.current_dir(self.state.path()).env("XDG_STATE_HOME", self.state.path());
        command.env("HOME", self.state.path()).env("CLAUDEBENCH_URL", &self.url);
        command.env("CLAUDEBENCH_HOOK_WAIT_MS", "20000");
        command
    }
}

/// A conversation over MCP.
struct Mcp {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    next: u64,
}

impl Mcp {
    fn start(fleet: &Fleet) -> Self {
        let mut command = fleet.program(&["mcp"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut mcp = Self { child, stdin, stdout: BufReader::new(stdout), next: 0 };
        let client = json!({"name": "fleet", "version": "1"});
        let hello =
            json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
        assert!(mcp.ask("initialize", &hello)["result"].is_object());
        mcp.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        mcp
    }

    fn say(&mut self, message: &Value) {
        writeln!(self.stdin, "{message}").unwrap();
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.say(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let mut line = String::new();
            assert!(self.stdout.read_line(&mut line).unwrap() > 0, "the conversation has ended");
            let answer: Value = serde_json::from_str(&line).unwrap();
            if answer["id"] == id {
                return answer;
            }
        }
    }

    /// Calls a tool; what it answers, or the code of its error.
    fn call(&mut self, tool: &str, arguments: &Value) -> Result<Value, String> {
        let answer = self.ask("tools/call", &json!({"name": tool, "arguments": arguments}));
        let result = &answer["result"];
        let content = result["structuredContent"].clone();
        if result["isError"] == true || result.is_null() {
            return Err(content["code"].as_str().unwrap_or("no answer").to_owned());
        }
        Ok(content)
    }
}

impl Drop for Mcp {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A session of an agent.
struct Agent {
    fleet: Arc<Fleet>,
    id: String,
    /// It dies with the second task in its hands.
    dies: bool,
    calls: usize,
}

impl Agent {
    fn instance(&self) -> String {
        format!("claude-code-{}", &self.id[..8])
    }

    fn hook(&self, name: &str, more: Value) {
        let mut event = json!({
            "hook_event_name": name, "session_id": self.id, "transcript_path": "/t",
            "cwd": self.fleet.state.path(),
        });
        let Value::Object(more) = more else { panic!("an object") };
        event.as_object_mut().unwrap().extend(more);
        let mut command = self.fleet.program(&["hook"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(event.to_string().as_bytes()).unwrap();
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success() && ended.stderr.is_empty(), "{event}: {ended:?}");
    }

    /// Uses a tool, as its hooks tell it.
    fn uses(&mut self, tool: &str, input: &Value) {
        self.calls += 1;
        let call = format!("{}-{}", self.id, self.calls);
        let before = json!({"tool_name": tool, "tool_input": input, "tool_use_id": call});
        self.hook("PreToolUse", before.clone());
        let mut after = before;
        after["tool_response"] = json!({"call": call});
        self.hook("PostToolUse", after);
        if tool == "Bash" {
            self.fleet.told.lock().unwrap().insert(call);
        }
    }

    fn todo(&mut self, status: &str) {
        let content = format!("the plan of {}", self.id);
        self.uses("TodoWrite", &json!({"todos": [{"content": content, "status": status}]}));
    }

    fn run(mut self) {
        self.hook("SessionStart", json!({"source": "startup"}));
        self.hook("UserPromptSubmit", json!({"prompt": "do what there is to do"}));
        self.todo("in_progress");
        let mut mcp = Mcp::start(&self.fleet);
        let mut done = 0;
        while self.fleet.completed() < TASKS {
            assert!(Instant::now() < self.fleet.deadline, "tasks are stuck");
            let claim = json!({"workerId": self.instance(), "leaseMs": LEASE_MS, "waitMs": 200});
            // The server may be away just now; it comes back.
            let Ok(claimed) = mcp.call("task__claim", &claim) else { continue };
            let Some(task) = claimed["taskId"].as_str().map(str::to_owned) else { continue };
            if self.dies && done == 1 {
                return;
            }
            self.uses("Bash", &json!({"command": format!("make {task}")}));
            let fence = claimed["task"]["lease"]["fence"].clone();
            let fence = if fence.is_null() { claimed["lease"]["fence"].clone() } else { fence };
            let end = json!({"id": task, "fence": fence, "result": {"by": self.id}});
            loop {
                assert!(Instant::now() < self.fleet.deadline, "a completion is stuck");
                match mcp.call("task__complete", &end) {
                    Ok(_) => {
                        done += 1;
                        self.fleet.completes();
                        break;
                    }
                    // Another has it since: this one was too slow.
                    Err(code) if code == "stale_fence" || code == "conflict" => break,
                    Err(_) => {}
                }
            }
        }
        self.todo("completed");
        self.hook("Stop", json!({}));
        self.hook("SessionEnd", json!({"reason": "exit"}));
    }
}

fn page(server: &Server, types: &str) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::from("0"));
    loop {
        let args = ["call", "event.list", "--types", types, "--limit", "1000", "--after", &after];
        let page = server.json(&args);
        all.extend(page["events"].as_array().unwrap().clone());
        if page["hasMore"] == false {
            return all;
        }
        after = page["next"].as_str().unwrap().to_owned();
    }
}

fn waiting(state: &Path) -> bool {
    let spools = std::fs::read_dir(state.join("claudebench/hooks")).into_iter().flatten();
    spools.flatten().any(|spool| {
        let files = std::fs::read_dir(spool.path()).into_iter().flatten().flatten();
        files.into_iter().any(|file| file.path().extension().is_some_and(|end| end == "json"))
    })
}

#[test]
fn twenty_sessions_share_the_work_whatever_dies() {
    let server = Server::start();
    let listen = server.url.strip_prefix("http://").unwrap().to_owned();
    for n in 0..TASKS {
        server.json(&["task", "add", &format!("task {n}")]);
    }
    let fleet = Arc::new(Fleet {
        url: server.url.clone(),
        state: TempDir::new().unwrap(),
        completed: Mutex::new(0),
        one_more: Condvar::new(),
        told: Mutex::default(),
        deadline: Instant::now() + PATIENCE,
    });
    let agents: Vec<_> = (0..SESSIONS)
        .map(|n| {
            let (fleet, id) = (fleet.clone(), format!("{n:08}-session"));
            let agent = Agent { fleet, id, dies: n % 4 == 0, calls: 0 };
            thread::spawn(move || agent.run())
        })
        .collect();
    // In the middle of it the server is killed, and comes back.
    let few = |completed: &mut usize| *completed < TASKS / 4;
    let completed = fleet.completed.lock().unwrap();
    let (completed, waited) = fleet.one_more.wait_timeout_while(completed, PATIENCE, few).unwrap();
    drop(completed);
    assert!(!waited.timed_out(), "nothing goes on");
    let data = server.kill();
    let server = Server::on(&listen, data);
    for agent in agents {
        agent.join().unwrap();
    }
    assert!(fleet.program(&["hook", "deliver"]).status().unwrap().success());
    eventually("what waited is told", || !waiting(fleet.state.path()));

    // Each task has ended once, and none is left.
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for event in page(&server, "task.completed") {
        *ends.entry(event["taskId"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(ends.values().all(|count| *count == 1), "{ends:?}");
    let stats = server.json(&["call", "task.stats"]);
    let living = SESSIONS - SESSIONS.div_ceil(4);
    assert!(ends.len() >= TASKS + living, "{stats}");
    assert_eq!(stats["completed"], ends.len(), "{stats}");
    // The todos of the dead are still theirs, until their leases end.
    let dead = SESSIONS.div_ceil(4);
    let open = stats["inProgress"].as_u64().unwrap() + stats["pending"].as_u64().unwrap();
    assert!(open <= u64::try_from(dead).unwrap(), "{stats}");
    assert_eq!(stats["failed"], 0, "{stats}");
    // Each use of a tool is told once.
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for event in page(&server, "hook.post_tool.executed") {
        let call = event["payload"]["result"]["call"].as_str().unwrap().to_owned();
        *told.entry(call).or_default() += 1;
    }
    assert!(told.values().all(|count| *count == 1), "{told:?}");
    let sent = fleet.told.lock().unwrap();
    assert_eq!(told.keys().collect::<BTreeSet<_>>(), sent.iter().collect::<BTreeSet<_>>());
    let sessions = server.json(&["session", "list"]);
    assert_eq!(sessions["sessions"].as_array().unwrap().len(), SESSIONS);
}
