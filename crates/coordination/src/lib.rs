//! What servers share and may lose at any moment without losing or repeating work: live events
//! and who is there. In memory on one machine.

pub mod fanout;
pub mod presence;

pub use fanout::{Hub, HubOptions};
pub use presence::{Presence, Present, Roles, SESSION_ROLE, Seen, Since};
