//! JSON in base64, with or without gzip, as in `awslogs.data` and the `data` of Kinesis and Firehose.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::{memchr, memchr_iter, memmem};

use crate::{GzipReader, MAX_ITEM_BYTES};

/// The base64 of the first bytes of gzip, and of `{"`, after the quote that begins a string.
const BEGINNINGS: [&[u8]; 2] = [b"\"H4sI", b"\"eyJ"];

/// Replaces strings that are JSON objects in base64, with or without gzip, by their JSON text, as in
/// `awslogs.data` of a subscription to CloudWatch Logs, and `data` of Kinesis and Firehose. `None` if
/// there are none, or if the item has an `eventTime`: what a record has in base64 is left as it is.
///
/// Together the texts have at most [`MAX_ITEM_BYTES`]; the strings after that are left as they are.
///
/// ```
/// use sekisho_records::decode_strings;
///
/// let item = br#"{"data":"eyJldmVudE5hbWUiOiJDb25zb2xlTG9naW4ifQ=="}"#;
/// let decoded = decode_strings(item).expect("an object in base64");
/// assert_eq!(decoded, br#"{"data":"{\"eventName\":\"ConsoleLogin\"}"}"#);
/// ```
#[must_use]
pub fn decode_strings(item: &[u8]) -> Option<Vec<u8>> {
    let begins = |text: &[u8]| BEGINNINGS.iter().any(|beginning| text.starts_with(beginning));
    if BEGINNINGS.iter().all(|beginning| memmem::find(item, beginning).is_none())
        || memmem::find(item, b"\"eventTime\"").is_some()
    {
        return None;
    }
    let (mut decoded, mut copied) = (Vec::new(), 0);
    let (mut text, mut room) = (Vec::new(), MAX_ITEM_BYTES);
    for quote in memchr_iter(b'"', item).filter(|quote| begins(&item[*quote..])) {
        let string = &item[quote + 1..];
        let Some(length) = memchr(b'"', string) else { break };
        let is_whole = decode(&string[..length], room, &mut text);
        // What is damaged or no object is counted too, so that a short item does not take long.
        let Some(left) = room.checked_sub(text.len()) else { break };
        room = left;
        match str::from_utf8(&text) {
            Ok(json) if is_whole && json.trim_ascii_start().starts_with('{') => {
                decoded.extend_from_slice(&item[copied..quote]);
                serde_json::to_writer(&mut decoded, json).ok()?;
                copied = quote + length + 2;
            }
            _ => {}
        }
    }
    if copied == 0 {
        return None;
    }
    decoded.extend_from_slice(&item[copied..]);
    Some(decoded)
}

/// Replaces `text` by the bytes that are in base64, decompressed, or more than `limit` of them.
/// Returns whether the base64 and the gzip are valid.
fn decode(base64: &[u8], limit: usize, text: &mut Vec<u8>) -> bool {
    text.clear();
    if STANDARD.decode_vec(base64, text).is_err() {
        text.clear();
        return false;
    }
    if !text.starts_with(b"\x1f\x8b") {
        return true;
    }
    let gzip = core::mem::take(text);
    GzipReader::new(&gzip[..]).take(limit as u64 + 1).read_to_end(text).is_ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn base64_of_gzip(json: &str) -> String {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(json.as_bytes()).unwrap();
        STANDARD.encode(encoder.finish().unwrap())
    }

    fn decoded(item: &str) -> Option<String> {
        decode_strings(item.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn objects_in_base64_become_text() {
        let gzip = base64_of_gzip("{\"a\":1}");
        let plain = STANDARD.encode("{\"b\":2}");
        assert_eq!(
            decoded(&format!(r#"{{"x":"{gzip}","y":["{plain}"],"z":"{gzip}"}}"#)).unwrap(),
            r#"{"x":"{\"a\":1}","y":["{\"b\":2}"],"z":"{\"a\":1}"}"#
        );
    }

    #[test]
    fn other_strings_stay() {
        let gzip = base64_of_gzip("{\"a\":1}");
        let other = base64_of_gzip("text");
        assert_eq!(decoded("{\"data\":\"text\"}"), None);
        assert_eq!(decoded(&format!(r#"{{"data":"{other}"}}"#)), None);
        assert_eq!(decoded(r#"{"data":"H4sI"}"#), None);
        assert_eq!(decoded(r#"{"token":"eyJhbGciOiJub25lIn0.e30."}"#), None);
        assert_eq!(decoded(r#"{"cut":"eyJ"#), None);
        assert_eq!(decoded(&format!(r#"{{"eventTime":"t","data":"{gzip}"}}"#)), None);
        assert_eq!(
            decoded(&format!(r#"{{"a":"{other}","b":"{gzip}","c":"eyJ"}}"#)).unwrap(),
            format!(r#"{{"a":"{other}","b":"{{\"a\":1}}","c":"eyJ"}}"#)
        );
    }

    #[test]
    fn the_decoded_text_is_limited() {
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_ITEM_BYTES));
        assert_eq!(decoded(&format!(r#"{{"data":"{}"}}"#, base64_of_gzip(&large))), None);
        let half = base64_of_gzip(&large[..large.len() / 2]);
        let last = base64_of_gzip("{\"a\":1}");
        let list = |texts: &[&str]| format!("[\"{}\"]", texts.join("\",\""));
        let several = decoded(&list(&[&half, &half, &last])).unwrap();
        assert!(several.ends_with(&format!("\",\"{half}\",\"{last}\"]")), "the first is decoded");
    }

    /// It takes minutes if each string is looked for from the beginning.
    #[test]
    fn many_strings_take_linear_time() {
        assert_eq!(decoded(&"\"eyJ\",".repeat(1 << 20)), None);
    }
}
