//! Modules that are not filters are rejected before any of them runs.

use sekisho_host::{LoadError, Module, Settings};

use crate::guest;

fn load_error(wasm: &[u8]) -> LoadError {
    Module::new(wasm).expect_err("an error")
}

#[test]
fn loads_a_conforming_module() {
    Module::new(&guest::conforming()).expect("a filter");
}

#[test]
fn rejects_a_module_over_the_limit() {
    let wasm = guest::conforming();
    let settings = Settings::new().module_limit_bytes(wasm.len() - 1);
    assert_eq!(
        Module::with_settings(&wasm, settings).expect_err("an error"),
        LoadError::TooLarge { found_bytes: wasm.len(), limit_bytes: wasm.len() - 1 }
    );
}

#[test]
fn rejects_bytes_that_are_not_a_whole_module() {
    assert!(matches!(load_error(b""), LoadError::Invalid { offset: 0, .. }));
    assert!(matches!(load_error(b"{\"Records\":[]}"), LoadError::Invalid { offset: 0, .. }));
    assert!(matches!(load_error(b"(module)"), LoadError::Invalid { offset: 0, .. }));
    let whole = guest::conforming();
    let loaded = (0..whole.len()).filter(|end| Module::new(&whole[..*end]).is_ok());
    assert_eq!(loaded.count(), 2, "only without the names, and without names and data");
}

#[test]
fn a_damaged_byte_is_rejected_or_harmless() {
    let whole = guest::conforming();
    for offset in 0..whole.len() {
        let mut wasm = whole.clone();
        wasm[offset] ^= 0x41;
        if let Ok(module) = Module::new(&wasm)
            && let Ok(mut filter) = module.filter()
        {
            let record = b"v{}";
            let annotated = filter.annotate(record);
            assert!(annotated.bytes().len() >= record.len(), "byte {offset}");
        }
    }
}

#[test]
fn rejects_features_that_filters_do_not_use() {
    for (what, body) in [
        ("multi-value", "(block (result i32 i32) (i32.const 0) (i32.const 0)) (i32.add)"),
        ("tail call", "(return_call $fault)"),
        ("reference types", "(drop (ref.null func)) (i32.const 0)"),
        (
            "relaxed SIMD",
            "(i32x4.extract_lane 0 (i32x4.relaxed_trunc_f32x4_s (v128.const i64x2 0 0)))",
        ),
        ("threads", "(i32.atomic.load (i32.const 0))"),
    ] {
        let error = load_error(&guest::faulty(body));
        assert!(matches!(error, LoadError::Invalid { offset: 1.., .. }), "{what}: {error}");
    }
    for (what, body) in [
        ("SIMD", "(i8x16.bitmask (v128.load (i32.const 0)))"),
        ("bulk memory", "(memory.fill (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 0)"),
        ("sign extension", "(i32.extend8_s (i32.const 0))"),
        ("float to int", "(i32.trunc_sat_f32_s (f32.const 0))"),
    ] {
        Module::new(&guest::faulty(body)).expect(what);
    }
}

#[test]
fn rejects_imports() {
    let import = r#"(import "wasi_snapshot_preview1" "fd_write" (func (param i32)))"#;
    let wasm = guest::changed(
        r#"(memory (export "memory") 8)"#,
        &format!(r#"{import} (memory (export "memory") 8)"#),
    );
    assert_eq!(
        load_error(&wasm),
        LoadError::Import { module: "wasi_snapshot_preview1".into(), name: "fd_write".into() }
    );
    let wasm = guest::changed(
        r#"(memory (export "memory") 8)"#,
        r#"(import "env" "memory" (memory 8)) (export "memory" (memory 0))"#,
    );
    assert_eq!(
        load_error(&wasm),
        LoadError::Import { module: "env".into(), name: "memory".into() }
    );
}

#[test]
fn rejects_a_start_function() {
    let wasm = guest::changed(
        r#"(func (export "sekisho_abi_v1"))"#,
        r#"(func $start (export "sekisho_abi_v1")) (start $start)"#,
    );
    assert_eq!(load_error(&wasm), LoadError::StartFunction);
}

#[test]
fn requires_the_marker() {
    let wasm = guest::changed("sekisho_abi_v1", "sekisho_abi_v2");
    assert_eq!(load_error(&wasm), LoadError::MarkerMissing);
    let wasm = guest::changed(
        r#"(func (export "sekisho_abi_v1"))"#,
        r#"(global (export "sekisho_abi_v1") i32 (i32.const 1))"#,
    );
    assert_eq!(
        load_error(&wasm),
        LoadError::ExportType {
            name: "sekisho_abi_v1",
            expected: "() -> ()".into(),
            found: "global".into()
        }
    );
}

#[test]
fn requires_every_export() {
    for (name, expected) in [
        ("memory", "memory"),
        ("sekisho_input", "(i32) -> i32"),
        ("sekisho_configure", "(i32, i32) -> i32"),
        ("sekisho_process", "(i32, i32) -> i32"),
        ("sekisho_annotate", "(i32, i32) -> i32"),
        ("sekisho_process_batch", "(i32, i32, i32) -> i32"),
        ("sekisho_output", "() -> i32"),
        ("sekisho_last_error", "() -> i32"),
        ("sekisho_describe", "() -> i32"),
    ] {
        let wasm = guest::changed(&format!(r#"(export "{name}")"#), r#"(export "other")"#);
        let error = load_error(&wasm);
        assert_eq!(error, LoadError::ExportMissing { name, expected: expected.into() });
        assert_eq!(
            error.to_string(),
            format!("the module does not export `{name}`, expected `{expected}`")
        );
    }
}

#[test]
fn requires_all_stateful_exports_or_none() {
    Module::new(&guest::stateless()).expect("a filter").filter().expect("an instance");
    for (name, expected) in guest::STATEFUL {
        let export = format!(r#"(export "{name}")"#);
        let missing = load_error(&guest::changed(&export, r#"(export "other")"#));
        assert_eq!(missing, LoadError::ExportMissing { name, expected: expected.into() });
        let another =
            load_error(&guest::changed(&export, &format!(r#"{export} (param $more f64)"#)));
        let found = match expected.strip_prefix("()") {
            Some(results) => format!("(f64){results}"),
            None => expected.replacen('(', "(f64, ", 1),
        };
        let expected = expected.into();
        assert_eq!(another, LoadError::ExportType { name, expected, found });
    }
}

#[test]
fn rejects_exports_of_the_wrong_type() {
    let wasm = guest::changed(
        r#"(func (export "sekisho_abi_v1"))"#,
        r#"(func (export "sekisho_abi_v1") (param i64 f32))"#,
    );
    let error = load_error(&wasm);
    assert_eq!(
        error,
        LoadError::ExportType {
            name: "sekisho_abi_v1",
            expected: "() -> ()".into(),
            found: "(i64, f32) -> ()".into()
        }
    );
    assert_eq!(
        error.to_string(),
        "the module's export `sekisho_abi_v1` is `(i64, f32) -> ()`, expected `() -> ()`"
    );
    let wasm = guest::changed(
        r#"(export "sekisho_output") (result i32)"#,
        r#"(export "sekisho_output") (param i64) (result i32)"#,
    );
    assert_eq!(
        load_error(&wasm),
        LoadError::ExportType {
            name: "sekisho_output",
            expected: "() -> i32".into(),
            found: "(i64) -> i32".into()
        }
    );
    let wasm = guest::changed(
        r#"(memory (export "memory") 8)"#,
        r#"(memory 8) (table (export "memory") 1 funcref)"#,
    );
    assert_eq!(
        load_error(&wasm),
        LoadError::ExportType { name: "memory", expected: "memory".into(), found: "table".into() }
    );
}

#[test]
fn limits_memories() {
    let memory = |text: &str| load_error(&guest::changed(r#"(memory (export "memory") 8)"#, text));
    assert_eq!(memory(r#"(memory (export "memory") i64 8)"#), LoadError::Memory64);
    assert_eq!(memory(r#"(memory (export "memory") 8 8 shared)"#), LoadError::SharedMemory);
    assert_eq!(
        memory(r#"(memory (export "memory") 4097)"#),
        LoadError::MemoryTooLarge { minimum_bytes: 4097 * 65536, limit_bytes: 4096 * 65536 }
    );
    assert_eq!(
        memory(r#"(memory (export "memory") 65536)"#),
        LoadError::MemoryTooLarge { minimum_bytes: 1 << 32, limit_bytes: 4096 * 65536 }
    );
    assert!(matches!(
        memory(r#"(memory (export "memory") 8) (memory 8)"#),
        LoadError::Invalid { .. }
    ));
    let settings = Settings::new().memory_limit_bytes(8 * 65536);
    Module::with_settings(&guest::conforming(), settings)
        .expect("just small enough")
        .filter()
        .expect("an instance");
}

#[test]
fn limits_tables() {
    let table = |text: &str| guest::changed("(;FAULT;))", &format!("(i32.const 0)) {text}"));
    assert_eq!(
        load_error(&table("(table 65537 funcref)")),
        LoadError::TableTooLarge { minimum_elements: 65537, limit_elements: 65536 }
    );
    assert_eq!(
        load_error(&table("(table 0xffffffff funcref)")),
        LoadError::TableTooLarge { minimum_elements: u64::from(u32::MAX), limit_elements: 65536 }
    );
    let two = load_error(&table("(table 1 funcref) (table 1 funcref)"));
    assert!(matches!(two, LoadError::Invalid { .. }), "{two}");
    Module::new(&table("(table 65536 funcref)"))
        .expect("just small enough")
        .filter()
        .expect("an instance");
}

#[test]
fn rejects_a_component() {
    let wasm = wat::parse_str("(component)").expect("valid text");
    assert!(matches!(load_error(&wasm), LoadError::Invalid { .. }));
}
