//! Makes the JavaScript and the TypeScript declarations of `sekisho-browser`: what the program
//! `wasm-bindgen` does, in the version that Cargo.lock has. `sekisho-bindings MODULE FOLDER`.
#![forbid(unsafe_code)]

use std::env;
use std::path::PathBuf;

use anyhow::Context;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let module = arguments.next().context("expected the module's file")?;
    let folder = arguments.next().context("expected the folder to write to")?;
    Bindgen::new().input_path(module).typescript(true).web(true)?.generate(folder)
}
