//! Reads all sources, and keeps the records that have a verdict.

use std::collections::HashMap;
use std::convert::Infallible;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use sekisho::Classifier;
use sekisho_attempts::{Time, parse_time};
use sekisho_host::Filter;
use serde_json::value::RawValue;

use super::report::Totals;
use crate::input::decompress::decompress;
use crate::input::items::{ItemResult, Visitor, visit};
use crate::input::module_error::item_result;
use crate::input::paths::Source;
use crate::input::position::Position;
use crate::input::read_error::ReadError;
use crate::output::Verdict;
use crate::progress::Progress;
use sekisho_records::Record;

/// A record with a verdict. The order is that of time; records without a readable time come first.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Kept {
    time: Option<Time>,
    source: usize,
    record: u64,
    offset: u64,
    /// What it arrived in.
    pub(crate) bytes: Box<[u8]>,
}

impl Kept {
    /// Why it cannot be read after all.
    pub(crate) fn read_error(&self, sources: &[Source], message: String) -> ReadError {
        let Self { source, record, offset, .. } = *self;
        let file = &sources[source].name();
        ReadError::record(Position { source, file, record, offset }, message)
    }
}

/// How sources are read.
#[derive(Debug)]
pub(crate) struct Reading<'r> {
    /// All of them.
    pub(crate) sources: &'r [Source],
    /// The most that is read of a compressed file, in bytes of what it holds.
    pub(crate) max_file_bytes: u64,
    /// Where bytes are counted for the progress bar.
    pub(crate) progress: &'r Progress,
}

/// Reads all sources, a thread for each filter: the records with a verdict in the order of time, and
/// what was counted.
pub(crate) fn gather(reading: &Reading<'_>, filters: Vec<Filter>) -> (Vec<Kept>, Totals) {
    let next = AtomicUsize::new(0);
    let work = |filter| {
        let mut gatherer = Gatherer::new(filter);
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(source) = reading.sources.get(number) else { break };
            gatherer.read(reading, number, source);
        }
        (gatherer.kept, gatherer.totals)
    };
    let (mut kept, mut totals) = (Vec::new(), Totals::default());
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> =
            filters.into_iter().map(|filter| scope.spawn(move || work(filter))).collect();
        for thread in threads {
            let (more, counted) = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            kept.extend(more);
            totals.merge(counted);
        }
    });
    kept.sort_unstable();
    (kept, totals)
}

struct Gatherer {
    filter: Filter,
    classifier: Classifier,
    kept: Vec<Kept>,
    totals: Totals,
}

impl Gatherer {
    fn new(filter: Filter) -> Self {
        Self { filter, classifier: Classifier::new(), kept: Vec::new(), totals: Totals::default() }
    }

    fn read(&mut self, reading: &Reading<'_>, number: usize, source: &Source) {
        let opened = source
            .open()
            .and_then(|input| decompress(reading.progress.count(input), reading.max_file_bytes));
        let Ok(read_bytes) = visit(self, number, source, opened);
        self.totals.volume.files += u64::from(read_bytes.is_some());
        self.totals.volume.bytes += read_bytes.unwrap_or_default();
    }

    fn keep(&mut self, position: Position<'_>, bytes: &[u8]) {
        let Position { source, record, offset, .. } = position;
        let time = event_time(&mut self.classifier, bytes);
        self.kept.push(Kept { time, source, record, offset, bytes: bytes.into() });
    }
}

impl Visitor for Gatherer {
    type Stop = Infallible;

    fn item(&mut self, position: Position<'_>, bytes: &[u8]) -> Result<ItemResult, Infallible> {
        let verdict = self.filter.process(bytes);
        let answer = match verdict.map(|json| json.map(|json| Verdict::parse(json.as_bytes()))) {
            Ok(None) => ItemResult::Read,
            Ok(Some(Ok((verdict, _)))) => {
                *self.totals.signins.get_or_insert_default() += u64::from(verdict.is_signin());
                self.keep(position, bytes);
                ItemResult::Read
            }
            Ok(Some(Err(error))) => {
                self.totals.faults += 1;
                ItemResult::Unreadable(format!("the module's verdict is invalid: {error}"))
            }
            Err(error) => item_result(error, &mut self.totals.faults),
        };
        self.totals.volume.records += u64::from(matches!(answer, ItemResult::Read));
        Ok(answer)
    }

    fn unreadable(&mut self, _: &[u8], _: bool) {}

    fn error(&mut self, error: ReadError) {
        self.totals.read_errors.add(error);
    }

    fn pause(&mut self, _: bool) -> Result<(), Infallible> {
        Ok(())
    }
}

/// The `eventTime` of the record in an item, whatever it arrived in.
fn event_time(classifier: &mut Classifier, item: &[u8]) -> Option<Time> {
    let event = classifier.views(item).ok()?.event;
    let mut event: HashMap<String, &RawValue> = serde_json::from_slice(&event).ok()?;
    let record = Record::read(event.remove("detail")?.get().as_bytes());
    parse_time(record.time?.as_bytes())
}
