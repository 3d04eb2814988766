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

/// Whether the first `eventSource` in the bytes of an object is that of another service, written as
/// CloudTrail does after another field, and either is in `detail`, or is before `eventName` and `awsRegion`
/// and there is no other; in an object, or in JSON text at one of the usual places. No more of such an
/// input is read.
pub(crate) fn is_wrapped_foreign(input: &[u8]) -> bool {
    // Each byte as a character, since what is not UTF-8 may be anywhere.
    let text: String = input.iter().copied().map(char::from).collect();
    let Some((before, after)) = text.split_once("eventSource") else { return false };
    let quote = match before {
        _ if before.ends_with(",\"") => "\"",
        _ if before.ends_with(",\\\"") && is_usual_text(before) => "\\\"",
        _ => return false,
    };
    let source = after.strip_prefix(&format!("{quote}:{quote}")).unwrap_or_default();
    let end = source.find(|c: char| !c.is_ascii() || c < ' ' || c == '"' || c == '\\');
    let (source, rest) = source.split_at(end.unwrap_or_default());
    before.starts_with('{')
        && source.ends_with(".amazonaws.com")
        && !is_signin_source(source)
        && (is_detail(before) && rest.starts_with('"')
            || is_name_and_region(rest, quote) && !rest.contains("eventSource"))
}

/// Whether the first object in the object that starts here is its `detail`.
fn is_detail(before: &str) -> bool {
    before[1..].split_once('{').is_some_and(|(members, _)| members.ends_with(r#""detail":"#))
}

/// Whether JSON text begins at one of the usual places of the object that starts here.
fn is_usual_text(before: &str) -> bool {
    let Some((outside, _)) = before.split_once("\"{\\") else { return false };
    let texts = [
        r#""message":"#,
        r#""log":"#,
        r#""Message":"#,
        r#""CloudTrailEvent":"#,
        r#""event":{"original":"#,
        r#""event.original":"#,
    ];
    let members = texts.iter().find_map(|text| outside.strip_suffix(text));
    members.is_some_and(|members| members.matches('{').count() == 1)
}

/// Whether a plain `eventName` and `awsRegion` come next.
fn is_name_and_region(rest: &str, quote: &str) -> bool {
    let (name, region) = (
        format!("{quote},{quote}eventName{quote}:{quote}"),
        format!("{quote},{quote}awsRegion{quote}:"),
    );
    let name = rest.strip_prefix(&name).and_then(|rest| Some(rest.split_once(&region)?.0));
    let is_plain = |c: char| c.is_ascii() && c >= ' ' && c != '\\' && c != '"';
    name.is_some_and(|name| name.chars().all(is_plain))
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
    use super::{is_foreign, is_wrapped_foreign};

    #[test]
    fn a_single_source_decides_wherever_it_is() {
        let record = r#"{"a":1,"eventSource":"s3.amazonaws.com","eventName":"x","awsRegion":"y"}"#;
        let text = serde_json::Value::from(record).to_string();
        for (input, expected) in [
            (format!(r#"{{"data":{{"aws":{record}}}}}"#), true),
            (format!(r#"{{"data":{record},"rest":{{not JSON"#), true),
            (format!(r#"{{"data":{record},"more":"eventSource"}}"#), false),
            (format!(r#"{{"data":[{record},{record}]}}"#), false),
            (format!("[{record}]"), false),
            (format!(r#"{{"id":"1","detail":{record},"more":"eventSource"}}"#), true),
            (format!(r#"{{"detail":{},"a":1}}"#, record.replace("awsRegion", "region")), true),
            (format!(r#"{{"a":{{}},"detail":{record},"more":"eventSource"}}"#), false),
            (format!(r#"{{"detail":{},"a":1}}"#, record.replace("s3", "sso")), false),
            (format!(r#"{{"host":"a","message":{text}}}"#), true),
            (format!(r#"{{"event":{{"original":{text}}}}}"#), true),
            (format!(r#"{{"host":{{}},"message":{text}}}"#), false),
            (format!(r#"{{"userAgent":{text}}}"#), false),
            (format!(r#"{{"a":{}}}"#, record.replace("s3", "signin")), false),
            (format!(r#"{{"a":{}}}"#, record.replace("s3", "sé3")), false),
            (format!(r#"{{"a":{}}}"#, record.replace("awsRegion", "region")), false),
            (format!(r#"{{"a":{}}}"#, record.replace(':', ": ")), false),
        ] {
            assert_eq!(is_wrapped_foreign(input.as_bytes()), expected, "{input}");
        }
    }

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
