//! `sekisho inspect` and `sekisho completions`, run as a program.

use std::time::Instant;

use crate::support::{Folder, Run, run};
use serde_json::{Value, json};
use wasmparser::Validator;

fn description(run: &Run) -> Value {
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// Why a host cannot load the module.
fn reasons<'a>(description: &'a Value, host: &str) -> &'a Value {
    let hosts = description["hosts"].as_array().unwrap();
    &hosts.iter().find(|known| known["name"] == host).unwrap()["reasons"]
}

#[test]
fn built_in_modules_are_described() {
    let simd = description(&run(&["inspect", "--format", "json"]));
    assert_eq!(simd["abi_versions"], json!(["1"]));
    assert_eq!(simd["manifest"]["name"], "sekisho");
    assert_eq!(simd["imports"], json!([]));
    assert_eq!(simd["size_bytes"], sekisho_module::SIMD.len());
    assert!(simd["features"].as_array().unwrap().contains(&"SIMD".into()));
    for host in ["sekisho", "hosts of ABI version 1", "ClickHouse"] {
        assert_eq!(reasons(&simd, host), &json!([]), "{host}");
    }
    assert_eq!(reasons(&simd, "Fluent Bit"), &json!(["it uses SIMD"]));

    let portable = description(&run(&["inspect", "--portable", "--format", "json"]));
    assert!(!portable["features"].as_array().unwrap().contains(&"SIMD".into()));
    for host in ["sekisho", "hosts of ABI version 1", "ClickHouse", "Fluent Bit"] {
        assert_eq!(reasons(&portable, host), &json!([]), "{host}");
    }
}

#[test]
fn text_output_lists_exports_and_hosts() {
    let run = run(&["inspect"]);
    for line in [
        "  ABI       1\n",
        "  sekisho_process          (i32, i32) -> i32\n",
        "  sekisho                  loads it\n",
        "  Fluent Bit               cannot: it uses SIMD\n",
    ] {
        assert!(run.stdout.contains(line), "{line}\n{}", run.stdout);
    }
}

#[test]
fn reasons_name_features_imports_and_missing_exports() {
    let folder = Folder::new();
    let module = wat::parse_str(
        r#"(module
            (import "env" "now" (func (result i64)))
            (memory (export "memory") 1)
            (table 1 externref)
            (func (export "filter") (param i32 i32 i32 i32 i32 i32) (result i32) i32.const 0)
            (func (export "clickhouse_create_buffer") (param i32) (result i32) i32.const 0)
            (func $again (export "again") (param i32) local.get 0 return_call $again))"#,
    )
    .unwrap();
    let description =
        description(&run(&["inspect", "--format", "json", &folder.write("a.wasm", module)]));
    assert_eq!(description["imports"][0]["type"], "() -> i64");
    assert_eq!(description["features"], json!(["reference types", "tail calls"]));
    let features = "it uses reference types, tail calls";
    let import = "it imports `now` from `env`";
    let buffer = "it does not export `clickhouse_destroy_buffer` of type (i32)";
    for (host, expected) in [
        ("hosts of ABI version 1", [features, import, "it does not export `sekisho_abi_v1`"]),
        ("ClickHouse", [features, import, buffer]),
    ] {
        assert_eq!(reasons(&description, host), &json!(expected), "{host}");
    }
    assert_eq!(reasons(&description, "Fluent Bit"), &json!([features, import]));
    assert!(!reasons(&description, "sekisho").as_array().unwrap().is_empty());
}

/// The proposals of a body are found also if an earlier body needs others.
#[test]
fn features_of_all_bodies_are_found() {
    let folder = Folder::new();
    let module = wat::parse_str(
        r#"(module (memory 1)
            (func (drop (i32.extend8_s (i32.const 0))))
            (func)
            (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))
            (func (drop (i32.trunc_sat_f32_s (f32.const 0)))))"#,
    );
    let module = folder.write("a.wasm", module.unwrap());
    let description = description(&run(&["inspect", "--format", "json", &module]));
    let expected = json!(["sign extension", "non-trapping float to int", "bulk memory"]);
    assert_eq!(description["features"], expected);
}

/// Each body is validated once, not once for each proposal.
#[test]
fn many_functions_take_no_longer_than_a_few_validations() {
    const FUNCTIONS: usize = 300_000;
    let folder = Folder::new();
    let wasm = wat::parse_str(format!("(module {})", "(func)".repeat(FUNCTIONS))).unwrap();
    let module = folder.write("many.wasm", &wasm);
    let shortest = |action: &dyn Fn()| {
        let rounds = (0..3).map(|_| {
            let begin = Instant::now();
            action();
            begin.elapsed()
        });
        rounds.min().unwrap()
    };
    let validation = shortest(&|| {
        Validator::new().validate_all(&wasm).unwrap();
    });
    let inspection = shortest(&|| assert_eq!(run(&["inspect", &module]).exit, Some(0)));
    assert!(inspection < 8 * validation, "{inspection:?}, a validation: {validation:?}");
}

#[test]
fn other_files_are_rejected() {
    let folder = Folder::new();
    let component = wat::parse_str("(component)").unwrap();
    for bytes in [b"no module".to_vec(), component] {
        let run = run(&["inspect", &folder.write("x.wasm", bytes)]);
        assert_eq!(run.exit, Some(3));
        assert!(run.stderr.contains("x.wasm is not a WebAssembly module: "), "{}", run.stderr);
    }
    assert_eq!(run(&["inspect", "missing.wasm"]).exit, Some(2));
}

#[test]
fn completions_are_printed_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run(&["completions", shell]);
        assert_eq!(run.exit, Some(0));
        assert!(run.stdout.contains("max-file-bytes"), "{shell}");
    }
}
