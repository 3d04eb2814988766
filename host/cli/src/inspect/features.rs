//! Which additions to WebAssembly 1.0 a module is made of.

use wasmparser::{Validator, WasmFeatures};

/// The additions that are told apart, by the names of their proposals.
const NAMED: [(&str, WasmFeatures); 15] = [
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

/// Everything that can be told apart, and WebAssembly 1.0 itself.
pub(super) fn all() -> WasmFeatures {
    NAMED.iter().fold(WasmFeatures::WASM1 | WasmFeatures::GC_TYPES, |all, (_, one)| all | *one)
}

/// What a valid module uses: what it would not be valid without.
pub(super) fn used(wasm: &[u8]) -> Vec<&'static str> {
    let needs = |one: &&(&'static str, WasmFeatures)| {
        Validator::new_with_features(all() - one.1).validate_all(wasm).is_err()
    };
    NAMED.iter().filter(needs).map(|(name, _)| *name).collect()
}

/// The names of those that are in `features`.
pub(super) fn names(features: WasmFeatures) -> Vec<&'static str> {
    let has = |(_, one): &&(&'static str, WasmFeatures)| features.contains(*one);
    NAMED.iter().filter(has).map(|(name, _)| *name).collect()
}
