//! A verdict as JSON.

use alloc::vec::Vec;

use sekisho_signin::{Reason, Verdict};

/// No verdict's JSON is longer than this, rules aside.
pub(crate) const MAX_VERDICT: usize = 256;

/// Appends the verdict's JSON object. Its keys always stand in the same order; names need no
/// escapes.
pub(crate) fn encode(verdict: &Verdict, output: &mut Vec<u8>) {
    encode_values(verdict, output);
    output.push(b'}');
}

/// The same with the ids of the rules that matched, which are escaped already.
pub(crate) fn encode_with_rules<'r>(
    verdict: &Verdict,
    rules: impl Iterator<Item = &'r [u8]>,
    output: &mut Vec<u8>,
) {
    encode_values(verdict, output);
    encode_rules(rules, output);
}

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

fn encode_values(verdict: &Verdict, output: &mut Vec<u8>) {
    let values = [
        ("{\"kind\":", Some(verdict.kind.name())),
        (",\"outcome\":", Some(verdict.outcome.name())),
        (",\"reason\":", verdict.reason.map(Reason::name)),
        (",\"principal\":", Some(verdict.principal.name())),
        (",\"mfa\":", Some(verdict.mfa.name())),
        (",\"user_exists\":", Some(verdict.user_exists.name())),
    ];
    for (key, value) in values {
        output.extend_from_slice(key.as_bytes());
        match value {
            Some(name) => {
                output.push(b'"');
                output.extend_from_slice(name.as_bytes());
                output.push(b'"');
            }
            None => output.extend_from_slice(b"null"),
        }
    }
}
