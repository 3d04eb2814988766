//! Where and with what was measured.

use std::fs;
use std::process::Command;

/// The crates that were measured, beside the one they run in.
const CRATES: [&str; 10] = [
    "wasmtime",
    "serde_json",
    "simd-json",
    "sonic-rs",
    "quamina",
    "vrl",
    "mlua",
    "jaq-core",
    "tau-engine",
    "sigma-rust",
];

/// The processor's name, and how many of it there are.
pub(crate) fn processor() -> String {
    let told = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = told.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("a processor that does not tell its name", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{model}, {cores} cores")
}

/// What the compiler calls itself.
pub(crate) fn compiler() -> String {
    let mut rustc = Command::new("rustc");
    let output = rustc.arg("--version").current_dir(env!("CARGO_MANIFEST_DIR")).output();
    output.map_or_else(
        |_| "rustc, unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

/// Name and version of every crate that was measured.
pub(crate) fn versions() -> impl Iterator<Item = (&'static str, &'static str)> {
    CRATES.iter().map(|name| (*name, version(name)))
}

fn version(name: &str) -> &'static str {
    let found = include_str!("../Cargo.lock").split("[[package]]").find_map(|package| {
        let version = package.trim_start().strip_prefix(&format!("name = \"{name}\"\n"))?;
        version.strip_prefix("version = \"")?.split_once('"')
    });
    found.expect("what was measured is locked").0
}
