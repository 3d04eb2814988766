//! The WebAssembly module: the engine with a stable filter ABI.
//!
//! This crate only has the exports. They check the range of the input, call the engine, and put the
//! output where the host reads it. `plugin/ABI.md` describes them for hosts.
//!
//! - `memory` has the buffers that module and host share,
//! - `v1` the exports of ABI version 1, `failure` their errors,
//! - `fluent_bit` the functions that Fluent Bit calls,
//! - `clickhouse` the functions that ClickHouse calls,
//! - `manifest` the description of the module.
//!
//! On targets other than wasm this crate is empty.
#![cfg(target_family = "wasm")]
#![no_std]

extern crate alloc;

mod clickhouse;
mod failure;
mod fluent_bit;
mod manifest;
mod memory;
mod v1;

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// Traps. The host then discards the instance.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
