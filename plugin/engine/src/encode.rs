//! The ids of rules that match, as JSON.

use alloc::vec::Vec;

/// Appends the ids of rules as the last member of an object, and the object's end.
pub(crate) fn encode_rules<'r>(rules: impl Iterator<Item = &'r [u8]>, output: &mut Vec<u8>) {
    output.extend_from_slice(b",\"rules\":[");
    for (index, id) in rules.enumerate() {
        output.extend_from_slice(if index == 0 { b"\"" } else { b",\"" });
        output.extend_from_slice(id);
        output.push(b'"');
    }
    output.extend_from_slice(b"]}");
}
