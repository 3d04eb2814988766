//! One instance of a module. Nothing it says is believed before it is checked.

use std::ops::Range;

use wasmtime::{Instance, InstancePre, Memory, Store, Trap, TypedFunc, WasmParams, WasmResults};

use crate::annotated::adds_to;
use crate::answers;
use crate::error::{Error, ErrorCode, Fault, RecordError};
use crate::limits::{Limiter, Limits};

pub(crate) const MARKER: &str = "sekisho_abi_v1";
pub(crate) const MEMORY: &str = "memory";
pub(crate) const INPUT: &str = "sekisho_input";
pub(crate) const CONFIGURE: &str = "sekisho_configure";
pub(crate) const PROCESS: &str = "sekisho_process";
pub(crate) const ANNOTATE: &str = "sekisho_annotate";
pub(crate) const PROCESS_BATCH: &str = "sekisho_process_batch";
pub(crate) const OUTPUT: &str = "sekisho_output";
pub(crate) const LAST_ERROR: &str = "sekisho_last_error";
pub(crate) const DESCRIBE: &str = "sekisho_describe";
pub(crate) const OBSERVE: &str = "sekisho_observe";
pub(crate) const TICK: &str = "sekisho_tick";
pub(crate) const FLUSH: &str = "sekisho_flush";
pub(crate) const SAVE: &str = "sekisho_save";
pub(crate) const RESTORE: &str = "sekisho_restore";
pub(crate) const RESET: &str = "sekisho_reset";

/// As much of the module's sentence about an error as is kept.
const SENTENCE_LIMIT_BYTES: usize = 4096;

/// A saved state goes in by parts of this size. The ABI allows 16 MiB, but the guest would keep an
/// input buffer of that size for good.
const STATE_PART_BYTES: usize = 64 << 10;

/// A function of the guest, with its name for what is said about it.
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

/// The input buffer that the guest lent last. It stays valid until the next one is asked for, so
/// one call serves all records that fit.
#[derive(Clone, Copy)]
struct InputBuffer {
    pointer: u32,
    capacity: u32,
}

/// The functions of a guest that keeps state.
struct Stateful {
    observe: Export<(u32, u32, i64), i32>,
    tick: Export<i64, i32>,
    flush: Export<(), i32>,
    save: Export<(), i32>,
    restore: Export<(u32, u32), i32>,
    reset: Export<(), ()>,
}

impl Stateful {
    /// None in a guest that keeps no state.
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

/// An instance of a module that passed [`load::check`](crate::load::check).
///
/// After a [`Fault`] it must not be called again.
pub(crate) struct Guest {
    store: Store<Limiter>,
    memory: Memory,
    input_buffer: Option<InputBuffer>,
    input: Export<u32, u32>,
    configure: Export<(u32, u32), i32>,
    process: Export<(u32, u32), i32>,
    annotate: Export<(u32, u32), i32>,
    process_batch: Export<(u32, u32, u32), i32>,
    output: Export<(), u32>,
    last_error: Export<(), i32>,
    describe: Export<(), i32>,
    stateful: Option<Stateful>,
}

impl Guest {
    pub(crate) fn new(module: &InstancePre<Limiter>, limits: Limits) -> Result<Self, Fault> {
        let mut store = Store::new(module.module().engine(), Limiter::new(limits));
        store.limiter(|limiter| limiter);
        store.set_epoch_deadline(limits.deadline_ticks);
        let instance = module.instantiate(&mut store).map_err(|error| instantiation(&error))?;
        let memory = instance
            .get_memory(&mut store, MEMORY)
            .ok_or_else(|| Fault::Instantiation { reason: "no memory".into() })?;
        Ok(Self {
            memory,
            input_buffer: None,
            input: Export::find(instance, &mut store, INPUT)?,
            configure: Export::find(instance, &mut store, CONFIGURE)?,
            process: Export::find(instance, &mut store, PROCESS)?,
            annotate: Export::find(instance, &mut store, ANNOTATE)?,
            process_batch: Export::find(instance, &mut store, PROCESS_BATCH)?,
            output: Export::find(instance, &mut store, OUTPUT)?,
            last_error: Export::find(instance, &mut store, LAST_ERROR)?,
            describe: Export::find(instance, &mut store, DESCRIBE)?,
            stateful: Stateful::find(instance, &mut store)?,
            store,
        })
    }

    pub(crate) fn configure(&mut self, json: &[u8]) -> Result<(), Error> {
        let input = self.write(json)?;
        match self.configure.call(&mut self.store, input)? {
            0 => Ok(()),
            code @ ..0 => Err(self.refusal(code)),
            found => Err(Error::Fault(Fault::Answer {
                export: CONFIGURE,
                found,
                expected: "0 or an error code",
            })),
        }
    }

    /// The verdict's place in memory.
    pub(crate) fn process(&mut self, record: &[u8]) -> Result<Option<Range<usize>>, Error> {
        let input = self.write(record)?;
        let n = self.process.call(&mut self.store, input)?;
        self.answer(PROCESS, n)
    }

    /// The annotated record's place in memory.
    pub(crate) fn annotate(&mut self, record: &[u8]) -> Result<Option<Range<usize>>, Error> {
        let input = self.write(record)?;
        let n = self.annotate.call(&mut self.store, input)?;
        let answer = self.answer(ANNOTATE, n)?;
        match &answer {
            Some(range) if !adds_to(record, self.bytes(range.clone())) => {
                Err(Error::Fault(Fault::RecordAltered))
            }
            _ => Ok(answer),
        }
    }

    /// The place in memory of a list that [`answers::check`] has passed.
    pub(crate) fn process_batch(
        &mut self,
        input: &[u8],
        framing: u32,
    ) -> Result<Option<Range<usize>>, Error> {
        let (pointer, length) = self.write(input)?;
        let n = self.process_batch.call(&mut self.store, (pointer, length, framing))?;
        let answer = self.answer(PROCESS_BATCH, n)?;
        if let Some(range) = &answer {
            answers::check(self.bytes(range.clone()))?;
        }
        Ok(answer)
    }

    pub(crate) fn describe(&mut self) -> Result<String, Error> {
        let n = self.describe.call(&mut self.store, ())?;
        let Some(range) = self.answer(DESCRIBE, n)? else {
            return Ok(String::new());
        };
        let text = std::str::from_utf8(self.bytes(range))
            .map_err(|error| Fault::NotUtf8 { export: DESCRIBE, at: error.valid_up_to() })?;
        Ok(text.to_owned())
    }

    /// The place in memory of what can now be told.
    pub(crate) fn observe(
        &mut self,
        record: &[u8],
        now_ms: i64,
    ) -> Result<Option<Range<usize>>, Error> {
        let (pointer, length) = self.write(record)?;
        let observe = &present(&self.stateful)?.observe;
        let n = observe.call(&mut self.store, (pointer, length, now_ms))?;
        self.answer(OBSERVE, n)
    }

    /// The place in memory of what can now be told.
    pub(crate) fn tick(&mut self, now_ms: i64) -> Result<Option<Range<usize>>, Error> {
        let n = present(&self.stateful)?.tick.call(&mut self.store, now_ms)?;
        self.answer(TICK, n)
    }

    /// The place in memory of all that was yet to be told.
    pub(crate) fn flush(&mut self) -> Result<Option<Range<usize>>, Error> {
        let n = present(&self.stateful)?.flush.call(&mut self.store, ())?;
        self.answer(FLUSH, n)
    }

    /// The state's place in memory.
    pub(crate) fn save(&mut self) -> Result<Option<Range<usize>>, Error> {
        let n = present(&self.stateful)?.save.call(&mut self.store, ())?;
        self.answer(SAVE, n)
    }

    pub(crate) fn restore(&mut self, state: &[u8]) -> Result<(), Error> {
        let mut left = state;
        loop {
            let (part, behind) = left.split_at(left.len().min(STATE_PART_BYTES));
            left = behind;
            self.start_clock();
            let input = self.write(part)?;
            match present(&self.stateful)?.restore.call(&mut self.store, input)? {
                0 if left.is_empty() => return Ok(()),
                // A state that is cut short: an empty part tells the guest that nothing follows.
                1 if !part.is_empty() => {}
                code @ ..0 => return Err(self.refusal(code)),
                found => {
                    let expected = match part {
                        [] => "0 or an error code, as no part is left",
                        _ if left.is_empty() => "0, 1 or an error code",
                        _ => "1 or an error code, as parts are left",
                    };
                    return Err(Fault::Answer { export: RESTORE, found, expected }.into());
                }
            }
        }
    }

    pub(crate) fn reset(&mut self) -> Result<(), Error> {
        Ok(present(&self.stateful)?.reset.call(&mut self.store, ())?)
    }

    /// How large the memory is.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.memory.data_size(&self.store)
    }

    /// The bytes of a range that a call has just checked. Memory never shrinks, so it is still good.
    pub(crate) fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.memory.data(&self.store)[range]
    }

    /// Gives the guest its full time again. Belongs before the first step of every call.
    pub(crate) fn start_clock(&mut self) {
        let limiter = self.store.data_mut();
        limiter.memory_refused = false;
        let ticks = limiter.limits.deadline_ticks;
        self.store.set_epoch_deadline(ticks);
    }

    /// Copies the input into the guest; gives its pointer and length there.
    fn write(&mut self, input: &[u8]) -> Result<(u32, u32), Error> {
        let length = u32::try_from(input.len()).map_err(|_| no_buffer(input))?;
        let pointer = self.input_pointer(length)?;
        if pointer == 0 {
            return Err(no_buffer(input).into());
        }
        let memory = self.memory.data_mut(&mut self.store);
        let range = checked(INPUT, pointer, length, memory.len())?;
        memory[range].copy_from_slice(input);
        Ok((pointer, length))
    }

    /// Where `length` bytes of input go; 0 if they are too many for the guest.
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

    /// What stands behind the number that `export` gave.
    fn answer(&mut self, export: &'static str, n: i32) -> Result<Option<Range<usize>>, Error> {
        match u32::try_from(n) {
            Ok(0) => Ok(None),
            Ok(length) => Ok(Some(self.output_range(export, length)?)),
            Err(_) => Err(self.refusal(n)),
        }
    }

    fn output_range(&mut self, export: &'static str, length: u32) -> Result<Range<usize>, Fault> {
        let start = self.output.call(&mut self.store, ())?;
        checked(export, start, length, self.memory.data_size(&self.store))
    }

    fn refusal(&mut self, code: i32) -> Error {
        match self.sentence() {
            Ok(sentence) => {
                Error::Record(RecordError { code: ErrorCode::from_number(code), sentence })
            }
            Err(fault) => Error::Fault(fault),
        }
    }

    fn sentence(&mut self) -> Result<String, Fault> {
        let n = self.last_error.call(&mut self.store, ())?;
        let length = u32::try_from(n).map_err(|_| Fault::Answer {
            export: LAST_ERROR,
            found: n,
            expected: "the length of a sentence",
        })?;
        let sentence = self.output_range(LAST_ERROR, length)?;
        let kept = sentence.start..sentence.end.min(sentence.start + SENTENCE_LIMIT_BYTES);
        Ok(String::from_utf8_lossy(self.bytes(kept)).into_owned())
    }
}

/// The functions that not every guest has.
fn present(stateful: &Option<Stateful>) -> Result<&Stateful, Error> {
    stateful.as_ref().ok_or(Error::Stateless)
}

/// The range, if it lies inside the memory.
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

/// The host's own sentence: a module that has no room for an input has seen nothing of it.
fn no_buffer(input: &[u8]) -> RecordError {
    RecordError {
        code: ErrorCode::TooLarge,
        sentence: format!("the module has no input buffer of {} bytes", input.len()),
    }
}

#[cold]
fn call_fault(export: &'static str, limiter: &Limiter, error: &wasmtime::Error) -> Fault {
    let trap = error.downcast_ref::<Trap>();
    if trap == Some(&Trap::Interrupt) {
        return Fault::Deadline { export, limit: limiter.limits.deadline };
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
