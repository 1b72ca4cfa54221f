//! The server, as a hook talks to it: within a bound, and with a spool for what it must not miss.

use std::process::Stdio;
use std::time::{Duration, Instant};

use claudebench_core::Code;
use claudebench_hooks::mask;
use claudebench_services::Method;
use claudebench_services::hook::{PostTool, PreTool, TodoWrite, UserPrompt};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::runtime::Runtime;

use super::call::{self, Call, Said};
use super::spool::{Entry, Spool};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Out;
use crate::cli::{Shared, one_thread};
use crate::client::{Client, ClientError};
use crate::config::{Loaded, Origin};

/// The server, and what it has not heard yet.
pub(super) struct Server {
    client: Client,
    runtime: Runtime,
    spool: Option<Spool>,
    until: Instant,
    /// Somebody has said where it is: there is one, or will be.
    is_named: bool,
}

/// What came of telling the server.
#[derive(Debug)]
pub(super) enum Heard {
    /// It answered.
    Answer(Said),
    /// It did not, and is told later.
    Kept,
    /// It did not, and what it would have been told is lost; why.
    Unkept(String),
    /// It did not, and need not hear of it.
    Nothing,
}

impl Server {
    /// The server that is configured, if it can be talked to at all.
    pub(super) fn new(
        loaded: &Loaded,
        shared: &Shared,
        problems: &mut Vec<String>,
    ) -> Option<Self> {
        let wait = Duration::from_millis(loaded.config.hook.wait_ms);
        let made = shared.client(&loaded.config).and_then(|client| Ok((client, one_thread()?)));
        let (client, runtime) = match made {
            Ok(made) => made,
            Err(failure) => {
                problems.push(failure.message().unwrap_or_default());
                return None;
            }
        };
        let url = loaded.settings.iter().find(|setting| setting.key == "client.url");
        let is_named = url.is_some_and(|setting| setting.origin != Origin::Default);
        let spool = Spool::of(&client.address().to_string());
        Some(Self { client, runtime, spool, until: Instant::now() + wait, is_named })
    }

    fn rest(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Tells the server of an event. What it must not miss follows what it has missed before, in order.
    pub(super) fn tell(&self, call: &Call) -> Heard {
        let waiting = self.spool.as_ref().is_some_and(Spool::has_some);
        if call.must_arrive && waiting {
            let kept = self.keep(call);
            self.deliver_some();
            return kept;
        }
        if waiting && call.method != PreTool::NAME {
            // A session that goes on must not be ended by what is told later.
            self.deliver_some();
        }
        match self.call(call.method, &Value::Object(call.params.clone())) {
            Ok(answer) => {
                if let Some(spool) = self.spool.as_ref().filter(|_| call.must_arrive) {
                    spool.was_heard();
                }
                Heard::Answer(call::said(call.method, &answer))
            }
            Err(error) if call.must_arrive && may_be_told_later(&error) => self.keep(call),
            Err(error) if is_not_taken(error.code()) => {
                Heard::Unkept(format!("the server did not take an event: {error}"))
            }
            Err(_) => Heard::Nothing,
        }
    }

    fn call(&self, method: &str, params: &Value) -> Result<Box<RawValue>, ClientError> {
        self.runtime.block_on(self.client.call_within(method, params, self.rest()))
    }

    /// Keeps a call for later, without secrets, where a server is known to be: else files would be made
    /// for nobody.
    fn keep(&self, call: &Call) -> Heard {
        let Some(spool) = &self.spool else {
            return Heard::Unkept("an event is lost: there is no folder to keep it in".into());
        };
        if !self.is_named && !spool.is_known() {
            return Heard::Nothing;
        }
        let mut params = call.params.clone();
        for (name, value) in &mut params {
            match name.as_str() {
                // Whose it is must not change, whatever it looks like.
                "idempotencyKey" | "sessionId" | "instanceId" | "tool" | "hookEvent"
                | "commitHash" => {}
                "todos" => mask_todos(value),
                _ => *value = mask::value(value),
            }
        }
        if matches!(call.method, TodoWrite::NAME | PostTool::NAME | UserPrompt::NAME) {
            params.insert("late".into(), true.into());
        }
        match spool.keep(&Entry { method: call.method.to_owned(), params }) {
            Ok(()) => Heard::Kept,
            Err(problem) => Heard::Unkept(format!("an event is lost: {problem}")),
        }
    }

    /// Tells what is kept, as far as the time goes; the rest in a process that nobody waits for.
    fn deliver_some(&self) {
        let Some(spool) = &self.spool else { return };
        let all = spool.deliver(|entry| {
            if self.rest().is_zero() {
                return Next::Stop;
            }
            next(self.call(&entry.method, &Value::Object(entry.params.clone())).map(|_| ()))
        });
        if !all && !self.rest().is_zero() {
            return;
        }
        if !all {
            deliver_in_the_background(self.client.address().to_string());
        }
    }

    /// Asks for something that only helps.
    pub(super) fn ask(&self, method: &str, params: &Value) -> Option<Value> {
        let answer = self.call(method, params).ok()?;
        serde_json::from_str(answer.get()).ok()
    }
}

/// Todos keep their order and number; what they say is masked.
fn mask_todos(todos: &mut Value) {
    for todo in todos.as_array_mut().into_iter().flatten() {
        *todo = mask::value(todo);
    }
}

/// What is done after an entry was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Next {
    /// It was taken, or will never be.
    Done,
    /// It was not heard.
    Stop,
}

/// A refusal is an answer: an event that the server does not take is not told again. One whose key it
/// knows with other params was taken before it could say so.
fn next(answer: Result<(), ClientError>) -> Next {
    match answer {
        Err(error) if may_be_told_later(&error) => Next::Stop,
        _ => Next::Done,
    }
}

/// What passes by itself, or by a key that somebody mends. Another program may listen where the server does as
/// long as that is away.
fn may_be_told_later(error: &ClientError) -> bool {
    let is_mended = matches!(error.code(), Some(Code::Unauthorized | Code::Forbidden));
    error.passes() || is_mended || matches!(error, ClientError::Foreign { .. })
}

/// Whether a server refuses an event for what it is.
fn is_not_taken(code: Option<Code>) -> bool {
    matches!(code, Some(Code::InvalidParams | Code::InvalidRequest | Code::TooLarge))
}

/// Starts a process that goes on with it.
fn deliver_in_the_background(url: String) {
    let Ok(program) = std::env::current_exe() else { return };
    let mut command = std::process::Command::new(program);
    command.args(["hook", "deliver", "--url", &url]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    // Should it not start, the next hook tries again.
    let _ = command.spawn();
}

/// `claudebench hook deliver`: tells the server all that is kept.
pub(super) fn deliver(shared: &Shared, out: &mut Out) -> Outcome {
    let config = shared.load(Vec::new())?.config;
    let client = shared.client(&config)?;
    let runtime = one_thread()?;
    let Some(spool) = Spool::of(&client.address().to_string()) else {
        return Err(Failure::local("there is no folder that events could be kept in"));
    };
    let (mut told, mut refused, mut failed) = (0_u64, 0_u64, None);
    let all = spool.deliver(|entry| {
        let params = Value::Object(entry.params.clone());
        let call = client.call_within::<Box<RawValue>>(&entry.method, &params, shared.timeout());
        let answer = runtime.block_on(call).map(|_| ());
        let problem = answer.as_ref().err().map(ToString::to_string);
        // One whose key is known was taken before.
        let code = answer.as_ref().err().map(ClientError::code);
        let is_refused = code.is_some_and(|code| code != Some(Code::IdempotencyConflict));
        let next = next(answer);
        match next {
            Next::Done if is_refused => refused += 1,
            Next::Done => told += 1,
            Next::Stop => failed = problem,
        }
        next
    });
    if out.for_programs() {
        out.json_line(&serde_json::json!({"told": told, "refused": refused, "all": all}))?;
    } else if all {
        let refused = if refused == 0 { String::new() } else { format!(", {refused} refused") };
        out.line(format!("{told} events were told{refused}; none is left"))?;
    }
    match failed {
        Some(problem) => {
            Err(Failure::local(format!("the server did not take them all: {problem}")))
        }
        None if !all => Err(Failure::local("another process is at it")),
        None => Ok(()),
    }
}
