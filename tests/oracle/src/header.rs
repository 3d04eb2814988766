//! The first fields of a record, by which most records are skipped.

use crate::search::is_wrapper;
use crate::verdict::is_signin_event;

/// Whether the input begins with the fields below, in this order and without white space, and its
/// `eventSource` and `eventName` are those of no sign-in. The rest of such an input is never read.
pub(crate) fn is_foreign(input: &[u8]) -> bool {
    event(input).is_some_and(|(source, name)| !is_signin_event(source, name) && !is_wrapper(source))
}

/// `eventSource` and `eventName`.
fn event(input: &[u8]) -> Option<(&str, &str)> {
    let rest = any_string(input.strip_prefix(br#"{"eventVersion":"#)?)?;
    let rest = object(rest.strip_prefix(br#","userIdentity":"#)?)?;
    let rest = any_string(rest.strip_prefix(br#","eventTime":"#)?)?;
    let (source, rest) = plain_string(rest.strip_prefix(br#","eventSource":"#)?)?;
    let (name, _) = plain_string(rest.strip_prefix(br#","eventName":"#)?)?;
    Some((source, name))
}

/// The input after a string with any content.
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

/// A string of ASCII without escapes, and the input after it.
fn plain_string(text: &[u8]) -> Option<(&str, &[u8])> {
    let text = text.strip_prefix(b"\"")?;
    let end = text.iter().position(|byte| *byte == b'"')?;
    let is_plain = |byte: &u8| byte.is_ascii() && *byte >= b' ' && *byte != b'\\';
    let (content, rest) = text.split_at(end);
    let content = str::from_utf8(content).ok().filter(|text| text.bytes().all(|b| is_plain(&b)))?;
    Some((content, &rest[1..]))
}

/// The input after an object, whose end is found by counting the braces outside strings.
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
    use super::is_foreign;

    #[test]
    fn a_header_alone_decides() {
        let header = |identity: &str, source: &str, name: &str| {
            let start = r#"{"eventVersion":"1.11","userIdentity":"#;
            let time = r#","eventTime":"\u0000","eventSource":"#;
            format!(r#"{start}{identity}{time}{source},"eventName":{name}"#)
        };
        for (identity, source, name, expected) in [
            (r#"{"a":{"b":"}\"}"}}"#, r#""s3.amazonaws.com""#, r#""x""#, true),
            (r#"{not JSON}"#, r#""s3.amazonaws.com""#, r#""x""#, true),
            (r#"{"a":{}"#, r#""s3.amazonaws.com""#, r#""x""#, false),
            (r#"{}"#, r#""signin.amazonaws.com""#, r#""x""#, false),
            (r#"{}"#, r#""sso.amazonaws.com""#, r#""x""#, true),
            (r#"{}"#, r#""sso.amazonaws.com""#, r#""Federate""#, false),
            (r#"{}"#, r#""sso.amazonaws.com""#, r#""CreateToken""#, false),
            (r#"{}"#, r#""s\u0033.amazonaws.com""#, r#""x""#, false),
            (r#"{}"#, r#""s3.amazonaws.com""#, r#""é""#, false),
            (r#"null"#, r#""s3.amazonaws.com""#, r#""x""#, false),
        ] {
            let input = header(identity, source, name);
            assert_eq!(is_foreign(input.as_bytes()), expected, "{input}");
            assert!(!is_foreign(format!(" {input}").as_bytes()), "{input}");
        }
    }
}
