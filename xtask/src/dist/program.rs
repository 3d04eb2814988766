//! The program for this machine: static where musl is there, so that it runs on any Linux.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::command::{Failed, Program, cargo, is_there, read_file, root};
use crate::setup;

/// Compiles the C code of dependencies for musl; in Debian's package `musl-tools`.
const COMPILER: &str = "musl-gcc";

pub(super) fn build(folder: &Path) -> Result<(), Failed> {
    eprintln!(
        "Building the program for release compiles wasmtime once more, which takes some minutes."
    );
    let target = format!("{}-unknown-linux-musl", env::consts::ARCH);
    let built = if cfg!(target_os = "linux") && can_be_static(&target)? {
        build_for(&target)?
    } else {
        build_for(&host()?)?
    };
    let name = built.ancestors().nth(2).and_then(Path::file_name).unwrap_or_default();
    let program = folder.join(format!("sekisho-{}", name.to_string_lossy()));
    fs::copy(&built, &program).map_err(|error| Failed::File(program.clone(), error))?;
    Program::new(&program).arg("--version").run()?;
    if let Some(version) = newest_glibc(&read_file(&program)?) {
        println!("{} needs glibc {}.{} or later", program.display(), version.0, version.1);
    }
    Ok(())
}

/// Whether both the compiler and the target are there, or can be installed.
fn can_be_static(target: &str) -> Result<bool, Failed> {
    Ok(is_there(COMPILER, "the program is not static")? && setup::target(target).is_ok())
}

fn build_for(target: &str) -> Result<PathBuf, Failed> {
    cargo(["build", "--release", "--quiet", "--bin", "sekisho", "--target", target])
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols")
        .run()?;
    Ok(root().join("target").join(target).join("release/sekisho"))
}

fn host() -> Result<String, Failed> {
    Program::new("rustc").args(["--print", "host-tuple"]).read()
}

/// The newest version of glibc whose symbols a program names; `None` if it is static.
fn newest_glibc(program: &[u8]) -> Option<(u32, u32)> {
    const PREFIX: &[u8] = b"GLIBC_";
    let names = program.windows(PREFIX.len()).enumerate().filter(|(_, name)| *name == PREFIX);
    names.filter_map(|(start, _)| version(&program[start + PREFIX.len()..])).max()
}

/// Reads `2.34`, or the beginning of `2.2.5`.
fn version(name: &[u8]) -> Option<(u32, u32)> {
    let end = name.iter().position(|byte| *byte == 0)?;
    let mut numbers = str::from_utf8(&name[..end]).ok()?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_newest_glibc() {
        assert_eq!(newest_glibc(b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_PRIVATE\0"), Some((2, 34)));
        assert_eq!(newest_glibc(b"\0static\0"), None);
    }
}
