//! The cost of starting: compiling the module, loading it precompiled, and making an instance.

use std::fs;
use std::path::Path;
use std::time::Duration;

use criterion::{BatchSize, Criterion};
use sekisho_host::Module;
use sekisho_module::SIMD;
use wasmtime::{Config, Engine};

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .measurement_time(Duration::from_secs(1))
        .warm_up_time(Duration::from_millis(300))
        .configure_from_args();
    let mut group = criterion.benchmark_group("start");
    group.bench_function("compile the module", |bencher| {
        bencher.iter(|| Module::new(SIMD).expect("the module is accepted"));
    });
    let (engine, folder) = (engine(), tempfile::tempdir().expect("a folder"));
    let file = folder.path().join("sekisho.cwasm");
    let compiled = engine.precompile_module(SIMD).expect("the module compiles");
    fs::write(&file, compiled).expect("the file is written");
    // Values are dropped in small batches and outside the measured time, because each instance
    // reserves 4 GiB of address space.
    let few = BatchSize::NumIterations(32);
    group.bench_function("load a precompiled file", |bencher| {
        bencher.iter_batched(|| (), |()| load(&engine, &file), few);
    });
    let module = Module::new(SIMD).expect("the module is accepted");
    group.bench_function("make an instance", |bencher| {
        bencher.iter_batched(|| (), |()| module.filter().expect("an instance"), few);
    });
    group.finish();
}

/// The engine of `host/wasmtime`, which does not load precompiled files because it cannot verify them.
fn engine() -> Engine {
    let mut config = Config::new();
    config.epoch_interruption(true).generate_address_map(false);
    Engine::new(&config).expect("an engine")
}

#[allow(unsafe_code, reason = "there is no other way to load a precompiled file")]
fn load(engine: &Engine, file: &Path) -> wasmtime::Module {
    // SAFETY: the same engine wrote the file, and no other process can.
    unsafe { wasmtime::Module::deserialize_file(engine, file) }.expect("a precompiled file")
}
