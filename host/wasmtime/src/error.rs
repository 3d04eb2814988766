//! What can go wrong: loading a module, calling it, and what a faulty module does.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

/// Why bytes are not accepted as a filter module. Nothing of the module has run.
///
/// ```
/// use sekisho_host::{LoadError, Module};
///
/// let error = Module::new(b"{}").expect_err("not a module");
/// assert!(matches!(error, LoadError::Invalid { offset: 0, .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file is longer than
    /// [`Settings::module_limit_bytes`](crate::Settings::module_limit_bytes).
    #[error("the module has {found_bytes} bytes, at most {limit_bytes} are accepted")]
    TooLarge {
        /// Length of the file, in bytes.
        found_bytes: usize,
        /// The limit, in bytes.
        limit_bytes: usize,
    },
    /// Not WebAssembly, not valid, or in need of a WebAssembly feature that filters do not use.
    #[error("not a valid WebAssembly module at byte {offset}: {reason}")]
    Invalid {
        /// Where reading stopped, as a byte offset into the file.
        offset: u64,
        /// What was wrong there.
        reason: String,
    },
    /// The module has imports; a filter has none.
    #[error("the module imports `{name}` from `{module}`, a filter imports nothing")]
    Import {
        /// The module name of the first import.
        module: String,
        /// The name of the first import.
        name: String,
    },
    /// The module has code that would run while loading.
    #[error("the module has a start function, a filter has none")]
    StartFunction,
    /// The module's memory has 64-bit addresses.
    #[error("the module's memory has 64-bit addresses, a filter's has 32-bit ones")]
    Memory64,
    /// The module's memory can be shared by threads.
    #[error("the module's memory is shared, a filter's is not")]
    SharedMemory,
    /// The module starts with more memory than it may ever have.
    #[error(
        "the module starts with {minimum_bytes} bytes of memory, at most {limit_bytes} are allowed"
    )]
    MemoryTooLarge {
        /// The memory's declared minimum, in bytes.
        minimum_bytes: u64,
        /// [`Settings::memory_limit_bytes`](crate::Settings::memory_limit_bytes).
        limit_bytes: usize,
    },
    /// The module has a larger table than any filter needs.
    #[error(
        "the module starts with a table of {minimum_elements} elements, at most {limit_elements} are allowed"
    )]
    TableTooLarge {
        /// The table's declared minimum, in elements.
        minimum_elements: u64,
        /// The limit, in elements.
        limit_elements: u64,
    },
    /// The module has more of something than any filter needs, so that compiling it could take minutes
    /// or gigabytes.
    #[error("the module has {found} {name} at byte {offset}, at most {most} are accepted")]
    Limit {
        /// What is limited, such as `nested loops`.
        name: &'static str,
        /// How many there are, as far as the module was read.
        found: u64,
        /// How many are accepted.
        most: u64,
        /// Where they were found, as a byte offset into the file.
        offset: u64,
    },
    /// WebAssembly, but not a filter of ABI version 1.
    #[error("the module does not export `sekisho_abi_v1`, so it is not a filter of ABI version 1")]
    MarkerMissing,
    /// The module has the marker, but lacks an export that the ABI requires; or it has some of the
    /// stateful exports, but lacks this one.
    #[error("the module does not export `{name}`, expected `{expected}`")]
    ExportMissing {
        /// The missing export.
        name: &'static str,
        /// Its type in the ABI, such as `(i32, i32) -> i32`.
        expected: String,
    },
    /// An export has the right name and the wrong type.
    #[error("the module's export `{name}` is `{found}`, expected `{expected}`")]
    ExportType {
        /// The export.
        name: &'static str,
        /// Its type in the ABI, such as `(i32, i32) -> i32`.
        expected: String,
        /// Its type in the module.
        found: String,
    },
    /// The module is valid, but this host cannot compile it or start its deadline thread.
    #[error("this host cannot prepare the module: {reason}")]
    Host {
        /// What the engine or the operating system reports.
        reason: String,
    },
}

/// Why a call failed.
///
/// ```
/// use sekisho_host::{Error, ErrorCode, Module};
///
/// let mut filter = Module::new(sekisho_module::SIMD)?.filter()?;
/// match filter.process(br#"{"eventSource":"#) {
///     Err(Error::Record(error)) => assert_eq!(error.code, ErrorCode::Malformed),
///     other => panic!("{other:?}"),
/// }
/// match filter.configure(br#"{"rules":7}"#) {
///     Err(Error::Refused(error)) => assert_eq!(error.code, ErrorCode::Refused),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The module works, but cannot classify this record.
    #[error(transparent)]
    Record(AbiError),
    /// The module works, but refuses this configuration or this saved state. The previous one stays.
    #[error(transparent)]
    Refused(AbiError),
    /// The module is faulty. Its instance is gone; the next call makes a new one.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The module works, but is stateless: it does not have the exports that pair records.
    #[error("the module keeps no state: it does not export `sekisho_observe`")]
    Stateless,
}

impl Error {
    /// Whether the instance is gone, and its state with it. To get the state back, restore what was
    /// saved last.
    #[must_use]
    pub fn ends_instance(&self) -> bool {
        match self {
            Self::Record(error) | Self::Refused(error) => error.code == ErrorCode::Internal,
            Self::Fault(_) => true,
            Self::Stateless => false,
        }
    }
}

/// An error code of the ABI, and the module's message.
///
/// ```
/// # let mut filter = sekisho_host::Module::new(sekisho_module::SIMD)?.filter()?;
/// let Err(sekisho_host::Error::Record(error)) = filter.process(br#"{"eventSource":"#) else {
///     unreachable!()
/// };
/// assert_eq!(error.code.name(), "malformed");
/// assert_eq!(error.message, "expected a JSON value, found the end of the input at byte 15");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbiError {
    /// The reason to branch on.
    pub code: ErrorCode,
    /// The module's message, at most 4 KiB. Empty if there is none, as inside a batch.
    pub message: String,
}

impl fmt::Display for AbiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, message } = self;
        write!(f, "{code} (code {})", code.number())?;
        if !message.is_empty() {
            write!(f, ": {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for AbiError {}

/// The error codes of ABI version 1.
///
/// ```
/// use sekisho_host::ErrorCode;
///
/// assert_eq!(ErrorCode::TooLarge.number(), -3);
/// assert_eq!(ErrorCode::TooLarge.name(), "too_large");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// -1: the range is outside the input buffer.
    Range,
    /// -2: the input is not well-formed JSON or UTF-8.
    Malformed,
    /// -3: the input is too large or nested too deep. This host also reports it for an input that
    /// the module has no buffer for.
    TooLarge,
    /// -4: the configuration, the framing or the saved state is refused. The previous configuration
    /// and state stay.
    Refused,
    /// -5: the module's bounded state is full.
    StateFull,
    /// -6: an error inside the module, such as lack of memory. It ends the instance.
    Internal,
    /// -7: the input contains several records: use
    /// [`Filter::process_batch`](crate::Filter::process_batch).
    SeveralRecords,
    /// A code that version 1 does not name.
    Other(i32),
}

impl ErrorCode {
    /// The number in the ABI; always negative.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Range => -1,
            Self::Malformed => -2,
            Self::TooLarge => -3,
            Self::Refused => -4,
            Self::StateFull => -5,
            Self::Internal => -6,
            Self::SeveralRecords => -7,
            Self::Other(number) => number,
        }
    }

    /// The name in the ABI, such as `too_large`; `other` for a code that has none.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Range => "range",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Refused => "refused",
            Self::StateFull => "state_full",
            Self::Internal => "internal",
            Self::SeveralRecords => "several_records",
            Self::Other(_) => "other",
        }
    }

    pub(crate) fn from_number(number: i32) -> Self {
        match number {
            -1 => Self::Range,
            -2 => Self::Malformed,
            -3 => Self::TooLarge,
            -4 => Self::Refused,
            -5 => Self::StateFull,
            -6 => Self::Internal,
            -7 => Self::SeveralRecords,
            _ => Self::Other(number),
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Range => "the range is outside the input buffer",
            Self::Malformed => "the input is not well-formed JSON or UTF-8",
            Self::TooLarge => "the input is too large or nested too deep",
            Self::Refused => "the configuration, the framing or the saved state is not accepted",
            Self::StateFull => "the module's state is full",
            Self::Internal => "an error inside the module",
            Self::SeveralRecords => "the input contains several records",
            Self::Other(_) => "an error unknown to ABI version 1",
        })
    }
}

/// How a module broke its contract. Every fault ends the instance; no fault loses the record.
///
/// ```
/// use sekisho_host::{Annotated, Error, Fault, Filter};
///
/// /// Passes a record on whatever happens, and counts what should be looked into.
/// fn pass_on<'a>(filter: &'a mut Filter, record: &'a [u8], faults: &mut u64) -> &'a [u8] {
///     let annotated = filter.annotate(record);
///     match &annotated {
///         Annotated::Failed { error: Error::Fault(Fault::Deadline { export, limit }), .. } => {
///             eprintln!("{export} took longer than {limit:?}");
///             *faults += 1;
///         }
///         Annotated::Failed { error: Error::Fault(fault), .. } => {
///             eprintln!("{fault}");
///             *faults += 1;
///         }
///         _ => {}
///     }
///     annotated.bytes()
/// }
/// # let mut filter = sekisho_host::Module::new(sekisho_module::SIMD)?.filter()?;
/// # assert_eq!(pass_on(&mut filter, b"{}", &mut 0), b"{}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// No instance could be made: the host has no memory left, or the module's own data do not fit.
    #[error("no instance of the module could be made: {reason}")]
    Instantiation {
        /// What the engine reports.
        reason: String,
    },
    /// A new instance refused the configuration that an earlier one had accepted. Every further
    /// call tries again; [`Module::filter`](crate::Module::filter) starts without it.
    #[error("a new instance refuses the configuration: {0}")]
    Configuration(AbiError),
    /// The module trapped.
    #[error("`{export}` trapped: {reason}")]
    Trapped {
        /// The function that was called.
        export: &'static str,
        /// The engine's name of the trap.
        reason: String,
    },
    /// The call used more processor time than [`Settings::deadline`](crate::Settings::deadline).
    #[error("`{export}` was stopped: the call ran longer than {limit:?}")]
    Deadline {
        /// The function that was running.
        export: &'static str,
        /// The limit.
        limit: Duration,
    },
    /// The module was refused memory beyond its limit and then trapped. (A module that copes with
    /// the refusal is not faulty.)
    #[error("`{export}` trapped after it was refused memory beyond {limit_bytes} bytes")]
    MemoryLimit {
        /// The function that was called.
        export: &'static str,
        /// [`Settings::memory_limit_bytes`](crate::Settings::memory_limit_bytes).
        limit_bytes: usize,
    },
    /// The module returned a range that is not inside its memory.
    #[error(
        "`{export}` returned {length_bytes} bytes at {start}, outside the module's memory of {memory_bytes} bytes"
    )]
    OutsideMemory {
        /// The function that the range belongs to.
        export: &'static str,
        /// First byte of the range, as an address in the module.
        start: u32,
        /// Length of the range, in bytes.
        length_bytes: u32,
        /// Size of the memory at that moment, in bytes.
        memory_bytes: usize,
    },
    /// The module returned a number that the ABI does not allow there.
    #[error("`{export}` returned {found}, expected {expected}")]
    ReturnValue {
        /// The function that was called.
        export: &'static str,
        /// The number.
        found: i32,
        /// What the ABI allows.
        expected: &'static str,
    },
    /// The output of a batch is not a list of entries with ascending indices.
    #[error("the output of a batch is invalid at byte {offset}: expected {expected}")]
    BatchOutput {
        /// Where the bad entry begins, as a byte offset into the output.
        offset: usize,
        /// What the ABI requires there.
        expected: &'static str,
    },
    /// The annotated record is not the record with a field added at the end of its top-level object.
    #[error("`sekisho_annotate` returned something else than the record with a field added")]
    RecordAltered,
    /// A verdict is not a JSON object that begins with the keys of every verdict.
    #[error("`{export}` returned a verdict that is invalid: {reason}")]
    Verdict {
        /// The function that returned it.
        export: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// An output is longer than the configuration, or the record, can be the reason of.
    #[error("`{export}` returned {found_bytes} bytes, at most {limit_bytes} are accepted")]
    TooLong {
        /// The function that returned them.
        export: &'static str,
        /// Length of the output, in bytes.
        found_bytes: usize,
        /// The limit, in bytes.
        limit_bytes: usize,
    },
    /// The module has emitted more than its state and the records can be the reason of, as does one
    /// whose flush never ends.
    #[error("`{export}` emits without end: all together more than {limit_bytes} bytes")]
    EmittedTooMuch {
        /// The function that returned the last lines.
        export: &'static str,
        /// What it could have emitted, in bytes.
        limit_bytes: u64,
    },
    /// The module is not called any more: it failed too often in a row, or its calls took too long
    /// for what they were given. A [`Module`](crate::Module) that is loaded anew is called again.
    #[error("the module is given up: {reason}")]
    GivenUp {
        /// What it did.
        reason: String,
    },
    /// Bytes that must be text are not UTF-8.
    #[error("`{export}` returned text that is not UTF-8 from byte {offset} on")]
    NotUtf8 {
        /// The function that returned them.
        export: &'static str,
        /// Length of the part that is UTF-8, in bytes.
        offset: usize,
    },
}
