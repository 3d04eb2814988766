//! Parts of the toolchain that have to be on the machine before anything is built.

use std::path::Path;

use crate::command::{Failed, Program};

/// The targets in `rust-toolchain.toml`; rustup may be set not to install them by itself.
const TARGETS: [&str; 2] = ["wasm32v1-none", "wasm32-unknown-unknown"];

/// Installs the targets that are missing from the toolchain in use.
pub(crate) fn targets() -> Result<(), Failed> {
    TARGETS.into_iter().try_for_each(target)
}

/// Installs a target if it is missing.
pub(crate) fn target(target: &str) -> Result<(), Failed> {
    let library =
        Program::new("rustc").args(["--print", "target-libdir", "--target", target]).read()?;
    if Path::new(&library).exists() {
        return Ok(());
    }
    eprintln!("Installing the Rust target {target}.");
    Program::new("rustup").args(["target", "add", target]).run()
}
