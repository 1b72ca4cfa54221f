//! The MCP servers of a repository, `.mcp.json`.

use serde::Serialize;
use serde_json::{Map, Value};

use super::command::{NAME, Program, Run};
use super::json::{Json, Step};
use super::settings::{drop_if_empty, expect};

/// Its path from the root.
pub(in crate::cli) const FILE: &str = ".mcp.json";

const SERVERS: [Step<'static>; 1] = [Step::Key("mcpServers")];
const OURS: [Step<'static>; 2] = [Step::Key("mcpServers"), Step::Key(NAME)];

#[derive(Serialize)]
struct Server<'a> {
    command: &'a str,
    args: [&'static str; 1],
}

/// How agents reach us by MCP.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::cli) struct Set {
    /// The program, if it is one.
    pub(in crate::cli) command: Option<String>,
    /// Its arguments.
    pub(in crate::cli) args: Vec<String>,
    /// Whether nothing is set in its environment.
    no_env: bool,
    /// What it runs, if that is this program.
    pub(in crate::cli) run: Option<Run>,
    /// Whether it is as it was written.
    whole: bool,
}

impl Set {
    /// Whether it chooses nothing but which tools are shown.
    pub(in crate::cli) fn is_plain(&self) -> bool {
        let mut rest = self.args.iter().skip(1).map(String::as_str);
        while let Some(arg) = rest.next() {
            let fits = match arg {
                "--toolset" => rest.next().is_some(),
                arg => arg == "--no-start" || arg.starts_with("--toolset="),
            };
            if !fits {
                return false;
            }
        }
        self.no_env
    }
}

/// The server that is there under our name.
pub(in crate::cli) fn set(json: &Json) -> Option<Set> {
    let server = json.get(&OURS)?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let command = server.get("command").and_then(text);
    let args = server.get("args").and_then(Value::as_array);
    let args: Vec<String> = args.into_iter().flatten().filter_map(text).collect();
    let env = server.get("env").and_then(Value::as_object);
    let alone = server.as_object().is_some_and(|all| all.len() == 2);
    let run = command.as_ref().and_then(|command| Run::of_program(command, &args, "mcp"));
    let whole = alone && run.as_ref().is_some_and(|run| run.plain);
    Some(Set { command, args, no_env: env.is_none_or(Map::is_empty), run, whole })
}

/// Puts ours in, if none of its name is there. Whether another one is.
pub(super) fn put(json: &mut Json, program: &Program) -> Result<bool, String> {
    expect(json, &SERVERS, "an object", Value::is_object)?;
    let server = Server { command: &program.word, args: ["mcp"] };
    match set(json) {
        Some(Set { whole: true, run: Some(run), .. }) => {
            if run.is_gone() {
                json.replace(&OURS, &server);
            }
            return Ok(false);
        }
        Some(_) => return Ok(true),
        None => {}
    }
    if json.get(&SERVERS).is_none() {
        json.put(&[], "mcpServers", &Map::new());
    }
    json.put(&SERVERS, NAME, &server);
    Ok(false)
}

/// Takes ours out; one that somebody changed only if that is meant, too. Says if it is kept.
pub(super) fn take(json: &mut Json, before: Option<&Json>, changed_too: bool) -> bool {
    match set(json) {
        Some(Set { whole: false, .. }) if !changed_too => return true,
        Some(_) => {
            json.remove(&OURS);
            drop_if_empty(json, before, &SERVERS);
        }
        None => {}
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program() -> Program {
        Program { word: "claudebench".into(), by_name: true }
    }

    #[test]
    fn ours_stands_beside_those_of_others() {
        let theirs = "{\"mcpServers\": {\"git\": {\"command\": \"git-mcp\"}}}";
        let mut json = Json::read(theirs).unwrap();
        assert_eq!(put(&mut json, &program()), Ok(false));
        let ours = "\"claudebench\": {\"command\": \"claudebench\", \"args\": [\"mcp\"]}";
        assert_eq!(json.text(), theirs.replace("}}}", &format!("}}, {ours}}}}}")));
        assert!(!take(&mut json, None, false));
        assert_eq!(json.text(), theirs);
    }

    #[test]
    fn one_of_our_name_in_another_form_is_its_owners() {
        let other =
            "{\"mcpServers\": {\"claudebench\": {\"type\": \"http\", \"url\": \"http://x/mcp\"}}}";
        let mut json = Json::read(other).unwrap();
        assert_eq!(put(&mut json, &program()), Ok(true));
        assert!(take(&mut json, None, false), "kept");
        assert_eq!(json.text(), other);
        assert!(!take(&mut json, None, true));
        assert_eq!(json.text(), "{}");
    }
}
