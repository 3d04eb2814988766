//! The builds of the module.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Failed, cargo, read_file, root};

/// The portable build and the one with SIMD, and both with the forms.
pub(super) const FILES: [&str; 4] =
    ["sekisho.wasm", "sekisho-simd.wasm", "sekisho-forms.wasm", "sekisho-forms-simd.wasm"];

/// Writes the builds into a folder.
pub(super) fn build(folder: &Path) -> Result<(), Failed> {
    write(folder, None)
}

/// Fails unless a second build has the bytes of the files in this folder.
pub(super) fn verify(folder: &Path) -> Result<(), Failed> {
    // Another target folder shares nothing with the first build, not even its path.
    let again = root().join("target/verify");
    if again.exists() {
        fs::remove_dir_all(&again).map_err(|error| Failed::File(again.clone(), error))?;
    }
    write(&again.join("dist"), Some(&again))?;
    for file in FILES {
        if read_file(&folder.join(file))? != read_file(&again.join("dist").join(file))? {
            return Err(Failed::Other(format!("{file}: a second build has other bytes")));
        }
        println!("{file}: the same bytes when built twice");
    }
    Ok(())
}

fn write(folder: &Path, target: Option<&PathBuf>) -> Result<(), Failed> {
    let mut build = cargo(["run", "--release", "--quiet", "--bin", "sekisho-module"]);
    if let Some(target) = target {
        build = build.arg("--target-dir").arg(target);
    }
    build.arg("--").arg(folder).run()
}
