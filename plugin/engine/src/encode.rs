//! A verdict as JSON.

use alloc::vec::Vec;

use sekisho_signin::{Reason, Verdict};

/// No verdict's JSON is longer than this.
pub(crate) const MAX_VERDICT: usize = 256;

/// Appends the verdict's JSON object. Its keys always stand in the same order; names need no
/// escapes.
pub(crate) fn encode(verdict: &Verdict, output: &mut Vec<u8>) {
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
    output.push(b'}');
}
