//! Which WebAssembly proposals a module uses.

use std::mem;

use wasmparser::types::Types;
use wasmparser::{
    BinaryReaderError, Chunk, FuncToValidate, FuncValidatorAllocations, Parser, Payload,
    ValidPayload, Validator, WasmFeatures,
};

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

/// WebAssembly 1.0.
const LEAST: WasmFeatures = WasmFeatures::WASM1.union(WasmFeatures::GC_TYPES);

/// WebAssembly 1.0 and all [`PROPOSALS`].
fn all() -> WasmFeatures {
    PROPOSALS.iter().fold(LEAST, |all, (_, one)| all | *one)
}

/// Validates a core module. Returns its types, and the names of the proposals that it needs.
///
/// Each body is validated with the proposals that were needed before it. Only one that needs another
/// is validated again, to find which.
///
/// # Errors
/// The module is invalid, at a byte offset, or it is a component.
pub(super) fn validate(wasm: &[u8]) -> Result<(Types, Vec<&'static str>), BinaryReaderError> {
    let mut validator = Validator::new_with_features(all());
    let mut bodies = Vec::new();
    let mut types = None;
    for payload in Parser::new(0).parse_all(wasm) {
        match validator.payload(&payload?)? {
            ValidPayload::Func(function, body) => bodies.push((function, body)),
            ValidPayload::End(end) => types = Some(end),
            _ => {}
        }
    }
    let types = types.expect("without an end, the parser fails");
    let mut needed = narrowed(LEAST, |features| sections_are_valid(wasm, features));
    let mut allocations = FuncValidatorAllocations::default();
    for (function, body) in bodies {
        let mut check = |features| {
            let FuncToValidate { ref resources, index, ty, .. } = function;
            let function = FuncToValidate { resources: resources.clone(), index, ty, features };
            let mut validator = function.into_validator(mem::take(&mut allocations));
            let result = validator.validate(&body);
            allocations = validator.into_allocations();
            result
        };
        if check(needed).is_err() {
            check(all())?;
            needed = narrowed(needed, |features| check(features).is_ok());
        }
    }
    let is_needed = |proposal: &&(&'static str, WasmFeatures)| needed.contains(proposal.1);
    Ok((types, PROPOSALS.iter().filter(is_needed).map(|(name, _)| *name).collect()))
}

/// A smallest set of features, `least` included, that is enough.
fn narrowed(least: WasmFeatures, mut is_enough: impl FnMut(WasmFeatures) -> bool) -> WasmFeatures {
    let mut features = all();
    for (_, proposal) in PROPOSALS {
        let without = (features - proposal) | least;
        if is_enough(without) {
            features = without;
        }
    }
    features
}

/// Whether all but the bodies of functions is valid.
fn sections_are_valid(wasm: &[u8], features: WasmFeatures) -> bool {
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut validator = Validator::new_with_features(features);
    let mut rest = wasm;
    while let Ok(Chunk::Parsed { mut consumed, payload }) = parser.parse(rest, true) {
        match payload {
            Payload::End(_) => return true,
            Payload::CodeSectionStart { size, .. } => {
                parser.skip_section();
                consumed += size as usize;
            }
            payload if validator.payload(&payload).is_err() => return false,
            _ => {}
        }
        rest = &rest[consumed..];
    }
    false
}
