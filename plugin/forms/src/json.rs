//! Writes JSON into a buffer.

use alloc::vec::Vec;

use sekisho_scan::Text;

/// A JSON text that is being written.
pub(crate) struct Json<'o>(pub(crate) &'o mut Vec<u8>);

/// Where an object or array begins, from [`Json::open`].
pub(crate) struct Start(usize);

impl Json<'_> {
    /// Appends JSON.
    pub(crate) fn raw(&mut self, json: &[u8]) {
        self.0.extend_from_slice(json);
    }

    /// Appends a key that needs no escapes, with a comma unless it is the first in its object.
    pub(crate) fn key(&mut self, key: &str) {
        self.separate();
        self.0.push(b'"');
        self.raw(key.as_bytes());
        self.raw(b"\":");
    }

    /// Appends a comma, unless an object or array has just begun.
    pub(crate) fn separate(&mut self) {
        if !matches!(self.0.last(), Some(b'{' | b'[')) {
            self.0.push(b',');
        }
    }

    /// Appends a member with JSON as its value.
    pub(crate) fn member(&mut self, key: &str, json: &[u8]) {
        self.key(key);
        self.raw(json);
    }

    /// Appends a member with a name as its value.
    pub(crate) fn name(&mut self, key: &str, name: &str) {
        self.key(key);
        self.quoted(name.as_bytes());
    }

    /// Appends a member with a string of the record, as it is written there.
    pub(crate) fn text(&mut self, key: &str, text: Option<Text<'_>>) {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return };
        self.key(key);
        self.quoted(text.raw());
    }

    /// Appends a member with a string, if there is one.
    pub(crate) fn string(&mut self, key: &str, text: Option<&str>) {
        let Some(text) = text else { return };
        self.key(key);
        self.value(text);
    }

    /// Appends a member with an array of JSON values, unless there are none.
    pub(crate) fn array(&mut self, key: &str, elements: &[u8]) {
        if elements.is_empty() {
            return;
        }
        self.key(key);
        self.0.push(b'[');
        self.raw(elements);
        self.0.push(b']');
    }

    /// Appends a member with a number.
    pub(crate) fn number(&mut self, key: &str, number: i64) {
        self.key(key);
        self.digits(number);
    }

    /// Appends a member with a number as a string.
    pub(crate) fn number_text(&mut self, key: &str, number: i64) {
        self.key(key);
        self.0.push(b'"');
        self.digits(number);
        self.0.push(b'"');
    }

    /// Begins a member that is an object. [`close`](Json::close) ends it.
    pub(crate) fn open(&mut self, key: &str) -> Start {
        let start = Start(self.0.len());
        self.key(key);
        self.0.push(b'{');
        start
    }

    /// Begins a member that is an array.
    pub(crate) fn open_array(&mut self, key: &str) -> Start {
        let start = Start(self.0.len());
        self.key(key);
        self.0.push(b'[');
        start
    }

    /// Ends an object, and removes it if it is empty.
    pub(crate) fn close(&mut self, start: Start) {
        match self.0.last() {
            Some(b'{') => self.0.truncate(start.0),
            _ => self.0.push(b'}'),
        }
    }

    /// Ends an array, and removes it if it is empty.
    pub(crate) fn close_array(&mut self, start: Start) {
        match self.0.last() {
            Some(b'[') => self.0.truncate(start.0),
            _ => self.0.push(b']'),
        }
    }

    /// Appends a string.
    pub(crate) fn value(&mut self, text: &str) {
        let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        self.0.push(b'"');
        let mut rest = text.as_bytes();
        while let Some(index) = rest.iter().position(is_special) {
            let (plain, special) = rest.split_at(index);
            self.raw(plain);
            match special[0] {
                byte @ (b'"' | b'\\') => self.raw(&[b'\\', byte]),
                byte => {
                    let digit = |number: u8| b"0123456789abcdef"[usize::from(number)];
                    self.raw(b"\\u00");
                    self.raw(&[digit(byte >> 4), digit(byte & 15)]);
                }
            }
            rest = &special[1..];
        }
        self.raw(rest);
        self.0.push(b'"');
    }

    fn quoted(&mut self, content: &[u8]) {
        self.0.push(b'"');
        self.raw(content);
        self.0.push(b'"');
    }

    fn digits(&mut self, number: i64) {
        let mut digits = [0; 20];
        let mut index = digits.len();
        let mut rest = number.unsigned_abs();
        loop {
            index -= 1;
            digits[index] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            self.0.push(b'-');
        }
        self.raw(&digits[index..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Json<'_>)) -> String {
        let mut output = Vec::from(*b"{");
        write(&mut Json(&mut output));
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn strings_are_escaped() {
        let json = written(|json| json.string("a", Some("\"\\\n\u{1f}é\u{7f}")));
        assert_eq!(json, "{\"a\":\"\\\"\\\\\\u000a\\u001fé\u{7f}\"");
    }

    #[test]
    fn numbers_are_decimal() {
        for number in [0, 9, 10, -1, 1_743_246_609_000, i64::MIN, i64::MAX] {
            assert_eq!(written(|json| json.number("a", number)), format!("{{\"a\":{number}"));
        }
    }

    #[test]
    fn empty_objects_and_arrays_are_removed() {
        let json = written(|json| {
            json.name("a", "b");
            let object = json.open("c");
            let array = json.open_array("d");
            json.close_array(array);
            json.close(object);
            let object = json.open("e");
            json.member("f", b"1");
            json.close(object);
        });
        assert_eq!(json, r#"{"a":"b","e":{"f":1}"#);
    }
}
