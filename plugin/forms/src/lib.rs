//! Writes verdicts on AWS sign-ins in standard forms: events of the Elastic Common Schema (ECS 9) and
//! of the Open Cybersecurity Schema Framework (OCSF 1.8), or the object that says who it was.
//!
//! The caller says what it knows in [`Details`] of a record, [`AttemptDetails`] or [`FindingDetails`].
//! What it does not know is absent from the output. The crate's `README.md` has the mappings.
//!
//! ```
//! use sekisho_forms::{Attribute, Details, EventBuffer, write_identity};
//!
//! let mut details = Details::default();
//! details.set(Attribute::User, b"mika");
//! details.set(Attribute::Through, b"console");
//! let mut buffer = EventBuffer::default();
//! write_identity(details, &mut buffer);
//! assert!(buffer.json()?.starts_with(br#"{"identity":null,"user":"mika","role":null"#));
//! # Ok::<(), std::collections::TryReserveError>(())
//! ```
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod attribute;
mod details;
mod ecs;
mod endpoint;
mod event_buffer;
mod factor;
mod facts;
mod flow;
mod gap;
mod identity;
mod json;
mod number;
mod ocsf;
mod output;
mod severity;
mod technique;
mod template;
mod texts;

pub use attribute::Attribute;
pub use details::{AttemptDetails, Details, FindingDetails, MatchedIds, Moment};
pub use ecs::{ECS_MEMBERS, write_ecs, write_ecs_attempt, write_ecs_finding};
pub use event_buffer::EventBuffer;
pub use identity::write_identity;
pub use ocsf::{write_ocsf, write_ocsf_attempt, write_ocsf_finding};
pub use technique::{MAX_TECHNIQUES, Technique, add_techniques};
