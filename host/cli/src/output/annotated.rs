//! Every record on a line of its own.

use memchr::memchr2;

/// Appends a record as one line. The line breaks of a pretty-printed one, which stand between its
/// parts, become spaces; every other byte stays.
pub(crate) fn write(record: &[u8], lines: &mut Vec<u8>) {
    let begin = lines.len();
    lines.extend_from_slice(record);
    let mut at = begin;
    while let Some(found) = memchr2(b'\n', b'\r', &lines[at..]) {
        at += found;
        lines[at] = b' ';
    }
    lines.push(b'\n');
}

/// Appends what could not be read, byte for byte; a line break behind it once it `ends`.
pub(super) fn write_unread(bytes: &[u8], ends: bool, lines: &mut Vec<u8>) {
    lines.extend_from_slice(bytes);
    if ends {
        lines.push(b'\n');
    }
}
