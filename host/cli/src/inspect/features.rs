//! Which WebAssembly proposals a module uses.

use wasmparser::{Validator, WasmFeatures};

/// The proposals after WebAssembly 1.0, and their names.
const PROPOSALS: [(&str, WasmFeatures); 15] = [
    ("sign extension", WasmFeatures::SIGN_EXTENSION),
    ("non-trapping float to int", WasmFeatures::SATURATING_FLOAT_TO_INT),
    ("bulk memory", WasmFeatures::BULK_MEMORY),
    ("multi-value", WasmFeatures::MULTI_VALUE),
    ("reference types", WasmFeatures::REFERENCE_TYPES),
    ("SIMD", WasmFeatures::SIMD),
    ("relaxed SIMD", WasmFeatures::RELAXED_SIMD),
    ("tail calls", WasmFeatures::TAIL_CALL),
    ("extended constants", WasmFeatures::EXTENDED_CONST),
    ("multiple memories", WasmFeatures::MULTI_MEMORY),
    ("memory64", WasmFeatures::MEMORY64),
    ("threads", WasmFeatures::THREADS),
    ("exceptions", WasmFeatures::EXCEPTIONS),
    ("function references", WasmFeatures::FUNCTION_REFERENCES),
    ("garbage collection", WasmFeatures::GC),
];

/// WebAssembly 1.0 and all [`PROPOSALS`].
pub(super) fn all() -> WasmFeatures {
    PROPOSALS.iter().fold(WasmFeatures::WASM1 | WasmFeatures::GC_TYPES, |all, (_, one)| all | *one)
}

/// The names of the proposals without which a valid module would be invalid.
pub(super) fn used(wasm: &[u8]) -> Vec<&'static str> {
    let is_needed = |one: &&(&'static str, WasmFeatures)| {
        Validator::new_with_features(all() - one.1).validate_all(wasm).is_err()
    };
    PROPOSALS.iter().filter(is_needed).map(|(name, _)| *name).collect()
}
