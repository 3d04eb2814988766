//! WebAssembly modules that are named on the command line.

use std::fs;
use std::path::{Path, PathBuf};

use sekisho_host::{Filter, Module, Settings};

use crate::failure::Failure;

/// Loads the module in a file, or the one built in.
///
/// # Errors
/// [`Failure`], if it cannot be read or is refused.
pub(crate) fn load(path: Option<&Path>) -> Result<Module, Failure> {
    load_with(path, Settings::new())
}

/// The same, with limits of the caller's choice.
///
/// # Errors
/// As of [`load`].
pub(crate) fn load_with(path: Option<&Path>, settings: Settings) -> Result<Module, Failure> {
    let cached = match cache_folder() {
        Some(folder) => settings.cache(folder),
        None => settings,
    };
    let module = match path {
        None => Module::with_settings(sekisho_module::SIMD, cached),
        Some(path) => Module::with_settings(&read(path)?, cached),
    };
    module.map_err(|error| Failure::Module {
        message: format!("the module is refused: {error}"),
        advice: "`sekisho inspect` says more about a module",
    })
}

/// Where compiled modules are kept for the next run: in the user's folder for such files, if it can be
/// made.
fn cache_folder() -> Option<PathBuf> {
    let folder = dirs::cache_dir()?.join("sekisho");
    fs::create_dir_all(&folder).ok()?;
    Some(folder)
}

/// Makes an instance.
///
/// # Errors
/// [`Failure::Module`], if it does not start.
pub(crate) fn start(module: &Module) -> Result<Filter, Failure> {
    module.filter().map_err(|fault| Failure::Module {
        message: format!("the module does not start: {fault}"),
        advice: "fewer threads take less memory: `--threads 1`",
    })
}

/// Reads a module file.
///
/// # Errors
/// [`Failure::Usage`], if it cannot be read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::Usage {
        message: format!("the module {} cannot be read: {error}", path.display()),
        advice: "name a WebAssembly file, such as sekisho.wasm",
    })
}
