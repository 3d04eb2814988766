//! Compiles `sekisho-filter` to WebAssembly: portable and with SIMD, and both again with the forms.
//!
//! A published package has no workspace around it, so it carries the files in its folder `wasm`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::{env, fs};

const TARGET: &str = "wasm32v1-none";

/// Features beyond WebAssembly 1.0 that every known host has, Fluent Bit's interpreter included.
const PORTABLE: &str = "+bulk-memory,+sign-ext,+nontrapping-fptoint";
const SIMD: &str = "+bulk-memory,+sign-ext,+nontrapping-fptoint,+simd128";

/// A build of the module.
struct Build {
    name: &'static str,
    /// Features of WebAssembly.
    target_features: &'static str,
    /// Features of `sekisho-filter`.
    features: &'static str,
}

const BUILDS: [Build; 4] = [
    Build { name: "sekisho", target_features: PORTABLE, features: "" },
    Build { name: "sekisho-simd", target_features: SIMD, features: "" },
    Build { name: "sekisho-forms", target_features: PORTABLE, features: "forms" },
    Build { name: "sekisho-forms-simd", target_features: SIMD, features: "forms" },
];

/// What the module is made of.
const SOURCES: [&str; 11] = [
    "Cargo.toml",
    "Cargo.lock",
    "plugin/scan",
    "plugin/signin",
    "plugin/skeleton",
    "plugin/rules",
    "plugin/attempts",
    "plugin/identity",
    "plugin/forms",
    "plugin/engine",
    "plugin/filter",
];

fn main() {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    if package.join("../filter/Cargo.toml").exists() {
        let workspace = package.join("../..").canonicalize().expect("the workspace is a folder");
        compile(&workspace, &out);
    } else {
        for Build { name, .. } in BUILDS {
            let file = format!("{name}.wasm");
            copy(&package.join("wasm").join(&file), &out.join(file));
        }
    }
}

/// Writes the builds into `out`.
fn compile(workspace: &Path, out: &Path) {
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", workspace.join(source).display());
    }
    // Side by side, since each compiles a few crates in a row.
    let builds = BUILDS.map(|build| (build.name, start(workspace, out, &build)));
    for (name, mut build) in builds {
        let status = build.wait().expect("cargo runs");
        assert!(
            status.success(),
            "the WebAssembly module did not build; if the target is missing: rustup target add {TARGET}"
        );
        let built = out.join(name).join(TARGET).join("module/sekisho_filter.wasm");
        copy(&built, &out.join(format!("{name}.wasm")));
    }
}

fn start(workspace: &Path, out: &Path, build: &Build) -> Child {
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets it"));
    cargo
        .current_dir(workspace)
        .args(["build", "--quiet", "--package", "sekisho-filter", "--profile", "module"])
        .args(["--features", build.features])
        .args(["--target", TARGET, "--target-dir"])
        // Cargo locks the target folder that this build script runs for.
        .arg(out.join(build.name))
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags(workspace, build.target_features).join("\u{1f}"))
        // These are meant for the build around this one: clippy, coverage, flags.
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .env_remove("RUSTFLAGS");
    cargo.spawn().expect("cargo starts")
}

fn copy(from: &Path, to: &Path) {
    fs::copy(from, to)
        .unwrap_or_else(|error| panic!("{} -> {}: {error}", from.display(), to.display()));
}

/// The same bytes wherever the module is built: no path of this machine gets into it.
fn rustflags(workspace: &Path, features: &str) -> [String; 6] {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let cargo_home = cargo_home.unwrap_or_default();
    [
        format!("--remap-path-prefix={}=.", workspace.display()),
        format!("--remap-path-prefix={}=cargo", cargo_home.display()),
        format!("-Ctarget-feature={features}"),
        // Fluent Bit wants a small stack; the code needs a few KiB.
        "-Clink-arg=-zstack-size=65536".to_owned(),
        // Function indices and addresses in as few bytes as possible, instead of five each.
        "-Clink-arg=--compress-relocations".to_owned(),
        // Code that is compiled for size would inline as much as other code what is marked `#[inline]`,
        // as much of the standard library is.
        "-Cllvm-args=-inlinehint-threshold=100".to_owned(),
    ]
}
