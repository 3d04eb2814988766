//! `sekisho rules match`: prints the records that match a pattern.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use sekisho_rules::Pattern;
use serde_json::value::RawValue;

use super::configure::{classifier, configure};
use super::diagnostic::{Diagnostic, Location, SourceText, show};
use super::file::Severity;
use super::places::Places;
use super::records;
use super::rule::{Definition, Rule, Rules};
use crate::color::{Palette, When};
use crate::failure::{Exit, Failure, exit_after};
use crate::module_file;
use crate::options::SizeLimit;
use crate::output::annotated;

/// Print the records that match an event pattern, one per line
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// The event pattern
    #[arg(long, value_name = "JSON")]
    pattern: String,
    /// File of records; `-` or no file is standard input
    file: Option<PathBuf>,
    #[command(flatten)]
    places: Places,
    #[command(flatten)]
    limit: SizeLimit,
}

const AFTER_HELP: &str = "\
Examples:
  sekisho rules match --pattern '{\"detail\": {\"eventName\": [\"SwitchRole\"]}}' trail.json.gz
  sekisho rules match --record data.aws --pattern '{\"detail\": {\"errorCode\": [{\"exists\": true}]}}' \\
      wrapped.ndjson
  zcat trail.json.gz | sekisho rules match --pattern '{\"signin\": {\"outcome\": [\"failure\"]}}'";

impl Options {
    /// Runs `sekisho rules match`.
    ///
    /// # Errors
    /// [`Failure`], if the pattern is invalid, or the output cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        print_matches(self, color)
    }
}

fn print_matches(options: &Options, color: When) -> Result<Exit, Failure> {
    if options.file.is_none() && io::stdin().is_terminal() {
        return Err(Failure::no_input());
    }
    let rules = Rules { rules: vec![rule(&options.pattern, color)?], ..Rules::default() };
    let mut filter = module_file::start(&module_file::load(None)?)?;
    let record = options.places.paths(None);
    configure(&mut filter, Some(&rules), record)?;
    let mut out = io::stdout().lock();
    let mut line = Vec::new();
    let read = records::read(
        &mut filter,
        classifier(record)?,
        options.file.as_ref(),
        options.limit.max_file_bytes,
        |verdict, record| {
            if verdict.rules.is_empty() {
                return Ok(());
            }
            line.clear();
            annotated::write(record, &mut line);
            out.write_all(&line)
        },
    );
    exit_after(read.map(|totals| {
        let mut stderr = io::stderr().lock();
        let palette = Palette::new(color, stderr.is_terminal());
        // If standard error is closed, the exit code still reports errors.
        let _ = totals.volume.without_record.write(&mut stderr, palette, false);
        let _ = totals.read_errors.write(&mut stderr, palette);
        totals.exit()
    }))
}

/// A rule with this pattern. An error is shown on standard error.
fn rule(pattern: &str, color: When) -> Result<Rule, Failure> {
    let (message, offset) = match Pattern::parse(pattern.as_bytes()) {
        Ok(parsed) if parsed.references("attempt") => {
            let message = "expected a pattern for records, found a pattern for attempts: put it into \
                           a rule, and run `sekisho attempts`";
            (message.to_owned(), 0)
        }
        Ok(_) => {
            let pattern = RawValue::from_string(pattern.trim().to_owned());
            return Ok(Rule {
                id: "pattern".to_owned(),
                severity: Severity::Informational,
                description: String::new(),
                tags: Vec::new(),
                definition: Definition::Record(pattern.expect("a valid pattern is JSON")),
                tests: Vec::new(),
                is_enabled: true,
                location: Location { source: 0, span: 0..0 },
            });
        }
        Err(error) => (error.kind.to_string(), error.offset.min(pattern.len())),
    };
    let location = Location { source: 0, span: offset..offset };
    let source = SourceText::new("--pattern".to_owned(), pattern.to_owned());
    show(&[Diagnostic::new(message, Some(location))], &[source], color);
    Err(Failure::Usage {
        message: "the pattern is invalid".to_owned(),
        advice: "pass a pattern as JSON, in quotes of the shell: '{\"field\": [\"value\"]}'",
    })
}
