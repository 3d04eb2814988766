//! The machine and the versions that figures depend on.

use std::{env, fs, thread};

use crate::command::{Failed, Program, root};

/// Crates whose versions matter: the runtimes, and the peers.
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

/// Everything that a figure depends on, one item a line.
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

/// The processor and its number of cores.
fn processor() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("an unknown processor", |(_, model)| model);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    format!("{model}, {cores} cores")
}

/// The versions of crates in a lock file.
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
