//! The functions for Fluent Bit, in an emulation of its filter and in Fluent Bit itself.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, fs};

use fastrand::Rng;
use serde_json::{Value, json};

use crate::corpora::{generated, print_uncaptured, rows};
use crate::host::{CallResult, Export, Host};
use crate::hosts::{FilterResult, FluentBit, Native};
use crate::mutations::{flip, respell, soup};

const FUNCTIONS: [&str; 4] = ["flb_annotate", "flb_signins", "flb_failures", "flb_matches"];

const RULES: &str = r#"{"rules":[
    {"id":"root","pattern":{"detail":{"userIdentity":{"type":["Root"]}}}},
    {"id":"\"rules\":[]","pattern":{"detail":{"eventName":[{"prefix":"Get"}]}}},
    {"id":"\"outcome\":\"failure\"","pattern":{"signin":{"outcome":["success"]}}}
],"silence":[
    {"rules":["root"],"reason":"Root is known.","until":"2100-01-01T00:00:00Z"},
    {"source_ip":"192.0.2.0/24","reason":"\"rules\":[]","until":"2100-01-01T00:00:00Z"}
]}"#;

/// What the functions must do, by the results of the native engine.
struct Model {
    engine: Native,
    has_rules: bool,
}

impl Model {
    fn new() -> Self {
        Model { engine: Native::default(), has_rules: false }
    }

    fn with_rules() -> Self {
        let mut engine = Native::default();
        assert_eq!(engine.call(Export::Configure, RULES.as_bytes()), CallResult::status(0));
        Model { engine, has_rules: true }
    }

    fn filter(&mut self, function: &str, record: &[u8]) -> FilterResult {
        let result = self.engine.call(Export::Process, record);
        if result.n < 0 || function == "flb_matches" && !self.has_rules {
            return FilterResult::Unchanged;
        }
        let keeps = if result.n == 0 {
            false
        } else {
            let verdict: Value = serde_json::from_slice(&result.output).expect("a verdict");
            match function {
                "flb_annotate" => true,
                "flb_signins" => verdict["kind"] != "not_signin",
                "flb_failures" => verdict["outcome"] == "failure" || verdict["outcome"] == "denied",
                _ => has_loud_rule(&verdict),
            }
        };
        match (keeps, function) {
            (true, _) => FilterResult::Replaced(self.engine.call(Export::Annotate, record).output),
            (false, "flb_annotate") => FilterResult::Unchanged,
            (false, _) => FilterResult::Dropped,
        }
    }
}

/// Whether a rule matches that is not silenced.
fn has_loud_rule(verdict: &Value) -> bool {
    let ids = |key: &str| verdict[key].as_array().cloned().unwrap_or_default();
    let silenced = ids("silenced");
    ids("rules").iter().any(|id| !silenced.contains(id))
}

#[test]
fn a_silenced_record_is_no_match() {
    let record = |source: &str| {
        json!({"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin",
            "eventTime": "2025-03-29T11:10:09Z", "sourceIPAddress": source,
            "responseElements": {"ConsoleLogin": "Success"}})
        .to_string()
        .into_bytes()
    };
    let mut host = FluentBit::new(sekisho_module::PORTABLE);
    host.configure(RULES);
    let result = host.filter("flb_matches", &record("192.0.2.7"));
    assert_eq!(result, FilterResult::Dropped);
    for (function, source) in [("flb_matches", "198.51.100.7"), ("flb_annotate", "192.0.2.7")] {
        let result = host.filter(function, &record(source));
        assert!(matches!(result, FilterResult::Replaced(_)), "{function}: {result:?}");
    }
}

/// The bytes up to the first NUL, because Fluent Bit passes records as C strings.
fn c_string(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()));
    bytes
}

#[test]
fn functions_keep_the_right_records() {
    let records: Vec<_> =
        rows().into_iter().map(|row| c_string(row.input)).chain(generated(31, 300)).collect();
    let mut with_rules = FluentBit::new(sekisho_module::PORTABLE);
    with_rules.configure(RULES);
    for (mut host, mut model) in [
        (FluentBit::new(sekisho_module::PORTABLE), Model::new()),
        (with_rules, Model::with_rules()),
    ] {
        for function in FUNCTIONS {
            let mut counts = [0; 3];
            for record in &records {
                let result = host.filter(function, record);
                counts[match result {
                    FilterResult::Unchanged => 0,
                    FilterResult::Dropped => 1,
                    FilterResult::Replaced(_) => 2,
                }] += 1;
                let expected = model.filter(function, record);
                assert_eq!(result, expected, "{function} {}", record.escape_ascii());
            }
            let [unchanged, dropped, replaced] = counts;
            let keeps_all = function == "flb_matches" && !model.has_rules;
            assert!(unchanged > 0, "{function}");
            assert_eq!(dropped == 0, function == "flb_annotate" || keeps_all, "{function}");
            assert_eq!(replaced == 0, keeps_all, "{function}");
        }
    }
}

#[test]
fn a_million_records_take_no_additional_memory() {
    let mut random = Rng::with_seed(32);
    let mut records = generated(33, 300);
    records
        .extend(rows().into_iter().map(|row| c_string(row.input)).filter(|row| row.len() < 8192));
    let mut host = FluentBit::new(sekisho_module::PORTABLE);
    let mut model = Model::new();
    let mut run = |random: &mut Rng, record: &[u8]| {
        let function = random.choice(FUNCTIONS).expect("there are some");
        let result = host.filter(function, record);
        assert_eq!(result, model.filter(function, record), "{function} {}", record.escape_ascii());
        host.pages()
    };
    for record in [deep(10_000), long(4 << 20)] {
        for _ in 0..20 {
            run(&mut random, &record);
        }
    }
    let mut settled = 0;
    for call in 0..1_000_000 {
        let record = random.choice(&records).expect("there are some");
        let record = match random.u8(..16) {
            0 => c_string(soup(&mut random)),
            1..4 => c_string(flip(record, &mut random)),
            4 => c_string(respell(record, &mut random).unwrap_or_default()),
            5 => {
                let respelled = respell(record, &mut random).unwrap_or_default();
                json!({"log": String::from_utf8_lossy(&respelled)}).to_string().into_bytes()
            }
            _ => record.clone(),
        };
        let pages = run(&mut random, &record);
        if call < 10_000 {
            settled = pages;
        }
        // What is learned grows until all that comes often is known.
        let most = settled + sekisho::MAX_LEARNED_BYTES.div_ceil(PAGE_BYTES) as u64;
        assert!((settled..=most).contains(&pages), "{pages} pages of memory after {call} calls");
    }
}

const PAGE_BYTES: usize = 1 << 16;

/// A failed sign-in with arrays nested to a depth.
fn deep(depth: usize) -> Vec<u8> {
    signin_with(&("[".repeat(depth) + &"]".repeat(depth)))
}

/// A failed sign-in with a text of a length.
fn long(length: usize) -> Vec<u8> {
    signin_with(&format!("\"{}\"", "zealous ".repeat(length / 8)))
}

fn signin_with(value: &str) -> Vec<u8> {
    format!(
        r#"{{"a":{value},"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","responseElements":{{"ConsoleLogin":"Failure"}}}}"#
    )
    .into_bytes()
}

#[test]
fn a_long_record_has_a_verdict_and_a_deep_one_is_forwarded() {
    let mut host = FluentBit::new(sekisho_module::PORTABLE);
    let FilterResult::Replaced(annotated) = host.filter("flb_failures", &long(4 << 20)) else {
        panic!("a failure is kept");
    };
    assert!(annotated.ends_with(br#""mfa":"unknown","user_exists":"unknown"}}"#));
    assert_eq!(host.filter("flb_failures", &deep(10_000)), FilterResult::Unchanged);
}

/// The text search before the engine must not miss an escaped name.
#[test]
fn finds_every_spelling_of_a_service() {
    let mut host = FluentBit::new(sekisho_module::PORTABLE);
    let mut model = Model::new();
    for (name, event) in
        [("signin.amazonaws.com", "ConsoleLogin"), ("sso.amazonaws.com", "Federate")]
    {
        for (place, character) in name.char_indices() {
            let escaped = format!("\\u{:04x}", u32::from(character));
            let (before, after) = (&name[..place], &name[place + 1..]);
            let record =
                format!(r#"{{"eventSource":"{before}{escaped}{after}","eventName":"{event}"}}"#);
            let mut envelope = record.clone();
            for nested in 0..4 {
                let result = host.filter("flb_annotate", envelope.as_bytes());
                assert!(matches!(result, FilterResult::Replaced(_)), "{envelope}");
                assert_eq!(result, model.filter("flb_annotate", envelope.as_bytes()), "{envelope}");
                let key = ["log", "message", "Message", "CloudTrailEvent"][nested];
                envelope = json!({ key: envelope }).to_string();
            }
        }
    }
}

/// When memory runs out, Fluent Bit passes address 0 with a length.
#[test]
fn ignores_invalid_addresses() {
    let mut host = FluentBit::new(sekisho_module::PORTABLE);
    let signin = signin_with("0");
    let length = signin.len() as u32;
    assert_eq!([u32::MAX, 3 << 30].map(|size| host.malloc(size)), [0, 0]);
    for function in FUNCTIONS {
        let address = host.copy(&signin);
        for (record, length) in [
            (0, length),
            (0, 0),
            (0, u32::MAX),
            (1, 0),
            (address, u32::MAX),
            (address - 1, 2),
            (u32::MAX, 1),
            (address, length),
        ] {
            assert_eq!(host.call(function, 0, record, length), record, "{function}");
        }
        for freed in [address, address, 0, 1, address + 1, u32::MAX] {
            host.free(freed);
        }
    }
    let sizes = [0, 1, 4096, 4097, 0].map(|size| host.malloc(size));
    assert!(sizes.iter().all(|address| *address != 0 && address % 8 == 0));
    assert!(
        (1..sizes.len()).all(|index| !sizes[..index].contains(&sizes[index])),
        "each allocation has its own address"
    );
    assert!(matches!(host.filter("flb_signins", &signin), FilterResult::Replaced(_)));
}

/// Fluent Bit 4.1.0 and 4.1.1 never call `free`.
#[test]
fn reuses_memory_that_is_never_freed() {
    let mut host = FluentBit::new(sekisho_module::PORTABLE);
    let signin = signin_with("0");
    let mut settled = 0;
    for call in 0..10_000 {
        let [tag, record] = [&b"cloudtrail"[..], &signin].map(|text| host.copy(text));
        let result_ptr = host.call("flb_signins", tag, record, signin.len() as u32);
        assert!(result_ptr != 0 && result_ptr != record, "a verdict");
        if call == 10 {
            settled = host.pages();
        }
    }
    assert_eq!(host.pages(), settled, "pages of memory");
}

/// The configurations of `host/fluent-bit`, each with its function and its output file.
const CONFIGURATIONS: [(&str, &str, &str); 3] = [
    ("fluent-bit.conf", "flb_annotate", "annotated.ndjson"),
    ("fluent-bit.yaml", "flb_annotate", "annotated.ndjson"),
    ("signins.yaml", "flb_signins", "signins.ndjson"),
];

#[test]
fn real_fluent_bit_writes_the_same() {
    let program = env::var_os("FLUENT_BIT").unwrap_or_else(|| "fluent-bit".into());
    if Command::new(&program).arg("--version").stdout(Stdio::null()).status().is_err() {
        return print_uncaptured("SKIPPED: there is no `fluent-bit`, and FLUENT_BIT is not set");
    }
    let records = generated(34, 10_000);
    let here = tempfile::tempdir().expect("a folder");
    let [trail, module] = ["trail.ndjson", "sekisho.wasm"].map(|name| here.path().join(name));
    let lines = records.iter().flat_map(|record| [record, &b"\n"[..]]);
    fs::write(&trail, lines.collect::<Vec<_>>().concat()).expect("the trail is written");
    fs::write(&module, sekisho_module::PORTABLE).expect("the module is written");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../host/fluent-bit");
    for (configuration, function, file) in CONFIGURATIONS {
        let output = tempfile::tempdir_in(&here).expect("a folder");
        let mut process = Command::new(&program)
            .args(["--quiet", "-c"])
            .arg(folder.join(configuration))
            .env("TRAIL", &trail)
            .env("SEKISHO", &module)
            .env("OUTPUT", output.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("it starts");
        let expected = forwarded(function, &records);
        let written = wait_for_lines(&output.path().join(file), expected.len());
        process.kill().and_then(|()| process.wait()).expect("it ends");
        assert_eq!(written.len(), expected.len(), "{configuration}: records");
        for (written, expected) in written.iter().zip(&expected) {
            assert_eq!(written, expected, "{configuration}");
        }
    }
}

fn forwarded(function: &str, records: &[Vec<u8>]) -> Vec<Value> {
    let mut model = Model::new();
    let results = records.iter().map(|record| match model.filter(function, record) {
        FilterResult::Unchanged => Some(record.clone()),
        FilterResult::Dropped => None,
        FilterResult::Replaced(record) => Some(record),
    });
    results.flatten().map(|record| serde_json::from_slice(&record).expect("JSON")).collect()
}

/// The lines of a file that another process writes, once it has the expected number and stops
/// growing.
fn wait_for_lines(file: &Path, expected: usize) -> Vec<Value> {
    let deadline = Instant::now() + Duration::from_secs(120);
    let mut before = None;
    loop {
        sleep(Duration::from_secs(2));
        let text = fs::read_to_string(file).unwrap_or_default();
        let lines = text.lines().count();
        if (lines >= expected && before == Some(lines)) || Instant::now() > deadline {
            return text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        }
        before = Some(lines);
    }
}
