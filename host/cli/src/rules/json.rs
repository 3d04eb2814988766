//! A file of rules as JSON, with the place in the file where each part of it was written.
//!
//! Reading YAML goes in two steps, because patterns are JSON text: first the file becomes JSON,
//! then the JSON is read, and what is wrong with it is shown in the file. JSON is YAML too.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::value::RawValue;

/// Something is wrong at a place in a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where, in bytes.
    pub(crate) place: Range<usize>,
    /// What is wrong, and what to write instead.
    pub(crate) sentence: String,
}

/// A file as one line of JSON.
#[derive(Debug)]
pub(crate) struct Json {
    text: String,
    /// Where values, keys and ends of lists and objects begin in the JSON, ascending, and the
    /// places they have in the file.
    places: Vec<(usize, Range<usize>)>,
}

impl Json {
    /// Reads YAML or JSON.
    ///
    /// # Errors
    /// [`Fault`], if it is not well-formed, or JSON does not have what is written there.
    pub(crate) fn read(file: &str) -> Result<Self, Fault> {
        let mut converter = Converter {
            json: Json { text: String::with_capacity(file.len()), places: Vec::new() },
            open: Vec::new(),
            is_json: file.trim_start_matches('\u{feff}').trim_start().starts_with('{'),
        };
        for event in Parser::new_from_str(file) {
            let (event, span) = event.map_err(|error| {
                let at = error.marker().byte_offset().unwrap_or_default();
                fault(at..at, error.info())
            })?;
            converter.event(event, span.byte_range().unwrap_or_default())?;
        }
        match converter.json.places.is_empty() {
            true => Err(fault(0..0, "an empty file: expected `rules:` and a list of rules")),
            false => Ok(converter.json),
        }
    }

    /// The JSON.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where a part of the JSON begins in it.
    pub(crate) fn offset(&self, part: &str) -> usize {
        part.as_ptr().addr() - self.text.as_ptr().addr()
    }

    /// The place in the file of what stands at an offset in the JSON.
    pub(crate) fn place(&self, at: usize) -> Range<usize> {
        let after = self.places.partition_point(|(begin, _)| *begin <= at);
        self.places[after.saturating_sub(1)].1.clone()
    }
}

fn fault(place: Range<usize>, sentence: impl Into<String>) -> Fault {
    Fault { place, sentence: sentence.into() }
}

/// Writes JSON as YAML is read.
struct Converter {
    json: Json,
    /// The lists and objects that are not ended.
    open: Vec<Open>,
    /// The file is meant to be JSON: a text without quotes is a slip.
    is_json: bool,
}

/// A list, or an object, whose keys count as children too.
struct Open {
    end: char,
    place: Range<usize>,
    children: usize,
}

impl Open {
    fn expects_key(&self) -> bool {
        self.end == '}' && self.children.is_multiple_of(2)
    }
}

impl Converter {
    fn event(&mut self, event: Event<'_>, place: Range<usize>) -> Result<(), Fault> {
        match event {
            Event::Scalar(text, style, _, tag) => {
                no_tag(tag, &place)?;
                let json = match style {
                    ScalarStyle::Plain if !self.expects_key() => self.plain(text, &place)?,
                    _ => quoted(&text),
                };
                self.begin(place);
                self.json.text.push_str(&json);
            }
            Event::MappingStart(_, _, tag) => self.open(['{', '}'], tag, place)?,
            Event::SequenceStart(_, _, tag) => self.open(['[', ']'], tag, place)?,
            Event::MappingEnd | Event::SequenceEnd => self.close(),
            Event::Alias(_) => {
                return Err(fault(place, "no aliases here: write the value out"));
            }
            Event::DocumentStart(..) if !self.json.places.is_empty() => {
                return Err(fault(place, "a second document: put all rules into one list"));
            }
            _ => {}
        }
        Ok(())
    }

    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(Open::expects_key)
    }

    /// Writes what separates a value or key from what stands before it.
    fn begin(&mut self, place: Range<usize>) {
        if let Some(open) = self.open.last_mut() {
            match open.children {
                0 => {}
                _ if open.end == '}' && !open.expects_key() => self.json.text.push(':'),
                _ => self.json.text.push(','),
            }
            open.children += 1;
        }
        self.json.places.push((self.json.text.len(), place));
    }

    fn open(
        &mut self,
        [begin, end]: [char; 2],
        tag: Option<Cow<'_, Tag>>,
        place: Range<usize>,
    ) -> Result<(), Fault> {
        no_tag(tag, &place)?;
        if self.expects_key() {
            return Err(fault(place, "a list or an object as a key: write a text"));
        }
        self.begin(place.clone());
        self.json.text.push(begin);
        self.open.push(Open { end, place, children: 0 });
        Ok(())
    }

    /// What is missing is noticed at the end, and shown at the beginning.
    fn close(&mut self) {
        if let Some(Open { end, place, .. }) = self.open.pop() {
            self.json.places.push((self.json.text.len(), place));
            self.json.text.push(end);
        }
    }

    /// The JSON of a text without quotes, by YAML's core schema. Numbers stay as they are written.
    fn plain<'t>(&self, text: Cow<'t, str>, place: &Range<usize>) -> Result<Cow<'t, str>, Fault> {
        Ok(match &*text {
            "" | "~" | "null" | "Null" | "NULL" => "null".into(),
            "true" | "True" | "TRUE" => "true".into(),
            "false" | "False" | "FALSE" => "false".into(),
            number if is_json_number(number) => text,
            number if is_yaml_number(number) => {
                return Err(fault(
                    place.clone(),
                    "no number of JSON: put it in quotes if it is a text, else write it in decimal",
                ));
            }
            slip if self.is_json || slip.contains('"') => {
                return Err(fault(
                    place.clone(),
                    "a text without quotes: put it in quotes, or is a comma missing?",
                ));
            }
            text => quoted(text),
        })
    }
}

fn no_tag(tag: Option<Cow<'_, Tag>>, place: &Range<usize>) -> Result<(), Fault> {
    match tag {
        Some(_) => Err(fault(place.clone(), "no tags here: remove it, and quote what is a text")),
        None => Ok(()),
    }
}

fn quoted(text: &str) -> Cow<'static, str> {
    serde_json::Value::from(text).to_string().into()
}

fn is_json_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && serde_json::from_str::<&RawValue>(text).is_ok()
}

/// Whether YAML takes the text for a number.
fn is_yaml_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    match digits.get(..2) {
        Some("0x" | "0o") => true,
        _ => {
            digits.starts_with(|first: char| first == '.' || first.is_ascii_digit())
                && digits.parse::<f64>().is_ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn json(file: &str) -> String {
        Json::read(file).unwrap().text
    }

    fn refused(file: &str) -> (&str, String) {
        let fault = Json::read(file).unwrap_err();
        (&file[fault.place], fault.sentence)
    }

    #[test]
    fn json_is_read_as_it_is() {
        let file = r#"{"a":[1,2.0,-1e5,{"b":null}],"c":"\ud83d\ude00\/\n","":{}}"#;
        assert_eq!(json(file), r#"{"a":[1,2.0,-1e5,{"b":null}],"c":"😀/\n","":{}}"#);
        assert_eq!(json("\u{feff}\n{\n\t\"a\" :\t[ ]\r\n}\n"), r#"{"a":[]}"#);
        assert_eq!(json(r#"{"a":1,"a":2}"#), r#"{"a":1,"a":2}"#);
    }

    #[test]
    fn yaml_becomes_json() {
        let file = "a: [No, yes, 2025-03-29, 192.0.2.1]\nb:\n- ~\n- True # so\n- 'it''s'\n1: |\n  two\n  lines\n";
        assert_eq!(
            json(file),
            r#"{"a":["No","yes","2025-03-29","192.0.2.1"],"b":[null,true,"it's"],"1":"two\nlines\n"}"#
        );
    }

    #[test]
    fn every_part_has_its_place() {
        let file = "rules:\n  - id: é\n    pattern: {\"a\": [1]}\n";
        let json = Json::read(file).unwrap();
        let place = |part: &str| &file[json.place(json.text().find(part).unwrap())];
        assert_eq!(place("\"rules\""), "rules");
        assert_eq!(place("\"é\""), "é");
        assert_eq!(place("é\""), "é");
        assert_eq!(place("[1]"), "[");
        assert_eq!(place("1]"), "1");
        assert_eq!(place("}}]}"), "{");
    }

    #[test]
    fn what_json_does_not_have_is_refused() {
        for (file, place, word) in [
            ("a: &x 1\nb: *x", "*x", "aliases"),
            ("a: !!str 1", "1", "tags"),
            ("? [a]\n: 1", "[", "key"),
            ("a: 1\n---\nb: 1", "---", "second document"),
            ("a: 0x1F", "0x1F", "decimal"),
            ("a: 000011112222", "000011112222", "quotes"),
            ("a: .5", ".5", "decimal"),
            (r#"{"a":1 "b":2}"#, "1 \"b\":2", "comma"),
            (r#"a: {"b": 1 "c": 2}"#, "1 \"c\"", "comma"),
            ("", "", "empty"),
            ("# nothing", "", "empty"),
            ("a: [1", "", "unclosed"),
        ] {
            let (found, sentence) = refused(file);
            assert_eq!(found, place, "{file}");
            assert!(sentence.contains(word), "{file}: {sentence}");
        }
    }

    /// JSON values with every printable character.
    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            r"\PC{0,8}".prop_map(Value::from),
            r#"[\[\]{}:,'"\\ \n\t#&*!|>%@`?~.+0-9a-]{0,8}"#.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((r"\PC{0,8}", inner), 0..4)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_json_stays_what_it_is(value in values()) {
            let value = serde_json::json!({ "a": value });
            prop_assert_eq!(json(&value.to_string()), value.to_string());
            prop_assert_eq!(json(&format!("{value:#}")), value.to_string());
        }

        #[test]
        fn any_text_is_json_or_refused(file in "[-\\[\\]{}:,'\"\\\\ \n\r\t#&*!|>%?~.é01xa]{0,40}") {
            match Json::read(&file) {
                Ok(json) => {
                    prop_assert!(serde_json::from_str::<&RawValue>(json.text()).is_ok());
                    for at in 0..json.text().len() {
                        prop_assert!(file.get(json.place(at)).is_some());
                    }
                }
                Err(fault) => prop_assert!(file.get(fault.place).is_some()),
            }
        }
    }

    #[test]
    fn deep_and_long_files() {
        for deep in ["[", "{\"a\":", "- "] {
            let file = deep.repeat(100_000);
            assert!(Json::read(&file).is_err(), "{deep}");
        }
        let long = format!("a: '{}'", "x".repeat(10 << 20));
        assert_eq!(json(&long).len(), long.len() + 3);
    }
}
