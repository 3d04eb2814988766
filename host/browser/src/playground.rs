//! The functions that JavaScript calls.
#![allow(
    clippy::missing_errors_doc,
    reason = "unless they say more, they fail only if a result cannot be converted to JavaScript"
)]

use std::io::Read;

use sekisho_browser_source::ReadBytes;
use sekisho_records::Splitter;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use tsify::{Ts, Tsify};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::reading::{Listing, Reading};
use crate::session::Session;
use crate::source;
use crate::{Answer, CompiledRules, Emitted, Explanation, Part, RuleMatch};

/// The engine and its current rules; none at first.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Playground {
    session: Session,
}

#[wasm_bindgen]
impl Playground {
    /// An engine without rules.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the rules: an Amazon EventBridge event pattern, or a configuration with `rules`, as
    /// JSON. Blank text means no rules. Invalid rules change nothing.
    #[wasm_bindgen(js_name = compileRules)]
    pub fn compile_rules(&mut self, text: &str) -> Result<Ts<CompiledRules>, JsError> {
        typed(&self.session.compile_rules(text))
    }

    /// Classifies one record, in any envelope.
    pub fn classify(&mut self, record: &[u8]) -> Result<Ts<Answer>, JsError> {
        typed(&self.session.classify(record))
    }

    /// Why a record has its verdict; undefined if it is not a sign-in or cannot be read.
    pub fn explain(&mut self, record: &str) -> Result<Option<Ts<Explanation>>, JsError> {
        self.session.explain(record).as_ref().map(typed).transpose()
    }

    /// Which rules match a record, and why; undefined if it cannot be read. Rules on attempts are
    /// left out.
    #[wasm_bindgen(js_name = matchRules)]
    pub fn match_rules(&mut self, record: &str) -> Result<Option<Vec<Ts<RuleMatch>>>, JsError> {
        self.session.match_rules(record).map(|rules| rules.iter().map(typed).collect()).transpose()
    }

    /// Starts to read a file of records with the current rules.
    /// Throws if the file cannot be read or its compression is unknown.
    pub fn read(&self, file: ReadBytes, listing: Ts<Listing>) -> Result<Trail, JsError> {
        let reading = Reading::new(self.session.stream()?, listing.to_rust()?);
        Ok(Trail { splitter: Splitter::new(source::open(file)?), reading })
    }
}

/// A file of records while it is read.
#[wasm_bindgen]
pub struct Trail {
    splitter: Splitter<Box<dyn Read>>,
    reading: Reading,
}

#[wasm_bindgen]
impl Trail {
    /// Reads at least `records` more records, or to the end.
    pub fn next(&mut self, records: u32) -> Result<Ts<Part>, JsError> {
        typed(&self.reading.next(&mut self.splitter, records))
    }

    /// The text of a listed record.
    #[must_use]
    pub fn record(&self, index: usize) -> Option<String> {
        self.reading.record(index)
    }

    /// The attempts of the listed records in order of time, and what correlation rules find.
    pub fn attempts(&mut self) -> Result<Vec<Ts<Emitted>>, JsError> {
        self.reading.attempts().iter().map(typed).collect()
    }
}

/// Converts a value to JavaScript: null for missing values, objects for maps.
fn typed<T: Serialize + Tsify>(value: &T) -> Result<Ts<T>, JsError> {
    let serializer =
        Serializer::new().serialize_missing_as_null(true).serialize_maps_as_objects(true);
    Ok(Ts::new_unchecked(value.serialize(&serializer)?))
}
