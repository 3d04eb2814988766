//! The functions for Fluent Bit's filter `wasm`, as `plugin/ABI.md` describes them.
//!
//! Fluent Bit writes a record into memory of `malloc`, as JSON with a NUL behind it, and takes the
//! same back: the record as it goes on. The record's own address says that it goes on as it is,
//! which is the answer wherever there is a doubt.
#![allow(unsafe_code, reason = "naming an export counts as unsafe; nothing unsafe is done")]

use core::ffi::CStr;

use crate::memory::{State, allocate, release, release_all, with_state, with_written};

/// The answer that drops a record.
const DROPPED: &CStr = c"";

/// Memory for the host, or 0 if there is none left.
#[unsafe(no_mangle)]
extern "C" fn malloc(size: u32) -> u32 {
    allocate(size).unwrap_or(0)
}

/// Takes memory of [`malloc`] back.
#[unsafe(no_mangle)]
extern "C" fn free(ptr: u32) {
    release(ptr);
}

/// Every record; those with a verdict have it.
#[unsafe(no_mangle)]
extern "C" fn flb_annotate(_: u32, _: u32, _: u32, _: u32, record: u32, len: u32) -> u32 {
    filter(record, len, Keep::All)
}

/// Sign-ins only, with their verdict.
#[unsafe(no_mangle)]
extern "C" fn flb_signins(_: u32, _: u32, _: u32, _: u32, record: u32, len: u32) -> u32 {
    filter(record, len, Keep::Signins)
}

/// Sign-ins that failed or were denied only, with their verdict.
#[unsafe(no_mangle)]
extern "C" fn flb_failures(_: u32, _: u32, _: u32, _: u32, record: u32, len: u32) -> u32 {
    filter(record, len, Keep::Failures)
}

/// Records that match a rule only, with their verdict.
#[unsafe(no_mangle)]
extern "C" fn flb_matches(_: u32, _: u32, _: u32, _: u32, record: u32, len: u32) -> u32 {
    filter(record, len, Keep::Matches)
}

/// Which records go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    All,
    Signins,
    Failures,
    Matches,
}

impl Keep {
    /// Whether a record with this verdict goes on. What rules are called cannot be taken for what
    /// is looked for: quotes in an id are escaped.
    fn keeps(self, verdict: &[u8]) -> bool {
        let says = |part: &[u8]| verdict.windows(part.len()).any(|window| window == part);
        match self {
            Keep::All => true,
            Keep::Signins => !says(b"\"kind\":\"not_signin\""),
            Keep::Failures => says(b"\"outcome\":\"failure\"") || says(b"\"outcome\":\"denied\""),
            Keep::Matches => !says(b"\"rules\":[]"),
        }
    }
}

/// The address of the record as it goes on.
fn filter(ptr: u32, len: u32, keep: Keep) -> u32 {
    let answer = with_written(ptr, len, |record| with_state(|state| answer(record, keep, state)));
    // Versions 4.1.0 and 4.1.1 never call `free`.
    release_all();
    answer.flatten().flatten().unwrap_or(ptr)
}

/// The address of what goes on in the record's place; `None` where it goes on as it is.
fn answer(record: &[u8], keep: Keep, State { engine, output, .. }: &mut State) -> Option<u32> {
    let has_rules = engine.configuration().rules().is_some();
    match keep {
        // What cannot be read goes on too: nothing has to be known but that it is no sign-in.
        Keep::All if !has_rules && !may_name_signin(record) => return None,
        // Whoever asks for matches forgot the rules: no record is lost for that.
        Keep::Matches if !has_rules => return None,
        _ => {}
    }
    output.clear();
    if engine.annotate(record, output).ok()? && keep.keeps(added(record, output)?) {
        output.try_reserve(1).ok()?;
        output.push(0);
        return Some(output.as_ptr().expose_provenance() as u32);
    }
    (keep != Keep::All).then(|| DROPPED.as_ptr().expose_provenance() as u32)
}

/// What was spliced into an annotated record, before its last brace.
fn added<'o>(record: &[u8], annotated: &'o [u8]) -> Option<&'o [u8]> {
    let start = record.iter().rposition(|byte| *byte == b'}')?;
    annotated.get(start..start + (annotated.len() - record.len()))
}

/// Whether `record` may name the service of a sign-in: as it is, or with characters escaped. It is a
/// search, so that an interpreter has little to do: eight bytes at once, for a letter of the names
/// that is rare elsewhere, and for backslashes.
///
/// The last bytes, less than eight, are too few for a name or an escape and the end of its object.
fn may_name_signin(record: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    let (words, _) = record.as_chunks();
    words.iter().enumerate().any(|(index, word)| {
        let word = u64::from_le_bytes(*word);
        // The high bit of each byte that is `wanted`, and of some others.
        let marks = |wanted: u8| (word ^ (ONES * u64::from(wanted))).wrapping_sub(ONES);
        let mut marked = (marks(b'z') | marks(b'\\')) & (ONES << 7);
        while marked != 0 {
            let at = index * size_of::<u64>() + marked.trailing_zeros() as usize / 8;
            if record.split_at_checked(at).is_some_and(|(before, rest)| names_signin(before, rest))
            {
                return true;
            }
            marked &= marked - 1;
        }
        false
    })
}

/// Whether the name of a sign-in's service stands here, or an escaped character of ASCII, which may
/// be part of it. In text within text backslashes are escaped: the last one and what follows stay.
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
