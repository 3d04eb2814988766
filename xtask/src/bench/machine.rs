//! Where and with what was measured.

use std::{env, fs, thread};

use crate::command::{Failed, Program, root};

/// Crates that were measured, or that others are measured in.
const HOSTS: [&str; 2] = ["wasmtime", "wasmi"];
const PEERS: [&str; 9] = [
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

/// Everything that a figure depends on, a line each.
pub(crate) fn lines() -> Result<Vec<String>, Failed> {
    let flags = env::var("RUSTFLAGS").unwrap_or_else(|_| "none".to_owned());
    let mut lines = vec![
        processor(),
        Program::new("rustc").arg("--version").read()?,
        format!("RUSTFLAGS: {flags}"),
    ];
    lines.extend(versions("Cargo.lock", &HOSTS)?);
    lines.extend(Program::new("node").arg("--version").read().map(|node| format!("Node {node}")));
    lines.extend(versions("benches/peers/Cargo.lock", &PEERS)?);
    Ok(lines)
}

/// The processor's name, and how many of it there are.
fn processor() -> String {
    let told = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = told.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("a processor that does not tell its name", |(_, model)| model);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    format!("{model}, {cores} cores")
}

/// Names and versions as they are locked.
fn versions(lock: &str, crates: &[&str]) -> Result<Vec<String>, Failed> {
    let path = root().join(lock);
    let text = fs::read_to_string(&path).map_err(|error| Failed::File(path, error))?;
    let version = |name: &&str| {
        let head = format!("[[package]]\nname = \"{name}\"\nversion = \"");
        let (_, rest) = text.split_once(&head)?;
        Some(format!("{name} {}", rest.split_once('"')?.0))
    };
    Ok(crates.iter().filter_map(version).collect())
}
