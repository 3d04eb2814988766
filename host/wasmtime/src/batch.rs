//! The results of a batch: a list of `{u32 index, i32 n or error, n bytes}`, little-endian.

use crate::error::{AbiError, ErrorCode, Fault};
use crate::verdict::VerdictJson;

/// How [`Filter::process_batch`](crate::Filter::process_batch) finds the records in its input.
///
/// ```
/// use sekisho_host::Framing;
///
/// # let mut filter = sekisho_host::Module::new(sekisho_module::SIMD)?.filter()?;
/// let file = br#"{"Records":[{"eventSource":"signin.amazonaws.com","eventName":"ExitRole"}]}"#;
/// assert_eq!(filter.process_batch(file, Framing::Json)?.count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Framing {
    /// A little-endian `u32` before each record, its length in bytes.
    Lengths = 0,
    /// A record on each line (NDJSON). A blank line counts and has no result.
    Lines = 1,
    /// A JSON array, or an object with an array in `Records`, `Events` or `logEvents`.
    Json = 2,
}

/// The results of a batch, in the order of the records. Iterates over
/// `(index of the record, verdict or error)`.
///
/// Records that are no sign-ins and match no rule have no result. Indices ascend, but they come from
/// the module: look a record up with `get`, not with `[]`.
///
/// ```
/// use sekisho_host::{ErrorCode, Framing};
///
/// # let mut filter = sekisho_host::Module::new(sekisho_module::SIMD)?.filter()?;
/// let lines = br#"{"eventSource":"s3.amazonaws.com","eventName":"PutObject"}
/// {"eventSource":"signin.amazonaws.com","eventName":"ExitRole"}
/// {"eventSource":"#;
/// let mut results = filter.process_batch(lines, Framing::Lines)?;
///
/// let (index, verdict) = results.next().expect("a result");
/// assert_eq!(index, 1);
/// assert!(verdict?.as_bytes().starts_with(br#"{"kind":"role_exit""#));
///
/// let (index, error) = results.next().expect("a result");
/// assert_eq!(index, 2);
/// assert_eq!(error.unwrap_err().code, ErrorCode::Malformed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct BatchResults<'a> {
    rest: &'a [u8],
}

impl<'a> BatchResults<'a> {
    /// `list` is accepted by [`check`].
    pub(crate) fn new(list: &'a [u8]) -> Self {
        Self { rest: list }
    }
}

impl<'a> Iterator for BatchResults<'a> {
    type Item = (u32, Result<VerdictJson<'a>, AbiError>);

    fn next(&mut self) -> Option<Self::Item> {
        let (entry, rest) = entry(self.rest).ok()?;
        self.rest = rest;
        let result = entry.result.map(VerdictJson::new).map_err(|number| AbiError {
            code: ErrorCode::from_number(number),
            message: String::new(),
        });
        Some((entry.index, result))
    }
}

/// Reads the whole list once, so that a bad one is found before any of it is used.
pub(crate) fn check(list: &[u8]) -> Result<(), Fault> {
    let mut rest = list;
    let mut last_index = None;
    while !rest.is_empty() {
        let offset = list.len() - rest.len();
        let broken = |expected| Fault::BatchOutput { offset, expected };
        let (entry, after) = entry(rest).map_err(broken)?;
        if last_index >= Some(entry.index) {
            return Err(broken("an index above the previous one"));
        }
        last_index = Some(entry.index);
        rest = after;
    }
    Ok(())
}

struct Entry<'a> {
    index: u32,
    result: Result<&'a [u8], i32>,
}

/// The first entry and what follows it, or what was expected.
fn entry(list: &[u8]) -> Result<(Entry<'_>, &[u8]), &'static str> {
    let (index, rest) = list.split_first_chunk().ok_or("an index of 4 bytes")?;
    let (n, rest) = rest.split_first_chunk().ok_or("a length of 4 bytes")?;
    let n = i32::from_le_bytes(*n);
    let (result, rest) = match usize::try_from(n) {
        Ok(0) => return Err("a verdict or an error code"),
        Ok(length) => {
            let (verdict, rest) =
                rest.split_at_checked(length).ok_or("as many bytes as the length says")?;
            (Ok(verdict), rest)
        }
        Err(_) => (Err(n), rest),
    };
    let index = u32::from_le_bytes(*index);
    Ok((Entry { index, result }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[(u32, i32, &[u8])]) -> Vec<u8> {
        entries
            .iter()
            .flat_map(|(index, n, bytes)| [&index.to_le_bytes(), &n.to_le_bytes(), *bytes].concat())
            .collect()
    }

    fn broken_at(list: &[u8]) -> usize {
        match check(list) {
            Err(Fault::BatchOutput { offset, .. }) => offset,
            other => panic!("expected a bad list, got {other:?}"),
        }
    }

    #[test]
    fn yields_verdicts_and_errors_in_order() {
        let list = list(&[(0, 2, b"{}"), (3, -2, b""), (u32::MAX, 1, b"x")]);
        assert_eq!(check(&list), Ok(()));
        let found: Vec<_> = BatchResults::new(&list)
            .map(|(index, result)| {
                (index, result.map(VerdictJson::as_bytes).map_err(|error| error.code))
            })
            .collect();
        assert_eq!(
            found,
            [
                (0, Ok(b"{}".as_slice())),
                (3, Err(ErrorCode::Malformed)),
                (u32::MAX, Ok(b"x".as_slice())),
            ]
        );
    }

    #[test]
    fn accepts_an_empty_list() {
        assert_eq!(check(b""), Ok(()));
        assert_eq!(BatchResults::new(b"").count(), 0);
    }

    #[test]
    fn rejects_a_list_cut_short_anywhere() {
        let whole = list(&[(0, 2, b"{}"), (1, 2, b"{}")]);
        for end in (1..whole.len()).filter(|end| *end != 10) {
            let offset = if end < 10 { 0 } else { 10 };
            assert_eq!(broken_at(&whole[..end]), offset, "{end} of {} bytes", whole.len());
        }
    }

    #[test]
    fn rejects_empty_verdicts_and_descending_indices() {
        assert_eq!(broken_at(&list(&[(0, 0, b"")])), 0);
        assert_eq!(broken_at(&list(&[(0, i32::MAX, b"{}")])), 0);
        assert_eq!(broken_at(&list(&[(5, -2, b""), (5, -2, b"")])), 8);
        assert_eq!(broken_at(&list(&[(5, -2, b""), (4, -2, b"")])), 8);
    }
}
