//! What becomes of a line.

use memchr::memchr;
use sekisho::Engine;
use sekisho_host::{Annotated, Filter};

use crate::args::Mode;
use crate::input::items::{Answer, Position};
use crate::input::unread::Unread;
use crate::output::Verdict;
use crate::summary::Summary;
use crate::worker::refused;
use sekisho_records::MAX_ITEM_BYTES;
use sekisho_records::Record;

/// Says of lines what goes on of them, and counts.
pub(super) struct LineFilter {
    filter: Filter,
    mode: Mode,
    /// Where records are counted by what they are: takes them apart.
    engine: Option<Engine>,
    /// What stands before a verdict for rsyslog.
    before: String,
    /// The verdict on the current line.
    verdict: Vec<u8>,
    summary: Summary,
}

impl LineFilter {
    /// With an instance of the module. `field`: the name of the field that it adds. `counts`:
    /// records are counted by what they are.
    pub(super) fn new(filter: Filter, mode: Mode, field: &str, counts: bool) -> Self {
        let field = serde_json::to_string(field).expect("a string goes into memory");
        Self {
            filter,
            mode,
            engine: counts.then(Engine::new),
            // `$!` is the message's own tree of variables.
            before: format!(r#"{{"$!":{{{field}:"#),
            verdict: Vec::new(),
            summary: Summary::default(),
        }
    }

    /// What was counted since it was taken last.
    pub(super) fn take_summary(&mut self) -> Summary {
        std::mem::take(&mut self.summary)
    }

    /// Counts an input that was read to its end.
    pub(super) fn input_ends(&mut self, bytes: u64) {
        self.summary.volume.files += 1;
        self.summary.volume.bytes += bytes;
    }

    /// Counts something that cannot be read.
    pub(super) fn unread(&mut self, unread: Unread) {
        self.summary.unread.add(unread);
    }

    /// Appends what goes on of a line, which comes without its line break.
    pub(super) fn line(&mut self, position: Position<'_>, line: &[u8], out: &mut Vec<u8>) {
        if line.trim_ascii().is_empty() {
            return self.uninvolved(line, out);
        }
        let answer = match self.filter.process(line) {
            Ok(None) => {
                self.uninvolved(line, out);
                Answer::Read
            }
            Ok(Some(verdict)) => {
                self.verdict.clear();
                self.verdict.extend_from_slice(verdict);
                self.involved(line, out)
            }
            Err(error) => refused(error, &mut self.summary.faults),
        };
        let sentence = match answer {
            Answer::Read => {
                self.summary.volume.records += 1;
                return;
            }
            Answer::Unread(sentence) => sentence,
            Answer::Several => {
                "several records on one line, which `sekisho classify` takes".to_owned()
            }
        };
        self.unread(Unread::record(position, sentence));
        self.part(line, out);
        self.end_of_parts(out);
    }

    /// Appends a part of a line that is passed on whatever it holds.
    pub(super) fn part(&self, part: &[u8], out: &mut Vec<u8>) {
        if self.mode != Mode::Rsyslog {
            out.extend_from_slice(part);
        }
    }

    /// Ends a line that was longer than any record, and so was passed on in parts.
    pub(super) fn oversized_ends(&mut self, position: Position<'_>, bytes: u64, out: &mut Vec<u8>) {
        let sentence = format!("expected at most {MAX_ITEM_BYTES} bytes on a line, found {bytes}");
        self.unread(Unread::record(position, sentence));
        self.end_of_parts(out);
    }

    fn end_of_parts(&self, out: &mut Vec<u8>) {
        // rsyslog waits for an answer to every line.
        let answer: &[u8] = if self.mode == Mode::Rsyslog { b"{}\n" } else { b"\n" };
        out.extend_from_slice(answer);
    }

    /// A line without a verdict.
    fn uninvolved(&self, line: &[u8], out: &mut Vec<u8>) {
        if matches!(self.mode, Mode::Annotate | Mode::Rsyslog) {
            self.part(line, out);
            self.end_of_parts(out);
        }
    }

    /// A line that has the current verdict.
    fn involved(&mut self, line: &[u8], out: &mut Vec<u8>) -> Answer {
        let (verdict, json) = match Verdict::read(&self.verdict) {
            Ok(read) => read,
            Err(error) => {
                self.summary.faults += 1;
                return Answer::Unread(format!("the module's verdict is none: {error}"));
            }
        };
        if let Some(engine) = &mut self.engine {
            let record = engine.record(line).ok().flatten();
            self.summary.add(&verdict, &Record::read(record.unwrap_or_default()));
        }
        let goes_on = match self.mode {
            Mode::Annotate => true,
            Mode::Signins => verdict.is_signin(),
            Mode::Failures => verdict.is_failure(),
            Mode::Matches => !verdict.rules.is_empty(),
            Mode::Rsyslog => {
                push(&[self.before.as_bytes(), json.get().as_bytes(), b"}}"], out);
                return Answer::Read;
            }
        };
        if goes_on {
            match self.filter.annotate(line) {
                Annotated::Failed { error, .. } => {
                    return refused(error, &mut self.summary.faults);
                }
                annotated => push(&[annotated.bytes()], out),
            }
        }
        Answer::Read
    }
}

/// Appends a line. What a module adds may have line breaks, between its parts, which become spaces.
fn push(parts: &[&[u8]], out: &mut Vec<u8>) {
    let begin = out.len();
    parts.iter().for_each(|part| out.extend_from_slice(part));
    let mut at = begin;
    while let Some(found) = memchr(b'\n', &out[at..]) {
        at += found;
        out[at] = b' ';
    }
    out.push(b'\n');
}
