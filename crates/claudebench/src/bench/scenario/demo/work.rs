//! One attempt at a task, from its claim to its end.

use serde::Deserialize;
use serde_json::{Value, json};

use super::agent::Agent;
use super::chance::Chance;
use super::fleet::Member;
use super::made;
use super::projects::{DOOM, DOOMED, FAILURES, PROJECTS, notes};
use super::stage::{Stage, count};
use crate::bench::bed::BenchError;

/// What a claim is answered, as far as a worker needs it.
#[derive(Debug, Deserialize)]
pub(super) struct Claimed {
    pub(super) tasks: Vec<Task>,
}

/// A task that was claimed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Task {
    pub(super) id: String,
    pub(super) text: String,
    #[serde(default)]
    pub(super) project: Option<String>,
    #[serde(default)]
    metadata: Option<Value>,
    attempt: u64,
    lease: Lease,
}

#[derive(Debug, Deserialize)]
struct Lease {
    fence: i64,
}

#[derive(Debug, Deserialize)]
struct Beaten {
    cancelled: bool,
}

#[derive(Debug, Deserialize)]
struct Settled {
    status: String,
}

impl Task {
    /// The folder of its project.
    pub(super) fn folder(&self) -> &'static str {
        let of = |name: &str| PROJECTS.iter().find(|project| project.name == name);
        self.project.as_deref().and_then(of).map_or("/srv", |project| project.folder)
    }

    /// About how many seconds it takes.
    fn estimate(&self) -> u32 {
        let said = self.metadata.as_ref().and_then(|of| of["estimateSeconds"].as_u64());
        u32::try_from(said.unwrap_or(12)).unwrap_or(60).clamp(5, 60)
    }
}

/// How an attempt goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goes {
    On,
    /// The worker has it no more, or all is over.
    Gone,
}

/// A worker with a task.
pub(super) struct Work<'a> {
    pub(super) stage: &'a Stage,
    pub(super) member: &'a Member,
    pub(super) task: Task,
}

impl Work<'_> {
    /// Works on it until it has ended one way or another.
    pub(super) async fn run(
        &self,
        chance: &mut Chance,
        mut agent: Option<&mut Agent>,
    ) -> Result<(), BenchError> {
        if let Some(agent) = agent.as_deref_mut() {
            agent.begin(self.stage, &self.task).await?;
        }
        let well = self.attempt(chance, agent.as_deref_mut()).await?;
        if let Some(agent) = agent {
            agent.end(self.stage, well).await?;
        }
        Ok(())
    }

    /// Whether it was completed.
    async fn attempt(
        &self,
        chance: &mut Chance,
        mut agent: Option<&mut Agent>,
    ) -> Result<bool, BenchError> {
        let notes = notes(self.role());
        let estimate = self.task.estimate();
        let seconds = chance.seconds(estimate * 7 / 10, estimate * 13 / 10).clamp(5.0, 60.0);
        let steps = u32::try_from(notes.len()).unwrap_or(1);
        let fails_at = self.fails_at(chance, notes.len());
        for (place, note) in notes.iter().enumerate() {
            if !self.stage.rest(seconds / f64::from(steps)).await {
                return Ok(false);
            }
            if let Some(agent) = agent.as_deref_mut() {
                agent.use_a_tool(self.stage, &self.task, chance).await?;
            }
            if fails_at == Some(place) {
                self.fail(chance).await?;
                return Ok(false);
            }
            let done = f64::from(u32::try_from(place + 1).unwrap_or(1)) / f64::from(steps + 1);
            if self.beat((done * 100.0).round() / 100.0, note).await? == Goes::Gone {
                return Ok(false);
            }
        }
        for attachment in made::by(self.role(), &self.task, chance) {
            self.stage.do_call("task.create_attachment", &attachment).await?;
        }
        if let Some(agent) = agent
            && made::is_code(self.role())
        {
            agent.commit(self.stage, &self.task, chance).await?;
        }
        self.complete(chance).await
    }

    /// The role in which it is done: of several the one that the worker was hired for.
    fn role(&self) -> &'static str {
        self.member.roles.first().copied().unwrap_or("docs")
    }

    /// The step at which this attempt fails, if it does. Most that fail do well the next time.
    fn fails_at(&self, chance: &mut Chance, steps: usize) -> Option<usize> {
        let fails = match self.task.attempt {
            _ if self.task.text == DOOMED => true,
            1 => chance.once_in(8),
            2 => chance.once_in(20),
            _ => false,
        };
        fails.then(|| chance.below(steps))
    }

    /// Who the worker is, and by which lease.
    fn report(&self) -> Value {
        json!({
            "id": self.task.id, "workerId": self.member.name, "fence": self.task.lease.fence,
        })
    }

    async fn beat(&self, progress: f64, note: &str) -> Result<Goes, BenchError> {
        let mut beat = self.report();
        beat["progress"] = json!(progress);
        beat["note"] = json!(note);
        match self.stage.call::<Beaten>("task.heartbeat", &beat).await? {
            Some(Beaten { cancelled: false }) => Ok(Goes::On),
            Some(_) => {
                let mut release = self.report();
                release["reason"] = json!("it was called off; the branch is kept");
                self.stage.do_call("task.release", &release).await?;
                Ok(Goes::Gone)
            }
            None => Ok(Goes::Gone),
        }
    }

    async fn fail(&self, chance: &mut Chance) -> Result<(), BenchError> {
        let (reason, error) = match self.task.text == DOOMED {
            true => ("unavailable", DOOM),
            false => *chance.one_of(&FAILURES),
        };
        let mut fail = self.report();
        fail["reason"] = json!(reason);
        fail["error"] = json!(error);
        fail["retryAfterMs"] = json!(self.stage.millis(chance.seconds(4, 12)));
        let settled = self.stage.call::<Settled>("task.fail", &fail).await?;
        let Some(settled) = settled else { return Ok(()) };
        count(&self.stage.counts.failed);
        if settled.status == "failed" {
            count(&self.stage.counts.dead);
            self.stage.tell(format!("{} is a dead letter: {error}", self.task.id));
        }
        Ok(())
    }

    async fn complete(&self, chance: &mut Chance) -> Result<bool, BenchError> {
        let mut complete = self.report();
        complete["result"] = made::result(self.role(), &self.task, chance);
        let done = self.stage.do_call("task.complete", &complete).await?;
        if done {
            count(&self.stage.counts.completed);
        }
        Ok(done)
    }
}
