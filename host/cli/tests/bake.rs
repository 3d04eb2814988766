//! `sekisho bake`, run as a program, and the modules that it writes, run in hosts.

mod program;

use std::path::Path;

use program::{Folder, run, signin, three};
use sekisho_generator::{mixed_records, signin_records};
use sekisho_host::{Annotated, Error, Filter, Module, VerdictJson};
use serde_json::{Value, json};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

/// Rules over records, over attempts and over time, as a file has them and as the module takes them.
const RULES: &str = r#"{"field":"judged","rules":[
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
]}"#;

/// Bakes rules, and gives the module's path.
fn bake(folder: &Folder, name: &str, arguments: &[&str]) -> String {
    let path = folder.path(name).to_str().unwrap().to_owned();
    let baked = run(&[&["bake", "--output", &path], arguments].concat());
    assert_eq!((baked.exit, baked.stderr.as_str()), (Some(0), ""));
    path
}

/// The module with [`RULES`] in it.
fn baked(arguments: &[&str]) -> Vec<u8> {
    let folder = Folder::new();
    let rules = folder.write("rules.json", RULES);
    let path = bake(&folder, "baked.wasm", &[&["--rules", &rules], arguments].concat());
    std::fs::read(path).unwrap()
}

/// The rows that every host answers alike, and generated records.
fn inputs() -> Vec<Vec<u8>> {
    let rows = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    let rows = sekisho_oracle::rows(&rows).into_iter().map(|row| row.input);
    let generated = signin_records(17).take(500).chain(mixed_records(17).take(500));
    rows.chain(generated.map(|record| record.json.into_bytes())).collect()
}

fn filter(wasm: &[u8]) -> Filter {
    Module::new(wasm).unwrap().filter().unwrap()
}

/// What a filter says of everything, call after call.
fn answers(filter: &mut Filter) -> Vec<Result<Vec<u8>, String>> {
    let owned = |answer: Result<&[u8], Error>| match answer {
        Ok(bytes) => Ok(bytes.to_vec()),
        Err(error) => Err(error.to_string()),
    };
    let mut answers = Vec::new();
    for input in inputs() {
        let verdict =
            filter.process(&input).map(|verdict| verdict.map_or(&[][..], VerdictJson::as_bytes));
        answers.push(owned(verdict));
        answers.push(match filter.annotate(&input) {
            Annotated::Failed { error, .. } => Err(error.to_string()),
            annotated => Ok(annotated.bytes().to_vec()),
        });
        answers.push(owned(filter.observe(&input, 0).map(|lines| lines.as_bytes())));
    }
    while answers.last() != Some(&Ok(Vec::new())) {
        answers.push(owned(filter.flush().map(|lines| lines.as_bytes())));
    }
    answers
}

#[test]
fn in_wasmtime_it_answers_as_a_configured_module() {
    let mut configured = filter(sekisho_module::SIMD);
    configured.configure(RULES.as_bytes()).unwrap();
    let expected = answers(&mut configured);
    let text: Vec<u8> = expected.iter().flatten().flatten().copied().collect();
    for said in [
        r#""judged":{"kind":"#,
        r#""rules":["refused","elsewhere"]"#,
        r#""rules":["read","elsewhere"]"#,
        r#""rules":["attempt"]"#,
        r#"{"type":"finding","rule":"often","severity":"high""#,
    ] {
        assert!(text.windows(said.len()).any(|part| part == said.as_bytes()), "{said}");
    }
    let wasm = baked(&[]);
    let mut baked = filter(&wasm);
    let described: Value = serde_json::from_str(&baked.describe().unwrap()).unwrap();
    assert_eq!(described["configuration"], json!({"field": "judged", "rules": 5}));
    assert_eq!(described["counters"]["records"], 0);
    assert_eq!(described["counters"]["attempts"]["observed"], 0);
    assert!(answers(&mut baked) == expected);
}

#[test]
fn in_wasmi_it_answers_as_a_configured_module() {
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
fn a_host_can_configure_other_rules() {
    let wasm = baked(&[]);
    let mut plain = filter(sekisho_module::SIMD);
    let mut baked = filter(&wasm);
    baked.configure(b"{}").unwrap();
    assert!(answers(&mut baked) == answers(&mut plain));
}

/// Where rules are given, and where they are in the module, the program writes the same.
#[test]
fn the_program_takes_it() {
    let folder = Folder::new();
    let rules = folder.write("rules.json", RULES);
    let rules = ["--rules", "builtin", "--rules", &rules];
    let module = bake(&folder, "baked.wasm", &rules);
    let trail = mixed_records(18).take(500).map(|record| record.json);
    let trail: Vec<String> = trail.chain(three()).chain([signin("mateo", "Failure")]).collect();
    let trail = folder.write("trail.ndjson", trail.join("\n"));
    let classify = ["classify", "--format", "ndjson", "--quiet", &trail];
    let given = run(&[&classify[..], &rules].concat());
    assert!(given.stdout.contains(r#""rules":["signin-failure","#), "{}", given.stderr);
    let contained = run(&[&classify[..], &["--module", &module]].concat());
    assert_eq!((contained.exit, contained.stderr.as_str()), (Some(0), ""));
    assert_eq!(contained.stdout, given.stdout);
}

#[test]
fn the_same_rules_give_the_same_bytes() {
    assert!(baked(&[]) == baked(&[]));
    assert!(baked(&["--portable"]) == baked(&["--portable"]));
}

/// It loads where the module loads that it was made of.
#[test]
fn it_needs_no_more_and_exports_the_same() {
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

/// The text of the rules is gone; the rules are there.
#[test]
fn it_is_little_more_than_the_module() {
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
fn inspect_names_the_rules() {
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
    // All else is said as before.
    let plain = run(&["inspect", "--format", "json"]).stdout;
    let mut plain = serde_json::from_str::<Value>(&plain).unwrap()["manifest"].clone();
    plain["ruleset_sha256"] = sha256.into();
    plain["rules"] = manifest["rules"].clone();
    assert_eq!(manifest, plain);

    let (portable, _) = inspected(&["--portable", "--rules", &rules]);
    assert_eq!(portable, manifest);
    let (other, _) = inspected(&["--rules", &rules, "--rules", "builtin"]);
    assert_ne!(other["ruleset_sha256"], manifest["ruleset_sha256"]);
    assert_eq!(other["rules"].as_array().unwrap().len(), 28);
}

#[test]
fn wrong_rules_are_told_and_nothing_is_written() {
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
    assert!(over.stderr.contains("rules.json is to be read"), "{}", over.stderr);
    assert_eq!(std::fs::read_to_string(&rules).unwrap(), RULES);
}

/// The sections of a module, and what it exports.
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

/// The module in an interpreter.
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

    /// The number that a call returns, and the output where there is some.
    fn call(&mut self, export: &str, input: &[u8]) -> (i32, Vec<u8>) {
        let length = input.len() as i32;
        let at = self.export("sekisho_input", length);
        self.memory.write(&mut self.store, at as usize, input).unwrap();
        let n = self.export(export, (at, length));
        let mut output = vec![0; n.max(0) as usize];
        let at = self.export("sekisho_output", ());
        self.memory.read(&self.store, at as usize, &mut output).unwrap();
        (n, output)
    }
}
