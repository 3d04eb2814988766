//! Random input, the same for the same seed.

mod pairs;
mod streams;

pub use pairs::pairs;
pub use streams::streams;
