//! JSON that is written in large pieces.

use alloc::vec::Vec;

use sekisho_attempts::{EventId, Time, format_time};
use sekisho_scan::raw::Buffer;

use crate::encode::encode_string;

/// Appends JSON to a vector. It collects what is short: to append that to the vector takes a call of the
/// host each time. The rest is appended when it is dropped.
pub(crate) struct Line<'o> {
    buffer: Buffer,
    output: &'o mut Vec<u8>,
}

impl<'o> Line<'o> {
    pub(crate) fn new(output: &'o mut Vec<u8>) -> Self {
        Line { buffer: Buffer::default(), output }
    }

    /// Appends JSON.
    pub(crate) fn put(&mut self, json: &[u8]) {
        if self.buffer.put(json).is_none() {
            self.flush();
            self.output.extend_from_slice(json);
        }
    }

    /// Appends something, and a text as a string, or null.
    #[inline(never)]
    pub(crate) fn string(&mut self, before: &[u8], text: Option<&[u8]>) {
        let Some(text) = text else {
            self.put(before);
            return self.put(b"null");
        };
        if self.buffer.put_string(before, text).is_none() {
            self.put(before);
            self.flush();
            encode_string(core::str::from_utf8(text).ok(), self.output);
        }
    }

    /// Appends a decimal number.
    pub(crate) fn number(&mut self, mut number: u32) {
        let mut digits = [0; 10];
        let mut start = digits.len();
        loop {
            start -= 1;
            digits[start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                return self.put(&digits[start..]);
            }
        }
    }

    /// Appends the members `first_time` and `last_time`.
    #[inline(never)]
    pub(crate) fn times(&mut self, first: Option<Time>, last: Option<Time>) {
        let (mut text, mut length) = format_time(first.unwrap_or_default());
        self.string(b",\"first_time\":", first.map(|_| &text[..length]));
        if last != first {
            (text, length) = format_time(last.unwrap_or_default());
        }
        self.string(b",\"last_time\":", last.map(|_| &text[..length]));
    }

    /// Appends the member `events`: an array of eventIDs.
    #[inline(never)]
    pub(crate) fn events(&mut self, ids: &[EventId]) {
        let mut before: &[u8] = b",\"events\":[";
        for id in ids {
            self.event(before, id);
            before = b",";
        }
        self.put(if ids.is_empty() { b",\"events\":[]" } else { b"]" });
    }

    /// Appends something, and an eventID as a JSON string.
    #[inline(never)]
    pub(crate) fn event(&mut self, before: &[u8], id: &EventId) {
        let uuid;
        let text = match id {
            EventId::Text(text) => text.as_bytes(),
            EventId::Uuid(bytes) => {
                uuid = EventId::uuid_text(bytes);
                &uuid
            }
        };
        self.string(before, Some(text));
    }

    fn flush(&mut self) {
        self.output.extend_from_slice(self.buffer.bytes());
        self.buffer.clear();
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.flush();
    }
}
