//! What entries of `silence` fit: the rows of `tests/cases/silence`, and random entries over streams.

use std::path::Path;
use std::{env, fs};

use fastrand::Rng;
use sekisho::Configuration;
use sekisho_oracle::generate::streams;
use sekisho_oracle::{silences_attempt, silences_record};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::host::{CallResult, Export, Host};
use crate::hosts::{Native, Node, Wasmi, Wasmtime};

/// The number of random streams in the native engine; `SEKISHO_STREAMS` overrides it.
const STREAMS: usize = 1_000;
/// The number of streams in each other host.
const STREAMS_IN_WASM: usize = 100;

#[test]
fn native() {
    let wanted = env::var("SEKISHO_STREAMS").ok();
    let count = wanted.map_or(STREAMS, |count| count.parse().expect("a number of streams"));
    check_all(Native::default(), count);
}

#[test]
fn wasmtime() {
    check_all(Wasmtime::new(sekisho_module::SIMD), STREAMS_IN_WASM);
}

#[test]
fn wasmi() {
    check_all(Wasmi::new(sekisho_module::PORTABLE), STREAMS_IN_WASM);
}

#[test]
fn node() {
    if let Some(node) = Node::new(sekisho_module::PORTABLE) {
        check_all(node, STREAMS_IN_WASM);
    }
}

fn check_all(mut host: impl Host, streams: usize) {
    for row in rows() {
        check_row(&mut host, &row);
    }
    check_streams(&mut host, streams);
}

/// A row of `tests/cases/silence`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    #[expect(dead_code, reason = "for people")]
    note: String,
    entry: Value,
    record: Option<Value>,
    fits: Option<bool>,
    refused: Option<String>,
}

fn rows() -> Vec<Row> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/silence/entries.jsonl");
    let text = fs::read_to_string(file).expect("the rows are there");
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// A rule for sign-ins, one for attempts, and one whose findings count the attempts that count.
fn configuration(silence: &[Value]) -> Vec<u8> {
    let any = json!([{"anything-but": ["none"]}]);
    let configuration = json!({
        "strict": true,
        "findings": "lifecycle",
        "rules": [
            {"id": "record", "pattern": {"signin": {"kind": any}}},
            {"id": "attempt", "pattern": {"attempt": {"outcome": any}}},
            {"id": "found", "correlation": {"type": "event_count", "rules": ["attempt"],
                "timespan": "1s", "condition": {"gte": 1}}},
        ],
        "silence": silence,
    });
    configuration.to_string().into_bytes()
}

fn check_row(host: &mut impl Host, row: &Row) {
    let Row { name, entry, record, fits, refused, .. } = row;
    let configuration = configuration(std::slice::from_ref(entry));
    let configured = host.call(Export::Configure, &configuration).n;
    match (record, fits, refused) {
        (Some(record), Some(fits), None) => {
            assert_eq!(configured, 0, "{name}");
            assert_eq!(silences_record(entry, record), *fits, "the oracle, {name}");
            assert_eq!(host.call(Export::Reset, b""), CallResult::status(0));
            let silenced = |value: &Value, id: &str| value["silenced"] == json!([id]);
            let verdict = process(host, record);
            assert_eq!(silenced(&verdict, "record"), *fits, "{name}: {verdict}");
            assert_eq!(verdict["rules"], json!(["record"]), "{name}");
            let lines = observe(host, std::slice::from_ref(record));
            assert_eq!(silenced(&lines[0], "attempt"), *fits, "{name}: {}", lines[0]);
            // The attempt, and a finding that opens and closes.
            assert_eq!(lines.len(), if *fits || !has_time(record) { 1 } else { 3 }, "{name}");
        }
        (None, None, Some(message)) => {
            assert!(configured < 0, "{name}");
            let error = Configuration::parse(&configuration).expect_err(name).to_string();
            assert!(error.contains(message), "{name}: {error}");
        }
        _ => panic!("{name}: expected `record` and `fits`, or `refused`"),
    }
}

/// Without a time, an attempt counts only once another one has a time.
fn has_time(record: &Value) -> bool {
    record["eventTime"].as_str().is_some_and(|time| time.starts_with("20"))
}

fn process(host: &mut impl Host, record: &Value) -> Value {
    let result = host.call(Export::Process, record.to_string().as_bytes());
    if result.n == 0 { Value::Null } else { serde_json::from_slice(&result.output).expect("JSON") }
}

/// The lines for a stream.
fn observe(host: &mut impl Host, records: &[Value]) -> Vec<Value> {
    let mut output = Vec::new();
    for record in records {
        output.extend(host.call(Export::Observe(0), record.to_string().as_bytes()).output);
    }
    loop {
        let flushed = host.call(Export::Flush, b"").output;
        if flushed.is_empty() {
            break;
        }
        output.extend(flushed);
    }
    let lines = output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("a line of JSON")).collect()
}

fn check_streams(host: &mut impl Host, count: usize) {
    let mut random = Rng::with_seed(11);
    let (mut silenced, mut loud) = (0, 0);
    for mut records in streams(11).take(count) {
        prepare(&mut records);
        let mut entries = Vec::new();
        for _ in 0..3 {
            entries.push(entry(&mut random, &records, host));
        }
        let configured = host.call(Export::Configure, &configuration(&entries));
        assert_eq!(configured, CallResult::status(0), "{}", json!(entries));
        assert_eq!(host.call(Export::Reset, b""), CallResult::status(0));
        for record in &records {
            let verdict = process(host, record);
            let by = |entry: &Value| silences_record(entry, record);
            check_event(&verdict, "record", &entries, by, record);
        }
        let lines = observe(host, &records);
        let mut counted = 0;
        for line in lines.iter().filter(|line| line["type"] == "attempt") {
            let ids = line["events"].as_array().expect("eventIDs");
            let own: Vec<_> =
                records.iter().filter(|record| ids.contains(&record["eventID"])).collect();
            let by = |entry: &Value| silences_attempt(entry, line, &own);
            check_event(line, "attempt", &entries, by, line);
            let counts = line.get("silenced").is_none();
            counted += usize::from(counts);
            silenced += usize::from(!counts);
        }
        loud += counted;
        let matches = lines.iter().filter_map(|line| line["matches"].as_u64());
        let matches = matches.sum::<u64>() as usize;
        assert_eq!(matches, counted, "{}\n{}", json!(entries), json!(records));
    }
    assert!(silenced > count && loud > count, "{silenced} silenced, {loud} not");
}

/// Gives each record an eventID, and some another user agent.
fn prepare(records: &mut [Value]) {
    for (number, record) in records.iter_mut().enumerate() {
        if record["eventID"].is_null() {
            record["eventID"] = format!("event-{number}").into();
        }
        // Duplicates stay equal.
        if record["eventID"].as_str().is_some_and(|id| id.ends_with(['0', '1', '2'])) {
            record["userAgent"] = "Mozilla/5.0 Safari/18.0".into();
        }
    }
}

/// Checks for which rules an event is silenced, and by which entries. `fits` is the oracle.
fn check_event(
    found: &Value,
    rule: &str,
    entries: &[Value],
    fits: impl Fn(&Value) -> bool,
    event: &Value,
) {
    if found["rules"] != json!([rule]) {
        return;
    }
    // An attempt counts for `found`, and a record for nothing.
    let concerned = if rule == "attempt" { &[rule, "found"][..] } else { &[rule] };
    let silences = |entry: &Value, id: &str| match entry["rules"].as_array() {
        Some(rules) => rules.contains(&json!(id)),
        None => id == rule,
    };
    let fitting: Vec<_> = (0..entries.len()).filter(|index| fits(&entries[*index])).collect();
    let by_any = |id: &&&str| fitting.iter().any(|index| silences(&entries[*index], id));
    let ids: Vec<_> = concerned.iter().filter(by_any).collect();
    let has_effect = |index: &&usize| concerned.iter().any(|id| silences(&entries[**index], id));
    let by: Vec<_> = fitting.iter().filter(has_effect).collect();
    let (expected, expected_by) =
        if ids.is_empty() { (Value::Null, Value::Null) } else { (json!(ids), json!(by)) };
    assert_eq!(found["silenced"], expected, "{}\n{event}", json!(entries));
    assert_eq!(found["silenced_by"], expected_by, "{}\n{event}", json!(entries));
}

/// An entry about one of the records, or almost.
fn entry(random: &mut Rng, records: &[Value], host: &mut impl Host) -> Value {
    let record = random.choice(records).expect("a record");
    let mut entry = json!({"reason": "At random.", "until": until(random, record)});
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    let conditions = [
        ("account", text("/recipientAccountId").map(str::to_owned)),
        ("user_agent", text("/userAgent").map(|agent| wildcard(random, agent))),
        ("source_ip", text("/sourceIPAddress").and_then(|source| range(random, source))),
        ("identity", identity(random, host, record)),
    ];
    for (key, value) in conditions {
        if let Some(value) = value.filter(|value| !value.is_empty() && random.u8(..3) == 0) {
            entry[key] = value.into();
        }
    }
    let rules = [json!(["attempt"]), json!(["record", "found"]), json!(["found"])];
    if random.bool() || entry.as_object().is_some_and(|entry| entry.len() == 2) {
        entry["rules"] = random.choice(rules).expect("a list");
    }
    entry
}

/// A time after the stream, or that of the record.
fn until(random: &mut Rng, record: &Value) -> Value {
    match random.u8(..4) {
        0 => record["eventTime"].clone(),
        _ => "2025-12-31T00:00:00Z".into(),
    }
}

fn wildcard(random: &mut Rng, agent: &str) -> String {
    let end = random.usize(..=agent.len());
    if random.bool() { agent.to_owned() } else { format!("{}*", &agent[..end]) }
}

/// A range with an address; none for the name of a host.
fn range(random: &mut Rng, source: &str) -> Option<String> {
    let bits = match source.parse().ok()? {
        std::net::IpAddr::V4(_) => 32,
        std::net::IpAddr::V6(_) => 128,
    };
    Some(if random.bool() { source.to_owned() } else { format!("{source}/{}", random.u8(..=bits)) })
}

/// The identity of the attempt that a record makes alone, in another case.
fn identity(random: &mut Rng, host: &mut impl Host, record: &Value) -> Option<String> {
    assert_eq!(host.call(Export::Configure, b"{}"), CallResult::status(0));
    assert_eq!(host.call(Export::Reset, b""), CallResult::status(0));
    let lines = observe(host, std::slice::from_ref(record));
    let identity = lines.first()?["identity"].as_str()?;
    Some(if random.bool() { identity.to_uppercase() } else { identity.to_owned() })
}
