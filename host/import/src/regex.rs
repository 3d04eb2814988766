//! Regular expressions that are wildcards.

use crate::wildcard::normalized;

/// The parts of a regular expression with `.*` between them.
///
/// # Errors
/// Says what is no wildcard.
pub(crate) fn parts(regex: &str) -> Result<Vec<String>, String> {
    let (anchored, regex) = match regex.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, regex),
    };
    let mut parts = vec![String::new()];
    if !anchored {
        parts.push(String::new());
    }
    let mut ends = false;
    let mut characters = regex.chars().peekable();
    while let Some(character) = characters.next() {
        let literal = match character {
            '$' if characters.peek().is_none() => {
                ends = true;
                continue;
            }
            '.' if characters.peek() == Some(&'*') => {
                characters.next();
                parts.push(String::new());
                continue;
            }
            '\\' => match characters.next() {
                Some(escaped) if !escaped.is_alphanumeric() => escaped,
                _ => return Err("a class in a regular expression is no wildcard".to_owned()),
            },
            special if ".*+?()[]{}|^$".contains(special) => {
                return Err(format!("`{special}` in a regular expression is no wildcard"));
            }
            plain => plain,
        };
        if let Some(last) = parts.last_mut() {
            last.push(literal);
        }
        if matches!(characters.peek(), Some('*' | '+' | '?' | '{')) {
            return Err("a repetition in a regular expression is no wildcard".to_owned());
        }
    }
    if !ends {
        parts.push(String::new());
    }
    Ok(normalized(parts))
}
