//! Events of the Elastic Common Schema, version 9.

mod attempt;
mod finding;
mod parts;
mod record;

pub use attempt::write_ecs_attempt;
pub use finding::write_ecs_finding;
pub use record::write_ecs;

/// The top-level members that an event may have.
pub const ECS_MEMBERS: [&str; 12] = [
    "@timestamp",
    "ecs",
    "event",
    "user",
    "source",
    "user_agent",
    "cloud",
    "error",
    "related",
    "rule",
    "threat",
    "labels",
];
