//! Reads a file of records, and matches rules against them.

use std::io;
use std::path::PathBuf;

use sekisho::Classifier;
use sekisho_host::Filter;

use crate::failure::Exit;
use crate::input::decompress::decompress;
use crate::input::items::{ItemResult, Visitor, visit};
use crate::input::module_error::item_result;
use crate::input::paths;
use crate::input::position::Position;
use crate::input::read_error::{ReadError, ReadErrors};
use crate::output::Verdict;
use crate::summary::Volume;

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    /// What was read.
    pub(crate) volume: Volume,
    /// The input that could not be read.
    pub(crate) read_errors: ReadErrors,
    /// How often the module failed.
    faults: u64,
}

impl Totals {
    /// The exit status.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Totals { faults: 1.., .. } => Exit::ModuleFailed,
            totals if totals.read_errors.count() > 0 => Exit::Incomplete,
            _ => Exit::Complete,
        }
    }
}

/// Calls `each` with every record that has a verdict. `None` as `file` is standard input. The
/// classifier finds records as the filter does.
///
/// # Errors
/// The error of `each`, which ends reading.
pub(crate) fn read(
    filter: &mut Filter,
    classifier: Classifier,
    file: Option<&PathBuf>,
    limit_bytes: u64,
    each: impl FnMut(&Verdict<'_>, &[u8]) -> io::Result<()>,
) -> io::Result<Totals> {
    let found = paths::find(file.map_or(&[], std::slice::from_ref));
    let totals = Totals { read_errors: found.read_errors, ..Totals::default() };
    let mut matcher = Matcher { filter, classifier, each, totals };
    for (number, source) in found.sources.iter().enumerate() {
        let opened = source.open().and_then(|input| decompress(input, limit_bytes));
        visit(&mut matcher, number, source, opened)?;
    }
    Ok(matcher.totals)
}

struct Matcher<'f, F> {
    filter: &'f mut Filter,
    classifier: Classifier,
    each: F,
    totals: Totals,
}

impl<F: FnMut(&Verdict<'_>, &[u8]) -> io::Result<()>> Visitor for Matcher<'_, F> {
    type Stop = io::Error;

    fn item(&mut self, position: Position<'_>, bytes: &[u8]) -> io::Result<ItemResult> {
        let verdict = self.filter.process(bytes);
        let mut has_record = true;
        let result = match verdict.map(|json| json.map(|json| Verdict::parse(json.as_bytes()))) {
            Ok(None) => {
                has_record = self.classifier.has_record(bytes).unwrap_or(true);
                ItemResult::Read
            }
            Ok(Some(Ok((verdict, _)))) => {
                (self.each)(&verdict, bytes)?;
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

    fn pause(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }
}
