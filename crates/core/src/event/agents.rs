//! What sessions of agents tell by their hooks.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Fact, FactEntry, declare};

declare! { AGENTS:
    /// A tool is about to run, and was judged.
    HookPreTool = "hook.pre_tool.executed" {
        /// The tool.
        tool: &'a str,
        /// What it is called with; secrets are masked, and what is long is cut.
        params: &'a RawValue,
        /// The session.
        session_id: Option<&'a str>,
        /// The instance.
        instance_id: Option<&'a str>,
        /// When, in milliseconds.
        timestamp: i64,
        /// The verdict, with the rule that decided.
        validation_result: &'a RawValue,
    }
    /// A tool has run.
    HookPostTool = "hook.post_tool.executed" {
        /// The tool.
        tool: &'a str,
        /// What it was called with; secrets are masked, and what is long is cut.
        params: &'a RawValue,
        /// What it answered, likewise.
        result: &'a RawValue,
        /// The session.
        session_id: Option<&'a str>,
        /// The instance.
        instance_id: Option<&'a str>,
        /// When, in milliseconds.
        timestamp: i64,
        /// How long it took, in milliseconds, if that was told.
        execution_time: Option<f64>,
        /// Whether it succeeded, as its agent says.
        success: bool,
        /// Whether its answer tells of an error.
        has_error: bool,
        /// What was made of it.
        processed: &'a RawValue,
    }
    /// Somebody told an agent what to do.
    HookUserPrompt = "hook.user_prompt.executed" {
        /// The prompt; secrets are masked, and what is long is cut.
        prompt: &'a str,
        /// The same.
        original_prompt: &'a str,
        /// What became of it.
        modified_prompt: &'a str,
        /// What its agent says of itself.
        context: &'a RawValue,
        /// The session.
        session_id: Option<&'a str>,
        /// The instance.
        instance_id: Option<&'a str>,
        /// When, in milliseconds.
        timestamp: i64,
        /// Whether it was changed.
        modified: bool,
    }
    /// An agent wrote its list of todos.
    HookTodoWrite = "hook.todo_write.executed" {
        /// The todos, each with its task if it has one.
        todos: &'a RawValue,
        /// How many there are of each status.
        stats: &'a RawValue,
        /// How many came, were completed and were changed.
        changes: &'a RawValue,
        /// The session.
        session_id: &'a str,
        /// The instance.
        instance_id: &'a str,
        /// When, in milliseconds.
        timestamp: i64,
    }
    /// Another hook of an agent ran.
    HookOther = "hook.event.executed" {
        /// The hook, as the agent names it.
        hook_event: &'a str,
        /// What came with it; secrets are masked, and what is long is cut.
        data: &'a RawValue,
        /// The session.
        session_id: Option<&'a str>,
        /// The instance.
        instance_id: Option<&'a str>,
        /// When, in milliseconds.
        timestamp: i64,
    }
    /// A tool failed more often than it should.
    AlertToolErrors = "alert.tool_errors" {
        /// The tool.
        tool: &'a str,
        /// How often within the last five minutes, as one server has seen it.
        error_count: i64,
        /// The same for people.
        message: &'a str,
    }
    /// An agent, or a part of it, has stopped.
    AgentStopped = "agent.stopped" {
        /// The instance.
        instance_id: &'a str,
        /// The session.
        session_id: &'a str,
        /// `main`, `subagent` or `unknown`.
        agent_type: &'a str,
        /// When, in milliseconds.
        timestamp: i64,
        /// Whether anything was cleaned up.
        cleaned_up: bool,
    }
    /// An agent told its person something.
    NotificationReceived = "notification.received" {
        /// What.
        message: &'a str,
        /// `info`, `warning`, `error` or `success`.
        notification_type: &'a str,
        /// The instance.
        instance_id: &'a str,
        /// The session.
        session_id: &'a str,
        /// When, in milliseconds.
        timestamp: i64,
    }
    /// An agent is about to shorten what it remembers; what it needs to go on was kept.
    ContextPreCompact = "context.pre_compact" {
        /// The session.
        session_id: &'a str,
        /// The instance.
        instance_id: &'a str,
        /// How much it remembers, in tokens, if it says so.
        context_size: f64,
        /// How often it did that.
        compaction_count: i64,
        /// The snapshot that was made.
        snapshot_key: &'a str,
        /// How many tasks it names.
        tasks_preserved: i64,
        /// When, in milliseconds.
        timestamp: i64,
    }
    /// A session of an agent began, or goes on.
    SessionStarted = "session.started" {
        /// The session.
        session_id: &'a str,
        /// The instance.
        instance_id: &'a str,
        /// Why: `startup`, `resume`, `clear`, `compact`.
        source: &'a str,
        /// The folder that it works in.
        project_dir: Option<&'a str>,
        /// When, in milliseconds.
        timestamp: i64,
    }
    /// A session of an agent is over.
    SessionEnded = "session.ended" {
        /// The session.
        session_id: &'a str,
        /// The instance.
        instance_id: &'a str,
        /// Why.
        reason: &'a str,
        /// How many tasks it gave back.
        tasks_reassigned: i64,
        /// When, in milliseconds.
        timestamp: i64,
    }
    /// What a session is about was kept.
    SessionSnapshotCreated = "session.snapshot.created" {
        /// The snapshot.
        snapshot_id: &'a str,
        /// The session.
        session_id: &'a str,
        /// The instance.
        instance_id: &'a str,
        /// `pre_compact`, `manual`, `checkpoint`, `error_recovery` or `threshold`.
        reason: &'a str,
        /// How many events the session had.
        event_count: i64,
        /// How many bytes it has.
        size: i64,
        /// When, in milliseconds.
        timestamp: i64,
        /// What was kept: last prompt, tools, todos, tasks.
        context: &'a RawValue,
        /// What its maker added.
        metadata: Option<&'a RawValue>,
    }
    /// A session goes on with what was kept of it.
    SessionRehydrated = "session.rehydrated" {
        /// The session.
        session_id: &'a str,
        /// The instance.
        instance_id: &'a str,
        /// The snapshot, if there was one.
        snapshot_id: Option<&'a str>,
        /// How many events the session had.
        event_count: i64,
    }
    /// An agent's changes were committed.
    GitAutoCommitted = "git.auto_commit.created" {
        /// The instance.
        instance_id: &'a str,
        /// The session.
        session_id: &'a str,
        /// The commit.
        commit_hash: &'a str,
        /// The branch.
        branch: &'a str,
        /// The files, at most 1,000.
        files: &'a [String],
        /// Lines that came and went.
        stats: Option<&'a RawValue>,
        /// The tasks that it is about, and the tool.
        task_context: &'a RawValue,
        /// Its message.
        commit_message: &'a str,
        /// When, in milliseconds.
        timestamp: i64,
    }
}
