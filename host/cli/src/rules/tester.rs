//! Runs the tests of rules, and prints the results.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use sekisho::Classifier;
use sekisho_host::{Error, Filter};
use sekisho_records::{Constraint, constraints_in};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::records;
use super::rule::{Definition, Rule, Rules, Test, TestInput, TestResult};
use crate::color::Palette;
use crate::failure::Exit;
use crate::output::Verdict;
use crate::sanitize::printable;
use crate::summary::counted;

/// The maximum number of emitted lines to show for a test that fails.
const MAX_LINES: usize = 5;

/// The number of records that a rule must match.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Expectation {
    /// The id of the rule.
    pub(super) id: String,
    /// The number of records.
    pub(super) count: u64,
}

/// The rules of a line that the module emits.
#[derive(Deserialize)]
struct EmittedRules {
    /// The rule of a finding.
    rule: Option<String>,
    /// The rules that match an attempt.
    #[serde(default)]
    rules: Vec<String>,
}

/// Runs tests with one instance of the module.
pub(super) struct Tester<'r, W> {
    rules: &'r Rules,
    filter: Filter,
    palette: Palette,
    out: W,
    tests: u64,
    failed: u64,
}

impl<'r, W: Write> Tester<'r, W> {
    /// Creates a tester. `filter` is configured with `rules`, and results are printed to `out`.
    pub(super) fn new(rules: &'r Rules, filter: Filter, palette: Palette, out: W) -> Self {
        Self { rules, filter, palette, out, tests: 0, failed: 0 }
    }

    /// Runs all tests, then counts matches in the file `events`, in which the classifier finds records
    /// as the filter does, and checks the `expectations`.
    ///
    /// # Errors
    /// The error of the writer.
    pub(super) fn run(
        &mut self,
        events: Option<&PathBuf>,
        classifier: Classifier,
        expectations: &[Expectation],
        max_file_bytes: u64,
    ) -> io::Result<Exit> {
        let rules = &self.rules.rules;
        let width = rules.iter().map(|rule| printable(&rule.id).len()).max();
        for rule in rules {
            self.run_tests(rule, width.unwrap_or_default())?;
        }
        let exit = match events {
            Some(file) => self.count_matches(file, classifier, expectations, max_file_bytes)?,
            None => Exit::Complete,
        };
        let Self { palette, out, tests, failed, .. } = self;
        let title = palette.title();
        let tests = counted(*tests, "test");
        match failed {
            0 => writeln!(out, "{title}{tests}, all passed{title:#}")?,
            _ => writeln!(out, "{title}{tests}, {failed} failed{title:#}")?,
        }
        match exit {
            Exit::Complete if self.failed > 0 => Ok(Exit::TestFailed),
            exit => Ok(exit),
        }
    }

    /// Runs the tests of a rule.
    fn run_tests(&mut self, rule: &Rule, width: usize) -> io::Result<()> {
        let found: Vec<_> = rule.tests.iter().map(|test| self.run_test(rule, test)).collect();
        let failed =
            |(test, found): &(&Test, &Result<TestResult, String>)| **found != Ok(test.expected);
        let failed: Vec<_> = rule.tests.iter().zip(&found).filter(failed).collect();
        let tests = counted(found.len() as u64, "test");
        let id = printable(&rule.id);
        let line = format!("{:<13}  {id:<width$}  {tests}", rule.severity);
        self.print_status(failed.is_empty(), &line)?;
        for (test, found) in &failed {
            self.print_failure(rule, test, found)?;
        }
        self.tests += found.len() as u64;
        self.failed += failed.len() as u64;
        Ok(())
    }

    /// The result of a test, or the error of the module.
    fn run_test(&mut self, rule: &Rule, test: &Test) -> Result<TestResult, String> {
        let events = match &test.input {
            TestInput::Event(event) => return self.matches(rule, event).map(TestResult::Match),
            TestInput::Events(events) => events,
        };
        let mut count = 0;
        for line in self.observe(events).map_err(|error| error.to_string())?.lines() {
            let emitted: EmittedRules =
                serde_json::from_str(line).map_err(|error| error.to_string())?;
            count += u64::from(emitted.rule.iter().chain(&emitted.rules).any(|id| *id == rule.id));
        }
        Ok(match test.expected {
            TestResult::Match(_) => TestResult::Match(count > 0),
            TestResult::Findings(_) => TestResult::Findings(count),
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

    /// The lines that the module emits for a stream of these events.
    fn observe(&mut self, events: &[String]) -> Result<String, Error> {
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

    fn print_failure(
        &mut self,
        rule: &Rule,
        test: &Test,
        found: &Result<TestResult, String>,
    ) -> io::Result<()> {
        let position = self.rules.sources[test.location.source].position(test.location.span.start);
        let expected = describe(test.expected);
        let found = match found {
            Ok(found) => describe(*found),
            Err(message) => message.clone(),
        };
        let name = match &test.name {
            Some(name) => format!("`{name}`"),
            None => "a test".to_owned(),
        };
        let message = format!("{name} at {position}: expected {expected}, found {found}");
        writeln!(self.out, "      {}", printable(&message))?;
        match &test.input {
            TestInput::Event(event) => {
                writeln!(self.out, "      event: {}", printable(event.get()))?;
                let views = Classifier::new().views(event.get().as_bytes());
                let constraints = views.map_or(Vec::new(), |views| rule.constraints(&views));
                self.print_constraints(&constraints)
            }
            TestInput::Events(events) => {
                let lines = self.observe(events).unwrap_or_default();
                self.print_lines(rule, &lines)
            }
        }
    }

    /// Prints the lines that the module emits for the events of a test.
    fn print_lines(&mut self, rule: &Rule, lines: &str) -> io::Result<()> {
        for line in lines.lines().take(MAX_LINES) {
            writeln!(self.out, "      emitted: {}", printable(line))?;
            if let Definition::Attempt(pattern) = &rule.definition {
                let event = format!("{{\"attempt\":{line}}}");
                self.print_constraints(&constraints_in(pattern.get(), event.as_bytes()))?;
            }
        }
        match lines.lines().count().saturating_sub(MAX_LINES) {
            0 => Ok(()),
            more => writeln!(self.out, "      and {}", counted(more as u64, "more line")),
        }
    }

    fn print_constraints(&mut self, constraints: &[Constraint]) -> io::Result<()> {
        for constraint in constraints {
            let word = if constraint.is_met { "yes" } else { "no " };
            let indent = 2 * constraint.depth + 6;
            writeln!(self.out, "{:indent$}{word}  {}", "", printable(&constraint.to_string()))?;
        }
        Ok(())
    }

    /// Counts the matches of each rule in a file of records, and checks the expectations.
    fn count_matches(
        &mut self,
        file: &PathBuf,
        classifier: Classifier,
        expectations: &[Expectation],
        max_file_bytes: u64,
    ) -> io::Result<Exit> {
        let mut counts: BTreeMap<&str, u64> =
            self.rules.rules.iter().map(|rule| (rule.id.as_str(), 0)).collect();
        let each = |verdict: &Verdict<'_>, _: &[u8]| {
            for id in &verdict.rules {
                counts.get_mut(id.as_str()).into_iter().for_each(|count| *count += 1);
            }
            Ok(())
        };
        let totals = records::read(&mut self.filter, classifier, Some(file), max_file_bytes, each)?;
        let title = self.palette.title();
        writeln!(self.out, "\n{title}{}{title:#}", counted(totals.volume.records, "record"))?;
        for Expectation { id, count } in expectations {
            let found = counts[id.as_str()];
            let mut line = format!("{}: {}", printable(id), matches(found));
            if found != *count {
                line += &format!(", expected {}", matches(*count));
            }
            self.print_status(found == *count, &line)?;
            self.tests += 1;
            self.failed += u64::from(found != *count);
        }
        let expected = |id: &str| expectations.iter().any(|expectation| expectation.id == id);
        for (id, found) in counts.into_iter().filter(|(id, found)| *found > 0 && !expected(id)) {
            writeln!(self.out, "      {}: {}", printable(id), matches(found))?;
        }
        let mut stderr = io::stderr().lock();
        // If standard error is closed, the exit code still reports errors.
        let _ = totals.volume.without_record.write(&mut stderr, self.palette, false);
        let _ = totals.read_errors.write(&mut stderr, self.palette);
        Ok(totals.exit())
    }

    fn print_status(&mut self, passed: bool, line: &str) -> io::Result<()> {
        let (style, word) = match passed {
            true => (self.palette.good(), "ok  "),
            false => (self.palette.bad(), "FAIL"),
        };
        writeln!(self.out, "{style}{word}{style:#}  {line}")
    }
}

fn describe(result: TestResult) -> String {
    match result {
        TestResult::Match(true) => "a match".to_owned(),
        TestResult::Match(false) => "no match".to_owned(),
        TestResult::Findings(count) => counted(count, "finding"),
    }
}

/// `1 match`, `2 matches`.
fn matches(count: u64) -> String {
    match count {
        1 => "1 match".to_owned(),
        count => format!("{count} matches"),
    }
}
