//! Modules in wasmtime: the measured one, and the floor.

use std::time::Duration;

use sekisho_host::{Filter, Module, Settings};

/// A configured instance of a module.
///
/// # Panics
/// If the module or the configuration is invalid.
pub fn filter(wasm: &[u8], configuration: &str) -> Filter {
    // Compiling ten thousand rules can take long.
    let settings = Settings::new()
        .deadline(Duration::from_secs(60))
        .trust(sekisho_module::PORTABLE)
        .trust(sekisho_module::SIMD);
    let module = Module::with_settings(wasm, settings).expect("the module is accepted");
    let mut filter = module.filter().expect("an instance");
    filter.configure(configuration.as_bytes()).expect("the configuration is valid");
    filter
}

/// The lower limit for any module in wasmtime: the record is copied into its memory and an empty
/// function is called.
///
/// # Panics
/// Never: the module is valid.
pub fn floor() -> Filter {
    filter(&wat::parse_str(EMPTY).expect("the text is a module"), "{}")
}

/// A filter that accepts every record and reads none.
const EMPTY: &str = r#"(module
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
