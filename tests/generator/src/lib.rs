//! Seeded CloudTrail records for tests, benches and the demo.
//!
//! Three endless streams, the same bytes for the same seed on every platform:
//!
//! | stream | what it is for | time |
//! |---|---|---|
//! | [`signin_records`] | work S: sign-ins of every kind and every era | jumps between eras, flows within one attempt |
//! | [`mixed_records`] | work M: API calls, 2 % sign-ins, lookalikes | flows from one day in 2025 |
//! | [`trail_records`] | a trail that tells a story | 2018-06-14, then working days from 2025-09-15 |
//!
//! Where time flows it flows as CloudTrail delivers: some neighbours are out of order, at most
//! [`MAX_LAG_SECONDS`] back, and some records come twice. [`write_trail`] puts records into
//! CloudTrail's S3 folder layout, [`envelope`] wraps one in every shape in which it can arrive.
//!
//! A record knows the [`Case`] that it was made for. No verdict is computed here: judging is what
//! is being tested.
//!
//! ```
//! use sekisho_generator::{Case, signin_records};
//!
//! let record = signin_records(1).find(|record| record.case == Case::RootMfaUsed).unwrap();
//! assert!(record.json.contains(r#""eventName":"ConsoleLogin""#));
//! ```
#![forbid(unsafe_code)]

mod background;
mod calls;
mod case;
pub mod envelope;
mod era;
mod identity;
mod identity_center;
mod lookalikes;
mod random;
mod record;
mod rules;
mod scene;
mod signin;
mod stories;
mod streams;
mod timeline;
mod trail;
mod working_day;

pub use case::Case;
pub use jiff::Timestamp;
pub use record::Record;
pub use rules::rules;
pub use streams::{mixed_records, signin_records};
pub use timeline::MAX_LAG_SECONDS;
pub use trail::{SAMPLE_RECORDS, SAMPLE_SEED, TrailError, write_trail};
pub use working_day::trail_records;
