//! Classifies AWS sign-ins in CloudTrail records.
//!
//! AWS CloudTrail records each console sign-in, but whether it failed, why, for what kind of user
//! and with which factors is spread over fields that depend on each other. A [`Classifier`] reads a
//! record once and returns a typed [`Verdict`]; records that are no sign-ins cost little more than
//! finding out. It also matches Amazon EventBridge event patterns, which mean what they mean in AWS.
//! An [`AttemptStream`] pairs the records of one sign-in, and counts attempts over time.
//!
//! ```
//! use sekisho::{Classifier, Outcome, Reason};
//!
//! let mut classifier = Classifier::new();
//! let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
//!     "userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE"},
//!     "responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"MFAUsed":"No"}}"#;
//!
//! let classification = classifier.classify(record)?.expect("a sign-in");
//! assert_eq!(classification.verdict.outcome, Outcome::Failure);
//! assert_eq!(classification.verdict.reason, Some(Reason::BadPassword));
//!
//! // The same as JSON, and the record with this JSON as one more field.
//! let mut json = Vec::new();
//! assert!(classifier.process(record, &mut json)?);
//! assert!(json.starts_with(br#"{"kind":"console_login","outcome":"failure""#));
//! let mut annotated = Vec::new();
//! assert!(classifier.annotate(record, &mut annotated)?);
//! assert!(annotated.ends_with(&[br#","signin":"#, &json[..], b"}"].concat()));
//! # Ok::<(), sekisho::Error>(())
//! ```
//!
//! # Input
//! A record may be the input itself; the `detail` of an EventBridge event; in an object's
//! `Records`, `Events` or `logEvents` array; JSON text in `message`, `log`, `Message`,
//! `CloudTrailEvent` or `event.original`; or inside several of these, up to [`MAX_ENVELOPES`]. If no
//! record is there, it is looked for in all of the input, below at most [`MAX_STEPS`] keys and
//! elements, also with the columns of Athena, CloudTrail Lake, Steampipe and Microsoft Sentinel, or
//! as an event of OCSF.
//!
//! # Limits
//! An input has at most [`MAX_INPUT`] bytes, and at most
//! [`MAX_DEPTH`](sekisho_scan::MAX_DEPTH) nested objects and arrays.
//!
//! # Features
//! `forms` (off by default): the configuration has `form` and `identity`, so that results can be
//! events of ECS or OCSF.
//!
//! `serde` (off by default): [`Verdict`] and its values, [`Classification`], [`Attempt`],
//! [`Finding`] and [`Emitted`] implement `serde::Serialize`. The keys, their order and
//! the values are those of the JSON that the filter ABI writes.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod actor;
mod arrival;
mod attempt;
mod batch;
mod cells;
mod classification;
mod classifier;
mod collected_rules;
mod compiled_correlation;
mod compiled_silence;
mod configuration;
mod correlation;
mod encode;
mod error;
pub mod eventbridge;
mod explain;
mod finding;
#[cfg(feature = "forms")]
mod form;
#[cfg(not(feature = "forms"))]
#[path = "without_forms.rs"]
mod form;
#[cfg(feature = "forms")]
mod form_details;
#[cfg(feature = "forms")]
mod form_lines;
mod known;
mod learning;
mod limits;
mod line;
mod members;
mod observation;
mod particulars;
mod pattern_group;
mod peek;
mod place;
mod record_list;
mod record_paths;
mod respell;
mod row_text;
mod rule_id;
mod rules;
mod search;
#[cfg(feature = "serde")]
mod serialize;
mod silence;
mod spelling;
mod stream;
mod techniques;
mod text;
mod tune;
mod views;

pub use actor::Actor;
pub use attempt::{Attempt, AttemptFlags};
pub use batch::Framing;
pub use classification::Classification;
pub use classifier::{Classifier, ClassifierCounters};
pub use configuration::Configuration;
pub use correlation::Correlation;
pub use error::{ConfigurationError, Error};
pub use explain::{Explained, ExplainedField, Explanation};
pub use finding::Finding;
pub use limits::{MAX_ENVELOPES, MAX_FIELD, MAX_INPUT, MAX_RULE_ID, MAX_STEPS};
pub use particulars::Through;
pub use peek::Peek;
pub use record_list::{ListElement, RecordList};
pub use sekisho_attempts::{
    EventId, FindingState, Identity, IdentityField, StateError, StreamCounters, Time,
};
pub use sekisho_rules::PatternErrorKind;
pub use sekisho_scan::{Expected, Malformed};
pub use sekisho_signin::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};
pub use sekisho_skeleton::MAX_BYTES as MAX_LEARNED_BYTES;
pub use silence::Silence;
pub use stream::{AttemptStream, Emissions, Emitted, Restored};
pub use tune::Tuning;
pub use views::Views;
