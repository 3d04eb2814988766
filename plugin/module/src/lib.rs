//! The WebAssembly module as bytes, in its builds: for Rust programs that load it.
//!
//! The build script of this package compiles `sekisho-filter`; it needs the target
//! `wasm32v1-none`. `cargo run -p sekisho-module -- FOLDER` writes the files.
#![forbid(unsafe_code)]

/// Loads anywhere: WebAssembly 1.0 with bulk memory, sign extension and non-trapping float to int.
pub const PORTABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sekisho.wasm"));

/// The same with 128-bit SIMD: faster in wasmtime, V8 and other hosts that compile.
pub const SIMD: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sekisho-simd.wasm"));

/// [`PORTABLE`] with the forms `ecs` and `ocsf`, and `identity`.
pub const FORMS_PORTABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sekisho-forms.wasm"));

/// [`SIMD`] with the forms `ecs` and `ocsf`, and `identity`.
pub const FORMS_SIMD: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sekisho-forms-simd.wasm"));
