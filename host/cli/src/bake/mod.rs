//! `sekisho bake`: a module that has its rules in it, for hosts that cannot configure one.

mod manifest;
mod snapshot;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use indicatif::HumanCount;

use crate::args::{Bake, When};
use crate::failure::{Exit, Failure, exit_after};
use crate::input::paths::Source;
use crate::module_file;
use crate::output::Destination;
use crate::rules::{Rules, configuration, configure, load};
use crate::sanitize::printable;
use crate::summary::counted;

/// Does what the command line asks for.
///
/// # Errors
/// [`Failure`], if anything is wrong with the rules, or the module cannot be written. Rules that
/// are refused leave the output as it was.
pub(crate) fn run(arguments: &Bake, color: When) -> Result<Exit, Failure> {
    let rules = load(&arguments.rules, color)?;
    // What the module refuses is told as everywhere.
    configure(&mut module_file::start(&module_file::load(None)?)?, &rules)?;
    let wasm = match arguments.portable {
        true => sekisho_module::PORTABLE,
        false => sekisho_module::SIMD,
    };
    let baked = bake(wasm, &rules).map_err(|error| Failure::Module {
        sentence: format!("the rules do not go into the module: {error:#}"),
        advice: "fewer or simpler rules may help",
    })?;
    write(&baked, &arguments.output, &arguments.rules)?;
    let written = writeln!(
        io::stdout(),
        "{} in {}, {} bytes",
        counted(rules.rules.len() as u64, "rule"),
        printable(&arguments.output.to_string_lossy()),
        HumanCount(baked.len() as u64),
    );
    exit_after(written.map(|()| Exit::Complete))
}

/// The module with the rules in it, and named in its manifest.
fn bake(wasm: &[u8], rules: &Rules) -> wasmtime::Result<Vec<u8>> {
    let configuration = configuration(rules);
    let configured = snapshot::configured(wasm, &configuration)?;
    let ids: Vec<&str> = rules.rules.iter().map(|rule| rule.id.as_str()).collect();
    manifest::name_rules(&configured, &ids, &configuration)
}

fn write(wasm: &[u8], to: &Path, rules: &[PathBuf]) -> Result<(), Failure> {
    let read = |path: &PathBuf| Source::File { path: path.clone(), length: None };
    let read: Vec<_> = rules.iter().map(read).collect();
    let written = Destination::open(Some(to), &read)?.to.write_all(wasm);
    exit_after(written.map(|()| Exit::Complete)).map(drop)
}
