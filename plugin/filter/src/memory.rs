//! The state behind the exports, and the two buffers that module and host share: the input buffer
//! that the host writes, the output buffer that it reads.
#![allow(unsafe_code, reason = "a static that is no thread's; the only unsafe code of the ABI")]

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::RefCell;

use sekisho::{Engine, MAX_INPUT};

use crate::failure::Failure;

/// Everything an instance holds.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) engine: Engine,
    pub(crate) output: Vec<u8>,
    /// Why the last call that could fail did fail.
    pub(crate) failure: Option<Failure>,
    input: Vec<u8>,
}

impl State {
    /// Makes the input buffer at least `len` bytes long and says where it is; `None` over the
    /// limit. What it held is given up.
    pub(crate) fn resize_input(&mut self, len: usize) -> Option<usize> {
        if len > MAX_INPUT {
            return None;
        }
        if len > self.input.len() {
            // To a power of two, so that slowly growing records do not grow memory each time. The
            // allocator aligns every block to 8 bytes.
            let len = len.next_power_of_two().max(4096);
            self.input = Vec::new();
            self.input.try_reserve_exact(len).ok()?;
            self.input.resize(len, 0);
        }
        Some(self.input.as_ptr().expose_provenance())
    }

    /// The part of the input buffer that a host names, with the rest of the state.
    pub(crate) fn input(&mut self, ptr: u32, len: u32) -> Option<Call<'_>> {
        let start = (ptr as usize).checked_sub(self.input.as_ptr().addr())?;
        let input = self.input.get(start..start.checked_add(len as usize)?)?;
        Some(Call { input, engine: &mut self.engine, output: &mut self.output })
    }
}

/// What an export works on.
pub(crate) struct Call<'s> {
    pub(crate) input: &'s [u8],
    pub(crate) engine: &'s mut Engine,
    pub(crate) output: &'s mut Vec<u8>,
}

/// Runs `action` on the state; `None` when an earlier call trapped in the midst of it.
pub(crate) fn with_state<T>(action: impl FnOnce(&mut State) -> T) -> Option<T> {
    STATE.0.try_borrow_mut().ok().map(|mut state| action(state.get_or_insert_default()))
}

static STATE: Instance = Instance(RefCell::new(None));

/// In a box, as the module holds the first value of a static byte for byte.
struct Instance(RefCell<Option<Box<State>>>);

// SAFETY: the module has no threads: its memory is not shared, and its target has no atomics. A
// host that calls an instance from several threads at once breaks WebAssembly's own rules.
unsafe impl Sync for Instance {}
