//! Errors of the WebAssembly module about an item.

use sekisho_host::{Error, ErrorCode, RecordError};

use super::items::ItemResult;

/// What an error of the module says about the item. Faults of the module itself are counted in
/// `faults`.
pub(crate) fn item_result(error: Error, faults: &mut u64) -> ItemResult {
    match error {
        Error::Record(RecordError { code: ErrorCode::SeveralRecords, .. }) => {
            ItemResult::SeveralRecords
        }
        Error::Record(RecordError { code: ErrorCode::Malformed, sentence })
            if !sentence.is_empty() =>
        {
            // The module's message ends in a byte offset.
            ItemResult::Unreadable(format!("{sentence} of the record"))
        }
        Error::Record(refusal) => ItemResult::Unreadable(refusal.to_string()),
        // The program calls stateful functions only on modules that have them.
        Error::Fault(_) | Error::Stateless => {
            *faults += 1;
            ItemResult::Unreadable(format!("the module failed: {error}"))
        }
    }
}
