//! serde_json, into a struct with the needed fields, and into a `Value`.

use sekisho_measure::{Classification, Fields, Typed};
use serde_json::Value;

use crate::measure::Run;

pub(super) fn typed(records: &[Vec<u8>]) -> Run<'_, Classification> {
    Box::new(|index| serde_json::from_slice::<Typed>(&records[index]).expect("a record").classify())
}

pub(super) fn value(records: &[Vec<u8>]) -> Run<'_, Classification> {
    Box::new(|index| {
        let record: Value = serde_json::from_slice(&records[index]).expect("JSON");
        let fields = Fields {
            source: record["eventSource"].as_str().unwrap_or_default(),
            name: record["eventName"].as_str().unwrap_or_default(),
            result: record["responseElements"]["ConsoleLogin"].as_str(),
            code: record["errorCode"].as_str(),
            message: record["errorMessage"].as_str(),
            identity: record["userIdentity"]["type"].as_str(),
            mfa_used: record["additionalEventData"]["MFAUsed"].as_str(),
        };
        fields.classify()
    })
}
