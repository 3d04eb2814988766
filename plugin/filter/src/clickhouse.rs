//! The functions for ClickHouse's ABI `BUFFERED_V1`, as `plugin/ABI.md` describes them.
//!
//! ClickHouse passes a column of records, many rows at once, and gets a column of strings. Both are
//! in the format RowBinary, where a string is its length and its bytes, which may be any bytes.
#![allow(unsafe_code, reason = "naming an export counts as unsafe; nothing unsafe is done")]

use alloc::vec::Vec;

use sekisho::Error;

use crate::memory::{State, allocate, release, with_state, with_written, write};

/// A handle is the address of this.
#[repr(C)]
struct Buffer {
    data: &'static [u8; 1],
    size: u32,
}

/// The result after an error: a string whose bytes are missing, so that the query fails.
static FAILED: Buffer = Buffer { data: &[1], size: 1 };

/// Allocates a buffer of `size` bytes for the host. Returns 0 if no memory is left.
#[unsafe(no_mangle)]
extern "C" fn clickhouse_create_buffer(size: u32) -> u32 {
    create(size).unwrap_or(0)
}

/// Frees a buffer of [`clickhouse_create_buffer`]. A result is valid until the next one.
#[unsafe(no_mangle)]
extern "C" fn clickhouse_destroy_buffer(handle: u32) {
    release(handle);
}

/// Classifies a column of records: for each row its verdict, or an empty string.
#[unsafe(no_mangle)]
extern "C" fn clickhouse_verdict(handle: u32, rows: u32) -> u32 {
    verdicts(handle, rows).unwrap_or_else(|| (&raw const FAILED).expose_provenance() as u32)
}

/// Allocates a block that begins with its [`Buffer`].
fn create(size: u32) -> Option<u32> {
    let handle = allocate(size.checked_add(size_of::<Buffer>() as u32)?)?;
    write(handle, &head(handle, size))?;
    Some(handle)
}

/// A [`Buffer`] whose data comes right after it.
fn head(handle: u32, size: u32) -> [u8; size_of::<Buffer>()] {
    let data = handle + size_of::<Buffer>() as u32;
    (u64::from(size) << u32::BITS | u64::from(data)).to_le_bytes()
}

fn verdicts(handle: u32, rows: u32) -> Option<u32> {
    let head = with_written(handle, size_of::<Buffer>() as u32, |head| head.try_into().ok())??;
    let head = u64::from_le_bytes(head);
    let (data, size) = (head as u32, (head >> u32::BITS) as u32);
    with_written(data, size, |column| with_state(|state| classify(column, rows, state)))??
}

/// The handle of the result; `None` if memory ran out, or the column is in another format.
fn classify(mut column: &[u8], rows: u32, State { stream, output, .. }: &mut State) -> Option<u32> {
    output.clear();
    output.try_reserve(size_of::<Buffer>()).ok()?;
    output.extend_from_slice(&[0; size_of::<Buffer>()]);
    let mut verdict = Vec::new();
    for _ in 0..rows {
        verdict.clear();
        let record = read_string(&mut column)?;
        // A malformed record has no verdict, and does not affect the others.
        if stream.classifier_mut().process(record, &mut verdict) == Err(Error::OutOfMemory) {
            return None;
        }
        push_string(&verdict, output)?;
    }
    let handle = output.as_ptr().expose_provenance() as u32;
    let (start, strings) = output.split_first_chunk_mut()?;
    *start = head(handle, strings.len() as u32);
    column.is_empty().then_some(handle)
}

/// Takes a string from the start of a column. Its length is in LEB128.
fn read_string<'c>(column: &mut &'c [u8]) -> Option<&'c [u8]> {
    let mut len = 0;
    for shift in (0..u32::BITS).step_by(7) {
        let byte = *column.split_off_first()?;
        len |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return column.split_off(..len);
        }
    }
    None
}

/// Appends a string to a column; `None` if no memory is left.
fn push_string(string: &[u8], column: &mut Vec<u8>) -> Option<()> {
    let mut len = string.len();
    column.try_reserve(size_of::<u64>() + len).ok()?;
    while len >= 0x80 {
        column.push(len as u8 | 0x80);
        len >>= 7;
    }
    column.push(len as u8);
    column.extend_from_slice(string);
    Some(())
}
