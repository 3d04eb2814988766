//! Streams of records: the attempts that every host emits, and saving and restoring the state.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sekisho_oracle::generate::{long_streams, rearranged, rules, streams};
use sekisho_oracle::{AttemptSettings, Sequence, attempts, lines_with_rules, sequences};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::corpora::{count_from, print_uncaptured};
use crate::host::{CallResult, Export, Host};
use crate::hosts::{Native, Node, Wasmi, Wasmtime};

/// The variable that overrides the number of streams in the native engine and in Wasmtime.
const STREAMS_VARIABLE: &str = "SEKISHO_STREAMS";

const STREAMS: usize = 2_000;

/// The number of streams in each other host.
const STREAMS_IN_WASM: usize = 200;

#[test]
fn native() {
    check_all(Native::default, count_from(STREAMS_VARIABLE, STREAMS));
}

#[test]
fn wasmtime_portable() {
    check_all(|| Wasmtime::new(sekisho_module::PORTABLE), STREAMS_IN_WASM);
}

#[test]
fn wasmtime_simd() {
    let count = count_from(STREAMS_VARIABLE, STREAMS_IN_WASM);
    check_all(|| Wasmtime::new(sekisho_module::SIMD), count);
}

#[test]
fn wasmi() {
    check_all(|| Wasmi::new(sekisho_module::PORTABLE), STREAMS_IN_WASM);
}

#[test]
fn node() {
    for wasm in [sekisho_module::PORTABLE, sekisho_module::SIMD] {
        if Node::new(wasm).is_some() {
            check_all(|| Node::new(wasm).expect("Node started before"), STREAMS_IN_WASM);
        }
    }
}

/// Rules over records and attempts, and correlation rules over those.
const RULES: &str = r#"{"findings":"lifecycle","rules":[
    {"id":"failed","pattern":{"attempt":{"outcome":["failure","denied"]}}},
    {"id":"signed-in","pattern":{"attempt":{"outcome":["success"]}}},
    {"id":"wrong","pattern":{"signin":{"outcome":["failure"]}}},
    {"id":"three","severity":"high","correlation":{"type":"event_count","rules":["failed"],
        "group-by":["account","principal_id"],"timespan":"15m","condition":{"gte":3}}},
    {"id":"users","correlation":{"type":"value_count","rules":["wrong"],"group-by":["source_ip"],
        "timespan":"1h","condition":{"gt":1,"field":"principal_id"}}},
    {"id":"one-person","correlation":{"type":"event_count","rules":["failed"],
        "group-by":["identity"],"timespan":"15m","condition":{"gte":2}}},
    {"id":"people","correlation":{"type":"value_count","rules":["failed","signed-in"],
        "group-by":["account","source_ip"],"timespan":"15m",
        "condition":{"gte":2,"field":"identity"}}},
    {"id":"in-the-end","correlation":{"type":"temporal_ordered","rules":["failed","signed-in"],
        "group-by":["account","principal_id"],"timespan":"15m"}}]}"#;

/// Correlations, with a clock that advances between records.
#[test]
fn all_hosts_emit_the_same_findings() {
    let mut hosts: Vec<Box<dyn Host>> = vec![
        Box::new(Wasmtime::new(sekisho_module::PORTABLE)),
        Box::new(Wasmtime::new(sekisho_module::SIMD)),
        Box::new(Wasmi::new(sekisho_module::PORTABLE)),
    ];
    if let Some(node) = Node::new(sekisho_module::PORTABLE) {
        hosts.push(Box::new(node));
    }
    let mut findings = 0;
    for (number, records) in streams(5).take(STREAMS_IN_WASM).enumerate() {
        let expected = run_with_rules(&mut Native::default(), &records);
        for host in &mut hosts {
            assert!(
                run_with_rules(host, &records) == expected,
                "stream {number}: {}",
                json!(records)
            );
        }
        let lines = lines(&expected);
        findings += lines.iter().filter(|line| line["type"] == "finding").count();
    }
    assert!(findings > STREAMS_IN_WASM, "{findings} findings");
}

/// The output for a stream under [`RULES`], with ticks between the records.
fn run_with_rules(host: &mut (impl Host + ?Sized), records: &[Value]) -> Vec<u8> {
    configure(host, &serde_json::from_str(RULES).expect("JSON"));
    let mut output = Vec::new();
    for (now, record) in (1..).zip(records) {
        let record = record.to_string();
        output.extend(host.call(Export::Observe(now * 1000), record.as_bytes()).output);
        output.extend(host.call(Export::Tick(now * 1000 + 700), b"").output);
    }
    output.extend(flush(host));
    output
}

#[test]
fn native_findings() {
    check_findings(Native::default, count_from(STREAMS_VARIABLE, STREAMS / 10));
}

#[test]
fn wasm_findings() {
    check_findings(|| Wasmtime::new(sekisho_module::SIMD), STREAMS_IN_WASM / 10);
    check_findings(|| Wasmi::new(sekisho_module::PORTABLE), STREAMS_IN_WASM / 10);
}

/// Findings open and close as the oracle says, and with the same ids and bytes in another order of
/// arrival, with the state moved between two instances at random points.
fn check_findings<H: Host>(start: impl Fn() -> H, count: usize) {
    let (mut host, mut other) = (start(), start());
    let mut random = fastrand::Rng::with_seed(8);
    let mut ids = 0;
    for (number, records) in (0..).zip(long_streams(7).take(count)) {
        for findings in ["single", "lifecycle"] {
            let mut rules = rules();
            rules["findings"] = findings.into();
            for host in [&mut host, &mut other] {
                configure(host, &rules);
            }
            let mut output: Vec<u8> =
                records.iter().flat_map(|record| observe(&mut host, record)).collect();
            output.extend(flush(&mut host));
            let (found, paired) = without_ids(lines(&output));
            let expected = lines_with_rules(&records, AttemptSettings::default(), &rules);
            let expected = in_one_order(expected);
            assert_eq!(found, expected, "stream {number}, {findings}: {}", json!(records));
            ids += paired;

            assert_eq!(host.call(Export::Reset, b""), CallResult::status(0));
            let mut again = Vec::new();
            for record in rearranged(&records, number) {
                again.extend(observe(&mut host, &record));
                if random.u8(..8) == 0 {
                    move_state(&mut host, &mut other);
                    std::mem::swap(&mut host, &mut other);
                }
            }
            again.extend(flush(&mut host));
            assert!(again == output, "stream {number}, rearranged: {}", json!(records));
        }
    }
    assert!(ids > count, "{ids} findings closed");
}

/// The lines without the ids of findings, in one order, and how many findings were closed. Checks
/// that a finding has the same id when it closes as when it opened, and no other one has it.
fn without_ids(mut lines: Vec<Value>) -> (Vec<Value>, usize) {
    let mut open = BTreeMap::new();
    let mut closed = BTreeSet::new();
    for line in &mut lines {
        let Some(Value::String(id)) = line.as_object_mut().expect("a line").shift_remove("id")
        else {
            continue;
        };
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        let finding = [&line["rule"], &line["key"], &line["first_time"]].map(Value::clone);
        if line["state"] == "opened" {
            assert!(!closed.contains(&id), "{id} opens again: {line}");
            assert_eq!(open.insert(id, finding), None, "{line}");
        } else {
            assert_eq!(open.remove(&id), Some(finding), "{line}");
            closed.insert(id);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    (in_one_order(lines), closed.len())
}

/// Findings of one rule that close one after the other, sorted: the order of those that close at
/// the same time is that of a hash.
fn in_one_order(mut lines: Vec<Value>) -> Vec<Value> {
    let is_close = |line: &Value| line["state"] == "closed";
    let together =
        |one: &Value, next: &Value| is_close(one) && is_close(next) && one["rule"] == next["rule"];
    lines.chunk_by_mut(together).for_each(|group| group.sort_by_key(Value::to_string));
    lines
}

fn configure(host: &mut (impl Host + ?Sized), configuration: &Value) {
    let configuration = configuration.to_string();
    assert_eq!(host.call(Export::Configure, configuration.as_bytes()), CallResult::status(0));
    assert_eq!(host.call(Export::Reset, b""), CallResult::status(0));
}

/// People are told apart by who they are: names in any case are one, hidden names and accounts are
/// nobody, and a host name is no address.
#[test]
fn identities_are_counted() {
    const RULES: &str = r#"{"rules":[
        {"id":"failed","pattern":{"attempt":{"outcome":["failure"]}}},
        {"id":"person","correlation":{"type":"event_count","rules":["failed"],
            "group-by":["identity"],"timespan":"15m","condition":{"gte":2}}},
        {"id":"address","correlation":{"type":"event_count","rules":["failed"],
            "group-by":["account","source_ip"],"timespan":"15m","condition":{"gte":2}}},
        {"id":"people","correlation":{"type":"value_count","rules":["failed"],
            "timespan":"15m","condition":{"gte":2,"field":"identity"}}}]}"#;
    let hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
    let mut hosts: [Box<dyn Host>; 2] =
        [Box::new(Native::default()), Box::new(Wasmi::new(sekisho_module::PORTABLE))];
    for host in &mut hosts {
        for (people, expected) in [
            ([("Mika", "192.0.2.1"), ("mika", "192.0.2.2")], &["person"][..]),
            ([("mika", "192.0.2.1"), ("sora", "192.0.2.1")], &["address", "people"]),
            ([(hidden, "192.0.2.1"), (hidden, "192.0.2.1")], &["address"]),
            ([(hidden, "sso.amazonaws.com"), (hidden, "sso.amazonaws.com")], &[]),
        ] {
            let records = people
                .iter()
                .enumerate()
                .flat_map(|(number, (name, address))| refused(number, name, address));
            assert_eq!(host.call(Export::Configure, RULES.as_bytes()), CallResult::status(0));
            assert_eq!(host.call(Export::Reset, b""), CallResult::status(0));
            let mut output: Vec<u8> = records.flat_map(|record| observe(host, &record)).collect();
            output.extend(flush(host));
            let lines = lines(&output);
            let rules: Vec<_> = lines.iter().filter_map(|line| line["rule"].as_str()).collect();
            assert_eq!(rules, expected, "{people:?}");
        }
    }
}

/// A sign-in to Identity Center that is refused. The name is only in its first record.
fn refused(number: usize, name: &str, address: &str) -> [Value; 2] {
    let step = |event: &str, result: &str, second: usize, name: Option<&str>| {
        json!({
            "userIdentity": {"type": "Unknown", "accountId": "111122223333"},
            "eventTime": format!("2026-03-02T08:{number:02}:{second:02}Z"),
            "eventSource": "signin.amazonaws.com",
            "eventName": event,
            "sourceIPAddress": address,
            "additionalEventData": {
                "AuthWorkflowID": format!("workflow-{number}"),
                "CredentialType": "PASSWORD",
                "UserName": name,
            },
            "recipientAccountId": "111122223333",
            "serviceEventDetails": {event: result},
        })
    };
    [
        step("CredentialChallenge", "Success", 0, Some(name)),
        step("CredentialVerification", "Failure", 6, None),
    ]
}

/// A state that an earlier module saved, and the records before and after.
#[derive(Deserialize)]
struct SavedStream {
    configuration: Value,
    before: Vec<Value>,
    after: Vec<Value>,
}

/// A state of version 1 continues as if this module had seen the records before it.
#[test]
fn a_state_of_version_1_continues() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/states");
    let state = fs::read(folder.join("version-1.state")).expect("the state");
    let text = fs::read(folder.join("version-1.json")).expect("its stream");
    let stream: SavedStream = serde_json::from_slice(&text).expect("a stream");
    let configuration = stream.configuration.to_string();
    let mut hosts: [Box<dyn Host>; 3] = [
        Box::new(Native::default()),
        Box::new(Wasmi::new(sekisho_module::PORTABLE)),
        Box::new(Wasmtime::new(sekisho_module::SIMD)),
    ];
    for host in &mut hosts {
        assert_eq!(host.call(Export::Configure, configuration.as_bytes()), CallResult::status(0));
        assert_eq!(host.call(Export::Reset, b""), CallResult::status(0));
        let before: Vec<u8> =
            stream.before.iter().flat_map(|record| observe(host, record)).collect();
        let rest = |host: &mut Box<dyn Host>| {
            let mut rest: Vec<u8> =
                stream.after.iter().flat_map(|record| observe(host, record)).collect();
            rest.extend(flush(host));
            lines(&rest)
        };
        let expected = rest(host);
        assert_eq!(host.call(Export::Restore, &state), CallResult::status(0));
        assert_eq!(rest(host), expected);
        assert_eq!(lines(&before).len(), 6);
        assert_eq!(expected.iter().filter(|line| line["type"] == "finding").count(), 2);
    }
}

#[test]
fn a_state_can_be_restored_in_parts() {
    let [first, second, ..] = &streams(6).take(2).collect::<Vec<_>>()[..] else { unreachable!() };
    let mut hosts: [Box<dyn Host>; 2] =
        [Box::new(Native::default()), Box::new(Wasmi::new(sekisho_module::PORTABLE))];
    for host in &mut hosts {
        first.iter().for_each(|record| drop(observe(host, record)));
        let state = host.call(Export::Save, b"");
        assert_eq!(host.call(Export::Reset, b""), CallResult::status(0));
        second.iter().for_each(|record| drop(observe(host, record)));
        let other = host.call(Export::Save, b"");

        let mut changed = state.output.clone();
        changed[state.output.len() / 2] ^= 1;
        for broken in [&changed[..], b"", b"sekisho", &[&state.output[..], b"more"].concat()] {
            assert_eq!(host.call(Export::Restore, broken), CallResult::status(-4));
        }
        let (begin, rest) = state.output.split_at(100);
        assert_eq!(host.call(Export::Restore, begin), CallResult::status(1));
        assert_eq!(host.call(Export::Save, b""), other, "unchanged until the state is complete");
        for byte in &rest[..rest.len() - 1] {
            assert_eq!(host.call(Export::Restore, &[*byte]), CallResult::status(1));
        }
        assert_eq!(host.call(Export::Restore, &rest[rest.len() - 1..]), CallResult::status(0));
        assert_eq!(host.call(Export::Save, b""), state);
    }
}

/// Checks rows and streams on one host, moving the state between two instances at random points.
fn check_all<H: Host>(start: impl Fn() -> H, count: usize) {
    let (mut host, mut spare) = (start(), start());
    for sequence in sequences(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/sequences")) {
        let Sequence { name, file, line, records, settings, mut configuration, attempts } =
            sequence;
        let found = if configuration.is_null() {
            run(&mut host, &records, settings)
        } else {
            configuration["attempts"] = settings_json(settings);
            run_in_parts(&mut host, &mut spare, &records, &configuration)
        };
        assert_eq!(lines(&found), attempts, "{name} ({file} line {line})");
    }
    let mut other = start();
    let mut random = fastrand::Rng::with_seed(4);
    for (number, records) in streams(4).take(count).enumerate() {
        let expected = attempts(&records, AttemptSettings::default());
        let whole = run(&mut host, &records, AttemptSettings::default());
        assert_eq!(lines(&whole), expected, "stream {number}: {}", json!(records));
        assert_eq!(host.call(Export::Reset, b""), CallResult::status(0));
        let mut parts = Vec::new();
        for record in &records {
            parts.extend(observe(&mut host, record));
            if random.u8(..8) == 0 {
                move_state(&mut host, &mut other);
                std::mem::swap(&mut host, &mut other);
            }
        }
        parts.extend(flush(&mut host));
        assert!(parts == whole, "stream {number}, with moved state: {}", json!(records));
    }
    print_uncaptured(&format!("{count} streams, each in one run and with moved state"));
}

/// The whole output for a stream, starting with an empty state.
fn run(host: &mut (impl Host + ?Sized), records: &[Value], settings: AttemptSettings) -> Vec<u8> {
    configure(host, &json!({"attempts": settings_json(settings)}));
    let mut output: Vec<u8> = records.iter().flat_map(|record| observe(host, record)).collect();
    output.extend(flush(host));
    output
}

fn settings_json(settings: AttemptSettings) -> Value {
    let AttemptSettings { window_seconds, lateness_seconds } = settings;
    json!({"window_seconds": window_seconds, "lateness_seconds": lateness_seconds})
}

/// The whole output for a stream, with the state moved between two instances after each record.
fn run_in_parts<H: Host>(
    host: &mut H,
    other: &mut H,
    records: &[Value],
    configuration: &Value,
) -> Vec<u8> {
    configure(host, configuration);
    configure(other, configuration);
    let mut output = Vec::new();
    for record in records {
        output.extend(observe(host, record));
        move_state(host, other);
        std::mem::swap(host, other);
    }
    output.extend(flush(host));
    output
}

fn observe(host: &mut (impl Host + ?Sized), record: &Value) -> Vec<u8> {
    let result = host.call(Export::Observe(0), record.to_string().as_bytes());
    assert!(result.n >= 0, "{result:?} of {record}");
    result.output
}

fn flush(host: &mut (impl Host + ?Sized)) -> Vec<u8> {
    let mut output = Vec::new();
    loop {
        let result = host.call(Export::Flush, b"");
        assert!(result.n >= 0, "{result:?}");
        output.extend(result.output);
        if result.n == 0 {
            return output;
        }
    }
}

fn move_state(from: &mut impl Host, to: &mut impl Host) {
    let state = from.call(Export::Save, b"");
    assert!(state.n > 0);
    assert_eq!(to.call(Export::Restore, &state.output), CallResult::status(0));
    assert_eq!(to.call(Export::Save, b""), state, "the same state again");
}

fn lines(output: &[u8]) -> Vec<Value> {
    let line = |line| serde_json::from_slice(line).expect("a line of JSON");
    output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(line).collect()
}
