//! Compiles `sekisho-filter` to WebAssembly, twice: portable, and with SIMD.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32v1-none";

/// Features beyond WebAssembly 1.0 that every known host has, Fluent Bit's interpreter included.
const PORTABLE: &str = "+bulk-memory,+sign-ext,+nontrapping-fptoint";

fn main() {
    let workspace = workspace();
    for part in [
        "Cargo.toml",
        "Cargo.lock",
        "plugin/scan",
        "plugin/signin",
        "plugin/rules",
        "plugin/attempts",
        "plugin/engine",
        "plugin/filter",
    ] {
        println!("cargo::rerun-if-changed={}", workspace.join(part).display());
    }
    build(&workspace, "sekisho", PORTABLE);
    build(&workspace, "sekisho-simd", &format!("{PORTABLE},+simd128"));
}

fn workspace() -> PathBuf {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    here.join("../..").canonicalize().expect("this package stands in its workspace")
}

/// Builds `OUT_DIR/<name>.wasm`.
fn build(workspace: &Path, name: &str, features: &str) {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    // A target folder of its own: cargo holds a lock on the one that this build script runs for.
    let target = out.join(name);
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets it"));
    cargo
        .current_dir(workspace)
        .args(["build", "--quiet", "--package", "sekisho-filter", "--profile", "module"])
        .args(["--target", TARGET, "--target-dir"])
        .arg(&target)
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags(workspace, features).join("\u{1f}"))
        // What was meant for the build around this one: clippy, coverage, flags.
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .env_remove("RUSTFLAGS");
    let status = cargo.status().expect("cargo runs");
    assert!(
        status.success(),
        "the WebAssembly module did not build; if the target is missing: rustup target add {TARGET}"
    );
    let built = target.join(TARGET).join("module/sekisho_filter.wasm");
    let module = out.join(format!("{name}.wasm"));
    std::fs::copy(&built, &module)
        .unwrap_or_else(|error| panic!("{} -> {}: {error}", built.display(), module.display()));
}

/// The same bytes wherever the module is built: no path of this machine gets into it.
fn rustflags(workspace: &Path, features: &str) -> [String; 5] {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let cargo_home = cargo_home.unwrap_or_default();
    [
        format!("--remap-path-prefix={}=.", workspace.display()),
        format!("--remap-path-prefix={}=cargo", cargo_home.display()),
        format!("-Ctarget-feature={features}"),
        // Fluent Bit wants a small stack; the code needs a few KiB.
        "-Clink-arg=-zstack-size=65536".to_owned(),
        // Numbers of functions and addresses in as few bytes as they need: else five for each.
        "-Clink-arg=--compress-relocations".to_owned(),
    ]
}
