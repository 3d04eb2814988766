//! Passes records to a module that keeps state, and writes what it emits.

use std::io;

use sekisho_host::{EmittedJson, EmittedLines, Error, Filter};
use serde::Deserialize;

use super::emitted::Emitted;
use super::error::RunError;
use super::output::Output;
use super::report::{Counters, Tally};
use super::state::StateFile;
use crate::failure::Failure;

/// An instance of the module, with its state file and its output.
pub(crate) struct Observer {
    filter: Filter,
    state: Option<StateFile>,
    sink: Sink,
}

/// Writes and counts what the module emits.
struct Sink {
    output: Output,
    tally: Tally,
}

impl Sink {
    fn write(&mut self, lines: EmittedLines<'_>) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        for line in lines.map(EmittedJson::as_bytes).filter(|line| !line.is_empty()) {
            match serde_json::from_slice::<Emitted>(line) {
                Ok(emitted) => {
                    self.tally.add(&emitted);
                    self.output.write(emitted, line)?;
                }
                Err(error) => {
                    self.tally.add_fault(format!(
                        "expected an attempt or a finding from the module: {error}"
                    ));
                }
            }
        }
        self.output.flush()
    }
}

/// Checks that a module keeps state, and restores the state in the file, if there is one.
///
/// # Errors
/// [`Failure`], if the module keeps no state, or refuses this one.
pub(crate) fn prepare(mut filter: Filter, state: Option<&StateFile>) -> Result<Filter, Failure> {
    filter.reset().map_err(|error| Failure::Module {
        message: error.to_string(),
        advice: "a module that pairs records exports `sekisho_observe`: see `sekisho inspect`",
    })?;
    if let Some(state) = state {
        state.restore(&mut filter)?;
    }
    Ok(filter)
}

impl Observer {
    /// Creates an observer from an instance that [`prepare`] returned.
    pub(crate) fn new(mut filter: Filter, state: Option<StateFile>, output: Output) -> Self {
        let tally = Tally::since(counters(&mut filter));
        Self { filter, state, sink: Sink { output, tally } }
    }

    /// Passes a record to the module, and writes what it emits. `now_ms` is the current time, or 0
    /// to use the time of the records.
    ///
    /// # Errors
    /// The error of the writer. The inner error is that of the module about the record.
    pub(crate) fn observe(&mut self, record: &[u8], now_ms: i64) -> io::Result<Result<(), Error>> {
        match self.filter.observe(record, now_ms) {
            Ok(lines) => self.sink.write(lines).map(Ok),
            Err(error) => {
                self.recover(&error);
                Ok(Err(error))
            }
        }
    }

    /// Advances the clock of the module, and writes what it emits.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn tick(&mut self, now_ms: i64) -> io::Result<()> {
        match self.filter.tick(now_ms) {
            Ok(lines) => self.sink.write(lines),
            Err(error) => {
                self.fault(&error);
                Ok(())
            }
        }
    }

    /// Saves the state, if there is a file for it.
    ///
    /// # Errors
    /// [`Failure::Usage`], if the file cannot be written.
    pub(crate) fn save(&mut self) -> Result<(), Failure> {
        let Some(state) = &self.state else { return Ok(()) };
        match self.filter.save() {
            Ok(saved) => state.save(saved),
            Err(error) => {
                self.fault(&error);
                Ok(())
            }
        }
    }

    /// Ends the run. Open attempts are saved if there is a state file and `may_save` is set, and
    /// written if there is no state file. Returns the counts, and the titles of the columns that
    /// did not fit.
    ///
    /// # Errors
    /// The output or the state cannot be written.
    pub(crate) fn end(mut self, may_save: bool) -> Result<(Tally, Vec<&'static str>), RunError> {
        if self.state.is_none() {
            self.flush()?;
        }
        let hidden_columns = self.sink.output.end()?;
        // Only after the output is written: a later run does not emit it again.
        if may_save {
            self.save()?;
        }
        let mut tally = self.sink.tally;
        tally.after = counters(&mut self.filter);
        tally.state = self.state.as_ref().map(StateFile::name);
        Ok((tally, hidden_columns))
    }

    fn flush(&mut self) -> io::Result<()> {
        loop {
            match self.filter.flush() {
                Ok(lines) if lines.is_empty() => return Ok(()),
                Ok(lines) => self.sink.write(lines)?,
                Err(error) => {
                    self.fault(&error);
                    return Ok(());
                }
            }
        }
    }

    /// Counts a failure that does not concern one record.
    fn fault(&mut self, error: &Error) {
        self.sink.tally.add_fault(error.to_string());
        self.recover(error);
    }

    /// Restores the last saved state if the instance was lost.
    fn recover(&mut self, error: &Error) {
        if !error.ends_instance() {
            return;
        }
        // The counters were lost with the instance.
        self.sink.tally.before = Counters::default();
        if let Some(state) = &self.state {
            // If the state is refused now, although it was accepted before, the new instance starts
            // without one.
            let _ = state.restore(&mut self.filter);
        }
    }
}

/// The counters of the module, or zeros if it does not describe them.
fn counters(filter: &mut Filter) -> Counters {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Description {
        counters: All,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct All {
        attempts: Counters,
    }
    let description = filter.describe().unwrap_or_default();
    serde_json::from_str::<Description>(&description).unwrap_or_default().counters.attempts
}
