//! Limits on a module, and where its compiled form is kept.

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
}

impl Settings {
    /// The defaults: modules up to 16 MiB, 256 MiB of memory an instance, 1 s a call, no cache.
    pub fn new() -> Self {
        Self {
            module_limit_bytes: 16 << 20,
            memory_limit_bytes: 256 << 20,
            deadline: Duration::from_secs(1),
            cache: None,
        }
    }

    /// The largest module file that is accepted, in bytes. Nothing else limits the cost of
    /// compiling, which can be far larger than the size of the file suggests.
    pub fn module_limit_bytes(mut self, bytes: usize) -> Self {
        self.module_limit_bytes = bytes;
        self
    }

    /// The most memory that one instance may have, in bytes; in effect whole pages of 64 KiB.
    pub fn memory_limit_bytes(mut self, bytes: usize) -> Self {
        self.memory_limit_bytes = bytes;
        self
    }

    /// The longest time that one call may run in the module.
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
    /// module takes milliseconds instead of about a second of processor time.
    ///
    /// Protect this folder: whoever can write to it can run code in this process.
    pub fn cache(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cache = Some(folder.into());
        self
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}
