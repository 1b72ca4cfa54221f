//! Ids, time, errors, events and the pure rules of ClaudeBench: what every other crate agrees on.
//!
//! Nothing here does I/O. What touches SQL lives in `claudebench-store`, what touches a socket in
//! `claudebench`.

pub mod backoff;
pub mod bounded;
pub mod error;
pub mod event;
pub mod figures;
pub mod graph;
pub mod id;
pub mod lane;
pub mod principal;
pub mod rank;
pub mod scaling;
pub mod share;
pub mod state;
pub mod time;

pub use bounded::{Int, Text};
pub use error::{Code, Error, Issue};
pub use id::{Cursor, TaskId};
pub use principal::{Principal, Scope, TenantId};
pub use state::Status;
pub use time::{Clock, Millis};
