//! Locates the record in an input, and the fields of it that the truth tables read.

use alloc::vec::Vec;
use core::ops::ControlFlow;

use sekisho_scan::{Malformed, Path, Paths, Reader, Text, Value, ValueKind, Visitor, walk};
use sekisho_signin::{Field, Fields, RECORD_PATHS, Verdict, classify, is_signin, may_be_signin};

use crate::error::Error;
use crate::limits::MAX_ENVELOPES;
use crate::place::{Place, SearchBuffers};
use crate::record_paths::RecordPaths;
use crate::respell::respell;
use crate::search::{FoundRecord, is_wrapper, search_record};
use crate::text::{decode, json_text};

/// Keys of arrays of records or envelopes. The first of these that is present is used.
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
    // Strings that may hold JSON text. The first that does is used.
    Path::leaf("message", FIRST_TEXT),
    Path::leaf("log", FIRST_TEXT + 1),
    Path::leaf("Message", FIRST_TEXT + 2),
    Path::leaf("CloudTrailEvent", FIRST_TEXT + 3),
    Path::branch("event", EVENT, EVENT_PATHS),
    Path::leaf("event.original", FIRST_TEXT + 5),
];

const EVENT_PATHS: &Paths = &Paths::new(&[Path::leaf("original", EVENT_ORIGINAL)]);

/// The paths at the top of an input: the fields of a bare record, and the envelopes.
static TOP: Paths = Paths::new(&LIST);

const RECORD: &[Path] = RECORD_PATHS.as_slice();

const LIST: [Path; RECORD.len() + ENVELOPES.len()] = {
    let mut paths = [ENVELOPES[0]; RECORD.len() + ENVELOPES.len()];
    let mut index = 0;
    while index < paths.len() {
        paths[index] =
            if index < RECORD.len() { RECORD[index] } else { ENVELOPES[index - RECORD.len()] };
        index += 1;
    }
    paths
};

/// Which records to read to their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Sign-ins. Reading stops at an eventSource that no sign-in has.
    #[default]
    Signins,
    /// All records.
    AllRecords,
}

/// What comes after a value in its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trailing {
    /// Nothing, so the rest of a value that is no sign-in need not be read.
    Nothing,
    /// More values.
    Values,
}

/// What a value contains.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found<'a> {
    /// A record that is no sign-in. Reading stopped at its eventSource.
    Stopped,
    /// Neither a record nor an envelope.
    Nothing,
    /// Several records.
    Several,
    /// A record: the value itself.
    Top { json: &'a [u8] },
    /// A record in the `detail` of an event.
    Detail { json: &'a [u8], event: &'a [u8] },
    /// A list of one element.
    Element(Value<'a>),
    /// A string of JSON text, and its offset.
    Text { text: Text<'a>, offset: usize },
}

/// A record that was read to its end, so is well-formed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'f, 'a> {
    pub(crate) fields: &'f Fields<'a>,
    /// Whether it is a sign-in.
    pub(crate) is_signin: bool,
    /// The bytes of the record: a part of the input, or of decoded text.
    pub(crate) json: &'a [u8],
    /// The EventBridge event whose `detail` the record is, if it arrived in one.
    pub(crate) event: Option<&'a [u8]>,
    pub(crate) route: Route<'a>,
}

/// How a record was found, as far as it matters to what is [learned](crate::learning).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    /// At one of the usual places of the input.
    Usual,
    /// By a search through the input, which depends on the strings around the record.
    Searched,
    /// At one of the usual places of JSON text, whose string is at an offset of the input.
    InText { offset: usize, text: &'a [u8] },
    /// In another way.
    Other,
}

impl Record<'_, '_> {
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        if self.is_signin { classify(self.fields) } else { None }
    }
}

/// What an input contains.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Resolved<'f, 'a> {
    /// A record in scope.
    Record(Record<'f, 'a>),
    /// A record that is not in scope.
    Skipped,
    /// No record.
    Nothing,
}

impl<'f, 'a> Resolved<'f, 'a> {
    pub(crate) fn record(self) -> Option<Record<'f, 'a>> {
        match self {
            Resolved::Record(record) => Some(record),
            Resolved::Skipped | Resolved::Nothing => None,
        }
    }
}

/// Buffers for decoded text. They are kept from one input to the next.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    envelopes: [Vec<u8>; MAX_ENVELOPES],
    searched: SearchBuffers,
    respelled: Vec<u8>,
    fields: Vec<u8>,
    /// JSON text of a known skeleton.
    pub(crate) known: Vec<u8>,
}

/// Finds the record in the one value in `bytes`. Its fields go into `arrival`.
pub(crate) fn find<'f, 'a>(
    bytes: &'a [u8],
    paths: Option<&RecordPaths>,
    arrival: &'f mut Arrival<'a>,
    buffers: &'a mut Buffers,
) -> Result<Resolved<'f, 'a>, Error> {
    let mut reader = Reader::new(bytes);
    let found = arrival.find_next(&mut reader, paths)?;
    if !matches!(found, Found::Stopped) {
        reader.finish()?;
    }
    resolve(found, bytes, paths, arrival, buffers)
}

/// Opens the envelopes in `found` until it reaches a record, or else looks for one in `value`: at
/// `paths`, or everywhere if there are none.
pub(crate) fn resolve<'f, 'a>(
    mut found: Found<'a>,
    value: &'a [u8],
    paths: Option<&RecordPaths>,
    arrival: &'f mut Arrival<'a>,
    buffers: &'a mut Buffers,
) -> Result<Resolved<'f, 'a>, Error> {
    let mut envelopes = &mut buffers.envelopes[..];
    let mut searched = Some(&mut buffers.searched);
    let mut respelled = Some(&mut buffers.respelled);
    // What was read last.
    let mut last = value;
    // Offset of the outermost string of JSON text.
    let mut text_offset = None;
    let mut route = Route::Usual;
    let (fields, json, event) = loop {
        let bytes = match found {
            Found::Top { json } => break (&mut arrival.top, json, None),
            Found::Detail { json, event } => break (&mut arrival.detail, json, Some(event)),
            Found::Stopped => return Ok(Resolved::Skipped),
            Found::Several => return Err(Error::SeveralRecords),
            Found::Element(element) => {
                (_, envelopes) = next_envelope(envelopes)?;
                element.raw
            }
            Found::Text { text, offset } => {
                let is_outermost = core::ptr::eq(last, value) && route == Route::Usual;
                let buffer;
                (buffer, envelopes) = next_envelope(envelopes)?;
                buffer.clear();
                decode(text, buffer)?;
                let buffer: &'a [u8] = buffer;
                text_offset.get_or_insert(offset);
                route = match is_outermost {
                    true => Route::InText { offset, text: buffer },
                    false => Route::Other,
                };
                buffer
            }
            Found::Nothing => {
                let looked = match searched.take() {
                    Some(searched) => look(value, paths, searched, &mut respelled)?,
                    None => look_again(last, paths, respelled.take(), text_offset)?,
                };
                let Some(Looked { bytes, offset, depends_on_text }) = looked else {
                    return Ok(Resolved::Nothing);
                };
                text_offset = offset;
                route = if depends_on_text { Route::Other } else { Route::Searched };
                bytes
            }
        };
        last = bytes;
        arrival.reset();
        found = arrival.find_in(bytes).map_err(|malformed| match text_offset {
            Some(offset) => Error::MalformedText { offset, malformed },
            None => malformed.into(),
        })?;
    };
    let is_signin = !arrival.is_excluded && is_signin(fields);
    if is_signin {
        decode_fields(fields, &mut buffers.fields, text_offset)?;
    } else if arrival.scope == Scope::Signins {
        return Ok(Resolved::Skipped);
    }
    Ok(Resolved::Record(Record { fields, is_signin, json, event, route }))
}

/// Bytes to read.
struct Looked<'a> {
    bytes: &'a [u8],
    /// The offset in the input that a fault in them is reported at if they are not a part of it.
    offset: Option<usize>,
    /// Whether it depends on the content of strings that they are the record.
    depends_on_text: bool,
}

/// Looks for a record at `paths`, or everywhere if there are none.
// Not inlined: most inputs have their record at one of the usual places.
#[inline(never)]
fn look<'a>(
    value: &'a [u8],
    paths: Option<&RecordPaths>,
    searched: &'a mut SearchBuffers,
    respelled: &mut Option<&'a mut Vec<u8>>,
) -> Result<Option<Looked<'a>>, Error> {
    let FoundRecord { place, is_respelled, is_near_spelling } = match paths {
        Some(paths) => {
            FoundRecord::at(paths.find(value, searched)?.unwrap_or_else(|| Place::all(value)))
        }
        None => match search_record(value, searched)? {
            Some(record) => record,
            None => return Ok(None),
        },
    };
    let offset = place.text_offset();
    let bytes = place.open(value, searched)?;
    let respelled = match respelled.take_if(|_| is_respelled) {
        Some(buffer) => respell(bytes, buffer)?,
        None => None,
    };
    let (bytes, offset) = match respelled {
        Some(respelled) => (respelled, offset.or(Some(place.start()))),
        None => (bytes, offset),
    };
    Ok(Some(Looked { bytes, offset, depends_on_text: is_near_spelling || offset.is_some() }))
}

/// What is at a path and no record in CloudTrail's spelling may be one in another.
#[inline(never)]
fn look_again<'a>(
    object: &[u8],
    paths: Option<&RecordPaths>,
    buffer: Option<&'a mut Vec<u8>>,
    text_offset: Option<usize>,
) -> Result<Option<Looked<'a>>, Error> {
    let is_object = object.trim_ascii_start().starts_with(b"{");
    let Some(buffer) = buffer.filter(|_| paths.is_some() && is_object) else { return Ok(None) };
    let respelled = respell(object, buffer)?;
    let offset = text_offset.or(Some(0));
    Ok(respelled.map(|bytes| Looked { bytes, offset, depends_on_text: true }))
}

fn next_envelope(envelopes: &mut [Vec<u8>]) -> Result<(&mut Vec<u8>, &mut [Vec<u8>]), Error> {
    envelopes.split_first_mut().ok_or(Error::TooManyEnvelopes)
}

/// Fields that may be strings of JSON text.
pub(crate) const ENCODED: [Field; 4] = [
    Field::RequestParameters,
    Field::ResponseElements,
    Field::AdditionalEventData,
    Field::ServiceEventDetails,
];

/// Replaces fields that are strings of JSON text by the objects in that text.
fn decode_fields<'a>(
    fields: &mut Fields<'a>,
    buffer: &'a mut Vec<u8>,
    text_offset: Option<usize>,
) -> Result<(), Error> {
    // Decode all before reading the first: the buffer may move while it grows.
    let mut ends = [0; ENCODED.len()];
    buffer.clear();
    for (field, end) in ENCODED.iter().zip(&mut ends) {
        if let Some(text) = fields.get(*field).and_then(json_text) {
            decode(text, buffer)?;
        }
        *end = buffer.len();
    }
    let mut start = 0;
    for (field, end) in ENCODED.into_iter().zip(ends) {
        let json = &buffer[start..end];
        if let Some(value) = fields.get(field).filter(|_| !json.is_empty()) {
            let offset = text_offset.unwrap_or(value.offset);
            fields
                .set_decoded(field, json)
                .map_err(|malformed| Error::MalformedText { offset, malformed })?;
        }
        start = end;
    }
    Ok(())
}

/// What a walk along [`TOP`] found.
#[derive(Debug, Default)]
pub(crate) struct Arrival<'a> {
    scope: Scope,
    /// An eventSource shows that this is no sign-in.
    is_excluded: bool,
    top: Fields<'a>,
    detail: Fields<'a>,
    /// The whole `detail` object, once the walk has left it.
    detail_object: Option<Value<'a>>,
    in_detail: bool,
    lists: [Option<Value<'a>>; LISTS.len()],
    texts: [Option<Value<'a>>; TEXTS],
}

impl<'a> Arrival<'a> {
    pub(crate) fn new(scope: Scope) -> Self {
        Arrival { scope, ..Arrival::default() }
    }

    fn reset(&mut self) {
        *self = Arrival::new(self.scope);
    }

    /// Examines the one value in `bytes`.
    fn find_in(&mut self, bytes: &'a [u8]) -> Result<Found<'a>, Malformed> {
        let mut reader = Reader::new(bytes);
        let found = self.find_next(&mut reader, None)?;
        if !matches!(found, Found::Stopped) {
            reader.finish()?;
        }
        Ok(found)
    }

    /// Examines the next value of `reader` and skips it, unless it is [`Found::Stopped`]. With `paths`
    /// it is not examined, as they say where the record is. The arrival must be new or reset.
    pub(crate) fn find_next<'r: 'a>(
        &mut self,
        reader: &mut Reader<'r>,
        paths: Option<&RecordPaths>,
    ) -> Result<Found<'a>, Malformed> {
        if paths.is_some() {
            reader.value()?;
            return Ok(Found::Nothing);
        }
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
        let start = reader.offset();
        reader.enter()?;
        match walk(reader, &TOP, self)? {
            ControlFlow::Break(()) => Ok(Found::Stopped),
            ControlFlow::Continue(()) => self.found(reader.since(start)),
        }
    }

    /// The first of the possible places that contains a record.
    fn found(&self, top: &'a [u8]) -> Result<Found<'a>, Malformed> {
        let is_record = |fields: &Fields| {
            fields.text(Field::EventSource).is_some_and(|source| !is_wrapper(source))
        };
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
        Ok(text.map_or(Found::Nothing, |(text, offset)| Found::Text { text, offset }))
    }

    /// Sets the value in one of the envelopes' slots; `None` when the walk enters an object there.
    fn set(&mut self, slot: u8, value: Option<Value<'a>>) {
        match slot {
            DETAIL => (self.detail, self.detail_object) = (Fields::default(), None),
            // A later `event` replaces an earlier one and its `original`.
            EVENT => self.texts[usize::from(EVENT_ORIGINAL - FIRST_TEXT)] = None,
            FIRST_TEXT..EVENT => self.texts[usize::from(slot - FIRST_TEXT)] = value,
            FIRST_LIST..FIRST_TEXT => self.lists[usize::from(slot - FIRST_LIST)] = value,
            _ => {}
        }
    }

    /// The fields of the object that the walk is in.
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
        if path.slot == Field::EventSource as u8 && is_foreign(value) {
            self.is_excluded = true;
            return if self.scope == Scope::Signins { ControlFlow::Break(()) } else { flow };
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

/// Whether an eventSource is that of a record that is no sign-in.
// Not inlined, so that the visit of any other field is.
#[inline(never)]
fn is_foreign(source: Value<'_>) -> bool {
    source.text().is_some_and(|source| !may_be_signin(source) && !is_wrapper(source))
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
