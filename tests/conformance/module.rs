//! Size, imports, features and manifest of the module.

use sekisho::{
    Kind, MAX_ENVELOPES, MAX_FIELD, MAX_INPUT, MAX_LEARNED_BYTES, MAX_RULE_ID, Mfa, Outcome,
    Principal, Reason, UserExists,
};
use serde_json::{Value, json};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

use crate::manifest;

/// The builds, each with a limit of its size in bytes.
const BUILDS: [(&str, &[u8], usize); 4] = [
    ("portable", sekisho_module::PORTABLE, 340_000),
    ("simd", sekisho_module::SIMD, 340_000),
    ("portable with forms", sekisho_module::FORMS_PORTABLE, 390_000),
    ("simd with forms", sekisho_module::FORMS_SIMD, 400_000),
];

#[test]
fn the_module_is_small_and_self_contained() {
    for (name, wasm, limit) in BUILDS {
        assert!(wasm.len() < limit, "{name}: {} bytes", wasm.len());
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.expect("a valid module") {
                Payload::ImportSection(imports) => assert_eq!(imports.count(), 0, "{name} imports"),
                Payload::StartSection { .. } => panic!("{name} has a start function"),
                _ => {}
            }
        }
    }
}

/// Fluent Bit's interpreter and old hosts load no others.
#[test]
fn the_portable_build_uses_only_portable_features() {
    let portable = WasmFeatures::WASM1
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SATURATING_FLOAT_TO_INT;
    let check = |wasm, features| Validator::new_with_features(features).validate_all(wasm);
    check(sekisho_module::PORTABLE, portable).expect("portable features only");
    check(sekisho_module::FORMS_PORTABLE, portable).expect("portable features only");
    check(sekisho_module::SIMD, portable | WasmFeatures::SIMD).expect("and SIMD");
    check(sekisho_module::FORMS_SIMD, portable | WasmFeatures::SIMD).expect("and SIMD");
}

#[test]
fn the_manifest_is_correct() {
    let names = |values: Vec<&'static str>| Value::from(values);
    let mut reasons = names(Reason::ALL.iter().map(|value| value.name()).collect());
    reasons.as_array_mut().expect("an array").push(Value::Null);
    let expected = json!({
        "name": "sekisho",
        "version": env!("CARGO_PKG_VERSION"),
        "abi": 1,
        "capabilities": ["process", "annotate", "process_batch", "configure", "rules", "attempts", "silence", "tune"],
        "limits": {
            "input_bytes": MAX_INPUT,
            "depth": sekisho_scan::MAX_DEPTH,
            "envelopes": MAX_ENVELOPES,
            "field_bytes": MAX_FIELD,
            "rule_id_bytes": MAX_RULE_ID,
            "learned_bytes": MAX_LEARNED_BYTES,
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
    let mut with_forms = expected.clone();
    with_forms["capabilities"].as_array_mut().expect("an array").push("forms".into());
    for (name, wasm, _) in BUILDS {
        let expected = if name.ends_with("forms") { &with_forms } else { &expected };
        let manifest = manifest::section(wasm);
        assert_eq!(manifest, *expected, "{name}: plugin/filter/manifest.json is out of date");

        let module = sekisho_host::Module::new(wasm).expect("the module is accepted");
        let mut filter = module.filter().expect("an instance");
        filter.process(b"{").expect_err("malformed");
        assert!(filter.process(b"{}").expect("readable").is_none());
        let description: Value =
            serde_json::from_str(&filter.describe().expect("a description")).expect("JSON");
        assert_eq!(description["manifest"], *expected, "{name}");
        assert_eq!(
            description["configuration"],
            json!({"field": "signin", "rules": 0, "verdict_bytes": 240})
        );
        let mut configured = module.filter().expect("an instance");
        configured.configure(br#"{"record": ["data.aws", "a\"b"]}"#).expect("accepted");
        let configured: Value =
            serde_json::from_str(&configured.describe().expect("a description")).expect("JSON");
        assert_eq!(configured["configuration"]["record"], json!(["data.aws", "a\"b"]), "{name}");
        let attempts = json!({"observed": 0, "attempts": 0, "findings": 0, "duplicates": 0,
            "late": 0, "evicted": 0, "keys": 0, "waiting": 0});
        let counters = json!({"records": 2, "verdicts": 0, "errors": 1, "without_record": 1,
            "attempts": attempts});
        assert_eq!(description["counters"], counters);
    }
}
