//! `dist`: everything that users install, as files in the folder `dist`.

mod checksums;
mod crates;
mod licenses;
mod modules;
mod npm;
mod program;
mod python;
mod rules;
mod sbom;
mod yaml;

use std::fs;
use std::path::PathBuf;

use crate::command::{Failed, copy_into, is_there, root};
use crate::playground;

/// Writes everything. What needs npm or Python is left out where they are missing.
///
/// With `verify`, builds the modules a second time from scratch, to see that the bytes are the same,
/// and checks that the packages of crates compile.
pub(crate) fn build(verify: bool) -> Result<(), Failed> {
    clear()?;
    build_modules()?;
    let dist = folder();
    crates::package(&dist)?;
    if verify {
        modules::verify(&dist)?;
        crates::check()?;
    }
    if is_there("npm", "the playground and the package for Node were not built")? {
        playground::build()?;
        npm::pack(&dist)?;
    }
    if is_there("python3", "the package for Python was not built")? {
        python::build(&dist)?;
    }
    program::build(&dist)?;
    licenses::write(&dist)?;
    sbom::write(&dist)?;
    checksums::write(&dist)
}

/// Writes the module and the built-in rules, also to where the packages for Node and Python have them.
pub(crate) fn build_modules() -> Result<(), Failed> {
    let dist = folder();
    modules::build(&dist)?;
    rules::write(&dist)?;
    let [portable, simd, _, forms_simd] = modules::FILES;
    for package in ["host/node/dist", "host/python/src/sekisho/data"] {
        copy_into(&dist, &[portable, simd, forms_simd, rules::FILE], &root().join(package))?;
    }
    Ok(())
}

fn folder() -> PathBuf {
    root().join("dist")
}

/// Removes files of earlier versions, which would be shipped with these.
fn clear() -> Result<(), Failed> {
    let folder = folder();
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| Failed::File(folder.clone(), error))?;
    }
    fs::create_dir_all(&folder).map_err(|error| Failed::File(folder, error))
}
