//! Every record on one line.

use memchr::memchr2;

/// Appends a record as one line. Line breaks, which valid JSON has only between tokens, become
/// spaces; every other byte stays.
pub(crate) fn write(record: &[u8], lines: &mut Vec<u8>) {
    let begin = lines.len();
    lines.extend_from_slice(record);
    let mut offset = begin;
    while let Some(found) = memchr2(b'\n', b'\r', &lines[offset..]) {
        offset += found;
        lines[offset] = b' ';
    }
    lines.push(b'\n');
}

/// Appends unreadable bytes unchanged, with a line break after the last part.
pub(super) fn write_unreadable(bytes: &[u8], is_last: bool, lines: &mut Vec<u8>) {
    lines.extend_from_slice(bytes);
    if is_last {
        lines.push(b'\n');
    }
}
