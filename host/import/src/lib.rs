//! Turns rules of other formats into rules of sekisho.
//!
//! - [`sigma`] reads Sigma rules of `product: aws`, `service: cloudtrail`, and Sigma correlations.
//! - [`cloudformation`] reads the `EventPattern` of each EventBridge rule in a template, [`terraform`]
//!   the `event_pattern`.
//!
//! What a rule of sekisho cannot say exactly is refused by name, with its place in the file. The
//! README says what the difference would be.
//!
//! ```
//! let rule = "
//! title: Trail Stopped
//! logsource: {product: aws, service: cloudtrail}
//! detection:
//!     selection:
//!         eventSource: cloudtrail.amazonaws.com
//!         eventName: StopLogging
//!     condition: selection
//! level: high
//! ";
//! let imported = sekisho_import::sigma(&[rule], &sekisho_import::Options::default());
//! assert_eq!(imported[0].rules[0].id, "trail-stopped");
//! ```
#![forbid(unsafe_code)]

mod boolean;
mod cloudformation;
mod condition;
mod correlation;
mod event_rule;
mod field;
mod ids;
mod pattern;
mod refusal;
mod regex;
mod rule;
mod sigma;
mod terraform;
mod tree;
mod value_test;
mod wildcard;

pub use cloudformation::cloudformation;
pub use field::Options;
pub use refusal::Refusal;
pub use rule::{Definition, Imported, Rule};
pub use sigma::sigma;
pub use terraform::terraform;
