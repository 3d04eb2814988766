//! `sekisho bake`: writes a module that contains rules, for hosts that cannot configure one.

mod manifest;
mod snapshot;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::HumanCount;

use crate::color::When;
use crate::failure::{Exit, Failure, exit_after};
use crate::module_file;
use crate::options::Form;
use crate::output::{Destination, UsedFiles};
use crate::rules::{Places, Rules, configuration_for, configure_for, load};
use crate::sanitize::printable;
use crate::summary::counted;

/// Build a WebAssembly module that contains rules, for hosts that cannot configure one
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// Add the rules in FILE; `builtin` is the built-in rules
    #[arg(long, required_unless_present_any = ["record", "form"], value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Build a module whose results are in this form
    #[arg(long, value_enum)]
    form: Option<Form>,
    #[command(flatten)]
    places: Places,
    /// Write the module to this file
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Build the portable module, which every host can load, instead of the one with SIMD
    #[arg(long)]
    portable: bool,
}

const AFTER_HELP: &str = "\
Examples:
  Build a module for Fluent Bit, which has no SIMD, with the built-in rules and your own:
    sekisho bake --portable --rules builtin --rules mine.yaml --output mine.wasm

  Say where Fluent Bit has records, if they are wrapped in a way of your own:
    sekisho bake --portable --record data.aws --output mine.wasm

  Annotate records as events of the Elastic Common Schema, in hosts that cannot configure a module:
    sekisho bake --portable --form ecs --output ecs.wasm

  Show what it contains:
    sekisho inspect mine.wasm

The rules apply wherever the module is loaded, until a host configures others. The output is
reproducible: the same rules result in the same bytes.";

impl Options {
    /// Runs `sekisho bake`.
    ///
    /// # Errors
    /// [`Failure`], if the rules are invalid, which leaves an existing output file unchanged, or the
    /// module cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        let rules = match &self.rules[..] {
            [] => None,
            files => Some(load(files, color)?),
        };
        let (rules, record) = (rules.as_ref(), self.places.paths(rules.as_ref()));
        // Reports rules that the module refuses as the other commands do.
        let mut filter = module_file::start(&module_file::load_for(None, self.form)?)?;
        configure_for(&mut filter, rules, record, self.form)?;
        let wasm = match (self.portable, self.form) {
            (true, None) => sekisho_module::PORTABLE,
            (false, None) => sekisho_module::SIMD,
            (true, Some(_)) => sekisho_module::FORMS_PORTABLE,
            (false, Some(_)) => sekisho_module::FORMS_SIMD,
        };
        let baked = bake(wasm, rules, record, self.form).map_err(|error| Failure::Module {
            message: format!("cannot add the rules to the module: {error:#}"),
            advice: "use fewer or simpler rules",
        })?;
        write(&baked, &self.output, &self.rules)?;
        let written = writeln!(
            io::stdout(),
            "{} in {}, {} bytes",
            counted(rules.map_or(0, |rules| rules.enabled().count()) as u64, "rule"),
            printable(&self.output.to_string_lossy()),
            HumanCount(baked.len() as u64),
        );
        exit_after(written.map(|()| Exit::Complete))
    }
}

/// Adds the rules and the paths of records to the module, and lists both in its manifest.
fn bake(
    wasm: &[u8],
    rules: Option<&Rules>,
    record: Option<&[String]>,
    form: Option<Form>,
) -> wasmtime::Result<Vec<u8>> {
    let configuration = configuration_for(rules, record, form);
    let configured = snapshot::configured(wasm, &configuration)?;
    let enabled = rules.into_iter().flat_map(Rules::enabled);
    let ids: Vec<&str> = enabled.map(|rule| rule.id.as_str()).collect();
    manifest::list_contents(&configured, &ids, record, &configuration)
}

fn write(wasm: &[u8], to: &Path, rule_files: &[PathBuf]) -> Result<(), Failure> {
    let used = UsedFiles { rules: rule_files, ..UsedFiles::default() };
    let mut destination = Destination::open(Some(to), &used)?;
    let written = destination.write_all(wasm).and_then(|()| destination.end(true));
    exit_after(written.map(|_| Exit::Complete)).map(drop)
}
