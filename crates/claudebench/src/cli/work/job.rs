//! What is done with a task.

use std::time::Duration;

use super::agent::Agent;
use super::environment;
use super::process::Order;
use super::stage::Stage;
use super::verdict::Verdict;

/// What is done with a task.
#[derive(Debug)]
pub(super) enum Job {
    /// A command is run.
    Command(Vec<String>),
    /// An agent works on it.
    Agent(Box<Agent>),
}

impl Job {
    /// Does it.
    pub(super) async fn perform(&self, stage: &Stage<'_>) -> Verdict {
        match self {
            Self::Command(argv) => command(argv, stage).await,
            Self::Agent(agent) => agent.perform(stage).await,
        }
    }

    /// In a few words, for whoever looks at the fleet.
    pub(super) fn about(&self) -> String {
        match self {
            Self::Command(argv) => argv.join(" ").chars().take(500).collect(),
            Self::Agent(agent) => agent.about(),
        }
    }

    /// How long an attempt may take, if nobody says otherwise.
    pub(super) fn time_limit(&self) -> Option<Duration> {
        match self {
            Self::Command(_) => None,
            // Agents that are stuck cost money.
            Self::Agent(_) => Some(Duration::from_secs(3_600)),
        }
    }

    /// Whether no more tasks can be paid for.
    pub(super) fn is_spent(&self) -> bool {
        match self {
            Self::Command(_) => false,
            Self::Agent(agent) => agent.is_spent(),
        }
    }
}

async fn command(argv: &[String], stage: &Stage<'_>) -> Verdict {
    let input = match serde_json::to_string(stage.task) {
        Ok(json) => json + "\n",
        Err(error) => return Verdict::failed("error", format!("the task is no JSON: {error}")),
    };
    let order = Order {
        argv: argv.to_vec(),
        environment: environment::of(stage.shop, stage.task, stage.fence),
        unset: Vec::new(),
        folder: None,
        input,
    };
    let done = stage.run(&order).await;
    Verdict::of_command(&done.ended, &done.out, &done.err)
}
