//! Bytes to calls, and answers to bytes. Each transport reads the name of a method and its params;
//! `dispatch` does the rest, the same for all.

pub mod answer;
pub mod calls;
mod catalogue;
pub mod depth;
pub mod dispatch;
pub mod early;
pub mod forwarded;
pub mod gate;
mod guard;
pub mod health;
pub mod http;
pub mod listen;
mod login;
pub mod mcp;
pub mod openapi;
mod peer;
pub(crate) mod query;
pub mod rates;
mod refusal;
mod rest;
mod routes;
pub mod rpc;
mod sse;
pub mod trail;
mod web;
mod ws;

use std::sync::Arc;

use claudebench_coordination::relay::Relay;
use claudebench_services::Shared;

use crate::auth::Auth;
use crate::config::Config;
use crate::metrics::Metrics;

/// What every request needs.
pub struct App {
    /// What methods need.
    pub shared: Arc<Shared>,
    /// Who may call.
    pub auth: Arc<Auth>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The settings.
    pub config: Config,
    /// Every address is loopback or a socket: only names of this machine are answered to.
    pub local_only: bool,
    /// Calls under way.
    pub calls: Arc<calls::Calls>,
    /// How often callers may call.
    pub rates: rates::CallRates,
    /// The way of commits to other servers, if there is one.
    pub relay: Option<Relay>,
    /// What a stop waits for.
    pub gate: Arc<gate::Gate>,
    /// How the store was when it said so last.
    pub seen: health::Seen,
    /// Sockets that are open, for their statistics.
    pub sockets: ws::Sockets,
    /// Conversations over MCP that need a session.
    pub mcp: mcp::Sessions,
}

impl App {
    /// Whether new work is refused, as the server stops. A process that goes while others stay
    /// refuses nothing.
    #[must_use]
    pub fn refuses(&self) -> bool {
        *self.shared.stopping.borrow() && !self.gate.is_leaving()
    }
}
