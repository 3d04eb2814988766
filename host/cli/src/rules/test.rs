//! `sekisho rules test`: runs the tests of rules, and counts matches in a file of records.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;

use super::configure::{classifier, configure};
use super::load::load;
use super::places::Places;
use super::tester::{Expectation, Tester};
use crate::color::{Palette, When};
use crate::failure::{Exit, Failure, exit_after};
use crate::module_file;
use crate::options::SizeLimit;

/// Run the tests inside rules, and count rule matches in a file of records
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// Rule files, in YAML or JSON; `builtin` is the built-in rules
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Count the matches of each rule in the records of FILE; `-` is standard input
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Fail unless the rule ID matches exactly COUNT records
    #[arg(long, value_name = "ID=COUNT", requires = "events", value_parser = expectation)]
    expect: Vec<Expectation>,
    #[command(flatten)]
    places: Places,
    #[command(flatten)]
    limit: SizeLimit,
}

/// Parses `ID=COUNT`.
fn expectation(text: &str) -> Result<Expectation, String> {
    let parse = |(id, count): (&str, &str)| {
        Some(Expectation { id: id.to_owned(), count: count.parse().ok()? })
    };
    text.rsplit_once('=').and_then(parse).ok_or_else(|| {
        format!("expected a rule id, `=` and a number, as in root-signin=2; found `{text}`")
    })
}

const AFTER_HELP: &str = "\
Rules are tested as they are written: what the files silence or change has no effect.

Examples:
  sekisho rules test mine.yaml
  sekisho rules test builtin --events trail.json.gz --expect root-signin=2 --expect unknown-user=0
  sekisho rules test mine.yaml --events wrapped.ndjson --record data.aws

Exit status: 0 if all tests pass, 1 if a test fails or a record cannot be read.";

impl Options {
    /// Runs `sekisho rules test`.
    ///
    /// # Errors
    /// [`Failure`], if the rules are invalid, or the output cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        let rules = load(&self.files, color)?.without_changes();
        for Expectation { id, .. } in &self.expect {
            let found = match rules.rules.iter().find(|rule| rule.id == *id) {
                Some(rule) if rule.matches_records() => continue,
                Some(_) => "a rule for attempts or a correlation",
                None => "no rule with this id",
            };
            return Err(Failure::Usage {
                message: format!("`--expect {id}`: expected a rule for records, found {found}"),
                advice: "use the id of a rule for records, as in `--expect root-signin=2`",
            });
        }
        let mut filter = module_file::start(&module_file::load(None)?)?;
        let record = self.places.paths(Some(&rules));
        configure(&mut filter, Some(&rules), record)?;
        let classifier = classifier(record)?;
        let stdout = io::stdout().lock();
        let palette = Palette::new(color, stdout.is_terminal());
        let mut tester = Tester::new(&rules, filter, palette, stdout);
        let events = self.events.as_ref();
        exit_after(tester.run(events, classifier, &self.expect, self.limit.max_file_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations_are_parsed() {
        let expected = Expectation { id: "a=b".to_owned(), count: 2 };
        assert_eq!(expectation("a=b=2"), Ok(expected));
        for wrong in ["a", "a=", "a=-1", "a=b", "2"] {
            assert!(expectation(wrong).is_err(), "{wrong}");
        }
    }
}
