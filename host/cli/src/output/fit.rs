//! Fits text into a number of terminal columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Shortens `text` to at most `width` columns by cutting its end.
pub(super) fn cut_end(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = take_width(text.chars(), width.saturating_sub(1));
    short.push('…');
    short
}

/// Shortens `text` to at most `width` columns by cutting its start.
pub(super) fn cut_start(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let reversed = take_width(text.chars().rev(), width.saturating_sub(1));
    std::iter::once('…').chain(reversed.chars().rev()).collect()
}

/// Wraps `text` between words into lines of at most `width` columns. Cuts words that are wider.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let word = cut_end(word, width);
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(&word),
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// The first characters that fit into `width` columns.
fn take_width(characters: impl Iterator<Item = char>, mut width: usize) -> String {
    characters
        .take_while(|character| {
            let needed = character.width().unwrap_or(0);
            let fits = needed <= width;
            width = width.saturating_sub(needed);
            fits
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_width() {
        assert_eq!(cut_start("a-long-name.json:12", 10), "…e.json:12");
        assert_eq!(cut_start("関所関所:1", 5), "…所:1");
        assert_eq!(cut_end("関所関所", 6), "関所…");
    }

    #[test]
    fn text_is_wrapped_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one two-and-three", 7), ["one", "two-an…"]);
    }
}
