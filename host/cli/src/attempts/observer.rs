//! Passes records to a module that keeps state, and writes what it emits.

use std::borrow::Cow;
use std::io;

use sekisho_host::{EmittedJson, EmittedLines, Error, Filter};
use serde::Deserialize;

use super::checkpoint::Checkpoint;
use super::delivery::Delivery;
use super::emitted::Emitted;
use super::error::RunError;
use super::event::Events;
use super::faulty::FaultyRecords;
use super::followed_file::FilePosition;
use super::output::{Ended, Output};
use super::report::{Counters, Tally};
use super::shown::Shown;
use super::state::StateFile;
use crate::failure::Failure;
use crate::options::Form;
use crate::rules::Rules;

/// An instance of the module, with its state file and its output.
pub(crate) struct Observer {
    filter: Filter,
    state: Option<StateFile>,
    sink: Sink,
    /// Whether the state has changed since it was saved.
    is_changed: bool,
    /// How often what was observed since the last save was lost, as the module failed.
    losses: u64,
    faulty: FaultyRecords,
}

/// How the state is saved at the end of a run.
#[derive(Debug)]
pub(crate) enum Save {
    /// Not at all: the file stays as it is.
    No,
    /// By itself.
    State,
    /// With how far the stream was processed.
    Checkpoint(Option<FilePosition>),
}

/// Writes and counts what the module emits.
struct Sink {
    output: Output,
    delivery: Option<Delivery>,
    /// The form of what is written and sent, if that is not the lines themselves.
    events: Option<Events>,
    shown: Shown,
    tally: Tally,
}

impl Sink {
    fn write(&mut self, lines: EmittedLines<'_>) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        for line in lines.map(EmittedJson::as_bytes).filter(|line| !line.is_empty()) {
            let event = |emitted: Emitted| match &self.events {
                Some(events) => events.event(&emitted, line).map(|event| (emitted, event.into())),
                None => Ok((emitted, Cow::Borrowed(line))),
            };
            match serde_json::from_slice(line).and_then(event) {
                Ok((emitted, _)) if !self.shown.includes(&emitted) => {}
                Ok((emitted, line)) => {
                    let line = &*line;
                    self.tally.add(&emitted);
                    if let Some(delivery) = &mut self.delivery {
                        delivery.add(&emitted, line);
                    }
                    self.output.add(emitted, line);
                }
                Err(error) => {
                    self.tally.add_fault(format!(
                        "expected an attempt or a finding from the module: {error}"
                    ));
                }
            }
        }
        self.output.flush()?;
        self.delivery.as_mut().map_or(Ok(()), Delivery::send)
    }
}

/// Checks that a module keeps state, and restores the state in the file, if there is one. Returns the
/// checkpoint that was saved with it.
///
/// # Errors
/// [`Failure`], if the module keeps no state, or refuses this one.
pub(crate) fn prepare(
    mut filter: Filter,
    state: Option<&StateFile>,
) -> Result<(Filter, Option<Checkpoint>), Failure> {
    filter.reset().map_err(|error| Failure::Module {
        message: error.to_string(),
        advice: "a module that pairs records exports `sekisho_observe`: see `sekisho inspect`",
    })?;
    let checkpoint = match state {
        Some(state) => state.restore(&mut filter)?,
        None => None,
    };
    Ok((filter, checkpoint))
}

impl Observer {
    /// Creates an observer from an instance that [`prepare`] returned.
    pub(crate) fn new(
        mut filter: Filter,
        state: Option<StateFile>,
        output: Output,
        delivery: Option<Delivery>,
        shown: Shown,
    ) -> Self {
        let tally = Tally::since(counters(&mut filter));
        Self {
            filter,
            state,
            sink: Sink { output, delivery, events: None, shown, tally },
            is_changed: false,
            losses: 0,
            faulty: FaultyRecords::default(),
        }
    }

    /// The same, with attempts and findings as events in this form. Findings name the techniques of
    /// these rules.
    pub(crate) fn in_form(mut self, form: Option<Form>, rules: Option<&Rules>) -> Self {
        self.sink.events = form.map(|form| Events::new(form, rules));
        self
    }

    /// Goes on with an instance that is configured with these rules. It takes over the state.
    ///
    /// # Errors
    /// [`Failure`]: this instance stays in use.
    pub(crate) fn replace(
        &mut self,
        mut filter: Filter,
        rules: Option<&Rules>,
    ) -> Result<(), Failure> {
        let taken = self.filter.save().and_then(|state| filter.restore(state));
        taken.map_err(|error| Failure::Module {
            message: format!("the state cannot be taken over: {error}"),
            advice: "end the program and start it with the new rules",
        })?;
        self.filter = filter;
        // These rules may be others for the module.
        self.faulty = FaultyRecords::default();
        self.sink.events = self.sink.events.as_ref().map(|events| events.with_rules(rules));
        self.is_changed = true;
        Ok(())
    }

    /// How often what was observed since the last save was lost.
    pub(crate) fn losses(&self) -> u64 {
        self.losses
    }

    /// Whether the module fails on a record whenever it comes.
    pub(crate) fn is_faulty(&self, record: &[u8]) -> bool {
        self.faulty.contains(record)
    }

    /// The counters of the module.
    pub(crate) fn counters(&mut self) -> Counters {
        counters(&mut self.filter)
    }

    /// What was emitted.
    pub(crate) fn tally(&self) -> &Tally {
        &self.sink.tally
    }

    /// Cuts an output file back to where it was when the state was saved, if the program was killed:
    /// it emits again what was after it.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn cut_back_to(&self, checkpoint: &Checkpoint) -> io::Result<()> {
        match &checkpoint.output {
            Some(position) if !checkpoint.is_end => self.sink.output.cut_back(position),
            _ => Ok(()),
        }
    }

    /// Passes a record to the module, and writes what it emits. `now_ms` is the current time, or 0
    /// to use the time of the records.
    ///
    /// # Errors
    /// The error of the writer. The inner error is that of the module about the record.
    pub(crate) fn observe(&mut self, record: &[u8], now_ms: i64) -> io::Result<Result<(), Error>> {
        self.is_changed = true;
        match self.filter.observe(record, now_ms) {
            Ok(lines) => self.sink.write(lines).map(Ok),
            Err(error) => {
                if error.ends_instance() {
                    self.faulty.add(record);
                }
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
            Ok(lines) => {
                self.is_changed |= !lines.is_empty();
                self.sink.write(lines)
            }
            Err(error) => {
                self.fault(&error);
                Ok(())
            }
        }
    }

    /// Whether there is something to save.
    pub(crate) fn must_save(&self) -> bool {
        self.is_changed && self.state.is_some()
    }

    /// Saves the state of a stream, if there is a file for it. `input` is how far a file was read. Returns
    /// whether the module had a state.
    ///
    /// # Errors
    /// The state or the output cannot be written.
    pub(crate) fn save(&mut self, input: Option<FilePosition>) -> Result<bool, RunError> {
        let Some(state) = &self.state else { return Ok(true) };
        self.is_changed = false;
        let output = self.sink.output.position()?;
        let checkpoint = Checkpoint { input, output, is_end: false };
        match self.filter.save() {
            Ok(saved) => Ok(state.save(Some(&checkpoint), saved).map(|()| true)?),
            Err(error) => {
                self.fault(&error);
                Ok(false)
            }
        }
    }

    /// Ends the run. Open attempts are saved if there is a state file, and else written. An output file
    /// is replaced if `has_records`. Returns the counts, and how the output ended.
    ///
    /// # Errors
    /// The output or the state cannot be written.
    pub(crate) fn end(mut self, save: Save, has_records: bool) -> Result<(Tally, Ended), RunError> {
        if self.state.is_none() {
            self.flush()?;
        }
        let Self { mut filter, state, sink: Sink { output, mut tally, .. }, .. } = self;
        let ended = output.end(has_records)?;
        // Only after the output is written: a later run does not emit it again.
        let checkpoint = match save {
            Save::Checkpoint(ref input) => Some(Checkpoint {
                input: input.clone(),
                output: ended.position.clone(),
                is_end: true,
            }),
            Save::No | Save::State => None,
        };
        if let Some(state) = state.as_ref().filter(|_| !matches!(save, Save::No)) {
            match filter.save() {
                Ok(saved) => state.save(checkpoint.as_ref(), saved)?,
                Err(error) => tally.add_fault(error.to_string()),
            }
        }
        tally.after = counters(&mut filter);
        tally.state = state.as_ref().map(StateFile::name);
        Ok((tally, ended))
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
        self.losses += 1;
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
