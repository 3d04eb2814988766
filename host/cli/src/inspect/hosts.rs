//! Which hosts can load a module, and why others cannot.
//!
//! A host is described by the built-in module that it runs in the conformance tests: a module that
//! uses no other features loads too. So no list of each host's features has to be kept up to date.

use sekisho_host::{Module, Settings};
use serde::Serialize;

use super::contents::Contents;
use super::features;

/// Whether a host can load a module.
#[derive(Debug, Serialize)]
pub(super) struct Host {
    pub(super) name: &'static str,
    /// Why it cannot load the module; empty if it can.
    pub(super) reasons: Vec<String>,
}

/// A known host. None of them provides imports.
struct Known {
    name: &'static str,
    /// The built-in module that it runs.
    runs: &'static [u8],
    needs: Needs,
}

/// The exports that a host needs.
enum Needs {
    /// Those of ABI version 1.
    Abi,
    /// A function of this type, under any name.
    FunctionOfType(&'static str),
    /// Functions of these names and types.
    Functions(&'static [(&'static str, &'static str)]),
}

const KNOWN: [Known; 3] = [
    Known { name: "hosts of ABI version 1", runs: sekisho_module::SIMD, needs: Needs::Abi },
    Known {
        name: "ClickHouse",
        runs: sekisho_module::SIMD,
        // Buffers for blocks of rows.
        needs: Needs::Functions(&[
            ("clickhouse_create_buffer", "(i32) -> i32"),
            ("clickhouse_destroy_buffer", "(i32)"),
        ]),
    },
    Known {
        name: "Fluent Bit",
        runs: sekisho_module::PORTABLE,
        // A filter function.
        needs: Needs::FunctionOfType("(i32, i32, i32, i32, i32, i32) -> i32"),
    },
];

/// Checks each host, this program first.
pub(super) fn check(wasm: &[u8], contents: &Contents) -> Vec<Host> {
    let error = Module::check(wasm, &Settings::new()).err();
    let own = Host { name: "sekisho", reasons: error.iter().map(ToString::to_string).collect() };
    let known = KNOWN.iter().map(|host| Host { name: host.name, reasons: reasons(host, contents) });
    std::iter::once(own).chain(known).collect()
}

fn reasons(host: &Known, contents: &Contents) -> Vec<String> {
    let mut reasons = Vec::new();
    let (_, tested) = features::validate(host.runs).expect("a built-in module is valid");
    let untested: Vec<&str> =
        contents.features.iter().copied().filter(|feature| !tested.contains(feature)).collect();
    if !untested.is_empty() {
        reasons.push(format!("it uses {}", untested.join(", ")));
    }
    if let Some(import) = contents.imports.first() {
        reasons.push(format!("it imports `{}` from `{}`", import.name, import.module));
    }
    match host.needs {
        Needs::Abi if !contents.abi_versions.iter().any(|version| version == "1") => {
            reasons.push("it does not export `sekisho_abi_v1`".to_owned());
        }
        Needs::FunctionOfType(type_name)
            if contents.exports.iter().all(|export| export.type_name != type_name) =>
        {
            reasons.push(format!("it does not export a function of type {type_name}"));
        }
        Needs::Functions(functions) => {
            let missing =
                functions.iter().find(|(name, type_name)| !contents.exports(name, type_name));
            if let Some((name, type_name)) = missing {
                reasons.push(format!("it does not export `{name}` of type {type_name}"));
            }
        }
        Needs::Abi | Needs::FunctionOfType(_) => {}
    }
    reasons
}
