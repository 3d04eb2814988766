//! `sekisho inspect` and `sekisho completions`, run as a program.

mod program;

use program::{Folder, Run, run};
use serde_json::Value;

fn described(run: &Run) -> Value {
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// The names of the hosts that load the module, or why one does not.
fn reasons<'a>(description: &'a Value, host: &str) -> &'a Value {
    let hosts = description["hosts"].as_array().unwrap();
    &hosts.iter().find(|known| known["name"] == host).unwrap()["reasons"]
}

#[test]
fn the_built_in_modules() {
    let fast = described(&run(&["inspect", "--format", "json"]));
    assert_eq!(fast["abi_versions"], serde_json::json!(["1"]));
    assert_eq!(fast["manifest"]["name"], "sekisho");
    assert_eq!(fast["imports"], serde_json::json!([]));
    assert_eq!(fast["size_bytes"], sekisho_module::SIMD.len());
    assert!(fast["features"].as_array().unwrap().contains(&"SIMD".into()));
    for host in ["sekisho", "wasmtime 48", "Node.js from 20", "browsers since 2023", "wazero 1"] {
        assert_eq!(reasons(&fast, host), &serde_json::json!([]), "{host}");
    }
    assert_eq!(reasons(&fast, "wasmi 2"), &serde_json::json!(["it uses SIMD"]));

    let portable = described(&run(&["inspect", "--portable", "--format", "json"]));
    assert!(!portable["features"].as_array().unwrap().contains(&"SIMD".into()));
    assert_eq!(reasons(&portable, "wasmi 2"), &serde_json::json!([]));
}

#[test]
fn for_people() {
    let run = run(&["inspect"]);
    for line in [
        "  ABI       1\n",
        "  sekisho_process          (i32, i32) -> i32\n",
        "  sekisho                  loads it\n",
        "  wasmi 2                  cannot: it uses SIMD\n",
    ] {
        assert!(run.stdout.contains(line), "{line}\n{}", run.stdout);
    }
}

#[test]
fn what_hosts_refuse() {
    let folder = Folder::new();
    let module = wat::parse_str(
        r#"(module
            (import "env" "now" (func (result i64)))
            (memory (export "memory") 4096)
            (table 1 externref)
            (func (export "filter") (param i32 i32 i32 i32 i32 i32) (result i32) i32.const 0)
            (func (export "clickhouse_create_buffer") (param i32) (result i32) i32.const 0)
            (func $again (export "clickhouse_destroy_buffer") (param i32) local.get 0 return_call $again))"#,
    )
    .unwrap();
    let description =
        described(&run(&["inspect", "--format", "json", &folder.write("a.wasm", module)]));
    assert_eq!(description["imports"][0]["type"], "() -> i64");
    assert_eq!(description["features"], serde_json::json!(["reference types", "tail calls"]));
    let import = "it imports `now` from `env`";
    let expected = [
        ("Fluent Bit up to 4.0", vec!["it uses reference types, tail calls", import]),
        ("Fluent Bit from 4.1", vec!["it uses tail calls", import]),
        (
            "ClickHouse",
            vec!["it uses tail calls", import, "it starts with more than 2048 pages of memory"],
        ),
        ("wasmtime 48", vec![import, "it exports no `sekisho_abi_v1`"]),
    ];
    for (host, expected) in expected {
        assert_eq!(reasons(&description, host), &serde_json::json!(expected), "{host}");
    }
    assert!(!reasons(&description, "sekisho").as_array().unwrap().is_empty());
}

#[test]
fn what_is_no_module() {
    let folder = Folder::new();
    let component = wat::parse_str("(component)").unwrap();
    for bytes in [b"no module".to_vec(), component] {
        let run = run(&["inspect", &folder.write("x.wasm", bytes)]);
        assert_eq!(run.exit, Some(3));
        assert!(run.stderr.contains("x.wasm is no WebAssembly module: "), "{}", run.stderr);
    }
    assert_eq!(run(&["inspect", "missing.wasm"]).exit, Some(2));
}

#[test]
fn completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run(&["completions", shell]);
        assert_eq!(run.exit, Some(0));
        assert!(run.stdout.contains("max-file-bytes"), "{shell}");
    }
}
