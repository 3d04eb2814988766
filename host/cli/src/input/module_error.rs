//! Errors of the WebAssembly module about an item.

use sekisho_host::{AbiError, Error, ErrorCode};

use super::items::ItemResult;

/// What an error of the module says about the item. Faults of the module itself are counted in
/// `faults`.
pub(crate) fn item_result(error: Error, faults: &mut u64) -> ItemResult {
    match error {
        Error::Record(AbiError { code: ErrorCode::SeveralRecords, .. }) => {
            ItemResult::SeveralRecords
        }
        Error::Record(AbiError { code: ErrorCode::Malformed, message }) if !message.is_empty() => {
            // The module's message ends in a byte offset.
            ItemResult::Unreadable(format!("{message} of the record"))
        }
        Error::Record(error) => ItemResult::Unreadable(error.to_string()),
        // The program calls stateful functions only on modules that have them.
        _ => {
            *faults += 1;
            ItemResult::Unreadable(format!("the module failed: {error}"))
        }
    }
}
