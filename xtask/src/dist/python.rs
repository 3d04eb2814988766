//! The package for Python.

use std::path::Path;

use crate::command::{Failed, root};
use crate::python::Environment;

/// Writes the source distribution and the wheel.
pub(super) fn build(folder: &Path) -> Result<(), Failed> {
    let environment = Environment::new("build")?;
    environment.install(["build"], &root())?;
    let package = root().join("host/python");
    environment.program("python").args(["-m", "build", "--outdir"]).arg(folder).arg(package).run()
}
