//! The first fields of a record, by which it is put aside unread.

use crate::arrival::is_ours;

/// The input begins with these fields, in this order and without white space, and its `eventSource`
/// names another service. Nothing else of it is looked at.
pub(crate) fn rules_out(input: &[u8]) -> bool {
    source(input).is_some_and(|source| !is_ours(source))
}

fn source(input: &[u8]) -> Option<&str> {
    let rest = any_string(input.strip_prefix(br#"{"eventVersion":"#)?)?;
    let rest = object(rest.strip_prefix(br#","userIdentity":"#)?)?;
    let rest = any_string(rest.strip_prefix(br#","eventTime":"#)?)?;
    let (source, rest) = plain_string(rest.strip_prefix(br#","eventSource":"#)?)?;
    plain_string(rest.strip_prefix(br#","eventName":"#)?)?;
    Some(source)
}

/// What follows a string, whatever is in it.
fn any_string(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text.strip_prefix(b"\"")?;
    loop {
        rest = match rest {
            [b'"', rest @ ..] => return Some(rest),
            [b'\\', _, rest @ ..] | [_, rest @ ..] => rest,
            [] => return None,
        }
    }
}

/// A string of ASCII without escapes, and what follows it.
fn plain_string(text: &[u8]) -> Option<(&str, &[u8])> {
    let text = text.strip_prefix(b"\"")?;
    let end = text.iter().position(|byte| *byte == b'"')?;
    let is_plain = |byte: &u8| byte.is_ascii() && *byte >= b' ' && *byte != b'\\';
    let (content, rest) = text.split_at(end);
    let content = str::from_utf8(content).ok().filter(|text| text.bytes().all(|b| is_plain(&b)))?;
    Some((content, &rest[1..]))
}

/// What follows an object, found by its braces; those in strings do not count.
fn object(text: &[u8]) -> Option<&[u8]> {
    let mut open = 0;
    let mut in_string = false;
    let mut rest = text;
    if !text.starts_with(b"{") {
        return None;
    }
    loop {
        rest = match rest {
            [b'\\', _, rest @ ..] => rest,
            [byte, rest @ ..] => {
                match byte {
                    b'"' => in_string = !in_string,
                    b'{' if !in_string => open += 1,
                    b'}' if !in_string => open -= 1,
                    _ => {}
                }
                rest
            }
            [] => return None,
        };
        if open == 0 {
            return Some(rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::rules_out;

    #[test]
    fn a_header_alone_rules_a_record_out() {
        let header = |who: &str, source: &str, name: &str| {
            let start = r#"{"eventVersion":"1.11","userIdentity":"#;
            let time = r#","eventTime":"\u0000","eventSource":"#;
            format!(r#"{start}{who}{time}{source},"eventName":{name}"#)
        };
        for (who, source, name, expected) in [
            (r#"{"a":{"b":"}\"}"}}"#, r#""s3.amazonaws.com""#, r#""x""#, true),
            (r#"{not JSON}"#, r#""s3.amazonaws.com""#, r#""x""#, true),
            (r#"{"a":{}"#, r#""s3.amazonaws.com""#, r#""x""#, false),
            (r#"{}"#, r#""signin.amazonaws.com""#, r#""x""#, false),
            (r#"{}"#, r#""sso.amazonaws.com""#, r#""x""#, false),
            (r#"{}"#, r#""s\u0033.amazonaws.com""#, r#""x""#, false),
            (r#"{}"#, r#""s3.amazonaws.com""#, r#""é""#, false),
            (r#"null"#, r#""s3.amazonaws.com""#, r#""x""#, false),
        ] {
            let input = header(who, source, name);
            assert_eq!(rules_out(input.as_bytes()), expected, "{input}");
            assert!(!rules_out(format!(" {input}").as_bytes()), "{input}");
        }
    }
}
