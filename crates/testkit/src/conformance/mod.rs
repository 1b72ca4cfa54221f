//! A promise is proven once, over everything that makes it.

pub mod coordination;
pub mod store;
