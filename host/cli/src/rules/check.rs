//! `sekisho rules check`: reports all errors in rule files.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use clap::Args;
use sekisho_attempts::Time;
use sekisho_rules::{Limits, Pattern};

use super::load::load;
use super::rule::{Rule, Rules};
use crate::color::When;
use crate::failure::{Exit, Failure, exit_after};
use crate::sanitize::printable;
use crate::summary::counted;

/// Check rule files, and print each error with its position
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// Rule files, in YAML or JSON; `builtin` is the built-in rules
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  sekisho rules check mine.yaml
  sekisho rules check builtin mine.yaml

Exit status: 0 if all rules are valid, 2 otherwise.";

impl Options {
    /// Runs `sekisho rules check`.
    ///
    /// # Errors
    /// [`Failure`], if a rule is invalid, or the output cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        let rules = load(&self.files, color)?;
        exit_after(report(&rules).map(|()| Exit::Complete))
    }
}

fn report(rules: &Rules) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let tests: usize = rules.rules.iter().map(|rule| rule.tests.len()).sum();
    writeln!(
        out,
        "{} in {}, {}: valid",
        counted(rules.rules.len() as u64, "rule"),
        counted(rules.sources.len() as u64, "file"),
        counted(tests as u64, "test"),
    )?;
    for (count, name) in [(rules.silence.len(), "silence"), (rules.tune.len(), "change")] {
        if count > 0 {
            writeln!(out, "{}", counted(count as u64, name))?;
        }
    }
    if let Some((complexity, id)) = most_complex(rules) {
        writeln!(
            out,
            "wildcards: a complexity of up to {complexity}, in `{}`; AWS accepts {}",
            printable(id),
            Limits::AWS.wildcard_prefixes
        )?;
    }
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let now = Time::try_from(since_1970.as_millis()).unwrap_or(Time::MAX);
    for (entry, description) in rules.silence.iter().zip(rules.silence_entries()) {
        if entry.until <= now {
            writeln!(
                out,
                "over, so that it holds for older events only: {}",
                printable(&description)
            )?;
        }
    }
    Ok(())
}

/// The complexity of the most complex wildcards, and the id of their rule.
fn most_complex(rules: &Rules) -> Option<(usize, &str)> {
    let complexity = |rule: &Rule| {
        let pattern = rule.definition.pattern()?.get().as_bytes();
        // Valid rules are within the limit.
        let at_most = Limits::AWS.wildcard_prefixes;
        let complexity = Pattern::wildcard_complexity(pattern, at_most).ok().flatten();
        complexity.filter(|complexity| *complexity > 0)
    };
    let of_rules = rules.rules.iter().filter_map(|rule| Some((complexity(rule)?, &*rule.id)));
    of_rules.max_by_key(|(complexity, _)| *complexity)
}
