//! Reads the bytes of a file from a JavaScript function.
#![forbid(unsafe_code)]

use std::io::{self, Read};

use js_sys::{Error, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    /// Returns the next bytes of a file, at most `length` of them; none at the end.
    #[derive(Debug)]
    #[wasm_bindgen(extends = js_sys::Function, typescript_type = "(length: number) => Uint8Array")]
    pub type ReadBytes;
}

/// A file that a JavaScript function reads. What the function throws becomes an error with the same
/// message.
#[derive(Debug)]
pub struct Source(pub ReadBytes);

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let answer = self.0.call1(&JsValue::NULL, &buffer.len().into()).map_err(|thrown| {
            let message = thrown.dyn_ref::<Error>().map(|error| String::from(error.message()));
            io::Error::other(message.unwrap_or_else(|| "the file could not be read".to_owned()))
        })?;
        let bytes: Uint8Array = answer.unchecked_into();
        let length = bytes.length() as usize;
        let room = buffer.get_mut(..length).ok_or(io::ErrorKind::InvalidData)?;
        bytes.copy_to(room);
        Ok(length)
    }
}
