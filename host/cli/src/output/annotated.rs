//! Every record on a line of its own.

/// Appends a record as one line. The line breaks of a pretty-printed one, which stand between its
/// parts, become spaces; every other byte stays.
pub(crate) fn write(record: &[u8], lines: &mut Vec<u8>) {
    let begin = lines.len();
    lines.extend_from_slice(record);
    for byte in &mut lines[begin..] {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
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
