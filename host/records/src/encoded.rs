//! JSON in base64, with or without gzip, as in `awslogs.data` and the `data` of Kinesis and Firehose.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::bufread::MultiGzDecoder;
use memchr::{memchr, memmem};
use sekisho_records::MAX_ITEM_BYTES;

/// The base64 of the first bytes of gzip, and of `{"`, after the quote that begins a string.
const BEGINNINGS: [&[u8]; 2] = [b"\"H4sI", b"\"eyJ"];

/// Replaces strings that are JSON objects in base64 by their JSON text. `None` if there are none, or
/// if the item has an `eventTime`: what a record holds in base64 is left as it is.
pub(crate) fn decode_strings(item: &[u8]) -> Option<Vec<u8>> {
    let mut next = BEGINNINGS.iter().filter_map(|beginning| memmem::find(item, beginning)).min()?;
    if memmem::find(item, b"\"eventTime\"").is_some() {
        return None;
    }
    let mut decoded = Vec::new();
    let mut rest = item;
    loop {
        let string = &rest[next + 1..];
        let length = memchr(b'"', string)?;
        if let Some(json) = decode(&string[..length]) {
            decoded.extend_from_slice(&rest[..next]);
            serde_json::to_writer(&mut decoded, &json).ok()?;
            rest = &string[length + 1..];
            next = 0;
        } else {
            next += 1;
        }
        let found = BEGINNINGS.iter().filter_map(|text| memmem::find(&rest[next..], text)).min();
        match found {
            Some(offset) => next += offset,
            None if decoded.is_empty() => return None,
            None => {
                decoded.extend_from_slice(rest);
                return Some(decoded);
            }
        }
    }
}

/// The JSON object in a string of base64.
fn decode(base64: &[u8]) -> Option<String> {
    let bytes = STANDARD.decode(base64).ok()?;
    let bytes = match bytes.starts_with(b"\x1f\x8b") {
        true => {
            let mut json = Vec::new();
            let limit = MAX_ITEM_BYTES as u64;
            MultiGzDecoder::new(&bytes[..]).take(limit + 1).read_to_end(&mut json).ok()?;
            json
        }
        false => bytes,
    };
    let json = String::from_utf8(bytes).ok()?;
    (json.trim_ascii().starts_with('{') && json.len() <= MAX_ITEM_BYTES).then_some(json)
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
    fn text_that_is_larger_than_an_item_stays() {
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_ITEM_BYTES));
        assert_eq!(decoded(&format!(r#"{{"data":"{}"}}"#, base64_of_gzip(&large))), None);
    }
}
