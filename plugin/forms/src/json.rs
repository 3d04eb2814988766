//! Writes JSON into a buffer.

use sekisho_scan::{Text, raw};

use crate::event_buffer::{EventBuffer, Key, Piece};

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

/// A [`Key`].
macro_rules! key {
    ($text:literal) => {
        const { &$crate::event_buffer::Key::new($text) }
    };
}
pub(crate) use key;

/// A place in the text: where an object or array begins.
#[derive(Clone, Copy)]
pub(crate) struct Start(usize);

impl<'o> Json<'o> {
    /// Begins a text. `is_plain` is whether the strings that are passed need no escapes.
    pub(crate) fn new(output: &'o mut EventBuffer, is_plain: bool) -> Self {
        output.clear();
        Json { output, is_plain }
    }

    /// Ends the object that the text is.
    pub(crate) fn finish(&mut self) {
        match self.output.last_mut() {
            Some(last @ b',') => *last = b'}',
            _ => self.raw("}"),
        }
    }

    /// Appends JSON that is known when this is compiled.
    #[inline(always)]
    pub(crate) fn raw(&mut self, json: &'static str) {
        self.output.put_constant(json);
    }

    /// Appends one of several texts.
    #[inline(always)]
    pub(crate) fn piece<const N: usize>(&mut self, json: &'static Piece<N>) {
        self.output.put_piece(json);
    }

    /// Appends one of several texts of any length.
    pub(crate) fn one_of_several(&mut self, json: &'static str) {
        self.output.put(json.as_bytes());
    }

    /// Appends a member with JSON as its value.
    #[inline(always)]
    pub(crate) fn member(&mut self, key: &'static str, json: &[u8]) {
        self.put_between(key, json, ",");
    }

    /// Appends a member with a name as its value.
    #[inline(always)]
    pub(crate) fn name(&mut self, key: &'static Key, name: &str) {
        self.quoted(key, name.as_bytes());
    }

    /// Appends a member with a string that needs no escapes.
    #[inline(always)]
    pub(crate) fn quoted(&mut self, key: &'static Key, content: &[u8]) {
        self.output.put_member(key, content);
    }

    /// Appends a member with a string of the record, as it is written there.
    #[inline(always)]
    pub(crate) fn text(&mut self, key: &'static Key, text: Option<Text<'_>>) {
        if let Some(text) = text
            && !text.is_empty()
        {
            self.quoted(key, text.raw());
        }
    }

    /// Appends a string of the record between other JSON, unless it is empty.
    #[inline(always)]
    pub(crate) fn text_between(
        &mut self,
        before: &'static str,
        text: Option<Text<'_>>,
        after: &'static str,
    ) {
        if let Some(text) = text
            && !text.is_empty()
        {
            self.put_between(before, text.raw(), after);
        }
    }

    /// Appends a member with a string, if there is one.
    #[inline(always)]
    pub(crate) fn string(&mut self, key: &'static Key, text: Option<&[u8]>) {
        match text {
            None => {}
            Some(text) if self.is_plain => self.quoted(key, text),
            Some(text) => self.escaped_member(key, text),
        }
    }

    /// Appends a string between other JSON, if there is one.
    #[inline(always)]
    pub(crate) fn string_between(
        &mut self,
        before: &'static str,
        text: Option<&[u8]>,
        after: &'static str,
    ) {
        if let Some(text) = text {
            self.raw(before);
            match self.is_plain {
                true => self.output.put(text),
                false => self.escaped(text),
            }
            self.raw(after);
        }
    }

    /// Appends a member with an array of JSON values.
    #[inline(always)]
    pub(crate) fn list(&mut self, key: &'static str, elements: &[u8]) {
        self.put_between(key, elements, "],");
    }

    /// Appends a member with an array of JSON values, unless there are none.
    #[inline(always)]
    pub(crate) fn array(&mut self, key: &'static str, elements: &[u8]) {
        if !elements.is_empty() {
            self.list(key, elements);
        }
    }

    /// Appends a member with a number.
    #[inline(always)]
    pub(crate) fn number(&mut self, key: &'static str, number: i64) {
        self.raw(key);
        self.digits(number);
        self.raw(",");
    }

    /// Appends a member with a number as a string.
    #[inline(always)]
    pub(crate) fn number_text(&mut self, key: &'static str, number: i64) {
        self.raw(key);
        self.digits(number);
        self.raw("\",");
    }

    /// Appends an object, so that more of its members can follow. [`end`](Json::end) ends it.
    #[inline(always)]
    pub(crate) fn object(&mut self, key: &'static str, object: &[u8]) {
        self.put_between(key, object.strip_suffix(b"}").unwrap_or(object), ",");
    }

    /// Begins a member that is an object or array. [`close`](Json::close) ends it.
    #[inline(always)]
    pub(crate) fn open(&mut self, key: &'static str) -> Start {
        let start = self.here();
        self.raw(key);
        start
    }

    /// What comes next begins here.
    pub(crate) fn here(&self) -> Start {
        Start(self.output.length())
    }

    /// Ends an object that has members.
    #[inline(always)]
    pub(crate) fn end(&mut self) {
        self.output.put_over_comma("},");
    }

    /// Ends an object, and removes it if it is empty.
    pub(crate) fn close(&mut self, start: Start) {
        self.output.end(start.0, b'}');
    }

    /// Ends an array, and removes it if it is empty.
    pub(crate) fn close_array(&mut self, start: Start) {
        self.output.end(start.0, b']');
    }

    /// Appends the members that were written between two places once more. The comma after the last of
    /// them may have become the end of an object.
    pub(crate) fn repeat(&mut self, start: Start, end: Start) {
        if start.0 < end.0 {
            self.output.repeat(start.0, end.0 - 1);
            self.raw(",");
        }
    }

    #[cold]
    #[inline(never)]
    fn escaped_member(&mut self, key: &'static Key, text: &[u8]) {
        self.piece(key);
        self.escaped(text);
        self.raw("\",");
    }

    #[cold]
    #[inline(never)]
    fn escaped(&mut self, text: &[u8]) {
        let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        let (plain, mut rest) = text.split_at(raw::plain_end(text, 0));
        self.output.put(plain);
        while let Some(index) = rest.iter().position(is_special) {
            let (plain, special) = rest.split_at(index);
            self.output.put(plain);
            match special[0] {
                byte @ (b'"' | b'\\') => self.output.put(&[b'\\', byte]),
                byte => {
                    let digit = |number: u8| b"0123456789abcdef"[usize::from(number)];
                    self.raw("\\u00");
                    self.output.put(&[digit(byte >> 4), digit(byte & 15)]);
                }
            }
            rest = &special[1..];
        }
        self.output.put(rest);
    }

    #[inline(always)]
    fn put_between(&mut self, before: &'static str, bytes: &[u8], after: &'static str) {
        self.raw(before);
        self.output.put(bytes);
        self.raw(after);
    }

    #[inline(never)]
    fn digits(&mut self, number: i64) {
        const EIGHT: u64 = 100_000_000;
        let mut digits = [b'0'; 3 * size_of::<u64>()];
        let mut rest = number.unsigned_abs();
        for eight in digits.rchunks_exact_mut(size_of::<u64>()) {
            eight.copy_from_slice(&eight_digits((rest % EIGHT) as u32));
            rest /= EIGHT;
            if rest == 0 {
                break;
            }
        }
        let zeros = digits.iter().position(|digit| *digit != b'0');
        if number < 0 {
            self.raw("-");
        }
        self.output.put(&digits[zeros.unwrap_or(digits.len() - 1)..]);
    }
}

/// The decimal digits of a number below 100,000,000, with zeros before them. Four, then two, then one digit
/// are split off in all parts of a word at once.
fn eight_digits(number: u32) -> [u8; 8] {
    let fours = u64::from(number / 10_000) | u64::from(number % 10_000) << 32;
    let tens = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = tens | (fours - 100 * tens) << 16;
    let tens = ((twos * 103) >> 10) & 0xf_000f_000f_000f;
    let ones = tens | (twos - 10 * tens) << 8;
    (ones | 0x3030_3030_3030_3030).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(is_plain: bool, write: impl FnOnce(&mut Json<'_>)) -> String {
        let mut output = EventBuffer::default();
        let mut json = Json::new(&mut output, is_plain);
        json.raw("{");
        write(&mut json);
        json.finish();
        String::from_utf8(output.json().unwrap().to_vec()).unwrap()
    }

    #[test]
    fn strings_are_escaped() {
        let text = Some("\"\\\n\u{1f}é\u{7f}".as_bytes());
        let json = written(false, |json| json.string(key!(r#""a":""#), text));
        assert_eq!(json, "{\"a\":\"\\\"\\\\\\u000a\\u001fé\u{7f}\"}");
        let json = written(true, |json| json.string(key!(r#""a":""#), Some("é".as_bytes())));
        assert_eq!(json, r#"{"a":"é"}"#);
    }

    #[test]
    fn numbers_are_decimal() {
        for number in [0, 9, 10, -1, 99_999_999, 100_000_000, 1_743_246_609_000, i64::MIN, i64::MAX]
        {
            let json = written(true, |json| json.number(r#""a":"#, number));
            assert_eq!(json, format!("{{\"a\":{number}}}"));
        }
    }

    #[test]
    fn eight_digits_are_those_of_the_number() {
        for number in (0..100_000_000).step_by(9973).chain(0..20_000) {
            assert_eq!(eight_digits(number), *format!("{number:08}").as_bytes(), "{number}");
        }
    }

    #[test]
    fn empty_objects_and_arrays_are_removed() {
        let json = written(true, |json| {
            json.name(key!(r#""a":""#), "b");
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
