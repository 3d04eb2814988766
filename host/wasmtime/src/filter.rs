//! An instance of a module that survives the module's faults.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::annotated::Annotated;
use crate::batch::{BatchResults, Framing};
use crate::compiled::Compiled;
use crate::emission::Emission;
use crate::emitted::EmittedLines;
use crate::error::{Error, Fault};
use crate::exports::{FLUSH, OBSERVE, TICK};
use crate::guest::{AnnotatedRange, Guest};
use crate::health::{Health, WHOLE_DEADLINE_BYTES};
use crate::verdict::VerdictJson;

/// One instance of a [`Module`](crate::Module), used by one thread at a time.
///
/// A call that fails with a [`Fault`] or with [`ErrorCode::Internal`] ends the instance. The next
/// call makes a new one and configures it as before; if that fails, the call fails with a
/// [`Fault`], and the call after it tries again.
///
/// A module that is not [trusted](crate::Settings::trust) is given up after 16 such calls in a row, or
/// when its calls together took 16 deadlines, or a minute, longer than the sizes of their inputs
/// and outputs justify (a mebibyte justifies a deadline): then every call of all its filters fails at
/// once, with
/// [`Fault::GivenUp`].
///
/// The state that [`Filter::observe`] has built up is lost with the instance, whichever call ended
/// it: see [`Error::ends_instance`]. To get it back, keep the output of [`Filter::save`], pass it
/// to [`Filter::restore`], and observe the records since then again.
///
/// ```
/// use sekisho_host::Module;
///
/// let mut filter = Module::new(sekisho_module::SIMD)?.filter()?;
/// filter.configure(br#"{"field":"verdict"}"#)?;
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ExitRole"}"#;
/// let annotated = filter.annotate(record);
/// let added = br#","verdict":{"kind":"role_exit","#;
/// assert!(annotated.bytes()[record.len() - 1..].starts_with(added));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`ErrorCode::Internal`]: crate::ErrorCode::Internal
pub struct Filter {
    compiled: Arc<Compiled>,
    /// The configuration that was accepted last.
    configuration: Option<Vec<u8>>,
    /// None after a fault.
    guest: Option<Box<Guest>>,
    /// Whether no call has succeeded since the last fault.
    is_recovering: bool,
    emission: Emission,
}

impl Filter {
    pub(crate) fn new(compiled: Arc<Compiled>) -> Result<Self, Fault> {
        let guest = compiled.instantiate()?;
        Ok(Self {
            compiled,
            configuration: None,
            guest: Some(guest),
            is_recovering: false,
            emission: Emission::default(),
        })
    }

    /// Configures the module with UTF-8 JSON. New instances after a fault get it too.
    ///
    /// # Errors
    /// [`Error::Refused`], if the module refuses it; [`Error::Fault`], if the module is faulty.
    /// Either way the previous configuration stays.
    pub fn configure(&mut self, json: &[u8]) -> Result<(), Error> {
        self.call(WHOLE_DEADLINE_BYTES, |guest| guest.configure(json))?;
        self.configuration = Some(json.to_vec());
        Ok(())
    }

    /// Classifies one record. None: the record is not a sign-in, and no configured rule matches it.
    ///
    /// # Errors
    /// [`Error::Record`], if the module cannot classify the record; [`Error::Fault`], if the module
    /// is faulty. Pass the record on in both cases.
    pub fn process(&mut self, record: &[u8]) -> Result<Option<VerdictJson<'_>>, Error> {
        let (verdict, guest) = self.call(record.len(), |guest| guest.process(record))?;
        Ok(verdict.map(|range| VerdictJson::new(guest.bytes(range))))
    }

    /// Adds the verdict to the record, as one more field of its top-level object. This never loses
    /// the record: [`Annotated::Added`] has been compared with it, and is the record, byte for byte,
    /// with a field added at its end.
    pub fn annotate<'a>(&'a mut self, record: &'a [u8]) -> Annotated<'a> {
        match self.call(record.len(), |guest| guest.annotate(record)) {
            Ok((Some(AnnotatedRange { record, verdict }), guest)) => {
                let record = guest.bytes(record);
                Annotated::Added { record, verdict: VerdictJson::new(&record[verdict]) }
            }
            Ok((None, _)) => Annotated::Unchanged(record),
            Err(error) => Annotated::Failed { record, error },
        }
    }

    /// Classifies many records in one call, which saves most of the cost of calling. A record that
    /// cannot be classified has its error among the results and does not affect the others.
    ///
    /// # Errors
    /// [`Error::Record`], if the input as a whole cannot be split into records or is too large;
    /// [`Error::Fault`], if the module is faulty. To find the record that triggers a fault, pass
    /// them to [`Filter::process`] one by one.
    pub fn process_batch(
        &mut self,
        input: &[u8],
        framing: Framing,
    ) -> Result<BatchResults<'_>, Error> {
        let (list, guest) =
            self.call(input.len(), |guest| guest.process_batch(input, framing as u32))?;
        Ok(BatchResults::new(list.map_or(&[], |range| guest.bytes(range))))
    }

    /// The module's manifest and counters, as JSON. Counters start at zero in a new instance.
    ///
    /// # Errors
    /// [`Error::Fault`], if the module is faulty; [`Error::Record`], if it returns an error code.
    pub fn describe(&mut self) -> Result<String, Error> {
        let (text, _) = self.call(WHOLE_DEADLINE_BYTES, Guest::describe)?;
        Ok(text)
    }

    /// Adds one record to the module's state. Returns the attempts and findings that are complete
    /// now. `now_ms` is the host's clock in milliseconds, from any origin, or 0 without a clock.
    ///
    /// # Errors
    /// [`Error::Record`], if the module cannot read the record, which is not added;
    /// [`Error::Fault`], if the module is faulty; [`Error::Stateless`], if it is stateless.
    pub fn observe(&mut self, record: &[u8], now_ms: i64) -> Result<EmittedLines<'_>, Error> {
        self.emission.observed();
        self.call_for_lines(OBSERVE, record.len(), |guest| guest.observe(record, now_ms))
    }

    /// Moves the module's clock forward without a record. Returns the attempts and findings that
    /// are complete now.
    ///
    /// # Errors
    /// [`Error::Fault`], if the module is faulty; [`Error::Record`], if it returns an error code;
    /// [`Error::Stateless`], if it is stateless.
    pub fn tick(&mut self, now_ms: i64) -> Result<EmittedLines<'_>, Error> {
        self.call_for_lines(TICK, 0, |guest| guest.tick(now_ms))
    }

    /// Ends the stream: returns the attempts that are still open. A call returns about a megabyte at
    /// most; call it until it returns nothing.
    ///
    /// # Errors
    /// As [`Filter::tick`].
    pub fn flush(&mut self) -> Result<EmittedLines<'_>, Error> {
        self.call_for_lines(FLUSH, 0, Guest::flush)
    }

    /// The state as bytes, for [`Filter::restore`] in any later instance. The state stays.
    ///
    /// # Errors
    /// As [`Filter::tick`].
    pub fn save(&mut self) -> Result<&[u8], Error> {
        let (range, guest) = self.call(WHOLE_DEADLINE_BYTES, Guest::save)?;
        Ok(range.map_or(&[], |range| guest.bytes(range)))
    }

    /// Replaces the state by a saved one. It is passed to the module in parts, and each part may
    /// take as long as [`Settings::deadline`](crate::Settings::deadline).
    ///
    /// # Errors
    /// [`Error::Refused`], if the module refuses it, and the previous state stays;
    /// [`Error::Fault`], if the module is faulty; [`Error::Stateless`], if it is stateless.
    pub fn restore(&mut self, state: &[u8]) -> Result<(), Error> {
        self.call(WHOLE_DEADLINE_BYTES, |guest| guest.restore(state))?;
        self.emission.restored(state);
        Ok(())
    }

    /// Clears the state and keeps the configuration.
    ///
    /// # Errors
    /// [`Error::Fault`], if the module is faulty; [`Error::Stateless`], if it is stateless.
    pub fn reset(&mut self) -> Result<(), Error> {
        self.call(WHOLE_DEADLINE_BYTES, Guest::reset).map(|((), _)| ())
    }

    /// The size of the instance's memory, in bytes: it grows and never shrinks. 0 if a fault has
    /// ended the instance.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.guest.as_ref().map_or(0, |guest| guest.memory_bytes())
    }

    /// Runs `steps` and returns the lines in the range they return, if they are not too many.
    fn call_for_lines(
        &mut self,
        export: &'static str,
        input_bytes: usize,
        steps: impl FnOnce(&mut Guest) -> Result<Option<Range<usize>>, Error>,
    ) -> Result<EmittedLines<'_>, Error> {
        let mut emission = std::mem::take(&mut self.emission);
        let is_trusted = self.compiled.is_trusted();
        let result = self.call(input_bytes, |guest| {
            let Some(range) = steps(guest)? else { return Ok(None) };
            if !is_trusted {
                let (memory, configuration) = (guest.memory_bytes(), guest.configuration_bytes());
                emission.add(export, range.len(), memory, configuration)?;
            }
            Ok(Some(range))
        });
        let range = result.map(|(range, _)| range);
        self.emission = emission;
        match (range?, &self.guest) {
            (Some(range), Some(guest)) => Ok(EmittedLines::new(guest.bytes(range))),
            _ => Ok(EmittedLines::new(&[])),
        }
    }

    /// Runs `steps` on a live instance, which a fault or an internal error ends. If the module is not
    /// trusted, an input of so many bytes, and the output, justify only so much time.
    fn call<T>(
        &mut self,
        input_bytes: usize,
        steps: impl FnOnce(&mut Guest) -> Result<T, Error>,
    ) -> Result<(T, &Guest), Error> {
        let mut guest = match self.guest.take() {
            Some(guest) => guest,
            None => self.restart()?,
        };
        guest.start_clock();
        let result = steps(&mut guest);
        if let (Some(health), Some(time)) = (&self.compiled.health, guest.time_used()) {
            health.used(time, input_bytes.saturating_add(guest.output_bytes()));
            if let Some(fault) = health.given_up() {
                return Err(fault.clone().into());
            }
        }
        if self.is_recovering && !result.as_ref().is_err_and(Error::ends_instance) {
            self.recovered();
        }
        match result {
            Ok(result) => Ok((result, self.guest.insert(guest))),
            Err(error) => {
                match error.ends_instance() {
                    true => self.failed(&error),
                    false => self.guest = Some(guest),
                }
                Err(error)
            }
        }
    }

    #[cold]
    fn recovered(&mut self) {
        self.is_recovering = false;
        if let Some(health) = &self.compiled.health {
            health.recovered();
        }
    }

    #[cold]
    fn failed(&mut self, error: &Error) {
        self.is_recovering = true;
        if let Some(health) = &self.compiled.health {
            health.failed(error);
        }
    }

    /// A new instance, in place of one that a fault has ended.
    #[cold]
    fn restart(&mut self) -> Result<Box<Guest>, Fault> {
        if let Some(fault) = self.compiled.health.as_ref().and_then(Health::given_up) {
            return Err(fault.clone());
        }
        self.instantiate().inspect_err(|fault| self.failed(&Error::Fault(fault.clone())))
    }

    fn instantiate(&self) -> Result<Box<Guest>, Fault> {
        let mut guest = self.compiled.instantiate()?;
        if let Some(json) = &self.configuration {
            guest.configure(json).map_err(|error| match error {
                Error::Refused(error) | Error::Record(error) => Fault::Configuration(error),
                Error::Fault(fault) => fault,
                // `configure` is not one of the stateful exports.
                Error::Stateless => Fault::Instantiation { reason: error.to_string() },
            })?;
        }
        Ok(guest)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").finish_non_exhaustive()
    }
}
