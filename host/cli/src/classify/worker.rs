//! One thread's work: reads sources one after the other, classifies their records, encodes the
//! selected ones, and counts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use clap::ValueEnum;
use sekisho::Classifier;
use sekisho_host::Filter;
use sekisho_records::Record;

use crate::answer::Answer;
use crate::input::decompress::decompress;
use crate::input::items::{ItemResult, Visitor, visit};
use crate::input::module_error::item_result;
use crate::input::paths::Source;
use crate::input::position::Position;
use crate::input::read_error::ReadError;
use crate::output::{Block, Encoder, Format, Signin, Verdict};
use crate::progress::Progress;
use crate::summary::Summary;
use crate::zone::Zone;

/// Which records are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Only {
    /// Sign-ins
    Signin,
    /// Sign-ins that failed or were denied
    Failures,
    /// Records that match a rule
    Matches,
}

impl Only {
    fn includes(self, verdict: &Verdict<'_>) -> bool {
        match self {
            Self::Signin => verdict.is_signin(),
            Self::Failures => verdict.is_failure(),
            Self::Matches => verdict.is_match(),
        }
    }
}

/// What all workers share.
#[derive(Debug)]
pub(super) struct Task {
    /// The output format.
    pub(super) format: Format,
    /// The zone of the times in a table.
    pub(super) zone: Zone,
    /// Which records are printed; all of the format's if none.
    pub(super) only: Option<Only>,
    /// The limit of a compressed file, in decompressed bytes.
    pub(super) max_file_bytes: u64,
    /// The progress bar.
    pub(super) progress: Progress,
    /// Set once the output can no longer be written.
    pub(super) stopped: AtomicBool,
}

/// The output can no longer be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopped;

/// What one thread classifies with.
pub(super) struct Instances {
    /// An instance of the module.
    pub(super) filter: Filter,
    /// Finds records as the module does.
    pub(super) classifier: Classifier,
    /// An instance that is configured with another form, if the output is in one.
    pub(super) formed: Option<Filter>,
}

/// The state of one thread.
pub(super) struct Worker<'t> {
    task: &'t Task,
    filter: Filter,
    classifier: Classifier,
    summary: Summary,
    /// That of the module about the current item; reused.
    answer: Answer,
}

impl<'t> Worker<'t> {
    /// A worker with its own instances of the module.
    pub(super) fn new(task: &'t Task, instances: Instances) -> Self {
        let Instances { filter, classifier, formed } = instances;
        let answer = Answer::in_form(formed);
        Self { task, filter, classifier, summary: Summary::default(), answer }
    }

    /// What the worker counted.
    pub(super) fn into_summary(self) -> Summary {
        self.summary
    }

    /// Reads a source to its end. Read errors are added to the summary.
    ///
    /// # Errors
    /// [`Stopped`], if the output can no longer be written.
    pub(super) fn read(
        &mut self,
        number: usize,
        source: &Source,
        out: SyncSender<Block>,
    ) -> Result<(), Stopped> {
        let task = self.task;
        let opened = source
            .open()
            .and_then(|input| decompress(task.progress.count(input), task.max_file_bytes));
        let mut reading = Reading {
            encoder: Encoder::new(task.format, task.zone.clone()),
            // A pipe may block for long: what was read so far is printed before.
            live: source.length().is_none(),
            out,
            worker: self,
        };
        let read_bytes = visit(&mut reading, number, source, opened)?;
        reading.flush()?;
        self.summary.volume.files += u64::from(read_bytes.is_some());
        self.summary.volume.bytes += read_bytes.unwrap_or_default();
        Ok(())
    }
}

/// A source that is being read.
struct Reading<'w, 't> {
    worker: &'w mut Worker<'t>,
    encoder: Encoder,
    live: bool,
    out: SyncSender<Block>,
}

impl Visitor for Reading<'_, '_> {
    type Stop = Stopped;

    fn item(&mut self, position: Position<'_>, bytes: &[u8]) -> Result<ItemResult, Stopped> {
        let Worker { task, filter, classifier, answer, summary } = &mut *self.worker;
        let mut has_record = true;
        let result = match answer.ask(filter, bytes, task.format == Format::Annotated) {
            Ok(true) => self.with_verdict(position, bytes),
            Ok(false) => {
                has_record = classifier.has_record(bytes).unwrap_or(true);
                if task.only.is_none() {
                    self.encoder.record(bytes);
                }
                ItemResult::Read
            }
            Err(error) => item_result(error, &mut summary.faults),
        };
        if let ItemResult::Read = result {
            self.worker.summary.volume.add(position, bytes, has_record);
        }
        Ok(result)
    }

    fn unreadable(&mut self, bytes: &[u8], is_last: bool) {
        if self.worker.task.only.is_none() {
            self.encoder.unreadable(bytes, is_last);
        }
    }

    fn error(&mut self, error: ReadError) {
        self.worker.summary.read_errors.add(error);
    }

    fn pause(&mut self, waiting: bool) -> Result<(), Stopped> {
        if waiting && self.live {
            self.flush()?;
            self.out.send(Block::Flush).map_err(|_| Stopped)?;
        }
        if self.encoder.is_full() {
            self.flush()?;
        }
        match self.worker.task.stopped.load(Ordering::Relaxed) {
            true => Err(Stopped),
            false => Ok(()),
        }
    }
}

impl Reading<'_, '_> {
    /// Counts and encodes an item that has the current verdict.
    fn with_verdict(&mut self, position: Position<'_>, bytes: &[u8]) -> ItemResult {
        let Worker { task, classifier, summary, answer, .. } = &mut *self.worker;
        let (verdict, json) = match Verdict::parse(answer.verdict()) {
            Ok(parsed) => parsed,
            Err(error) => {
                summary.faults += 1;
                return ItemResult::Unreadable(format!("the module's verdict is invalid: {error}"));
            }
        };
        let actor = classifier.actor(bytes).ok().flatten();
        let record = actor.as_ref().map(Record::of).unwrap_or_default();
        summary.add(&verdict, &record);
        if task.only.is_some_and(|only| !only.includes(&verdict)) {
            return ItemResult::Read;
        }
        let (actor, record, verdict) = (actor.as_ref(), &record, &verdict);
        self.encoder.signin(&Signin { position, actor, record, verdict, json });
        match task.format {
            Format::Annotated => self.encoder.record(answer.annotated()),
            Format::Ecs | Format::Ocsf => match answer.event(bytes) {
                Ok(event) => self.encoder.event(event),
                Err(error) => return item_result(error, &mut summary.faults),
            },
            Format::Table | Format::Ndjson | Format::Csv => {}
        }
        ItemResult::Read
    }

    /// Sends the encoded output to the writer.
    fn flush(&mut self) -> Result<(), Stopped> {
        match self.encoder.take() {
            Some(block) => self.out.send(block).map_err(|_| Stopped),
            None => Ok(()),
        }
    }
}
