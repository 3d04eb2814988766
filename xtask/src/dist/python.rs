//! The package for Python.

use std::path::Path;

use crate::command::{Failed, Program, root};

/// Writes the source distribution and the wheel.
pub(super) fn build(folder: &Path) -> Result<(), Failed> {
    let environment = root().join("target/python/build");
    Program::new("python3").args(["-m", "venv"]).arg(&environment).run()?;
    let python = || Program::new(environment.join("bin/python")).arg("-m");
    python().args(["pip", "install", "--quiet", "--disable-pip-version-check", "build"]).run()?;
    python().args(["build", "--outdir"]).arg(folder).arg(root().join("host/python")).run()
}
