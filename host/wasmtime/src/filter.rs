//! What a user holds: a compiled module and the filters made of it.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use wasmtime::{Cache, CacheConfig, Config, Engine, InstancePre, Linker};

use crate::annotated::Annotated;
use crate::answers::Answers;
use crate::deadline::Ticker;
use crate::error::{Error, Fault, LoadError};
use crate::guest::Guest;
use crate::limits::{Limiter, Limits};
use crate::load;

/// Limits on what a module may be and take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Largest module file that is accepted, in bytes. Default 16 MiB. A hostile file can take far
    /// more to compile than its size tells; nothing else limits it.
    pub module_limit_bytes: usize,
    /// Most memory that one instance may have, in bytes; in effect whole pages of 64 KiB. Default
    /// 256 MiB.
    pub memory_limit_bytes: usize,
    /// Longest that one call may run in the module. Default 1 s. Time is told in ticks of a
    /// twentieth of it, at least 1 ms and at most 50 ms: a call is stopped a tick or two late, never
    /// early. [`Filter::save`] and [`Filter::restore`] of a state that holds hundreds of thousands
    /// of records may need more.
    pub deadline: Duration,
    /// An absolute path to a folder in which compiled modules are kept: the next start with the same
    /// module takes milliseconds, where compiling takes a second of processor time. None by default.
    /// Who can write there can have code of theirs run by this process.
    pub cache: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            module_limit_bytes: 16 << 20,
            memory_limit_bytes: 256 << 20,
            deadline: Duration::from_secs(1),
            cache: None,
        }
    }
}

/// A module, checked and compiled once. Clones share it, on any number of threads.
///
/// It has one thread of its own, asleep but for a few wake-ups a second, which ends when the last
/// [`Module`] and [`Filter`] made of it are gone.
#[derive(Clone)]
pub struct Module {
    shared: Arc<Shared>,
}

struct Shared {
    module: InstancePre<Limiter>,
    limits: Limits,
    /// Held for its thread.
    _ticker: Ticker,
}

impl Module {
    /// Checks and compiles a module with the default [`Settings`].
    ///
    /// # Errors
    /// As [`Module::with_settings`].
    pub fn new(wasm: &[u8]) -> Result<Self, LoadError> {
        Self::with_settings(wasm, Settings::default())
    }

    /// Checks and compiles a module. Nothing of it runs.
    ///
    /// # Errors
    /// [`LoadError`], if the bytes are no filter of ABI version 1 or break a limit.
    pub fn with_settings(wasm: &[u8], settings: Settings) -> Result<Self, LoadError> {
        load::check(wasm, &settings)?;
        let (module, ticker) = compile(wasm, &settings)
            .map_err(|error| LoadError::Host { reason: format!("{error:#}") })?;
        Ok(Self {
            shared: Arc::new(Shared {
                module,
                limits: Limits {
                    memory_bytes: settings.memory_limit_bytes,
                    deadline: settings.deadline,
                    deadline_ticks: ticker.deadline_ticks(),
                },
                _ticker: ticker,
            }),
        })
    }

    /// Makes an instance, which takes some tens of microseconds. One serves a thread for as long
    /// as there are records; never make one for each record.
    ///
    /// # Errors
    /// [`Fault::Instantiation`], if the host has no memory left or the module's own data do not fit
    /// into its memory.
    pub fn filter(&self) -> Result<Filter, Fault> {
        let guest = self.instantiate()?;
        Ok(Filter { module: self.clone(), configuration: None, guest: Some(guest) })
    }

    fn instantiate(&self) -> Result<Box<Guest>, Fault> {
        Guest::new(&self.shared.module, self.shared.limits).map(Box::new)
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").finish_non_exhaustive()
    }
}

/// The engine's defaults are the fast ones: 4 GiB of address space for each memory, with guard
/// pages in place of bounds checks, and all that the host's processor can do.
fn compile(wasm: &[u8], settings: &Settings) -> wasmtime::Result<(InstancePre<Limiter>, Ticker)> {
    let mut config = Config::new();
    config.epoch_interruption(true);
    // Only backtraces need it, and nobody takes one.
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

/// One instance of a [`Module`], to be used by one thread at a time.
///
/// A call that ends in a [`Fault`] or with [`ErrorCode::Internal`] ends the instance. The next call
/// makes a fresh one and gives it the configuration again; if that fails, it says so with a
/// [`Fault`], and the call after it tries once more.
///
/// What [`Filter::observe`] has gathered is lost with the instance, whichever call ended it: see
/// [`Error::ends_instance`]. Who wants it back keeps what [`Filter::save`] gave and hands it to
/// [`Filter::restore`]; records observed since then are to be observed again.
///
/// [`ErrorCode::Internal`]: crate::ErrorCode::Internal
pub struct Filter {
    module: Module,
    /// The configuration that was accepted last.
    configuration: Option<Vec<u8>>,
    /// None after a fault.
    guest: Option<Box<Guest>>,
}

impl Filter {
    /// Configures the module with UTF-8 JSON. The configuration is remembered for fresh instances.
    ///
    /// # Errors
    /// [`Error::Record`] with [`ErrorCode::BadConfiguration`] or the like, if the
    /// module refuses it; [`Error::Fault`], if the module breaks. Either way the configuration
    /// before it stays.
    ///
    /// [`ErrorCode::BadConfiguration`]: crate::ErrorCode::BadConfiguration
    pub fn configure(&mut self, json: &[u8]) -> Result<(), Error> {
        self.call(|guest| guest.configure(json))?;
        self.configuration = Some(json.to_vec());
        Ok(())
    }

    /// Classifies one record. Gives the verdict as JSON, or nothing for a record that is not ours.
    ///
    /// # Errors
    /// [`Error::Record`], if the module cannot read the record; [`Error::Fault`], if the module
    /// breaks. The record itself should be passed on in both cases.
    pub fn process(&mut self, record: &[u8]) -> Result<Option<&[u8]>, Error> {
        let (verdict, guest) = self.call(|guest| guest.process(record))?;
        Ok(verdict.map(|range| guest.bytes(range)))
    }

    /// Adds the verdict to the record, as one more field of its top-level object. Total: the record
    /// comes back whatever happens. What is [`Annotated::Added`] has been compared with it: it is
    /// the record, byte for byte, with bytes added at one place.
    pub fn annotate<'a>(&'a mut self, record: &'a [u8]) -> Annotated<'a> {
        match self.call(|guest| guest.annotate(record)) {
            Ok((Some(range), guest)) => Annotated::Added(guest.bytes(range)),
            Ok((None, _)) => Annotated::Unchanged(record),
            Err(error) => Annotated::Failed { record, error },
        }
    }

    /// Classifies many records in one call, which saves most of the cost of calling. A record that
    /// cannot be read has its error among the answers and does not disturb the others.
    ///
    /// # Errors
    /// [`Error::Record`], if the input as a whole cannot be split into records or is too large;
    /// [`Error::Fault`], if the module breaks. To find the record that breaks it, pass them to
    /// [`Filter::process`] one by one.
    pub fn process_batch(&mut self, input: &[u8], framing: Framing) -> Result<Answers<'_>, Error> {
        let (list, guest) = self.call(|guest| guest.process_batch(input, framing as u32))?;
        Ok(Answers::new(list.map_or(&[], |range| guest.bytes(range))))
    }

    /// The module's manifest and counters, as JSON. Counters start again with a fresh instance.
    ///
    /// # Errors
    /// [`Error::Fault`], if the module breaks; [`Error::Record`], if it answers with an error code.
    pub fn describe(&mut self) -> Result<String, Error> {
        let (text, _) = self.call(Guest::describe)?;
        Ok(text)
    }

    /// Takes one record into the module's state. Gives what can be told by now: a line of JSON for
    /// each attempt and finding, the oldest first, often none. `now_ms` is the host's clock in
    /// milliseconds, whatever it counts from, or 0 where there is none.
    ///
    /// # Errors
    /// [`Error::Record`], if the module cannot read the record, which is not taken in;
    /// [`Error::Fault`], if the module breaks; [`Error::Stateless`], if it keeps no state.
    pub fn observe(&mut self, record: &[u8], now_ms: i64) -> Result<&[u8], Error> {
        self.output(|guest| guest.observe(record, now_ms))
    }

    /// Tells the module that time goes on without records. Gives what can be told by now, as
    /// [`Filter::observe`] does.
    ///
    /// # Errors
    /// [`Error::Fault`], if the module breaks; [`Error::Record`], if it answers with an error code;
    /// [`Error::Stateless`], if it keeps no state.
    pub fn tick(&mut self, now_ms: i64) -> Result<&[u8], Error> {
        self.output(|guest| guest.tick(now_ms))
    }

    /// Ends the stream: gives what was yet to be told, as [`Filter::observe`] does. The module may
    /// give it in portions; when nothing comes any more, that was all.
    ///
    /// # Errors
    /// As [`Filter::tick`].
    pub fn flush(&mut self) -> Result<&[u8], Error> {
        self.output(Guest::flush)
    }

    /// The state as bytes, for [`Filter::restore`] of any later instance. The state is kept.
    ///
    /// # Errors
    /// As [`Filter::tick`].
    pub fn save(&mut self) -> Result<&[u8], Error> {
        self.output(Guest::save)
    }

    /// Replaces the state by a saved one. It goes in by parts, and each may take as long as
    /// [`Settings::deadline`] says.
    ///
    /// # Errors
    /// [`Error::Record`] with [`ErrorCode::BadConfiguration`] or the like, if the module refuses it:
    /// then the state before stays; [`Error::Fault`], if the module breaks; [`Error::Stateless`], if
    /// it keeps no state.
    ///
    /// [`ErrorCode::BadConfiguration`]: crate::ErrorCode::BadConfiguration
    pub fn restore(&mut self, state: &[u8]) -> Result<(), Error> {
        self.call(|guest| guest.restore(state)).map(|((), _)| ())
    }

    /// Forgets the state and keeps the configuration.
    ///
    /// # Errors
    /// [`Error::Fault`], if the module breaks; [`Error::Stateless`], if it keeps no state.
    pub fn reset(&mut self) -> Result<(), Error> {
        self.call(Guest::reset).map(|((), _)| ())
    }

    /// How much memory the instance has, in bytes: it grows and never shrinks. 0 when there is no
    /// instance after a fault.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.guest.as_ref().map_or(0, |guest| guest.memory_bytes())
    }

    /// Runs `steps`; gives the bytes behind their answer.
    fn output(
        &mut self,
        steps: impl FnOnce(&mut Guest) -> Result<Option<Range<usize>>, Error>,
    ) -> Result<&[u8], Error> {
        let (answer, guest) = self.call(steps)?;
        Ok(answer.map_or(&[], |range| guest.bytes(range)))
    }

    /// Runs `steps` on a live instance, which outlives neither a fault nor an internal error.
    fn call<T>(
        &mut self,
        steps: impl FnOnce(&mut Guest) -> Result<T, Error>,
    ) -> Result<(T, &Guest), Error> {
        let mut guest = match self.guest.take() {
            Some(guest) => guest,
            None => self.restart()?,
        };
        guest.start_clock();
        match steps(&mut guest) {
            Ok(answer) => Ok((answer, self.guest.insert(guest))),
            Err(error) => {
                if !error.ends_instance() {
                    self.guest = Some(guest);
                }
                Err(error)
            }
        }
    }

    #[cold]
    fn restart(&self) -> Result<Box<Guest>, Fault> {
        let mut guest = self.module.instantiate()?;
        if let Some(json) = &self.configuration {
            guest.configure(json).map_err(|error| match error {
                Error::Record(refusal) => Fault::Configuration(refusal),
                Error::Fault(fault) => fault,
                // Nothing that a configuration needs.
                Error::Stateless => Fault::Instantiation { reason: error.to_string() },
            })?;
        }
        Ok(guest)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").finish_non_exhaustive()
    }
}

/// How [`Filter::process_batch`] finds the records in its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// A little-endian `u32` before each record, its length in bytes.
    Lengths = 0,
    /// A record on each line (NDJSON). A blank line counts and has no answer.
    Lines = 1,
    /// A JSON array, or an object with an array in `Records`, `Events` or `logEvents`.
    Json = 2,
}
