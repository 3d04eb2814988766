//! What can go wrong, in three closed enums: loading a module, a call without an answer, a module at
//! fault.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

/// Why bytes were not accepted as a filter module. Decided before anything of the module runs.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LoadError {
    /// The file is longer than [`Settings::module_limit_bytes`](crate::Settings).
    #[error("the module has {found_bytes} bytes, at most {limit_bytes} are accepted")]
    TooLarge {
        /// Length of the file, in bytes.
        found_bytes: usize,
        /// The limit it broke, in bytes.
        limit_bytes: usize,
    },
    /// Not WebAssembly, not valid, or in need of a WebAssembly feature that filters do without.
    #[error("not a valid WebAssembly module at byte {at}: {reason}")]
    Invalid {
        /// Where reading stopped, as a byte offset into the file.
        at: u64,
        /// What was wrong there.
        reason: String,
    },
    /// A filter needs nothing from its host; this one asks for something.
    #[error("the module imports `{name}` from `{module}`, a filter imports nothing")]
    Import {
        /// The module name of the first import.
        module: String,
        /// The name of the first import.
        name: String,
    },
    /// Code that would run while loading.
    #[error("the module has a start function, a filter has none")]
    StartFunction,
    /// A memory with 64-bit addresses.
    #[error("the module's memory has 64-bit addresses, a filter's has 32-bit ones")]
    Memory64,
    /// A memory made for several threads.
    #[error("the module's memory is shared, a filter's is its own")]
    SharedMemory,
    /// The module wants more memory at its start than it may ever have.
    #[error(
        "the module starts with {minimum_bytes} bytes of memory, at most {limit_bytes} are allowed"
    )]
    MemoryTooLarge {
        /// The memory's declared minimum, in bytes.
        minimum_bytes: u64,
        /// [`Settings::memory_limit_bytes`](crate::Settings).
        limit_bytes: usize,
    },
    /// The module wants a table larger than any filter needs.
    #[error(
        "the module starts with a table of {minimum_elements} elements, at most {limit_elements} are allowed"
    )]
    TableTooLarge {
        /// The table's declared minimum, in elements.
        minimum_elements: u64,
        /// The limit it broke, in elements.
        limit_elements: u64,
    },
    /// WebAssembly, but no filter of this ABI version.
    #[error("the module does not export `sekisho_abi_v1`, so it is no filter of ABI version 1")]
    MarkerMissing,
    /// The marker is there, but something it promises is not; or some of the exports that keep state
    /// are there, but not this one.
    #[error("the module does not export `{name}`, expected `{expected}`")]
    ExportMissing {
        /// The export that was looked for.
        name: &'static str,
        /// Its type in the ABI, such as `(i32, i32) -> i32`.
        expected: String,
    },
    /// An export of the right name is of another type.
    #[error("the module's export `{name}` is `{found}`, expected `{expected}`")]
    ExportType {
        /// The export that was looked at.
        name: &'static str,
        /// Its type in the ABI, such as `(i32, i32) -> i32`.
        expected: String,
        /// Its type in the module.
        found: String,
    },
    /// The module is valid, but this host cannot compile it or start its deadline thread.
    #[error("this host cannot prepare the module: {reason}")]
    Host {
        /// What the engine or the operating system said.
        reason: String,
    },
}

/// Why a call gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// The module works and refuses this input.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The module does not work. Its instance is gone; the next call runs on a fresh one.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The module works, but keeps no state: it has none of the exports that pair records.
    #[error("the module keeps no state: it does not export `sekisho_observe`")]
    Stateless,
}

impl Error {
    /// Whether the instance is gone, and with it the state: who wants that back restores what was
    /// saved last.
    pub fn ends_instance(&self) -> bool {
        match self {
            Self::Record(refusal) => refusal.code == ErrorCode::Internal,
            Self::Fault(_) => true,
            Self::Stateless => false,
        }
    }
}

/// A refusal by a module that works: what it has against the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// The reason to branch on.
    pub code: ErrorCode,
    /// The module's own sentence, at most 4 KiB; empty where it gave none, as inside a batch.
    pub sentence: String,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, sentence } = self;
        write!(f, "{code} (code {})", code.number())?;
        if !sentence.is_empty() {
            write!(f, ": {sentence}")?;
        }
        Ok(())
    }
}

impl std::error::Error for RecordError {}

/// The error codes of ABI version 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// -1: the range lies outside the input buffer.
    OutsideInput,
    /// -2: the input is not well-formed JSON or UTF-8.
    Malformed,
    /// -3: the input is too large or nested too deep. Also given by the host, for an input that the
    /// module has no buffer for.
    TooLarge,
    /// -4: the configuration, the framing or the saved state is not accepted. The configuration and
    /// the state before it stay.
    BadConfiguration,
    /// -5: the module's bounded state is full.
    StateFull,
    /// -6: an error inside the module, such as memory that ran out. It ends the instance.
    Internal,
    /// -7: the input holds several records; [`Filter::process_batch`](crate::Filter::process_batch)
    /// takes those.
    SeveralRecords,
    /// A code that version 1 does not name.
    Other(i32),
}

impl ErrorCode {
    /// The code as the module gave it; always negative.
    pub fn number(self) -> i32 {
        match self {
            Self::OutsideInput => -1,
            Self::Malformed => -2,
            Self::TooLarge => -3,
            Self::BadConfiguration => -4,
            Self::StateFull => -5,
            Self::Internal => -6,
            Self::SeveralRecords => -7,
            Self::Other(number) => number,
        }
    }

    pub(crate) fn from_number(number: i32) -> Self {
        match number {
            -1 => Self::OutsideInput,
            -2 => Self::Malformed,
            -3 => Self::TooLarge,
            -4 => Self::BadConfiguration,
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
            Self::OutsideInput => "the range lies outside the input buffer",
            Self::Malformed => "the input is not well-formed JSON or UTF-8",
            Self::TooLarge => "the input is too large or nested too deep",
            Self::BadConfiguration => {
                "the configuration, the framing or the saved state is not accepted"
            }
            Self::StateFull => "the module's state is full",
            Self::Internal => "an error inside the module",
            Self::SeveralRecords => "the input holds several records",
            Self::Other(_) => "an error unknown to ABI version 1",
        })
    }
}

/// How a module broke its contract. Every fault ends the instance; no fault loses the record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// The module could not be given an instance: no memory left, or its own data do not fit.
    #[error("no instance of the module could be made: {reason}")]
    Instantiation {
        /// What the engine said.
        reason: String,
    },
    /// A fresh instance refused the configuration that an earlier one had accepted. Every further
    /// call tries again; [`Module::filter`](crate::Module::filter) starts without it.
    #[error("a fresh instance refuses the configuration: {0}")]
    Configuration(RecordError),
    /// The module stopped with a trap.
    #[error("`{export}` trapped: {reason}")]
    Trapped {
        /// The function that was called.
        export: &'static str,
        /// The engine's name of the trap.
        reason: String,
    },
    /// The call ran longer than [`Settings::deadline`](crate::Settings).
    #[error("`{export}` was stopped: the call ran longer than {limit:?}")]
    Deadline {
        /// The function that was running.
        export: &'static str,
        /// The limit it broke.
        limit: Duration,
    },
    /// The module was refused memory beyond its limit and trapped over it. (One that copes with
    /// the refusal is not at fault.)
    #[error("`{export}` trapped after it was refused memory beyond {limit_bytes} bytes")]
    MemoryLimit {
        /// The function that was called.
        export: &'static str,
        /// [`Settings::memory_limit_bytes`](crate::Settings).
        limit_bytes: usize,
    },
    /// The module pointed outside its own memory.
    #[error(
        "`{export}` gave {length_bytes} bytes at {start}, outside the module's memory of {memory_bytes} bytes"
    )]
    OutsideMemory {
        /// The function whose answer the range belongs to.
        export: &'static str,
        /// First byte of the range, as an address in the module.
        start: u32,
        /// Length of the range, in bytes.
        length_bytes: u32,
        /// Size of the memory at that moment, in bytes.
        memory_bytes: usize,
    },
    /// The module gave a number that its contract does not know.
    #[error("`{export}` answered {found}, expected {expected}")]
    Answer {
        /// The function that was called.
        export: &'static str,
        /// What it answered.
        found: i32,
        /// What the ABI allows there.
        expected: &'static str,
    },
    /// The answer to a batch is not a list of entries with ascending indices.
    #[error("the answer to a batch breaks at byte {at}: expected {expected}")]
    BatchAnswer {
        /// Where the bad entry begins, as a byte offset into the answer.
        at: usize,
        /// What the ABI wants there.
        expected: &'static str,
    },
    /// The annotated record is not the record with something added.
    #[error("`sekisho_annotate` gave something else than the record with a field added")]
    RecordAltered,
    /// Bytes that must be text are not UTF-8.
    #[error("`{export}` gave text that is not UTF-8 from byte {at} on")]
    NotUtf8 {
        /// The function whose answer it was.
        export: &'static str,
        /// Length of the part that is UTF-8, in bytes.
        at: usize,
    },
}
