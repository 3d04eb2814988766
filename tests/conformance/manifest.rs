//! The manifest in the module's custom section.

use serde_json::Value;
use wasmparser::{Parser, Payload};

/// The content of the section `sekisho.manifest`.
pub(crate) fn section(wasm: &[u8]) -> Value {
    let section = Parser::new(0).parse_all(wasm).find_map(|payload| match payload {
        Ok(Payload::CustomSection(section)) if section.name() == "sekisho.manifest" => {
            Some(section.data().to_vec())
        }
        _ => None,
    });
    serde_json::from_slice(&section.expect("the module has a manifest")).expect("JSON")
}
