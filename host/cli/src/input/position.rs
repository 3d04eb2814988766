//! Where an item is in the input.

/// The position of an item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position<'a> {
    /// Index of its source among all sources.
    pub(crate) source: usize,
    /// Name of the file.
    pub(crate) file: &'a str,
    /// Number of items before it in the file.
    pub(crate) record: u64,
    /// Offset of its first byte in the decompressed file.
    pub(crate) offset: u64,
}
