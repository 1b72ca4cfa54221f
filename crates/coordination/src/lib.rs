//! What servers share and may lose at any moment without losing or repeating work: live events,
//! who is there, how often somebody may call. In memory on one machine, in Redis for several.

pub mod breaker;
pub mod cache;
pub mod fanout;
pub mod limits;
pub mod presence;
pub mod redis;
pub mod relay;
pub mod servers;
pub mod sessions;
pub mod signals;
pub mod windows;

pub use fanout::{Hub, HubOptions};
pub use presence::{Presence, Present, Roles, SESSION_ROLE, Seen, Since};
pub use signals::Signals;
