//! Takes a text apart.

use alloc::vec::Vec;
use core::ptr;

use sekisho_scan::raw::{BLOCK_BYTES, number_end, string_end};

use crate::segment::after;

/// The largest number of holes in a skeleton that is learned.
pub const MAX_HOLES: usize = 128;

/// A part of a text without holes, and what comes after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SkeletonPart {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) after: u8,
}

/// The parts of a well-formed text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Skeleton {
    pub(crate) parts: Vec<SkeletonPart>,
    start: usize,
}

impl Skeleton {
    /// Takes a well-formed text apart. `None` if it has too many holes, an escape in a key, or more
    /// than one key that is `unique`, wherever they are.
    ///
    /// Strings that are `fixed`, with their quotes and in their order, are no holes; `None` if one is not
    /// in the text. With `inner` the string at this offset is a text itself, and there must be no key
    /// `unique` around it.
    pub(crate) fn read(
        &mut self,
        text: &[u8],
        unique: &str,
        mut fixed: &[&[u8]],
        inner: Option<usize>,
    ) -> Option<()> {
        self.parts.clear();
        self.parts.try_reserve(MAX_HOLES + 1).ok()?;
        self.start = 0;
        let mut offset = 0;
        let mut is_seen = inner.is_some();
        while let Some(byte) = text.get(offset) {
            match byte {
                b'"' => {
                    let (end, escaped) = string_end(text, offset + 1).ok()?;
                    if let Some((first, rest)) = fixed.split_first()
                        && ptr::eq(first.as_ptr(), byte)
                    {
                        fixed = rest;
                    } else if !is_key(text, end + 1) {
                        let is_text = inner == Some(offset);
                        let after = if is_text { after::TEXT } else { after::STRING };
                        self.push(offset + 1, end, after)?;
                    } else if escaped {
                        return None;
                    } else if text.get(offset + 1..end) == Some(unique.as_bytes()) {
                        if is_seen {
                            return None;
                        }
                        is_seen = true;
                    }
                    offset = end + 1;
                }
                b'-' | b'0'..=b'9' => {
                    let end = number_end(text, offset).ok()?;
                    self.push(offset, end, after::NUMBER)?;
                    offset = end;
                }
                _ => offset += 1,
            }
        }
        if !fixed.is_empty() {
            return None;
        }
        self.push(text.len(), text.len(), after::END)
    }

    /// The number of blocks of all parts.
    pub(crate) fn blocks(&self) -> usize {
        let blocks = |part: &SkeletonPart| (part.end - part.start).div_ceil(BLOCK_BYTES).max(1);
        self.parts.iter().map(blocks).sum()
    }

    /// Ends a part where a hole starts. The next one starts where the hole ends.
    fn push(&mut self, end: usize, next: usize, after: u8) -> Option<()> {
        if self.parts.len() > MAX_HOLES {
            return None;
        }
        self.parts.push(SkeletonPart { start: self.start, end, after });
        self.start = next;
        Some(())
    }

    /// How many holes there are.
    pub(crate) fn holes(&self) -> usize {
        self.parts.len().saturating_sub(1)
    }

    /// The number of the hole that starts at an offset.
    pub(crate) fn hole_at(&self, offset: usize) -> Option<u8> {
        let before = self.parts.binary_search_by_key(&offset, |part| part.end).ok()?;
        (self.parts.get(before)?.after == after::STRING).then_some(before as u8 + 1)
    }

    /// The number of the hole before an offset, which is not in a hole, and the distance from its end.
    pub(crate) fn anchor(&self, offset: usize) -> Option<(u8, u16)> {
        let hole = self.parts.partition_point(|part| part.start <= offset).checked_sub(1)?;
        let distance = u16::try_from(offset - self.parts.get(hole)?.start).ok()?;
        Some((hole as u8, distance))
    }
}

/// Whether the string that ends at an offset is a key.
fn is_key(text: &[u8], offset: usize) -> bool {
    let rest = text.get(offset..).unwrap_or_default();
    rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, unique: &str) -> Option<Vec<(String, u8)>> {
        let mut skeleton = Skeleton::default();
        skeleton.read(text.as_bytes(), unique, &[], None)?;
        let parts = skeleton.parts.iter();
        Some(parts.map(|part| (text[part.start..part.end].to_owned(), part.after)).collect())
    }

    #[test]
    fn strings_that_are_values_and_numbers_are_holes() {
        let expected = [
            (r#"{"a":""#, after::STRING),
            (r#"","b" : ["#, after::NUMBER),
            (r#", ""#, after::STRING),
            (r#"",null,{"c":true}]}"#, after::END),
        ];
        let found = parts(r#"{"a":"x\"y","b" : [-1.5e3, "",null,{"c":true}]}"#, "a");
        let found = found.expect("a skeleton");
        assert!(
            found.iter().map(|(part, after)| (part.as_str(), *after)).eq(expected),
            "{found:?}"
        );
    }

    #[test]
    fn a_string_may_be_a_text() {
        let text = r#"{"a":"{\"u\":1}","b":"x"}"#;
        let mut skeleton = Skeleton::default();
        skeleton.read(text.as_bytes(), "u", &[], Some(5)).expect("a skeleton");
        let kinds = skeleton.parts.iter().map(|part| part.after);
        assert!(kinds.eq([after::TEXT, after::STRING, after::END]));
        assert!(skeleton.read(text.as_bytes(), "b", &[], Some(5)).is_none());
    }

    #[test]
    fn some_texts_are_not_taken_apart() {
        assert!(parts(r#"{"\u0061":1}"#, "b").is_none());
        assert!(parts(r#"{"a":1,"b":{"a":2}}"#, "a").is_none());
        assert!(parts(r#"{"a":1,"b":"a"}"#, "a").is_some());
        let list = |count: usize| format!("[{}]", vec!["0"; count].join(","));
        assert!(parts(&list(MAX_HOLES), "").is_some());
        assert!(parts(&list(MAX_HOLES + 1), "").is_none());
    }
}
