//! The exports of filter ABI version 1, as `plugin/ABI.md` describes them.
//!
//! Nothing in here changes its signature or meaning: later versions add.
#![allow(unsafe_code, reason = "naming an export counts as unsafe; nothing unsafe is done")]

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use sekisho::{Framing, Restored};

use crate::failure::Failure;
use crate::manifest::MANIFEST;
use crate::memory::{Call, State, with_state};

/// The code for an instance that trapped before.
const INTERNAL: i32 = -6;

/// More output than this is given up with the next call. It is above the longest record.
const OUTPUT_KEPT: usize = 32 << 20;

/// Marks the version; never called.
#[unsafe(no_mangle)]
extern "C" fn sekisho_abi_v1() {}

/// The input buffer, at least `len` bytes; 0 over the limit.
#[unsafe(no_mangle)]
extern "C" fn sekisho_input(len: u32) -> u32 {
    with_state(|state| state.resize_input(len as usize)).flatten().map_or(0, |ptr| ptr as u32)
}

/// Sets the configuration: 0, or an error.
#[unsafe(no_mangle)]
extern "C" fn sekisho_configure(ptr: u32, len: u32) -> i32 {
    call(ptr, len, |call| Ok(call.engine.configure(call.input)?))
}

/// The verdict on one record: its length, 0 for none, or an error.
#[unsafe(no_mangle)]
extern "C" fn sekisho_process(ptr: u32, len: u32) -> i32 {
    call(ptr, len, |call| Ok(call.engine.process(call.input, call.output).map(drop)?))
}

/// The input with the verdict in it: its length, 0 to pass the input on, or an error.
#[unsafe(no_mangle)]
extern "C" fn sekisho_annotate(ptr: u32, len: u32) -> i32 {
    call(ptr, len, |call| Ok(call.engine.annotate(call.input, call.output).map(drop)?))
}

/// The answers to a batch: their length, 0 for none, or an error.
#[unsafe(no_mangle)]
extern "C" fn sekisho_process_batch(ptr: u32, len: u32, framing: u32) -> i32 {
    call(ptr, len, |call| {
        let framing = Framing::from_code(framing).ok_or(Failure::Framing(framing))?;
        Ok(call.engine.process_batch(call.input, framing, call.output)?)
    })
}

/// Takes one record into the stream of attempts: the length of what can be told, or an error.
#[unsafe(no_mangle)]
extern "C" fn sekisho_observe(ptr: u32, len: u32, now_ms: i64) -> i32 {
    let now = (now_ms > 0).then_some(now_ms);
    call(ptr, len, |call| Ok(call.engine.observe(call.input, now, call.output)?))
}

/// Moves time on without a record: the length of what can be told.
#[unsafe(no_mangle)]
extern "C" fn sekisho_tick(now_ms: i64) -> i32 {
    answer(|state| Ok(state.engine.tick(now_ms, &mut state.output)?))
}

/// Ends the stream: the length of what is told, 0 when that was all.
#[unsafe(no_mangle)]
extern "C" fn sekisho_flush() -> i32 {
    answer(|state| Ok(state.engine.flush(&mut state.output)?))
}

/// The state of the stream: its length.
#[unsafe(no_mangle)]
extern "C" fn sekisho_save() -> i32 {
    answer(|state| {
        state.engine.save(&mut state.output);
        Ok(())
    })
}

/// Replaces the state of the stream by a saved one: 0 when it is, 1 when a part was taken, or an
/// error.
#[unsafe(no_mangle)]
extern "C" fn sekisho_restore(ptr: u32, len: u32) -> i32 {
    let mut restored = Restored::Done;
    let failed = call(ptr, len, |call| {
        restored = call.engine.restore(call.input)?;
        Ok(())
    });
    match restored {
        Restored::Partly => 1,
        Restored::Done => failed,
    }
}

/// Forgets the state of the stream.
#[unsafe(no_mangle)]
extern "C" fn sekisho_reset() {
    // After a trap there is nothing to forget.
    let _ = with_state(|state| state.engine.reset());
}

/// Where the last call's output is.
#[unsafe(no_mangle)]
extern "C" fn sekisho_output() -> u32 {
    with_state(|state| state.output.as_ptr().expose_provenance() as u32).unwrap_or(0)
}

/// A sentence on why the last call failed: its length, 0 if it did not.
#[unsafe(no_mangle)]
extern "C" fn sekisho_last_error() -> i32 {
    with_state(|State { failure, output, .. }| {
        output.clear();
        if let Some(failure) = failure {
            output.extend_from_slice(failure.to_string().as_bytes());
        }
        output.len() as i32
    })
    .unwrap_or(0)
}

/// The manifest, the configuration and the counters as JSON: its length.
#[unsafe(no_mangle)]
extern "C" fn sekisho_describe() -> i32 {
    with_state(|State { engine, output, .. }| {
        let counters = engine.counters();
        output.clear();
        output.extend_from_slice(b"{\"manifest\":");
        output.extend_from_slice(MANIFEST.trim_ascii());
        output.extend_from_slice(b",\"configuration\":{\"field\":\"");
        output.extend_from_slice(engine.configuration().field());
        let attempts = engine.attempts();
        for (key, count) in [
            ("\",\"rules\":", engine.configuration().rules().unwrap_or(0) as u64),
            ("},\"counters\":{\"records\":", counters.records),
            (",\"verdicts\":", counters.verdicts),
            (",\"errors\":", counters.errors),
            (",\"attempts\":{\"observed\":", attempts.observed),
            (",\"attempts\":", attempts.attempts),
            (",\"findings\":", attempts.findings),
            (",\"duplicates\":", attempts.duplicates),
            (",\"late\":", attempts.late),
            (",\"evicted\":", attempts.evicted),
            (",\"keys\":", attempts.keys),
            (",\"waiting\":", attempts.waiting),
        ] {
            output.extend_from_slice(format!("{key}{count}").as_bytes());
        }
        output.extend_from_slice(b"}}}");
        output.len() as i32
    })
    .unwrap_or(INTERNAL)
}

/// Runs `action` on a range of the input buffer. Its answer is the length of the output, or the
/// code of its failure, which is kept for [`sekisho_last_error`].
fn call(ptr: u32, len: u32, action: impl FnOnce(Call<'_>) -> Result<(), Failure>) -> i32 {
    answer(|state| state.input(ptr, len).ok_or(Failure::Range { ptr, len }).and_then(action))
}

/// Runs `action`, whose answer is the same.
fn answer(action: impl FnOnce(&mut State) -> Result<(), Failure>) -> i32 {
    with_state(|state| {
        state.output.clear();
        // A saved state may be large: its memory is for what follows.
        if state.output.capacity() > OUTPUT_KEPT {
            state.output = Vec::new();
        }
        state.failure = action(state).err();
        match &state.failure {
            Some(failure) => failure.code(),
            // It always fits: a vector on a 32-bit target is shorter than 2 GiB, and one that would
            // have to be longer has failed to reserve before.
            None => i32::try_from(state.output.len()).unwrap_or(INTERNAL),
        }
    })
    .unwrap_or(INTERNAL)
}
