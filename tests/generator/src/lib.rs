//! Seeded CloudTrail records for tests, benches and the demo.
//!
//! There are three endless streams. On every platform, a seed always produces the same bytes.
//!
//! | stream | content | time |
//! |---|---|---|
//! | [`signin_records`] | work S: sign-ins of every kind and era | increases within an attempt, jumps between attempts |
//! | [`mixed_records`] | work M: API calls, 2 % sign-ins, lookalikes | from 2025-09-15 on |
//! | [`trail_records`] | a trail with a plot | 2018-06-14, then working days from 2025-09-15 on |
//!
//! Records arrive like those of CloudTrail: some are out of order, by at most [`MAX_LAG_SECONDS`], and
//! some are duplicated. [`write_trail`] writes records in CloudTrail's S3 folder layout, and
//! [`envelope`] and [`wrapping`] wrap a record in every arrival shape. [`file_forms`] are the files that
//! hold several records.
//!
//! A record has the [`Case`] that it is an example of. The generator computes no verdicts, because
//! tests check those.
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
pub mod file_forms;
mod identity;
mod identity_center;
mod lookalikes;
mod random;
mod record;
mod rules;
mod scene;
mod signin;
pub mod spelling;
mod stories;
mod streams;
mod timeline;
mod trail;
mod working_day;
pub mod wrapping;

pub use case::Case;
pub use jiff::Timestamp;
pub use record::Record;
pub use rules::rules;
pub use streams::{mixed_records, signin_records};
pub use timeline::MAX_LAG_SECONDS;
pub use trail::{SAMPLE_RECORDS, SAMPLE_SEED, TrailError, write_trail};
pub use working_day::trail_records;
