//! The events of ECS and OCSF, and who it was: `plugin/forms/README.md`, line by line.

mod ecs;
mod facts;
mod matched;
mod ocsf;
mod parts;

pub use ecs::{ecs_event, ecs_line};
pub use facts::identity_object;
pub use matched::{Matched, tags};
pub use ocsf::{ocsf_event, ocsf_line};
