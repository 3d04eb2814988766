//! One suite over every host: the same rows, the same answers, byte for byte.
//!
//! | file | what it holds true |
//! |---|---|
//! | `rows` | every row of `tests/cases` gets its answer in every host |
//! | `judged` | the engine agrees with the oracle over corpora and their mutations |
//! | `json_test_suite` | the scanner accepts and refuses what the JSON grammar does |
//! | `scanner` | the scanner finds what serde_json finds, and the same with SIMD as without |
//! | `rules` | rules in the configuration: what they are matched against, and what is refused |
//! | `sequences` | every host tells the same attempts of rows and random streams, carried over too |
//! | `flood` | more keys than are remembered: memory is bounded, and every record is told |
//! | `batches` | a batch answers what its records answer one by one |
//! | `fluent_bit` | what becomes of a record in Fluent Bit, imitated and real |
//! | `module` | what the module exports, needs and says of itself |
//! | `abi_page` | what the page about the ABI shows is what happens |
//! | `pages` | what the README shows is what is in the tree |
//! | `instructions` | no path through the module has become dearer |
//! | `endurance` | a million calls, no trap and not one more memory page |
//!
//! A host is a file in `hosts`; it knows nothing of the rows, and they know nothing of it.
//!
//! Corpora that are not in the repository are read from the folder that `SEKISHO_DATA` names;
//! without it the tests over them say so and pass. Node is needed where `CI` is set; elsewhere
//! its tests say that it is missing and pass.

mod abi_page;
mod batches;
mod corpora;
mod endurance;
mod flood;
mod fluent_bit;
mod header;
mod host;
mod hosts;
mod instructions;
mod json_test_suite;
mod judged;
mod module;
mod mutations;
mod pages;
mod rows;
mod rules;
mod scanner;
mod sequences;
mod texts;
