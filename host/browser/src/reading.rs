//! Reads files of records, one part at a time.

use std::io::Read;

use sekisho::{AttemptStream, Error, ListElement, RecordList};
use sekisho_attempts::parse_time;
use sekisho_records::{
    MAX_ITEM_BYTES, OpenedItem, Piece, Record, Splitter, Unrecognized, decode_strings, open_item,
};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

use crate::{Emitted, Refusal, Verdict};

/// Listed records are kept up to this many bytes; further ones are only counted.
const KEPT_BYTES_MAX: usize = 512 << 20;

/// The codes of the filter ABI.
const MALFORMED: i32 = -2;
const TOO_LARGE: i32 = -3;

/// Which records are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// All of them.
    All,
    /// Those with a verdict or an error.
    Answered,
    /// None: they are only counted.
    Nothing,
}

/// One part of a file. Counts cover everything read so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
pub struct Part {
    /// Records that are new in the list.
    pub listed: Vec<Listed>,
    /// Ranges of the text that belong to no record and cannot be read.
    pub read_errors: Vec<ReadError>,
    /// All records, listed or not.
    pub records: u64,
    /// Records that were not listed because memory is short.
    pub left_out: u64,
    /// Those in which there is no CloudTrail record.
    pub without_record: WithoutRecord,
    /// The length of the text that was read, in bytes.
    pub bytes: u64,
    /// Whether this is the last part.
    pub ended: bool,
}

/// Items in which there is no CloudTrail record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct WithoutRecord {
    /// How many there are.
    pub count: u64,
    /// The keys of the first one, as in `time, host`; empty if it is not an object.
    pub keys: String,
    /// The path of a record in the first one, for `record` in the configuration.
    pub path: Option<String>,
    /// The path of the list of records in the first one, if it is empty.
    pub empty_list: Option<String>,
}

/// A record in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Listed {
    /// Its index, from 0.
    pub record: u64,
    /// Where it begins in the text, in bytes.
    pub offset: u64,
    /// Its length in bytes.
    pub length: usize,
    /// The verdict; null if it is not a sign-in and no rule matches.
    pub verdict: Option<Verdict>,
    /// Why it cannot be read; null if it can.
    pub refusal: Option<Refusal>,
    /// `eventTime`.
    pub time: Option<String>,
    /// `eventName`.
    pub event: Option<String>,
    /// The name of the user or of the session, else `root`, else the id to count by.
    pub user: Option<String>,
    /// `sourceIPAddress`.
    pub source_ip: Option<String>,
    /// The account that received the record, else the one of the identity.
    pub account: Option<String>,
    /// `awsRegion`.
    pub region: Option<String>,
}

/// A range of the text that is not a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct ReadError {
    /// Where it begins in the text, in bytes.
    pub offset: u64,
    /// Why it cannot be read.
    pub message: String,
}

/// The state of reading a file.
pub(crate) struct Reading {
    stream: AttemptStream,
    listing: Listing,
    kept: Vec<Kept>,
    kept_bytes: usize,
    part: Part,
}

/// A listed record.
struct Kept {
    /// Its time if it has a verdict and a readable time.
    time: Option<sekisho::Time>,
    has_verdict: bool,
    bytes: Box<[u8]>,
}

impl Reading {
    pub(crate) fn new(stream: AttemptStream, listing: Listing) -> Self {
        Self { stream, listing, kept: Vec::new(), kept_bytes: 0, part: Part::default() }
    }

    /// Reads at least `records` more records, or to the end.
    pub(crate) fn next<R: Read>(&mut self, splitter: &mut Splitter<R>, records: u32) -> Part {
        let enough = self.part.records + u64::from(records);
        while self.part.records < enough {
            let Some(piece) = splitter.next_piece() else {
                self.part.ended = true;
                break;
            };
            self.piece(piece, 0, None);
        }
        self.part.bytes = splitter.bytes_read();
        let part = self.part.clone();
        self.part.listed.clear();
        self.part.read_errors.clear();
        part
    }

    /// The text of a listed record.
    pub(crate) fn record(&self, index: usize) -> Option<String> {
        Some(String::from_utf8_lossy(&self.kept.get(index)?.bytes).into_owned())
    }

    /// Handles a piece of a text that begins at `base`. If that text is itself an item with several
    /// records, `item_len` is its length.
    fn piece(&mut self, piece: Piece<'_>, base: u64, item_len: Option<usize>) {
        match piece {
            Piece::Item { offset, bytes } => self.item(base + offset, bytes, item_len),
            Piece::Broken { offset, bytes, error_offset, error } => {
                let into = (error_offset - offset) as usize;
                let message = match into {
                    0 => error.to_string(),
                    into => format!("{error}, {into} bytes into it"),
                };
                let offset = base + offset;
                match bytes.is_empty() {
                    true => self.part.read_errors.push(ReadError { offset, message }),
                    false => {
                        let refusal = Refusal::at(bytes, MALFORMED, message, Some(into));
                        self.list(offset, bytes, Err(refusal));
                    }
                }
            }
            Piece::Oversized { offset, is_last: true, .. } => {
                let message = format!("expected at most {MAX_ITEM_BYTES} bytes in a record");
                let refusal = Refusal::at(b"", TOO_LARGE, message, None);
                self.list(base + offset, b"", Err(refusal));
            }
            Piece::Oversized { .. } | Piece::Waiting => {}
        }
    }

    fn item(&mut self, offset: u64, item: &[u8], item_len: Option<usize>) {
        let mut buffer = Vec::new();
        let decoded = decode_strings(item);
        let OpenedItem { json, offset: shift } =
            open_item(decoded.as_deref().unwrap_or(item), &mut buffer);
        let shift = shift.filter(|_| decoded.is_none());
        let offset = offset + shift.unwrap_or(0) as u64;
        match self.stream.classifier_mut().classify(json) {
            Ok(Some(_)) if self.listing == Listing::Nothing => self.part.records += 1,
            Ok(Some(classification)) => {
                let verdict = classification.into();
                self.list(offset, json, Ok(Some(verdict)));
            }
            Ok(None) if self.listing == Listing::Nothing => self.part.records += 1,
            Ok(None) => {
                self.find_record(json);
                match self.listing {
                    Listing::All => self.list(offset, json, Ok(None)),
                    _ => self.part.records += 1,
                }
            }
            Err(Error::SeveralRecords) => self.several(offset, json, shift.is_some(), item_len),
            Err(error) => self.list(offset, json, Err(Refusal::new(json, error))),
        }
    }

    /// Counts an item that has no CloudTrail record.
    fn find_record(&mut self, json: &[u8]) {
        if self.stream.classifier_mut().has_record(json) != Ok(false) {
            return;
        }
        let counted = &mut self.part.without_record;
        counted.count += 1;
        if counted.count == 1 {
            let first = Unrecognized::of(json);
            counted.keys = first.to_string();
            (counted.path, counted.empty_list) = (first.path, first.empty_list);
        }
    }

    /// Reads each of the records in an item. `is_part`: its text is part of the file as it is.
    fn several(&mut self, base: u64, json: &[u8], is_part: bool, item_len: Option<usize>) {
        let mut list = RecordList::default();
        if let Ok(Some(elements)) = list.elements(json) {
            for ListElement { offset, json } in elements {
                self.item(base + if is_part { offset as u64 } else { 0 }, json, None);
            }
        } else if item_len != Some(json.len()) {
            let mut splitter = Splitter::new(json);
            while let Some(piece) = splitter.next_piece() {
                self.piece(piece, base, Some(json.len()));
            }
        } else {
            self.list(base, json, Err(Refusal::new(json, Error::SeveralRecords)));
        }
    }

    fn list(&mut self, offset: u64, bytes: &[u8], answer: Result<Option<Verdict>, Refusal>) {
        let record = self.part.records;
        self.part.records += 1;
        if self.listing == Listing::Nothing {
            return;
        }
        if self.kept_bytes + bytes.len() > KEPT_BYTES_MAX {
            self.part.left_out += 1;
            return;
        }
        let (verdict, refusal) = match answer {
            Ok(verdict) => (verdict, None),
            Err(refusal) => (None, Some(refusal)),
        };
        let actor = self.stream.classifier_mut().actor(bytes).ok().flatten();
        let shown = actor.as_ref().map(Record::of).unwrap_or_default();
        self.kept_bytes += bytes.len();
        self.kept.push(Kept {
            time: shown.time.as_ref().and_then(|time| parse_time(time.as_bytes())),
            has_verdict: verdict.is_some(),
            bytes: bytes.into(),
        });
        self.part.listed.push(Listed {
            record,
            offset,
            length: bytes.len(),
            verdict,
            refusal,
            user: shown.display_name().map(str::to_owned),
            time: shown.time,
            event: shown.event,
            source_ip: shown.source_ip,
            account: shown.account,
            region: shown.region,
        });
    }

    /// The attempts of the listed records in order of time, and what correlation rules find.
    pub(crate) fn attempts(&mut self) -> Vec<Emitted> {
        let mut records: Vec<&Kept> = self.kept.iter().filter(|kept| kept.has_verdict).collect();
        // Records without a readable time come first; those of one time as they were read.
        records.sort_by_key(|kept| kept.time);
        self.stream.reset();
        let mut emitted = Vec::new();
        for kept in records {
            // Each record was readable before.
            if let Ok(ready) = self.stream.observe(&kept.bytes, None) {
                emitted.extend(ready.filter_map(|ready| Emitted::new(&ready)));
            }
        }
        emitted.extend(self.stream.flush().filter_map(|ready| Emitted::new(&ready)));
        emitted
    }
}

#[cfg(test)]
mod tests {
    use sekisho_generator::file_forms::FILE_FORMS;

    use super::*;
    use crate::Place;

    const LOGIN: &str = r#"{"eventTime":"2025-09-01T08:00:00Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Failure"}}"#;
    const OTHER: &str =
        r#"{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"GetObject"}"#;

    fn read(text: &str, listing: Listing) -> (Part, Reading) {
        let mut reading = Reading::new(AttemptStream::new(), listing);
        let part = reading.next(&mut Splitter::new(text.as_bytes()), u32::MAX);
        (part, reading)
    }

    #[test]
    fn lists_what_the_listing_selects() {
        let text = format!("{OTHER}\n{LOGIN}\n{{\"a\n");
        for (listing, listed) in [(Listing::All, 3), (Listing::Answered, 2), (Listing::Nothing, 0)]
        {
            let (part, _) = read(&text, listing);
            assert_eq!((part.records, part.listed.len()), (3, listed), "{listing:?}");
            assert!(part.ended);
            assert_eq!(part.bytes, text.len() as u64);
        }
    }

    #[test]
    fn records_in_an_envelope_are_unwrapped() {
        let events = format!(r#"{{"Records":[{OTHER},{LOGIN}]}}"#);
        let wrapped = serde_json::json!({ "message": events }).to_string();
        let (part, reading) = read(&format!("{events}\n{wrapped}\n"), Listing::Answered);
        let outcomes: Vec<_> = part
            .listed
            .iter()
            .map(|row| row.verdict.as_ref().map(|verdict| verdict.outcome))
            .collect();
        assert_eq!(outcomes[0], Some("failure"));
        assert_eq!(reading.record(0).as_deref(), Some(LOGIN));
        assert_eq!(part.listed[0].offset, events.find(LOGIN).expect("present") as u64);
    }

    #[test]
    fn each_form_of_file_is_read() {
        for form in FILE_FORMS {
            let file = form.file(&[LOGIN, OTHER, LOGIN].map(str::to_owned));
            let (part, _) = read(&file, Listing::Answered);
            let failures = part.listed.iter().filter(|row| row.verdict.is_some()).count();
            assert_eq!((failures, part.listed.len()), (2, 2), "{}: {:?}", form.name, part.listed);
            assert_eq!(part.read_errors, [], "{}", form.name);
        }
    }

    #[test]
    fn items_without_a_record_are_counted() {
        let log = format!("{{\"time\":1,\"event\":{}}}", OTHER.replace("eventVersion", "version"));
        for (listing, count) in [(Listing::All, 2), (Listing::Answered, 2), (Listing::Nothing, 0)] {
            let (part, _) = read(&format!("{OTHER}\n{log}\n{{}}\n{LOGIN}"), listing);
            assert_eq!((part.without_record.count, part.records), (count, 4), "{listing:?}");
        }
        let (part, _) = read(&log, Listing::All);
        assert_eq!(part.without_record.keys, "time, event");
        assert_eq!(part.without_record.path.as_deref(), Some("event"));
    }

    #[test]
    fn a_syntax_error_has_a_place() {
        let (part, _) = read("{\"関\":", Listing::All);
        let refusal = part.listed[0].refusal.as_ref().expect("truncated");
        assert_eq!(refusal.place, Some(Place { from: 5, to: 5 }));
    }

    #[test]
    fn parts_continue_after_one_another() {
        let text = [LOGIN; 5].join("\n");
        let mut splitter = Splitter::new(text.as_bytes());
        let mut reading = Reading::new(AttemptStream::new(), Listing::Answered);
        let sizes: Vec<_> = [2, 2, 2, 2]
            .map(|records| reading.next(&mut splitter, records))
            .map(|part| (part.listed.len(), part.records, part.ended))
            .into();
        assert_eq!(sizes, [(2, 2, false), (2, 4, false), (1, 5, true), (0, 5, true)]);
        assert_eq!(reading.attempts().len(), 5);
        assert_eq!(reading.attempts().len(), 5, "the same a second time");
    }
}
