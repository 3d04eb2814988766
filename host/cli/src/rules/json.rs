//! A rule file as JSON.
//!
//! Patterns are JSON, so a file of YAML is converted to JSON first and then deserialized. Each part
//! of the JSON keeps its span in the file, so that errors are shown there.

use std::ops::Range;

use super::yaml::{Converted, SyntaxError, convert};

/// A rule file as one line of JSON.
#[derive(Debug)]
pub(crate) struct Json(Converted);

impl Json {
    /// Parses a file of YAML, which includes JSON.
    ///
    /// # Errors
    /// [`SyntaxError`], if the file is not well-formed, or contains what JSON cannot express.
    pub(crate) fn parse(file: &str) -> Result<Self, SyntaxError> {
        convert(file).map(Self)
    }

    /// The JSON.
    pub(crate) fn text(&self) -> &str {
        &self.0.text
    }

    /// The offset in the JSON of `part`, which is a slice of it.
    pub(crate) fn offset(&self, part: &str) -> usize {
        part.as_ptr().addr() - self.text().as_ptr().addr()
    }

    /// The span in the file of the part at `offset` in the JSON.
    pub(crate) fn span(&self, offset: usize) -> Range<usize> {
        let spans = &self.0.spans;
        let after = spans.partition_point(|(begin, _)| *begin <= offset);
        spans[after.saturating_sub(1)].1.clone()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;
    use serde_json::value::RawValue;

    use super::*;

    fn json(file: &str) -> String {
        Json::parse(file).unwrap().text().to_owned()
    }

    fn error(file: &str) -> (&str, String) {
        let error = Json::parse(file).unwrap_err();
        (&file[error.span], error.message)
    }

    #[test]
    fn json_is_unchanged() {
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
    fn every_part_has_its_span() {
        let file = "rules:\n  - id: é\n    pattern: {\"a\": [1]}\n";
        let json = Json::parse(file).unwrap();
        let span = |part: &str| &file[json.span(json.text().find(part).unwrap())];
        assert_eq!(span("\"rules\""), "rules");
        assert_eq!(span("\"é\""), "é");
        assert_eq!(span("é\""), "é");
        assert_eq!(span("[1]"), "[");
        assert_eq!(span("1]"), "1");
        assert_eq!(span("}}]}"), "{");
    }

    #[test]
    fn rejects_what_json_cannot_express() {
        for (file, span, word) in [
            ("a: &x 1\nb: *x", "*x", "alias"),
            ("a: !!str 1", "1", "tag"),
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
            let (found, message) = error(file);
            assert_eq!(found, span, "{file}");
            assert!(message.contains(word), "{file}: {message}");
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
        fn any_json_is_unchanged(value in values()) {
            let value = serde_json::json!({ "a": value });
            prop_assert_eq!(json(&value.to_string()), value.to_string());
            prop_assert_eq!(json(&format!("{value:#}")), value.to_string());
        }

        #[test]
        fn any_text_becomes_json_or_an_error(file in "[-\\[\\]{}:,'\"\\\\ \n\r\t#&*!|>%?~.é01xa]{0,40}") {
            match Json::parse(&file) {
                Ok(json) => {
                    prop_assert!(serde_json::from_str::<&RawValue>(json.text()).is_ok());
                    for offset in 0..json.text().len() {
                        prop_assert!(file.get(json.span(offset)).is_some());
                    }
                }
                Err(error) => prop_assert!(file.get(error.span).is_some()),
            }
        }
    }

    #[test]
    fn deep_and_long_files() {
        for deep in ["[", "{\"a\":", "- "] {
            let file = deep.repeat(100_000);
            assert!(Json::parse(&file).is_err(), "{deep}");
        }
        let long = format!("a: '{}'", "x".repeat(10 << 20));
        assert_eq!(json(&long).len(), long.len() + 3);
    }
}
