//! A part of a skeleton.

use sekisho_scan::raw::{BLOCK_BYTES, common_prefix};

/// The index of no segment.
pub(crate) const NONE: u16 = u16::MAX;

/// What comes after a segment.
///
/// Bits instead of an enum: the loop tests them, and for a `match` or several comparisons the compiler
/// makes a table of jumps.
pub(crate) mod after {
    /// The content of a string.
    pub(crate) const STRING: u8 = 1;
    /// Another segment.
    pub(crate) const SEGMENT: u8 = 1 << 1;
    /// A number.
    pub(crate) const NUMBER: u8 = 1 << 2;
    /// The end of the text.
    pub(crate) const END: u8 = 1 << 3;
    /// The content of a string that is a text itself.
    pub(crate) const TEXT: u8 = 1 << 4;
}

/// At most 32 bytes of a skeleton, and what comes after them. Segments that can come at the same place
/// are siblings.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) bytes: [u8; BLOCK_BYTES],
    /// The first of the segments after this one and its hole.
    pub(crate) next: u16,
    /// The next of the segments at the same place.
    pub(crate) sibling: u16,
    /// The layout of the text that ends here.
    pub(crate) layout: u16,
    pub(crate) length: u8,
    pub(crate) after: u8,
}

impl Segment {
    /// A segment of at most [`BLOCK_BYTES`] bytes.
    pub(crate) fn new(part: &[u8], after: u8) -> Self {
        let mut bytes = [0; BLOCK_BYTES];
        bytes[..part.len()].copy_from_slice(part);
        let length = part.len() as u8;
        Segment { bytes, next: NONE, sibling: NONE, layout: NONE, length, after }
    }

    /// Whether another, longer segment begins with this one.
    pub(crate) fn begins(&self, other: &Segment) -> bool {
        self.length < other.length
            && common_prefix(&self.bytes, &other.bytes) >= usize::from(self.length)
    }

    pub(crate) fn is_same(&self, other: &Segment) -> bool {
        self.length == other.length
            && self.after == other.after
            && common_prefix(&self.bytes, &other.bytes) == BLOCK_BYTES
    }
}
