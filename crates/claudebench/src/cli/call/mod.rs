//! `claudebench call`: any method of the server, with its params as JSON or as options.

mod fields;

use std::io::Read;
use std::time::Duration;

use clap::{ArgMatches, Args, Command, FromArgMatches, error::ErrorKind};
use claudebench_services::{entry, methods};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::failure::{Failure, Outcome};
use super::session::Session;
use fields::Form;

/// The longest params that are read from standard input.
const STDIN_BYTES: u64 = 64 << 20;

/// A call of any method.
#[derive(Clone, Debug)]
pub(super) struct Call {
    method: String,
    json: Option<String>,
    options: Map<String, Value>,
}

impl Args for Call {
    fn augment_args(command: Command) -> Command {
        command
            .long_about(
                "Call any method of the server\n\n\
                 The params are a JSON object, `-` for standard input, or options: `claudebench \
                 call METHOD --help` lists them. The answer is written as JSON.",
            )
            .after_help(
                "Examples:\n  \
                 claudebench call task.create '{\"text\": \"Write the notes\"}'\n  \
                 claudebench call task.create --text \"Write the notes\" --priority 70\n  \
                 jq '{tasks: .}' tasks.json | claudebench call task.create_many -",
            )
            .subcommand_required(true)
            .arg_required_else_help(true)
            .disable_help_subcommand(true)
            .subcommand_value_name("METHOD")
            .subcommand_help_heading("Methods")
            // A newer server may have more methods than this program knows of.
            .allow_external_subcommands(true)
            .external_subcommand_value_parser(clap::value_parser!(String))
            // Reading all schemas takes a while; other commands need not wait for it.
            .defer(|command| {
                command.subcommands(methods().map(|entry| Form::of(entry).command(entry.name)))
            })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Call {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::raw(ErrorKind::MissingSubcommand, "which method?\n");
        let (method, given) = matches.subcommand().ok_or_else(missing)?;
        let (json, options) = match entry(method) {
            Some(entry) => {
                let options = Form::of(entry).given(given);
                let wrong =
                    |what| clap::Error::raw(ErrorKind::ValueValidation, format!("{what}\n"));
                (given.get_one::<String>("JSON").cloned(), options.map_err(wrong)?)
            }
            None => {
                let mut values = given.get_many::<String>("").into_iter().flatten();
                let json = values.next().cloned();
                if let Some(more) = values.next() {
                    let what = format!("{method} is not known here: it takes JSON, not `{more}`\n");
                    return Err(clap::Error::raw(ErrorKind::UnknownArgument, what));
                }
                (json, Map::new())
            }
        };
        Ok(Self { method: method.to_owned(), json, options })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Call {
    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let params = self.params(&mut std::io::stdin())?;
        let wait = wait(params.get());
        let answer = session.call(&self.method, &params, wait).await?;
        session.out.json(&answer)
    }

    /// The params as they will be sent: what was given as JSON goes out as it stands.
    fn params(&self, stdin: &mut dyn Read) -> Outcome<Box<RawValue>> {
        let text = match self.json.as_deref() {
            None => "{}".to_owned(),
            Some("-") => {
                let mut text = String::new();
                let read = stdin.take(STDIN_BYTES).read_to_string(&mut text);
                read.map_err(|e| Failure::local(format!("standard input cannot be read: {e}")))?;
                text
            }
            Some(text) => text.to_owned(),
        };
        let wrong = |e| Failure::Usage(format!("the params are not a JSON object: {e}"));
        if self.options.is_empty() {
            return RawValue::from_string(text.trim().to_owned()).map_err(wrong);
        }
        let mut fields: Map<String, Value> = serde_json::from_str(&text).map_err(wrong)?;
        fields.extend(self.options.clone());
        serde_json::value::to_raw_value(&fields).map_err(wrong)
    }
}

/// How long the call asks the server to wait.
fn wait(params: &str) -> Duration {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Waits {
        wait_ms: u64,
    }
    serde_json::from_str::<Waits>(params)
        .map_or(Duration::ZERO, |w| Duration::from_millis(w.wait_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &[&str]) -> Result<Call, clap::Error> {
        let command = Call::augment_args(Command::new("call"));
        let matches = command.try_get_matches_from([&["call"], line].concat())?;
        Call::from_arg_matches(&matches)
    }

    #[test]
    fn params_are_json_or_options_or_both() {
        let params = |line: &[&str], stdin: &str| {
            let call = parsed(line).unwrap();
            call.params(&mut stdin.as_bytes()).map(|raw| raw.get().to_owned())
        };
        assert_eq!(params(&["task.get"], "").unwrap(), "{}");
        assert_eq!(params(&["task.get", "{ \"id\":\"t-1\" }"], "").unwrap(), "{ \"id\":\"t-1\" }");
        assert_eq!(params(&["task.get", "-"], " {\"id\":\"t-1\"}\n").unwrap(), "{\"id\":\"t-1\"}");
        assert_eq!(
            params(&["task.get", "{\"a\":1}", "--id", "t-1"], "").unwrap(),
            "{\"a\":1,\"id\":\"t-1\"}"
        );
        assert!(matches!(params(&["task.get", "{"], ""), Err(Failure::Usage(_))));
    }

    #[test]
    fn a_method_that_is_not_known_here_is_called_all_the_same() {
        let call = parsed(&["swarm.plan", "{\"a\":1}"]).unwrap();
        assert_eq!((call.method.as_str(), call.json.as_deref()), ("swarm.plan", Some("{\"a\":1}")));
        assert!(parsed(&["swarm.plan", "{}", "--text"]).is_err());
        assert!(parsed(&["task.get", "--no-such", "x"]).is_err());
    }

    #[test]
    fn a_long_poll_may_take_its_time() {
        assert_eq!(wait("{\"waitMs\": 1500}"), Duration::from_millis(1_500));
        assert_eq!(wait("{}"), Duration::ZERO);
    }
}
