//! The places at which a configuration says that records are.

use alloc::string::String;
use alloc::vec::Vec;

use sekisho_scan::{Reader, Value, ValueKind};

use crate::error::{ConfigurationError, Error};
use crate::members::{expected, texts};
use crate::place::{Place, SearchBuffers};
use crate::text::{decode, member, parse};

/// The most paths.
const MAX_PATHS: usize = 16;

/// The longest path, in bytes.
const MAX_PATH: usize = 256;

/// Paths to records: keys with dots between them.
#[derive(Debug)]
pub(crate) struct RecordPaths {
    paths: Vec<String>,
    /// The list as it is in the configuration.
    pub(crate) json: Vec<u8>,
}

impl RecordPaths {
    /// Reads the value of the configuration's `record`.
    pub(crate) fn read(list: Value<'_>) -> Result<Self, ConfigurationError> {
        const PATHS: &str = "a list of at most 16 paths, each of 1 to 256 bytes,";
        let paths = texts("record", PATHS, list)?;
        if paths.len() > MAX_PATHS {
            return Err(expected("record", PATHS, list.offset));
        }
        let invalid = paths.iter().find(|(path, _)| !(1..=MAX_PATH).contains(&path.len()));
        match invalid {
            Some((_, offset)) => Err(expected("record", PATHS, *offset)),
            None => Ok(RecordPaths {
                paths: paths.into_iter().map(|(path, _)| path).collect(),
                json: list.raw.to_vec(),
            }),
        }
    }

    /// The place of the first path that leads to an object. `input` must be well-formed; anything but
    /// an object has none, as there is no place for an annotation.
    #[inline(never)]
    pub(crate) fn find(
        &self,
        input: &[u8],
        buffers: &mut SearchBuffers,
    ) -> Result<Option<Place>, Error> {
        let value = Reader::new(input).value()?;
        let paths = if value.kind == ValueKind::Object { &self.paths[..] } else { &[] };
        for path in paths {
            if let Some(place) = follow(path, value, Place::default(), buffers)? {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }
}

/// Follows a path below a value, through JSON text and arrays of one element.
fn follow(
    path: &str,
    value: Value<'_>,
    place: Place,
    buffers: &mut [Vec<u8>],
) -> Result<Option<Place>, Error> {
    match value.kind {
        ValueKind::Object if path.is_empty() => {
            Ok(Some(place.at(value.offset, value.offset + value.raw.len())))
        }
        ValueKind::Object => {
            if let Some(value) = member(value, path)? {
                return follow("", value, place, buffers);
            }
            let Some((key, below)) = path.split_once('.') else { return Ok(None) };
            let Some(value) = member(value, key)? else { return Ok(None) };
            follow(below, value, place, buffers)
        }
        ValueKind::Array => {
            let mut reader = Reader::new(value.raw);
            reader.enter()?;
            if !reader.next_element()? {
                return Ok(None);
            }
            let element = reader.value()?.shifted(value.offset);
            if reader.next_element()? {
                return Err(Error::SeveralRecords);
            }
            follow(path, element, place, buffers)
        }
        ValueKind::String => follow_text(path, value, place, buffers),
        _ => Ok(None),
    }
}

fn follow_text(
    path: &str,
    string: Value<'_>,
    place: Place,
    buffers: &mut [Vec<u8>],
) -> Result<Option<Place>, Error> {
    let text = string.text().filter(|text| text.starts_with("{") || text.starts_with("["));
    let Some(text) = text else { return Ok(None) };
    let (buffer, buffers) = buffers.split_first_mut().ok_or(Error::TooManyEnvelopes)?;
    buffer.clear();
    decode(text, buffer)?;
    let place = place.in_string(string.offset);
    let offset = place.text_offset().unwrap_or_default();
    let value = parse(buffer).map_err(|malformed| Error::MalformedText { offset, malformed })?;
    follow(path, value, place, buffers)
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use crate::{Classifier, Configuration, Error};

    const RECORD: &str = r#"{"eventSource":"signin.amazonaws.com","eventName":"ExitRole"}"#;

    fn classify(paths: &str, input: &str) -> Result<bool, Error> {
        let configuration = format!(r#"{{"record":{paths}}}"#);
        let configuration = Configuration::parse(configuration.as_bytes()).unwrap();
        let mut classifier = Classifier::with_configuration(configuration);
        Ok(classifier.classify(input.as_bytes())?.is_some())
    }

    #[test]
    fn a_path_leads_through_text_and_lists_of_one() {
        let text = format!("{RECORD:?}");
        for (path, input) in [
            ("a", format!(r#"{{"a":{RECORD}}}"#)),
            ("a.b", format!(r#"{{"a":{{"b":{RECORD}}}}}"#)),
            ("a.b", format!(r#"{{"a.b":{RECORD}}}"#)),
            ("a.b.c", format!(r#"{{"a":{{"b.c":{RECORD}}}}}"#)),
            ("a.b", format!(r#"{{"a":[{{"b":[{RECORD}]}}]}}"#)),
            ("a.b", format!(r#"{{"a":{{"b":{text}}}}}"#)),
            ("a.b", format!(r#"{{"a":{:?}}}"#, format!(r#"[{{"b":{text}}}]"#))),
            ("a", format!(r#"{{"a":7,"a":{RECORD}}}"#)),
            // What is there is read like an input.
            ("a", format!(r#"{{"a":{{"detail":{RECORD}}}}}"#)),
            ("a", format!(r#"{{"a":{{"Records":[{{"message":{text}}}]}}}}"#)),
        ] {
            assert_eq!(classify(&format!(r#"["x.y","{path}"]"#), &input), Ok(true), "{input}");
            assert_eq!(classify(r#"["x"]"#, &input), Ok(false), "{input}");
        }
    }

    #[test]
    fn the_first_path_that_leads_to_an_object_counts() {
        let input = format!(r#"{{"a":{{}},"b":{RECORD},"c":"x","d":[],"e":null}}"#);
        assert_eq!(classify(r#"["b","a"]"#, &input), Ok(true));
        assert_eq!(classify(r#"["c","d","e","c.x","f","b"]"#, &input), Ok(true));
        assert_eq!(classify(r#"["a","b"]"#, &input), Ok(false));
    }

    #[test]
    fn the_usual_places_come_after_the_paths() {
        for paths in ["[]", r#"["a"]"#] {
            assert_eq!(classify(paths, RECORD), Ok(true));
            assert_eq!(classify(paths, &format!(r#"{{"detail":{RECORD}}}"#)), Ok(true));
            assert_eq!(classify(paths, &format!(r#"{{"data":{{"aws":{RECORD}}}}}"#)), Ok(false));
            assert_eq!(classify(paths, &format!("{RECORD:?}")), Ok(false));
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        let several = format!(r#"{{"a":[{RECORD},{RECORD}]}}"#);
        assert_eq!(classify(r#"["a"]"#, &several), Err(Error::SeveralRecords));
        let error = classify(r#"["a"]"#, r#"{"a":"{\"b\""}"#).unwrap_err();
        assert!(matches!(error, Error::MalformedText { offset: 5, .. }), "{error}");
        let error = classify(r#"["a"]"#, r#"{"a":{}"#).unwrap_err();
        assert!(matches!(error, Error::Malformed(_)), "{error}");
        let mut deep = RECORD.into();
        for _ in 0..5 {
            deep = format!(r#"{{"a":{deep:?}}}"#);
        }
        assert_eq!(classify(r#"["a.a.a.a.a"]"#, &deep), Err(Error::TooManyEnvelopes));
    }

    #[test]
    fn rejects_what_is_no_path() {
        let long = format!("[\"{}\"]", "a".repeat(257));
        let many = format!("[{}7]", "\"a\",".repeat(16)).replace('7', "\"a\"");
        for paths in ["7", "\"a\"", "[7]", "[\"\"]", &long, &many] {
            let configuration = format!(r#"{{"record":{paths}}}"#);
            let error = Configuration::parse(configuration.as_bytes()).unwrap_err();
            assert!(format!("{error}").contains("as `record`"), "{paths}: {error}");
        }
    }
}
