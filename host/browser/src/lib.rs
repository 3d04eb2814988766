//! The engine for JavaScript, as the playground calls it: text in, typed objects out.
//!
//! It translates and nothing else: records are judged by `sekisho`, cut out of files and shown by
//! `sekisho_records`. The TypeScript declarations are made from the types here.
#![forbid(unsafe_code)]

mod answer;
mod attempt;
mod explanation;
mod judge;
mod place;
mod playground;
mod reading;
mod rules;
mod source;
mod verdict;

pub use answer::{Answer, Refusal};
pub use attempt::{Attempt, Finding, Flag, Told};
pub use explanation::{Decided, Explanation, Field};
pub use place::Place;
pub use playground::{Playground, Trail};
pub use reading::{Listed, Listing, Part, Unread};
pub use rules::{Asked, CompiledRules, Rule, RuleKind, RuleMatch, RuleProblem};
pub use source::ReadBytes;
pub use verdict::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};
