//! What has to be on the machine before anything is built.

use std::path::Path;

use crate::command::{Failed, Program};

/// Targets for which `rust-toolchain.toml` asks; rustup may be set not to install them by itself.
const TARGETS: [&str; 2] = ["wasm32v1-none", "wasm32-unknown-unknown"];

/// Installs the targets that are missing from the toolchain in use.
pub(crate) fn targets() -> Result<(), Failed> {
    for target in TARGETS {
        let library =
            Program::new("rustc").args(["--print", "target-libdir", "--target", target]).read()?;
        if !Path::new(&library).exists() {
            eprintln!("Installing the Rust target {target}.");
            Program::new("rustup").args(["target", "add", target]).run()?;
        }
    }
    Ok(())
}
