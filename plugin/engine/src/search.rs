//! Looks for a record anywhere in an input that has none at the usual places.

use alloc::vec::Vec;
use core::mem;

use sekisho_scan::{Reader, Text, Value, ValueKind};

use crate::cells::cell;
use crate::error::Error;
use crate::limits::MAX_STEPS;
use crate::place::{Place, SearchBuffers};
use crate::respell::{is_row, is_sign_of_spelling, respell};
use crate::text::decode;

/// A record that was found.
#[derive(Clone, Copy)]
pub(crate) struct FoundRecord {
    pub(crate) place: Place,
    /// Whether its fields are not spelled as in CloudTrail.
    pub(crate) is_respelled: bool,
    /// Whether anything in the input may be a record in another spelling.
    pub(crate) is_near_spelling: bool,
}

impl FoundRecord {
    /// A record in CloudTrail's spelling.
    pub(crate) fn at(place: Place) -> Self {
        FoundRecord { place, is_respelled: false, is_near_spelling: false }
    }
}

/// Looks for the one record in an object. See [`search`].
///
/// # Errors
/// [`Error::SeveralRecords`], or memory ran out.
// Not inlined: most inputs have their record at one of the usual places.
#[inline(never)]
pub(crate) fn search_record(
    input: &[u8],
    buffers: &mut SearchBuffers,
) -> Result<Option<FoundRecord>, Error> {
    let Found { record, is_single, .. } = search(input, buffers)?;
    if record.is_some() && !is_single { Err(Error::SeveralRecords) } else { Ok(record) }
}

/// Looks for the outermost array that has all records of an object. `None` if there is none, or
/// fewer than two records. See [`search`].
///
/// # Errors
/// Memory ran out.
#[inline(never)]
pub(crate) fn search_list(
    input: &[u8],
    buffers: &mut SearchBuffers,
) -> Result<Option<Place>, Error> {
    let Found { is_single, list, in_one_list, .. } = search(input, buffers)?;
    Ok(list.filter(|_| in_one_list && !is_single))
}

/// Looks for records in an object, which must be well-formed: below at most [`MAX_STEPS`] keys and
/// elements, and inside of at most [`MAX_ENVELOPES`](crate::MAX_ENVELOPES) strings of JSON text. Records are not searched
/// for other records, and anything but an object has none: there is no place for an annotation.
/// Records in another spelling count only if there is none in CloudTrail's.
fn search(input: &[u8], buffers: &mut SearchBuffers) -> Result<Found, Error> {
    let mut search = Search::default();
    let mut reader = Reader::new(input);
    if reader.peek()? == ValueKind::Object {
        search.object(&mut reader, MAX_STEPS, buffers, false)?;
    }
    if let Some(record) = &mut search.found.record {
        record.is_near_spelling = search.is_near_spelling;
    }
    Ok(search.found)
}

/// The most members with records of an object that are told apart by their keys. More of them have
/// several records, whichever of duplicate keys count.
const MAX_MEMBERS: usize = 64;

/// A search in progress.
#[derive(Default)]
struct Search {
    /// The place of the value that is being read; its end is not known yet.
    here: Place,
    /// The outermost array around it.
    list: Option<Place>,
    found: Found,
    /// Whether there are signs of another spelling.
    is_near_spelling: bool,
}

/// The records found so far.
#[derive(Clone, Copy, Default)]
struct Found {
    /// The first one.
    record: Option<FoundRecord>,
    is_single: bool,
    /// The outermost array around the first one. Its end is known once it was read.
    list: Option<Place>,
    /// Whether all are in this array.
    in_one_list: bool,
}

impl Found {
    fn one(record: FoundRecord, list: Option<Place>) -> Self {
        Found { record: Some(record), is_single: true, list, in_one_list: true }
    }

    fn and(self, other: Found) -> Found {
        match (self.record, other.record) {
            (None, _) => other,
            (_, None) => self,
            (Some(first), Some(second)) if first.is_respelled != second.is_respelled => {
                if first.is_respelled { other } else { self }
            }
            _ => Found {
                is_single: false,
                in_one_list: self.in_one_list && other.in_one_list && self.list == other.list,
                ..self
            },
        }
    }
}

impl Search {
    /// Reads the next value of `reader`. `steps` is how many keys and elements may follow.
    fn value(
        &mut self,
        reader: &mut Reader<'_>,
        steps: usize,
        buffers: &mut [Vec<u8>],
    ) -> Result<(), Error> {
        match reader.peek()? {
            ValueKind::Object => self.object(reader, steps, buffers, false),
            ValueKind::Array => self.array(reader, steps, buffers),
            ValueKind::String => self.string(reader.value()?, steps, buffers),
            _ => Ok(reader.value().map(drop)?),
        }
    }

    /// Reads an object, or a row of names and values.
    fn object(
        &mut self,
        reader: &mut Reader<'_>,
        steps: usize,
        buffers: &mut [Vec<u8>],
        is_row: bool,
    ) -> Result<(), Error> {
        let start = reader.offset();
        let before = mem::take(&mut self.found);
        let mut members: Vec<(Text<'_>, Found)> = Vec::new();
        let mut signature = Signature::default();
        let mut may_be_respelled = is_row;
        reader.enter()?;
        while let Some((key, value)) = next_key(reader, is_row)? {
            // Of duplicate keys, the last one counts.
            members.retain(|(other, _)| *other != key);
            may_be_respelled |= is_sign_of_spelling(key);
            let value = match value {
                None if reader.peek()? == ValueKind::String => Some(reader.value()?),
                value => value,
            };
            signature.add(key, value.and_then(|value| value.text()));
            // The value of a row is below an element and a key.
            match (value, steps.checked_sub(1 + usize::from(is_row))) {
                (Some(value), Some(steps)) => self.string(value, steps, buffers)?,
                (None, Some(steps)) => self.value(reader, steps, buffers)?,
                (None, None) => reader.value().map(drop)?,
                (Some(_), None) => {}
            }
            let found = mem::take(&mut self.found);
            let members_are_full = members.len() == MAX_MEMBERS;
            if found.record.is_some() {
                match members.last_mut() {
                    Some((_, last)) if members_are_full => *last = last.and(found),
                    _ => members.push((key, found)),
                }
            }
        }
        let is_own = !is_row && signature.is_record();
        self.is_near_spelling |= may_be_respelled && !is_own;
        let is_respelled =
            !is_own && may_be_respelled && respell(reader.since(start), &mut Vec::new())?.is_some();
        let mut found = Found::default();
        for (key, other) in members {
            // What is inside of a record is no record, unless a row was made of it.
            if !is_own && (!is_respelled || is_original(key)) {
                found = found.and(other);
            }
        }
        if (is_own || is_respelled) && found.record.is_none() {
            let place = self.here.at(start, reader.offset());
            found = Found::one(FoundRecord { is_respelled, ..FoundRecord::at(place) }, self.list);
        }
        self.found = before.and(found);
        Ok(())
    }

    fn array(
        &mut self,
        reader: &mut Reader<'_>,
        steps: usize,
        buffers: &mut [Vec<u8>],
    ) -> Result<(), Error> {
        if is_row(&mut reader.clone())? {
            return self.object(reader, steps, buffers, true);
        }
        let Some(steps) = steps.checked_sub(1) else { return Ok(reader.value().map(drop)?) };
        let list = self.here.at(reader.offset(), 0);
        let is_outermost = self.list.is_none();
        if is_outermost {
            self.list = Some(list);
        }
        reader.enter()?;
        while reader.next_element()? {
            self.value(reader, steps, buffers)?;
        }
        if is_outermost {
            self.list = None;
            if self.found.list == Some(list) {
                self.found.list = Some(list.at(list.start(), reader.offset()));
            }
        }
        Ok(())
    }

    /// Reads JSON text in a string. Other strings, and malformed text, have no records.
    fn string(
        &mut self,
        value: Value<'_>,
        steps: usize,
        buffers: &mut [Vec<u8>],
    ) -> Result<(), Error> {
        let is_json = |text: &Text<'_>| text.starts_with("{") || text.starts_with("[");
        let Some(text) = value.text().filter(is_json) else { return Ok(()) };
        let Some((buffer, buffers)) = buffers.split_first_mut() else { return Ok(()) };
        buffer.clear();
        decode(text, buffer)?;
        let before = self.found;
        let outside = self.here;
        self.here = outside.in_string(value.offset);
        let mut reader = Reader::new(buffer);
        let read = self.value(&mut reader, steps, buffers);
        self.here = outside;
        match read.and_then(|()| Ok(reader.finish()?)) {
            Err(Error::Malformed(_)) => self.found = before,
            read => read?,
        }
        Ok(())
    }
}

/// The next key of an object. Of a row, the next name and its value.
fn next_key<'a>(
    reader: &mut Reader<'a>,
    is_row: bool,
) -> Result<Option<(Text<'a>, Option<Value<'a>>)>, Error> {
    if !is_row {
        return Ok(reader.next_key()?.map(|key| (key, None)));
    }
    let cell = if reader.next_element()? { cell(reader)? } else { None };
    Ok(cell.map(|(name, value)| (name, Some(value))))
}

/// Keys with which tables keep the record that a row was made of.
const ORIGINALS: [&str; 5] =
    ["eventjson", "eventJson", "cloud_trail_event", "raw_data", "@message"];

#[inline(never)]
fn is_original(key: Text<'_>) -> bool {
    ORIGINALS.iter().any(|original| key == **original)
}

/// What shows that an object is a record.
#[derive(Default)]
struct Signature {
    has_source: bool,
    has_name: bool,
    has_other: bool,
}

impl Signature {
    /// Adds a member. Of duplicate keys, the last one counts.
    fn add(&mut self, key: Text<'_>, text: Option<Text<'_>>) {
        const OTHERS: [&str; 5] =
            ["eventVersion", "eventTime", "userIdentity", "awsRegion", "recipientAccountId"];
        if key == "eventSource" {
            self.has_source = text.is_some_and(|source| !is_wrapper(source));
        } else if key == "eventName" {
            self.has_name = text.is_some();
        } else {
            self.has_other |= OTHERS.iter().any(|other| key == *other);
        }
    }

    fn is_record(&self) -> bool {
        self.has_source && self.has_name && self.has_other
    }
}

/// Whether an eventSource is that of an object that delivers records, such as `aws:sqs`.
// Not inlined: its loop over escapes would cost in the walk along a record.
#[inline(never)]
pub(crate) fn is_wrapper(source: Text<'_>) -> bool {
    source.starts_with("aws:")
}
