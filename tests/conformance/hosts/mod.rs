//! The hosts, an adapter each.

mod fluent_bit;
mod native;
mod node;
mod wasmi;
mod wasmtime;

pub(crate) use fluent_bit::{Fate, FluentBit};
pub(crate) use native::Native;
pub(crate) use node::Node;
pub(crate) use wasmi::Wasmi;
pub(crate) use wasmtime::Wasmtime;
