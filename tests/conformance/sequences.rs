//! Streams of records: the attempts that every host tells of them, and what becomes of the state.

use std::env;
use std::path::Path;

use sekisho_sequences::{Row, Settings, attempts, rows, streams};
use serde_json::{Value, json};

use crate::corpora::say;
use crate::host::{Answer, Export, Host};
use crate::hosts::{Native, Node, Wasmi, Wasmtime};

/// Streams that are judged natively; `SEKISHO_STREAMS` asks for more.
const STREAMS: usize = 2_000;

/// Streams that are judged in each other host.
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

/// Rules over records and attempts, and rules that count them.
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

/// Every host counts as the engine does, on a clock that moves between records.
#[test]
fn all_hosts_count_alike() {
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
        let expected = count(&mut Native::default(), &records);
        for host in &mut hosts {
            assert!(count(host, &records) == expected, "stream {number}: {}", json!(records));
        }
        let lines = lines(&expected);
        findings += lines.iter().filter(|line| line["type"] == "finding").count();
    }
    assert!(findings > STREAMS_IN_WASM, "{findings} findings");
}

/// What is told of a stream under [`RULES`], with ticks between the records.
fn count(host: &mut (impl Host + ?Sized), records: &[Value]) -> Vec<u8> {
    assert_eq!(host.call(Export::Configure, RULES.as_bytes()), Answer::number(0));
    assert_eq!(host.call(Export::Reset, b""), Answer::number(0));
    let mut told = Vec::new();
    for (now, record) in (1..).zip(records) {
        let record = record.to_string();
        told.extend(host.call(Export::Observe(now * 1000), record.as_bytes()).output);
        told.extend(host.call(Export::Tick(now * 1000 + 700), b"").output);
    }
    told.extend(flush(host));
    told
}

#[test]
fn a_state_comes_in_parts_or_not_at_all() {
    let [first, second, ..] = &streams(6).take(2).collect::<Vec<_>>()[..] else { unreachable!() };
    let mut hosts: [Box<dyn Host>; 2] =
        [Box::new(Native::default()), Box::new(Wasmi::new(sekisho_module::PORTABLE))];
    for host in &mut hosts {
        first.iter().for_each(|record| drop(observe(host, record)));
        let state = host.call(Export::Save, b"");
        assert_eq!(host.call(Export::Reset, b""), Answer::number(0));
        second.iter().for_each(|record| drop(observe(host, record)));
        let other = host.call(Export::Save, b"");

        let mut changed = state.output.clone();
        changed[state.output.len() / 2] ^= 1;
        for broken in [&changed[..], b"", b"sekisho", &[&state.output[..], b"more"].concat()] {
            assert_eq!(host.call(Export::Restore, broken), Answer::number(-4));
        }
        let (begin, rest) = state.output.split_at(100);
        assert_eq!(host.call(Export::Restore, begin), Answer::number(1));
        assert_eq!(host.call(Export::Save, b""), other, "as before until all is there");
        for byte in &rest[..rest.len() - 1] {
            assert_eq!(host.call(Export::Restore, &[*byte]), Answer::number(1));
        }
        assert_eq!(host.call(Export::Restore, &rest[rest.len() - 1..]), Answer::number(0));
        assert_eq!(host.call(Export::Save, b""), state);
    }
}

/// Checks rows and streams on one host, whose state is carried over to others at random points.
fn check_all<H: Host>(start: impl Fn() -> H, count: usize) {
    let mut host = start();
    for Row { name, file, line, records, settings, attempts } in
        rows(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/sequences"))
    {
        let found = lines(&run(&mut host, &records, settings));
        assert_eq!(found, attempts, "{name} ({file} line {line})");
    }
    let mut other = start();
    let mut random = fastrand::Rng::with_seed(4);
    for (number, records) in streams(4).take(count).enumerate() {
        let expected = attempts(&records, Settings::default());
        let whole = run(&mut host, &records, Settings::default());
        assert_eq!(lines(&whole), expected, "stream {number}: {}", json!(records));
        assert_eq!(host.call(Export::Reset, b""), Answer::number(0));
        let mut parts = Vec::new();
        for record in &records {
            parts.extend(observe(&mut host, record));
            if random.u8(..8) == 0 {
                carry_over(&mut host, &mut other);
                std::mem::swap(&mut host, &mut other);
            }
        }
        parts.extend(flush(&mut host));
        assert!(parts == whole, "stream {number}, carried over: {}", json!(records));
    }
    say(&format!("{count} streams, each as a whole and carried over"));
}

/// All that is told of a stream, from a fresh state.
fn run(host: &mut impl Host, records: &[Value], settings: Settings) -> Vec<u8> {
    let Settings { window_seconds, lateness_seconds } = settings;
    let settings = json!({"window_seconds": window_seconds, "lateness_seconds": lateness_seconds});
    let configuration = json!({"attempts": settings}).to_string();
    assert_eq!(host.call(Export::Configure, configuration.as_bytes()), Answer::number(0));
    assert_eq!(host.call(Export::Reset, b""), Answer::number(0));
    let mut told: Vec<u8> = records.iter().flat_map(|record| observe(host, record)).collect();
    told.extend(flush(host));
    told
}

fn observe(host: &mut (impl Host + ?Sized), record: &Value) -> Vec<u8> {
    let answer = host.call(Export::Observe(0), record.to_string().as_bytes());
    assert!(answer.n >= 0, "{answer:?} of {record}");
    answer.output
}

fn flush(host: &mut (impl Host + ?Sized)) -> Vec<u8> {
    let mut told = Vec::new();
    loop {
        let answer = host.call(Export::Flush, b"");
        assert!(answer.n >= 0, "{answer:?}");
        told.extend(answer.output);
        if answer.n == 0 {
            return told;
        }
    }
}

fn carry_over(from: &mut impl Host, to: &mut impl Host) {
    let state = from.call(Export::Save, b"");
    assert!(state.n > 0);
    assert_eq!(to.call(Export::Restore, &state.output), Answer::number(0));
    assert_eq!(to.call(Export::Save, b""), state, "the same state again");
}

fn lines(told: &[u8]) -> Vec<Value> {
    let line = |line| serde_json::from_slice(line).expect("a line of JSON");
    told.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(line).collect()
}
