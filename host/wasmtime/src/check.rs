//! Checks on a module before any of it runs.

use wasmparser::types::{EntityType, TypesRef};
use wasmparser::{MemoryType, Parser, Payload, TableType, ValType, Validator, WasmFeatures};

use crate::code_limits;
use crate::error::LoadError;
use crate::exports;
use crate::limits::TABLE_LIMIT_ELEMENTS;
use crate::settings::Settings;

/// The features that a filter may use: WebAssembly 1.0 and the additions that compilers use for
/// plain code. Each further one would expose more of the engine to a hostile module.
const FEATURES: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SIMD);

const PAGE_BYTES: u64 = 65536;

/// The stateless functions of the ABI: name, parameters, results.
const FUNCTIONS: [(&str, &[ValType], &[ValType]); 8] = {
    const I32: ValType = ValType::I32;
    [
        (exports::INPUT, &[I32], &[I32]),
        (exports::CONFIGURE, &[I32, I32], &[I32]),
        (exports::PROCESS, &[I32, I32], &[I32]),
        (exports::ANNOTATE, &[I32, I32], &[I32]),
        (exports::PROCESS_BATCH, &[I32, I32, I32], &[I32]),
        (exports::OUTPUT, &[], &[I32]),
        (exports::LAST_ERROR, &[], &[I32]),
        (exports::DESCRIBE, &[], &[I32]),
    ]
};

/// The stateful functions: a module has all of them or none.
const STATEFUL_FUNCTIONS: [(&str, &[ValType], &[ValType]); 6] = {
    const I32: ValType = ValType::I32;
    const I64: ValType = ValType::I64;
    [
        (exports::OBSERVE, &[I32, I32, I64], &[I32]),
        (exports::TICK, &[I64], &[I32]),
        (exports::FLUSH, &[], &[I32]),
        (exports::SAVE, &[], &[I32]),
        (exports::RESTORE, &[I32, I32], &[I32]),
        (exports::RESET, &[], &[]),
    ]
};

/// Accepts exactly the modules that [`Guest`](crate::guest::Guest) can call.
pub(crate) fn check(wasm: &[u8], settings: &Settings) -> Result<(), LoadError> {
    if wasm.len() > settings.module_limit_bytes {
        return Err(LoadError::TooLarge {
            found_bytes: wasm.len(),
            limit_bytes: settings.module_limit_bytes,
        });
    }
    check_sections(wasm, settings)?;
    code_limits::check(wasm)?;
    let types = Validator::new_with_features(FEATURES).validate_all(wasm).map_err(invalid)?;
    check_exports(types.as_ref())
}

/// Runs before the validator, whose messages for some of these are less clear.
fn check_sections(wasm: &[u8], settings: &Settings) -> Result<(), LoadError> {
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(invalid)? {
            Payload::ImportSection(imports) => {
                if let Some(import) = imports.into_imports().next() {
                    let import = import.map_err(invalid)?;
                    return Err(LoadError::Import {
                        module: import.module.into(),
                        name: import.name.into(),
                    });
                }
            }
            Payload::StartSection { .. } => return Err(LoadError::StartFunction),
            Payload::MemorySection(memories) => {
                for memory in memories {
                    check_memory(memory.map_err(invalid)?, settings.memory_limit_bytes)?;
                }
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    check_table(table.map_err(invalid)?.ty)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_memory(memory: MemoryType, limit_bytes: usize) -> Result<(), LoadError> {
    if memory.memory64 {
        return Err(LoadError::Memory64);
    }
    if memory.shared {
        return Err(LoadError::SharedMemory);
    }
    let minimum_bytes = memory.initial.saturating_mul(PAGE_BYTES);
    if minimum_bytes > limit_bytes as u64 {
        return Err(LoadError::MemoryTooLarge { minimum_bytes, limit_bytes });
    }
    Ok(())
}

fn check_table(table: TableType) -> Result<(), LoadError> {
    let limit_elements = TABLE_LIMIT_ELEMENTS as u64;
    if table.initial > limit_elements {
        return Err(LoadError::TableTooLarge { minimum_elements: table.initial, limit_elements });
    }
    Ok(())
}

fn check_exports(types: TypesRef<'_>) -> Result<(), LoadError> {
    if export(types, exports::MARKER).is_none() {
        return Err(LoadError::MarkerMissing);
    }
    check_export(types, exports::MARKER, &signature(&[], &[]))?;
    check_export(types, exports::MEMORY, "memory")?;
    let is_stateful = STATEFUL_FUNCTIONS.iter().any(|(name, ..)| export(types, name).is_some());
    let stateful = STATEFUL_FUNCTIONS.iter().filter(|_| is_stateful);
    for (name, parameters, results) in FUNCTIONS.iter().chain(stateful) {
        check_export(types, name, &signature(parameters, results))?;
    }
    Ok(())
}

fn check_export(types: TypesRef<'_>, name: &'static str, expected: &str) -> Result<(), LoadError> {
    let expected = expected.to_owned();
    match export(types, name) {
        None => Err(LoadError::ExportMissing { name, expected }),
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(LoadError::ExportType { name, expected, found }),
    }
}

/// The type of an export, as text.
fn export(types: TypesRef<'_>, name: &str) -> Option<String> {
    let (_, entity) = types.core_exports()?.find(|(found, _)| *found == name)?;
    Some(match entity {
        EntityType::Func(id) | EntityType::FuncExact(id) => {
            let function = types[id].unwrap_func();
            signature(function.params(), function.results())
        }
        EntityType::Memory(_) => "memory".into(),
        EntityType::Table(_) => "table".into(),
        EntityType::Global(_) => "global".into(),
        EntityType::Tag(_) => "tag".into(),
    })
}

/// `(i32, i32) -> i32`
fn signature(parameters: &[ValType], results: &[ValType]) -> String {
    let list = |types: &[ValType]| {
        let names: Vec<_> = types.iter().map(ToString::to_string).collect();
        names.join(", ")
    };
    match results {
        [result] => format!("({}) -> {result}", list(parameters)),
        _ => format!("({}) -> ({})", list(parameters), list(results)),
    }
}

fn invalid(error: wasmparser::Error) -> LoadError {
    LoadError::Invalid { offset: error.offset() as u64, reason: error.message().into() }
}
