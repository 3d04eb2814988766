//! Which bytes of a chunk matter for finding the end of an object.

/// Bit masks over the bytes of a chunk.
///
/// Each byte of the chunk has [`MASK_BITS`](crate::chunk::MASK_BITS) bits, the first byte the lowest
/// ones. At most one bit of a byte is set.
pub(crate) struct ByteMasks {
    pub(crate) quotes: u64,
    /// Braces and backslashes, and bytes that the implementation cannot tell from them.
    pub(crate) structural: u64,
}
