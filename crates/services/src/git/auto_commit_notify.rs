//! `git.auto_commit.notify`.

use claudebench_core::bounded::List;
use claudebench_core::event::GitAutoCommitted;
use claudebench_core::id::attachment_id;
use claudebench_core::{Code, Error, Scope, TaskId, Text};
use claudebench_hooks::mask;
use claudebench_store::{AttachmentBody, AttachmentKind, Mark, PutAttachment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::context::Context;
use crate::method::{Access, Method};
use crate::note::{Who, note, told};

/// The most bytes of a diff that are kept.
const DIFF: usize = 10_000;
/// The most tasks that one commit is attached to.
const TASKS: usize = 20;
/// So much of a hash names a commit.
const SHORT: usize = 7;

/// An agent's changes were committed: the first of its tasks gets the diff as an attachment
/// `git-commit-HASH`, the others a reference `git-ref-HASH`. Secrets are masked.
///
/// ```json
/// {"instanceId": "w-1", "sessionId": "s-1", "commitHash": "0123456789abcdef", "branch": "work", "files": ["a.rs"],
///  "diff": "+fn a() {}", "taskContext": {"taskIds": [], "toolUsed": "Edit", "timestamp": 1763913600007},
///  "commitMessage": "{}"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GitAutoCommit")]
pub struct AutoCommit {
    /// The instance.
    pub instance_id: Text<1, 200>,
    /// The session.
    pub session_id: Text<1, 200>,
    /// The commit's hash.
    pub commit_hash: Text<1, 200>,
    /// The branch.
    pub branch: Text<1, 500>,
    /// The files that changed, at most 1,000.
    pub files: List<Text<0, 4096>, 1000>,
    /// What changed; 10,000 bytes of it are kept.
    pub diff: Text<0, 1_000_000>,
    /// Lines that came and went.
    #[serde(default)]
    pub stats: Option<CommitStats>,
    /// What it is about.
    pub task_context: TaskContext,
    /// Its message.
    pub commit_message: Text<0, 100_000>,
}

/// How much a commit changed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GitStats")]
pub struct CommitStats {
    /// Lines that came.
    pub additions: f64,
    /// Lines that went.
    pub deletions: f64,
    /// Files that changed.
    pub files_changed: f64,
}

/// What a commit is about.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GitTaskContext")]
pub struct TaskContext {
    /// The tasks; of more than 20 the first.
    pub task_ids: List<Text<0, 200>, 1000>,
    /// The tool that changed something.
    pub tool_used: Text<0, 200>,
    /// When, in milliseconds since 1970.
    pub timestamp: f64,
}

/// The commit is noted.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GitCommitNoted")]
pub struct CommitNoted {
    /// Always true.
    pub acknowledged: bool,
    /// The attachment with the diff, if a task could take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment_id: Option<String>,
    /// By what the commit is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// Tasks that could not take it, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<String>,
}

impl Method for AutoCommit {
    const NAME: &'static str = "git.auto_commit.notify";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = CommitNoted;

    async fn call(self, cx: &Context) -> Result<CommitNoted, Error> {
        let (mut attached, mut skipped) = (None, Vec::new());
        let ids = self.task_context.task_ids.iter().take(TASKS);
        let mut primary: Option<TaskId> = None;
        // Under a key of its own each would be done once; one that is written again is the same.
        let mut own = cx.clone();
        own.key = None;
        own.session = Some((*self.session_id).into());
        for id in ids {
            let Ok(task) = id.parse::<TaskId>() else {
                skipped.push(format!("{}: no id of a task", &**id));
                continue;
            };
            let body = self.attachment(primary);
            match own.commit(PutAttachment { task, body }).await {
                Ok(made) if primary.is_none() => {
                    attached = Some(attachment_id(made.id));
                    primary = Some(task);
                }
                Ok(_) => {}
                Err(error) => match error.code {
                    Code::NotFound | Code::Conflict | Code::TooLarge | Code::InvalidParams => {
                        skipped.push(format!("{task}: {}", error.message));
                    }
                    _ => return Err(error),
                },
            }
        }
        let told = vec![self.told(cx)?];
        let event_id = Some(format!("git-commit-{}", self.short()));
        let who = Who {
            session: Some(self.session_id.into_string().into()),
            instance: Some(self.instance_id.into_string().into()),
        };
        note(cx, &who, vec![Mark::Seen], told).await?;
        Ok(CommitNoted { acknowledged: true, attachment_id: attached, event_id, skipped })
    }
}

impl AutoCommit {
    fn short(&self) -> &str {
        let hash: &str = &self.commit_hash;
        &hash[..hash.floor_char_boundary(SHORT)]
    }

    /// The diff for the first task, a reference to that for the others.
    fn attachment(&self, primary: Option<TaskId>) -> AttachmentBody {
        let (name, value) = match primary {
            None => ("commit", self.whole()),
            Some(primary) => {
                ("ref", json!({"primaryTaskId": primary, "filesCount": self.files.len()}))
            }
        };
        AttachmentBody {
            key: format!("git-{name}-{}", self.short()),
            kind: AttachmentKind::Json,
            value: Some(value.to_string()),
            content: None,
            url: None,
            mime_type: None,
            size: None,
        }
    }

    fn whole(&self) -> Value {
        // A message of JSON is kept as that.
        let message = mask::short(&self.commit_message, DIFF);
        let message = serde_json::from_str(&message).unwrap_or(Value::String(message));
        json!({
            "commitHash": &*self.commit_hash,
            "branch": &*self.branch,
            "files": self.files,
            "diff": mask::short(&self.diff, DIFF),
            "stats": self.stats,
            "toolUsed": &*self.task_context.tool_used,
            "sessionId": &*self.session_id,
            "instanceId": &*self.instance_id,
            "timestamp": self.task_context.timestamp,
            "commitMessage": message,
        })
    }

    fn told(&self, cx: &Context) -> Result<claudebench_store::Told, Error> {
        let files: Vec<String> = self.files.iter().map(ToString::to_string).collect();
        let raw = |value: &Value| crate::note::raw(value);
        let stats = self.stats.as_ref().map(|stats| raw(&json!(stats))).transpose()?;
        told(&GitAutoCommitted {
            instance_id: &self.instance_id,
            session_id: &self.session_id,
            commit_hash: &self.commit_hash,
            branch: &self.branch,
            files: &files,
            stats: stats.as_deref(),
            task_context: &raw(&json!(self.task_context))?,
            commit_message: &mask::short(&self.commit_message, DIFF),
            timestamp: cx.now().0,
            life: std::marker::PhantomData,
        })
    }
}
