//! The first `eventSource` of a record, by which most records are skipped.

use crate::verdict::is_signin_source;

/// Whether the input starts with `{"eventVersion":`, and after the first `"eventSource"` in it, wherever
/// that is, there are a colon and a plain string that names a service of AWS without sign-ins. No more
/// of such an input is read.
pub(crate) fn is_foreign(input: &[u8]) -> bool {
    input.starts_with(br#"{"eventVersion":"#)
        && first_source(input)
            .is_some_and(|source| source.ends_with(".amazonaws.com") && !is_signin_source(source))
}

/// The string after the first `"eventSource"`.
fn first_source(input: &[u8]) -> Option<&str> {
    let key = br#""eventSource""#;
    let start = input.windows(key.len()).position(|part| part == key)?;
    let rest = skip_white_space(&input[start + key.len()..]).strip_prefix(b":")?;
    plain_string(skip_white_space(rest))
}

fn skip_white_space(text: &[u8]) -> &[u8] {
    let is_other = |byte: &u8| !b" \t\r\n".contains(byte);
    &text[text.iter().position(is_other).unwrap_or(text.len())..]
}

/// The string at the start, if it is of ASCII without escapes.
fn plain_string(text: &[u8]) -> Option<&str> {
    let text = text.strip_prefix(b"\"")?;
    let end = text.iter().position(|byte| *byte == b'"')?;
    let is_plain = |byte: &u8| byte.is_ascii() && *byte >= b' ' && *byte != b'\\';
    str::from_utf8(&text[..end]).ok().filter(|text| text.bytes().all(|byte| is_plain(&byte)))
}

#[cfg(test)]
mod tests {
    use super::is_foreign;

    #[test]
    fn the_first_source_alone_decides() {
        for (rest, expected) in [
            (r#""1","eventSource":"s3.amazonaws.com""#, true),
            (r#""1","eventSource" :  "s3.amazonaws.com""#, true),
            (r#"{not JSON "eventSource":"s3.amazonaws.com""#, true),
            (
                r#""1","a":{"eventSource":"s3.amazonaws.com"},"eventSource":"signin.amazonaws.com""#,
                true,
            ),
            (
                r#""1","a":"\"eventSource\":\"s3.amazonaws.com\"","eventSource":"signin.amazonaws.com""#,
                false,
            ),
            (r#""1","eventSource":"signin.amazonaws.com","eventSource":"s3.amazonaws.com""#, false),
            (r#""1","eventSource":"s3.amazonaws.com"#, false),
            (r#""1","eventSource":"s\u0033.amazonaws.com""#, false),
            (r#""1","eventSource":"é.amazonaws.com""#, false),
            (r#""1","eventSource":"aws:s3""#, false),
            (r#""1","eventSource":"s3.amazonaws.com.cn""#, false),
            (r#""1","eventSource":null"#, false),
            (r#""1","eventSource":"sso.amazonaws.com","eventName":"x""#, false),
        ] {
            let input = format!(r#"{{"eventVersion":{rest}"#);
            assert_eq!(is_foreign(input.as_bytes()), expected, "{input}");
            assert!(!is_foreign(format!(" {input}").as_bytes()), "{input}");
            assert!(!is_foreign(format!(r#"{{"a":1,{}"#, &input[1..]).as_bytes()), "{input}");
        }
    }
}
