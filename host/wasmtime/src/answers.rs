//! The answer to a batch: a list of `{u32 index, i32 n or error, n bytes}`, little-endian.

use crate::error::{ErrorCode, Fault, RecordError};

/// The answers to a batch, in the order of the records; iterates over
/// `(index of the record, verdict or refusal)`.
///
/// Records without an answer are not ours and are left out. Indices ascend. They are the module's
/// word: look a record up with `get`, not with `[]`.
#[derive(Clone, Debug)]
pub struct Answers<'a> {
    rest: &'a [u8],
}

impl<'a> Answers<'a> {
    /// `list` has passed [`check`].
    pub(crate) fn new(list: &'a [u8]) -> Self {
        Self { rest: list }
    }
}

impl<'a> Iterator for Answers<'a> {
    type Item = (u32, Result<&'a [u8], RecordError>);

    fn next(&mut self) -> Option<Self::Item> {
        let (entry, rest) = entry(self.rest).ok()?;
        self.rest = rest;
        let answer = entry.answer.map_err(|code| RecordError {
            code: ErrorCode::from_number(code),
            sentence: String::new(),
        });
        Some((entry.index, answer))
    }
}

/// Reads the whole list once, so that a bad one is found before any of it is used.
pub(crate) fn check(list: &[u8]) -> Result<(), Fault> {
    let mut rest = list;
    let mut last_index = None;
    while !rest.is_empty() {
        let at = list.len() - rest.len();
        let broken = |expected| Fault::BatchAnswer { at, expected };
        let (entry, after) = entry(rest).map_err(broken)?;
        if last_index >= Some(entry.index) {
            return Err(broken("an index above the one before"));
        }
        last_index = Some(entry.index);
        rest = after;
    }
    Ok(())
}

struct Entry<'a> {
    index: u32,
    answer: Result<&'a [u8], i32>,
}

/// The first entry and what follows it, or what was expected.
fn entry(list: &[u8]) -> Result<(Entry<'_>, &[u8]), &'static str> {
    let (index, rest) = list.split_first_chunk().ok_or("an index of 4 bytes")?;
    let (n, rest) = rest.split_first_chunk().ok_or("a length of 4 bytes")?;
    let n = i32::from_le_bytes(*n);
    let (answer, rest) = match usize::try_from(n) {
        Ok(0) => return Err("a verdict or an error code"),
        Ok(length) => {
            let (verdict, rest) =
                rest.split_at_checked(length).ok_or("as many bytes as the length says")?;
            (Ok(verdict), rest)
        }
        Err(_) => (Err(n), rest),
    };
    let index = u32::from_le_bytes(*index);
    Ok((Entry { index, answer }, rest))
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
            Err(Fault::BatchAnswer { at, .. }) => at,
            other => panic!("expected a bad list, got {other:?}"),
        }
    }

    #[test]
    fn verdicts_and_refusals_in_order() {
        let list = list(&[(0, 2, b"{}"), (3, -2, b""), (u32::MAX, 1, b"x")]);
        assert_eq!(check(&list), Ok(()));
        let found: Vec<_> = Answers::new(&list)
            .map(|(index, answer)| (index, answer.map_err(|error| error.code)))
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
    fn no_entries() {
        assert_eq!(check(b""), Ok(()));
        assert_eq!(Answers::new(b"").count(), 0);
    }

    #[test]
    fn cut_short_anywhere() {
        let whole = list(&[(0, 2, b"{}"), (1, 2, b"{}")]);
        for end in (1..whole.len()).filter(|end| *end != 10) {
            let at = if end < 10 { 0 } else { 10 };
            assert_eq!(broken_at(&whole[..end]), at, "{end} of {} bytes", whole.len());
        }
    }

    #[test]
    fn empty_verdicts_and_indices_that_do_not_ascend() {
        assert_eq!(broken_at(&list(&[(0, 0, b"")])), 0);
        assert_eq!(broken_at(&list(&[(0, i32::MAX, b"{}")])), 0);
        assert_eq!(broken_at(&list(&[(5, -2, b""), (5, -2, b"")])), 8);
        assert_eq!(broken_at(&list(&[(5, -2, b""), (4, -2, b"")])), 8);
    }
}
