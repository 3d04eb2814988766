//! What the module exports, needs and says of itself.

use std::collections::BTreeMap;

use sekisho::{
    Kind, MAX_ENVELOPES, MAX_FIELD, MAX_INPUT, MAX_RULE_ID, Mfa, Outcome, Principal, Reason,
    UserExists,
};
use serde_json::{Value, json};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

const BUILDS: [(&str, &[u8]); 2] =
    [("portable", sekisho_module::PORTABLE), ("simd", sekisho_module::SIMD)];

/// The exports of ABI version 1. Nothing in here may change; new lines may come.
const SIGNATURES: &[(&str, &str)] = &[
    ("clickhouse_create_buffer", "(i32) -> (i32)"),
    ("clickhouse_destroy_buffer", "(i32) -> ()"),
    ("clickhouse_verdict", "(i32, i32) -> (i32)"),
    ("flb_annotate", "(i32, i32, i32, i32, i32, i32) -> (i32)"),
    ("flb_failures", "(i32, i32, i32, i32, i32, i32) -> (i32)"),
    ("flb_matches", "(i32, i32, i32, i32, i32, i32) -> (i32)"),
    ("flb_signins", "(i32, i32, i32, i32, i32, i32) -> (i32)"),
    ("free", "(i32) -> ()"),
    ("malloc", "(i32) -> (i32)"),
    ("memory", "memory"),
    ("sekisho_abi_v1", "() -> ()"),
    ("sekisho_annotate", "(i32, i32) -> (i32)"),
    ("sekisho_configure", "(i32, i32) -> (i32)"),
    ("sekisho_describe", "() -> (i32)"),
    ("sekisho_flush", "() -> (i32)"),
    ("sekisho_input", "(i32) -> (i32)"),
    ("sekisho_last_error", "() -> (i32)"),
    ("sekisho_observe", "(i32, i32, i64) -> (i32)"),
    ("sekisho_output", "() -> (i32)"),
    ("sekisho_process", "(i32, i32) -> (i32)"),
    ("sekisho_process_batch", "(i32, i32, i32) -> (i32)"),
    ("sekisho_reset", "() -> ()"),
    ("sekisho_restore", "(i32, i32) -> (i32)"),
    ("sekisho_save", "() -> (i32)"),
    ("sekisho_tick", "(i64) -> (i32)"),
];

#[test]
fn exports_are_the_abi() {
    for (name, wasm) in BUILDS {
        let types = Validator::new().validate_all(wasm).expect("a valid module");
        let types = types.as_ref();
        let mut exports = BTreeMap::new();
        for (export, entity) in types.core_exports().expect("a core module") {
            use wasmparser::types::EntityType;
            let signature = match entity {
                EntityType::Func(id) => {
                    let function = types[id].unwrap_func();
                    let list = |types: &[wasmparser::ValType]| {
                        types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                    };
                    format!("({}) -> ({})", list(function.params()), list(function.results()))
                }
                EntityType::Memory(_) => "memory".to_owned(),
                // Where the linker put data and heap: of no use to a host, and no part of the ABI.
                _ => continue,
            };
            exports.insert(export.to_owned(), signature);
        }
        let expected = SIGNATURES.iter().map(|(name, is)| ((*name).to_owned(), (*is).to_owned()));
        assert_eq!(exports, expected.collect(), "{name}");
    }
}

#[test]
fn the_module_is_small_and_stands_alone() {
    for (name, wasm) in BUILDS {
        assert!(wasm.len() < 280_000, "{name}: {} bytes", wasm.len());
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.expect("a valid module") {
                Payload::ImportSection(imports) => assert_eq!(imports.count(), 0, "{name} imports"),
                Payload::StartSection { .. } => panic!("{name} has a start function"),
                _ => {}
            }
        }
    }
}

/// What Fluent Bit's interpreter and old hosts load.
#[test]
fn the_portable_build_uses_no_other_features() {
    let portable = WasmFeatures::WASM1
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SATURATING_FLOAT_TO_INT;
    let check = |wasm, features| Validator::new_with_features(features).validate_all(wasm);
    check(sekisho_module::PORTABLE, portable).expect("portable features only");
    check(sekisho_module::SIMD, portable | WasmFeatures::SIMD).expect("and SIMD");
}

#[test]
fn the_manifest_says_what_is_true() {
    let names = |values: Vec<&'static str>| Value::from(values);
    let mut reasons = names(Reason::ALL.iter().map(|value| value.name()).collect());
    reasons.as_array_mut().expect("an array").push(Value::Null);
    let expected = json!({
        "name": "sekisho",
        "version": env!("CARGO_PKG_VERSION"),
        "abi": 1,
        "capabilities": ["process", "annotate", "process_batch", "configure", "rules", "attempts"],
        "limits": {
            "input_bytes": MAX_INPUT,
            "depth": sekisho_scan::MAX_DEPTH,
            "envelopes": MAX_ENVELOPES,
            "field_bytes": MAX_FIELD,
            "rule_id_bytes": MAX_RULE_ID,
        },
        "verdict": {
            "kind": names(Kind::ALL.iter().map(|value| value.name()).collect()),
            "outcome": names(Outcome::ALL.iter().map(|value| value.name()).collect()),
            "reason": reasons,
            "principal": names(Principal::ALL.iter().map(|value| value.name()).collect()),
            "mfa": names(Mfa::ALL.iter().map(|value| value.name()).collect()),
            "user_exists": names(UserExists::ALL.iter().map(|value| value.name()).collect()),
        },
        "attempt": {"flags": ["abandoned_at_mfa", "inconsistent", "late", "evicted"]},
        "ruleset_sha256": null,
    });
    for (name, wasm) in BUILDS {
        let section = Parser::new(0).parse_all(wasm).find_map(|payload| match payload {
            Ok(Payload::CustomSection(section)) if section.name() == "sekisho.manifest" => {
                Some(section.data().to_vec())
            }
            _ => None,
        });
        let section = section.unwrap_or_else(|| panic!("{name} has a manifest"));
        let manifest: Value = serde_json::from_slice(&section).expect("the manifest is JSON");
        assert_eq!(manifest, expected, "{name}: plugin/filter/manifest.json is out of date");

        let module = sekisho_host::Module::new(wasm).expect("the module is accepted");
        let mut filter = module.filter().expect("an instance");
        filter.process(b"{").expect_err("malformed");
        let live: Value =
            serde_json::from_str(&filter.describe().expect("an answer")).expect("JSON");
        assert_eq!(live["manifest"], expected, "{name}");
        assert_eq!(live["configuration"], json!({"field": "signin", "rules": 0}));
        let attempts = json!({"observed": 0, "attempts": 0, "findings": 0, "duplicates": 0,
            "late": 0, "evicted": 0, "keys": 0, "waiting": 0});
        let counters = json!({"records": 1, "verdicts": 0, "errors": 1, "attempts": attempts});
        assert_eq!(live["counters"], counters);
    }
}
