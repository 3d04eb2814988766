//! Makes text from records safe for terminals and spreadsheets.

use std::borrow::Cow;
use std::fmt::Write;

/// Escapes characters that a terminal would interpret or hide, as in `\u{1b}`.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe_on_terminals) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_unsafe_on_terminals(character) {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "\\u{{{:x}}}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Whether a character is a control character, changes the direction of text, or has no width.
fn is_unsafe_on_terminals(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Prefixes text that a spreadsheet would interpret as a formula with `'`.
pub(crate) fn no_formula(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_controls_are_escaped() {
        assert_eq!(printable("anaya@example.com 関所"), "anaya@example.com 関所");
        assert_eq!(
            printable("\u{1b}[2J\r\n\t\u{7f}\u{9b}1m"),
            r"\u{1b}[2J\u{d}\u{a}\u{9}\u{7f}\u{9b}1m"
        );
        assert_eq!(printable("a\u{202e}b\u{200b}"), r"a\u{202e}b\u{200b}");
        assert!(matches!(printable("plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn formulas_are_quoted() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(no_formula(formula), format!("'{formula}"));
        }
        for text in ["", "anaya", "a=1", "192.0.2.1", "'=1"] {
            assert_eq!(no_formula(text), text);
        }
    }
}
