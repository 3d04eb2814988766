//! Runs the sekisho filter module in a Rust program, with [wasmtime](https://wasmtime.dev).
//!
//! A filter module reads CloudTrail records and classifies each AWS sign-in. This crate loads such
//! a module, passes records in and verdicts out, and makes sure that no module, broken or hostile,
//! crashes the program or loses a record. It implements the host side of the module's ABI, version
//! 1, and knows nothing of JSON or AWS.
//!
//! ```
//! use sekisho_host::Module;
//!
//! let module = Module::new(sekisho_module::SIMD)?; // once: checks and compiles
//! let mut filter = module.filter()?;               // once a thread: an instance
//!
//! let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
//!     "userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Failure"}}"#;
//! let verdict = filter.process(record)?.expect("a sign-in");
//! assert!(verdict.as_bytes().starts_with(br#"{"kind":"console_login","outcome":"failure""#));
//!
//! let upload = br#"{"eventSource":"s3.amazonaws.com","eventName":"PutObject"}"#;
//! assert_eq!(filter.process(upload)?, None);
//! // In a pipeline, pass on `bytes` whatever happens.
//! assert_eq!(filter.annotate(upload).bytes(), upload);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A module may also be stateful: it pairs records into attempts to sign in and counts them.
//!
//! ```
//! # let mut filter = sekisho_host::Module::new(sekisho_module::SIMD)?.filter()?;
//! # let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
//! #     "eventTime":"2025-03-29T11:10:09Z",
//! #     "userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Failure"}}"#;
//! let lines = filter.observe(record, 0)?;          // attempts that are complete
//! assert!(lines.is_empty());                       // another record may belong to this one
//! let saved = filter.save()?.to_vec();             // for `restore`, here or in another process
//! let mut lines = filter.flush()?;                 // the end of the stream
//! let attempt = lines.next().expect("an attempt");
//! assert!(attempt.as_bytes().starts_with(br#"{"type":"attempt","outcome":"failure""#));
//! # assert!(!saved.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Errors
//!
//! | what happens | type | what follows |
//! |---|---|---|
//! | the file is not a filter | [`LoadError`] | nothing of it has run |
//! | the module cannot classify a record | [`Error::Record`] with an [`ErrorCode`] and a message | the instance stays |
//! | the module refuses a configuration or a saved state | [`Error::Refused`], likewise | the instance stays, and so does the previous configuration or state |
//! | the module traps, breaks the ABI or does not end | [`Error::Fault`] with a [`Fault`] | the instance is dropped, and its state with it; the next call makes a new one with the same configuration |
//! | the module only fails | [`Error::Fault`] with [`Fault::GivenUp`] | the module is not called any more; every call fails at once |
//! | the module is stateless | [`Error::Stateless`] | the instance stays |
//!
//! Records are borrowed, so the caller still has them; [`Filter::annotate`] returns them in every
//! case.
//!
//! # What a module can do
//!
//! A module can compute, within the time and memory that [`Settings`] allow. It imports nothing, so
//! it reaches no file, clock or network. It is WebAssembly 1.0 with bulk memory, sign extension,
//! non-trapping float to int and SIMD; other features are refused. Every range that it returns is
//! checked against its memory, and an annotated record is compared with the record. Unless the module
//! is trusted,
//!
//! - a verdict is a JSON object that begins with the keys of every verdict, and is at most 8 times as
//!   long as the configuration and the module, and a kilobyte;
//! - what it emits is bounded by its memory and the records that it observed, so that a flush has an
//!   end;
//! - it is given up after sixteen failures in a row, or when its calls take too long for what they
//!   are given.
//!
//! What is compiled is limited, too: functions, what is in each of them, and an estimate of the cost
//! of all. The most expensive module that is accepted takes about five times the processor time of
//! the built-in one and less than 300 MB. [`Module::check`] does not compile at all. Calls need
//! 512 KiB of their thread's stack. Loading a module installs wasmtime's handler for memory faults in
//! the process.
//!
//! # Cost
//!
//! Compiling takes some hundred milliseconds; [`Settings::cache`] keeps compiled modules in a
//! private folder, from which they load in milliseconds. [`Settings::trust`] spares a module that
//! is part of your program the deadline. An instance takes tens of microseconds and 4 GiB of
//! address space (not of memory). A call of [`Filter::process`] costs a copy of the record and
//! about 40 ns more than the work inside; [`Filter::process_batch`] spreads that over many records.
//!
//! # Features
//!
//! - `serde`: reads verdicts, attempts and findings into Rust types: `VerdictJson::parse` returns a
//!   `Verdict`, `EmittedJson::parse` an `Emitted`. Off by default.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod annotated;
mod batch;
#[cfg(unix)]
mod cache;
#[cfg(not(unix))]
#[path = "no_cache.rs"]
mod cache;
mod check;
mod code_limits;
mod compiled;
mod deadline;
mod emission;
mod emitted;
mod error;
mod exports;
mod filter;
mod form;
mod guest;
mod health;
mod limits;
mod module;
#[cfg(unix)]
mod private;
mod settings;
#[cfg(feature = "serde")]
mod typed;
mod verdict;

pub use annotated::Annotated;
pub use batch::{BatchResults, Framing};
pub use emitted::{EmittedJson, EmittedLines};
pub use error::{AbiError, Error, ErrorCode, Fault, LoadError};
pub use filter::Filter;
pub use module::Module;
pub use settings::Settings;
#[cfg(feature = "serde")]
pub use typed::{Attempt, Emitted, Finding, Verdict};
pub use verdict::VerdictJson;
