//! The state of an instance, and the memory that module and host share: the input buffer, which the
//! host writes, the output buffer, which the host reads, and blocks that the host allocates.
#![allow(unsafe_code, reason = "a static that is not Sync; the only unsafe code of the ABI")]

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::mem;
use core::ops::Range;

use sekisho::{AttemptStream, Error, MAX_INPUT};

use crate::failure::Failure;

/// The state of an instance.
#[derive(Default)]
pub(crate) struct State {
    /// The stream, and the classifier in it.
    pub(crate) stream: AttemptStream,
    pub(crate) output: Vec<u8>,
    /// Why the last call failed.
    pub(crate) failure: Option<Failure>,
    input: Vec<u8>,
    /// The address of the output, for hosts that read it instead of asking for it.
    output_cell: Cell<u32>,
}

impl State {
    /// Makes the input buffer at least `len` bytes long and returns its address; `None` over the
    /// limit. Its contents may be lost.
    pub(crate) fn resize_input(&mut self, len: usize) -> Option<usize> {
        if len > MAX_INPUT {
            return None;
        }
        resize(&mut self.input, len)?;
        Some(self.input.as_ptr().expose_provenance())
    }

    /// The address of the cell with the address of the last call's output.
    pub(crate) fn output_cell(&self) -> usize {
        self.output_cell.as_ptr().expose_provenance()
    }

    /// The address of the last call's output.
    pub(crate) fn output_address(&self) -> u32 {
        self.output_cell.get()
    }

    /// Ends a call whose output is in the output buffer: notes where that is, since it may have moved, and
    /// returns the output's length.
    pub(crate) fn finish_output(&self) -> i32 {
        finish(&self.output, &self.output_cell)
    }

    /// A range of the input buffer, with what a call needs of the rest of the state.
    pub(crate) fn input(&mut self, ptr: u32, len: u32) -> Option<Call<'_>> {
        let start = (ptr as usize).checked_sub(self.input.as_ptr().addr())?;
        let input = self.input.get(start..start.checked_add(len as usize)?)?;
        let State { stream, output, output_cell, .. } = self;
        Some(Call { input, stream, output, output_cell })
    }
}

/// Notes where the output of a call is, and returns its length. That always fits: a slice on a 32-bit
/// target is shorter than 2 GiB.
fn finish(output: &[u8], cell: &Cell<u32>) -> i32 {
    cell.set(output.as_ptr().expose_provenance() as u32);
    output.len() as i32
}

/// What an export reads and writes.
pub(crate) struct Call<'s> {
    pub(crate) input: &'s [u8],
    pub(crate) stream: &'s mut AttemptStream,
    pub(crate) output: &'s mut Vec<u8>,
    output_cell: &'s Cell<u32>,
}

impl<'s> Call<'s> {
    /// Ends the call with the verdict on its input, wherever the classifier writes that.
    #[inline(always)]
    pub(crate) fn process(self) -> Result<i32, Error> {
        let Call { input, stream, output, output_cell } = self;
        let verdict = stream.classifier_mut().process_in(input, output)?;
        Ok(verdict.map_or(0, |verdict| finish(verdict, output_cell)))
    }
}

/// Runs `action` on the state; `None` if an earlier call trapped while it ran.
pub(crate) fn with_state<T>(action: impl FnOnce(&mut State) -> T) -> Option<T> {
    STATE.0.try_borrow_mut().ok().map(|mut state| action(state.get_or_insert_with(new_state)))
}

/// Out of line, so that calls after the first one do not pay for its stack frame.
#[cold]
#[inline(never)]
fn new_state() -> Box<State> {
    Box::default()
}

/// Allocates a block of at least `size` bytes for the host. Returns its address, or `None` if no
/// memory is left.
pub(crate) fn allocate(size: u32) -> Option<u32> {
    BLOCKS.0.try_borrow_mut().ok()?.allocate(size as usize).map(|ptr| ptr as u32)
}

/// Frees a block. Any other address is ignored.
pub(crate) fn release(ptr: u32) {
    if let Ok(mut blocks) = BLOCKS.0.try_borrow_mut()
        && let Some(block) = blocks.0.iter_mut().find(|block| block.address() == ptr as usize)
    {
        block.is_taken = false;
    }
}

/// Frees all blocks. They keep their contents until the host allocates again.
pub(crate) fn release_all() {
    if let Ok(mut blocks) = BLOCKS.0.try_borrow_mut() {
        blocks.0.iter_mut().for_each(|block| block.is_taken = false);
    }
}

/// Runs `action` on a range of a block; `None` if the range is not inside a block.
pub(crate) fn with_written<T>(ptr: u32, len: u32, action: impl FnOnce(&[u8]) -> T) -> Option<T> {
    let mut blocks = BLOCKS.0.try_borrow_mut().ok()?;
    let (index, range) = blocks.find(ptr as usize, len as usize)?;
    // Not in the list meanwhile, so that the host can still allocate if `action` traps.
    let bytes = mem::take(&mut blocks.0[index].bytes);
    drop(blocks);
    let answer = action(&bytes[range]);
    BLOCKS.0.try_borrow_mut().ok()?.0[index].bytes = bytes;
    Some(answer)
}

/// Writes into a block; `None` if the range is not inside a block.
pub(crate) fn write(ptr: u32, bytes: &[u8]) -> Option<()> {
    let mut blocks = BLOCKS.0.try_borrow_mut().ok()?;
    let (index, range) = blocks.find(ptr as usize, bytes.len())?;
    blocks.0[index].bytes[range].copy_from_slice(bytes);
    Some(())
}

/// The blocks that the host allocates. Freed blocks are used again, so that memory does not grow with
/// each record.
struct Blocks(Vec<Block>);

#[derive(Default)]
struct Block {
    bytes: Vec<u8>,
    is_taken: bool,
}

impl Blocks {
    fn allocate(&mut self, size: usize) -> Option<usize> {
        let is_free = |block: &Block| !block.is_taken;
        let fits = |block: &Block| is_free(block) && block.bytes.len() >= size;
        let index = self.0.iter().position(fits).or_else(|| self.0.iter().position(is_free));
        let index = index.unwrap_or(self.0.len());
        if index == self.0.len() {
            self.0.try_reserve(1).ok()?;
            self.0.push(Block::default());
        }
        let block = &mut self.0[index];
        resize(&mut block.bytes, size.max(1))?;
        block.is_taken = true;
        Some(block.address())
    }

    /// The index of the block that contains a range, and the range in it.
    fn find(&self, ptr: usize, len: usize) -> Option<(usize, Range<usize>)> {
        self.0.iter().enumerate().find_map(|(index, block)| {
            let start = ptr.checked_sub(block.address())?;
            let end = start.checked_add(len)?;
            (block.is_taken && end <= block.bytes.len()).then_some((index, start..end))
        })
    }
}

impl Block {
    fn address(&self) -> usize {
        self.bytes.as_ptr().expose_provenance()
    }
}

/// Makes a buffer at least `len` bytes long; `None` if no memory is left. A buffer that grows loses
/// its contents.
fn resize(buffer: &mut Vec<u8>, len: usize) -> Option<()> {
    if len > buffer.len() {
        // A power of two, so that slowly growing records rarely grow the buffer. The allocator
        // aligns every block to 8 bytes.
        let len = len.checked_next_power_of_two()?.max(4096);
        *buffer = Vec::new();
        buffer.try_reserve_exact(len).ok()?;
        buffer.resize(len, 0);
    }
    Some(())
}

/// Boxed, since the module file contains the initial value of a static byte by byte.
static STATE: Instance<Option<Box<State>>> = Instance(RefCell::new(None));

static BLOCKS: Instance<Blocks> = Instance(RefCell::new(Blocks(Vec::new())));

/// A static of a single-threaded instance.
struct Instance<T>(RefCell<T>);

// SAFETY: the module has no threads: its memory is not shared, and its target has no atomics. A
// host that calls an instance from several threads at once violates WebAssembly's rules.
unsafe impl<T> Sync for Instance<T> {}
