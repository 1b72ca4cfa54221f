//! The system: who is there, how it is, what it can do.

mod batch_process;
mod check_health;
mod discover;
mod flush;
mod get_state;
mod health;
mod heartbeat;
mod metrics;
mod quorum_vote;
mod register;
pub mod replicas;
mod scaling;
mod unregister;
pub mod watch;

pub use batch_process::{BatchDone, ProcessBatch};
pub use check_health::{CheckHealth, Checked};
pub use discover::{Discover, Discovered, MethodFacts, MethodMetadata};
pub use flush::{Confirm, FlushAll, FlushedAll};
pub use get_state::{GetState, State};
pub use health::{Health, HealthFound, HealthStatus, Needs, ReplicaFound};
pub use heartbeat::{InstanceAlive, InstanceHeartbeat};
pub use metrics::{Metrics, MetricsFound};
pub use quorum_vote::{Vote, Voted};
pub use register::{Register, Registered};
pub use scaling::{AdviceFound, Scaling, ScalingFound, WindowFound};
pub use unregister::{Unregister, Unregistered};

use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] = &[
    Entry::of::<Health>(),
    Entry::of::<Register>(),
    Entry::of::<InstanceHeartbeat>(),
    Entry::of::<Unregister>(),
    Entry::of::<GetState>(),
    Entry::of::<Metrics>(),
    Entry::of::<Scaling>(),
    Entry::of::<Discover>(),
    Entry::of::<CheckHealth>(),
    Entry::of::<ProcessBatch>(),
    Entry::of::<Vote>(),
    Entry::of::<FlushAll>(),
];
