//! Writes the builds of the module into a folder.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::args_os().nth(1).unwrap_or_else(|| "dist".into()));
    fs::create_dir_all(&folder)?;
    for (name, bytes) in [
        ("sekisho.wasm", sekisho_module::PORTABLE),
        ("sekisho-simd.wasm", sekisho_module::SIMD),
        ("sekisho-forms.wasm", sekisho_module::FORMS_PORTABLE),
        ("sekisho-forms-simd.wasm", sekisho_module::FORMS_SIMD),
    ] {
        let path = folder.join(name);
        fs::write(&path, bytes)?;
        println!("{} {} bytes", path.display(), bytes.len());
    }
    Ok(())
}
