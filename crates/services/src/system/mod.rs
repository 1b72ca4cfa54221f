//! The system: who is there, how it is, what it can do.

mod batch_process;
mod check_health;
mod discover;
mod flush;
mod get_state;
mod health;
mod heartbeat;
mod instances;
mod metrics;
mod queues;
mod quorum_vote;
mod register;
pub mod replicas;
mod scaling;
mod servers;
mod settings;
mod unregister;
pub mod watch;

pub use batch_process::{BatchDone, ProcessBatch};
pub use check_health::{CheckHealth, Checked};
pub use discover::{Discover, Discovered, MethodFacts, MethodMetadata};
pub use flush::{Confirm, FlushAll, FlushedAll};
pub use get_state::{GetState, State};
pub use health::{Health, HealthFound, HealthStatus, Needs, ReplicaFound};
pub use heartbeat::{InstanceAlive, InstanceHeartbeat};
pub use instances::{InstanceFound, Instances, InstancesListed};
pub use metrics::{Metrics, MetricsFound};
pub use queues::RoleQueues;
pub use quorum_vote::{Vote, Voted};
pub use register::{Register, Registered};
pub use scaling::{AdviceFound, RoleQueueFound, Scaling, ScalingFound, WindowFound};
pub use servers::{ServerFound, Servers, ServersFound};
pub use settings::{SettingFound, SettingOrigin, Settings, SettingsFound};
pub use unregister::{Unregister, Unregistered};

use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] = &[
    Entry::of::<Health>(),
    Entry::of::<Register>(),
    Entry::of::<InstanceHeartbeat>(),
    Entry::of::<Unregister>(),
    Entry::of::<Instances>(),
    Entry::of::<GetState>(),
    Entry::of::<Metrics>(),
    Entry::of::<Scaling>(),
    Entry::of::<Servers>(),
    Entry::of::<Settings>(),
    Entry::of::<Discover>(),
    Entry::of::<CheckHealth>(),
    Entry::of::<ProcessBatch>(),
    Entry::of::<Vote>(),
    Entry::of::<FlushAll>(),
];
