//! `sekisho inspect`: describes a WebAssembly module without compiling or running it.

mod contents;
mod description;
mod features;
mod hosts;
mod text;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use self::contents::Contents;
pub(crate) use self::contents::MANIFEST;
use self::description::Description;
use crate::color::{Palette, When};
use crate::failure::{Exit, Failure, exit_after};
use crate::module_file;

/// Describe a WebAssembly module without compiling or running it, and list which hosts can load it
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// The WebAssembly module [default: the built-in one with SIMD]
    #[arg(value_name = "MODULE")]
    module: Option<PathBuf>,
    /// Describe the built-in portable module instead of the one with SIMD
    #[arg(long, conflicts_with = "module")]
    portable: bool,
    /// Output format
    #[arg(long, short, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// A JSON object
    Json,
}

const AFTER_HELP: &str = "\
Examples:
  sekisho inspect
  sekisho inspect --portable --format json
  sekisho inspect my-module.wasm";

impl Options {
    /// Runs `sekisho inspect`.
    ///
    /// # Errors
    /// [`Failure`], if the file cannot be read or is not a valid module.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        let bytes;
        let (file, wasm) = match &self.module {
            Some(path) => {
                bytes = module_file::read(path)?;
                (path.to_string_lossy().into_owned(), bytes.as_slice())
            }
            None if self.portable => ("built in, portable".to_owned(), sekisho_module::PORTABLE),
            None => ("built in".to_owned(), sekisho_module::SIMD),
        };
        let contents = Contents::read(wasm).map_err(|error| Failure::Module {
            message: format!("{file} is not a WebAssembly module: {error}"),
            advice: "name a core module, such as sekisho.wasm; components are not supported",
        })?;
        let hosts = hosts::check(wasm, &contents);
        let description = Description { file, contents, hosts };
        let mut out = io::stdout().lock();
        let palette = Palette::new(color, out.is_terminal());
        let written = match self.format {
            Format::Text => text::write(&mut out, palette, &description),
            Format::Json => serde_json::to_writer_pretty(&mut out, &description)
                .map_err(io::Error::from)
                .and_then(|()| writeln!(out)),
        };
        exit_after(written.map(|()| Exit::Complete))
    }
}
