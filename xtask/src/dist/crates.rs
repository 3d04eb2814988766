//! The crates as crates.io takes them.

use std::fs;
use std::path::{Path, PathBuf};

use super::modules;
use crate::command::{Failed, Program, cargo, root};
use crate::metadata::{Metadata, Package, members};

/// Writes a `.crate` file for each published crate.
///
/// Nothing is compiled here: cargo would compile wasmtime once more for each crate that needs it.
pub(super) fn package(folder: &Path) -> Result<(), Failed> {
    // The build script of this crate finds no workspace around a package.
    modules::build(&root().join("plugin/module/wasm"))?;
    let metadata = members("Cargo.toml")?;
    let mut cargo = cargo(["package", "--no-verify", "--allow-dirty", "--quiet"]);
    for package in metadata.published() {
        cargo = cargo.arg("--package").arg(&package.name);
    }
    cargo.run()?;
    for package in metadata.published() {
        let file = format!("{}.crate", name(package));
        let packed = packed_folder().join(&file);
        fs::copy(&packed, folder.join(file)).map_err(|error| Failed::File(packed, error))?;
    }
    Ok(())
}

/// Fails unless the packages compile without the rest of the repository.
///
/// They are unpacked into a workspace with the lock file and the target folder of this one, so that
/// dependencies which were checked already are not checked again.
pub(super) fn check() -> Result<(), Failed> {
    let metadata = members("Cargo.toml")?;
    let folder = root().join("target/unpacked");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| Failed::File(folder.clone(), error))?;
    }
    fs::create_dir_all(&folder).map_err(|error| Failed::File(folder.clone(), error))?;
    for package in metadata.published() {
        let packed = packed_folder().join(format!("{}.crate", name(package)));
        // Files in a package have no times. With those of now, a crate that has changed is compiled anew.
        Program::new("tar").args(["-xzmf"]).arg(packed).within(&folder).run()?;
    }
    let manifest = folder.join("Cargo.toml");
    fs::write(&manifest, workspace(&metadata))
        .map_err(|error| Failed::File(manifest.clone(), error))?;
    let lock = root().join("Cargo.lock");
    fs::copy(&lock, folder.join("Cargo.lock")).map_err(|error| Failed::File(lock, error))?;
    cargo(["check", "--release", "--workspace", "--quiet", "--target-dir", "target"])
        .arg("--manifest-path")
        .arg(manifest)
        .run()
}

/// The packages as members, which are also what they depend on.
fn workspace(metadata: &Metadata) -> String {
    let names: Vec<_> =
        metadata.published().map(|package| (&package.name, name(package))).collect();
    let members = names.iter().map(|(_, folder)| format!("{folder:?}, ")).collect::<String>();
    let patches = names.iter().map(|(name, folder)| format!("{name} = {{ path = {folder:?} }}\n"));
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{members}]\n\n\
         [patch.crates-io]\n{}\n\
         # As where the dependencies were checked before.\n[profile.release]\nlto = \"off\"\n",
        patches.collect::<String>()
    )
}

fn name(package: &Package) -> String {
    format!("{}-{}", package.name, package.version)
}

fn packed_folder() -> PathBuf {
    root().join("target/package")
}
