//! `session.snapshot.create`.

use claudebench_core::{Code, Error, Scope, Text};
use claudebench_hooks::mask;
use claudebench_store::Mark;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::Context;
use crate::json::Fields;
use crate::method::{Access, Method};
use crate::note::{Who, note};

/// Keeps what a session needs to go on. `session.rehydrate` gives it back.
///
/// ```json
/// {"sessionId": "s-1", "instanceId": "w-1", "reason": "checkpoint"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SnapshotCreate")]
pub struct CreateSnapshot {
    /// The session.
    pub session_id: Text<1, 200>,
    /// The instance; registered if it is not.
    pub instance_id: Text<1, 200>,
    /// Why.
    pub reason: SnapshotReason,
    /// Events stay in the log, and are found by the session: nothing depends on this.
    #[serde(default)]
    pub include_events: Option<bool>,
    /// What to keep beside it.
    #[serde(default)]
    pub metadata: Option<Fields>,
}

/// Why a snapshot is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SnapshotReason")]
pub enum SnapshotReason {
    /// The agent is about to shorten what it remembers.
    PreCompact,
    /// Somebody wants it.
    Manual,
    /// From time to time.
    Checkpoint,
    /// Something went wrong.
    ErrorRecovery,
}

/// The snapshot is kept.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SnapshotCreated")]
pub struct SnapshotCreated {
    /// Its id.
    pub snapshot_id: String,
    /// The session.
    pub session_id: String,
    /// When it was made, in milliseconds since 1970.
    pub timestamp: i64,
    /// How many bytes it has.
    pub size: i64,
    /// How many events the session had.
    pub event_count: i64,
}

impl Method for CreateSnapshot {
    const NAME: &'static str = "session.snapshot.create";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = SnapshotCreated;

    async fn call(self, cx: &Context) -> Result<SnapshotCreated, Error> {
        let max = cx.shared.limits.metadata_bytes;
        let metadata = self.metadata.map(|fields| fields.bounded("metadata", max)).transpose()?;
        let metadata = metadata
            .and_then(|text| serde_json::from_str::<Value>(&text).ok())
            .map(|metadata| mask::value(&metadata).to_string());
        let reason = match self.reason {
            SnapshotReason::PreCompact => "pre_compact",
            SnapshotReason::Manual => "manual",
            SnapshotReason::Checkpoint => "checkpoint",
            SnapshotReason::ErrorRecovery => "error_recovery",
        };
        let session_id = self.session_id.into_string();
        let mark = Mark::Snapshot {
            id: format!("snap-{session_id}-{}", cx.now().0),
            reason: reason.into(),
            metadata,
            compacting: None,
        };
        let who = Who {
            session: Some(session_id.as_str().into()),
            instance: Some(self.instance_id.into_string().into()),
        };
        let made = note(cx, &who, vec![mark], Vec::new()).await?.snapshot;
        let made = made.ok_or_else(|| Error::new(Code::Internal, "no snapshot was made"))?;
        Ok(SnapshotCreated {
            snapshot_id: made.id,
            session_id,
            timestamp: made.at.0,
            size: made.size,
            event_count: made.events,
        })
    }
}
