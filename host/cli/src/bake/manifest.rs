//! Lists what is in a module in its manifest.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use wasm_encoder::{CustomSection, Module, RawSection};
use wasmparser::{Parser, Payload};

use crate::inspect::MANIFEST;

/// Adds the ids of the rules, the paths of records and the form if there are any, and the SHA-256 of
/// the configuration to the manifest.
///
/// # Errors
/// The module or its manifest is malformed.
pub(super) fn list_contents(
    wasm: &[u8],
    ids: &[&str],
    record: Option<&[String]>,
    configuration: &[u8],
) -> wasmtime::Result<Vec<u8>> {
    let form = serde_json::from_slice::<Value>(configuration)?["form"].take();
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::CustomSection(section) if section.name() == MANIFEST => {
                let mut manifest: Map<String, Value> = serde_json::from_slice(section.data())?;
                manifest.insert("ruleset_sha256".to_owned(), sha256(configuration).into());
                manifest.insert("rules".to_owned(), ids.into());
                if let Some(record) = record {
                    manifest.insert("record".to_owned(), record.into());
                }
                if !form.is_null() {
                    manifest.insert("form".to_owned(), form.clone());
                }
                let data = serde_json::to_vec(&manifest)?.into();
                module.section(&CustomSection { name: MANIFEST.into(), data });
            }
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    let data = &wasm[range];
                    module.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(module.finish())
}

fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}
