//! What JavaScript calls.
#![allow(
    clippy::missing_errors_doc,
    reason = "unless they say more they fail only where an answer cannot be made a value of JavaScript"
)]

use std::io::Read;

use sekisho_records::Splitter;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use tsify::{Ts, Tsify};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::judge::Judge;
use crate::reading::{Listing, Reading};
use crate::source::{self, ReadBytes};
use crate::{Answer, CompiledRules, Explanation, Part, RuleMatch, Told};

/// The engine with the rules that are in force; none at first.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Playground {
    judge: Judge,
}

#[wasm_bindgen]
impl Playground {
    /// An engine without rules.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts rules in force: an Amazon EventBridge event pattern, or a configuration with `rules`,
    /// as JSON. Blank text is no rules. Invalid rules leave those before in force.
    #[wasm_bindgen(js_name = compileRules)]
    pub fn compile_rules(&mut self, text: &str) -> Result<Ts<CompiledRules>, JsError> {
        typed(&self.judge.compile_rules(text))
    }

    /// What one record is, in any of the shapes in which it may arrive.
    pub fn classify(&mut self, record: &[u8]) -> Result<Ts<Answer>, JsError> {
        typed(&self.judge.classify(record))
    }

    /// Why a record got its verdict; undefined if it is no sign-in, or cannot be read.
    pub fn explain(&mut self, record: &str) -> Result<Option<Ts<Explanation>>, JsError> {
        self.judge.explain(record).as_ref().map(typed).transpose()
    }

    /// Which rules match a record, and why; undefined if it cannot be read. Rules that are matched
    /// against attempts are left out.
    #[wasm_bindgen(js_name = matchRules)]
    pub fn match_rules(&mut self, record: &str) -> Result<Option<Vec<Ts<RuleMatch>>>, JsError> {
        self.judge.match_rules(record).map(|rules| rules.iter().map(typed).collect()).transpose()
    }

    /// Begins to read a file of records, by the rules that are in force now.
    /// Throws if the file cannot be read, or is packed in a way that is not known here.
    pub fn read(&self, file: ReadBytes, listing: Ts<Listing>) -> Result<Trail, JsError> {
        let reading = Reading::new(self.judge.engine()?, listing.to_rust()?);
        Ok(Trail { splitter: Splitter::new(source::open(file)?), reading })
    }
}

/// A file of records that is being read.
#[wasm_bindgen]
pub struct Trail {
    splitter: Splitter<Box<dyn Read>>,
    reading: Reading,
}

#[wasm_bindgen]
impl Trail {
    /// Reads on, at least so many records if there are.
    pub fn next(&mut self, records: u32) -> Result<Ts<Part>, JsError> {
        typed(&self.reading.next(&mut self.splitter, records))
    }

    /// The text of a record by its place in the list.
    #[must_use]
    pub fn record(&self, index: usize) -> Option<String> {
        self.reading.record(index)
    }

    /// The attempts that the listed records are part of, in the order of time, and what counted
    /// rules find.
    pub fn attempts(&mut self) -> Result<Vec<Ts<Told>>, JsError> {
        self.reading.attempts().iter().map(typed).collect()
    }
}

/// A value as JavaScript has it: null for what is missing, and objects for maps.
fn typed<T: Serialize + Tsify>(value: &T) -> Result<Ts<T>, JsError> {
    let serializer =
        Serializer::new().serialize_missing_as_null(true).serialize_maps_as_objects(true);
    Ok(Ts::new_unchecked(value.serialize(&serializer)?))
}
