//! Finds CloudTrail records in whatever they arrive in, and says of each AWS sign-in what it was.
//!
//! This is what Rust programs depend on, and what the WebAssembly module wraps:
//! bytes in, fields, verdict, bytes out.
//!
//! ```
//! let mut engine = sekisho::Engine::new();
//! let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
//!     "userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE"},
//!     "responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"MFAUsed":"No"}}"#;
//!
//! let verdict = engine.classify(record)?.expect("a sign-in");
//! assert_eq!(verdict.outcome.name(), "failure");
//! assert_eq!(verdict.reason.unwrap().name(), "bad_password");
//!
//! // The same as JSON, and the record with the verdict spliced in.
//! let mut output = Vec::new();
//! assert!(engine.process(record, &mut output)?);
//! assert!(output.starts_with(br#"{"kind":"console_login","outcome":"failure""#));
//! output.clear();
//! assert!(engine.annotate(record, &mut output)?);
//! assert!(output.ends_with(br#","signin":{"kind":"console_login","outcome":"failure","reason":"bad_password","principal":"iam_user","mfa":"not_used","user_exists":"yes"}}"#));
//! # Ok::<(), sekisho::Error>(())
//! ```
//!
//! # What a record may arrive in
//! The record itself; the `detail` of an EventBridge event; an object's `Records`, `Events` or
//! `logEvents` array; JSON text in `message`, `log`, `Message`, `CloudTrailEvent` or
//! `event.original`. These may stand in one another, up to [`MAX_ENVELOPES`].
//!
//! # Limits
//! [`MAX_INPUT`] bytes of input, [`sekisho_scan::MAX_DEPTH`] nested containers.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod arrival;
mod attempts;
mod batch;
mod configuration;
mod correlation;
mod encode;
mod engine;
mod error;
mod explain;
mod finding;
mod observation;
mod rules;
mod text;
mod views;

pub use arrival::MAX_ENVELOPES;
pub use attempts::Restored;
pub use batch::Framing;
pub use configuration::{Configuration, MAX_FIELD};
pub use correlation::Correlation;
pub use engine::{Counters, Engine, MAX_INPUT};
pub use error::{ConfigurationError, Error};
pub use explain::{Explained, ExplainedField, Explanation};
pub use rules::MAX_RULE_ID;
pub use sekisho_attempts::{AttemptSettings, StateError, StreamCounters, Time};
pub use sekisho_rules::PatternErrorKind;
pub use sekisho_scan::{Expected, Malformed};
pub use sekisho_signin::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};
pub use views::Views;
