//! The `wildcard` operator.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::mem;

use crate::case::has_cases;
use crate::error::PatternErrorKind;

/// Literal texts with any text, or none, between them. There is at least one literal.
///
/// ```
/// use sekisho_rules::Wildcard;
///
/// let scanner = Wildcard::parse(b"scanner/*")?;
/// assert!(scanner.matches(b"scanner/2.1") && !scanner.matches(b"my scanner/2.1"));
/// # Ok::<(), sekisho_rules::PatternErrorKind>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wildcard {
    literals: Box<[Box<[u8]>]>,
    /// The pairs of all literals. A value that lacks one cannot match.
    pairs: Pairs,
}

impl Wildcard {
    /// Parses a text in which `*` is any text, `\*` a star and `\\` a backslash. In a pattern it is a
    /// quoted text, and so are the values that it is compared with.
    ///
    /// # Errors
    /// The text has two `*` next to each other, or a backslash before anything else.
    pub fn parse(text: &[u8]) -> Result<Self, PatternErrorKind> {
        let mut literals = vec![Vec::new()];
        let mut bytes = text.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            let literal = match byte {
                b'*' if bytes.peek() == Some(&b'*') => {
                    return Err(PatternErrorKind::ConsecutiveWildcards);
                }
                b'*' => {
                    literals.push(Vec::new());
                    continue;
                }
                b'\\' => match bytes.next() {
                    Some(escaped @ (b'*' | b'\\')) => escaped,
                    _ => return Err(PatternErrorKind::WildcardEscape),
                },
                plain => plain,
            };
            if let Some(last) = literals.last_mut() {
                last.push(literal);
            }
        }
        let mut pairs = Pairs::default();
        literals.iter().for_each(|literal| pairs.add(literal));
        Ok(Wildcard { literals: literals.into_iter().map(Vec::into_boxed_slice).collect(), pairs })
    }

    /// Whether a value with these pairs could match.
    #[inline]
    pub(crate) fn is_possible(&self, pairs: &Pairs) -> bool {
        pairs.contains(&self.pairs)
    }

    /// Whether it matches all of `value`.
    #[must_use]
    pub fn matches(&self, value: &[u8]) -> bool {
        match &*self.literals {
            [] => false,
            [only] => **only == *value,
            [first, middle @ .., last] => value
                .strip_prefix(&**first)
                .and_then(|rest| rest.strip_suffix(&**last))
                .and_then(|rest| {
                    middle.iter().try_fold(rest, |rest, part| strip_through(rest, part))
                })
                .is_some(),
        }
    }

    /// Pushes its tokens: bytes and [`STAR`], with [`IS_CASED`] for the first byte of a character with
    /// two cases. Returns the hash of its text in Java.
    pub(crate) fn push_tokens(&self, tokens: &mut Vec<u32>) -> u32 {
        let mut hash = 0_u32;
        let mut add_to_hash = |unit: u32| hash = hash.wrapping_mul(31).wrapping_add(unit);
        for (index, literal) in self.literals.iter().enumerate() {
            if index > 0 {
                tokens.push(STAR);
                add_to_hash(u32::from(b'*'));
            }
            for character in str::from_utf8(literal).unwrap_or_default().chars() {
                if matches!(character, '*' | '\\') {
                    add_to_hash(u32::from(b'\\'));
                }
                for unit in character.encode_utf16(&mut [0; 2]) {
                    add_to_hash(u32::from(*unit));
                }
                let mut flag = if has_cases(character) { IS_CASED } else { 0 };
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    tokens.push(u32::from(byte) | mem::take(&mut flag));
                }
            }
        }
        hash
    }
}

/// A token for any text.
pub(crate) const STAR: u32 = 0x100;
/// A flag of a token.
pub(crate) const IS_CASED: u32 = 0x200;

/// A set of the pairs of neighbouring bytes in a text, by hash.
///
/// A text contains all pairs of its substrings, so the set rules out most wildcards without a
/// search through the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Pairs([u64; 4]);

impl Pairs {
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut pairs = Pairs::default();
        pairs.add(text);
        pairs
    }

    fn add(&mut self, text: &[u8]) {
        for pair in text.array_windows::<2>() {
            let hash = u16::from_le_bytes(*pair).wrapping_mul(0x9e35) >> 8;
            self.0[usize::from(hash >> 6)] |= 1 << (hash & 63);
        }
    }

    #[inline]
    fn contains(&self, other: &Pairs) -> bool {
        self.0.iter().zip(&other.0).all(|(ours, theirs)| theirs & !ours == 0)
    }
}

/// The rest of `value` after the first occurrence of `literal`.
fn strip_through<'a>(value: &'a [u8], literal: &[u8]) -> Option<&'a [u8]> {
    if literal.is_empty() {
        return Some(value);
    }
    let start = value.windows(literal.len()).position(|window| window == literal)?;
    Some(&value[start + literal.len()..])
}

#[cfg(test)]
mod tests {
    use super::Wildcard;
    use crate::error::PatternErrorKind;

    fn wildcard(pattern: &str) -> Result<Wildcard, PatternErrorKind> {
        Wildcard::parse(std::format!("\"{pattern}\"").as_bytes())
    }

    #[test]
    fn stars_match_any_text() {
        let cases = [
            ("*", &["", "a"][..], &[][..]),
            ("a*", &["a", "ab"], &["", "b", "ba"]),
            ("*a", &["a", "ba", "aa"], &["ab", ""]),
            ("a*a", &["aa", "aba", "aaa"], &["a", "ab"]),
            ("*ab*", &["ab", "aab", "xabx"], &["a", "ba", "axb"]),
            ("a*b*c", &["abc", "axbxc", "abbc", "abcc"], &["acb", "ac", "ab"]),
            ("*aab", &["aaab", "aab"], &["aba", "ab"]),
            (r"a\*b", &["a*b"], &["axb", r"a\*b"]),
            (r"a\\*", &[r"a\", r"a\b"], &["ab"]),
            ("", &[""], &["a"]),
        ];
        for (pattern, matching, other) in cases {
            let wildcard = wildcard(pattern).unwrap();
            let matches = |value: &&&str| wildcard.matches(std::format!("\"{value}\"").as_bytes());
            assert_eq!(matching.iter().filter(matches).count(), matching.len(), "{pattern}");
            assert_eq!(other.iter().filter(matches).count(), 0, "{pattern}");
        }
    }

    #[test]
    fn rejects_adjacent_stars_and_unknown_escapes() {
        assert_eq!(wildcard("a**b"), Err(PatternErrorKind::ConsecutiveWildcards));
        assert_eq!(wildcard(r"a\b"), Err(PatternErrorKind::WildcardEscape));
        assert_eq!(wildcard(r"a\"), Err(PatternErrorKind::WildcardEscape));
        assert!(wildcard(r"\**").is_ok());
    }
}
