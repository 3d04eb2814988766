//! A module, ready to make filters of.

use std::fmt;
use std::sync::Arc;

use crate::check::check;
use crate::compiled::Compiled;
use crate::error::{Fault, LoadError};
use crate::filter::Filter;
use crate::settings::Settings;

/// A module, checked and compiled once. Clones share it, on any number of threads.
///
/// Unless it is trusted, it owns one thread, which sleeps but for a few wake-ups a second and ends with the last
/// [`Module`] and [`Filter`] made of it.
///
/// ```
/// use sekisho_host::Module;
///
/// let module = Module::new(sekisho_module::SIMD)?;
/// std::thread::scope(|scope| {
///     for _ in 0..2 {
///         scope.spawn(|| {
///             let mut filter = module.filter().expect("an instance");
///             assert_eq!(filter.process(br#"{"eventSource":"s3.amazonaws.com"}"#), Ok(None));
///         });
///     }
/// });
/// # Ok::<(), sekisho_host::LoadError>(())
/// ```
#[derive(Clone)]
pub struct Module {
    compiled: Arc<Compiled>,
}

impl Module {
    /// Checks and compiles a module with the default [`Settings`]. Nothing of it runs.
    ///
    /// # Errors
    /// [`LoadError`], if the bytes are not a filter of ABI version 1 or exceed a limit.
    pub fn new(wasm: &[u8]) -> Result<Self, LoadError> {
        Self::with_settings(wasm, Settings::new())
    }

    /// Checks and compiles a module. Nothing of it runs.
    ///
    /// # Errors
    /// [`LoadError`], if the bytes are not a filter of ABI version 1 or exceed a limit.
    pub fn with_settings(wasm: &[u8], settings: Settings) -> Result<Self, LoadError> {
        Ok(Self { compiled: Arc::new(Compiled::new(wasm, &settings)?) })
    }

    /// Checks a module as [`Module::with_settings`] does, without compiling it.
    ///
    /// # Errors
    /// [`LoadError`], if the bytes are not a filter of ABI version 1 or exceed a limit.
    pub fn check(wasm: &[u8], settings: &Settings) -> Result<(), LoadError> {
        check(wasm, settings)
    }

    /// Whether it is one that the settings trust: [`Settings::trust`].
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.compiled.is_trusted()
    }

    /// Why the folder of compiled modules was not used, such as that another user can write to it;
    /// none if it was used, or if there is none: [`Settings::cache`].
    #[must_use]
    pub fn cache_error(&self) -> Option<&str> {
        self.compiled.cache_error.as_deref()
    }

    /// Makes an instance, which takes some tens of microseconds. Make one for each thread and keep
    /// it; never make one for each record.
    ///
    /// # Errors
    /// [`Fault::Instantiation`], if the host has no memory left or the module's own data do not fit
    /// into its memory.
    pub fn filter(&self) -> Result<Filter, Fault> {
        Filter::new(Arc::clone(&self.compiled))
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").finish_non_exhaustive()
    }
}
