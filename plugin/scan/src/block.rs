//! Blocks, by which texts are compared.

/// The number of bytes of a block.
pub(crate) const BLOCK_BYTES: usize = 32;
