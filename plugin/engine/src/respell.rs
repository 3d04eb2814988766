//! Reads records whose fields are [spelled](crate::spelling) or arranged otherwise.

use alloc::vec::Vec;
use core::ops::Range;

use sekisho_attempts::write_time;
use sekisho_scan::{Malformed, Reader, Text, Value, ValueKind};

use crate::cells::cell;
use crate::encode::encode_string;
use crate::error::Error;
use crate::row_text::row_to_json;
use crate::spelling::{LAST_OF_RECORD, MFA_USED, NAME, SOURCE, SPELLINGS};
use crate::text::{decode, member, next_member, parse};

/// The fields of an object or a row that may be a record in another spelling.
pub(crate) struct Respelled {
    is_ocsf: bool,
    is_row: bool,
    parts: Vec<Part>,
    /// The bytes of the parts.
    bytes: Vec<u8>,
}

/// The value of a field, or members of it if the field is an object.
struct Part {
    /// Its index in [`SPELLINGS`].
    field: usize,
    /// The index of the name that it has in the input.
    rank: usize,
    /// Its path in the input.
    source: Range<usize>,
    json: Range<usize>,
}

/// The most parts of a record. A record has no more than this unless it is meant to take memory.
const MAX_PARTS: usize = 256;

/// The most objects around a value that is read.
const MAX_LEVELS: usize = 8;

/// Whether an object with this key may be a record in another spelling.
#[inline(never)]
pub(crate) fn is_sign_of_spelling(key: Text<'_>) -> bool {
    let letters = key.chars().filter(|letter| *letter != '_');
    letters.map(|letter| letter.to_ascii_lowercase()).eq("eventsource".chars()) || key == CLASS
}

/// Whether an array is a [row](crate::cells) that may be a record. Reads it to its end if it is.
#[inline(never)]
pub(crate) fn is_row(array: &mut Reader<'_>) -> Result<bool, Malformed> {
    let mut has_sign = false;
    array.enter()?;
    while array.next_element()? {
        let Some((name, _)) = cell(array)? else { return Ok(false) };
        has_sign |= is_sign_of_spelling(name);
    }
    Ok(has_sign)
}

/// The key of the class of an OCSF event.
const CLASS: &str = "class_uid";

/// The record that an object or a [row](crate::cells) is in another spelling, written into `output` in
/// CloudTrail's own. `None` if it is no record.
///
/// # Errors
/// Memory ran out.
#[cold]
#[inline(never)]
pub(crate) fn respell<'o>(json: &[u8], output: &'o mut Vec<u8>) -> Result<Option<&'o [u8]>, Error> {
    let is_row = json.starts_with(b"[");
    let is_ocsf = !is_row && is_ocsf(json);
    let mut respelled = Respelled { is_ocsf, is_row, parts: Vec::new(), bytes: Vec::new() };
    // Enough for nearly all. The names and braces of all fields take less than one kilobyte.
    respelled.bytes.try_reserve(2 * json.len())?;
    output.clear();
    output.try_reserve(json.len() + 1024)?;
    respelled.members(json, &mut Vec::new(), MAX_LEVELS)?;
    if !respelled.is_record() {
        return Ok(None);
    }
    respelled.write(output);
    Ok(Some(output))
}

/// Whether an object is an event of OCSF of class Authentication or API Activity, the two that hold
/// what CloudTrail records.
#[inline(never)]
fn is_ocsf(object: &[u8]) -> bool {
    let class = member(Value::object(object, 0), CLASS).unwrap_or_default();
    let number = class.map(|class| class.text().map_or(class.raw, |text| text.raw()));
    matches!(number, Some(b"3002" | b"6003"))
}

impl Respelled {
    /// Whether the fields are those of a record. In an object, a name spelled as in CloudTrail has a
    /// source that is, too.
    #[inline(never)]
    fn is_record(&self) -> bool {
        let is_own = |part: &Part| self.bytes[part.source.clone()] == *b"eventName";
        let is_of_record = |part: &Part| (NAME + 1..=LAST_OF_RECORD).contains(&part.field);
        self.value(SOURCE).is_some_and(|source| source.ends_with(b".amazonaws.com\""))
            && self.value(NAME).is_some()
            && self.parts.iter().any(is_of_record)
            && (self.is_row || !self.parts.iter().any(is_own))
    }

    /// Reads the members of an object with this path, or the cells of a row.
    fn members(&mut self, json: &[u8], path: &mut Vec<u8>, levels: usize) -> Result<(), Error> {
        let Some(levels) = levels.checked_sub(1) else { return Ok(()) };
        let above = path.len();
        let mut reader = Reader::new(json);
        reader.enter()?;
        let mut next = |is_row: bool| match is_row {
            true if reader.next_element()? => cell(&mut reader),
            true => Ok(None),
            false => next_member(&mut reader),
        };
        while let Some((key, value)) = next(self.is_row && above == 0)? {
            if above > 0 {
                path.push(b'.');
            }
            decode(key, path)?;
            self.member(path, value, levels)?;
            path.truncate(above);
        }
        Ok(())
    }

    #[inline(never)]
    fn member(&mut self, path: &mut Vec<u8>, value: Value<'_>, levels: usize) -> Result<(), Error> {
        let meaning = meaning(path, self.is_ocsf);
        if matches!(meaning, Meaning::None) {
            return Ok(());
        }
        // Of duplicate keys, the last one counts.
        for part in &mut self.parts {
            if is_at_or_below(&self.bytes[part.source.clone()], path) {
                *part = Part { field: SPELLINGS.len(), source: 0..0, json: 0..0, rank: 0 };
            }
        }
        let mut buffer = Vec::new();
        let object = object_in(value, &mut buffer)?;
        let start = self.bytes.len();
        let (field, rank, is_there) = match meaning {
            Meaning::None => return Ok(()),
            Meaning::Above => {
                return object.map_or(Ok(()), |object| self.members(object, path, levels));
            }
            Meaning::Member(field, key) => {
                encode_string(core::str::from_utf8(&path[key..]).ok(), &mut self.bytes);
                push(b":", &mut self.bytes);
                push(value.raw, &mut self.bytes);
                (field, 0, true)
            }
            Meaning::Field(field, rank) if SPELLINGS[field].is_object() => {
                if let Some([_, members @ .., _]) = object {
                    push(members.trim_ascii(), &mut self.bytes);
                }
                (field, rank, object.is_some())
            }
            Meaning::Field(field, rank) => {
                let is_there = push_value(SPELLINGS[field].path, value, &mut self.bytes)?;
                (field, rank, is_there)
            }
        };
        if is_there && self.parts.len() < MAX_PARTS {
            let end = self.bytes.len();
            push(path, &mut self.bytes);
            let source = end..self.bytes.len();
            self.parts.push(Part { field, rank, source, json: start..end });
        }
        Ok(())
    }

    /// The value of a field.
    #[inline(never)]
    fn value(&self, field: usize) -> Option<&[u8]> {
        let parts = self.parts.iter().filter(|part| part.field == field);
        let best = parts.reduce(|best, part| if part.rank <= best.rank { part } else { best })?;
        Some(&self.bytes[best.json.clone()])
    }

    #[inline(never)]
    fn write(&self, output: &mut Vec<u8>) {
        // OCSF has a status of every event.
        let is_console_login = self.value(NAME) == Some(b"\"ConsoleLogin\"");
        let mut object = "";
        output.push(b'{');
        for (field, spelling) in SPELLINGS.iter().enumerate() {
            let Some(value) = self.value(field) else { continue };
            if spelling.is_object() {
                object = change_object(object, spelling.path, output);
                for part in self.parts.iter().filter(|part| part.field == field) {
                    push_comma(output, !part.json.is_empty());
                    push(&self.bytes[part.json.clone()], output);
                }
            } else if is_console_login || !spelling.path.starts_with("responseElements.") {
                let (parent, key) = split_last(spelling.path);
                object = change_object(object, parent, output);
                push_key(key, output);
                push(value, output);
            }
        }
        change_object(object, "", output);
        output.push(b'}');
    }
}

/// The path of an object, and the key of its member with this path.
fn split_last(path: &str) -> (&str, &str) {
    let dot = path.bytes().rposition(|byte| byte == b'.');
    let parts = dot.and_then(|dot| path.get(..dot).zip(path.get(dot + 1..)));
    parts.unwrap_or(("", path))
}

/// What a path in an input is.
enum Meaning {
    None,
    /// An object with fields.
    Above,
    /// A field and the index of its name.
    Field(usize, usize),
    /// A member of a field that is an object. Its key begins at this byte of the path.
    Member(usize, usize),
}

/// What a path is in an event of OCSF, or in another object.
#[inline(never)]
fn meaning(path: &[u8], is_ocsf: bool) -> Meaning {
    // What has no place of its own in OCSF keeps its name there.
    let start = match relation(path, "unmapped") {
        Relation::Same if is_ocsf => return Meaning::Above,
        Relation::Below(start) if is_ocsf => start,
        _ => 0,
    };
    let mut meaning = Meaning::None;
    for (field, spelling) in SPELLINGS.iter().enumerate() {
        let (own, others) = match (is_ocsf && start == 0, spelling.columns) {
            (true, _) => (None, spelling.ocsf),
            (false, Some(columns)) => (Some(spelling.path), columns),
            (false, None) => continue,
        };
        for (rank, name) in own.iter().chain(others).enumerate() {
            match relation(&path[start..], name) {
                // Names of columns in OCSF come after its own.
                Relation::Same => return Meaning::Field(field, start + rank),
                Relation::Below(key) if spelling.is_object() => {
                    return Meaning::Member(field, start + key);
                }
                Relation::Above => meaning = Meaning::Above,
                _ => {}
            }
        }
    }
    meaning
}

/// How a path compares to a name, from which it may leave out dots.
enum Relation {
    Same,
    Above,
    /// The byte of the path with which the rest begins.
    Below(usize),
    Other,
}

#[inline(never)]
fn relation(path: &[u8], name: &str) -> Relation {
    let mut expected = name.bytes().filter(|byte| *byte != b'_');
    for (index, byte) in path.iter().enumerate().filter(|(_, byte)| **byte != b'_') {
        let next = expected.next();
        let next = if next == Some(b'.') && *byte != b'.' { expected.next() } else { next };
        match next {
            Some(expected) if expected.eq_ignore_ascii_case(byte) => {}
            None if *byte == b'.' => return Relation::Below(index + 1),
            _ => return Relation::Other,
        }
    }
    match expected.next() {
        None => Relation::Same,
        Some(b'.') => Relation::Above,
        Some(_) => Relation::Other,
    }
}

/// An object, or the one in a string: JSON text, or the text of a row. `None` for anything else.
#[inline(never)]
fn object_in<'v>(value: Value<'v>, buffer: &'v mut Vec<u8>) -> Result<Option<&'v [u8]>, Error> {
    if value.kind == ValueKind::Object {
        return Ok(Some(value.raw));
    }
    let Some(text) = value.text().filter(|text| text.starts_with("{")) else { return Ok(None) };
    decode(text, buffer)?;
    if parse(buffer).is_err() {
        let mut json = Vec::new();
        if !row_to_json(buffer, &mut json) {
            return Ok(None);
        }
        *buffer = json;
    }
    Ok(Some(buffer.trim_ascii()))
}

/// Appends the value of a field as CloudTrail writes it: a string. `false` if it has none.
#[inline(never)]
fn push_value(field: &str, value: Value<'_>, output: &mut Vec<u8>) -> Result<bool, Error> {
    let mut text = Vec::new();
    match (value.text(), value.raw) {
        (Some(string), _) => decode(string, &mut text)?,
        (None, b"true") if field == MFA_USED => push(b"Yes", &mut text),
        (None, b"false") if field == MFA_USED => push(b"No", &mut text),
        (None, [b't' | b'f', ..]) => push(value.raw, &mut text),
        _ => {}
    }
    if field == "eventTime" {
        complete_time(value.raw, &mut text);
    }
    encode_string(core::str::from_utf8(&text).ok(), output);
    Ok(!text.is_empty())
}

/// Times of SQL have a space after the date and no zone, which is UTC. Those of OCSF may be
/// milliseconds since 1970.
fn complete_time(raw: &[u8], text: &mut Vec<u8>) {
    // With more digits the year would have more than four.
    if raw.len() < 15 && raw.iter().all(u8::is_ascii_digit) {
        let add = |sum: i64, digit: &u8| sum * 10 + i64::from(digit - b'0');
        write_time(raw.iter().fold(0, add), text);
    } else if let Some(between @ b' ') = text.get_mut(10) {
        *between = b'T';
        let end = text.strip_suffix(b" UTC").map_or(text.len(), <[u8]>::len);
        text.truncate(end);
        text.push(b'Z');
    }
}

/// Closes and opens objects between the one at `from` and the one at `to`. Returns `to`.
#[inline(never)]
fn change_object<'p>(from: &str, to: &'p str, output: &mut Vec<u8>) -> &'p str {
    let mut common = from;
    while !is_at_or_below(to.as_bytes(), common.as_bytes()) {
        output.push(b'}');
        common = split_last(common).0;
    }
    if common.len() < to.len() {
        let (parent, key) = split_last(to);
        change_object(common, parent, output);
        push_key(key, output);
        output.push(b'{');
    }
    to
}

fn is_at_or_below(path: &[u8], above: &[u8]) -> bool {
    above.is_empty() || matches!(path.strip_prefix(above), Some([] | [b'.', ..]))
}

#[inline(never)]
fn push_key(key: &str, output: &mut Vec<u8>) {
    push_comma(output, true);
    encode_string(Some(key), output);
    output.push(b':');
}

/// Appends a comma if a member follows another one.
fn push_comma(output: &mut Vec<u8>, follows: bool) {
    if follows && output.last() != Some(&b'{') {
        output.push(b',');
    }
}

#[inline(never)]
fn push(bytes: &[u8], output: &mut Vec<u8>) {
    output.extend_from_slice(bytes);
}
