//! The same records in the engines that people run.

use crate::command::{Failed, cargo, root};
use crate::dist;
use crate::python::Environment;

/// Prints the tables of `benches/engines/README.md`.
pub(crate) fn run() -> Result<(), Failed> {
    let folder = root().join("benches/engines");
    dist::build_modules()?;
    cargo(["build", "--release", "--bin", "sekisho", "--bin", "sekisho-generator"]).run()?;
    let environment = Environment::new("benches/engines")?;
    environment.install(["--requirement", "requirements.txt"], &folder)?;
    environment.program("python").arg("figures.py").within(&folder).run()
}
