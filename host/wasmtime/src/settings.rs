//! Limits on a module, trust in it, and where its compiled form is kept.

use std::path::PathBuf;
use std::time::Duration;

/// Limits on what a module may be and use, set one by one on the defaults.
///
/// ```
/// use std::time::Duration;
///
/// use sekisho_host::{Module, Settings};
///
/// let settings = Settings::new()
///     .deadline(Duration::from_secs(5))
///     .memory_limit_bytes(64 << 20);
/// let module = Module::with_settings(sekisho_module::SIMD, settings)?;
/// # Ok::<(), sekisho_host::LoadError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Settings {
    pub(crate) module_limit_bytes: usize,
    pub(crate) memory_limit_bytes: usize,
    pub(crate) deadline: Duration,
    pub(crate) cache: Option<PathBuf>,
    pub(crate) trusted: Vec<&'static [u8]>,
}

impl Settings {
    /// The defaults: modules up to 16 MiB, 256 MiB of memory an instance, 1 s a call, no cache, no
    /// trusted module.
    pub fn new() -> Self {
        Self {
            module_limit_bytes: 16 << 20,
            memory_limit_bytes: 256 << 20,
            deadline: Duration::from_secs(1),
            cache: None,
            trusted: Vec::new(),
        }
    }

    /// The largest module file that is accepted, in bytes. What is in its code is limited besides:
    /// [`LoadError::Limit`](crate::LoadError::Limit).
    pub fn module_limit_bytes(mut self, bytes: usize) -> Self {
        self.module_limit_bytes = bytes;
        self
    }

    /// The most memory that one instance may have, in bytes; in effect whole pages of 64 KiB.
    pub fn memory_limit_bytes(mut self, bytes: usize) -> Self {
        self.memory_limit_bytes = bytes;
        self
    }

    /// The most processor time that one call may use in the module. Time that passes while its thread
    /// waits for a processor does not count, so a busy machine stops no call. (On systems other than
    /// Unix, all time counts.)
    ///
    /// The clock ticks in twentieths of the deadline, at least 1 ms and at most 50 ms: a call is
    /// stopped a tick or two late, never early. [`Filter::save`](crate::Filter::save) and
    /// [`Filter::restore`](crate::Filter::restore) may need more than the default if the state
    /// covers hundreds of thousands of records.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Keeps compiled modules in a folder, given as an absolute path. The next start with the same
    /// module takes milliseconds instead of about a second of processor time. Its parent is created
    /// if it is missing; the folder itself is created for this user alone.
    ///
    /// What is in the folder runs as native code. So it is used only if no other user can read it or
    /// write to it or to a folder above it, and an entry only if a keyed SHA-256 shows that it is
    /// what was written. A damaged entry is compiled anew. If the folder cannot be used,
    /// [`Module::cache_error`](crate::Module::cache_error) says why, and the module is compiled. On
    /// systems other than Unix, it is never used.
    pub fn cache(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cache = Some(folder.into());
        self
    }

    /// Trusts one module: exactly these bytes, which are part of your program. Call it once for each.
    ///
    /// A trusted module has no deadline, and its calls are faster for it. If the module that is
    /// loaded differs in a single byte, it is not trusted.
    ///
    /// ```
    /// use sekisho_host::{Module, Settings};
    ///
    /// let settings = Settings::new().trust(sekisho_module::SIMD);
    /// let module = Module::with_settings(sekisho_module::SIMD, settings.clone())?;
    /// assert!(module.is_trusted());
    /// let module = Module::with_settings(sekisho_module::PORTABLE, settings)?;
    /// assert!(!module.is_trusted());
    /// # Ok::<(), sekisho_host::LoadError>(())
    /// ```
    pub fn trust(mut self, wasm: &'static [u8]) -> Self {
        self.trusted.push(wasm);
        self
    }

    /// Whether these bytes are trusted.
    pub(crate) fn trusts(&self, wasm: &[u8]) -> bool {
        self.trusted.contains(&wasm)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}
