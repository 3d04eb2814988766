//! The functions for Fluent Bit's filter `wasm`, as `plugin/ABI.md` describes them.
//!
//! Fluent Bit writes a record into memory of `malloc`, as JSON that ends with a NUL, and gets the
//! address of the record to forward, in the same form. The address of the record itself means that it
//! is forwarded unchanged, which is also the result after any error.
#![allow(unsafe_code, reason = "naming an export counts as unsafe; nothing unsafe is done")]

use core::ffi::CStr;

use sekisho::Classifier;

use crate::memory::{State, allocate, release, release_all, with_state, with_written};

/// The result that drops a record.
const DROPPED: &CStr = c"";

/// Allocates memory for the host. Returns 0 if none is left.
#[unsafe(no_mangle)]
extern "C" fn malloc(size: u32) -> u32 {
    allocate(size).unwrap_or(0)
}

/// Frees memory of [`malloc`].
#[unsafe(no_mangle)]
extern "C" fn free(ptr: u32) {
    release(ptr);
}

/// Forwards every record, with its verdict if it has one.
#[unsafe(no_mangle)]
extern "C" fn flb_annotate(_: u32, _: u32, _: u32, _: u32, record: u32, len: u32) -> u32 {
    filter(record, len, Keep::All)
}

/// Forwards sign-ins only, with their verdicts.
#[unsafe(no_mangle)]
extern "C" fn flb_signins(_: u32, _: u32, _: u32, _: u32, record: u32, len: u32) -> u32 {
    filter(record, len, Keep::Signins)
}

/// Forwards sign-ins that failed or were denied only, with their verdicts.
#[unsafe(no_mangle)]
extern "C" fn flb_failures(_: u32, _: u32, _: u32, _: u32, record: u32, len: u32) -> u32 {
    filter(record, len, Keep::Failures)
}

/// Forwards records that match a rule only, with their verdicts. A match counts unless it is silenced.
#[unsafe(no_mangle)]
extern "C" fn flb_matches(_: u32, _: u32, _: u32, _: u32, record: u32, len: u32) -> u32 {
    filter(record, len, Keep::Matches)
}

/// Which records are forwarded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    All,
    Signins,
    Failures,
    Matches,
}

impl Keep {
    /// Whether the last record of a classifier is forwarded, which has this verdict. Ids of rules
    /// cannot be mistaken for the members that it searches, since quotes in them are escaped.
    fn keeps(self, classifier: &Classifier, verdict: &[u8]) -> bool {
        let says = |part: &[u8]| verdict.windows(part.len()).any(|window| window == part);
        match self {
            Keep::All => true,
            Keep::Signins => !says(b"\"kind\":\"not_signin\""),
            Keep::Failures => says(b"\"outcome\":\"failure\"") || says(b"\"outcome\":\"denied\""),
            Keep::Matches => classifier.any_match_counts(),
        }
    }
}

/// The address of the record to forward.
fn filter(ptr: u32, len: u32, keep: Keep) -> u32 {
    let result = with_written(ptr, len, |record| with_state(|state| result(record, keep, state)));
    // Versions 4.1.0 and 4.1.1 never call `free`.
    release_all();
    result.flatten().flatten().unwrap_or(ptr)
}

/// The address of the result; `None` to forward the record unchanged.
fn result(record: &[u8], keep: Keep, State { stream, output, .. }: &mut State) -> Option<u32> {
    let classifier = stream.classifier_mut();
    let has_rules = classifier.configuration().rules().is_some();
    match keep {
        // A malformed record is forwarded too, so it need not be read.
        Keep::All if !has_rules && !may_name_signin(record) => return None,
        // The rules are missing. Dropping all records would lose them.
        Keep::Matches if !has_rules => return None,
        _ => {}
    }
    output.clear();
    if classifier.annotate(record, output).ok()? && keep.keeps(classifier, added(record, output)?) {
        output.try_reserve(1).ok()?;
        output.push(0);
        return Some(output.as_ptr().expose_provenance() as u32);
    }
    (keep != Keep::All).then(|| DROPPED.as_ptr().expose_provenance() as u32)
}

/// The bytes that were added to an annotated record, before its last brace.
fn added<'o>(record: &[u8], annotated: &'o [u8]) -> Option<&'o [u8]> {
    let start = record.iter().rposition(|byte| *byte == b'}')?;
    annotated.get(start..start + (annotated.len() - record.len()))
}

/// Whether `record` may name the service of a sign-in, perhaps with escapes. Fluent Bit interprets
/// the module, so this searches eight bytes at a time for backslashes and for a letter of the names
/// that is rare elsewhere.
///
/// The last bytes, fewer than eight, are too few for a name or an escape and the end of its object.
fn may_name_signin(record: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    let (words, _) = record.as_chunks();
    words.iter().enumerate().any(|(index, word)| {
        let word = u64::from_le_bytes(*word);
        // Sets the high bit of each byte that is `wanted`, and of some others.
        let marks = |wanted: u8| (word ^ (ONES * u64::from(wanted))).wrapping_sub(ONES);
        let mut marked = (marks(b'z') | marks(b'\\')) & (ONES << 7);
        while marked != 0 {
            let offset = index * size_of::<u64>() + marked.trailing_zeros() as usize / 8;
            if record
                .split_at_checked(offset)
                .is_some_and(|(before, rest)| names_signin(before, rest))
            {
                return true;
            }
            marked &= marked - 1;
        }
        false
    })
}

/// Whether the name of a sign-in's service is here, or an escaped ASCII character, which may be part
/// of it. In JSON text inside a string backslashes are escaped, so that the last of them precedes the
/// `u`.
#[inline(never)]
fn names_signin(before: &[u8], rest: &[u8]) -> bool {
    match rest {
        [b'z', ..] => {
            rest.starts_with(b"zonaws.com")
                && (before.ends_with(b"signin.ama") || before.ends_with(b"sso.ama"))
        }
        _ => matches!(rest, [b'\\', b'u', b'0', b'0', b'0'..=b'7', ..]),
    }
}
