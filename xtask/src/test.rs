//! `test`: all tests of Rust, then those of the hosts that have a language of their own.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::{env, fs};

use crate::command::{Failed, Program, cargo, is_there, root};
use crate::{dist, playground};

/// What is missing without a program.
const NOT_RUN: &str = "its tests were not run";

/// Folders that are tested by pytest.
const PYTHON_HOSTS: [&str; 2] = ["host/python", "host/clickhouse"];

/// Runs everything.
pub(crate) fn run() -> Result<(), Failed> {
    cargo(["test", "--release", "--workspace"]).run()?;
    vrl()?;
    dist::build(false)?;
    if is_there("node", NOT_RUN)? {
        let node = Program::new("node").arg("--test").within(&root().join("host/node"));
        node.env("SEKISHO_HOSTILE", hostile()?).run()?;
    }
    if is_there("npm", NOT_RUN)? && is_there(&playground::browser(), NOT_RUN)? {
        playground::test()?;
    }
    if is_there("python3", NOT_RUN)? { python() } else { Ok(()) }
}

/// Runs what `sekisho vrl` prints in Vector's own VRL, which takes minutes to build: a workspace of its
/// own, so that nothing else waits for it.
fn vrl() -> Result<(), Failed> {
    let this = env::current_exe().map_err(|error| Failed::Other(error.to_string()))?;
    // This program is in a folder beside that of the release profile.
    let built = this.ancestors().nth(2).map(|target| target.join("release/sekisho"));
    cargo(["test", "--release", "--manifest-path", "tests/vrl/Cargo.toml"])
        .args(["--target-dir", "target/vrl"])
        .env("SEKISHO", built.unwrap_or_default())
        .run()
}

/// Compiles the modules of `tests/hostile`, for hosts that do not read text; gives their folder.
fn hostile() -> Result<PathBuf, Failed> {
    let (texts, compiled) = (root().join("tests/hostile"), root().join("target/hostile"));
    let unread = |error| Failed::File(texts.clone(), error);
    let unwritten = |error| Failed::File(compiled.clone(), error);
    fs::create_dir_all(&compiled).map_err(unwritten)?;
    for entry in fs::read_dir(&texts).map_err(unread)? {
        let text = entry.map_err(unread)?;
        let module = compiled.join(text.file_name()).with_extension("wasm");
        if text.path().extension() == Some(OsStr::new("wat")) {
            let wasm =
                wat::parse_file(text.path()).map_err(|error| Failed::Other(error.to_string()))?;
            fs::write(module, wasm).map_err(unwritten)?;
        }
    }
    Ok(compiled)
}

/// Runs each folder's tests in an environment of its own, which has what its page asks for.
fn python() -> Result<(), Failed> {
    for host in PYTHON_HOSTS {
        let folder = root().join(host);
        let environment = root().join("target/python").join(host);
        let program = |name: &str| Program::new(environment.join("bin").join(name)).within(&folder);
        Program::new("python3").args(["-m", "venv"]).arg(&environment).run()?;
        let pip = program("pip").args(["install", "--quiet", "--disable-pip-version-check"]);
        match folder.join("requirements.txt").exists() {
            true => pip.args(["--requirement", "requirements.txt"]).run()?,
            false => pip.arg(".[test]").run()?,
        }
        program("pytest").args(["-p", "no:cacheprovider"]).run()?;
    }
    Ok(())
}
