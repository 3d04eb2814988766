//! Where a record is: what it arrived in, and the fields that were found of it.

use alloc::vec::Vec;
use core::ops::ControlFlow;

use sekisho_scan::{Malformed, Path, Paths, Reader, Text, Value, ValueKind, Visitor, walk};
use sekisho_signin::{Field, Fields, RECORD_PATHS, Verdict, classify, is_signin, may_be_signin};

use crate::Error;
use crate::text::{decode, json_text};

/// Envelopes may stand in one another this deep; [`Error::TooManyEnvelopes`] beyond.
pub const MAX_ENVELOPES: usize = 4;

/// Keys of arrays that hold records or envelopes, the first that occurs counting.
pub(crate) const LISTS: [&str; 3] = ["Records", "Events", "logEvents"];

// Slots of the envelopes' own paths, after those of the fields.
const DETAIL: u8 = Field::ALL.len() as u8;
const FIRST_LIST: u8 = DETAIL + 1;
const FIRST_TEXT: u8 = FIRST_LIST + LISTS.len() as u8;
const EVENT_ORIGINAL: u8 = FIRST_TEXT + 4;
const EVENT: u8 = FIRST_TEXT + TEXTS as u8;
const TEXTS: usize = 6;

const ENVELOPES: [Path; 10] = [
    Path::branch("detail", DETAIL, RECORD_PATHS),
    Path::leaf(LISTS[0], FIRST_LIST),
    Path::leaf(LISTS[1], FIRST_LIST + 1),
    Path::leaf(LISTS[2], FIRST_LIST + 2),
    // Strings that may hold JSON text, the first that does counting.
    Path::leaf("message", FIRST_TEXT),
    Path::leaf("log", FIRST_TEXT + 1),
    Path::leaf("Message", FIRST_TEXT + 2),
    Path::leaf("CloudTrailEvent", FIRST_TEXT + 3),
    Path::branch("event", EVENT, EVENT_PATHS),
    Path::leaf("event.original", FIRST_TEXT + 5),
];

const EVENT_PATHS: &Paths = &Paths::new(&[Path::leaf("original", EVENT_ORIGINAL)]);

/// What is asked for at the top of an input: the fields of a bare record, and the envelopes.
static TOP: Paths = Paths::new(&LIST);

const RECORD: &[Path] = RECORD_PATHS.as_slice();

const LIST: [Path; RECORD.len() + ENVELOPES.len()] = {
    let mut paths = [ENVELOPES[0]; RECORD.len() + ENVELOPES.len()];
    let mut at = 0;
    while at < paths.len() {
        paths[at] = if at < RECORD.len() { RECORD[at] } else { ENVELOPES[at - RECORD.len()] };
        at += 1;
    }
    paths
};

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found<'a> {
    /// A record that its eventSource rules out. It was left there, its rest unread.
    Left,
    /// No record and no envelope.
    Nothing,
    /// Several records.
    Several,
    /// A record: the value itself.
    Top { json: &'a [u8] },
    /// A record in the `detail` of an event.
    Detail { json: &'a [u8], event: &'a [u8] },
    /// A list that holds one element.
    Element(Value<'a>),
    /// A string that holds JSON text, and its offset.
    Text { text: Text<'a>, at: usize },
}

/// A record, read to its end and well-formed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'f, 'a> {
    pub(crate) fields: &'f Fields<'a>,
    /// Whether it gets a verdict.
    pub(crate) is_signin: bool,
    /// The record's own bytes: a part of the input, or of decoded text.
    pub(crate) json: &'a [u8],
    /// The event whose `detail` it is, if it arrived in one.
    pub(crate) event: Option<&'a [u8]>,
}

impl Record<'_, '_> {
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        if self.is_signin { classify(self.fields) } else { None }
    }
}

/// Buffers for decoded text, kept from input to input.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    envelopes: [Vec<u8>; MAX_ENVELOPES],
    fields: Vec<u8>,
}

/// Finds the record in the one value that `bytes` hold. Its fields are put into `arrival`.
pub(crate) fn find<'f, 'a>(
    bytes: &'a [u8],
    arrival: &'f mut Arrival<'a>,
    buffers: &'a mut Buffers,
) -> Result<Option<Record<'f, 'a>>, Error> {
    let found = arrival.look_at(bytes)?;
    resolve(found, arrival, buffers)
}

/// Follows what was found through its envelopes to the record in it, if there is one that is asked
/// for.
pub(crate) fn resolve<'f, 'a>(
    mut found: Found<'a>,
    arrival: &'f mut Arrival<'a>,
    buffers: &'a mut Buffers,
) -> Result<Option<Record<'f, 'a>>, Error> {
    let mut envelopes = &mut buffers.envelopes[..];
    // Offset of the outermost string that holds JSON text.
    let mut text_at = None;
    loop {
        let (fields, json, event) = match found {
            Found::Left | Found::Nothing => return Ok(None),
            Found::Several => return Err(Error::Several),
            Found::Top { json } => (&mut arrival.top, json, None),
            Found::Detail { json, event } => (&mut arrival.detail, json, Some(event)),
            Found::Element(element) => {
                (_, envelopes) = next_envelope(envelopes)?;
                arrival.reset();
                found = arrival.look_at(element.raw)?;
                continue;
            }
            Found::Text { text, at } => {
                let buffer;
                (buffer, envelopes) = next_envelope(envelopes)?;
                buffer.clear();
                decode(text, buffer)?;
                let at = *text_at.get_or_insert(at);
                arrival.reset();
                found = arrival
                    .look_at(buffer)
                    .map_err(|malformed| Error::MalformedText { at, malformed })?;
                continue;
            }
        };
        let is_signin = !arrival.ruled_out && is_signin(fields);
        if is_signin {
            decode_fields(fields, &mut buffers.fields, text_at)?;
        } else if arrival.asked == Asked::Signins {
            return Ok(None);
        }
        return Ok(Some(Record { fields, is_signin, json, event }));
    }
}

fn next_envelope(envelopes: &mut [Vec<u8>]) -> Result<(&mut Vec<u8>, &mut [Vec<u8>]), Error> {
    envelopes.split_first_mut().ok_or(Error::TooManyEnvelopes)
}

/// Replaces the fields that are written as JSON text by the objects which that text is.
fn decode_fields<'a>(
    fields: &mut Fields<'a>,
    buffer: &'a mut Vec<u8>,
    text_at: Option<usize>,
) -> Result<(), Error> {
    const HOLDERS: [Field; 3] =
        [Field::ResponseElements, Field::AdditionalEventData, Field::ServiceEventDetails];
    // All are decoded before the first is read: the buffer may move while it grows.
    let mut ends = [0; HOLDERS.len()];
    buffer.clear();
    for (holder, end) in HOLDERS.iter().zip(&mut ends) {
        if let Some(text) = fields.get(*holder).and_then(json_text) {
            decode(text, buffer)?;
        }
        *end = buffer.len();
    }
    let mut start = 0;
    for (holder, end) in HOLDERS.into_iter().zip(ends) {
        let json = &buffer[start..end];
        if let Some(value) = fields.get(holder).filter(|_| !json.is_empty()) {
            let at = text_at.unwrap_or(value.offset);
            fields
                .set_decoded(holder, json)
                .map_err(|malformed| Error::MalformedText { at, malformed })?;
        }
        start = end;
    }
    Ok(())
}

/// Which records are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Sign-ins: any other record is left at the eventSource that rules it out.
    #[default]
    Signins,
    /// All of them.
    All,
}

/// What a walk along [`TOP`] found.
#[derive(Debug, Default)]
pub(crate) struct Arrival<'a> {
    asked: Asked,
    /// An eventSource said that this is no sign-in.
    ruled_out: bool,
    top: Fields<'a>,
    detail: Fields<'a>,
    /// All of the `detail` object, once it was passed.
    detail_object: Option<Value<'a>>,
    in_detail: bool,
    lists: [Option<Value<'a>>; LISTS.len()],
    texts: [Option<Value<'a>>; TEXTS],
}

impl<'a> Arrival<'a> {
    pub(crate) fn new(asked: Asked) -> Self {
        Arrival { asked, ..Arrival::default() }
    }

    fn reset(&mut self) {
        *self = Arrival::new(self.asked);
    }

    /// Looks at the one value that `bytes` hold.
    fn look_at(&mut self, bytes: &'a [u8]) -> Result<Found<'a>, Malformed> {
        let mut reader = Reader::new(bytes);
        let found = self.look(&mut reader)?;
        if !matches!(found, Found::Left) {
            reader.finish()?;
        }
        Ok(found)
    }

    /// Looks at the next value of `reader`, nothing having been looked at before, and passes it unless it is [`Found::Left`].
    pub(crate) fn look<'r: 'a>(&mut self, reader: &mut Reader<'r>) -> Result<Found<'a>, Malformed> {
        match reader.peek()? {
            ValueKind::Object => {}
            ValueKind::Array => {
                return Ok(match elements(reader.value()?)? {
                    Elements::None => Found::Nothing,
                    Elements::One(_) | Elements::More => Found::Several,
                });
            }
            _ => {
                reader.value()?;
                return Ok(Found::Nothing);
            }
        }
        let at = reader.offset();
        reader.enter()?;
        match walk(reader, &TOP, self)? {
            ControlFlow::Break(()) => Ok(Found::Left),
            ControlFlow::Continue(()) => self.found(reader.since(at)),
        }
    }

    /// Which of the places a record is at; the first that holds.
    fn found(&self, top: &'a [u8]) -> Result<Found<'a>, Malformed> {
        let is_record = |fields: &Fields| fields.text(Field::EventSource).is_some();
        if is_record(&self.top) {
            return Ok(Found::Top { json: top });
        }
        if let Some(object) = self.detail_object
            && is_record(&self.detail)
        {
            return Ok(Found::Detail { json: object.raw, event: top });
        }
        if let Some(list) = self.lists.iter().flatten().find(|list| list.kind == ValueKind::Array) {
            return Ok(match elements(*list)? {
                Elements::None => Found::Nothing,
                Elements::One(element) => Found::Element(element),
                Elements::More => Found::Several,
            });
        }
        let text =
            self.texts.iter().flatten().find_map(|value| Some((json_text(*value)?, value.offset)));
        Ok(text.map_or(Found::Nothing, |(text, at)| Found::Text { text, at }))
    }

    /// Sets one of the envelopes' places; `None` where an object is gone into instead.
    fn set(&mut self, slot: u8, value: Option<Value<'a>>) {
        match slot {
            DETAIL => (self.detail, self.detail_object) = (Fields::default(), None),
            // A later `event` replaces an earlier one with its `original`.
            EVENT => self.texts[usize::from(EVENT_ORIGINAL - FIRST_TEXT)] = None,
            FIRST_TEXT..EVENT => self.texts[usize::from(slot - FIRST_TEXT)] = value,
            FIRST_LIST..FIRST_TEXT => self.lists[usize::from(slot - FIRST_LIST)] = value,
            _ => {}
        }
    }

    /// The fields that a walk is in.
    fn fields(&mut self) -> &mut Fields<'a> {
        if self.in_detail { &mut self.detail } else { &mut self.top }
    }
}

impl<'a, 'r: 'a> Visitor<'r> for Arrival<'a> {
    fn value(&mut self, path: &Path, value: Value<'r>) -> ControlFlow<()> {
        if path.slot >= DETAIL {
            self.set(path.slot, Some(value));
            return ControlFlow::Continue(());
        }
        let flow = self.fields().value(path, value);
        if path.slot == Field::EventSource as u8
            && let Some(source) = value.text()
            && !may_be_signin(source)
        {
            self.ruled_out = true;
            return if self.asked == Asked::Signins { ControlFlow::Break(()) } else { flow };
        }
        flow
    }

    fn enter(&mut self, path: &Path) {
        if path.slot >= DETAIL {
            self.set(path.slot, None);
            self.in_detail = path.slot == DETAIL;
        } else {
            self.fields().enter(path);
        }
    }

    fn leave(&mut self, path: &Path, object: Value<'r>) {
        if path.slot >= DETAIL {
            if path.slot == DETAIL {
                self.detail_object = Some(object);
            }
            self.in_detail = false;
        } else {
            self.fields().leave(path, object);
        }
    }
}

/// How many elements an array has.
enum Elements<'a> {
    None,
    One(Value<'a>),
    More,
}

fn elements(list: Value<'_>) -> Result<Elements<'_>, Malformed> {
    let mut reader = Reader::new(list.raw);
    reader.enter()?;
    if !reader.next_element()? {
        return Ok(Elements::None);
    }
    let first = reader.value()?;
    Ok(if reader.next_element()? { Elements::More } else { Elements::One(first) })
}
