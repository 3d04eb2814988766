//! Names that users depend on: the module's exports and the keys of all JSON that it reads and
//! writes.
//!
//! `public_names.txt` lists them. A line must never change or go; `BLESS=1` rewrites the file when
//! there are new ones.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use serde_json::{Value, json};
use wasmparser::types::EntityType;
use wasmparser::{ValType, Validator};

use crate::host::{CallResult, Export, Host};
use crate::hosts::Wasmi;
use crate::manifest;

const LOGIN: &str = r#"{"eventTime":"2025-03-29T11:10:09Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE0000000001","userName":"anaya"},"sourceIPAddress":"192.0.2.10","userAgent":"scanner/1","errorMessage":"Failed authentication","responseElements":{"ConsoleLogin":"Failure"},"eventID":"00000001-0000-4000-8000-000000000000","recipientAccountId":"111122223333"}"#;

/// A sign-in to Identity Center, and the console sign-in that follows it.
const PORTAL: &str = r#"{"eventTime":"2025-08-01T11:10:09Z","eventSource":"signin.amazonaws.com","eventName":"UserAuthentication","userIdentity":{"type":"IdentityCenterUser","userName":"anaya"},"sourceIPAddress":"192.0.2.10","serviceEventDetails":{"UserAuthentication":"Success"},"eventID":"00000002-0000-4000-8000-000000000000","recipientAccountId":"111122223333"}"#;
const FROM_PORTAL: &str = r#"{"eventTime":"2025-08-01T11:10:23Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:anaya","arn":"arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_Example/anaya"},"sourceIPAddress":"192.0.2.10","responseElements":{"ConsoleLogin":"Success"},"eventID":"00000003-0000-4000-8000-000000000000","recipientAccountId":"444455556666"}"#;

/// Every key of a configuration; `strict` refuses one that is not known.
const CONFIGURATION: &str = r#"{"strict":true,"field":"signin","aws_limits":true,
    "form":"verdict","identity":false,
    "findings":"lifecycle",
    "attempts":{"window_seconds":180,"lateness_seconds":600,"keys":1000},
    "silence":[{"rules":["failed","login"],"identity":"AIDAEXAMPLE0000000001",
        "source_ip":"192.0.2.0/24","account":"111122223333","user_agent":"scanner/*",
        "reason":"A scanner.","until":"2100-01-01T00:00:00Z"}],
    "tune":[{"id":"users","enabled":true,"severity":"low","count":3,"timespan":"2h"}],
    "rules":[
        {"id":"failed","severity":"low","description":"A failure.","tests":[],
            "tags":[],"references":[],
            "pattern":{"attempt":{"outcome":["failure"]}}},
        {"id":"login","pattern":{"signin":{"kind":["console_login"]}}},
        {"id":"count","severity":"high","correlation":{"type":"event_count","rules":["failed"],
            "group-by":["account","principal_id","user","source_ip","identity"],"timespan":"15m",
            "condition":{"gte":1}}},
        {"id":"users","correlation":{"type":"value_count","rules":["login"],
            "timespan":"1h","condition":{"gt":1,"field":"user"}}},
        {"id":"order","correlation":{"type":"temporal_ordered","rules":["login","failed"],
            "timespan":"1d"}}]}"#;

#[test]
fn public_names_are_unchanged() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("public_names.txt");
    let names = names();
    if env::var_os("BLESS").is_some() {
        fs::write(&file, &names).expect("the file is written");
    }
    let expected = fs::read_to_string(&file).expect("the list is there");
    for (found, expected) in names.lines().zip(expected.lines()) {
        assert_eq!(found, expected, "a public name changed");
    }
    assert_eq!(names, expected, "public names were added or removed");
}

fn names() -> String {
    let lines = lines();
    let of_type = |name: &str| lines.iter().filter(|line| line["type"] == name).cloned().collect();
    let configuration = vec![serde_json::from_str(CONFIGURATION).expect("JSON")];
    let manifest = vec![manifest::section(sekisho_module::PORTABLE)];
    let mut text = section("exports", &exports());
    for (title, values) in [
        ("configuration", configuration),
        ("verdict", vec![value(Export::Process, "{}")]),
        ("verdict with rules", vec![value(Export::Process, CONFIGURATION)]),
        ("annotated record", vec![value(Export::Annotate, "{}")]),
        ("attempt", of_type("attempt")),
        ("finding", of_type("finding")),
        ("description", vec![description()]),
        ("manifest", manifest.clone()),
    ] {
        text += &section(title, &key_paths(&values));
    }
    text += &section("values in the manifest", &lists(&manifest[0]));
    text + &section("batch", &batch())
}

fn section(title: &str, lines: &[String]) -> String {
    format!("# {title}\n{}\n\n", lines.join("\n"))
}

/// The exports of both builds with their types, which must be the same.
fn exports() -> Vec<String> {
    let portable = exports_of(sekisho_module::PORTABLE);
    assert_eq!(portable, exports_of(sekisho_module::SIMD), "both builds have the same exports");
    portable
}

fn exports_of(wasm: &[u8]) -> Vec<String> {
    let types = Validator::new().validate_all(wasm).expect("a valid module");
    let types = types.as_ref();
    let mut exports = Vec::new();
    for (name, entity) in types.core_exports().expect("a core module") {
        match entity {
            EntityType::Func(id) => {
                let function = types[id].unwrap_func();
                let list = |types: &[ValType]| {
                    types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                };
                let (from, to) = (list(function.params()), list(function.results()));
                exports.push(format!("{name}: ({from}) -> ({to})"));
            }
            EntityType::Memory(_) => exports.push(format!("{name}: memory")),
            // The linker's globals with the start of data and heap are no part of the ABI.
            _ => {}
        }
    }
    exports.sort();
    exports
}

fn value(export: Export, configuration: &str) -> Value {
    let mut host = Wasmi::new(sekisho_module::PORTABLE);
    assert_eq!(host.call(Export::Configure, configuration.as_bytes()), CallResult::status(0));
    let result = host.call(export, LOGIN.as_bytes());
    serde_json::from_slice(&result.output).expect("JSON")
}

/// Lines of attempts and findings: of two users, of a record without any field of a key, and of a
/// sign-in through the portal.
fn lines() -> Vec<Value> {
    let mut host = Wasmi::new(sekisho_module::PORTABLE);
    assert_eq!(host.call(Export::Configure, CONFIGURATION.as_bytes()), CallResult::status(0));
    let other = LOGIN.replace("anaya", "mateo").replace("0000001", "0000002");
    let bare = r#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin"}"#;
    let mut output = Vec::new();
    for record in [LOGIN, &other, bare, PORTAL, FROM_PORTAL] {
        output.extend(host.call(Export::Observe(0), record.as_bytes()).output);
    }
    output.extend(host.call(Export::Flush, b"").output);
    let lines = output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("a line of JSON")).collect()
}

fn description() -> Value {
    let module = sekisho_host::Module::new(sekisho_module::PORTABLE).expect("a valid module");
    let mut filter = module.filter().expect("an instance");
    serde_json::from_str(&filter.describe().expect("a description")).expect("JSON")
}

/// The entries of a batch: a record, a blank line, a record of another service, a malformed one.
fn batch() -> Vec<String> {
    let mut host = Wasmi::new(sekisho_module::PORTABLE);
    let foreign = r#"{"eventSource":"s3.amazonaws.com"}"#;
    let lines = [LOGIN, "", foreign, "{", "[{},{}]"].join("\n");
    let mut rest = &host.call(Export::ProcessBatch(1), lines.as_bytes()).output[..];
    let mut entries = Vec::new();
    while let Some((header, body)) = rest.split_at_checked(8) {
        let number = |start: usize| header[start..start + 4].try_into().expect("four bytes");
        let [index, n] = [0, 4].map(|start| i32::from_le_bytes(number(start)));
        let (output, after) = body.split_at(n.max(0) as usize);
        let n = if n < 0 { n.to_string() } else { "length".to_owned() };
        entries
            .push(format!("index u32 = {index}, n i32 = {n}, {}", String::from_utf8_lossy(output)));
        rest = after;
    }
    entries
}

fn key_paths(values: &[Value]) -> Vec<String> {
    let mut paths = KeyPaths::default();
    values.iter().for_each(|value| paths.add_members("", value));
    let line = |(path, types): (String, BTreeSet<&str>)| {
        format!("{path}: {}", Vec::from_iter(types).join(" or "))
    };
    paths.0.into_iter().map(line).collect()
}

/// The paths of all keys, in the order of their first occurrence, with the types of their values.
#[derive(Default)]
struct KeyPaths(Vec<(String, BTreeSet<&'static str>)>);

impl KeyPaths {
    fn add(&mut self, path: &str, value: &Value) {
        let name = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        match self.0.iter_mut().find(|(known, _)| known == path) {
            Some((_, types)) => drop(types.insert(name)),
            None => self.0.push((path.to_owned(), BTreeSet::from([name]))),
        }
        self.add_members(path, value);
    }

    fn add_members(&mut self, path: &str, value: &Value) {
        match value {
            Value::Array(elements) => {
                elements.iter().for_each(|element| self.add(&format!("{path}[]"), element));
            }
            Value::Object(members) => {
                for (key, value) in members {
                    let dot = if path.is_empty() { "" } else { "." };
                    self.add(&format!("{path}{dot}{key}"), value);
                }
            }
            _ => {}
        }
    }
}

/// The lists in the manifest with their values.
fn lists(manifest: &Value) -> Vec<String> {
    let groups = ["verdict", "attempt"].into_iter().flat_map(|group| {
        let members = manifest[group].as_object().expect("lists of values");
        members.iter().map(move |(key, values)| format!("{group}.{key}: {values}"))
    });
    let capabilities = format!("capabilities: {}", json!(manifest["capabilities"]));
    std::iter::once(capabilities).chain(groups).collect()
}
