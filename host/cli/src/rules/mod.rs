//! `sekisho rules`: checks rule files, tests rules, and tries patterns.
//!
//! - `file` is the format of rule files. `yaml` converts them to `json`.
//! - `load` loads them: `rule_parser`, `test_parser`, `silence_parser` and `tune_parser` read parts of
//!   a `document`, `ids` checks references, and `test_events` makes the events of tests. Errors are `diagnostic`s, valid rules
//!   `rule`s.
//! - `configure` passes rules and the `places` of records to the module, and `records` matches them against a file.
//! - `check`, `test` with its `tester`, `matching`, `import` and `export` are the subcommands.

mod check;
mod configure;
mod diagnostic;
mod document;
mod export;
mod file;
mod ids;
mod import;
mod json;
mod load;
mod matching;
mod places;
mod records;
mod rule;
mod rule_parser;
mod silence_parser;
mod test;
mod test_events;
mod test_parser;
mod tester;
mod tune_parser;
mod yaml;

use clap::{Args, Subcommand};

use crate::color::When;
use crate::failure::{Exit, Failure};

pub(crate) use self::configure::{
    classifier, configuration, configuration_for, configure, configure_for,
};
pub(crate) use self::load::load;
pub(crate) use self::places::Places;
pub(crate) use self::rule::Rules;

/// Check, test, try, import and export rules, which are Amazon EventBridge event patterns
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Options),
    Test(test::Options),
    Match(matching::Options),
    Import(import::Options),
    Export(export::Options),
}

impl Options {
    /// Runs `sekisho rules`.
    ///
    /// # Errors
    /// [`Failure`], if the rules are invalid, or the output cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        match &self.command {
            Command::Check(options) => options.run(color),
            Command::Test(options) => options.run(color),
            Command::Match(options) => options.run(color),
            Command::Import(options) => options.run(color),
            Command::Export(options) => options.run(color),
        }
    }
}

const AFTER_HELP: &str = "\
A rule file, in YAML or JSON:
  rules:
    - id: root-from-outside
      severity: high
      description: The root user signed in from outside the office.
      pattern: {\"detail\": {\"eventName\": [\"ConsoleLogin\"],
                           \"userIdentity\": {\"type\": [\"Root\"]},
                           \"sourceIPAddress\": [{\"anything-but\": {\"prefix\": \"192.0.2.\"}}]}}
      tests:
        - match: false
          event: {\"eventSource\": \"signin.amazonaws.com\", \"eventName\": \"ConsoleLogin\",
                  \"userIdentity\": {\"type\": \"Root\"}, \"sourceIPAddress\": \"192.0.2.7\"}
    - id: refused
      severity: informational
      description: An attempt to sign in failed.
      pattern: {\"attempt\": {\"outcome\": [\"failure\"]}}
    - id: refused-often
      severity: high
      description: 10 attempts to sign in from one address failed within an hour.
      correlation:
        type: event_count
        rules: [refused]
        group-by: [source_ip]
        timespan: 1h
        condition: {gte: 10}
      tests:
        - findings: 1
          events:
            - times: 10
              every: 6m
              event: {\"eventSource\": \"signin.amazonaws.com\", \"eventName\": \"ConsoleLogin\",
                      \"userIdentity\": {\"type\": \"IAMUser\"}, \"sourceIPAddress\": \"192.0.2.7\",
                      \"responseElements\": {\"ConsoleLogin\": \"Failure\"}}

A pattern with `detail` or `detail-type` at its top is matched against the EventBridge event; a bare
CloudTrail record is matched as the event that EventBridge makes of it. A pattern with `attempt` is
matched against attempts to sign in, as printed by `sekisho attempts --format ndjson`. Any other
pattern is matched against the record as it is. In patterns for records, `signin` is the verdict:
{\"signin\": {\"reason\": [\"unknown_user\"]}}.

A correlation counts over time what rules with a pattern match, in the terms of Sigma correlation
rules. `sekisho attempts` prints its findings.
  type        event_count: the number of records or attempts; value_count: the number of distinct
              values of the `field` in its condition; temporal_ordered: a match of each rule, in the
              order of `rules`
  rules       ids of rules with a pattern
  group-by    account, principal_id, user, source_ip or identity: count per value of these
  timespan    a number and s, m, h or d: 1s to 30d
  condition   {gte: 10} or {gt: 9}; none with temporal_ordered

What is known and expected is silenced until a date: it counts for no correlation, and is no match for
--only and --mode. All that an entry names must hold. Rules are changed without a copy, those of
earlier files and of `builtin` too:
  silence:
    - source_ip: 192.0.2.0/24
      user_agent: scanner/*
      reason: The yearly audit.
      until: 2025-12-31T00:00:00Z
  tune:
    - id: brute-force-ip
      count: 10
      timespan: 15m
An entry of silence can name `rules`, `identity`, `account`, `source_ip` and `user_agent`; a change
`enabled`, `severity`, `count` and `timespan`.

`record: [data.aws, event]` next to `rules` says where records are, instead of a search; the option
--record overrides it.

A test of a pattern for records has `event` and `match`. A test of a pattern for attempts or of a
correlation has `events` and `match`, or for a correlation `findings`, the expected number of
findings. Events without an eventTime are one second apart; `times` and `every` repeat an event, and
an `n` in braces in its strings is the number of the copy.";
