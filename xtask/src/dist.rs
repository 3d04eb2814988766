//! `dist`: the two builds of the module as files, and the playground.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Failed, cargo, is_there, root};
use crate::playground;

const FILES: [&str; 2] = ["sekisho.wasm", "sekisho-simd.wasm"];

/// Writes both builds and the playground; with `verify` both builds once more from scratch, to see
/// that the bytes are the same.
pub(crate) fn build(verify: bool) -> Result<(), Failed> {
    let dist = root().join("dist");
    write(&dist, None)?;
    if is_there("npm", "the playground was not built")? {
        playground::build()?;
    }
    if !verify {
        return Ok(());
    }
    // Another target folder shares nothing with the first build, not even its path.
    let again = root().join("target/verify");
    if again.exists() {
        fs::remove_dir_all(&again).map_err(|error| Failed::File(again.clone(), error))?;
    }
    write(&again.join("dist"), Some(&again))?;
    for file in FILES {
        if read(&dist.join(file))? != read(&again.join("dist").join(file))? {
            return Err(Failed::Other(format!("{file}: a second build gave other bytes")));
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

fn read(path: &Path) -> Result<Vec<u8>, Failed> {
    fs::read(path).map_err(|error| Failed::File(path.to_owned(), error))
}
