//! The contents of a module.

use serde::Serialize;
use serde_json::value::RawValue;
use wasmparser::types::EntityType;
use wasmparser::{BinaryReaderError, FuncType, Parser, Payload, ValType};

use super::features;

/// Name of the custom section with the manifest of a module.
pub(crate) const MANIFEST: &str = "sekisho.manifest";

/// Prefix of the exports that mark a version of the ABI.
const MARKER_PREFIX: &str = "sekisho_abi_v";

/// The contents of a module.
#[derive(Debug, Serialize)]
pub(super) struct Contents {
    /// Size of the file.
    pub(super) size_bytes: usize,
    /// Versions of the ABI that the module implements.
    pub(super) abi_versions: Vec<String>,
    /// The manifest; none if it is missing or not JSON.
    pub(super) manifest: Option<Box<RawValue>>,
    /// WebAssembly proposals that it uses.
    pub(super) features: Vec<&'static str>,
    /// Its memories, including imported ones.
    pub(super) memories: Vec<Memory>,
    /// What it imports.
    pub(super) imports: Vec<Import>,
    /// What it exports.
    pub(super) exports: Vec<Export>,
}

/// A memory.
#[derive(Debug, Serialize)]
pub(super) struct Memory {
    /// Initial size, in pages of 64 KiB.
    pub(super) minimum_pages: u64,
    /// Maximum size, in pages; none if the module sets no limit.
    pub(super) maximum_pages: Option<u64>,
}

/// An import.
#[derive(Debug, Serialize)]
pub(super) struct Import {
    pub(super) module: String,
    pub(super) name: String,
    /// The type of a function, as in `(i32) -> i32`, or the kind of another item.
    #[serde(rename = "type")]
    pub(super) type_name: String,
}

/// An export.
#[derive(Debug, Serialize)]
pub(super) struct Export {
    pub(super) name: String,
    /// The type of a function, as in `(i32) -> i32`, or the kind of another item.
    #[serde(rename = "type")]
    pub(super) type_name: String,
}

impl Contents {
    /// Validates a core module and reads its contents.
    ///
    /// # Errors
    /// The module is invalid, at a byte offset, or it is a component.
    pub(super) fn read(wasm: &[u8]) -> Result<Self, BinaryReaderError> {
        let (types, features) = features::validate(wasm)?;
        let types = types.as_ref();
        let name = |entity: EntityType| match entity {
            EntityType::Func(id) | EntityType::FuncExact(id) => signature(types[id].unwrap_func()),
            EntityType::Table(_) => "table".to_owned(),
            EntityType::Memory(_) => "memory".to_owned(),
            EntityType::Global(global) => format!("global {}", global.content_type),
            EntityType::Tag(_) => "tag".to_owned(),
        };
        let mut contents = Self {
            size_bytes: wasm.len(),
            abi_versions: Vec::new(),
            manifest: None,
            features,
            memories: Vec::new(),
            imports: Vec::new(),
            exports: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        let entity = types.entity_type_from_import(&import);
                        contents.imports.push(Import {
                            module: import.module.to_owned(),
                            name: import.name.to_owned(),
                            type_name: entity.map_or_else(String::new, name),
                        });
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        let entity = types.entity_type_from_export(&export);
                        contents.exports.push(Export {
                            name: export.name.to_owned(),
                            type_name: entity.map_or_else(String::new, name),
                        });
                    }
                }
                Payload::CustomSection(section) if section.name() == MANIFEST => {
                    contents.manifest = serde_json::from_slice(section.data()).ok();
                }
                _ => {}
            }
        }
        for index in 0..types.memory_count() {
            let memory = types.memory_at(index);
            contents
                .memories
                .push(Memory { minimum_pages: memory.initial, maximum_pages: memory.maximum });
        }
        contents.abi_versions = contents
            .exports
            .iter()
            .filter_map(|export| Some(export.name.strip_prefix(MARKER_PREFIX)?.to_owned()))
            .collect();
        Ok(contents)
    }

    /// Whether it exports `name` with the type `type_name`.
    pub(super) fn exports(&self, name: &str, type_name: &str) -> bool {
        self.exports.iter().any(|export| export.name == name && export.type_name == type_name)
    }
}

/// Formats the type of a function, as in `(i32, i32) -> i32`.
fn signature(function: &FuncType) -> String {
    let list = |types: &[ValType]| {
        let names: Vec<String> = types.iter().map(ToString::to_string).collect();
        names.join(", ")
    };
    match function.results() {
        [] => format!("({})", list(function.params())),
        [one] => format!("({}) -> {one}", list(function.params())),
        several => format!("({}) -> ({})", list(function.params()), list(several)),
    }
}
