//! Which hosts can load a module, and why the others cannot.

use sekisho_host::Module;
use serde::Serialize;
use wasmparser::WasmFeatures;

use super::contents::Contents;
use super::features;

/// What a host makes of a module.
#[derive(Debug, Serialize)]
pub(super) struct Host {
    pub(super) name: &'static str,
    /// Why it cannot load the module; empty if it can.
    pub(super) reasons: Vec<String>,
}

/// A host by what it accepts. None of them gives a module anything to import.
struct Known {
    name: &'static str,
    features: WasmFeatures,
    needs: Needs,
    memory_limit_pages: u64,
}

/// What a module has to export to be of use to a host.
enum Needs {
    /// What ABI version 1 says.
    Abi,
    /// A function of this type, under any name.
    FunctionOfType(&'static str),
    /// Functions of these names and types.
    Functions(&'static [(&'static str, &'static str)]),
}

/// The most that 32-bit addresses reach.
const ALL_PAGES: u64 = 65536;

/// What the interpreter in Fluent Bit up to 4.0 is built with.
const FLUENT_BIT: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::MULTI_VALUE);

/// The type of Fluent Bit's filter functions.
const FLUENT_BIT_FILTER: Needs = Needs::FunctionOfType("(i32, i32, i32, i32, i32, i32) -> i32");

/// How ClickHouse hands blocks of rows over.
const CLICKHOUSE_BUFFERS: Needs = Needs::Functions(&[
    ("clickhouse_create_buffer", "(i32) -> i32"),
    ("clickhouse_destroy_buffer", "(i32)"),
]);

const KNOWN: [Known; 8] = [
    Known {
        name: "Fluent Bit up to 4.0",
        features: FLUENT_BIT,
        needs: FLUENT_BIT_FILTER,
        memory_limit_pages: ALL_PAGES,
    },
    Known {
        name: "Fluent Bit from 4.1",
        features: FLUENT_BIT.union(WasmFeatures::REFERENCE_TYPES),
        needs: FLUENT_BIT_FILTER,
        memory_limit_pages: ALL_PAGES,
    },
    Known {
        name: "ClickHouse",
        features: WasmFeatures::WASM2,
        needs: CLICKHOUSE_BUFFERS,
        // Its default limit of 128 MiB.
        memory_limit_pages: 2048,
    },
    Known {
        name: "wasmtime 48",
        features: WasmFeatures::WASM3,
        needs: Needs::Abi,
        memory_limit_pages: ALL_PAGES,
    },
    Known {
        // Without its Cargo feature `simd`.
        name: "wasmi 2",
        features: FLUENT_BIT
            .union(WasmFeatures::REFERENCE_TYPES)
            .union(WasmFeatures::TAIL_CALL)
            .union(WasmFeatures::EXTENDED_CONST)
            .union(WasmFeatures::MULTI_MEMORY)
            .union(WasmFeatures::MEMORY64),
        needs: Needs::Abi,
        memory_limit_pages: ALL_PAGES,
    },
    Known {
        name: "Node.js from 20",
        features: WasmFeatures::WASM2.union(WasmFeatures::THREADS).union(WasmFeatures::TAIL_CALL),
        needs: Needs::Abi,
        memory_limit_pages: ALL_PAGES,
    },
    Known {
        name: "browsers since 2023",
        features: WasmFeatures::WASM2,
        needs: Needs::Abi,
        memory_limit_pages: ALL_PAGES,
    },
    Known {
        name: "wazero 1",
        features: WasmFeatures::WASM2,
        needs: Needs::Abi,
        memory_limit_pages: ALL_PAGES,
    },
];

/// What each host makes of a module, this program first.
pub(super) fn check(wasm: &[u8], contents: &Contents) -> Vec<Host> {
    let refused = Module::new(wasm).err();
    let own = Host { name: "sekisho", reasons: refused.iter().map(ToString::to_string).collect() };
    let known = KNOWN.iter().map(|host| Host { name: host.name, reasons: reasons(host, contents) });
    std::iter::once(own).chain(known).collect()
}

fn reasons(host: &Known, contents: &Contents) -> Vec<String> {
    let mut reasons = Vec::new();
    let accepted = features::names(host.features);
    let beyond: Vec<&str> =
        contents.features.iter().copied().filter(|feature| !accepted.contains(feature)).collect();
    if !beyond.is_empty() {
        reasons.push(format!("it uses {}", beyond.join(", ")));
    }
    if let Some(import) = contents.imports.first() {
        reasons.push(format!("it imports `{}` from `{}`", import.name, import.module));
    }
    if let Some(memory) = contents.memories.first()
        && memory.minimum_pages > host.memory_limit_pages
    {
        let limit = host.memory_limit_pages;
        reasons.push(format!("it starts with more than {limit} pages of memory"));
    }
    match host.needs {
        Needs::Abi if !contents.abi_versions.iter().any(|version| version == "1") => {
            reasons.push("it exports no `sekisho_abi_v1`".to_owned());
        }
        Needs::FunctionOfType(type_name)
            if contents.exports.iter().all(|export| export.type_name != type_name) =>
        {
            reasons.push(format!("it exports no function of type {type_name}"));
        }
        Needs::Functions(functions) => {
            let missing =
                functions.iter().find(|(name, type_name)| !contents.exports(name, type_name));
            if let Some((name, type_name)) = missing {
                reasons.push(format!("it exports no `{name}` of type {type_name}"));
            }
        }
        Needs::Abi | Needs::FunctionOfType(_) => {}
    }
    reasons
}
