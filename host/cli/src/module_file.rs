//! WebAssembly modules that are named on the command line.

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// Reads a module file.
///
/// # Errors
/// [`Failure::Usage`], if it cannot be read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::Usage {
        sentence: format!("the module {} cannot be read: {error}", path.display()),
        advice: "name a WebAssembly file, such as sekisho.wasm",
    })
}
