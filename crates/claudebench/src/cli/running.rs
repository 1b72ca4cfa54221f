//! Runs what Claude Code is told to run, as it would, for a bounded time.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

/// The protocol that is spoken here; all servers know it.
const PROTOCOL: &str = "2025-06-18";

/// Runs a command to its end with a text on its standard input.
pub(in crate::cli) fn run(
    mut command: Command,
    input: &str,
    patience: Duration,
) -> Result<Output, String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.process_group(0).spawn().map_err(|e| e.to_string())?;
    let group = group(&child);
    let mut stdin = child.stdin.take();
    let input = input.to_owned();
    let (ended, end) = mpsc::channel();
    std::thread::spawn(move || {
        // One that reads nothing is told from one that fails by how it ends.
        let _ = stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
        let _ = ended.send(child.wait_with_output());
    });
    match end.recv_timeout(patience) {
        Ok(output) => output.map_err(|e| e.to_string()),
        Err(_) => {
            stop(group);
            Err(format!("it does not end within {} s", patience.as_secs()))
        }
    }
}

/// The tools of a server of MCP on standard input and output.
pub(in crate::cli) fn tools(
    mut command: Command,
    patience: Duration,
) -> Result<Vec<String>, String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.process_group(0).spawn().map_err(|e| e.to_string())?;
    let group = group(&child);
    let answer = converse(&mut child, patience);
    // Without its standard input it ends by itself; if it does not, it is ended.
    stop(group);
    let _ = child.wait();
    answer
}

fn converse(child: &mut Child, patience: Duration) -> Result<Vec<String>, String> {
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("it has no standard input".into());
    };
    let (line, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for text in BufReader::new(stdout).lines().map_while(Result::ok) {
            if line.send(text).is_err() {
                return;
            }
        }
    });
    let mut conversation =
        Conversation { stdin, lines, until: Instant::now() + patience, patience };
    let client = json!({"name": "claudebench doctor", "version": env!("CARGO_PKG_VERSION")});
    let hello = json!({"protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": client});
    conversation.ask(1, "initialize", &hello)?;
    conversation.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))?;
    let found = conversation.ask(2, "tools/list", &json!({}))?;
    let tools = found.get("tools").and_then(Value::as_array).ok_or("it lists no tools")?;
    Ok(tools.iter().filter_map(|tool| tool.get("name")?.as_str().map(str::to_owned)).collect())
}

struct Conversation {
    stdin: ChildStdin,
    lines: Receiver<String>,
    until: Instant,
    patience: Duration,
}

impl Conversation {
    fn say(&mut self, message: &Value) -> Result<(), String> {
        writeln!(self.stdin, "{message}").map_err(|e| format!("it does not listen: {e}"))
    }

    fn ask(&mut self, id: u64, method: &str, params: &Value) -> Result<Value, String> {
        self.say(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))?;
        loop {
            let left = self.until.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).map_err(|error| match error {
                RecvTimeoutError::Timeout => {
                    format!("it does not answer `{method}` within {} s", self.patience.as_secs())
                }
                RecvTimeoutError::Disconnected => {
                    format!("it ends without an answer to `{method}`")
                }
            })?;
            let message: Value = serde_json::from_str(&line).map_err(|_| {
                format!("it writes what is no JSON: {}", line.chars().take(60).collect::<String>())
            })?;
            if message["id"] != id {
                continue;
            }
            return match message.get("error") {
                Some(error) => Err(format!("it refuses `{method}`: {}", error["message"])),
                None => Ok(message["result"].clone()),
            };
        }
    }
}

fn group(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

/// Ends all that was started.
fn stop(group: Option<Pid>) {
    if let Some(group) = group {
        // It may have ended already.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn what_does_not_end_is_ended() {
        let said = run(shell("sleep 600"), "", Duration::from_millis(100)).unwrap_err();
        assert!(said.contains("does not end"), "{said}");
        let output = run(shell("cat; exit 3"), "x", Duration::from_secs(20)).unwrap();
        assert_eq!((output.stdout.as_slice(), output.status.code()), (&b"x"[..], Some(3)));
    }

    #[test]
    fn a_server_of_mcp_is_known_by_what_it_says() {
        let tools = |script: &str, ms| tools(shell(script), Duration::from_millis(ms));
        let talks = "read a; echo '{\"id\":1,\"result\":{}}'; read b; read c; \
                     echo '{\"id\":2,\"result\":{\"tools\":[{\"name\":\"x\"}]}}'; read d";
        assert_eq!(tools(talks, 20_000).unwrap(), ["x"]);
        assert!(tools("exit 1", 20_000).unwrap_err().contains("it "));
        assert!(tools("read a; echo hello", 20_000).unwrap_err().contains("no JSON: hello"));
        assert!(tools("sleep 600", 100).unwrap_err().contains("does not answer `initialize`"));
        let refuses = "read a; echo '{\"id\":1,\"error\":{\"message\":\"no\"}}'";
        assert!(tools(refuses, 20_000).unwrap_err().contains("refuses `initialize`: \"no\""));
    }
}
