//! What one record costs, at each stage and through the filter ABI, beside parsing with serde and
//! the floor: copying a record into the module's memory and calling a function that does nothing.
//!
//! Work S is sign-ins only; work M is what a trail holds, 2 % of it sign-ins.

use std::borrow::Cow;
use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use sekisho::Engine;
use sekisho_host::{Filter, Framing, Module};
use sekisho_scan::Reader;
use serde::Deserialize;

const RECORDS: usize = 4096;
const BATCH: usize = 256;

fn works(criterion: &mut Criterion) {
    bench(criterion, "S", sekisho_generator::signin_records(1).take(RECORDS));
    bench(criterion, "M", sekisho_generator::mixed_records(1).take(RECORDS));
}

fn bench(
    criterion: &mut Criterion,
    work: &str,
    records: impl Iterator<Item = sekisho_generator::Record>,
) {
    let records: Vec<Vec<u8>> = records.map(|record| record.json.into_bytes()).collect();
    let bytes: usize = records.iter().map(Vec::len).sum();
    let mut group = criterion.benchmark_group(work);
    group
        .throughput(Throughput::ElementsAndBytes { elements: RECORDS as u64, bytes: bytes as u64 });

    each(&mut group, "scan to the end", &records, |record| {
        let mut reader = Reader::new(record);
        reader.value().is_ok()
    });
    let mut engine = Engine::new();
    each(&mut group, "classify", &records, |record| engine.classify(record).is_ok());
    let mut output = Vec::new();
    each(&mut group, "engine", &records, |record| {
        output.clear();
        engine.process(record, &mut output).is_ok()
    });

    let mut floor = filter(&wat::parse_str(NOTHING).expect("the text is a module"));
    each(&mut group, "floor: memcpy and empty call", &records, |record| {
        floor.process(record).is_ok()
    });
    let mut portable = filter(sekisho_module::PORTABLE);
    each(&mut group, "wasm portable", &records, |record| portable.process(record).is_ok());
    let mut simd = filter(sekisho_module::SIMD);
    each(&mut group, "wasm simd", &records, |record| simd.process(record).is_ok());
    each(&mut group, "wasm simd annotate", &records, |record| {
        !simd.annotate(record).bytes().is_empty()
    });
    let batches = framed(&records);
    group.bench_function("wasm simd batch of 256", |bencher| {
        bencher.iter(|| {
            for batch in &batches {
                let answers = simd.process_batch(black_box(batch), Framing::Lengths);
                black_box(answers.expect("an answer").count());
            }
        });
    });

    each(&mut group, "serde typed", &records, |record| {
        serde_json::from_slice::<Typed>(record).is_ok()
    });
    each(&mut group, "serde Value", &records, |record| {
        serde_json::from_slice::<serde_json::Value>(record).is_ok()
    });
    group.finish();
}

/// Measures `read` over every record. It says whether the record could be read, and must.
fn each(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    records: &[Vec<u8>],
    mut read: impl FnMut(&[u8]) -> bool,
) {
    assert!(records.iter().all(|record| read(record)), "{name} reads every record");
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            for record in records {
                black_box(read(black_box(record)));
            }
        });
    });
}

fn filter(wasm: &[u8]) -> Filter {
    Module::new(wasm).expect("the module is accepted").filter().expect("an instance")
}

/// The records in batches, each record behind its length.
fn framed(records: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let frame = |record: &Vec<u8>| [&(record.len() as u32).to_le_bytes()[..], record].concat();
    records.chunks(BATCH).map(|chunk| chunk.iter().flat_map(frame).collect()).collect()
}

/// A filter that takes every record and looks at none.
const NOTHING: &str = r#"(module
    (memory (export "memory") 272)
    (func (export "sekisho_abi_v1"))
    (func (export "sekisho_input") (param i32) (result i32) i32.const 1024)
    (func (export "sekisho_configure") (param i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_process") (param i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_annotate") (param i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_output") (result i32) i32.const 0)
    (func (export "sekisho_last_error") (result i32) i32.const 0)
    (func (export "sekisho_describe") (result i32) i32.const 0))"#;

/// The fields that a sign-in's verdict needs, as a Rust program would ask serde for them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "parsing is what is measured")]
struct Typed<'a> {
    #[serde(borrow)]
    event_source: Cow<'a, str>,
    #[serde(borrow)]
    event_name: Cow<'a, str>,
    #[serde(borrow)]
    error_code: Option<Cow<'a, str>>,
    #[serde(borrow)]
    error_message: Option<Cow<'a, str>>,
    #[serde(borrow)]
    user_identity: Option<UserIdentity<'a>>,
    #[serde(borrow)]
    response_elements: Option<&'a serde_json::value::RawValue>,
    #[serde(borrow)]
    additional_event_data: Option<AdditionalEventData<'a>>,
    #[serde(borrow)]
    service_event_details: Option<&'a serde_json::value::RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "parsing is what is measured")]
struct UserIdentity<'a> {
    #[serde(borrow, rename = "type")]
    identity_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    principal_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    arn: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "parsing is what is measured")]
struct AdditionalEventData<'a> {
    #[serde(borrow, rename = "MFAUsed")]
    mfa_used: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "SamlProviderArn")]
    saml_provider_arn: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "CredentialType")]
    credential_type: Option<Cow<'a, str>>,
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30).measurement_time(std::time::Duration::from_secs(3));
    targets = works
}
criterion_main!(benches);
