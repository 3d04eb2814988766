//! The state behind the exports, and the memory that module and host share: the input buffer that
//! the host writes, the output buffer that it reads, and blocks for a host that wants to allocate.
#![allow(unsafe_code, reason = "a static that is no thread's; the only unsafe code of the ABI")]

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::mem;
use core::ops::Range;

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
        resize(&mut self.input, len)?;
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

/// A block of at least `size` bytes for the host: its address, or `None` if no memory is left.
pub(crate) fn allocate(size: u32) -> Option<u32> {
    BLOCKS.0.try_borrow_mut().ok()?.allocate(size as usize).map(|ptr| ptr as u32)
}

/// Takes a block back. Any other address is left alone.
pub(crate) fn release(ptr: u32) {
    if let Ok(mut blocks) = BLOCKS.0.try_borrow_mut()
        && let Some(block) = blocks.0.iter_mut().find(|block| block.address() == ptr as usize)
    {
        block.is_taken = false;
    }
}

/// Takes all blocks back. What the host wrote into them stays until it allocates again.
pub(crate) fn release_all() {
    if let Ok(mut blocks) = BLOCKS.0.try_borrow_mut() {
        blocks.0.iter_mut().for_each(|block| block.is_taken = false);
    }
}

/// Runs `action` on what the host wrote into a block; `None` where the range is in none.
pub(crate) fn with_written<T>(ptr: u32, len: u32, action: impl FnOnce(&[u8]) -> T) -> Option<T> {
    let mut blocks = BLOCKS.0.try_borrow_mut().ok()?;
    let (index, range) = blocks.find(ptr as usize, len as usize)?;
    // Away from the others meanwhile: should `action` trap, the host can still allocate.
    let bytes = mem::take(&mut blocks.0[index].bytes);
    drop(blocks);
    let answer = action(&bytes[range]);
    BLOCKS.0.try_borrow_mut().ok()?.0[index].bytes = bytes;
    Some(answer)
}

/// Writes into a block; `None` where there is none at these addresses.
pub(crate) fn write(ptr: u32, bytes: &[u8]) -> Option<()> {
    let mut blocks = BLOCKS.0.try_borrow_mut().ok()?;
    let (index, range) = blocks.find(ptr as usize, bytes.len())?;
    blocks.0[index].bytes[range].copy_from_slice(bytes);
    Some(())
}

/// What the host allocates. A block that it gave back serves again, so that one record after the
/// other takes no more memory.
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

    /// Which block a range is in, and where.
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

/// Makes a buffer at least `len` bytes long; `None` if no memory is left. What it held is given up
/// where it has to grow.
fn resize(buffer: &mut Vec<u8>, len: usize) -> Option<()> {
    if len > buffer.len() {
        // To a power of two, so that slowly growing records do not grow memory each time. The
        // allocator aligns every block to 8 bytes.
        let len = len.checked_next_power_of_two()?.max(4096);
        *buffer = Vec::new();
        buffer.try_reserve_exact(len).ok()?;
        buffer.resize(len, 0);
    }
    Some(())
}

/// In a box, as the module holds the first value of a static byte for byte.
static STATE: Instance<Option<Box<State>>> = Instance(RefCell::new(None));

static BLOCKS: Instance<Blocks> = Instance(RefCell::new(Blocks(Vec::new())));

/// What an instance has one of.
struct Instance<T>(RefCell<T>);

// SAFETY: the module has no threads: its memory is not shared, and its target has no atomics. A
// host that calls an instance from several threads at once breaks WebAssembly's own rules.
unsafe impl<T> Sync for Instance<T> {}
