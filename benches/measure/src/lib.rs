//! What the benches share: the works, the rounds in which they are measured, the filters, and the
//! question that is asked of a record.
//!
//! Nobody here knows a goal: benches leave their figures where criterion does, and
//! `cargo xtask bench` reads them.
#![forbid(unsafe_code)]

mod answer;
mod filters;
mod rounds;
mod typed;
mod work;

pub use answer::{Answer, Fields, Reason};
pub use filters::{filter, floor};
pub use rounds::{Group, each, rounds};
pub use typed::Typed;
pub use work::Work;

/// The SIMD build of the module inside wasmtime, one record a call: what everything is compared to.
pub const OURS: &str = "sekisho in wasmtime";

/// A module that does nothing, in the same embedding.
pub const FLOOR: &str = "floor, memcpy and an empty call";
