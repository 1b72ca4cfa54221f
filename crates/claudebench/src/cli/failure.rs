//! What a command ends with: an exit code that scripts can use, and an error that names the next
//! step.

use std::io;
use std::process::ExitCode;

use claudebench_core::{Code, Error};
use serde_json::{Value, json};

use crate::client::{AddressError, BadKey, ClientError};
use crate::config::ConfigError;

/// The exit codes, as the help tells them.
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  refused or failed
  2  wrong usage
  3  no server, or no answer in time
  4  what was named does not exist
  5  the state does not allow it: held by another, finished, a stale fence, a key used before
  6  no valid API key, or it may not do this
  7  try again later: overloaded, too many calls, stopping, the store is not available
  8  nothing to claim";

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    NoServer = 3,
    NotFound = 4,
    Conflict = 5,
    Forbidden = 6,
    Later = 7,
    NothingToClaim = 8,
    /// As a shell has it: 128, and the number of the signal.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server did not answer, or said no.
    Client(ClientError),
    /// A refusal without a server in between.
    Refused(Error),
    /// A value on the command line is wrong.
    Usage(String),
    /// A file that was given cannot be used.
    Input {
        /// What is wrong with it.
        what: String,
        /// What to do.
        next: String,
    },
    /// Something on this machine is wrong.
    Local {
        /// What.
        what: String,
        /// What to do.
        next: Option<String>,
    },
    /// It broke off in the middle.
    Partly {
        /// Why.
        failure: Box<Failure>,
        /// What is done, and what is not.
        what: String,
        /// What to do.
        next: &'static str,
    },
    /// What could not be written to standard output.
    Output(io::Error),
    /// All is said already.
    Said(Exit),
}

/// What a command gives back.
pub(super) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// Something on this machine is wrong.
    pub(super) fn local(what: impl ToString) -> Self {
        Self::Local { what: what.to_string(), next: None }
    }

    /// The same, with what to do.
    pub(super) fn advise(what: impl ToString, next: impl Into<String>) -> Self {
        Self::Local { what: what.to_string(), next: Some(next.into()) }
    }

    /// How the program ends.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Client(ClientError::Refused(error)) | Self::Refused(error) => of_code(error.code),
            Self::Client(
                ClientError::Unreachable { .. }
                | ClientError::TimedOut { .. }
                | ClientError::Broken { .. },
            ) => Exit::NoServer,
            Self::Client(ClientError::Foreign { .. } | ClientError::Unreadable { .. })
            | Self::Local { .. } => Exit::Failed,
            Self::Usage(_) | Self::Input { .. } => Exit::Usage,
            // Whoever reads has seen enough: `claudebench task list | head`.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Self::Output(_) => Exit::Failed,
            Self::Said(exit) => *exit,
            Self::Partly { failure, .. } => failure.exit(),
        }
    }

    /// What went wrong, in a sentence; nothing if that is said already.
    pub(super) fn message(&self) -> Option<String> {
        match self {
            Self::Client(error) => Some(error.to_string()),
            Self::Refused(error) => Some(error.to_string()),
            Self::Usage(what) | Self::Input { what, .. } | Self::Local { what, .. } => {
                Some(what.clone())
            }
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => None,
            Self::Output(error) => Some(format!("the output cannot be written: {error}")),
            Self::Said(_) => None,
            Self::Partly { failure, what, .. } => {
                let why = failure.message().unwrap_or_default();
                Some(format!("{why}; {what}"))
            }
        }
    }

    /// What to do about it.
    pub(super) fn next_step(&self) -> Option<String> {
        match self {
            Self::Client(error) => of_client(error),
            Self::Refused(error) => of_refusal(error),
            Self::Input { next, .. } => Some(next.clone()),
            Self::Local { next, .. } => next.clone(),
            Self::Usage(_) => Some("see `claudebench help`".into()),
            Self::Partly { next, .. } => Some((*next).to_owned()),
            Self::Output(_) | Self::Said(_) => None,
        }
    }

    /// Its name for programs.
    fn code(&self) -> &'static str {
        match self {
            Self::Client(ClientError::Refused(error)) | Self::Refused(error) => error.code.name(),
            Self::Client(ClientError::Unreachable { .. }) => "unreachable",
            Self::Client(ClientError::TimedOut { .. }) => "no_answer",
            Self::Client(ClientError::Broken { .. }) => "connection_broken",
            Self::Client(ClientError::Foreign { .. } | ClientError::Unreadable { .. }) => {
                "unreadable_answer"
            }
            Self::Partly { failure, .. } => failure.code(),
            Self::Usage(_) => "usage",
            Self::Input { .. } => "unusable_file",
            Self::Local { .. } | Self::Output(_) | Self::Said(_) => "failed",
        }
    }

    /// The same for programs.
    pub(super) fn json(&self) -> Value {
        let mut error = json!({"code": self.code(), "message": self.message()});
        if let Self::Client(ClientError::Refused(refused)) | Self::Refused(refused) = self
            && !refused.details.is_null()
        {
            error["details"] = refused.details.clone();
        }
        if let Some(next) = self.next_step() {
            error["next"] = next.into();
        }
        json!({"error": error})
    }
}

/// How a refusal with this code ends the program.
pub(super) fn of_code(code: Code) -> Exit {
    match code {
        Code::NotFound | Code::MethodNotFound => Exit::NotFound,
        Code::Conflict
        | Code::StaleFence
        | Code::IdempotencyConflict
        | Code::DuplicateUniqueKey
        | Code::DependencyCycle => Exit::Conflict,
        Code::Unauthorized | Code::Forbidden => Exit::Forbidden,
        Code::RateLimited | Code::Overloaded | Code::ShuttingDown | Code::Unavailable => {
            Exit::Later
        }
        Code::Timeout => Exit::NoServer,
        Code::ParseError
        | Code::InvalidRequest
        | Code::InvalidParams
        | Code::CursorExpired
        | Code::HookBlocked
        | Code::TooLarge
        | Code::Internal => Exit::Failed,
    }
}

fn of_client(error: &ClientError) -> Option<String> {
    match error {
        ClientError::Refused(error) => of_refusal(error),
        ClientError::Unreachable { source, .. }
            if source.kind() == io::ErrorKind::PermissionDenied =>
        {
            Some("ask the owner of the socket for access, or give another --url".into())
        }
        ClientError::Unreachable { .. } => {
            Some("start one with `claudebench serve`, or give --url".into())
        }
        ClientError::TimedOut { .. } => {
            Some("look at `claudebench status`, or give a longer --timeout".into())
        }
        ClientError::Broken { .. } => Some("look at the state before you repeat the call".into()),
        ClientError::Foreign { .. } => Some("check the address in --url".into()),
        ClientError::Unreadable { .. } => None,
    }
}

fn of_refusal(error: &Error) -> Option<String> {
    let next = match error.code {
        Code::Unauthorized => {
            "give a key in CLAUDEBENCH_API_KEY or --key-file; if there is none yet, stop the server \
             and make one on its data: `claudebench key create --name NAME --scopes admin --data DIR`"
        }
        // Other refusals than for a scope say themselves which setting allows it.
        Code::Forbidden => {
            let scope = error.details.get("scope").and_then(Value::as_str)?;
            return Some(format!(
                "use a key with that scope; an admin makes one with `claudebench key create --name \
                 NAME --scopes {scope}`"
            ));
        }
        Code::NotFound => return of_missing(&error.message).map(str::to_owned),
        Code::MethodNotFound => "`claudebench call --help` lists the methods",
        Code::CursorExpired => "go on from the oldest event that is kept: --since start",
        Code::RateLimited | Code::Overloaded => "wait a moment, then repeat the call",
        Code::ShuttingDown => "repeat the call when the server is back",
        Code::Unavailable => "run `claudebench doctor` on the server's machine",
        Code::Internal => "the server's log says more",
        _ => return None,
    };
    Some(next.to_owned())
}

/// Where to look for what was named, by the first word of what is missing.
fn of_missing(message: &str) -> Option<&'static str> {
    Some(match message.split(' ').next()? {
        "Task" | "Parent" | "Dependency" => {
            "`claudebench task list` shows the tasks that there are"
        }
        "API" => "`claudebench key list` shows the keys that there are",
        "Attachment" => "`claudebench call task.list_attachments` shows those of a task",
        "Worker" | "Instance" => "register it first: `claudebench call system.register --id ID`",
        "Document" => "`claudebench call docs.list` shows the pages",
        _ => return None,
    })
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Client(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<AddressError> for Failure {
    fn from(error: AddressError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        if error.is_in_flag() {
            return Self::Usage(error.to_string());
        }
        Self::advise(error, "mend it, then see `claudebench config check`")
    }
}

impl From<BadKey> for Failure {
    fn from(error: BadKey) -> Self {
        Self::Usage(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_refusal_has_an_exit_code_that_the_help_names() {
        for code in Code::ALL {
            let exit = of_code(code) as u8;
            assert!(exit != 0 && EXIT_CODES.contains(&format!("\n  {exit}  ")), "{code:?}");
        }
    }

    #[test]
    fn a_refusal_names_the_flag_that_there_is_and_only_where_it_helps() {
        let next = |error: Error| Failure::from(error).next_step();
        let scope = next(Error::new(Code::Forbidden, "x").with("scope", "tasks:read"));
        assert!(
            scope.unwrap().ends_with("`claudebench key create --name NAME --scopes tasks:read`")
        );
        assert_eq!(next(Error::new(Code::Forbidden, "the header Host names ..")), None);
        let missing = next(Error::not_found("Task", "t-1"));
        assert!(missing.unwrap().contains("claudebench task list"));
        assert!(next(Error::new(Code::Unauthorized, "x")).unwrap().contains("--data DIR"));
    }

    #[test]
    fn a_closed_pipe_is_no_error() {
        let failure = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((failure.exit(), failure.message()), (Exit::Done, None));
    }

    #[test]
    fn an_error_names_the_next_step() {
        let server = "127.0.0.1:3000".parse().unwrap();
        let source = io::Error::from(io::ErrorKind::ConnectionRefused);
        let failure = Failure::from(ClientError::Unreachable { server, source });
        assert_eq!(failure.exit(), Exit::NoServer);
        assert_eq!(
            failure.json(),
            json!({"error": {
                "code": "unreachable",
                "message": "no server at http://127.0.0.1:3000: connection refused",
                "next": "start one with `claudebench serve`, or give --url",
            }})
        );
    }
}
