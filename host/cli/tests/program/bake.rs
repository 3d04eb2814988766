//! `sekisho bake`, run as a program, and its modules, run in wasmtime and wasmi.

use std::path::Path;

use crate::support::{Folder, run, signin, three};
use sekisho_generator::{mixed_records, signin_records};
use sekisho_host::{Annotated, Error, Filter, Module, VerdictJson};
use serde_json::{Value, json};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

/// Rules for records, for attempts and over time. Valid as a rule file and as a configuration.
const RULES: &str = r#"{"field":"verdict","rules":[
    {"id":"read","severity":"low","description":"Something was read.",
     "pattern":{"detail":{"eventName":[{"prefix":"Get"},{"wildcard":"*List*"}]}}},
    {"id":"refused","severity":"medium","description":"A sign-in failed.",
     "pattern":{"signin":{"outcome":["failure"]}}},
    {"id":"elsewhere","severity":"low","description":"From another network.",
     "pattern":{"sourceIPAddress":[{"anything-but":["192.0.2.10"]}],"eventVersion":[{"exists":true}]}},
    {"id":"attempt","severity":"low","description":"An attempt failed.",
     "pattern":{"attempt":{"outcome":["failure"]}}},
    {"id":"often","severity":"high","description":"Two attempts failed.",
     "correlation":{"type":"event_count","rules":["attempt"],"group-by":["source_ip"],
                    "timespan":"1d","condition":{"gte":2}}}
],
"silence":[{"rules":["refused","attempt"],"source_ip":"192.0.2.0/25","reason":"Known.",
            "until":"2100-01-01T00:00:00Z"}],
"tune":[{"id":"often","count":3},{"id":"elsewhere","severity":"medium"}]}"#;

/// Bakes rules. Returns the path of the module.
fn bake(folder: &Folder, name: &str, arguments: &[&str]) -> String {
    let path = folder.path(name).to_str().unwrap().to_owned();
    let baked = run(&[&["bake", "--output", &path], arguments].concat());
    assert_eq!((baked.exit, baked.stderr.as_str()), (Some(0), ""));
    path
}

/// A module that contains [`RULES`].
fn baked(arguments: &[&str]) -> Vec<u8> {
    let folder = Folder::new();
    let rules = folder.write("rules.json", RULES);
    let path = bake(&folder, "baked.wasm", &[&["--rules", &rules], arguments].concat());
    std::fs::read(path).unwrap()
}

/// The rows of the conformance tests, and generated records.
fn inputs() -> Vec<Vec<u8>> {
    let rows = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    let rows = sekisho_oracle::rows(&rows).into_iter().map(|row| row.input);
    let generated = signin_records(17).take(500).chain(mixed_records(17).take(500));
    rows.chain(generated.map(|record| record.json.into_bytes())).collect()
}

/// The results are the same; the first one that is not is shown.
#[track_caller]
fn assert_same(found: &[Result<Vec<u8>, String>], expected: &[Result<Vec<u8>, String>]) {
    let shown = |result: &Result<Vec<u8>, String>| {
        result.as_ref().map(|bytes| bytes.escape_ascii().to_string()).map_err(Clone::clone)
    };
    for (number, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(shown(found), shown(expected), "result {number}");
    }
    assert_eq!(found.len(), expected.len());
}

fn filter(wasm: &[u8]) -> Filter {
    Module::new(wasm).unwrap().filter().unwrap()
}

/// The result of every call on all inputs.
fn results(filter: &mut Filter) -> Vec<Result<Vec<u8>, String>> {
    let owned = |result: Result<&[u8], Error>| match result {
        Ok(bytes) => Ok(bytes.to_vec()),
        Err(error) => Err(error.to_string()),
    };
    let mut results = Vec::new();
    for input in inputs() {
        let verdict =
            filter.process(&input).map(|verdict| verdict.map_or(&[][..], VerdictJson::as_bytes));
        results.push(owned(verdict));
        results.push(match filter.annotate(&input) {
            Annotated::Failed { error, .. } => Err(error.to_string()),
            annotated => Ok(annotated.bytes().to_vec()),
        });
        results.push(owned(filter.observe(&input, 0).map(|lines| lines.as_bytes())));
    }
    while results.last() != Some(&Ok(Vec::new())) {
        results.push(owned(filter.flush().map(|lines| lines.as_bytes())));
    }
    results
}

#[test]
fn a_baked_module_equals_a_configured_one_in_wasmtime() {
    let mut configured = filter(sekisho_module::SIMD);
    configured.configure(RULES.as_bytes()).unwrap();
    let expected = results(&mut configured);
    let text: Vec<u8> = expected.iter().flatten().flatten().copied().collect();
    for expected_part in [
        r#""verdict":{"kind":"#,
        r#""rules":["refused","elsewhere"]"#,
        r#""rules":["read","elsewhere"]"#,
        r#""rules":["attempt"]"#,
        r#"{"type":"finding","rule":"often","severity":"high""#,
    ] {
        assert!(
            text.windows(expected_part.len()).any(|part| part == expected_part.as_bytes()),
            "{expected_part}"
        );
    }
    let wasm = baked(&[]);
    let mut baked = filter(&wasm);
    let described: Value = serde_json::from_str(&baked.describe().unwrap()).unwrap();
    let configuration = json!({"field": "verdict", "rules": 5, "verdict_bytes": 388});
    assert_eq!(described["configuration"], configuration);
    assert_eq!(described["counters"]["records"], 0);
    assert_eq!(described["counters"]["attempts"]["observed"], 0);
    assert_same(&results(&mut baked), &expected);
}

#[test]
fn a_baked_module_equals_a_configured_one_in_wasmi() {
    let mut configured = Wasmi::new(sekisho_module::PORTABLE);
    assert_eq!(configured.call("sekisho_configure", RULES.as_bytes()).0, 0);
    let mut baked = Wasmi::new(&baked(&["--portable"]));
    for input in inputs() {
        for export in ["sekisho_process", "sekisho_annotate"] {
            assert_eq!(baked.call(export, &input), configured.call(export, &input));
        }
    }
}

#[test]
fn a_host_can_replace_baked_rules() {
    let wasm = baked(&[]);
    let mut plain = filter(sekisho_module::SIMD);
    let mut baked = filter(&wasm);
    baked.configure(b"{}").unwrap();
    assert_same(&results(&mut baked), &results(&mut plain));
}

#[test]
fn baked_rules_and_rules_of_the_command_line_have_the_same_output() {
    let folder = Folder::new();
    let rules = folder.write("rules.json", RULES);
    let rules = ["--rules", "builtin", "--rules", &rules];
    let module = bake(&folder, "baked.wasm", &rules);
    let trail = mixed_records(18).take(500).map(|record| record.json);
    let trail: Vec<String> = trail.chain(three()).chain([signin("mateo", "Failure")]).collect();
    let trail = folder.write("trail.ndjson", trail.join("\n"));
    let classify = ["classify", "--format", "ndjson", "--quiet", &trail];
    let from_file = run(&[&classify[..], &rules].concat());
    assert!(from_file.stdout.contains(r#""rules":["signin-failure","#), "{}", from_file.stderr);
    let baked = run(&[&classify[..], &["--module", &module]].concat());
    assert_eq!((baked.exit, baked.stderr.as_str()), (Some(0), ""));
    assert_eq!(baked.stdout, from_file.stdout);
}

#[test]
fn baking_is_reproducible() {
    assert!(baked(&[]) == baked(&[]));
    assert!(baked(&["--portable"]) == baked(&["--portable"]));
}

#[test]
fn a_baked_module_has_the_same_features_and_exports() {
    let portable = WasmFeatures::WASM1
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SATURATING_FLOAT_TO_INT;
    for (arguments, plain, features) in [
        (&["--portable"][..], sekisho_module::PORTABLE, portable),
        (&[], sekisho_module::SIMD, portable | WasmFeatures::SIMD),
    ] {
        let baked = baked(arguments);
        Validator::new_with_features(features).validate_all(&baked).unwrap();
        assert_eq!(outline(&baked), outline(plain));
    }
}

#[test]
fn a_baked_module_does_not_contain_the_text_of_the_rules() {
    let baked = baked(&["--portable"]);
    let text: Vec<_> = RULES.split("\n    ").collect();
    for part in text {
        let part = &part.as_bytes()[..part.len().min(40)];
        assert!(!baked.windows(part.len()).any(|found| found == part));
    }
    let more = baked.len() - sekisho_module::PORTABLE.len();
    assert!(more < 20_000, "{more} bytes more");
    assert!(Wasmi::new(&baked).pages() <= 4);
}

#[test]
fn inspect_lists_baked_rules() {
    let folder = Folder::new();
    let rules = folder.write("rules.json", RULES);
    let inspected = |rules: &[&str]| {
        let path = bake(&folder, "baked.wasm", rules);
        let json = run(&["inspect", "--format", "json", &path]);
        let text = run(&["inspect", &path]).stdout;
        (serde_json::from_str::<Value>(&json.stdout).unwrap()["manifest"].clone(), text)
    };
    let (manifest, text) = inspected(&["--rules", &rules]);
    assert_eq!(manifest["rules"], json!(["read", "refused", "elsewhere", "attempt", "often"]));
    let sha256 = manifest["ruleset_sha256"].as_str().unwrap();
    assert_eq!(sha256.len(), 64);
    for line in [
        format!("  ruleset_sha256           {sha256}\n"),
        "  rules                    read refused elsewhere attempt often\n".to_owned(),
        "  sekisho                  loads it\n".to_owned(),
    ] {
        assert!(text.contains(&line), "{line}{text}");
    }
    // The rest of the manifest is unchanged.
    let plain = run(&["inspect", "--format", "json"]).stdout;
    let mut plain = serde_json::from_str::<Value>(&plain).unwrap()["manifest"].clone();
    plain["ruleset_sha256"] = sha256.into();
    plain["rules"] = manifest["rules"].clone();
    assert_eq!(manifest, plain);

    let (portable, _) = inspected(&["--portable", "--rules", &rules]);
    assert_eq!(portable, manifest);
    let (other, _) = inspected(&["--rules", &rules, "--rules", "builtin"]);
    assert_ne!(other["ruleset_sha256"], manifest["ruleset_sha256"]);
    assert_eq!(other["rules"].as_array().unwrap().len(), 37);
}

#[test]
fn wrong_rules_are_reported_and_nothing_is_written() {
    let folder = Folder::new();
    let output = folder.path("baked.wasm");
    let name = output.to_str().unwrap();
    let wrong = folder.write("wrong.json", RULES.replace("prefix", "preffix"));
    let checked = run(&["rules", "check", &wrong]);
    let baked = run(&["bake", "--rules", &wrong, "--output", name]);
    assert_eq!(baked.exit, Some(2));
    assert!(baked.stderr.contains("wrong.json:3:"), "{}", baked.stderr);
    assert_eq!((baked.exit, baked.stderr), (checked.exit, checked.stderr));
    assert!(!output.exists());

    let rules = folder.write("rules.json", RULES);
    let over = run(&["bake", "--rules", &rules, "--output", &rules]);
    assert_eq!(over.exit, Some(2));
    assert!(over.stderr.contains("rules.json is a rule file"), "{}", over.stderr);
    assert_eq!(std::fs::read_to_string(&rules).unwrap(), RULES);
}

/// The sections and exports of a module.
fn outline(wasm: &[u8]) -> Vec<String> {
    let mut outline = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.unwrap();
        let section = payload.as_section();
        outline.extend(section.map(|(id, _)| format!("section {id}")));
        if let Payload::ExportSection(exports) = payload {
            outline.extend(exports.into_iter().map(|export| format!("{:?}", export.unwrap())));
        }
    }
    outline
}

/// A module in wasmi.
struct Wasmi {
    store: wasmi::Store<()>,
    instance: wasmi::Instance,
    memory: wasmi::Memory,
}

impl Wasmi {
    fn new(wasm: &[u8]) -> Self {
        let engine = wasmi::Engine::default();
        let module = wasmi::Module::new(&engine, wasm).unwrap();
        let mut store = wasmi::Store::new(&engine, ());
        let instance = wasmi::Linker::new(&engine).instantiate_and_start(&mut store, &module);
        let instance = instance.unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        Self { store, instance, memory }
    }

    fn pages(&self) -> u64 {
        self.memory.size(&self.store)
    }

    fn export<P: wasmi::WasmParams>(&mut self, name: &str, parameters: P) -> i32 {
        let function = self.instance.get_typed_func::<P, i32>(&self.store, name).unwrap();
        function.call(&mut self.store, parameters).unwrap()
    }

    /// The return value of a call, and its output if there is any.
    fn call(&mut self, export: &str, input: &[u8]) -> (i32, Vec<u8>) {
        let length = input.len() as i32;
        let address = self.export("sekisho_input", length);
        self.memory.write(&mut self.store, address as usize, input).unwrap();
        let n = self.export(export, (address, length));
        let mut output = vec![0; n.max(0) as usize];
        let address = self.export("sekisho_output", ());
        self.memory.read(&self.store, address as usize, &mut output).unwrap();
        (n, output)
    }
}
