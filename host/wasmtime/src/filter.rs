//! An instance of a module that survives the module's faults.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::annotated::Annotated;
use crate::batch::{BatchResults, Framing};
use crate::compiled::Compiled;
use crate::emitted::EmittedLines;
use crate::error::{Error, Fault};
use crate::guest::Guest;
use crate::verdict::VerdictJson;

/// One instance of a [`Module`](crate::Module), used by one thread at a time.
///
/// A call that fails with a [`Fault`] or with [`ErrorCode::Internal`] ends the instance. The next
/// call makes a new one and configures it as before; if that fails, the call fails with a
/// [`Fault`], and the call after it tries again.
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
}

impl Filter {
    pub(crate) fn new(compiled: Arc<Compiled>) -> Result<Self, Fault> {
        let guest = compiled.instantiate()?;
        Ok(Self { compiled, configuration: None, guest: Some(guest) })
    }

    /// Configures the module with UTF-8 JSON. New instances after a fault get it too.
    ///
    /// # Errors
    /// [`Error::Refused`], if the module refuses it; [`Error::Fault`], if the module is faulty.
    /// Either way the previous configuration stays.
    pub fn configure(&mut self, json: &[u8]) -> Result<(), Error> {
        self.call(|guest| guest.configure(json))?;
        self.configuration = Some(json.to_vec());
        Ok(())
    }

    /// Classifies one record. None: the record is not a sign-in, and no configured rule matches it.
    ///
    /// # Errors
    /// [`Error::Record`], if the module cannot classify the record; [`Error::Fault`], if the module
    /// is faulty. Pass the record on in both cases.
    pub fn process(&mut self, record: &[u8]) -> Result<Option<VerdictJson<'_>>, Error> {
        let (verdict, guest) = self.call(|guest| guest.process(record))?;
        Ok(verdict.map(|range| VerdictJson::new(guest.bytes(range))))
    }

    /// Adds the verdict to the record, as one more field of its top-level object. This never loses
    /// the record: [`Annotated::Added`] has been compared with it, and is the record, byte for byte,
    /// with bytes added at one place.
    pub fn annotate<'a>(&'a mut self, record: &'a [u8]) -> Annotated<'a> {
        match self.call(|guest| guest.annotate(record)) {
            Ok((Some(range), guest)) => Annotated::Added(guest.bytes(range)),
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
        let (list, guest) = self.call(|guest| guest.process_batch(input, framing as u32))?;
        Ok(BatchResults::new(list.map_or(&[], |range| guest.bytes(range))))
    }

    /// The module's manifest and counters, as JSON. Counters start at zero in a new instance.
    ///
    /// # Errors
    /// [`Error::Fault`], if the module is faulty; [`Error::Record`], if it returns an error code.
    pub fn describe(&mut self) -> Result<String, Error> {
        let (text, _) = self.call(Guest::describe)?;
        Ok(text)
    }

    /// Adds one record to the module's state. Returns the attempts and findings that are complete
    /// now. `now_ms` is the host's clock in milliseconds, from any origin, or 0 without a clock.
    ///
    /// # Errors
    /// [`Error::Record`], if the module cannot read the record, which is not added;
    /// [`Error::Fault`], if the module is faulty; [`Error::Stateless`], if it is stateless.
    pub fn observe(&mut self, record: &[u8], now_ms: i64) -> Result<EmittedLines<'_>, Error> {
        self.call_for_bytes(|guest| guest.observe(record, now_ms)).map(EmittedLines::new)
    }

    /// Moves the module's clock forward without a record. Returns the attempts and findings that
    /// are complete now.
    ///
    /// # Errors
    /// [`Error::Fault`], if the module is faulty; [`Error::Record`], if it returns an error code;
    /// [`Error::Stateless`], if it is stateless.
    pub fn tick(&mut self, now_ms: i64) -> Result<EmittedLines<'_>, Error> {
        self.call_for_bytes(|guest| guest.tick(now_ms)).map(EmittedLines::new)
    }

    /// Ends the stream: returns the attempts that are still open. A call returns about a megabyte at
    /// most; call it until it returns nothing.
    ///
    /// # Errors
    /// As [`Filter::tick`].
    pub fn flush(&mut self) -> Result<EmittedLines<'_>, Error> {
        self.call_for_bytes(Guest::flush).map(EmittedLines::new)
    }

    /// The state as bytes, for [`Filter::restore`] in any later instance. The state stays.
    ///
    /// # Errors
    /// As [`Filter::tick`].
    pub fn save(&mut self) -> Result<&[u8], Error> {
        self.call_for_bytes(Guest::save)
    }

    /// Replaces the state by a saved one. It is passed to the module in parts, and each part may
    /// take as long as [`Settings::deadline`](crate::Settings::deadline).
    ///
    /// # Errors
    /// [`Error::Refused`], if the module refuses it, and the previous state stays;
    /// [`Error::Fault`], if the module is faulty; [`Error::Stateless`], if it is stateless.
    pub fn restore(&mut self, state: &[u8]) -> Result<(), Error> {
        self.call(|guest| guest.restore(state)).map(|((), _)| ())
    }

    /// Clears the state and keeps the configuration.
    ///
    /// # Errors
    /// [`Error::Fault`], if the module is faulty; [`Error::Stateless`], if it is stateless.
    pub fn reset(&mut self) -> Result<(), Error> {
        self.call(Guest::reset).map(|((), _)| ())
    }

    /// The size of the instance's memory, in bytes: it grows and never shrinks. 0 if a fault has
    /// ended the instance.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.guest.as_ref().map_or(0, |guest| guest.memory_bytes())
    }

    /// Runs `steps` and returns the bytes in the range they return.
    fn call_for_bytes(
        &mut self,
        steps: impl FnOnce(&mut Guest) -> Result<Option<Range<usize>>, Error>,
    ) -> Result<&[u8], Error> {
        let (range, guest) = self.call(steps)?;
        Ok(range.map_or(&[], |range| guest.bytes(range)))
    }

    /// Runs `steps` on a live instance, which a fault or an internal error ends.
    fn call<T>(
        &mut self,
        steps: impl FnOnce(&mut Guest) -> Result<T, Error>,
    ) -> Result<(T, &Guest), Error> {
        let mut guest = match self.guest.take() {
            Some(guest) => guest,
            None => self.restart()?,
        };
        guest.start_clock();
        match steps(&mut guest) {
            Ok(result) => Ok((result, self.guest.insert(guest))),
            Err(error) => {
                if !error.ends_instance() {
                    self.guest = Some(guest);
                }
                Err(error)
            }
        }
    }

    #[cold]
    fn restart(&self) -> Result<Box<Guest>, Fault> {
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
