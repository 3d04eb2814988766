//! Reads JSON into a tree, as far as the text is well-formed.
//!
//! The crate has its own tree because `serde_json::Value` rejects what the grammar allows (`1e999`,
//! lone surrogates, 128 levels), drops duplicate keys, and leaves nothing of a text with a fault.

use serde::de::IgnoredAny;
use serde_json::Value;

use crate::abi::{DEPTH_LIMIT, MALFORMED, TOO_LARGE};

/// A JSON value. An object keeps duplicate keys, in the order of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// All values of a key, in the order of the text; none if this is no object.
    pub(crate) fn all<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a Json> {
        let fields = match self {
            Json::Object(fields) => fields.as_slice(),
            _ => &[],
        };
        fields.iter().filter(move |(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value of a key: the last of duplicates, null if the key is absent.
    pub(crate) fn get(&self, key: &str) -> &Json {
        self.all(key).last().unwrap_or(&Json::Null)
    }

    /// The text of a string.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// The string at a key; empty if the key is absent or its value is no string.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.get(key).as_str().unwrap_or_default()
    }

    /// The text of a string that is itself JSON: it begins with a brace.
    pub(crate) fn as_json_text(&self) -> Option<&str> {
        self.as_str().filter(|text| text.starts_with('{'))
    }
}

/// Whether the bytes are one JSON text by the grammar of RFC 8259, in UTF-8 without a byte order
/// mark, nested at most [`DEPTH_LIMIT`] deep. The grammar allows lone surrogate escapes and numbers
/// of any size.
pub fn well_formed(bytes: &[u8]) -> bool {
    read(bytes).1.is_ok()
}

/// A JSON text as a value; `None` if it is malformed. A lone surrogate is U+FFFD, a number too large
/// for the type is null, and of duplicate keys the last one counts.
pub fn value(bytes: &[u8]) -> Option<Value> {
    let (tree, end) = read(bytes);
    end.ok().map(|()| tree.into())
}

impl From<Json> for Value {
    fn from(tree: Json) -> Self {
        match tree {
            Json::Null => Value::Null,
            Json::Bool(value) => value.into(),
            Json::Number(digits) => serde_json::from_str(&digits).unwrap_or_default(),
            Json::String(text) => text.into(),
            Json::Array(elements) => elements.into_iter().map(Value::from).collect(),
            Json::Object(members) => {
                members.into_iter().map(|(key, value)| (key, Value::from(value))).collect()
            }
        }
    }
}

/// Reads one JSON text. If it has a fault, the tree has everything that is complete before it.
pub(crate) fn read(bytes: &[u8]) -> (Json, Result<(), i32>) {
    let utf8 = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let mut reader = Reader { rest: utf8 };
    let (tree, end) = reader.value(0);
    reader.skip_white_space();
    let all_read = reader.rest.is_empty() && utf8.len() == bytes.len();
    (tree, end.and(if all_read { Ok(()) } else { Err(MALFORMED) }))
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// `open` counts the containers around the value.
    fn value(&mut self, open: usize) -> (Json, Result<(), i32>) {
        self.skip_white_space();
        let scalar = match self.rest.chars().next() {
            Some('{' | '[') if open == DEPTH_LIMIT => Err(TOO_LARGE),
            Some('{') => {
                let mut fields = Vec::new();
                let end = self.object(open + 1, &mut fields);
                return (Json::Object(fields), end);
            }
            Some('[') => {
                let mut elements = Vec::new();
                let end = self.array(open + 1, &mut elements);
                return (Json::Array(elements), end);
            }
            Some('"') => self.string().map(Json::String),
            _ => self.literal(),
        };
        match scalar {
            Ok(value) => (value, Ok(())),
            Err(error) => (Json::Null, Err(error)),
        }
    }

    fn object(&mut self, open: usize, fields: &mut Vec<(String, Json)>) -> Result<(), i32> {
        self.expect('{')?;
        if self.accept('}') {
            return Ok(());
        }
        loop {
            let key = self.string()?;
            self.expect(':')?;
            let (value, end) = self.value(open);
            fields.push((key, value));
            end?;
            if self.accept('}') {
                return Ok(());
            }
            self.expect(',')?;
        }
    }

    fn array(&mut self, open: usize, elements: &mut Vec<Json>) -> Result<(), i32> {
        self.expect('[')?;
        if self.accept(']') {
            return Ok(());
        }
        loop {
            let (value, end) = self.value(open);
            elements.push(value);
            end?;
            if self.accept(']') {
                return Ok(());
            }
            self.expect(',')?;
        }
    }

    /// Decodes through UTF-16, which is what escapes encode; a lone surrogate becomes U+FFFD.
    fn string(&mut self) -> Result<String, i32> {
        self.expect('"')?;
        let mut units = Vec::new();
        loop {
            match self.character()? {
                '"' => return Ok(String::from_utf16_lossy(&units)),
                '\\' => units.push(self.escape()?),
                '\0'..' ' => return Err(MALFORMED),
                other => units.extend_from_slice(other.encode_utf16(&mut [0; 2])),
            }
        }
    }

    fn escape(&mut self) -> Result<u16, i32> {
        match self.character()? {
            '"' => Ok(0x22),
            '\\' => Ok(0x5c),
            '/' => Ok(0x2f),
            'b' => Ok(0x08),
            'f' => Ok(0x0c),
            'n' => Ok(0x0a),
            'r' => Ok(0x0d),
            't' => Ok(0x09),
            'u' => (0..4).try_fold(0, |unit, _| {
                let digit = self.character()?.to_digit(16).ok_or(MALFORMED)?;
                Ok(unit * 16 + digit as u16)
            }),
            _ => Err(MALFORMED),
        }
    }

    fn literal(&mut self) -> Result<Json, i32> {
        let ends = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        let (token, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest;
        match serde_json::from_str::<IgnoredAny>(token) {
            Err(_) => Err(MALFORMED),
            Ok(_) => Ok(match token {
                "null" => Json::Null,
                "true" => Json::Bool(true),
                "false" => Json::Bool(false),
                number => Json::Number(number.to_owned()),
            }),
        }
    }

    fn skip_white_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn character(&mut self) -> Result<char, i32> {
        let mut characters = self.rest.chars();
        let first = characters.next().ok_or(MALFORMED)?;
        self.rest = characters.as_str();
        Ok(first)
    }

    /// Skips white space, then the punctuation mark if it is next.
    fn accept(&mut self, mark: char) -> bool {
        self.skip_white_space();
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, mark: char) -> Result<(), i32> {
        if self.accept(mark) { Ok(()) } else { Err(MALFORMED) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Whether serde_json accepts the text. It has no limit on depth, so use it within ours.
    fn accepted_by_serde_json(bytes: &[u8]) -> bool {
        std::str::from_utf8(bytes).is_ok() && serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
    }

    fn assert_same(ours: &Json, theirs: &Value) {
        match (ours, theirs) {
            (Json::Null, Value::Null) | (Json::Number(_), Value::Number(_)) => {}
            (Json::Bool(ours), Value::Bool(theirs)) => assert_eq!(ours, theirs),
            (Json::String(ours), Value::String(theirs)) => assert_eq!(ours, theirs),
            (Json::Array(ours), Value::Array(theirs)) => {
                assert_eq!(ours.len(), theirs.len());
                ours.iter().zip(theirs).for_each(|(ours, theirs)| assert_same(ours, theirs));
            }
            (Json::Object(fields), Value::Object(theirs)) => {
                assert!(fields.iter().all(|(key, _)| theirs.contains_key(key)));
                theirs.iter().for_each(|(key, theirs)| assert_same(ours.get(key), theirs));
            }
            _ => panic!("{ours:?} is not {theirs}"),
        }
    }

    /// The texts that differ from a seed in one replaced, removed or added byte, and its prefixes.
    fn neighbours(seed: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        let bytes = b"\"\\{}[]:, \t\n\x0c\0\x1f/-+.0e1ufndlDE9aA\x7f\x80\xc3\xed\xff";
        (0..seed.len()).flat_map(move |index| {
            let cut = seed[..index].to_vec();
            let removed = [&seed[..index], &seed[index + 1..]].concat();
            let replaced =
                bytes.iter().map(move |&b| [&seed[..index], &[b], &seed[index + 1..]].concat());
            let added = bytes.iter().map(move |&b| [&seed[..index], &[b], &seed[index..]].concat());
            [cut, removed].into_iter().chain(replaced).chain(added)
        })
    }

    #[test]
    fn agrees_with_serde_json_near_every_seed() {
        let seeds = [
            r#"{"a":"b","":{"a":[],"a":{}},"c":[null,true,false,"\u0041\ud83d\ude00\n"]}"#,
            r#" [ -0.10e+12 , 1E5,10, 0 ,-1.5e-3, 1e999, "\"\\\/\b\f\r\t", "é😀" ] "#,
            r#"["\ud800","\udc00\ud800","\ud800\u0041","\ud83dx"]"#,
            "123",
            "null",
            "",
        ];
        for text in seeds.iter().flat_map(|seed| neighbours(seed.as_bytes())) {
            let (tree, end) = read(&text);
            let shown = String::from_utf8_lossy(&text);
            assert_eq!(end.is_ok(), accepted_by_serde_json(&text), "{shown}");
            if let Ok(value) = serde_json::from_slice(&text) {
                assert_same(&tree, &value);
            }
        }
    }

    #[test]
    fn lone_surrogates_become_the_replacement_character() {
        let texts = [r#""\ud800""#, r#""\udc00""#, r#""\ud800A""#, r#""\ud800\u0041""#];
        let read_as = ["\u{fffd}", "\u{fffd}", "\u{fffd}A", "\u{fffd}A"];
        for (text, expected) in texts.iter().zip(read_as) {
            assert_eq!(read(text.as_bytes()), (Json::String(expected.into()), Ok(())));
        }
    }

    #[test]
    fn the_limit_is_on_open_containers() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(read(nested(DEPTH_LIMIT).as_bytes()).1, Ok(()));
        assert_eq!(read(nested(DEPTH_LIMIT + 1).as_bytes()).1, Err(TOO_LARGE));
        assert_eq!(read("[".repeat(DEPTH_LIMIT).as_bytes()).1, Err(MALFORMED));
        let side_by_side = format!("[{0},{0}]", nested(DEPTH_LIMIT - 1));
        assert_eq!(read(side_by_side.as_bytes()).1, Ok(()));
    }

    #[test]
    fn reports_the_first_fault() {
        let too_deep = "[".repeat(DEPTH_LIMIT + 1);
        assert_eq!(read(format!("{too_deep}?").as_bytes()).1, Err(TOO_LARGE));
        assert_eq!(read(format!("[?{too_deep}").as_bytes()).1, Err(MALFORMED));
    }

    #[test]
    fn keeps_what_is_complete_before_a_fault() {
        let (tree, end) = read(br#"{"a":"b","c":{"d":"e","f":"g"#);
        assert_eq!(end, Err(MALFORMED));
        assert_eq!(tree.text("a"), "b");
        assert_eq!(tree.get("c").text("d"), "e");
        assert_eq!(tree.get("c").get("f"), &Json::Null);
    }

    #[test]
    fn the_last_of_duplicate_keys_wins() {
        let (tree, _) = read(br#"{"a":{"b":"1"},"\u0061":{"c":"2"}}"#);
        assert_eq!((tree.get("a").text("b"), tree.get("a").text("c")), ("", "2"));
    }
}
