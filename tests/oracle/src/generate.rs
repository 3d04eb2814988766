//! Random input, the same for the same seed.

mod condition;
mod event;
mod pairs;
mod pattern;
mod person;
mod random;
mod record;
mod scalar;
mod streams;
mod text;

pub use pairs::pairs;
pub use streams::streams;
