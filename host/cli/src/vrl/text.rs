//! String literals and regular expressions in VRL.

/// A string literal.
pub(super) fn string(text: &str) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match character {
            // Two braces in a row start a template. VRL before 0.34 cannot escape a closing one.
            '"' | '\\' | '{' => literal.extend(['\\', character]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            _ => literal.push(character),
        }
    }
    literal.push('"');
    literal
}

/// Escapes a text for a regular expression.
pub(super) fn escape(text: &str) -> String {
    let mut regex = String::new();
    for character in text.chars() {
        match character {
            // A quote ends a literal of VRL.
            '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$'
            | '\'' => regex.extend(['\\', character]),
            '\n' => regex.push_str("\\n"),
            '\r' => regex.push_str("\\r"),
            _ => regex.push(character),
        }
    }
    regex
}

/// A regular expression for a text in any case: each character matches its lower and upper case, each
/// of which may be several characters. event-ruler treats a character outside the Basic Multilingual
/// Plane as two question marks.
pub(super) fn ignoring_case(text: &str) -> String {
    let mut regex = String::from("(?i-u:");
    for character in text.chars() {
        match character {
            '\0'..='\x7f' => regex.push_str(&escape(&character.to_string())),
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

/// The regular expression of a valid wildcard: `*` matches any text, a backslash escapes the next
/// character.
pub(super) fn wildcard(pattern: &str) -> String {
    let mut regex = String::from("(?s)^");
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '*' => regex.push_str(".*"),
            '\\' => regex.extend(characters.next().map(|escaped| escape(&escaped.to_string()))),
            _ => regex.push_str(&escape(&character.to_string())),
        }
    }
    regex.push('$');
    regex
}
