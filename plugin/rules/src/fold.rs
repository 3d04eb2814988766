//! Case folding as in event-ruler.
//!
//! A character of a pattern matches its lower case and its upper case, each of which may be several
//! characters: `ß` matches `ß` and `SS`. event-ruler converts each half of a surrogate pair
//! separately, to a question mark. So a character outside the Basic Multilingual Plane matches two
//! question marks.

use alloc::vec::Vec;

use crate::case::{lower, upper};

/// What a character outside the Basic Multilingual Plane matches.
const HALVES: &[u8] = b"??";

/// The rest of `value` after a prefix that is `pattern` in any case.
pub(crate) fn strip_prefix<'a>(value: &'a [u8], pattern: &str) -> Option<&'a [u8]> {
    pattern.chars().try_fold(value, |rest, character| match character {
        '\0'..='\x7f' => {
            let (first, rest) = rest.split_first()?;
            first.eq_ignore_ascii_case(&(character as u8)).then_some(rest)
        }
        '\u{10000}'.. => rest.strip_prefix(HALVES),
        _ => strip_characters(rest, lower(character))
            .or_else(|| strip_characters(rest, upper(character))),
    })
}

/// Whether `value` ends with `pattern` in any case.
pub(crate) fn has_suffix(value: &[u8], pattern: &str) -> bool {
    let strip = |rest, character| match character {
        '\0'..='\x7f' => {
            let (last, rest) = <[u8]>::split_last(rest)?;
            last.eq_ignore_ascii_case(&(character as u8)).then_some(rest)
        }
        '\u{10000}'.. => rest.strip_suffix(HALVES),
        _ => strip_characters_at_end(rest, lower(character))
            .or_else(|| strip_characters_at_end(rest, upper(character))),
    };
    pattern.chars().rev().try_fold(value, strip).is_some()
}

fn strip_characters(value: &[u8], mut characters: impl Iterator<Item = char>) -> Option<&[u8]> {
    characters.try_fold(value, |rest, character| {
        rest.strip_prefix(character.encode_utf8(&mut [0; 4]).as_bytes())
    })
}

fn strip_characters_at_end(
    value: &[u8],
    characters: impl DoubleEndedIterator<Item = char>,
) -> Option<&[u8]> {
    characters.rev().try_fold(value, |rest, character| {
        rest.strip_suffix(character.encode_utf8(&mut [0; 4]).as_bytes())
    })
}

/// Appends a folded form of `text` to `key`. A pattern has the same form as every value that equals
/// it in any case.
pub(crate) fn push_key(text: &[u8], key: &mut Vec<u8>) {
    if text.is_ascii() {
        key.extend(text.iter().map(u8::to_ascii_lowercase));
        return;
    }
    for character in text.utf8_chunks().flat_map(|chunk| chunk.valid().chars()) {
        if character > '\u{ffff}' {
            key.extend_from_slice(HALVES);
            continue;
        }
        for folded in lower(character).flat_map(upper).flat_map(lower) {
            key.extend_from_slice(folded.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::{has_suffix, push_key, strip_prefix};

    fn key(text: &str) -> Vec<u8> {
        let mut key = Vec::new();
        push_key(text.as_bytes(), &mut key);
        key
    }

    #[test]
    fn a_character_and_its_cases_have_the_same_key() {
        for character in '\0'..'\u{10000}' {
            let lower: String = character.to_lowercase().collect();
            let upper: String = character.to_uppercase().collect();
            let pattern = character.to_string();
            for value in [&lower, &upper] {
                assert_eq!(strip_prefix(value.as_bytes(), &pattern), Some(&b""[..]), "{pattern}");
                assert!(has_suffix(value.as_bytes(), &pattern), "{pattern}");
                assert_eq!(key(value), key(&pattern), "{pattern}");
            }
        }
    }

    #[test]
    fn matches_cases_of_another_length_at_both_ends() {
        assert_eq!(strip_prefix("STRASSE!".as_bytes(), "straße"), Some(&b"!"[..]));
        assert_eq!(strip_prefix("Strasse".as_bytes(), "straße"), None);
        assert!(has_suffix("HAUPTSTRASSE".as_bytes(), "straße"));
        assert!(has_suffix("i\u{307}".as_bytes(), "İ"));
    }

    #[test]
    fn astral_characters_match_two_question_marks() {
        assert_eq!(strip_prefix("😀".as_bytes(), "😀"), None);
        assert_eq!(strip_prefix(b"??", "😀"), Some(&b""[..]));
        assert!(has_suffix(b"a??", "A😀"));
        assert_eq!(key("😀"), key("??"));
    }
}
