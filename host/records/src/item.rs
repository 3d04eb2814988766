//! The JSON object in an item of a file.

use sekisho_scan::{Reader, Value};

/// What an item is read as. See [`open_item`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpenedItem<'a> {
    /// The text to find records in.
    pub json: &'a [u8],
    /// The offset of the text in the item; `None` if it was put together from the item's parts.
    pub offset: Option<usize>,
}

/// Reads an item as the object that records are found in:
///
/// - a line with a header before its object, as of syslog or a container runtime, as the object, also
///   if brackets and quotes or, after a tab, more columns follow,
/// - an array, and a string, as the member `values` of an object.
///
/// Other items are returned as they are. `buffer` is for objects that are put together.
///
/// ```
/// use sekisho_records::open_item;
///
/// let mut buffer = Vec::new();
/// let line = br#"<134>Jan  1 00:00:00 host cloudtrail: {"eventName":"ConsoleLogin"}"#;
/// let opened = open_item(line, &mut buffer);
/// assert_eq!(opened.json, br#"{"eventName":"ConsoleLogin"}"#);
/// assert_eq!(opened.offset, Some(38));
///
/// let row = br#"[{"field":"eventName","value":"ConsoleLogin"}]"#;
/// let opened = open_item(row, &mut buffer);
/// assert_eq!(opened.json, br#"{"values":[{"field":"eventName","value":"ConsoleLogin"}]}"#);
/// ```
pub fn open_item<'a>(item: &'a [u8], buffer: &'a mut Vec<u8>) -> OpenedItem<'a> {
    let as_it_is = OpenedItem { json: item, offset: Some(0) };
    match item.first() {
        Some(b'{') | None => return as_it_is,
        Some(b'[' | b'"') => {
            if whole_value(item).is_some() {
                buffer.clear();
                for part in [&b"{\"values\":"[..], item, b"}"] {
                    buffer.extend_from_slice(part);
                }
                return OpenedItem { json: buffer, offset: None };
            }
        }
        Some(_) => {}
    }
    after_header(item).unwrap_or(as_it_is)
}

/// How many braces of a line may begin its object: labels before it have some, too.
const BRACES: usize = 8;

/// The object at the end of a line, or before what no text goes on with.
fn after_header(line: &[u8]) -> Option<OpenedItem<'_>> {
    memchr::memchr_iter(b'{', line).take(BRACES).find_map(|offset| {
        let mut reader = Reader::new(&line[offset..]);
        let json = reader.value().ok()?.raw;
        let rest = line[offset + json.len()..].trim_ascii_end();
        let ends = rest.starts_with(b"\t") || rest.iter().all(|byte| b"]})'\", ".contains(byte));
        ends.then_some(OpenedItem { json, offset: Some(offset) })
    })
}

/// The one value in `json`, if it is well-formed.
pub(crate) fn whole_value(json: &[u8]) -> Option<Value<'_>> {
    let mut reader = Reader::new(json);
    let value = reader.value().ok()?;
    reader.finish().ok().map(|()| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(item: &str, expected: &str, offset: Option<usize>) {
        let mut buffer = b"of the item before".to_vec();
        let opened = open_item(item.as_bytes(), &mut buffer);
        assert_eq!(String::from_utf8_lossy(opened.json), expected);
        assert_eq!(opened.offset, offset);
    }

    #[test]
    fn objects_and_text_are_returned_as_they_are() {
        for item in [
            "",
            "{}",
            "{",
            "text",
            "12",
            "[12:00] started",
            "\"a\"b",
            "[1",
            "a {\"b\":1",
            "a {}b",
            "he wrote {\"a\":1} and left",
        ] {
            check(item, item, Some(0));
        }
    }

    #[test]
    fn an_object_follows_a_header() {
        let header = "2026-01-01T00:00:00.000000+00:00 111122223333_CloudTrail_us-east-1 ";
        check(&format!("{header}{{\"a\":1}} \t"), "{\"a\":1}", Some(header.len()));
        check("2026-01-01T00:00:00Z stdout F {\"a\":{}}", "{\"a\":{}}", Some(30));
        check("<165>1 2026-01-01T00:00:00Z host app - ID [x@1 y=\"z\"] {}", "{}", Some(54));
        check("[12:00] {\"a\":[]}", "{\"a\":[]}", Some(8));
        check("12:00 {job=\"trail\"} {\"a\":1}", "{\"a\":1}", Some(20));
        check("12:00 {} {\"a\":1}", "{\"a\":1}", Some(9));
        check("[0] trail: [[1.0, {}], {\"a\":1}]", "{\"a\":1}", Some(23));
        check("EVENTS\t1\t{\"a\":1}\tname\t{}", "{\"a\":1}", Some(9));
        check("'{\"a\":1}'", "{\"a\":1}", Some(1));
    }

    #[test]
    fn arrays_and_strings_become_members() {
        check(r#"["1767225600","{}"]"#, r#"{"values":["1767225600","{}"]}"#, None);
        check(r#""{\"a\":1}""#, r#"{"values":"{\"a\":1}"}"#, None);
        check("[]", r#"{"values":[]}"#, None);
    }
}
