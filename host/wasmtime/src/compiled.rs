//! What all instances of a module share: its code, its limits and its clock.

use wasmtime::{Cache, CacheConfig, Config, Engine, InstancePre, Linker};

use crate::check::check;
use crate::deadline::Ticker;
use crate::error::{Fault, LoadError};
use crate::guest::Guest;
use crate::limits::{Limiter, Limits};
use crate::settings::Settings;

pub(crate) struct Compiled {
    module: InstancePre<Limiter>,
    limits: Limits,
    /// Keeps its thread running.
    _ticker: Ticker,
}

impl Compiled {
    /// Checks and compiles a module.
    pub(crate) fn new(wasm: &[u8], settings: &Settings) -> Result<Self, LoadError> {
        check(wasm, settings)?;
        let (module, ticker) = compile(wasm, settings)
            .map_err(|error| LoadError::Host { reason: format!("{error:#}") })?;
        let limits = Limits {
            memory_bytes: settings.memory_limit_bytes,
            deadline: settings.deadline,
            deadline_ticks: ticker.deadline_ticks(),
        };
        Ok(Self { module, limits, _ticker: ticker })
    }

    pub(crate) fn instantiate(&self) -> Result<Box<Guest>, Fault> {
        Guest::new(&self.module, self.limits).map(Box::new)
    }
}

/// The engine's defaults are the fast ones: 4 GiB of address space for each memory, with guard
/// pages in place of bounds checks, and all features of the host's processor.
fn compile(wasm: &[u8], settings: &Settings) -> wasmtime::Result<(InstancePre<Limiter>, Ticker)> {
    let mut config = Config::new();
    config.epoch_interruption(true);
    // Only backtraces need it, and this crate takes none.
    config.generate_address_map(false);
    if let Some(folder) = &settings.cache {
        let mut cache = CacheConfig::new();
        cache.with_directory(folder);
        config.cache(Some(Cache::new(cache)?));
    }
    let engine = Engine::new(&config)?;
    let module = wasmtime::Module::new(&engine, wasm)?;
    let module = Linker::new(&engine).instantiate_pre(&module)?;
    let ticker = Ticker::start(&engine, settings.deadline)?;
    Ok((module, ticker))
}
