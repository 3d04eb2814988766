//! The `wildcard` operator.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use crate::error::PatternErrorKind;
use crate::order::add_to_set;

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

    /// Adds its tokens, with a marker at the end.
    fn add_tokens(&self, tokens: &mut Vec<Token>) {
        for (index, literal) in self.literals.iter().enumerate() {
            if index > 0 {
                tokens.push(Token::Star);
            }
            tokens.extend(literal.iter().copied().map(Token::Byte));
        }
        tokens.push(Token::End);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Byte(u8),
    Star,
    End,
}

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

/// The maximum number of prefixes of `wildcards` that one value can match at the same time. Returns
/// more than `limit` if there are more, or if finding out would take too many steps.
pub(crate) fn complexity(wildcards: &[&Wildcard], limit: usize) -> usize {
    const MAX_SETS: usize = 1000;
    let mut tokens = Vec::new();
    wildcards.iter().for_each(|wildcard| wildcard.add_tokens(&mut tokens));
    // `Star` represents a byte that occurs in none of them.
    let mut bytes = vec![Token::Star];
    bytes.extend((0..=255).map(Token::Byte).filter(|byte| tokens.contains(byte)));
    let is_start = |index: &usize| *index == 0 || tokens[index - 1] == Token::End;
    let first: Vec<usize> = (0..tokens.len()).filter(is_start).collect();
    let mut seen = vec![first.clone()];
    let mut pending = vec![first];
    let mut most = 0;
    while let Some(active) = pending.pop() {
        for byte in &bytes {
            let next = advance(&tokens, &active, *byte);
            most = most.max(next.len());
            if most > limit || seen.len() > MAX_SETS {
                return limit.saturating_add(1);
            }
            if !next.is_empty() && add_to_set(&mut seen, next.clone()) {
                pending.push(next);
            }
        }
    }
    most
}

/// The prefixes that result from those in `active` by one more byte. A prefix is identified by the
/// index of the token after it.
fn advance(tokens: &[Token], active: &[usize], byte: Token) -> Vec<usize> {
    let mut next = Vec::new();
    for end in active.iter().copied() {
        if end > 0 && tokens[end - 1] == Token::Star {
            add_to_set(&mut next, end);
        }
        if byte != Token::Star && tokens[end] == byte {
            add_to_set(&mut next, end + 1);
            // A star also matches the empty text.
            if tokens[end + 1] == Token::Star {
                add_to_set(&mut next, end + 2);
            }
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{Wildcard, complexity};
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

    #[test]
    fn complexity_counts_simultaneous_prefixes() {
        for (patterns, expected) in [
            (&["abc"][..], 1),
            (&["a*bc"], 2),
            (&["a*bbb"], 4),
            (&["*:*:*:*:*:event-bus/*"], 11),
            (&["ab*cd", "ab*wx", "ab*yz"], 6),
        ] {
            let wildcards: Vec<_> = patterns.iter().map(|text| wildcard(text).unwrap()).collect();
            let wildcards: Vec<_> = wildcards.iter().collect();
            assert_eq!(complexity(&wildcards, 100), expected, "{patterns:?}");
        }
    }
}
