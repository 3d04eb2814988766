//! Runs the sekisho filter module in a Rust program, by [wasmtime](https://wasmtime.dev).
//!
//! A filter module reads CloudTrail records and says of each AWS sign-in what it was. This crate
//! loads such a module, carries records in and verdicts out, and sees to it that no module, broken
//! or hostile, takes the program or a record with it. It knows the module's ABI, version 1, and
//! nothing of JSON or AWS.
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
//! assert!(verdict.starts_with(br#"{"kind":"console_login","outcome":"failure""#));
//!
//! let upload = br#"{"eventSource":"s3.amazonaws.com","eventName":"PutObject"}"#;
//! assert_eq!(filter.process(upload)?, None);
//! // In a pipeline: whatever happens, `bytes` is what to pass on.
//! assert_eq!(filter.annotate(upload).bytes(), upload);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A module may also keep state: it pairs records into attempts to sign in and counts them.
//!
//! ```
//! # let mut filter = sekisho_host::Module::new(sekisho_module::SIMD)?.filter()?;
//! # let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
//! #     "eventTime":"2025-03-29T11:10:09Z",
//! #     "userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Failure"}}"#;
//! let told = filter.observe(record, 0)?;           // lines of JSON, for what is over by now
//! assert_eq!(told, b"");                           // another record may belong to the attempt
//! let saved = filter.save()?.to_vec();             // for `restore`, here or in another process
//! let told = filter.flush()?;                      // the stream is over
//! assert!(told.starts_with(br#"{"type":"attempt","outcome":"failure""#));
//! # assert!(!saved.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # When something is wrong
//!
//! | what | how it shows | what follows |
//! |---|---|---|
//! | the file is no filter | [`LoadError`] | nothing of it has run |
//! | the module cannot read a record | [`Error::Record`] with an [`ErrorCode`] and the module's sentence | the instance goes on |
//! | the module traps, lies or does not end | [`Error::Fault`] with a [`Fault`] | the instance is thrown away, and with it its state; the next call runs on a fresh one with the same configuration |
//! | the module has no state to ask for | [`Error::Stateless`] | the instance goes on |
//!
//! Records are borrowed, so the caller has them still; [`Filter::annotate`] hands them back in
//! every case.
//!
//! # What a module may do
//!
//! It may compute, for as long and in as much memory as [`Settings`] say. It imports nothing, so it
//! reaches no file, clock or network. It is plain WebAssembly 1.0 with bulk memory, sign extension,
//! non-trapping float to int and SIMD; other features are refused. What it points at is checked
//! against its memory each time, and an annotated record is compared with the record.
//!
//! Not limited is what it takes to compile a module: loops nested hundreds deep make five kilobytes
//! take longer than ten seconds, and half a megabyte take gigabytes of memory. Who loads modules of
//! strangers does so in a process that may be ended. Calls need 512 KiB of their thread's stack.
//! Loading a module installs wasmtime's handler for memory faults in the process.
//!
//! # Cost
//!
//! Compiling takes some hundred milliseconds, an instance tens of microseconds and 4 GiB of address
//! space (not of memory). A call of [`Filter::process`] costs its copy of the record and about
//! 40 ns more than the work inside; [`Filter::process_batch`] spreads that over many records.
//! Compiled modules cannot be kept in a file, because loading one back cannot be checked for
//! safety.
#![forbid(unsafe_code)]

mod annotated;
mod answers;
mod deadline;
mod error;
mod filter;
mod guest;
mod limits;
mod load;

pub use annotated::Annotated;
pub use answers::Answers;
pub use error::{Error, ErrorCode, Fault, LoadError, RecordError};
pub use filter::{Filter, Framing, Module, Settings};
