//! One instance of a module. Every number it returns is checked before it is used.

use std::ops::Range;
use std::time::Duration;

use wasmtime::{Instance, InstancePre, Memory, Store, Trap, TypedFunc, WasmParams, WasmResults};

use crate::annotated::added_verdict;
use crate::batch::{self, BatchResults};
use crate::deadline::Clock;
use crate::error::{AbiError, Error, ErrorCode, Fault};
use crate::exports::{
    ANNOTATE, CONFIGURE, DESCRIBE, FLUSH, INPUT, LAST_ERROR, MEMORY, OBSERVE, OUTPUT, OUTPUT_CELL,
    PEEK, PROCESS, PROCESS_BATCH, RESET, RESTORE, SAVE, TICK,
};
use crate::form;
use crate::limits::{Limiter, Limits};

/// The most that is kept of a message, in bytes.
const MESSAGE_LIMIT_BYTES: usize = 4096;

/// The most bytes of a description.
const DESCRIPTION_LIMIT_BYTES: usize = 1 << 20;

/// A saved state is passed to the guest in parts of this size. The ABI allows 16 MiB, but the guest
/// would keep an input buffer of that size for good.
const STATE_PART_BYTES: usize = 64 << 10;

/// The first bytes of a record, which decide most of a trail.
const PEEK_BYTES: usize = 1024;

/// A function of the guest, with its name for error messages.
struct Export<Parameters, Results> {
    name: &'static str,
    function: TypedFunc<Parameters, Results>,
}

impl<P: WasmParams, R: WasmResults> Export<P, R> {
    fn find(
        instance: Instance,
        store: &mut Store<Limiter>,
        name: &'static str,
    ) -> Result<Self, Fault> {
        let function =
            instance.get_typed_func(store, name).map_err(|error| instantiation(&error))?;
        Ok(Self { name, function })
    }

    fn call(&self, store: &mut Store<Limiter>, parameters: P) -> Result<R, Fault> {
        self.function
            .call(&mut *store, parameters)
            .map_err(|error| call_fault(self.name, store.data(), &error))
    }
}

/// Where an annotated record is in memory, and the verdict in the record.
pub(crate) struct AnnotatedRange {
    pub(crate) record: Range<usize>,
    pub(crate) verdict: Range<usize>,
}

/// The guest's current input buffer. It stays valid until the next call of `sekisho_input`, so that
/// one call serves all records that fit.
#[derive(Clone, Copy)]
struct InputBuffer {
    pointer: u32,
    capacity: u32,
}

/// The guest's function that looks at the first bytes of a record.
struct Peek {
    function: Export<(u32, u32), i32>,
    /// So many next records are copied whole.
    whole_records: u32,
}

impl Peek {
    /// None in an early module.
    fn find(instance: Instance, store: &mut Store<Limiter>) -> Result<Option<Self>, Fault> {
        if instance.get_func(&mut *store, PEEK).is_none() {
            return Ok(None);
        }
        Ok(Some(Self { function: Export::find(instance, store, PEEK)?, whole_records: 0 }))
    }
}

/// The stateful functions of a guest.
struct Stateful {
    observe: Export<(u32, u32, i64), i32>,
    tick: Export<i64, i32>,
    flush: Export<(), i32>,
    save: Export<(), i32>,
    restore: Export<(u32, u32), i32>,
    reset: Export<(), ()>,
}

impl Stateful {
    /// None in a stateless guest.
    fn find(instance: Instance, store: &mut Store<Limiter>) -> Result<Option<Self>, Fault> {
        if instance.get_func(&mut *store, OBSERVE).is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            observe: Export::find(instance, store, OBSERVE)?,
            tick: Export::find(instance, store, TICK)?,
            flush: Export::find(instance, store, FLUSH)?,
            save: Export::find(instance, store, SAVE)?,
            restore: Export::find(instance, store, RESTORE)?,
            reset: Export::find(instance, store, RESET)?,
        }))
    }
}

/// An instance of a module that [`check`](crate::check::check) accepts.
///
/// After a [`Fault`] it must not be called again.
pub(crate) struct Guest {
    store: Store<Limiter>,
    memory: Memory,
    limits: Limits,
    /// The length of the configuration.
    configuration_bytes: usize,
    /// The length of the last output.
    output_bytes: usize,
    input_buffer: Option<InputBuffer>,
    peek: Option<Peek>,
    input: Export<u32, u32>,
    configure: Export<(u32, u32), i32>,
    process: Export<(u32, u32), i32>,
    annotate: Export<(u32, u32), i32>,
    process_batch: Export<(u32, u32, u32), i32>,
    output: Export<(), u32>,
    /// Where the guest keeps the address of its output, if it says so.
    output_cell: Option<usize>,
    last_error: Export<(), i32>,
    describe: Export<(), i32>,
    stateful: Option<Stateful>,
}

impl Guest {
    pub(crate) fn new(module: &InstancePre<Limiter>, limits: Limits) -> Result<Self, Fault> {
        let mut store = Store::new(module.module().engine(), Limiter::new(limits));
        store.limiter(|limiter| limiter);
        if let Some(deadline) = limits.deadline {
            store.set_epoch_deadline(Clock::FIRST_TICKS);
            store.epoch_deadline_callback(move |mut store| {
                Ok(store.data_mut().clock.check(deadline))
            });
        }
        let instance = module.instantiate(&mut store).map_err(|error| instantiation(&error))?;
        let memory = instance
            .get_memory(&mut store, MEMORY)
            .ok_or_else(|| Fault::Instantiation { reason: "no memory".into() })?;
        Ok(Self {
            memory,
            limits,
            configuration_bytes: 0,
            output_bytes: 0,
            input_buffer: None,
            peek: Peek::find(instance, &mut store)?,
            input: Export::find(instance, &mut store, INPUT)?,
            configure: Export::find(instance, &mut store, CONFIGURE)?,
            process: Export::find(instance, &mut store, PROCESS)?,
            annotate: Export::find(instance, &mut store, ANNOTATE)?,
            process_batch: Export::find(instance, &mut store, PROCESS_BATCH)?,
            output: Export::find(instance, &mut store, OUTPUT)?,
            last_error: Export::find(instance, &mut store, LAST_ERROR)?,
            describe: Export::find(instance, &mut store, DESCRIBE)?,
            stateful: Stateful::find(instance, &mut store)?,
            output_cell: output_cell(instance, &mut store)?,
            store,
        })
    }

    pub(crate) fn configure(&mut self, json: &[u8]) -> Result<(), Error> {
        let input = self.write(json)?.map_err(Error::Refused)?;
        match self.configure.call(&mut self.store, input)? {
            0 => {
                self.configuration_bytes = json.len();
                if let Some(peek) = &mut self.peek {
                    peek.whole_records = 0;
                }
                Ok(())
            }
            code @ ..0 => Err(Error::Refused(self.last_error(code)?)),
            found => Err(Error::Fault(Fault::ReturnValue {
                export: CONFIGURE,
                found,
                expected: "0 or an error code",
            })),
        }
    }

    /// The range of the verdict in memory.
    pub(crate) fn process(&mut self, record: &[u8]) -> Result<Option<Range<usize>>, Error> {
        if self.is_decided(record)? {
            return Ok(None);
        }
        let input = self.write(record)?.map_err(Error::Record)?;
        let n = self.process.call(&mut self.store, input)?;
        let output = self.output_of(PROCESS, n)?;
        if let Some(range) = &output {
            self.peek_after(1);
            self.check_verdict(PROCESS, record.len(), self.bytes(range.clone()))?;
        }
        Ok(output)
    }

    /// Where the annotated record is in memory.
    pub(crate) fn annotate(&mut self, record: &[u8]) -> Result<Option<AnnotatedRange>, Error> {
        if self.is_decided(record)? {
            return Ok(None);
        }
        let input = self.write(record)?.map_err(Error::Record)?;
        let n = self.annotate.call(&mut self.store, input)?;
        let Some(range) = self.output_of(ANNOTATE, n)? else { return Ok(None) };
        self.peek_after(1);
        let annotated = self.bytes(range.clone());
        let verdict = added_verdict(record, annotated).ok_or(Fault::RecordAltered)?;
        let added = &annotated[verdict.clone()];
        let field_bytes = annotated.len() - record.len() - added.len();
        check_length(ANNOTATE, field_bytes, form::FIELD_BYTES)?;
        match form::are_members(added) {
            true if self.is_trusted() => {}
            true => self.check_verdict(ANNOTATE, record.len(), &[b"{", added, b"}"].concat())?,
            false => self.check_verdict(ANNOTATE, record.len(), added)?,
        }
        Ok(Some(AnnotatedRange { record: range, verdict }))
    }

    /// The range in memory of a list that [`batch::check`] accepts.
    pub(crate) fn process_batch(
        &mut self,
        input: &[u8],
        framing: u32,
    ) -> Result<Option<Range<usize>>, Error> {
        let (pointer, length) = self.write(input)?.map_err(Error::Record)?;
        let n = self.process_batch.call(&mut self.store, (pointer, length, framing))?;
        let output = self.output_of(PROCESS_BATCH, n)?;
        if let Some(range) = &output {
            let list = self.bytes(range.clone());
            batch::check(list)?;
            for (_, result) in BatchResults::new(list) {
                if let Ok(verdict) = result {
                    self.check_verdict(PROCESS_BATCH, input.len(), verdict.as_bytes())?;
                }
            }
        }
        Ok(output)
    }

    pub(crate) fn describe(&mut self) -> Result<String, Error> {
        let n = self.describe.call(&mut self.store, ())?;
        let Some(range) = self.output_of(DESCRIBE, n)? else {
            return Ok(String::new());
        };
        check_length(DESCRIBE, range.len(), DESCRIPTION_LIMIT_BYTES)?;
        let text = std::str::from_utf8(self.bytes(range))
            .map_err(|error| Fault::NotUtf8 { export: DESCRIBE, offset: error.valid_up_to() })?;
        Ok(text.to_owned())
    }

    /// The range of the emitted lines in memory.
    pub(crate) fn observe(
        &mut self,
        record: &[u8],
        now_ms: i64,
    ) -> Result<Option<Range<usize>>, Error> {
        let (pointer, length) = self.write(record)?.map_err(Error::Record)?;
        let observe = &present(&self.stateful)?.observe;
        let n = observe.call(&mut self.store, (pointer, length, now_ms))?;
        self.output_of(OBSERVE, n)
    }

    /// The range of the emitted lines in memory.
    pub(crate) fn tick(&mut self, now_ms: i64) -> Result<Option<Range<usize>>, Error> {
        let n = present(&self.stateful)?.tick.call(&mut self.store, now_ms)?;
        self.output_of(TICK, n)
    }

    /// The range of the emitted lines in memory.
    pub(crate) fn flush(&mut self) -> Result<Option<Range<usize>>, Error> {
        let n = present(&self.stateful)?.flush.call(&mut self.store, ())?;
        self.output_of(FLUSH, n)
    }

    /// The range of the state in memory.
    pub(crate) fn save(&mut self) -> Result<Option<Range<usize>>, Error> {
        let n = present(&self.stateful)?.save.call(&mut self.store, ())?;
        self.output_of(SAVE, n)
    }

    pub(crate) fn restore(&mut self, state: &[u8]) -> Result<(), Error> {
        let mut left = state;
        loop {
            let part;
            (part, left) = left.split_at(left.len().min(STATE_PART_BYTES));
            self.start_clock();
            let input = self.write(part)?.map_err(Error::Refused)?;
            match present(&self.stateful)?.restore.call(&mut self.store, input)? {
                0 if left.is_empty() => return Ok(()),
                // The state is cut short: an empty part ends it.
                1 if !part.is_empty() => {}
                code @ ..0 => return Err(Error::Refused(self.last_error(code)?)),
                found => {
                    let expected = match part {
                        [] => "0 or an error code after the last part",
                        _ if left.is_empty() => "0, 1 or an error code",
                        _ => "1 or an error code before the last part",
                    };
                    return Err(Fault::ReturnValue { export: RESTORE, found, expected }.into());
                }
            }
        }
    }

    pub(crate) fn reset(&mut self) -> Result<(), Error> {
        Ok(present(&self.stateful)?.reset.call(&mut self.store, ())?)
    }

    /// The bytes of the rules, at most: they are in the configuration, or in the module.
    fn rules_bytes(&self) -> usize {
        self.configuration_bytes.saturating_add(self.limits.module_bytes)
    }

    fn is_trusted(&self) -> bool {
        self.limits.deadline.is_none()
    }

    /// Checks a verdict on a record, or on one in a batch, of so many bytes, unless the module is
    /// trusted.
    fn check_verdict(
        &self,
        export: &'static str,
        record_bytes: usize,
        verdict: &[u8],
    ) -> Result<(), Fault> {
        if self.is_trusted() {
            return Ok(());
        }
        let limit = form::result_limit(verdict, self.rules_bytes(), record_bytes);
        check_length(export, verdict.len(), limit)?;
        form::check(verdict).map_err(|reason| Fault::Verdict { export, reason })
    }

    /// The length of the configuration, in bytes.
    pub(crate) fn configuration_bytes(&self) -> usize {
        self.configuration_bytes
    }

    /// The length of the output of the last call, in bytes.
    pub(crate) fn output_bytes(&self) -> usize {
        self.output_bytes
    }

    /// The processor time of the last call, unless it was shorter than a tick.
    pub(crate) fn time_used(&self) -> Option<Duration> {
        self.store.data().clock.used()
    }

    /// The size of the memory.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.memory.data_size(&self.store)
    }

    /// The bytes of a range that a call has just checked. Memory never shrinks, so it is still valid.
    pub(crate) fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.memory.data(&self.store)[range]
    }

    /// Restarts the deadline; to be called before the first step of every call.
    pub(crate) fn start_clock(&mut self) {
        let limiter = self.store.data_mut();
        limiter.memory_refused = false;
        self.output_bytes = 0;
        if limiter.limits.deadline.is_some() {
            limiter.clock = Clock::default();
            self.store.set_epoch_deadline(Clock::FIRST_TICKS);
        }
    }

    /// Whether the first bytes of a record show that it has no verdict.
    #[inline]
    fn is_decided(&mut self, record: &[u8]) -> Result<bool, Error> {
        match &mut self.peek {
            None => Ok(false),
            Some(Peek { whole_records: 0, .. }) => match record.len() {
                ..=PEEK_BYTES => Ok(false),
                _ => self.peek(record),
            },
            Some(peek) => {
                peek.whole_records -= 1;
                Ok(false)
            }
        }
    }

    /// Copies whole records for at least so many next ones.
    #[inline]
    fn peek_after(&mut self, records: u32) {
        if let Some(peek) = &mut self.peek {
            peek.whole_records = peek.whole_records.max(records);
        }
    }

    fn peek(&mut self, record: &[u8]) -> Result<bool, Error> {
        let input = self.write_start(record, PEEK_BYTES)?.map_err(Error::Record)?;
        let Some(peek) = &mut self.peek else { return Ok(false) };
        let n = peek.function.call(&mut self.store, input)?;
        match u32::try_from(n) {
            Ok(records) => {
                peek.whole_records = records.saturating_sub(1);
                Ok(records == 0)
            }
            Err(_) => Err(Error::Record(self.last_error(n)?)),
        }
    }

    /// Copies the input into the guest and returns its pointer and length there, or the error that
    /// the guest has no buffer for it.
    #[inline]
    fn write(&mut self, input: &[u8]) -> Result<Result<(u32, u32), AbiError>, Fault> {
        self.write_start(input, input.len())
    }

    /// The same for the first `count` bytes of an input for which the guest has a buffer.
    #[inline]
    fn write_start(
        &mut self,
        input: &[u8],
        count: usize,
    ) -> Result<Result<(u32, u32), AbiError>, Fault> {
        let Ok(length) = u32::try_from(input.len()) else { return Ok(Err(no_buffer(input))) };
        let pointer = self.input_pointer(length)?;
        if pointer == 0 {
            return Ok(Err(no_buffer(input)));
        }
        let memory = self.memory.data_mut(&mut self.store);
        let range = checked(INPUT, pointer, length, memory.len())?;
        memory[range][..count].copy_from_slice(&input[..count]);
        Ok(Ok((pointer, count as u32)))
    }

    /// Where `length` bytes of input go; 0 if the guest has no room for them.
    fn input_pointer(&mut self, length: u32) -> Result<u32, Fault> {
        if let Some(buffer) = self.input_buffer
            && length <= buffer.capacity
        {
            return Ok(buffer.pointer);
        }
        let pointer = self.input.call(&mut self.store, length)?;
        self.input_buffer = (pointer != 0).then_some(InputBuffer { pointer, capacity: length });
        Ok(pointer)
    }

    /// The range of the output, if `export` returned `n`.
    fn output_of(&mut self, export: &'static str, n: i32) -> Result<Option<Range<usize>>, Error> {
        match u32::try_from(n) {
            Ok(0) => Ok(None),
            Ok(length) => Ok(Some(self.output_range(export, length)?)),
            Err(_) => Err(Error::Record(self.last_error(n)?)),
        }
    }

    fn output_range(&mut self, export: &'static str, length: u32) -> Result<Range<usize>, Fault> {
        self.output_bytes = length as usize;
        let cell = self.output_cell.and_then(|cell| self.memory.data(&self.store).get(cell..));
        let start = match cell.and_then(<[u8]>::first_chunk) {
            Some(address) => u32::from_le_bytes(*address),
            None => self.output.call(&mut self.store, ())?,
        };
        checked(export, start, length, self.memory.data_size(&self.store))
    }

    /// The error code with its message.
    #[cold]
    fn last_error(&mut self, code: i32) -> Result<AbiError, Fault> {
        Ok(AbiError { code: ErrorCode::from_number(code), message: self.message()? })
    }

    fn message(&mut self) -> Result<String, Fault> {
        let n = self.last_error.call(&mut self.store, ())?;
        let length = u32::try_from(n).map_err(|_| Fault::ReturnValue {
            export: LAST_ERROR,
            found: n,
            expected: "the length of a message",
        })?;
        let message = self.output_range(LAST_ERROR, length)?;
        let kept = message.start..message.end.min(message.start + MESSAGE_LIMIT_BYTES);
        Ok(String::from_utf8_lossy(self.bytes(kept)).into_owned())
    }
}

/// The address of the cell with the address of the output. An early module has none.
fn output_cell(instance: Instance, store: &mut Store<Limiter>) -> Result<Option<usize>, Fault> {
    if instance.get_func(&mut *store, OUTPUT_CELL).is_none() {
        return Ok(None);
    }
    let address = Export::<(), u32>::find(instance, store, OUTPUT_CELL)?.call(store, ())?;
    Ok(Some(address as usize))
}

fn check_length(export: &'static str, found_bytes: usize, limit_bytes: usize) -> Result<(), Fault> {
    match found_bytes <= limit_bytes {
        true => Ok(()),
        false => Err(Fault::TooLong { export, found_bytes, limit_bytes }),
    }
}

/// The stateful functions, which a stateless guest lacks.
fn present(stateful: &Option<Stateful>) -> Result<&Stateful, Error> {
    stateful.as_ref().ok_or(Error::Stateless)
}

/// The range, if it is inside the memory.
fn checked(
    export: &'static str,
    start: u32,
    length_bytes: u32,
    memory_bytes: usize,
) -> Result<Range<usize>, Fault> {
    let outside = Fault::OutsideMemory { export, start, length_bytes, memory_bytes };
    match (start as usize).checked_add(length_bytes as usize) {
        Some(end) if end <= memory_bytes => Ok(start as usize..end),
        _ => Err(outside),
    }
}

/// This error is the host's: a module without room for an input has seen nothing of it.
fn no_buffer(input: &[u8]) -> AbiError {
    AbiError {
        code: ErrorCode::TooLarge,
        message: format!("the module has no input buffer of {} bytes", input.len()),
    }
}

#[cold]
fn call_fault(export: &'static str, limiter: &Limiter, error: &wasmtime::Error) -> Fault {
    let trap = error.downcast_ref::<Trap>();
    if let (Some(Trap::Interrupt), Some(deadline)) = (trap, limiter.limits.deadline) {
        return Fault::Deadline { export, limit: deadline.limit };
    }
    if limiter.memory_refused {
        return Fault::MemoryLimit { export, limit_bytes: limiter.limits.memory_bytes };
    }
    Fault::Trapped { export, reason: trap.map_or_else(|| error.to_string(), ToString::to_string) }
}

#[cold]
fn instantiation(error: &wasmtime::Error) -> Fault {
    Fault::Instantiation { reason: format!("{error:#}") }
}
