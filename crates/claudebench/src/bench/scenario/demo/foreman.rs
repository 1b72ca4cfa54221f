//! Who makes the work, and steers it: epics, what is scheduled, what is called off, pauses.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::chance::Chance;
use super::fleet::WORKERS;
use super::projects::{CALLED_OFF, DOOMED, Epic, PROJECTS, Part, Project, SCHEDULED};
use super::stage::{Stage, TAG, count};
use crate::bench::bed::BenchError;

/// New work comes every so many seconds, unless so many tasks are open.
const BEAT: (u32, u32) = (12, 20);
const OPEN: i64 = 60;
/// How long something is paused.
const PAUSED: f64 = 18.0;
/// A pause ends by itself, too, should this program be killed; in seconds.
const PAUSED_AT_MOST: f64 = 60.0;

#[derive(Debug, Deserialize)]
struct Made {
    id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    pending: i64,
    in_progress: i64,
}

/// A page of tasks.
#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    pub(super) tasks: Vec<Open>,
}

/// A task that is open.
#[derive(Debug, Deserialize)]
pub(super) struct Open {
    pub(super) id: String,
}

/// Makes work until all is over.
pub(super) async fn direct(stage: Arc<Stage>) -> Result<(), BenchError> {
    let mut foreman = Foreman { chance: Chance::new(stage.demo.seed, 0), stage, epics: 0 };
    for project in &PROJECTS {
        foreman.launch(project).await?;
    }
    foreman.doom().await?;
    foreman.schedule(0).await?;
    for beat in 1_usize.. {
        let rest = foreman.chance.seconds(BEAT.0, BEAT.1);
        if !foreman.stage.rest(rest).await {
            break;
        }
        if foreman.open().await? < OPEN {
            foreman.launch(&PROJECTS[beat % PROJECTS.len()]).await?;
        }
        match beat % 6 {
            2 => foreman.call_off().await?,
            3 => foreman.schedule(beat / 6).await?,
            4 => foreman.pause(beat / 6).await?,
            _ => {}
        }
        if beat % 60 == 59 {
            foreman.doom().await?;
        }
    }
    Ok(())
}

struct Foreman {
    stage: Arc<Stage>,
    chance: Chance,
    epics: usize,
}

impl Foreman {
    /// An epic: its plan, and the parts that wait for it and for each other.
    async fn launch(&mut self, project: &Project) -> Result<(), BenchError> {
        let round = self.epics / PROJECTS.len();
        let epic = &project.epics[round % project.epics.len()];
        self.epics += 1;
        let sprint = 1 + round / project.epics.len();
        let text = if sprint == 1 {
            epic.text.to_owned()
        } else {
            format!("{}, sprint {sprint}", epic.text)
        };
        let plan = json!({
            "text": text,
            "project": project.name,
            "roles": ["reviewer", "docs"],
            "tags": [TAG, "epic", epic.tag],
            "priority": epic.priority,
            "metadata": { "estimateSeconds": 8, "sprint": sprint, "parts": epic.parts.len() },
        });
        let Some(plan): Option<Made> = self.stage.call("task.create", &plan).await? else {
            return Ok(());
        };
        let parts: Vec<Value> =
            epic.parts.iter().map(|part| self.part(project, epic, part, &plan.id)).collect();
        if self.stage.do_call("task.create_many", &json!({ "tasks": parts })).await? {
            (0..=parts.len()).for_each(|_| count(&self.stage.counts.created));
            self.stage.tell(format!("{}: {text}, in {} parts", project.name, parts.len()));
        }
        Ok(())
    }

    fn part(&mut self, project: &Project, epic: &Epic, part: &Part, plan: &str) -> Value {
        // The first parts wait for the plan.
        let after = if part.after.is_empty() { json!([plan]) } else { json!(part.after) };
        let spread = u8::try_from(self.chance.below(11)).unwrap_or(0);
        json!({
            "key": part.key,
            "text": part.text,
            "project": project.name,
            "parentId": plan,
            "roles": [part.role],
            "tags": [TAG, epic.tag],
            "priority": (epic.priority + spread).saturating_sub(5).min(100),
            "dependsOn": after,
            "maxAttempts": 4,
            "metadata": { "estimateSeconds": part.seconds, "epic": epic.text },
        })
    }

    /// A task that nobody will complete.
    async fn doom(&mut self) -> Result<(), BenchError> {
        let task = json!({
            "text": DOOMED, "project": "ledger", "roles": ["backend"],
            "tags": [TAG, "integration"], "priority": 85, "maxAttempts": 2,
            "metadata": { "estimateSeconds": 9 },
        });
        self.make(&task).await
    }

    /// A task whose time comes later.
    async fn schedule(&mut self, place: usize) -> Result<(), BenchError> {
        let (text, role) = SCHEDULED[place % SCHEDULED.len()];
        let project = self.chance.one_of(&PROJECTS).name;
        let task = json!({
            "text": text, "project": project, "roles": [role], "tags": [TAG, "scheduled"],
            "priority": 40, "delayMs": self.stage.millis(self.chance.seconds(30, 90)),
            "metadata": { "estimateSeconds": 10 },
        });
        self.make(&task).await
    }

    async fn make(&self, task: &Value) -> Result<(), BenchError> {
        if self.stage.do_call("task.create", task).await? {
            count(&self.stage.counts.created);
        }
        Ok(())
    }

    /// One of the tasks that are worked on is called off; what waits for it goes on.
    async fn call_off(&mut self) -> Result<(), BenchError> {
        let list = json!({ "tag": TAG, "status": "in_progress", "limit": 20 });
        let listed: Option<Listed> = self.stage.call("task.list", &list).await?;
        let tasks = listed.map(|listed| listed.tasks).unwrap_or_default();
        if tasks.is_empty() {
            return Ok(());
        }
        let (task, reason) = (self.chance.one_of(&tasks), *self.chance.one_of(&CALLED_OFF));
        let cancel = json!({
            "id": task.id, "reason": reason, "graceMs": self.stage.millis(20.0),
            "dependents": "release",
        });
        if self.stage.do_call("task.cancel", &cancel).await? {
            count(&self.stage.counts.cancelled);
            self.stage.tell(format!("{} is called off: {reason}", task.id));
        }
        Ok(())
    }

    /// A part of the queue stands still for a moment.
    async fn pause(&mut self, place: usize) -> Result<(), BenchError> {
        let (mut pause, reason) = match place % 3 {
            0 => (json!({ "project": self.chance.one_of(&PROJECTS).name }), "release freeze"),
            1 => {
                let worker = self.chance.one_of(&WORKERS).name;
                (json!({ "worker": worker }), "drained for an update of its host")
            }
            _ => (json!({ "role": "tester" }), "the staging cluster is restarted"),
        };
        let resume = pause.clone();
        pause["reason"] = json!(reason);
        pause["forMs"] = json!(self.stage.millis(PAUSED_AT_MOST));
        if self.stage.do_call("queue.pause", &pause).await? {
            count(&self.stage.counts.pauses);
            self.stage.tell(format!("paused {resume}: {reason}"));
            self.stage.rest(PAUSED).await;
            self.stage.do_call("queue.resume", &resume).await?;
        }
        Ok(())
    }

    /// How many tasks of the three projects are open.
    async fn open(&self) -> Result<i64, BenchError> {
        let mut open = 0;
        for project in &PROJECTS {
            let of = json!({ "project": project.name });
            let counts: Option<Counts> = self.stage.call("task.stats", &of).await?;
            open += counts.map_or(0, |counts| counts.pending + counts.in_progress);
        }
        Ok(open)
    }
}
