//! Compiles the modules in this folder from text, for hosts that read no text:
//! `cargo run --example hostile -- FOLDER`.

use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("expected a folder")?);
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../hostile"))? {
        let text = entry?.path();
        if let Some(name) = text.file_stem().filter(|_| text.extension() == Some(OsStr::new("wat")))
        {
            fs::write(folder.join(name).with_extension("wasm"), wat::parse_file(&text)?)?;
        }
    }
    Ok(())
}
