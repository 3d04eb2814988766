//! What `sekisho vrl` prints, run by the versions of VRL that Vector has.

use std::env;

use crate::command::{Failed, Program, cargo};

/// The features of `tests/vrl`, each for a version of VRL, with the Vector that has it.
const VERSIONS: [(&str, &str); 5] = [
    ("vrl-0-31", "Vector 0.54"),
    ("vrl-0-32", "Vector 0.55"),
    ("vrl-0-33", "Vector 0.56"),
    ("vrl-0-34", "Vector 0.57 and 0.58"),
    ("vrl-0-38", "a coming Vector"),
];

/// Runs the tests with the VRL of the newest Vector.
pub(crate) fn newest() -> Result<(), Failed> {
    tests()?.run()
}

/// Builds the program and runs the tests with each version. VRL takes minutes to build, so the gate
/// runs only one.
pub(crate) fn all() -> Result<(), Failed> {
    cargo(["build", "--release", "--bin", "sekisho"]).run()?;
    for (feature, vector) in VERSIONS {
        eprintln!("{feature}, which {vector} has");
        tests()?.args(["--no-default-features", "--features", feature]).run()?;
    }
    Ok(())
}

/// The tests are a workspace of their own that nothing else waits for, as VRL takes minutes to build.
fn tests() -> Result<Program, Failed> {
    // Both programs are built into the same folder.
    let this = env::current_exe().map_err(|error| Failed::Other(error.to_string()))?;
    let tests = cargo(["test", "--release", "--manifest-path", "tests/vrl/Cargo.toml"]);
    Ok(tests.args(["--target-dir", "target/vrl"]).env("SEKISHO", this.with_file_name("sekisho")))
}
