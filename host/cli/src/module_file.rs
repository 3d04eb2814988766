//! Loads WebAssembly modules: the built-in one, or a file.

use std::fs;
use std::path::{Path, PathBuf};

use sekisho_host::{Filter, Module, Settings};

use crate::failure::Failure;
use crate::file::read_bounded;
use crate::log::warn;
use crate::options::Form;

/// The longest module that `sekisho-host` accepts by default.
const MAX_MODULE_BYTES: u64 = 16 << 20;

/// Loads the module in a file, or the built-in one.
///
/// # Errors
/// [`Failure::Usage`], if the file cannot be read; [`Failure::Module`], if it is not a module that
/// the program can use.
pub(crate) fn load(path: Option<&Path>) -> Result<Module, Failure> {
    load_with(path, None, Settings::new())
}

/// Loads the module in a file, or the built-in one that has the form.
///
/// # Errors
/// Those of [`load`].
pub(crate) fn load_for(path: Option<&Path>, form: Option<Form>) -> Result<Module, Failure> {
    load_with(path, form, Settings::new())
}

/// Loads a module with other limits than the default ones. The built-in module is trusted: it has no
/// deadline, and its compiled form is kept in the user's cache folder. A file is neither, unless it is
/// the built-in module.
///
/// # Errors
/// Those of [`load`].
pub(crate) fn load_with(
    path: Option<&Path>,
    form: Option<Form>,
    settings: Settings,
) -> Result<Module, Failure> {
    let builtin = match form {
        None => sekisho_module::SIMD,
        Some(_) => sekisho_module::FORMS_SIMD,
    };
    let bytes;
    let wasm = match path {
        None => builtin,
        Some(path) => {
            bytes = read(path)?;
            &bytes
        }
    };
    let settings = settings.trust(builtin);
    let settings = match cache_folder() {
        Some(folder) if wasm == builtin => settings.cache(folder),
        _ => settings,
    };
    let module = Module::with_settings(wasm, settings).map_err(|error| Failure::Module {
        message: format!("cannot load the module: {error}"),
        advice: "run `sekisho inspect` for what the module contains",
    })?;
    if let Some(error) = module.cache_error() {
        warn(&format!("warning: the module is compiled at each start: {error}"));
    }
    Ok(module)
}

/// The folder for compiled modules, in the user's cache folder; none if that cannot be created, or if
/// there is no home folder that every working folder would share.
fn cache_folder() -> Option<PathBuf> {
    let folder = dirs::cache_dir().filter(|folder| folder.is_absolute())?.join("sekisho");
    fs::create_dir_all(&folder).ok()?;
    Some(folder.join("compiled"))
}

/// Starts an instance of the module.
///
/// # Errors
/// [`Failure::Module`], if it does not start.
pub(crate) fn start(module: &Module) -> Result<Filter, Failure> {
    module.filter().map_err(|fault| Failure::Module {
        message: format!("cannot start the module: {fault}"),
        advice: "use fewer threads, which need less memory: `--threads 1`",
    })
}

/// Reads a module file, as far as a module can be long and a byte more.
///
/// # Errors
/// [`Failure::Usage`], if it cannot be read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    read_bounded(path, MAX_MODULE_BYTES).map_err(|error| Failure::Usage {
        message: format!("cannot read the module {}: {error}", path.display()),
        advice: "name a WebAssembly file, such as sekisho.wasm",
    })
}
