//! Writes JSON into a buffer.

use sekisho_scan::Text;

use crate::event_buffer::EventBuffer;

/// A JSON text that is being written.
///
/// Keys are passed as they are written, with what begins their values: `"name":"` before a string,
/// `"user":{` before an object. Each value ends with a comma, over which the end of its object or array
/// is written, so nobody has to know what comes before or after.
pub(crate) struct Json<'o> {
    output: &'o mut EventBuffer,
    /// Whether decoded strings need no escapes.
    is_plain: bool,
}

/// A place in the text: where an object or array begins.
#[derive(Clone, Copy)]
pub(crate) struct Start(usize);

impl<'o> Json<'o> {
    /// Begins an object with `start`. `is_plain` is whether the strings that are passed need no escapes.
    pub(crate) fn new(output: &'o mut EventBuffer, start: &str, is_plain: bool) -> Self {
        output.clear();
        output.put(start.as_bytes());
        Json { output, is_plain }
    }

    /// Ends it.
    pub(crate) fn finish(&mut self) {
        match self.output.last_mut() {
            Some(last @ b',') => *last = b'}',
            _ => self.put(b"}"),
        }
    }

    /// Appends JSON.
    pub(crate) fn raw(&mut self, json: &str) {
        self.put(json.as_bytes());
    }

    /// Appends a member with JSON as its value.
    pub(crate) fn member(&mut self, key: &str, json: &[u8]) {
        self.put_between(key, json, ",");
    }

    /// Appends a member with a name as its value.
    pub(crate) fn name(&mut self, key: &str, name: &str) {
        self.quoted(key, name.as_bytes());
    }

    /// Appends a member with a string that needs no escapes.
    #[inline(never)]
    pub(crate) fn quoted(&mut self, key: &str, content: &[u8]) {
        self.output.put_between(key.as_bytes(), content, b"\",");
    }

    /// Appends a member with a string of the record, as it is written there.
    pub(crate) fn text(&mut self, key: &str, text: Option<Text<'_>>) {
        if let Some(text) = text
            && !text.is_empty()
        {
            self.quoted(key, text.raw());
        }
    }

    /// Appends a string of the record between other JSON, unless it is empty.
    pub(crate) fn text_between(&mut self, before: &str, text: Option<Text<'_>>, after: &str) {
        if let Some(text) = text
            && !text.is_empty()
        {
            self.put_between(before, text.raw(), after);
        }
    }

    /// Appends a member with a string, if there is one.
    pub(crate) fn string(&mut self, key: &str, text: Option<&[u8]>) {
        match text {
            None => {}
            Some(text) if self.is_plain => self.quoted(key, text),
            Some(text) => self.escaped(key, text, "\","),
        }
    }

    /// Appends a string between other JSON, if there is one.
    pub(crate) fn string_between(&mut self, before: &str, text: Option<&[u8]>, after: &str) {
        match text {
            None => {}
            Some(text) if self.is_plain => self.put_between(before, text, after),
            Some(text) => self.escaped(before, text, after),
        }
    }

    /// Appends a member with an array of JSON values.
    pub(crate) fn list(&mut self, key: &str, elements: &[u8]) {
        self.put_between(key, elements, "],");
    }

    /// Appends a member with an array of JSON values, unless there are none.
    pub(crate) fn array(&mut self, key: &str, elements: &[u8]) {
        if !elements.is_empty() {
            self.list(key, elements);
        }
    }

    /// Appends a member with a number.
    pub(crate) fn number(&mut self, key: &str, number: i64) {
        self.digits(key, number, ",");
    }

    /// Appends a member with a number as a string.
    pub(crate) fn number_text(&mut self, key: &str, number: i64) {
        self.digits(key, number, "\",");
    }

    /// Appends an object, so that more of its members can follow. [`close`](Json::close) ends it.
    pub(crate) fn object(&mut self, key: &str, object: &[u8]) -> Start {
        let start = self.here();
        self.put_between(key, object.strip_suffix(b"}").unwrap_or(object), ",");
        start
    }

    /// Begins a member that is an object or array. [`close`](Json::close) ends it.
    pub(crate) fn open(&mut self, key: &str) -> Start {
        let start = self.here();
        self.raw(key);
        start
    }

    /// What comes next begins here.
    pub(crate) fn here(&self) -> Start {
        Start(self.output.length())
    }

    /// Ends an object, and removes it if it is empty.
    pub(crate) fn close(&mut self, start: Start) {
        self.end(start, b'}');
    }

    /// Ends an array, and removes it if it is empty.
    pub(crate) fn close_array(&mut self, start: Start) {
        self.end(start, b']');
    }

    fn end(&mut self, start: Start, end: u8) {
        match self.output.last_mut() {
            Some(last @ b',') => {
                *last = end;
                self.output.push(b',');
            }
            _ => self.output.truncate(start.0),
        }
    }

    /// Appends the members that were written between two places once more. The comma after the last of
    /// them may have become the end of an object.
    pub(crate) fn repeat(&mut self, start: Start, end: Start) {
        if start.0 < end.0 {
            self.output.repeat(start.0, end.0 - 1);
            self.output.push(b',');
        }
    }

    #[cold]
    fn escaped(&mut self, before: &str, text: &[u8], after: &str) {
        let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        self.raw(before);
        let mut rest = text;
        while let Some(index) = rest.iter().position(is_special) {
            let (plain, special) = rest.split_at(index);
            self.put(plain);
            match special[0] {
                byte @ (b'"' | b'\\') => self.put(&[b'\\', byte]),
                byte => {
                    let digit = |number: u8| b"0123456789abcdef"[usize::from(number)];
                    self.raw("\\u00");
                    self.put(&[digit(byte >> 4), digit(byte & 15)]);
                }
            }
            rest = &special[1..];
        }
        self.put_between("", rest, after);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.output.put(bytes);
    }

    #[inline(never)]
    fn put_between(&mut self, before: &str, bytes: &[u8], after: &str) {
        self.output.put_between(before.as_bytes(), bytes, after.as_bytes());
    }

    fn digits(&mut self, before: &str, number: i64, after: &str) {
        let mut digits = [0; 22];
        let mut index = digits.len();
        let mut rest = number.unsigned_abs();
        loop {
            // Two at once.
            let pair = (rest % 100) as u8;
            rest /= 100;
            digits[index - 1] = b'0' + pair % 10;
            digits[index - 2] = b'0' + pair / 10;
            index -= 2;
            if rest == 0 {
                index += usize::from(pair < 10);
                break;
            }
        }
        if number < 0 {
            index -= 1;
            digits[index] = b'-';
        }
        self.put_between(before, &digits[index..], after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(is_plain: bool, write: impl FnOnce(&mut Json<'_>)) -> String {
        let mut output = EventBuffer::default();
        let mut json = Json::new(&mut output, "{", is_plain);
        write(&mut json);
        json.finish();
        String::from_utf8(output.json().unwrap().to_vec()).unwrap()
    }

    #[test]
    fn strings_are_escaped() {
        let text = Some("\"\\\n\u{1f}é\u{7f}".as_bytes());
        let json = written(false, |json| json.string(r#""a":""#, text));
        assert_eq!(json, "{\"a\":\"\\\"\\\\\\u000a\\u001fé\u{7f}\"}");
        let json = written(true, |json| json.string(r#""a":""#, Some("é".as_bytes())));
        assert_eq!(json, r#"{"a":"é"}"#);
    }

    #[test]
    fn numbers_are_decimal() {
        for number in [0, 9, 10, -1, 1_743_246_609_000, i64::MIN, i64::MAX] {
            let json = written(true, |json| json.number(r#""a":"#, number));
            assert_eq!(json, format!("{{\"a\":{number}}}"));
        }
    }

    #[test]
    fn empty_objects_and_arrays_are_removed() {
        let json = written(true, |json| {
            json.name(r#""a":""#, "b");
            let object = json.open(r#""c":{"#);
            let array = json.open(r#""d":["#);
            json.close_array(array);
            json.close(object);
            let object = json.open(r#""e":{"#);
            json.member(r#""f":"#, b"1");
            json.close(object);
        });
        assert_eq!(json, r#"{"a":"b","e":{"f":1}}"#);
        assert_eq!(written(true, |_| {}), "{}");
    }
}
