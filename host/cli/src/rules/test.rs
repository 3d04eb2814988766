//! `sekisho rules test`: the tests inside rules, and counts over a file of records.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use sekisho::Classifier;
use sekisho_host::{Error, Filter};
use sekisho_records::{Constraint, constraints_in};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::load::{Asks, Input, Rule, Rules, Said, Test};
use super::{configure, load, records};
use crate::color::{Palette, When};
use crate::failure::{Exit, Failure, exit_after};
use crate::module_file;
use crate::options::SizeLimit;
use crate::output::Verdict;
use crate::sanitize::printable;
use crate::summary::counted;

/// Of what a test of attempts makes the module tell, so many lines are shown.
const TOLD_MAX: usize = 5;

/// What the module tells, as far as tests ask for it.
#[derive(Deserialize)]
struct Told {
    /// The rule of a finding.
    rule: Option<String>,
    /// The rules that match an attempt.
    #[serde(default)]
    rules: Vec<String>,
}

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
    limit: SizeLimit,
}

/// How many records a rule must match.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Expectation {
    /// The id of the rule.
    id: String,
    /// The number of records.
    count: u64,
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
Examples:
  sekisho rules test mine.yaml
  sekisho rules test builtin --events trail.json.gz --expect root-signin=2 --expect unknown-user=0

Exit status: 0 if all tests pass, 1 if a test fails or a record cannot be read.";

impl Options {
    /// Runs `sekisho rules test`.
    ///
    /// # Errors
    /// [`Failure`], if the rules are invalid, or the output cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        test(self, color)
    }
}

fn test(arguments: &Options, color: When) -> Result<Exit, Failure> {
    let rules = load(&arguments.files, color)?;
    for Expectation { id, .. } in &arguments.expect {
        let problem = match rules.rules.iter().find(|rule| rule.id == *id) {
            Some(rule) if rule.matches_records() => continue,
            Some(_) => "matches no single records",
            None => "is in no file",
        };
        return Err(Failure::Usage {
            message: format!("`--expect` names the rule `{id}`, which {problem}"),
            advice: "name the id of a rule of records, as in `--expect root-signin=2`",
        });
    }
    let mut filter = module_file::start(&module_file::load(None)?)?;
    configure(&mut filter, &rules)?;
    let stdout = io::stdout().lock();
    let palette = Palette::new(color, stdout.is_terminal());
    let mut tester = Tester { rules: &rules, filter, palette, out: stdout, tests: 0, failed: 0 };
    exit_after(tester.run(arguments))
}

struct Tester<'r, W> {
    rules: &'r Rules,
    filter: Filter,
    palette: Palette,
    out: W,
    tests: u64,
    failed: u64,
}

impl<W: Write> Tester<'_, W> {
    fn run(&mut self, arguments: &Options) -> io::Result<Exit> {
        let rules = &self.rules.rules;
        let width = rules.iter().map(|rule| printable(&rule.id).len()).max();
        for rule in rules {
            self.rule(rule, width.unwrap_or_default())?;
        }
        let read = match &arguments.events {
            Some(_) => self.events(arguments)?,
            None => Exit::Complete,
        };
        let Self { palette, out, tests, failed, .. } = self;
        let title = palette.title();
        let tests = counted(*tests, "test");
        match failed {
            0 => writeln!(out, "{title}{tests}, all passed{title:#}")?,
            _ => writeln!(out, "{title}{tests}, {failed} failed{title:#}")?,
        }
        match read {
            Exit::Complete if self.failed > 0 => Ok(Exit::TestFailed),
            read => Ok(read),
        }
    }

    /// Runs the tests of a rule.
    fn rule(&mut self, rule: &Rule, width: usize) -> io::Result<()> {
        let found: Vec<_> = rule.tests.iter().map(|test| self.said(rule, test)).collect();
        let failed = |(test, found): &(&Test, &Result<Said, String>)| **found != Ok(test.expected);
        let failed: Vec<_> = rule.tests.iter().zip(&found).filter(failed).collect();
        let tests = counted(found.len() as u64, "test");
        let id = printable(&rule.id);
        let line = format!("{:<13}  {id:<width$}  {tests}", rule.severity);
        self.line(failed.is_empty(), &line)?;
        for (test, found) in &failed {
            self.failure(rule, test, found)?;
        }
        self.tests += found.len() as u64;
        self.failed += failed.len() as u64;
        Ok(())
    }

    /// What a rule says of the input of a test; else why the module cannot tell.
    fn said(&mut self, rule: &Rule, test: &Test) -> Result<Said, String> {
        let events = match &test.input {
            Input::Event(event) => return self.matches(rule, event).map(Said::Match),
            Input::Events(events) => events,
        };
        let mut count = 0;
        for line in self.told(events).map_err(|error| error.to_string())?.lines() {
            let told: Told = serde_json::from_str(line).map_err(|error| error.to_string())?;
            count += u64::from(told.rule.iter().chain(&told.rules).any(|id| *id == rule.id));
        }
        Ok(match test.expected {
            Said::Match(_) => Said::Match(count > 0),
            Said::Findings(_) => Said::Findings(count),
        })
    }

    /// Whether a rule matches an event.
    fn matches(&mut self, rule: &Rule, event: &RawValue) -> Result<bool, String> {
        let verdict = self.filter.process(event.get().as_bytes());
        let Some(verdict) = verdict.map_err(|error| error.to_string())? else {
            return Ok(false);
        };
        let (verdict, _) = Verdict::parse(verdict.as_bytes()).map_err(|error| error.to_string())?;
        Ok(verdict.rules.contains(&rule.id))
    }

    /// The lines that the module tells of events, from the first to the end of the stream.
    fn told(&mut self, events: &[String]) -> Result<String, Error> {
        let mut lines = Vec::new();
        self.filter.reset()?;
        for event in events {
            lines.extend_from_slice(self.filter.observe(event.as_bytes(), 0)?.as_bytes());
        }
        loop {
            match self.filter.flush()?.as_bytes() {
                [] => return Ok(String::from_utf8_lossy(&lines).into_owned()),
                more => lines.extend_from_slice(more),
            }
        }
    }

    fn failure(
        &mut self,
        rule: &Rule,
        test: &Test,
        found: &Result<Said, String>,
    ) -> io::Result<()> {
        let (source, at) = test.place;
        let place = self.rules.sources[source].place(at);
        let expected = in_words(test.expected);
        let found = match found {
            Ok(found) => in_words(*found),
            Err(sentence) => sentence.clone(),
        };
        let name = match &test.name {
            Some(name) => format!("`{name}`"),
            None => "a test".to_owned(),
        };
        let sentence = format!("{name} at {place}: expected {expected}, found {found}");
        writeln!(self.out, "      {}", printable(&sentence))?;
        match &test.input {
            Input::Event(event) => {
                writeln!(self.out, "      event: {}", printable(event.get()))?;
                let views = Classifier::new().views(event.get().as_bytes());
                self.constraints(&views.map_or(Vec::new(), |views| rule.constraints(&views)))
            }
            Input::Events(events) => {
                let lines = self.told(events).unwrap_or_default();
                self.lines(rule, &lines)
            }
        }
    }

    /// Shows what the module told of the events of a test.
    fn lines(&mut self, rule: &Rule, lines: &str) -> io::Result<()> {
        for line in lines.lines().take(TOLD_MAX) {
            writeln!(self.out, "      told: {}", printable(line))?;
            if let Asks::Attempt(pattern) = &rule.asks {
                let view = format!("{{\"attempt\":{line}}}");
                self.constraints(&constraints_in(pattern.get(), view.as_bytes()))?;
            }
        }
        match lines.lines().count().saturating_sub(TOLD_MAX) {
            0 => Ok(()),
            more => writeln!(self.out, "      and {}", counted(more as u64, "more line")),
        }
    }

    fn constraints(&mut self, constraints: &[Constraint]) -> io::Result<()> {
        for constraint in constraints {
            let word = if constraint.is_met { "yes" } else { "no " };
            let indent = 2 * constraint.depth + 6;
            writeln!(self.out, "{:indent$}{word}  {}", "", printable(&constraint.to_string()))?;
        }
        Ok(())
    }

    /// Counts the matches in a file of records.
    fn events(&mut self, arguments: &Options) -> io::Result<Exit> {
        let mut counts: BTreeMap<&str, u64> =
            self.rules.rules.iter().map(|rule| (rule.id.as_str(), 0)).collect();
        let each = |verdict: &Verdict<'_>, _: &[u8]| {
            for id in &verdict.rules {
                counts.get_mut(id.as_str()).into_iter().for_each(|count| *count += 1);
            }
            Ok(())
        };
        let limit_bytes = arguments.limit.max_file_bytes;
        let totals = records::read(&mut self.filter, arguments.events.as_ref(), limit_bytes, each)?;
        let title = self.palette.title();
        writeln!(self.out, "\n{title}{}{title:#}", counted(totals.records, "record"))?;
        for Expectation { id, count } in &arguments.expect {
            let found = counts[id.as_str()];
            let mut line = format!("{}: {}", printable(id), counted_matches(found));
            if found != *count {
                line += &format!(", expected {}", counted_matches(*count));
            }
            self.line(found == *count, &line)?;
            self.tests += 1;
            self.failed += u64::from(found != *count);
        }
        let expected = |id: &str| arguments.expect.iter().any(|expect| expect.id == id);
        for (id, found) in counts.into_iter().filter(|(id, found)| *found > 0 && !expected(id)) {
            writeln!(self.out, "      {}: {}", printable(id), counted_matches(found))?;
        }
        let mut stderr = io::stderr().lock();
        // If standard error is gone, the exit code still tells.
        let _ = totals.read_errors.write(&mut stderr, self.palette);
        Ok(totals.exit())
    }

    fn line(&mut self, passed: bool, line: &str) -> io::Result<()> {
        let (style, word) = match passed {
            true => (self.palette.good(), "ok  "),
            false => (self.palette.bad(), "FAIL"),
        };
        writeln!(self.out, "{style}{word}{style:#}  {line}")
    }
}

fn in_words(said: Said) -> String {
    match said {
        Said::Match(true) => "a match".to_owned(),
        Said::Match(false) => "no match".to_owned(),
        Said::Findings(count) => counted(count, "finding"),
    }
}

fn counted_matches(count: u64) -> String {
    match count {
        1 => "1 match".to_owned(),
        count => format!("{count} matches"),
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
