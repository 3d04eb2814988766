//! What all instances of a module share: its code, its limits and its clock.

use wasmtime::{Config, Engine, InstancePre, Linker};

use crate::cache::Entry;
use crate::check::check;
use crate::deadline::Ticker;
use crate::error::{Fault, LoadError};
use crate::guest::Guest;
use crate::health::Health;
use crate::limits::{Limiter, Limits};
use crate::settings::Settings;

pub(crate) struct Compiled {
    module: InstancePre<Limiter>,
    limits: Limits,
    /// None for a trusted module, which is never given up.
    pub(crate) health: Option<Health>,
    /// Why the cache was not used.
    pub(crate) cache_error: Option<String>,
    /// Keeps its thread running; none if there is no deadline.
    _ticker: Option<Ticker>,
}

impl Compiled {
    /// Checks and compiles a module.
    pub(crate) fn new(wasm: &[u8], settings: &Settings) -> Result<Self, LoadError> {
        check(wasm, settings)?;
        let failed = |error: wasmtime::Error| LoadError::Host { reason: format!("{error:#}") };
        let is_trusted = settings.trusts(wasm);
        let (module, cache_error) = compile(wasm, settings, is_trusted).map_err(failed)?;
        let ticker = match is_trusted {
            true => None,
            false => {
                let ticker = Ticker::start(module.module().engine(), settings.deadline);
                Some(ticker.map_err(|error| failed(error.into()))?)
            }
        };
        let limits = Limits {
            memory_bytes: settings.memory_limit_bytes,
            deadline: ticker.as_ref().map(Ticker::deadline),
            module_bytes: wasm.len(),
        };
        let health = (!is_trusted).then(|| Health::new(settings.deadline));
        Ok(Self { health, module, limits, cache_error, _ticker: ticker })
    }

    pub(crate) fn is_trusted(&self) -> bool {
        self.limits.deadline.is_none()
    }

    pub(crate) fn instantiate(&self) -> Result<Box<Guest>, Fault> {
        Guest::new(&self.module, self.limits).map(Box::new)
    }
}

/// Compiles a module, or takes it from the cache. Also returns why it is not in the cache.
///
/// The engine's defaults are the fast ones: 4 GiB of address space for each memory, with guard
/// pages in place of bounds checks, and all features of the host's processor.
fn compile(
    wasm: &[u8],
    settings: &Settings,
    is_trusted: bool,
) -> wasmtime::Result<(InstancePre<Limiter>, Option<String>)> {
    let mut config = Config::new();
    config.epoch_interruption(!is_trusted);
    // Only backtraces need it, and this crate takes none.
    config.generate_address_map(false);
    let (entry, error) = match settings.cache.as_ref().map(|folder| Entry::open(folder, wasm)) {
        Some(Ok(entry)) => (Some(entry), None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    };
    let cache = entry.as_ref().map(Entry::cache).transpose()?;
    config.cache(cache.clone());
    let engine = Engine::new(&config)?;
    let module = wasmtime::Module::new(&engine, wasm)?;
    let error = match (entry, cache) {
        (Some(entry), Some(cache)) if cache.cache_misses() > 0 => {
            entry.keep().err().map(|error| error.to_string())
        }
        _ => error,
    };
    Ok((Linker::new(&engine).instantiate_pre(&module)?, error))
}
