//! Decompresses zstd for the playground, in a module of its own: it is loaded only for a file that
//! needs it.

mod frames;

use std::io::{BufReader, Read};

use sekisho_browser_source::{ReadBytes, Source};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::frames::Frames;

/// How much of the compressed file is read at once.
const READ_BYTES: usize = 128 << 10;

/// A file compressed by zstd.
#[wasm_bindgen]
pub struct Unzstd(Frames<BufReader<Source>>);

#[wasm_bindgen]
impl Unzstd {
    /// Decompresses what `file` returns.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(file: ReadBytes) -> Self {
        Self(Frames::new(BufReader::with_capacity(READ_BYTES, Source(file))))
    }

    /// Returns the next bytes, at most `length` of them; none at the end.
    ///
    /// # Errors
    /// Throws if the file cannot be read or decompressed.
    pub fn read(&mut self, length: usize) -> Result<Vec<u8>, JsError> {
        let mut bytes = vec![0; length];
        let read = self.0.read(&mut bytes)?;
        bytes.truncate(read);
        Ok(bytes)
    }
}
