//! One adapter per host.

mod fluent_bit;
mod native;
mod node;
mod wasmi;
mod wasmtime;

pub(crate) use fluent_bit::{FilterResult, FluentBit};
pub(crate) use native::Native;
pub(crate) use node::Node;
pub(crate) use wasmi::Wasmi;
pub(crate) use wasmtime::Wasmtime;
