//! simd-json, into its tape, with reused buffers. It writes into its input, so the record is copied
//! first.

use sekisho_measure::{Classification, Fields};
use simd_json::Buffers;
use simd_json::prelude::*;

use crate::measure::Run;

pub(super) fn tape(records: &[Vec<u8>]) -> Run<'_, Classification> {
    let (mut buffers, mut copy) = (Buffers::default(), Vec::new());
    Box::new(move |index| {
        copy.clear();
        copy.extend_from_slice(&records[index]);
        let tape = simd_json::to_tape_with_buffers(&mut copy, &mut buffers).expect("JSON");
        let record = tape.as_value().as_object().expect("a record is an object");
        let text = |key| record.get(key).and_then(ValueIntoString::into_string);
        let nested = |key, nested| {
            record.get(key)?.as_object()?.get(nested).and_then(ValueIntoString::into_string)
        };
        let fields = Fields {
            source: text("eventSource").unwrap_or_default(),
            name: text("eventName").unwrap_or_default(),
            result: nested("responseElements", "ConsoleLogin"),
            code: text("errorCode"),
            message: text("errorMessage"),
            identity: nested("userIdentity", "type"),
            mfa_used: nested("additionalEventData", "MFAUsed"),
        };
        fields.classify()
    })
}
