//! The options of `sekisho attempts`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::output::Format;
use crate::duration::parse_seconds;
use crate::options::BatchOptions;
use crate::rules::{self, Places, Rules};

/// Pair sign-in records into attempts, and find brute force and similar patterns
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// Read standard input, or one file that grows, as a stream, and print each attempt as soon as it
    /// is complete
    #[arg(long)]
    pub(crate) follow: bool,
    /// Restore open attempts from FILE at the start, and save them there at the end; with --follow, all
    /// the time
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Output format [default: table on a terminal, otherwise ndjson]
    #[arg(long, short, value_enum)]
    pub(crate) format: Option<Format>,
    /// Apply the rules in FILE; `builtin` is the built-in rules
    #[arg(long, value_name = "FILE", default_value = "builtin")]
    pub(crate) rules: Vec<PathBuf>,
    /// Apply no rules: print attempts, but no findings
    #[arg(long, conflicts_with = "rules")]
    pub(crate) no_rules: bool,
    /// Maximum time between the records of one attempt, 1s to 1h [default: 180s]
    #[arg(long, value_name = "TIME", value_parser = |text: &str| parse_seconds(text, 1..=3600))]
    pub(crate) window: Option<u32>,
    /// Maximum time by which a record may be late, 0s to 1d [default: 600s]
    #[arg(long, value_name = "TIME", value_parser = |text: &str| parse_seconds(text, 0..=86400))]
    pub(crate) lateness: Option<u32>,
    /// Maximum number of users, addresses and other keys to keep in memory [default: 100000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) keys: Option<u32>,
    #[command(flatten)]
    pub(crate) places: Places,
    #[command(flatten)]
    pub(crate) batch: BatchOptions,
}

const AFTER_HELP: &str = "\
Examples:
  Print the sign-in attempts and what is suspicious about them as a timeline:
    sekisho attempts AWSLogs/

  Print findings as JSON for another program:
    sekisho attempts --format ndjson AWSLogs/ | jq 'select(.state == \"closed\")'

  Process new files every hour. Attempts that are open at the end of a run are completed by a later
  run; records that are up to half an hour late are still paired:
    sekisho attempts --state attempts.state --lateness 30m --format ndjson new/

  Read records that a program wraps in its own way:
    sekisho attempts --record data.aws wrapped.ndjson

  Process a file as it grows, or a stream as it arrives:
    sekisho attempts --follow --state attempts.state --output found.ndjson trail.ndjson
    aws logs tail trail --follow | sekisho attempts --follow --state attempts.state

One attempt to sign in leaves one or more records, which may arrive late, twice and in any order.
Files are read to their end before any attempt is printed: until then, their sign-ins and the
records that match a rule are held in memory, at a few kilobytes each. With --follow, a record is
held no longer than --lateness.

A finding opens when the condition of its rule is met, and closes when nothing more happened for
the rule's timespan, or after a day. JSON and CSV have it twice, with the same id: as it opens, and
with its totals as it closes. The table has one row for it; with --follow, another as it closes.

With --follow FILE, each line of FILE is a value. When another file gets its name, or it is truncated,
reading goes on in the new content. --state then says how far the input was read and the output
written, a few times a second. After a kill, the next run with the same FILE, --state and --output
cuts the output back to there and goes on: every attempt is in it exactly once. FILE is found under
its new name if it was rotated meanwhile, once, in the same folder and uncompressed. From a pipe,
what was read since is lost unless it is sent again, and attempts may be written again: at least
once. --output is appended to.

The state is private, and is used by one process at a time: FILE.lock beside it. Without --follow,
--output is replaced at the end.

Records are paired and counted only within one run, or within runs that share a --state file. Pass
each file once, older files first. If there may be none, pass --allow-empty.";

impl Options {
    /// The configuration of the module, as JSON: the rules, the paths of records, and the settings for
    /// attempts.
    pub(crate) fn configuration(&self, rules: Option<&Rules>) -> Vec<u8> {
        #[derive(Serialize)]
        struct AttemptSettings {
            #[serde(skip_serializing_if = "Option::is_none")]
            window_seconds: Option<u32>,
            #[serde(skip_serializing_if = "Option::is_none")]
            lateness_seconds: Option<u32>,
            #[serde(skip_serializing_if = "Option::is_none")]
            keys: Option<u32>,
        }
        let settings = AttemptSettings {
            window_seconds: self.window,
            lateness_seconds: self.lateness,
            keys: self.keys,
        };
        let json = rules::configuration(rules, self.places.paths(rules));
        let mut configuration: BTreeMap<&str, Box<RawValue>> =
            serde_json::from_slice(&json).expect("a configuration is an object");
        let settings = to_raw_value(&settings).expect("numbers are valid JSON");
        configuration.insert("attempts", settings);
        let findings = to_raw_value("lifecycle").expect("a text is valid JSON");
        configuration.insert("findings", findings);
        serde_json::to_vec(&configuration).expect("writing to memory does not fail")
    }
}
