//! The hosts, an adapter each.

mod native;
mod node;
mod wasmi;
mod wasmtime;

pub(crate) use native::Native;
pub(crate) use node::Node;
pub(crate) use wasmi::Wasmi;
pub(crate) use wasmtime::Wasmtime;
