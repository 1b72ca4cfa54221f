//! What the rules decide, and which rule files are refused.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod bounds;
mod cases;
mod files;
mod layers;
