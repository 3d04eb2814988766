//! Texts as VRL writes them.

/// A string literal.
pub(super) fn string(text: &str) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match character {
            // Two braces in a row would begin a template.
            '"' | '\\' | '{' | '}' => literal.extend(['\\', character]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            _ => literal.push(character),
        }
    }
    literal.push('"');
    literal
}

/// The part of a regular expression that means this text.
pub(super) fn plain(text: &str) -> String {
    let mut regex = String::new();
    for character in text.chars() {
        match character {
            // The last one ends a literal of VRL.
            '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$'
            | '\'' => regex.extend(['\\', character]),
            '\n' => regex.push_str("\\n"),
            '\r' => regex.push_str("\\r"),
            _ => regex.push(character),
        }
    }
    regex
}

/// The same in any case: each character stands for its lower and its upper case, each of which may
/// be several. event-ruler takes one outside the Basic Multilingual Plane for two question marks.
pub(super) fn in_any_case(text: &str) -> String {
    let mut regex = String::from("(?i-u:");
    for character in text.chars() {
        match character {
            '\0'..='\x7f' => regex.push_str(&plain(&character.to_string())),
            '\u{10000}'.. => regex.push_str(r"\?\?"),
            _ => {
                let (lower, upper) = (character.to_lowercase(), character.to_uppercase());
                regex.push_str(&format!("(?:{lower}|{upper})"));
            }
        }
    }
    regex.push(')');
    regex
}

/// The regular expression of a valid wildcard: `*` is anything, a backslash makes the next
/// character a plain one.
pub(super) fn wildcard(pattern: &str) -> String {
    let mut regex = String::from("(?s)^");
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '*' => regex.push_str(".*"),
            '\\' => regex.extend(characters.next().map(|it| plain(&it.to_string()))),
            _ => regex.push_str(&plain(&character.to_string())),
        }
    }
    regex.push('$');
    regex
}
