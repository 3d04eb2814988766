//! What is no filter is refused before anything of it runs.

use sekisho_host::{LoadError, Module, Settings};

mod guest;

fn refusal(wasm: &[u8]) -> LoadError {
    Module::new(wasm).expect_err("not to be loaded")
}

#[test]
fn the_obeying_module_loads() {
    Module::new(&guest::obeying()).expect("a filter");
}

#[test]
fn too_large() {
    let wasm = guest::obeying();
    let settings = Settings { module_limit_bytes: wasm.len() - 1, ..Settings::default() };
    assert_eq!(
        Module::with_settings(&wasm, settings).expect_err("not to be loaded"),
        LoadError::TooLarge { found_bytes: wasm.len(), limit_bytes: wasm.len() - 1 }
    );
}

#[test]
fn not_wasm_and_cut_short() {
    assert!(matches!(refusal(b""), LoadError::Invalid { at: 0, .. }));
    assert!(matches!(refusal(b"{\"Records\":[]}"), LoadError::Invalid { at: 0, .. }));
    assert!(matches!(refusal(b"(module)"), LoadError::Invalid { at: 0, .. }));
    let whole = guest::obeying();
    let loaded = (0..whole.len()).filter(|end| Module::new(&whole[..*end]).is_ok());
    assert_eq!(loaded.count(), 2, "only without the names, and without names and data");
}

#[test]
fn every_damaged_byte_is_refused_or_harmless() {
    let whole = guest::obeying();
    for at in 0..whole.len() {
        let mut wasm = whole.clone();
        wasm[at] ^= 0x41;
        if let Ok(module) = Module::new(&wasm)
            && let Ok(mut filter) = module.filter()
        {
            let record = b"v{}";
            let annotated = filter.annotate(record);
            assert!(annotated.bytes().len() >= record.len(), "byte {at}");
        }
    }
}

#[test]
fn features_that_filters_do_without() {
    for (what, body) in [
        ("multi-value", "(block (result i32 i32) (i32.const 0) (i32.const 0)) (i32.add)"),
        ("tail call", "(return_call $lie)"),
        ("reference types", "(drop (ref.null func)) (i32.const 0)"),
        (
            "relaxed SIMD",
            "(i32x4.extract_lane 0 (i32x4.relaxed_trunc_f32x4_s (v128.const i64x2 0 0)))",
        ),
        ("threads", "(i32.atomic.load (i32.const 0))"),
    ] {
        let error = refusal(&guest::lying(body));
        assert!(matches!(error, LoadError::Invalid { at: 1.., .. }), "{what}: {error}");
    }
    for (what, body) in [
        ("SIMD", "(i8x16.bitmask (v128.load (i32.const 0)))"),
        ("bulk memory", "(memory.fill (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 0)"),
        ("sign extension", "(i32.extend8_s (i32.const 0))"),
        ("float to int", "(i32.trunc_sat_f32_s (f32.const 0))"),
    ] {
        Module::new(&guest::lying(body)).expect(what);
    }
}

#[test]
fn imports() {
    let import = r#"(import "wasi_snapshot_preview1" "fd_write" (func (param i32)))"#;
    let wasm = guest::changed(
        r#"(memory (export "memory") 8)"#,
        &format!(r#"{import} (memory (export "memory") 8)"#),
    );
    assert_eq!(
        refusal(&wasm),
        LoadError::Import { module: "wasi_snapshot_preview1".into(), name: "fd_write".into() }
    );
    let wasm = guest::changed(
        r#"(memory (export "memory") 8)"#,
        r#"(import "env" "memory" (memory 8)) (export "memory" (memory 0))"#,
    );
    assert_eq!(refusal(&wasm), LoadError::Import { module: "env".into(), name: "memory".into() });
}

#[test]
fn a_start_function() {
    let wasm = guest::changed(
        r#"(func (export "sekisho_abi_v1"))"#,
        r#"(func $start (export "sekisho_abi_v1")) (start $start)"#,
    );
    assert_eq!(refusal(&wasm), LoadError::StartFunction);
}

#[test]
fn the_marker() {
    let wasm = guest::changed("sekisho_abi_v1", "sekisho_abi_v2");
    assert_eq!(refusal(&wasm), LoadError::MarkerMissing);
    let wasm = guest::changed(
        r#"(func (export "sekisho_abi_v1"))"#,
        r#"(global (export "sekisho_abi_v1") i32 (i32.const 1))"#,
    );
    assert_eq!(
        refusal(&wasm),
        LoadError::ExportType {
            name: "sekisho_abi_v1",
            expected: "() -> ()".into(),
            found: "global".into()
        }
    );
}

#[test]
fn every_export_is_needed() {
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
        let error = refusal(&wasm);
        assert_eq!(error, LoadError::ExportMissing { name, expected: expected.into() });
        assert_eq!(
            error.to_string(),
            format!("the module does not export `{name}`, expected `{expected}`")
        );
    }
}

#[test]
fn the_exports_that_keep_state_are_all_there_or_none() {
    Module::new(&guest::stateless()).expect("a filter").filter().expect("an instance");
    for (name, expected) in guest::STATEFUL {
        let export = format!(r#"(export "{name}")"#);
        let missing = refusal(&guest::changed(&export, r#"(export "other")"#));
        assert_eq!(missing, LoadError::ExportMissing { name, expected: expected.into() });
        let another = refusal(&guest::changed(&export, &format!(r#"{export} (param $more f64)"#)));
        let found = match expected.strip_prefix("()") {
            Some(results) => format!("(f64){results}"),
            None => expected.replacen('(', "(f64, ", 1),
        };
        let expected = expected.into();
        assert_eq!(another, LoadError::ExportType { name, expected, found });
    }
}

#[test]
fn exports_of_another_type() {
    let wasm = guest::changed(
        r#"(func (export "sekisho_abi_v1"))"#,
        r#"(func (export "sekisho_abi_v1") (param i64 f32))"#,
    );
    let error = refusal(&wasm);
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
        refusal(&wasm),
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
        refusal(&wasm),
        LoadError::ExportType { name: "memory", expected: "memory".into(), found: "table".into() }
    );
}

#[test]
fn memories() {
    let memory = |text: &str| refusal(&guest::changed(r#"(memory (export "memory") 8)"#, text));
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
    let settings = Settings { memory_limit_bytes: 8 * 65536, ..Settings::default() };
    Module::with_settings(&guest::obeying(), settings)
        .expect("just small enough")
        .filter()
        .expect("an instance");
}

#[test]
fn tables() {
    let table = |text: &str| guest::changed("(;LIE;))", &format!("(i32.const 0)) {text}"));
    assert_eq!(
        refusal(&table("(table 65537 funcref)")),
        LoadError::TableTooLarge { minimum_elements: 65537, limit_elements: 65536 }
    );
    assert_eq!(
        refusal(&table("(table 0xffffffff funcref)")),
        LoadError::TableTooLarge { minimum_elements: u64::from(u32::MAX), limit_elements: 65536 }
    );
    let two = refusal(&table("(table 1 funcref) (table 1 funcref)"));
    assert!(matches!(two, LoadError::Invalid { .. }), "{two}");
    Module::new(&table("(table 65536 funcref)"))
        .expect("just small enough")
        .filter()
        .expect("an instance");
}

#[test]
fn a_component_is_no_module() {
    let wasm = wat::parse_str("(component)").expect("valid text");
    assert!(matches!(refusal(&wasm), LoadError::Invalid { .. }));
}

/// A compiled module that was kept answers as one that is compiled.
#[test]
fn a_compiled_module_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ExitRole"}"#;
    let mut verdicts = Vec::new();
    for cache in [None, Some(folder.path().to_owned()), Some(folder.path().to_owned())] {
        let settings = Settings { cache, ..Settings::default() };
        let module = Module::with_settings(sekisho_module::SIMD, settings).expect("a module");
        let mut filter = module.filter().expect("an instance");
        verdicts.push(filter.process(record).expect("a record").expect("a verdict").to_vec());
    }
    assert!(verdicts.iter().all(|verdict| *verdict == verdicts[0]), "{verdicts:?}");
    let kept = std::fs::read_dir(folder.path()).expect("the folder").count();
    assert!(kept > 0, "something is kept");
}
