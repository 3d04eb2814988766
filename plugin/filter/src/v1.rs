//! The exports of filter ABI version 1, as `plugin/ABI.md` describes them.
//!
//! Signatures and meanings never change; later versions add exports.
#![allow(unsafe_code, reason = "naming an export counts as unsafe; nothing unsafe is done")]

use alloc::string::ToString;
use alloc::vec::Vec;

use sekisho::{Configuration, Framing, Peek, Restored};

use crate::failure::Failure;
use crate::manifest::MANIFEST;
use crate::memory::{Call, State, with_state};

/// The code of an instance that has trapped.
const INTERNAL: i32 = -6;

/// A larger output buffer is freed by the next call. It is larger than the longest record.
const OUTPUT_KEPT: usize = 32 << 20;

/// Marks the ABI version. It is never called.
#[unsafe(no_mangle)]
extern "C" fn sekisho_abi_v1() {}

/// The address of the input buffer of at least `len` bytes; 0 over the limit.
#[unsafe(no_mangle)]
extern "C" fn sekisho_input(len: u32) -> u32 {
    with_state(|state| state.resize_input(len as usize)).flatten().map_or(0, |ptr| ptr as u32)
}

/// Sets the configuration. Returns 0, or an error.
#[unsafe(no_mangle)]
extern "C" fn sekisho_configure(ptr: u32, len: u32) -> i32 {
    call(ptr, len, |call| {
        call.stream.configure(Configuration::parse(call.input)?);
        Ok(())
    })
}

/// Classifies one record. Returns the length of its verdict, 0 for none, or an error.
#[unsafe(no_mangle)]
extern "C" fn sekisho_process(ptr: u32, len: u32) -> i32 {
    run(|state| {
        let call = state.input(ptr, len).ok_or(Failure::Range { ptr, len })?;
        Ok(call.process()?)
    })
}

/// Looks at the first bytes of a record. Returns 0 if it has no verdict, an error, or for how many
/// records all bytes are needed.
#[unsafe(no_mangle)]
extern "C" fn sekisho_peek(ptr: u32, len: u32) -> i32 {
    with_state(|state| {
        if state.failure.is_some() {
            state.failure = None;
        }
        // There is no output, and whatever there was stays.
        let Some(Call { input, stream, .. }) = state.input(ptr, len) else {
            return failed(state, Failure::Range { ptr, len });
        };
        match stream.classifier_mut().peek(input) {
            Peek::NoVerdict => 0,
            Peek::Unknown { also_next } => {
                i32::try_from(also_next).unwrap_or(i32::MAX).saturating_add(1)
            }
        }
    })
    .unwrap_or(INTERNAL)
}

/// Adds the verdict to the input. Returns the length of the result, 0 to forward the input itself,
/// or an error.
#[unsafe(no_mangle)]
extern "C" fn sekisho_annotate(ptr: u32, len: u32) -> i32 {
    call(ptr, len, |call| {
        Ok(call.stream.classifier_mut().annotate(call.input, call.output).map(drop)?)
    })
}

/// Classifies a batch. Returns the length of the results, 0 for none, or an error.
#[unsafe(no_mangle)]
extern "C" fn sekisho_process_batch(ptr: u32, len: u32, framing: u32) -> i32 {
    call(ptr, len, |call| {
        let framing = Framing::from_code(framing).ok_or(Failure::Framing(framing))?;
        Ok(call.stream.classifier_mut().process_batch(call.input, framing, call.output)?)
    })
}

/// Adds one record to the stream. Returns the length of the lines that are ready, or an error.
#[unsafe(no_mangle)]
extern "C" fn sekisho_observe(ptr: u32, len: u32, now_ms: i64) -> i32 {
    let now = (now_ms > 0).then_some(now_ms);
    call(ptr, len, |call| Ok(call.stream.observe(call.input, now)?.write_lines(call.output)?))
}

/// Advances the time of the stream. Returns the length of the lines that are ready.
#[unsafe(no_mangle)]
extern "C" fn sekisho_tick(now_ms: i64) -> i32 {
    write(|state| Ok(state.stream.tick(now_ms).write_lines(&mut state.output)?))
}

/// Ends the stream. Returns the length of the next lines, 0 after the last.
#[unsafe(no_mangle)]
extern "C" fn sekisho_flush() -> i32 {
    write(|state| Ok(state.stream.flush().write_lines(&mut state.output)?))
}

/// Saves the state of the stream. Returns its length.
#[unsafe(no_mangle)]
extern "C" fn sekisho_save() -> i32 {
    write(|state| {
        state.stream.save(&mut state.output);
        Ok(())
    })
}

/// Restores the state of the stream, or a part of one. Returns 0 when it is complete, 1 when parts
/// are missing, or an error.
#[unsafe(no_mangle)]
extern "C" fn sekisho_restore(ptr: u32, len: u32) -> i32 {
    let mut restored = Restored::Complete;
    let status = call(ptr, len, |call| {
        restored = call.stream.restore(call.input)?;
        Ok(())
    });
    match restored {
        Restored::Partial => 1,
        Restored::Complete => status,
    }
}

/// Drops the state of the stream.
#[unsafe(no_mangle)]
extern "C" fn sekisho_reset() {
    // After a trap there is no state.
    let _ = with_state(|state| state.stream.reset());
}

/// The address of the last call's output.
#[unsafe(no_mangle)]
extern "C" fn sekisho_output() -> u32 {
    with_state(|state| state.output_address()).unwrap_or(0)
}

/// The address of a `u32` that is always what [`sekisho_output`] returns. It never changes, so a host
/// asks for it once and saves a call for each output.
#[unsafe(no_mangle)]
extern "C" fn sekisho_output_cell() -> u32 {
    with_state(|state| state.output_cell()).map_or(0, |ptr| ptr as u32)
}

/// Writes the message of the last call's error. Returns its length, 0 if there was none.
#[unsafe(no_mangle)]
extern "C" fn sekisho_last_error() -> i32 {
    with_state(|state| {
        let State { failure, output, .. } = state;
        output.clear();
        if let Some(failure) = failure {
            output.extend_from_slice(failure.to_string().as_bytes());
        }
        state.finish_output()
    })
    .unwrap_or(0)
}

/// Writes the manifest, the configuration and the counters as JSON. Returns its length.
#[unsafe(no_mangle)]
extern "C" fn sekisho_describe() -> i32 {
    with_state(|state| {
        let State { stream, output, .. } = state;
        let classifier = stream.classifier();
        let counters = classifier.counters();
        output.clear();
        output.extend_from_slice(b"{\"manifest\":");
        output.extend_from_slice(MANIFEST.trim_ascii());
        output.extend_from_slice(b",\"configuration\":{\"field\":\"");
        output.extend_from_slice(classifier.configuration().field());
        if let Some(record) = classifier.configuration().record() {
            output.extend_from_slice(b"\",\"record\":");
            output.extend_from_slice(record);
        } else {
            output.push(b'"');
        }
        let attempts = stream.counters();
        for (key, count) in [
            (",\"rules\":", classifier.configuration().rules().unwrap_or(0) as u64),
            (",\"verdict_bytes\":", classifier.configuration().max_verdict_bytes() as u64),
            ("},\"counters\":{\"records\":", counters.records),
            (",\"verdicts\":", counters.verdicts),
            (",\"errors\":", counters.errors),
            (",\"without_record\":", counters.without_record),
            (",\"attempts\":{\"observed\":", attempts.observed),
            (",\"attempts\":", attempts.attempts),
            (",\"findings\":", attempts.findings),
            (",\"duplicates\":", attempts.duplicates),
            (",\"late\":", attempts.late),
            (",\"evicted\":", attempts.evicted),
            (",\"keys\":", attempts.keys),
            (",\"waiting\":", attempts.waiting),
        ] {
            output.extend_from_slice(key.as_bytes());
            output.extend_from_slice(count.to_string().as_bytes());
        }
        output.extend_from_slice(b"}}}");
        state.finish_output()
    })
    .unwrap_or(INTERNAL)
}

/// Runs `action` on a range of the input buffer. Returns the length of the output, or the code of the
/// error, which is kept for [`sekisho_last_error`].
fn call(ptr: u32, len: u32, action: impl FnOnce(Call<'_>) -> Result<(), Failure>) -> i32 {
    write(|state| state.input(ptr, len).ok_or(Failure::Range { ptr, len }).and_then(action))
}

/// Runs `action`, which writes to the output buffer, and returns the same.
fn write(action: impl FnOnce(&mut State) -> Result<(), Failure>) -> i32 {
    run(|state| action(state).map(|()| state.finish_output()))
}

/// Runs `action`, which returns the length of the output, and returns the same.
fn run(action: impl FnOnce(&mut State) -> Result<i32, Failure>) -> i32 {
    with_state(|state| {
        state.output.clear();
        // A saved state may be large. Its memory is needed for the stream.
        if state.output.capacity() > OUTPUT_KEPT {
            state.output = Vec::new();
        }
        if state.failure.is_some() {
            state.failure = None;
        }
        action(state).unwrap_or_else(|failure| failed(state, failure))
    })
    .unwrap_or(INTERNAL)
}

/// Keeps the error of a call, and returns its code.
#[cold]
#[inline(never)]
fn failed(state: &mut State, failure: Failure) -> i32 {
    state.failure.insert(failure).code()
}
