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

/// Replaces the same characters by others of the same length in UTF-8, so that offsets stay valid.
/// Line breaks and tabs stay.
pub(crate) fn printable_source(text: String) -> String {
    if !text.chars().any(is_unsafe_in_source) {
        return text;
    }
    let mut replaced = String::with_capacity(text.len());
    for character in text.chars() {
        match character.len_utf8() {
            _ if !is_unsafe_in_source(character) => replaced.push(character),
            1 => replaced.push('?'),
            2 => replaced.push('¿'),
            3 => replaced.push('\u{fffd}'),
            _ => replaced.push_str("\u{fffd}?"),
        }
    }
    replaced
}

fn is_unsafe_in_source(character: char) -> bool {
    !matches!(character, '\n' | '\r' | '\t') && is_unsafe_on_terminals(character)
}

/// Whether a character is a control character, changes the direction of text, or is invisible.
fn is_unsafe_on_terminals(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// The text of a cell for spreadsheets, which may also be shown on a terminal: escapes what
/// [`printable`] does, and prefixes what a spreadsheet would run as a formula with `'`.
pub(crate) fn cell(text: &str) -> Cow<'_, str> {
    let text = printable(text);
    // Spreadsheets ignore white space before a formula, and read signs of any width.
    let is_formula = text.trim_start().starts_with([
        '=', '+', '-', '@', '\u{2212}', '\u{fe62}', '\u{fe63}', '\u{fe66}', '\u{fe6b}', '\u{ff0b}',
        '\u{ff0d}', '\u{ff1d}', '\u{ff20}',
    ]);
    if is_formula { Cow::Owned(format!("'{text}")) } else { text }
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
    fn invisible_characters_are_escaped() {
        for invisible in ["\u{2066}", "\u{2069}", "\u{200f}", "\u{3164}", "\u{e0100}", "\u{85}"] {
            let escaped = format!("\\u{{{:x}}}", u32::from(invisible.chars().next().unwrap()));
            assert_eq!(printable(invisible), escaped);
        }
    }

    #[test]
    fn offsets_in_printable_source_stay() {
        let text = "a\u{1b}b\u{9b}c\u{202e}d\u{e0001}e\r\n\t関".to_owned();
        let shown = printable_source(text.clone());
        assert_eq!(shown, "a?b¿c\u{fffd}d\u{fffd}?e\r\n\t関");
        assert_eq!(shown.len(), text.len());
    }

    #[test]
    fn formulas_are_quoted() {
        for formula in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            " =1",
            "\u{a0}=1",
            "\u{3000}\u{2003}+1",
            "＝1",
            "＋1",
            "－1",
            "＠SUM(A1)",
            "\u{2212}1",
            "﹦1",
        ] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        for (formula, text) in
            [("\t=1", r"\u{9}=1"), ("\r\n=1", r"\u{d}\u{a}=1"), ("\u{feff}=1", r"\u{feff}=1")]
        {
            assert_eq!(cell(formula), text);
        }
        for text in ["", "anaya", "a=1", "192.0.2.1", "'=1", "a b"] {
            assert_eq!(cell(text), text);
        }
    }
}
