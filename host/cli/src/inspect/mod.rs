//! `sekisho inspect`: what a WebAssembly module is, without running it.

mod contents;
mod features;
mod hosts;
mod text;

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use self::contents::Contents;
pub(crate) use self::contents::MANIFEST;
use self::hosts::Host;
use crate::args::{Inspect, InspectFormat, When};
use crate::color::Palette;
use crate::failure::{Exit, Failure, exit_after};
use crate::module_file;

/// What is told of a module.
#[derive(Debug, Serialize)]
struct Description {
    file: String,
    #[serde(flatten)]
    contents: Contents,
    hosts: Vec<Host>,
}

/// Does what the command line asks for.
///
/// # Errors
/// [`Failure`], if the module cannot be read or is none.
pub(crate) fn run(arguments: &Inspect, color: When) -> Result<Exit, Failure> {
    let read;
    let (file, wasm) = match &arguments.module {
        Some(path) => {
            read = module_file::read(path)?;
            (path.to_string_lossy().into_owned(), read.as_slice())
        }
        None if arguments.portable => ("built in, portable".to_owned(), sekisho_module::PORTABLE),
        None => ("built in".to_owned(), sekisho_module::SIMD),
    };
    let contents = Contents::read(wasm).map_err(|error| Failure::Module {
        sentence: format!("{file} is no WebAssembly module: {error}"),
        advice: "name a core module, as in `sekisho.wasm`; a component is something else",
    })?;
    let hosts = hosts::judge(wasm, &contents);
    let description = Description { file, contents, hosts };
    let mut out = io::stdout().lock();
    let palette = Palette::new(color, out.is_terminal());
    let written = match arguments.format {
        InspectFormat::Text => text::write(&mut out, palette, &description),
        InspectFormat::Json => serde_json::to_writer_pretty(&mut out, &description)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out)),
    };
    exit_after(written.map(|()| Exit::Complete))
}
