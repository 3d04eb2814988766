//! A module that observes records, and what becomes of what it tells.

use std::io;

use sekisho_host::{Error, Filter};
use serde::Deserialize;

use super::Stop;
use super::output::Output;
use super::report::Tally;
use super::state::StateFile;
use super::told::Told;
use crate::failure::Failure;

/// A stream of records: what observes it, where it is told, and what was told.
pub(crate) struct Session {
    filter: Filter,
    state: Option<StateFile>,
    teller: Teller,
}

/// Hands on what the module tells, and counts it.
struct Teller {
    output: Output,
    tally: Tally,
}

impl Teller {
    fn tell(&mut self, lines: &[u8]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice::<Told>(line) {
                Ok(told) => {
                    self.tally.add(&told);
                    self.output.put(told, line)?;
                }
                Err(error) => {
                    self.tally.fault(format!("what the module tells is no line: {error}"));
                }
            }
        }
        self.output.flush()
    }
}

/// Counters of the module, as `sekisho_describe` gives them.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Counters {
    /// Records that were dropped because they were there already.
    pub(crate) duplicates: u64,
    /// Records that came too late to be paired.
    pub(crate) late: u64,
    /// Keys that were forgotten and attempts that were told before their time, for want of memory.
    pub(crate) evicted: u64,
    /// Records that are held.
    pub(crate) waiting: u64,
}

/// Sees to it that an instance keeps state, and restores what is in the file for it.
///
/// # Errors
/// [`Failure`], if the module keeps no state or refuses this one.
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

impl Session {
    /// Begins with an instance that is prepared.
    pub(crate) fn begin(mut filter: Filter, state: Option<StateFile>, output: Output) -> Self {
        let tally = Tally::since(counters(&mut filter));
        Self { filter, state, teller: Teller { output, tally } }
    }

    /// Takes in a record, and tells what can be told then. `now_ms` is the clock, or 0.
    ///
    /// # Errors
    /// What writing says; inside, why the record was not taken in.
    pub(crate) fn observe(&mut self, record: &[u8], now_ms: i64) -> io::Result<Result<(), Error>> {
        match self.filter.observe(record, now_ms) {
            Ok(lines) => self.teller.tell(lines.as_bytes()).map(Ok),
            Err(error) => {
                self.recover(&error);
                Ok(Err(error))
            }
        }
    }

    /// Lets time go on without a record.
    ///
    /// # Errors
    /// What writing says.
    pub(crate) fn tick(&mut self, now_ms: i64) -> io::Result<()> {
        match self.filter.tick(now_ms) {
            Ok(lines) => self.teller.tell(lines.as_bytes()),
            Err(error) => {
                self.failed(&error);
                Ok(())
            }
        }
    }

    /// Leaves what is open in the file for the state, if there is one.
    ///
    /// # Errors
    /// [`Failure::Usage`], if it cannot be written.
    pub(crate) fn save(&mut self) -> Result<(), Failure> {
        let Some(state) = &self.state else { return Ok(()) };
        match self.filter.save() {
            Ok(saved) => state.save(saved),
            Err(error) => {
                self.failed(&error);
                Ok(())
            }
        }
    }

    /// Ends the stream: leaves what is open in the file for the state if it `may_save`, or tells it
    /// if there is none. Gives what was counted, and the titles of columns that had no room.
    ///
    /// # Errors
    /// What is told or the state cannot be written.
    pub(super) fn end(mut self, may_save: bool) -> Result<(Tally, Vec<&'static str>), Stop> {
        if self.state.is_none() {
            self.flush()?;
        }
        let hidden_columns = self.teller.output.end()?;
        // Behind what is told: what the state takes for told was seen.
        if may_save {
            self.save()?;
        }
        let mut tally = self.teller.tally;
        tally.after = counters(&mut self.filter);
        tally.state = self.state.as_ref().map(StateFile::name);
        Ok((tally, hidden_columns))
    }

    fn flush(&mut self) -> io::Result<()> {
        loop {
            match self.filter.flush() {
                Ok(lines) if lines.is_empty() => return Ok(()),
                Ok(lines) => self.teller.tell(lines.as_bytes())?,
                Err(error) => {
                    self.failed(&error);
                    return Ok(());
                }
            }
        }
    }

    /// Counts a failure that is no record's.
    fn failed(&mut self, error: &Error) {
        self.teller.tally.fault(error.to_string());
        self.recover(error);
    }

    /// Goes on from what was saved last, if the state is lost.
    fn recover(&mut self, error: &Error) {
        if !error.ends_instance() {
            return;
        }
        // What it counted is lost with it.
        self.teller.tally.before = Counters::default();
        if let Some(state) = &self.state {
            // A state that was accepted once and is refused now leaves an empty one.
            let _ = state.restore(&mut self.filter);
        }
    }
}

/// What the module has counted; nothing if it does not say.
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
