//! One thread's work: reads a file after the other, has each record classified, encodes what is
//! asked for, and counts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use sekisho::Engine;
use sekisho_host::{Annotated, Error, ErrorCode, Filter, RecordError};

use crate::args::{Format, Only};
use crate::input::decompress::decompress;
use crate::input::items::{Answer, Position, Visitor, visit};
use crate::input::paths::Source;
use crate::input::unread::Unread;
use crate::output::{Block, Encoder, Signin, Verdict};
use crate::progress::Progress;
use crate::summary::Summary;
use sekisho_records::Record;

/// What is asked of every worker.
#[derive(Debug)]
pub(crate) struct Task {
    /// How sign-ins are written.
    pub(crate) format: Format,
    /// What is left of what would be written.
    pub(crate) only: Option<Only>,
    /// The most that is read of a compressed file, in bytes of what it holds.
    pub(crate) max_file_bytes: u64,
    /// Where bytes are counted for the progress bar.
    pub(crate) progress: Progress,
    /// Set when nobody wants output any more.
    pub(crate) stopped: AtomicBool,
}

/// Nobody wants output any more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped;

/// What one thread works with.
pub(crate) struct Worker<'t> {
    task: &'t Task,
    filter: Filter,
    engine: Engine,
    summary: Summary,
    /// The verdict on the current item.
    verdict: Vec<u8>,
}

impl<'t> Worker<'t> {
    /// A worker with an instance of the module of its own.
    pub(crate) fn new(task: &'t Task, filter: Filter) -> Self {
        let summary = Summary::default();
        Self { task, filter, engine: Engine::new(), summary, verdict: Vec::new() }
    }

    /// What it counted.
    pub(crate) fn into_summary(self) -> Summary {
        self.summary
    }

    /// Reads the source with this number to its end. Whatever is wrong with it is counted.
    ///
    /// # Errors
    /// [`Stopped`], as soon as that is noticed.
    pub(crate) fn read(
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
            encoder: Encoder::new(task.format),
            // A pipe may give more at any time: what there is should be seen.
            live: source.length().is_none(),
            out,
            worker: self,
        };
        let read_bytes = visit(&mut reading, number, source, opened)?;
        reading.hand_on()?;
        self.summary.volume.files += u64::from(read_bytes.is_some());
        self.summary.volume.bytes += read_bytes.unwrap_or_default();
        Ok(())
    }
}

/// A file that is being read.
struct Reading<'w, 't> {
    worker: &'w mut Worker<'t>,
    encoder: Encoder,
    live: bool,
    out: SyncSender<Block>,
}

impl Visitor for Reading<'_, '_> {
    type Stop = Stopped;

    fn item(&mut self, position: Position<'_>, bytes: &[u8]) -> Result<Answer, Stopped> {
        let Worker { task, filter, verdict, summary, .. } = &mut *self.worker;
        let answer = match filter.process(bytes) {
            Ok(Some(json)) => {
                verdict.clear();
                verdict.extend_from_slice(json);
                self.signin(position, bytes)
            }
            Ok(None) => {
                if task.only.is_none() {
                    self.encoder.record(bytes);
                }
                Answer::Read
            }
            Err(error) => refused(error, &mut summary.faults),
        };
        self.worker.summary.volume.records += u64::from(matches!(answer, Answer::Read));
        Ok(answer)
    }

    fn unread_bytes(&mut self, bytes: &[u8], ends: bool) {
        if self.worker.task.only.is_none() {
            self.encoder.unread(bytes, ends);
        }
    }

    fn unread(&mut self, unread: Unread) {
        self.worker.summary.unread.add(unread);
    }

    fn pause(&mut self, waiting: bool) -> Result<(), Stopped> {
        if waiting && self.live {
            self.hand_on()?;
            self.out.send(Block::Pause).map_err(|_| Stopped)?;
        }
        if self.encoder.is_full() {
            self.hand_on()?;
        }
        match self.worker.task.stopped.load(Ordering::Relaxed) {
            true => Err(Stopped),
            false => Ok(()),
        }
    }
}

impl Reading<'_, '_> {
    /// Takes an item that has the current verdict.
    fn signin(&mut self, position: Position<'_>, bytes: &[u8]) -> Answer {
        let Worker { task, filter, engine, summary, verdict } = &mut *self.worker;
        let (verdict, json) = match Verdict::read(verdict) {
            Ok(read) => read,
            Err(error) => {
                summary.faults += 1;
                return Answer::Unread(format!("the module's verdict is none: {error}"));
            }
        };
        let record = engine.record(bytes).ok().flatten();
        let record = Record::read(record.unwrap_or_default());
        summary.add(&verdict, &record);
        let wanted = match task.only {
            None => true,
            Some(Only::Signin) => verdict.is_signin(),
            Some(Only::Failures) => verdict.is_failure(),
            Some(Only::Matches) => !verdict.rules.is_empty(),
        };
        if !wanted {
            return Answer::Read;
        }
        self.encoder.signin(&Signin { position, record: &record, verdict: &verdict, json });
        if task.format == Format::Annotated {
            match filter.annotate(bytes) {
                Annotated::Failed { error, .. } => return refused(error, &mut summary.faults),
                annotated => self.encoder.record(annotated.bytes()),
            }
        }
        Answer::Read
    }

    fn hand_on(&mut self) -> Result<(), Stopped> {
        match self.encoder.take() {
            Some(block) => self.out.send(block).map_err(|_| Stopped),
            None => Ok(()),
        }
    }
}

/// What becomes of an item that the module cannot read, or breaks over.
pub(crate) fn refused(error: Error, faults: &mut u64) -> Answer {
    match error {
        Error::Record(RecordError { code: ErrorCode::SeveralRecords, .. }) => Answer::Several,
        Error::Record(RecordError { code: ErrorCode::Malformed, sentence })
            if !sentence.is_empty() =>
        {
            // The sentence ends in a byte offset.
            Answer::Unread(format!("{sentence} of the record"))
        }
        Error::Record(refusal) => Answer::Unread(refusal.to_string()),
        // A record cannot be why a module keeps no state.
        Error::Fault(_) | Error::Stateless => {
            *faults += 1;
            Answer::Unread(format!("the module failed: {error}"))
        }
    }
}
