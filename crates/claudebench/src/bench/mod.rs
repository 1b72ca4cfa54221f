//! `claudebench bench`: measures a server on this machine, and judges it by what is promised.
//!
//! The generator shares the machine with the server, so it is lean: one thread, requests written
//! by hand. Rates are compared with a bare echo, and times with the disk's own fsync, in turns in
//! the same run; a figure is the middle of its rounds.

pub mod bed;
pub mod load;
pub mod peer;
pub mod report;
mod scenario;
pub mod workload;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use tokio::net::lookup_host;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot};
use tokio::task::LocalSet;

use bed::{Bed, During};
use load::http::Target;
use report::{Conditions, Figure, print_json, print_table};

pub use bed::BenchError;
pub use scenario::Scenario;
pub use scenario::demo::{self, Demo};

/// Measures the server.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What to measure; everything if absent
    #[arg(value_enum)]
    pub scenarios: Vec<Scenario>,
    /// The same as naming it without the flag
    #[arg(long = "scenario", value_enum, value_name = "SCENARIO")]
    pub named: Vec<Scenario>,
    /// Connections at once
    #[arg(long, default_value_t = 64, value_parser = at_least_one)]
    pub connections: usize,
    /// How long each round is measured, 5 if absent; how long `demo` goes on
    #[arg(long, value_name = "SECONDS", value_parser = positive)]
    pub seconds: Option<f64>,
    /// How many times faster than people `demo` works
    #[arg(long, value_name = "TIMES", default_value_t = 1.0, value_parser = positive)]
    pub speed: f64,
    /// How long each round runs before it is measured
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = positive)]
    pub warm_up: f64,
    /// Rounds; each figure is the middle of them
    #[arg(long, default_value_t = 3, value_parser = at_least_one)]
    pub rounds: usize,
    /// Start so many requests per second, whether the last ones were answered or not
    #[arg(long, value_name = "PER_SECOND", value_parser = positive)]
    pub rate: Option<f64>,
    /// How many tasks make a large backlog
    #[arg(long, default_value_t = 1_000_000)]
    pub tasks: usize,
    /// Draw each task's priority from 0 to 100, instead of leaving it out
    #[arg(long)]
    pub mixed: bool,
    /// Let the worker of `handover` wait, and part of the subscribers of `fanout` listen, at this server, another one
    /// over the same store; may be given several times
    #[arg(long, value_name = "URL")]
    pub worker_url: Vec<String>,
    /// How many subscribe in `fanout`
    #[arg(long, default_value_t = 1_000, value_parser = at_least_one)]
    pub subscribers: usize,
    /// The same seed makes the same work
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The folder for the data, which is deleted afterwards: its disk is what is measured
    #[arg(long, default_value = ".")]
    pub dir: PathBuf,
    /// Exit with 1 if a promise is missed
    #[arg(long)]
    pub strict: bool,
    /// Be the echo that others are measured against
    #[arg(long, hide = true)]
    serve_echo: bool,
}

impl Args {
    /// All scenarios that were named.
    fn asked(&self) -> Vec<Scenario> {
        self.scenarios.iter().chain(&self.named).copied().collect()
    }

    /// How long each round is measured, in seconds.
    #[must_use]
    pub fn measured(&self) -> f64 {
        self.seconds.unwrap_or(5.0)
    }

    /// The demonstration, if it was asked for, which goes alone.
    ///
    /// # Errors
    /// Something else was asked for, too.
    pub fn demo(&self) -> Result<Option<Demo>, BenchError> {
        let asked = self.asked();
        if !asked.contains(&Scenario::Demo) {
            return Ok(None);
        }
        if asked.iter().any(|scenario| *scenario != Scenario::Demo) {
            let message = "`demo` measures nothing: name it alone";
            return Err(BenchError::Asked(message.into()));
        }
        Ok(Some(Demo { seconds: self.seconds, speed: self.speed, seed: self.seed }))
    }
}

fn positive(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "expected a number".to_owned())?;
    (value.is_finite() && value > 0.0)
        .then_some(value)
        .ok_or_else(|| "expected a number above 0".to_owned())
}

fn at_least_one(text: &str) -> Result<usize, String> {
    let value = text.parse().map_err(|_| "expected a whole number".to_owned())?;
    (1..=10_000).contains(&value).then_some(value).ok_or_else(|| "expected 1 to 10000".to_owned())
}

/// The server to measure, where it is not to be one of our own.
#[derive(Clone, Debug, Default)]
pub struct Other {
    /// `http://HOST:PORT`.
    pub url: Option<String>,
    /// The API key.
    pub key: Option<String>,
}

/// Measures, and prints what came out. Exits with 2 if it cannot be measured; with 1 if a promise
/// was missed and `--strict` was given.
pub async fn run(
    args: Args,
    other: Other,
    json: bool,
    out: &mut (dyn Write + Send),
    err: &mut (dyn Write + Send),
) -> ExitCode {
    if args.serve_echo {
        return match peer::serve_echo(out).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(2),
        };
    }
    let strict = args.strict;
    let conditions = conditions(&args);
    let measured = measure(args, other, err).await.and_then(|figures| {
        let print = if json { print_json } else { print_table };
        print(out, &conditions, &figures).during("writing")?;
        Ok(figures)
    });
    match measured {
        Ok(figures) if strict && figures.iter().any(|f| f.kept() == Some(false)) => {
            ExitCode::FAILURE
        }
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when this fails.
            let _ = writeln!(err, "{error}");
            ExitCode::from(2)
        }
    }
}

fn conditions(args: &Args) -> Conditions {
    Conditions {
        version: env!("CARGO_PKG_VERSION"),
        processors: thread::available_parallelism().map_or(1, usize::from),
        connections: args.connections,
        rounds: args.rounds,
        seconds: args.measured(),
        seed: args.seed,
        mixed: args.mixed,
    }
}

/// Measures on a thread of its own, which nothing else disturbs; tells the progress meanwhile.
/// An interrupt, or SIGTERM, ends it in order: servers are stopped, and the folder is deleted.
async fn measure(
    args: Args,
    other: Other,
    err: &mut (dyn Write + Send),
) -> Result<Vec<Figure>, BenchError> {
    if other.url.is_none() && !args.worker_url.is_empty() {
        let message = "--worker-url needs --url: the server where the tasks are created";
        return Err(BenchError::Asked(message.into()));
    }
    let mut beside = Vec::new();
    for url in &args.worker_url {
        beside.push(resolve(url, other.key.clone()).await?);
    }
    let other = match &other.url {
        Some(url) => Some(resolve(url, other.key).await?),
        None => None,
    };
    // Before there is anything that would be left behind.
    let handler = |kind| signal(kind).during("signals cannot be waited for");
    let (mut interrupt, mut terminate) =
        (handler(SignalKind::interrupt())?, handler(SignalKind::terminate())?);
    let (progress, mut told) = mpsc::channel(1_000);
    let (stop, stopped) = oneshot::channel::<()>();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .during("the generator cannot start")?;
    let generator = thread::Builder::new()
        .name("generator".into())
        .spawn(move || {
            let all = async {
                tokio::select! {
                    figures = everything(args, other, beside, progress) => figures,
                    _ = stopped => Err(BenchError::Asked("interrupted".into())),
                }
            };
            LocalSet::new().block_on(&runtime, all)
        })
        .during("the generator cannot start")?;
    let mut stop = Some(stop);
    loop {
        tokio::select! {
            line = told.recv() => match line {
                // Progress is a courtesy.
                Some(line) => drop(writeln!(err, "{line}")),
                None => break,
            },
            _ = interrupt.recv() => drop(stop.take()),
            _ = terminate.recv() => drop(stop.take()),
        }
    }
    generator.join().unwrap_or_else(|_| Err(BenchError::Asked("the generator broke".into())))
}

async fn everything(
    args: Args,
    other: Option<Target>,
    beside: Vec<Target>,
    progress: mpsc::Sender<String>,
) -> Result<Vec<Figure>, BenchError> {
    crate::transport::listen::raise_file_limit();
    let scenarios = Scenario::chosen(&args.asked());
    let bed = Bed::new(args, other, beside, progress)?;
    let mut figures = Vec::new();
    for scenario in scenarios {
        figures.extend(scenario.measure(&bed).await?);
    }
    Ok(figures)
}

/// Where a URL leads.
async fn resolve(url: &str, key: Option<String>) -> Result<Target, BenchError> {
    let host = url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
    let host = host.filter(|host| !host.contains('/')).ok_or_else(|| {
        BenchError::Asked(format!("expected http://HOST:PORT to measure, got `{url}`"))
    })?;
    let with_port = if host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
        host.to_owned()
    } else {
        format!("{host}:80")
    };
    let address = lookup_host(&with_port).await.during(url)?.next();
    let address =
        address.ok_or_else(|| BenchError::Asked(format!("{url}: the host has no address")))?;
    Ok(Target { address, host: host.to_owned(), key })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn arguments_are_checked() {
        let args =
            Cli::try_parse_from(["bench", "create", "bulk", "--seconds", "0.5"]).unwrap().args;
        assert_eq!(args.scenarios, [Scenario::Create, Scenario::Bulk]);
        assert_eq!((args.connections, args.rounds, args.tasks), (64, 3, 1_000_000));
        for wrong in [["bench", "nothing"], ["bench", "--rounds=0"], ["bench", "--rate=-1"]] {
            assert!(Cli::try_parse_from(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_demonstration_is_named_alone_with_or_without_the_flag() {
        let demo = |line: &[&str]| Cli::try_parse_from(line).unwrap().args.demo();
        let shown = demo(&["bench", "demo", "--speed=10", "--seed=7"]).unwrap().unwrap();
        assert_eq!((shown.seconds, shown.speed, shown.seed), (None, 10.0, 7));
        let shown = demo(&["bench", "--scenario", "demo", "--seconds=2"]).unwrap().unwrap();
        assert_eq!((shown.seconds, shown.speed), (Some(2.0), 1.0));
        assert!(demo(&["bench", "demo", "--scenario=bulk"]).is_err());
        assert!(demo(&["bench", "all"]).unwrap().is_none());
    }

    #[tokio::test]
    async fn a_worker_waits_elsewhere_only_beside_a_server_that_was_named() {
        let args = Cli::try_parse_from(["bench", "handover", "--worker-url=http://127.0.0.1:1"]);
        let measured = measure(args.unwrap().args, Other::default(), &mut Vec::new()).await;
        let said = measured.unwrap_err().to_string();
        assert!(said.starts_with("--worker-url needs --url"), "{said}");
    }

    #[tokio::test]
    async fn a_url_is_resolved_or_refused() {
        let target = resolve("http://127.0.0.1:3000/", None).await.unwrap();
        assert_eq!((target.address.to_string(), target.host), {
            ("127.0.0.1:3000".to_owned(), "127.0.0.1:3000".to_owned())
        });
        for wrong in ["https://127.0.0.1", "unix:/tmp/x", "http://127.0.0.1/path"] {
            assert!(matches!(resolve(wrong, None).await, Err(BenchError::Asked(_))), "{wrong}");
        }
    }
}
