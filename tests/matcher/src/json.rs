//! JSON text to a tree that keeps duplicate keys and the text of numbers.

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    /// `null`, `true`, `false` or a number, as it is written.
    Literal(String),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads well-formed JSON.
    ///
    /// # Panics
    /// When it is not well-formed.
    pub(crate) fn read(text: &str) -> Self {
        Reader { rest: text }.value()
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self, Json::Literal(text) if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
    }

    /// The text of a string.
    ///
    /// # Panics
    /// When this is something else.
    pub(crate) fn text(&self) -> &str {
        match self {
            Json::String(text) => text,
            other => panic!("{other:?} is no string"),
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn value(&mut self) -> Json {
        if self.accept('{') {
            let mut fields = Vec::new();
            while !self.accept('}') {
                self.accept(',');
                assert!(self.accept('"'), "expected a key before {}", self.rest);
                let key = self.string();
                assert!(self.accept(':'), "expected a colon before {}", self.rest);
                fields.push((key, self.value()));
            }
            return Json::Object(fields);
        }
        if self.accept('[') {
            let mut elements = Vec::new();
            while !self.accept(']') {
                self.accept(',');
                elements.push(self.value());
            }
            return Json::Array(elements);
        }
        if self.accept('"') {
            return Json::String(self.string());
        }
        let is_mark = |c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}');
        let (literal, rest) =
            self.rest.split_at(self.rest.find(is_mark).unwrap_or(self.rest.len()));
        assert!(!literal.is_empty(), "expected a value before {rest}");
        self.rest = rest;
        Json::Literal(literal.to_owned())
    }

    /// The string whose opening quote has been passed.
    fn string(&mut self) -> String {
        let mut units = Vec::new();
        loop {
            match self.character() {
                '"' => return String::from_utf16_lossy(&units),
                '\\' => units.push(self.escape()),
                plain => units.extend_from_slice(plain.encode_utf16(&mut [0; 2])),
            }
        }
    }

    fn escape(&mut self) -> u16 {
        match self.character() {
            'b' => 0x08,
            'f' => 0x0c,
            'n' => 0x0a,
            'r' => 0x0d,
            't' => 0x09,
            'u' => {
                let (digits, rest) = self.rest.split_at(4);
                self.rest = rest;
                u16::from_str_radix(digits, 16).expect("four hexadecimal digits")
            }
            itself => itself as u16,
        }
    }

    fn character(&mut self) -> char {
        let character = self.rest.chars().next().expect("the string ends");
        self.rest = &self.rest[character.len_utf8()..];
        character
    }

    /// Takes the mark if it is next, after white space.
    fn accept(&mut self, mark: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}
