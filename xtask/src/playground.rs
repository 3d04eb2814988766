//! `playground`: the page in the browser.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::command::{Failed, Program, cargo, read_file, root};

const TARGET: &str = "wasm32-unknown-unknown";

/// The engine, and what is loaded for files that are compressed by zstd.
const PACKAGES: [&str; 2] = ["sekisho-browser", "sekisho-browser-zstd"];

/// Builds the page and serves it until it is interrupted.
pub(crate) fn serve(port: u16) -> Result<(), Failed> {
    build()?;
    npm(["run", "serve", "--", "--port"]).arg(port.to_string()).run()
}

/// Builds the page into `dist/playground`, a folder that needs nothing else.
pub(crate) fn build() -> Result<(), Failed> {
    for package in PACKAGES {
        bindings(package, &page().join("generated"))?;
    }
    npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).run()?;
    npm(["run", "build"]).run()
}

/// Tests the page in a real browser.
pub(crate) fn test() -> Result<(), Failed> {
    npm(["test"]).run()
}

/// Tests the page with a month of a million records: tells memory and how long the page freezes.
pub(crate) fn test_month() -> Result<(), Failed> {
    cargo(["build", "--release", "--bin", "sekisho", "--bin", "sekisho-generator"]).run()?;
    build()?;
    npm(["test", "--", "month.spec"]).env("MONTH_RECORDS", "1000000").run()
}

/// The browser that tests use.
pub(crate) fn browser() -> String {
    env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned())
}

/// Builds the template of reports into the sources of the program.
pub(crate) fn build_report() -> Result<(), Failed> {
    npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).run()?;
    let (built, committed) = report()?;
    fs::copy(&built, &committed).map(drop).map_err(|error| Failed::File(committed, error))
}

/// Fails unless the template of reports in the sources of the program is what is built now. The page
/// has to be built before.
pub(crate) fn check_report() -> Result<(), Failed> {
    let (built, committed) = report()?;
    match read_file(&built)? == read_file(&committed)? {
        true => Ok(()),
        false => Err(Failed::Other(format!(
            "{} is not what its sources make: run `cargo xtask report`",
            committed.display()
        ))),
    }
}

/// Builds the template of reports. Returns where it is, and where it is committed.
fn report() -> Result<(PathBuf, PathBuf), Failed> {
    npm(["run", "report"]).run()?;
    let root = root();
    Ok((root.join("dist/report/template.html"), root.join("host/cli/src/report/template.html")))
}

fn page() -> PathBuf {
    root().join("host/browser/playground")
}

fn npm<const N: usize>(arguments: [&str; N]) -> Program {
    Program::new("npm").args(arguments).within(&page())
}

/// Compiles a package for browsers, and writes its module with its bindings and their types.
fn bindings(package: &str, to: &Path) -> Result<(), Failed> {
    cargo(["build", "--quiet", "--package", package, "--profile", "browser"])
        .args(["--target", TARGET])
        .env("RUSTFLAGS", "-Ctarget-feature=+simd128")
        .run()?;
    let module = format!("{}.wasm", package.replace('-', "_"));
    let built = root().join("target").join(TARGET).join("browser").join(module);
    cargo(["run", "--quiet", "--manifest-path", "host/browser/bindings/Cargo.toml"])
        .args(["--target-dir", "target/bindings", "--"])
        .arg(built)
        .arg(to)
        .run()
}
