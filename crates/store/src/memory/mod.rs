//! What a writer knows of lanes, leases and pauses without asking for it. Whoever keeps the rows
//! fills it.

mod lanes;
mod leases;
mod pauses;

pub(crate) use lanes::{LaneId, Lanes, is_provisional};
pub(crate) use leases::Leases;
pub(crate) use pauses::Pauses;
