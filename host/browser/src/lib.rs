//! The engine for JavaScript: text in, typed objects out. The playground is its user.
//!
//! It only translates: `sekisho` classifies records, `sekisho_records` splits files and explains
//! matches. The TypeScript declarations are generated from the types here.
#![forbid(unsafe_code)]

mod answer;
mod attempt;
mod explanation;
mod names;
mod place;
mod playground;
mod reading;
mod rules;
mod session;
mod source;
mod verdict;

pub use answer::{Answer, Refusal};
pub use attempt::{Attempt, Emitted, Finding};
pub use explanation::{Decided, Explanation, Field};
pub use place::Place;
pub use playground::{Playground, Trail};
pub use reading::{Listed, Listing, Part, ReadError, WithoutRecord};
pub use rules::{CompiledRules, Constraint, Rule, RuleKind, RuleMatch, RuleProblem};
pub use verdict::Verdict;
