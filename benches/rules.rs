//! What rules cost: 10 to 10,000 of them, for each record and once.
//!
//! Rules ask what people ask of CloudTrail: a service and some of its events, by somebody, from
//! somewhere. Most match nothing.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sekisho_host::{Filter, Module, Settings};

const RECORDS: usize = 2048;
const SIZES: [usize; 4] = [10, 100, 1000, 10_000];

fn works(criterion: &mut Criterion) {
    bench(criterion, "rules S", sekisho_generator::signin_records(1).take(RECORDS));
    bench(criterion, "rules M", sekisho_generator::mixed_records(1).take(RECORDS));
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
    for size in SIZES {
        let mut filter = filter();
        filter.configure(sekisho_generator::rules(size).as_bytes()).expect("the rules are valid");
        group.bench_function(format!("wasm simd, {size} rules"), |bencher| {
            bencher.iter(|| {
                for record in &records {
                    black_box(filter.process(black_box(record)).is_ok());
                }
            });
        });
    }
    group.finish();
}

fn compiling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("configure");
    for size in SIZES {
        let (mut filter, configuration) = (filter(), sekisho_generator::rules(size));
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(format!("wasm simd, {size} rules"), |bencher| {
            bencher.iter(|| filter.configure(configuration.as_bytes()).expect("valid"));
        });
    }
    group.finish();
}

/// Prints how much memory an instance has once it is configured: pages are never given back.
fn memory(_: &mut Criterion) {
    use wasmi::{Engine, Linker, Module, Store};
    for size in SIZES {
        let engine = Engine::default();
        let module = Module::new(&engine, sekisho_module::PORTABLE).expect("a valid module");
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module);
        let instance = instance.expect("no imports");
        let memory = instance.get_memory(&store, "memory").expect("the module's memory");
        let configuration = sekisho_generator::rules(size);
        let length = configuration.len() as i32;
        let input = instance.get_typed_func::<i32, i32>(&store, "sekisho_input").expect("ABI");
        let at = input.call(&mut store, length).expect("a buffer");
        memory.write(&mut store, at as usize, configuration.as_bytes()).expect("in memory");
        let configure = instance.get_typed_func::<(i32, i32), i32>(&store, "sekisho_configure");
        let status = configure.expect("ABI").call(&mut store, (at, length)).expect("an answer");
        assert_eq!(status, 0, "the rules are valid");
        println!("memory/{size} rules: {} KiB", memory.size(&store) * 64);
    }
}

fn filter() -> Filter {
    let settings = Settings { deadline: Duration::from_secs(60), ..Settings::default() };
    let module = Module::with_settings(sekisho_module::SIMD, settings);
    module.expect("the module is accepted").filter().expect("an instance")
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(3));
    targets = works, compiling, memory
}
criterion_main!(benches);
