//! Writes JSON into a buffer.

use crate::attribute::Attribute;
use crate::gap::Gap;
use crate::number::Digits;
use crate::output::Output;
use crate::texts::Texts;

/// A JSON text that is being written.
///
/// Keys are passed as they are written, with what begins their values: `"name":"` before a string,
/// `"user":{` before an object. Each value ends with a comma, over which the end of its object or array
/// is written, so nobody has to know what comes before or after.
///
/// Attributes are written by name: who writes an event sees no more of their texts than whether they are
/// there.
pub(crate) struct Json<'o> {
    output: &'o mut Output,
    /// The texts of the attributes, which need no escapes.
    texts: &'o Texts<'o>,
}

/// A place in the text: where an object or array begins.
#[derive(Clone, Copy)]
pub(crate) struct Start(usize);

impl<'o> Json<'o> {
    /// Begins a text with these attributes.
    pub(crate) fn new(output: &'o mut Output, texts: &'o Texts<'_>) -> Self {
        output.clear();
        Json { output, texts }
    }

    /// Ends the object that the text is.
    pub(crate) fn finish(&mut self) {
        match self.output.last_mut() {
            Some(last @ b',') => *last = b'}',
            _ => self.raw("}"),
        }
    }

    /// Appends JSON.
    #[inline(never)]
    pub(crate) fn raw(&mut self, json: &str) {
        self.output.put(json.as_bytes());
    }

    /// Whether an attribute is present.
    pub(crate) fn has(&self, attribute: Attribute) -> bool {
        !self.texts.get(attribute).is_empty()
    }

    /// Appends a member whose value is the text of an attribute, if it is present.
    pub(crate) fn text(&mut self, key: &'static str, attribute: Attribute) {
        self.text_between(key, attribute, "\",");
    }

    /// Appends the text of an attribute between other JSON, if it is present.
    #[inline(never)]
    pub(crate) fn text_between(
        &mut self,
        before: &'static str,
        attribute: Attribute,
        after: &'static str,
    ) {
        if self.has(attribute) {
            self.raw(before);
            let start = self.output.length();
            self.output.put(self.texts.get(attribute));
            let end = self.output.length();
            self.output.gaps.push(Gap { start, end, attribute });
            self.raw(after);
        }
    }

    /// Appends a member with JSON as its value.
    pub(crate) fn member(&mut self, key: &'static str, json: &[u8]) {
        self.put_between(key, json, ",");
    }

    /// Appends a member with a string that needs no escapes.
    pub(crate) fn quoted(&mut self, key: &'static str, content: &[u8]) {
        self.put_between(key, content, "\",");
    }

    /// Appends a member with a name as its value.
    pub(crate) fn name(&mut self, key: &'static str, name: &str) {
        self.quoted(key, name.as_bytes());
    }

    /// Appends a member with an array of JSON values, unless there are none.
    pub(crate) fn array(&mut self, key: &'static str, elements: &[u8]) {
        if !elements.is_empty() {
            self.put_between(key, elements, "],");
        }
    }

    /// Appends a decoded string between other JSON.
    pub(crate) fn string_between(
        &mut self,
        before: &'static str,
        text: &[u8],
        after: &'static str,
    ) {
        self.raw(before);
        self.output.put_escaped(text);
        self.raw(after);
    }

    /// Appends a member with a number.
    pub(crate) fn number(&mut self, key: &'static str, number: i64) {
        self.put_between(key, Digits::of(number).text(), ",");
    }

    /// Appends an object, so that more of its members can follow. [`end`](Json::end) ends it.
    pub(crate) fn object(&mut self, key: &'static str, object: &[u8]) {
        self.put_between(key, object.strip_suffix(b"}").unwrap_or(object), ",");
    }

    /// Begins a member that is an object or array. [`close`](Json::close) ends it.
    pub(crate) fn open(&mut self, key: &'static str) -> Start {
        let start = Start(self.output.length());
        self.raw(key);
        start
    }

    /// Ends an object that has members.
    pub(crate) fn end(&mut self) {
        self.output.truncate(self.output.length().saturating_sub(1));
        self.raw("},");
    }

    /// Ends an object, and removes it if it is empty.
    pub(crate) fn close(&mut self, start: Start) {
        self.end_or_remove(start, b'}');
    }

    /// Ends an array, and removes it if it is empty.
    pub(crate) fn close_array(&mut self, start: Start) {
        self.end_or_remove(start, b']');
    }

    /// Writes an end over the comma after the last value. If there is no comma there is no value.
    #[inline(never)]
    fn end_or_remove(&mut self, start: Start, end: u8) {
        match self.output.last_mut() {
            Some(last @ b',') => {
                *last = end;
                self.raw(",");
            }
            _ => self.output.truncate(start.0),
        }
    }

    #[inline(never)]
    fn put_between(&mut self, before: &'static str, bytes: &[u8], after: &'static str) {
        self.raw(before);
        self.output.put(bytes);
        self.raw(after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Json<'_>)) -> String {
        let mut output = Output::default();
        let texts = Texts::default();
        let mut json = Json::new(&mut output, &texts);
        json.raw("{");
        write(&mut json);
        json.finish();
        String::from_utf8(output.written().unwrap().to_vec()).unwrap()
    }

    #[test]
    fn empty_objects_and_arrays_are_removed() {
        let json = written(|json| {
            json.quoted(r#""a":""#, b"b");
            let object = json.open(r#""c":{"#);
            let array = json.open(r#""d":["#);
            json.text("\"", Attribute::User);
            json.close_array(array);
            json.close(object);
            let object = json.open(r#""e":{"#);
            json.number(r#""f":"#, -1);
            json.close(object);
        });
        assert_eq!(json, r#"{"a":"b","e":{"f":-1}}"#);
        assert_eq!(written(|_| {}), "{}");
    }
}
