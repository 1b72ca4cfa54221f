//! `claudebench work --agent claude`: Claude Code works on each task, headless, in a git worktree of
//! its own.

mod answer;
mod budget;
mod git;
mod options;
mod prompt;
mod worktree;

use serde_json::{Value, json};

use super::environment;
use super::process::{Ended, Order};
use super::stage::{Finished, Stage};
use super::verdict::{Verdict, told};
use answer::{Answer, Meant};
use budget::{Allowance, Budget, Exhausted};
pub(super) use options::Options;
use worktree::{Contents, NoWorktree, Place, Worktree};

/// What an agent that was started by another one must not know.
const UNSET: [&str; 2] = ["CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT"];

/// What is told when a result is too long to be taken.
const ANSWER: usize = 8_000;

/// Claude Code, as it is run on each task.
#[derive(Debug)]
pub(super) struct Agent {
    program: String,
    args: Vec<String>,
    place: Place,
    budget: Budget,
}

/// What came out of a run.
struct Run {
    meant: Meant,
    answer: Answer,
    contents: Contents,
    /// It is still there.
    kept: bool,
}

impl Agent {
    /// Whether nothing is left for another task.
    pub(super) fn is_spent(&self) -> bool {
        self.budget.is_spent()
    }

    /// In a few words.
    pub(super) fn about(&self) -> String {
        format!("{} in {}", self.program, self.place.repository.display())
    }

    /// Has it work on a task.
    pub(super) async fn perform(&self, stage: &Stage<'_>) -> Verdict {
        let before = spent_before(stage);
        let allowance = match self.budget.reserve(before) {
            Ok(allowance) => allowance,
            Err(Exhausted::Task(limit)) => {
                let what = format!("the attempts so far have cost ${before:.2} of ${limit:.2}");
                return Verdict::failed_for_good("error", what);
            }
            Err(Exhausted::Worker) => {
                let reason = "the cost limit of the worker leaves nothing for it".into();
                return Verdict::Released { reason, rest: true };
            }
        };
        let mut cost = Some(0.0);
        let verdict = match self.place.make(stage).await {
            Ok(worktree) => self.run(stage, &worktree, allowance, &mut cost).await,
            Err(NoWorktree::InUse) => Verdict::Released {
                reason: "an attempt before still ends in its worktree".into(),
                rest: true,
            },
            Err(NoWorktree::Failed(what)) => Verdict::failed("error", what),
        };
        self.budget.settle(allowance, cost);
        if let (Some(cost @ 0.000_001..), Verdict::Failed(_) | Verdict::Released { .. }) =
            (cost, &verdict)
        {
            remember(stage, before + cost).await;
        }
        verdict
    }

    async fn run(
        &self,
        stage: &Stage<'_>,
        worktree: &Worktree,
        allowance: Allowance,
        cost: &mut Option<f64>,
    ) -> Verdict {
        let mut environment = environment::of(stage.shop, stage.task, stage.fence);
        environment.push(("CLAUDEBENCH_BRANCH".into(), worktree.branch.clone()));
        let order = Order {
            argv: self.command(allowance),
            environment,
            unset: UNSET.iter().chain(&git::MISLEADING).map(|name| (*name).to_owned()).collect(),
            folder: Some(worktree.path.clone()),
            input: prompt::of(stage.task, worktree),
        };
        let done = stage.run_for_answer(&order).await;
        let answer = done.out.whole().and_then(|text| Answer::read(&text));
        // One that was killed does not tell what it has cost.
        *cost = match (&answer, &done.ended) {
            (Some(answer), _) => answer.total_cost_usd,
            (None, Ended::NotStarted(_)) => Some(0.0),
            (None, _) => None,
        };
        let contents = match worktree.contents(stage).await {
            Ok(contents) => contents,
            Err(error) => {
                tracing::warn!(task = %stage.task.id, error, "nobody knows what is in a worktree");
                Contents { uncommitted: true, ..Contents::default() }
            }
        };
        let kept = self.place.clear(stage, worktree, &contents).await;
        match answer {
            Some(answer) => {
                let (cost_usd, turns) = (answer.total_cost_usd, answer.num_turns);
                let commits = contents.commits.len();
                tracing::info!(task = %stage.task.id, cost_usd, turns, commits, "the agent has answered");
                let meant = answer.meant();
                verdict(Run { meant, answer, contents, kept }, worktree, allowance)
            }
            None => self.without_answer(&done),
        }
    }

    /// The command: the prompt is on standard input.
    fn command(&self, allowance: Allowance) -> Vec<String> {
        let mut argv = vec![self.program.clone(), "-p".into()];
        argv.extend(["--output-format".into(), "json".into()]);
        if let Some(most) = allowance.most {
            argv.extend(["--max-budget-usd".into(), format!("{most:.4}")]);
        }
        argv.extend(self.args.iter().cloned());
        argv
    }

    fn without_answer(&self, done: &Finished) -> Verdict {
        match &done.ended {
            Ended::NotStarted(why) => {
                Verdict::Broken(format!("the agent `{}` does not start: {why}", self.program))
            }
            Ended::Exited(0) => {
                let what = "the agent ended well, but wrote no answer as JSON";
                Verdict::failed("error", told(what, &done.out, &done.err))
            }
            ended => {
                let what = format!("the agent ended without an answer, {}", ended.told());
                Verdict::failed("crashed", told(&what, &done.out, &done.err))
            }
        }
    }
}

fn verdict(run: Run, worktree: &Worktree, allowance: Allowance) -> Verdict {
    match &run.meant {
        Meant::Done(text) => {
            let short: String = text.chars().take(ANSWER).collect();
            Verdict::done(&result(text, &run, worktree), short)
        }
        Meant::Impossible(why) => Verdict::failed_for_good("refused", why),
        Meant::Later(why) => Verdict::Released { reason: why.clone(), rest: true },
        Meant::TooDear(why) if allowance.is_of_task => {
            Verdict::failed_for_good("error", format!("the cost limit of a task: {why}"))
        }
        Meant::TooDear(why) => {
            Verdict::Released { reason: format!("the cost limit of the worker: {why}"), rest: true }
        }
        Meant::Limited(why) => Verdict::failed("rate_limited", why),
        Meant::Unavailable(why) => Verdict::failed("unavailable", why),
        Meant::Locked(why) => Verdict::Broken(format!("the agent may do nothing: {why}")),
        Meant::Failed(why) => Verdict::failed("error", why),
    }
}

/// The result of a task that an agent has done.
fn result(text: &str, run: &Run, worktree: &Worktree) -> Value {
    let Contents { commits, uncommitted } = &run.contents;
    let has_branch = run.kept || !commits.is_empty();
    json!({
        "answer": text,
        "branch": has_branch.then_some(&worktree.branch),
        "base": worktree.base,
        "commits": commits,
        "uncommitted": uncommitted,
        "worktree": run.kept.then_some(&worktree.path),
        "costUsd": run.answer.total_cost_usd,
        "turns": run.answer.num_turns,
        "durationMs": run.answer.duration_ms,
        "sessionId": run.answer.session_id,
    })
}

/// What attempts before have cost, as they have left it for this one.
fn spent_before(stage: &Stage<'_>) -> f64 {
    let checkpoint = stage.task.checkpoint.as_ref();
    let checkpoint = checkpoint.and_then(|checkpoint| serde_json::to_value(checkpoint).ok());
    checkpoint.and_then(|checkpoint| checkpoint.get("costUsd")?.as_f64()).unwrap_or(0.0)
}

/// Leaves for the next attempt what those so far have cost.
async fn remember(stage: &Stage<'_>, cost: f64) {
    let checkpoint = stage.task.checkpoint.as_ref();
    let mut checkpoint = match checkpoint.and_then(|one| serde_json::to_value(one).ok()) {
        Some(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    checkpoint.insert("costUsd".into(), json!(cost));
    let link = &stage.shop.link;
    let params = json!({
        "id": stage.task.id, "fence": stage.fence, "workerId": link.worker,
        "checkpoint": checkpoint,
    });
    let said: Result<Value, _> = link.once("task.heartbeat", &params, link.timeout).await;
    if let Err(error) = said {
        tracing::warn!(task = %stage.task.id, %error, cost, "the next attempt does not know the cost");
    }
}
