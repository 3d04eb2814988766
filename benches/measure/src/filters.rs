//! Modules inside wasmtime: the one that is measured, and the floor below it.

use std::time::Duration;

use sekisho_host::{Filter, Module, Settings};

/// An instance of a module that has taken a configuration.
///
/// # Panics
/// If it cannot be had.
pub fn filter(wasm: &[u8], configuration: &str) -> Filter {
    // Compiling ten thousand rules may take its time.
    let settings = Settings::new().deadline(Duration::from_secs(60));
    let module = Module::with_settings(wasm, settings).expect("the module is accepted");
    let mut filter = module.filter().expect("an instance");
    filter.configure(configuration.as_bytes()).expect("the configuration is valid");
    filter
}

/// What no module inside wasmtime can go below: the record is copied into its memory, and a
/// function that does nothing is called.
///
/// # Panics
/// If it cannot be had.
pub fn floor() -> Filter {
    filter(&wat::parse_str(NOTHING).expect("the text is a module"), "{}")
}

/// A filter that takes every record and looks at none.
const NOTHING: &str = r#"(module
    (memory (export "memory") 272)
    (func (export "sekisho_abi_v1"))
    (func (export "sekisho_input") (param i32) (result i32) i32.const 1024)
    (func (export "sekisho_configure") (param i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_process") (param i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_annotate") (param i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_output") (result i32) i32.const 0)
    (func (export "sekisho_last_error") (result i32) i32.const 0)
    (func (export "sekisho_describe") (result i32) i32.const 0))"#;
