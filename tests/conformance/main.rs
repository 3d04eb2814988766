//! One suite for every host: the same rows and the same results, byte for byte.
//!
//! | file | property |
//! |---|---|
//! | `alerts` | the built-in rules find the attacks of `tests/cases/alerts`, and nothing in ordinary days |
//! | `rows` | every host returns the expected result for each row of `tests/cases` |
//! | `reports` | the reported records of the data folder have the reported verdicts |
//! | `arrivals` | a record in any shape has the verdict of the bare record |
//! | `oracle` | the engine agrees with the oracle on corpora and their mutations |
//! | `explanations` | an explanation says the same as the verdict, and names the fields that decided |
//! | `json_test_suite` | the scanner accepts and refuses what the JSON grammar does |
//! | `scanner` | the scanner finds what serde_json finds, with SIMD and without |
//! | `rules` | which object a pattern is matched against, and which rules are refused |
//! | `header` | the header of a record changes no match |
//! | `forms` | every host writes the events of the rows of `tests/cases/forms` |
//! | `sequences` | every host emits the same attempts and findings, after a restored state too |
//! | `silence` | every host silences what the entries say, in the rows of `tests/cases/silence` and at random |
//! | `skeletons` | what was learned of earlier records changes no result |
//! | `flood` | memory is bounded when keys are evicted, and no record is lost |
//! | `batches` | a batch has the results of its records |
//! | `fluent_bit` | Fluent Bit, emulated and real, keeps, drops and annotates the right records |
//! | `peek` | what the first bytes of a record decide, the whole record decides |
//! | `module` | size, imports and manifest of the module |
//! | `public_names` | exports and JSON keys are those listed in `public_names.txt` |
//! | `abi_page` | the examples in `plugin/ABI.md` are correct |
//! | `pages` | the example in the README is the one in the tree |
//! | `instructions` | no path through the module has become more expensive |
//! | `endurance` | a million calls cause no trap and take no additional memory |
//!
//! Each host is one file in `hosts`. Hosts and rows do not know about each other.
//!
//! Corpora outside the repository are read from the folder in `SEKISHO_DATA`; without it, the tests
//! that need them print that they are skipped and pass. If `CI` is set, Node must be installed;
//! otherwise the tests that need it may be skipped too.

mod abi_page;
mod alerts;
mod arrivals;
mod batches;
mod corpora;
mod endurance;
mod explanations;
mod flood;
mod fluent_bit;
mod forms;
mod header;
mod host;
mod hosts;
mod instructions;
mod json_test_suite;
mod manifest;
mod module;
mod mutations;
mod oracle;
mod pages;
mod peek;
mod public_names;
mod reports;
mod rows;
mod rules;
mod scanner;
mod sequences;
mod silence;
mod skeletons;
mod texts;
#[path = "../../xtask/src/dist/yaml.rs"]
mod yaml;
