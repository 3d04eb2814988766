//! The WebAssembly module: the engine behind a stable filter ABI.
//!
//! The doors only: what comes in is checked for its range, handed to the engine, and the answer
//! is put where the host can read it. `plugin/ABI.md` describes the doors for hosts.
//!
//! - `memory` holds the two buffers that module and host share,
//! - `v1` the exports of ABI version 1, `failure` why one failed,
//! - `fluent_bit` the functions that Fluent Bit calls,
//! - `clickhouse` the functions that ClickHouse calls,
//! - `manifest` what the module says of itself.
//!
//! On any target but wasm this crate is empty.
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

/// There is nobody to tell: a host takes the trap as the end of this instance.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
