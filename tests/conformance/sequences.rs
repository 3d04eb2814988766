//! Streams of records: the attempts that every host emits, and saving and restoring the state.

use std::env;
use std::path::Path;

use sekisho_oracle::generate::streams;
use sekisho_oracle::{AttemptSettings, Sequence, attempts, sequences};
use serde_json::{Value, json};

use crate::corpora::print_uncaptured;
use crate::host::{CallResult, Export, Host};
use crate::hosts::{Native, Node, Wasmi, Wasmtime};

/// The number of streams in the native engine; `SEKISHO_STREAMS` overrides it.
const STREAMS: usize = 2_000;

/// The number of streams in each other host.
const STREAMS_IN_WASM: usize = 200;

#[test]
fn native() {
    let wanted = env::var("SEKISHO_STREAMS").ok();
    let count = wanted.map_or(STREAMS, |count| count.parse().expect("a number of streams"));
    check_all(Native::default, count);
}

#[test]
fn wasmtime_portable() {
    check_all(|| Wasmtime::new(sekisho_module::PORTABLE), STREAMS_IN_WASM);
}

#[test]
fn wasmtime_simd() {
    check_all(|| Wasmtime::new(sekisho_module::SIMD), STREAMS_IN_WASM);
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
const RULES: &str = r#"{"rules":[
    {"id":"failed","pattern":{"attempt":{"outcome":["failure","denied"]}}},
    {"id":"signed-in","pattern":{"attempt":{"outcome":["success"]}}},
    {"id":"wrong","pattern":{"signin":{"outcome":["failure"]}}},
    {"id":"three","severity":"high","correlation":{"type":"event_count","rules":["failed"],
        "group-by":["account","principal_id"],"timespan":"15m","condition":{"gte":3}}},
    {"id":"users","correlation":{"type":"value_count","rules":["wrong"],"group-by":["source_ip"],
        "timespan":"1h","condition":{"gt":1,"field":"principal_id"}}},
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
    assert_eq!(host.call(Export::Configure, RULES.as_bytes()), CallResult::status(0));
    assert_eq!(host.call(Export::Reset, b""), CallResult::status(0));
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
    let mut host = start();
    for Sequence { name, file, line, records, settings, attempts } in
        sequences(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/sequences"))
    {
        let found = lines(&run(&mut host, &records, settings));
        assert_eq!(found, attempts, "{name} ({file} line {line})");
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
fn run(host: &mut impl Host, records: &[Value], settings: AttemptSettings) -> Vec<u8> {
    let AttemptSettings { window_seconds, lateness_seconds } = settings;
    let settings = json!({"window_seconds": window_seconds, "lateness_seconds": lateness_seconds});
    let configuration = json!({"attempts": settings}).to_string();
    assert_eq!(host.call(Export::Configure, configuration.as_bytes()), CallResult::status(0));
    assert_eq!(host.call(Export::Reset, b""), CallResult::status(0));
    let mut output: Vec<u8> = records.iter().flat_map(|record| observe(host, record)).collect();
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
