//! What the rules decide, and which rule files are refused.

mod bounds;
mod cases;
mod files;
mod layers;
