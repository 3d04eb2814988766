//! Random input, the same for the same seed.

mod condition;
mod event;
mod pairs;
mod pattern;
mod person;
mod random;
mod record;
mod rules;
mod scalar;
mod streams;
mod text;
mod wildcards;

pub use pairs::pairs;
pub use rules::rules;
pub use streams::{long_streams, rearranged, streams};
pub use wildcards::wildcards;
