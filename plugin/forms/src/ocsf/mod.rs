//! Events of the Open Cybersecurity Schema Framework, version 1.8.

mod activity;
mod attempt;
mod authentication;
mod finding;
mod parts;
mod record;

pub use attempt::write_ocsf_attempt;
pub use finding::write_ocsf_finding;
pub use record::write_ocsf;
