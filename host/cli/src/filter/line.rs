//! Filters one line.

use std::sync::Arc;

use clap::ValueEnum;
use memchr::memchr;
use sekisho::Classifier;
use sekisho_host::Filter;
use sekisho_records::{MAX_ITEM_BYTES, Record};

use super::live::{Configured, Live};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::input::items::ItemResult;
use crate::input::module_error::item_result;
use crate::input::position::Position;
use crate::input::read_error::ReadError;
use crate::log::warn;
use crate::options::Form;
use crate::output::Verdict;
use crate::rules;
use crate::summary::Summary;

/// Which lines are forwarded, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Mode {
    /// Every line; sign-ins have their verdict in the field `signin`
    Annotate,
    /// Sign-ins, with their verdict
    Signins,
    /// Sign-ins that failed or were denied, with their verdict
    Failures,
    /// Records that match a rule, with their verdict
    Matches,
    /// A reply to rsyslog for each line: the verdict as a message variable, or `{}`
    Rsyslog,
}

/// Filters lines with an instance of the module, and counts.
pub(super) struct LineFilter {
    filter: Filter,
    mode: Mode,
    live: Arc<Live>,
    /// The number of the configuration that the filter has.
    generation: u64,
    /// Whether the summary includes verdicts.
    counts: bool,
    /// Finds the record in a line, for the summary; none without a summary.
    classifier: Option<Classifier>,
    /// The JSON before a verdict in a reply to rsyslog.
    reply_prefix: String,
    /// The form of what is added to lines, if that is no verdict.
    form: Option<Form>,
    /// That of the module about the current line; reused.
    answer: Answer,
    /// Whether the current line is a sign-in.
    is_signin: bool,
    summary: Summary,
}

impl LineFilter {
    /// A filter with an instance of the module, and perhaps one for another form, with the current
    /// configuration. If it `counts`, it finds records as the module does,
    /// and the summary includes kinds, rules, failures, and lines without a record.
    ///
    /// # Errors
    /// The module refuses the configuration.
    pub(super) fn new(
        (filter, formed): (Filter, Option<(Filter, Form)>),
        mode: Mode,
        live: Arc<Live>,
        counts: bool,
    ) -> Result<Self, Failure> {
        let (formed, form) = formed.unzip();
        let (generation, configured) = (live.generation(), live.current());
        let mut lines = Self {
            filter,
            mode,
            live,
            generation,
            counts,
            classifier: None,
            reply_prefix: String::new(),
            form,
            answer: Answer::in_form(formed),
            is_signin: false,
            summary: Summary::default(),
        };
        lines.configure(&configured)?;
        Ok(lines)
    }

    /// Takes over the configuration if it was replaced.
    pub(super) fn refresh(&mut self) {
        let generation = self.live.generation();
        if std::mem::replace(&mut self.generation, generation) == generation {
            return;
        }
        if let Err(failure) = self.configure(&self.live.current()) {
            warn(&format!("a filter keeps its rules: {failure}"));
        }
    }

    fn configure(&mut self, configured: &Configured) -> Result<(), Failure> {
        let Configured { rules, record } = configured;
        let (rules, record) = (rules.as_ref(), record.as_deref());
        rules::configure(&mut self.filter, rules, record)?;
        if let Some(formed) = self.answer.formed() {
            rules::configure_for(formed, rules, record, self.form)?;
        }
        let field = rules.and_then(|rules| rules.field.as_deref()).unwrap_or("signin");
        let field = serde_json::to_string(field).expect("a string is valid JSON");
        // `$!` is the tree of message variables.
        self.reply_prefix = format!(r#"{{"$!":{{{field}:"#);
        self.classifier = if self.counts { Some(rules::classifier(record)?) } else { None };
        Ok(())
    }

    /// Takes the summary since the last call.
    pub(super) fn take_summary(&mut self) -> Summary {
        std::mem::take(&mut self.summary)
    }

    /// Counts an input.
    pub(super) fn count_file(&mut self) {
        self.summary.volume.files += 1;
    }

    /// Counts bytes of an input.
    pub(super) fn count_bytes(&mut self, bytes: u64) {
        self.summary.volume.bytes += bytes;
    }

    /// Counts a read error.
    pub(super) fn error(&mut self, error: ReadError) {
        self.summary.read_errors.add(error);
    }

    /// Appends the output for a line, which comes without its line break. A byte order mark before a
    /// line that can be read is dropped.
    pub(super) fn line(&mut self, position: Position<'_>, whole: &[u8], out: &mut Vec<u8>) {
        // A program that opens its log for each line may begin each with a byte order mark.
        let line = whole.strip_prefix(b"\xef\xbb\xbf").unwrap_or(whole);
        if line.trim_ascii().is_empty() {
            return self.without_verdict(line, out);
        }
        self.is_signin = false;
        let message = match self.classify(line, out) {
            ItemResult::Read => {
                let find =
                    |classifier: &mut Classifier| classifier.has_record(line).unwrap_or(true);
                let has_record = self.is_signin || self.classifier.as_mut().is_none_or(find);
                self.summary.volume.add(position, line, has_record);
                return;
            }
            ItemResult::Unreadable(message) => message,
            ItemResult::SeveralRecords => {
                "several records on one line, which only `sekisho classify` can read".to_owned()
            }
        };
        self.error(ReadError::record(position, message));
        self.forward_part(whole, out);
        self.end_parts(out);
    }

    /// Appends a part of a line that is forwarded unchanged.
    pub(super) fn forward_part(&self, part: &[u8], out: &mut Vec<u8>) {
        if self.mode != Mode::Rsyslog {
            out.extend_from_slice(part);
        }
    }

    /// Ends a line of `bytes` bytes that was too long for a record, and so forwarded in parts.
    pub(super) fn end_oversized(&mut self, position: Position<'_>, bytes: u64, out: &mut Vec<u8>) {
        let message = format!("expected at most {MAX_ITEM_BYTES} bytes on a line, found {bytes}");
        self.error(ReadError::record(position, message));
        self.end_parts(out);
    }

    fn end_parts(&self, out: &mut Vec<u8>) {
        // rsyslog expects a reply to every line.
        let end: &[u8] = if self.mode == Mode::Rsyslog { b"{}\n" } else { b"\n" };
        out.extend_from_slice(end);
    }

    /// Appends the output for a line.
    fn classify(&mut self, line: &[u8], out: &mut Vec<u8>) -> ItemResult {
        let annotates = self.mode != Mode::Rsyslog;
        match self.answer.ask(&mut self.filter, line, annotates) {
            // Nothing else depends on the verdict.
            Ok(true) if self.mode == Mode::Annotate && self.classifier.is_none() => {
                push_line(&[self.answer.annotated()], out);
                ItemResult::Read
            }
            Ok(true) => self.with_verdict(line, out),
            Ok(false) => {
                self.without_verdict(line, out);
                ItemResult::Read
            }
            Err(error) => item_result(error, &mut self.summary.faults),
        }
    }

    fn without_verdict(&self, line: &[u8], out: &mut Vec<u8>) {
        if matches!(self.mode, Mode::Annotate | Mode::Rsyslog) {
            self.forward_part(line, out);
            self.end_parts(out);
        }
    }

    /// Appends the output for a line that has the current verdict.
    fn with_verdict(&mut self, line: &[u8], out: &mut Vec<u8>) -> ItemResult {
        let (verdict, json) = match Verdict::parse(self.answer.verdict()) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.summary.faults += 1;
                return ItemResult::Unreadable(format!("the module's verdict is invalid: {error}"));
            }
        };
        self.is_signin = verdict.is_signin();
        if let Some(classifier) = &mut self.classifier {
            let actor = classifier.actor(line).ok().flatten();
            let record = actor.as_ref().map(Record::of).unwrap_or_default();
            self.summary.add(&verdict, &record);
        }
        let is_forwarded = match self.mode {
            Mode::Annotate => true,
            Mode::Signins => verdict.is_signin(),
            Mode::Failures => verdict.is_failure(),
            Mode::Matches => verdict.is_match(),
            Mode::Rsyslog => {
                push_line(&[self.reply_prefix.as_bytes(), json.get().as_bytes(), b"}}"], out);
                return ItemResult::Read;
            }
        };
        if is_forwarded {
            push_line(&[self.answer.annotated()], out);
        }
        ItemResult::Read
    }
}

/// Appends parts as one line. Line breaks inside JSON from a module become spaces.
fn push_line(parts: &[&[u8]], out: &mut Vec<u8>) {
    let begin = out.len();
    parts.iter().for_each(|part| out.extend_from_slice(part));
    let mut offset = begin;
    while let Some(found) = memchr(b'\n', &out[offset..]) {
        offset += found;
        out[offset] = b' ';
    }
    out.push(b'\n');
}
