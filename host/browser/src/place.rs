//! Places in a text as JavaScript counts them.

use std::ops::Range;

use serde::Serialize;
use tsify::Tsify;

/// A range of a text, in UTF-16 code units as the indices of a JavaScript string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Place {
    /// Where it begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
}

impl Place {
    /// The place of a range of bytes. Bounds inside a character count as its beginning.
    pub(crate) fn of(text: &str, bytes: Range<usize>) -> Self {
        Self { from: units(text, bytes.start), to: units(text, bytes.end) }
    }
}

/// How many code units come before an offset in bytes.
fn units(text: &str, at: usize) -> u32 {
    let before = &text[..text.floor_char_boundary(at)];
    // A text of more code units than that does not fit into a browser.
    before.chars().map(|character| character.len_utf16() as u32).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_units_are_counted() {
        let text = "a関\u{1f512}z";
        assert_eq!(Place::of(text, 0..1), Place { from: 0, to: 1 });
        assert_eq!(Place::of(text, 1..4), Place { from: 1, to: 2 });
        assert_eq!(Place::of(text, 4..8), Place { from: 2, to: 4 });
        assert_eq!(Place::of(text, 6..99), Place { from: 2, to: 5 });
    }
}
