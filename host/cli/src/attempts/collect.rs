//! Reads all sources, and collects the records with a verdict in the order of time.

use std::convert::Infallible;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use sekisho::Classifier;
use sekisho_attempts::{Time, parse_time};
use sekisho_host::Filter;
use sekisho_records::Record;

use super::report::Totals;
use crate::input::decompress::decompress;
use crate::input::items::{ItemResult, Visitor, visit};
use crate::input::module_error::item_result;
use crate::input::paths::Source;
use crate::input::position::Position;
use crate::input::read_error::ReadError;
use crate::output::Verdict;
use crate::progress::Progress;

/// A record with a verdict. Records are ordered by time; those without a valid time come first.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct CollectedRecord {
    time: Option<Time>,
    source: usize,
    record: u64,
    offset: u64,
    /// The item that contains the record.
    pub(crate) bytes: Box<[u8]>,
}

impl CollectedRecord {
    /// An error about this record.
    pub(crate) fn read_error(&self, sources: &[Source], message: String) -> ReadError {
        let Self { source, record, offset, .. } = *self;
        let file = &sources[source].name();
        ReadError::record(Position { source, file, record, offset }, message)
    }
}

/// What to read, and how.
#[derive(Debug)]
pub(crate) struct Input<'i> {
    /// All sources.
    pub(crate) sources: &'i [Source],
    /// The maximum decompressed size of a compressed file, in bytes.
    pub(crate) max_file_bytes: u64,
    /// Counts the bytes read.
    pub(crate) progress: &'i Progress,
}

/// Reads all sources, with a thread for each filter. Returns the records with a verdict in the order
/// of time, and the totals.
pub(crate) fn collect(
    input: &Input<'_>,
    filters: Vec<(Filter, Classifier)>,
) -> (Vec<CollectedRecord>, Totals) {
    let next = AtomicUsize::new(0);
    let work = |(filter, classifier)| {
        let mut collector = Collector::new(filter, classifier);
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(source) = input.sources.get(number) else { break };
            collector.read(input, number, source);
        }
        (collector.records, collector.totals)
    };
    let (mut records, mut totals) = (Vec::new(), Totals::default());
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> =
            filters.into_iter().map(|filter| scope.spawn(move || work(filter))).collect();
        for thread in threads {
            let (more, counts) = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            records.extend(more);
            totals.merge(counts);
        }
    });
    records.sort_unstable();
    (records, totals)
}

/// What one thread reads.
struct Collector {
    filter: Filter,
    classifier: Classifier,
    records: Vec<CollectedRecord>,
    totals: Totals,
}

impl Collector {
    fn new(filter: Filter, classifier: Classifier) -> Self {
        Self { filter, classifier, records: Vec::new(), totals: Totals::default() }
    }

    fn read(&mut self, input: &Input<'_>, number: usize, source: &Source) {
        let opened = source
            .open()
            .and_then(|file| decompress(input.progress.count(file), input.max_file_bytes));
        let Ok(read_bytes) = visit(self, number, source, opened);
        self.totals.volume.files += u64::from(read_bytes.is_some());
        self.totals.volume.bytes += read_bytes.unwrap_or_default();
    }

    fn add(&mut self, position: Position<'_>, bytes: &[u8]) {
        let Position { source, record, offset, .. } = position;
        let time = event_time(&mut self.classifier, bytes);
        self.records.push(CollectedRecord { time, source, record, offset, bytes: bytes.into() });
    }
}

impl Visitor for Collector {
    type Stop = Infallible;

    fn item(&mut self, position: Position<'_>, bytes: &[u8]) -> Result<ItemResult, Infallible> {
        let verdict = self.filter.process(bytes);
        let mut has_record = true;
        let result = match verdict.map(|json| json.map(|json| Verdict::parse(json.as_bytes()))) {
            Ok(None) => {
                has_record = self.classifier.has_record(bytes).unwrap_or(true);
                ItemResult::Read
            }
            Ok(Some(Ok((verdict, _)))) => {
                *self.totals.signins.get_or_insert_default() += u64::from(verdict.is_signin());
                self.totals.silenced.add(&verdict.silenced_by);
                self.add(position, bytes);
                ItemResult::Read
            }
            Ok(Some(Err(error))) => {
                self.totals.faults += 1;
                ItemResult::Unreadable(format!("the module's verdict is invalid: {error}"))
            }
            Err(error) => item_result(error, &mut self.totals.faults),
        };
        if let ItemResult::Read = result {
            self.totals.volume.add(position, bytes, has_record);
        }
        Ok(result)
    }

    fn unreadable(&mut self, _: &[u8], _: bool) {}

    fn error(&mut self, error: ReadError) {
        self.totals.read_errors.add(error);
    }

    fn pause(&mut self, _: bool) -> Result<(), Infallible> {
        Ok(())
    }
}

/// The `eventTime` of the record in an item, whatever encloses it.
fn event_time(classifier: &mut Classifier, item: &[u8]) -> Option<Time> {
    let record = Record::of(&classifier.actor(item).ok()??);
    parse_time(record.time?.as_bytes())
}
