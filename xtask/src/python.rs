//! Virtual environments of Python, below `target/python`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::command::{Failed, Program, root};

pub(crate) struct Environment(PathBuf);

impl Environment {
    /// Makes an environment, or uses the one with this name.
    pub(crate) fn new(name: &str) -> Result<Self, Failed> {
        let folder = root().join("target/python").join(name);
        Program::new("python3").args(["-m", "venv"]).arg(&folder).run()?;
        Ok(Self(folder))
    }

    /// Installs packages; paths are relative to a folder.
    pub(crate) fn install<A: AsRef<OsStr>>(
        &self,
        packages: impl IntoIterator<Item = A>,
        folder: &Path,
    ) -> Result<(), Failed> {
        let pip = self.program("pip").args([
            "install",
            "--quiet",
            "--no-compile",
            "--disable-pip-version-check",
        ]);
        pip.args(packages).within(folder).run()
    }

    /// An installed program.
    pub(crate) fn program(&self, name: &str) -> Program {
        Program::new(self.0.join("bin").join(name))
    }
}
