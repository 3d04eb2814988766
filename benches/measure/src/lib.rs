//! Common parts of the benches: workloads, rounds of measurements, filters, and the task that is
//! performed on each record.
//!
//! Benches do not know the goals. They leave their figures in criterion's folder, where
//! `cargo xtask bench` reads them.
#![forbid(unsafe_code)]

mod classification;
mod filters;
mod rounds;
mod typed;
mod work;

pub use classification::{Classification, Fields, Reason};
pub use filters::{filter, floor};
pub use rounds::{Group, each, rounds};
pub use typed::Typed;
pub use work::Work;

/// The SIMD build of the module in wasmtime with one record per call, which all others are compared
/// with.
pub const OURS: &str = "sekisho in wasmtime";

/// An empty module in the same embedding.
pub const FLOOR: &str = "floor, memcpy and an empty call";
