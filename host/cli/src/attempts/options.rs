//! The options of `sekisho attempts`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::output::Format;
use super::shown::ShowOptions;
use crate::color::When;
use crate::duration::parse_seconds;
use crate::failure::Failure;
use crate::http::poster::Framing;
use crate::options::{BatchOptions, Form};
use crate::rules::{self, Places, Rules};
use crate::service::options::ServiceOptions;
use crate::service::send::SendOptions;

/// Pair sign-in records into attempts, and find brute force and similar patterns
#[derive(Args, Clone, Debug)]
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
    /// Print and send attempts and findings as events in this form
    #[arg(long, value_enum, conflicts_with = "format")]
    pub(crate) form: Option<Form>,
    #[command(flatten)]
    pub(crate) pairing: Pairing,
    #[command(flatten)]
    pub(crate) service: ServiceOptions,
    #[command(flatten)]
    pub(crate) send: SendOptions,
    /// Send attempts, too, and not only findings
    #[arg(long, requires = "send")]
    pub(crate) send_attempts: bool,
    /// How to post: each finding in a request of its own, or lines in batches
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "json", requires = "send")]
    pub(crate) send_format: Framing,
    #[command(flatten)]
    pub(crate) batch: BatchOptions,
}

/// How records are found, paired and counted.
#[derive(Args, Clone, Debug)]
pub(crate) struct Pairing {
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
    pub(crate) show: ShowOptions,
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

  Show one night, and one address, of what was counted in all records:
    sekisho attempts AWSLogs/ --since 2025-09-16 --until 2025-09-16T06:00 --source-ip 203.0.113.66

  Read and show times as the clocks in Berlin have them:
    sekisho attempts AWSLogs/ --since 2025-09-16 --until 2025-09-17 --tz Europe/Berlin

  Read records that a program wraps in its own way:
    sekisho attempts --record data.aws wrapped.ndjson

  Process a file as it grows, or a stream as it arrives:
    sekisho attempts --follow --state attempts.state --output found.ndjson trail.ndjson
    aws logs tail trail --follow | sekisho attempts --follow --state attempts.state

  Receive records from other programs, and post each finding to a webhook until it is accepted:
    sekisho attempts --listen http://127.0.0.1:9000 --state attempts.state \\
      --send https://hooks.example.com/signins --spool /var/spool/sekisho
  or to the system log:
    sekisho attempts --listen unix:/run/sekisho.sock --send syslog://127.0.0.1:601

  Show what is found to Prometheus, and load rules again when they change:
    sekisho attempts --follow --rules mine.yaml --watch --metrics http://127.0.0.1:9600 trail.ndjson

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

With --listen, records come in lines on a connection, or in requests to http:// as for `sekisho filter`.
With --state, the answer 200 says that the saved state has the records, a fraction of a second later: a
client that sends everything else again loses nothing over a kill, and no attempt counts twice, because
a record that was seen is dropped. Without --state, it says that they were read. A record on which the
module has failed twice is skipped, so that its client is not kept for ever. A connection acknowledges nothing, and nothing is sent back on it.

--send sends findings as they open and close, and with --send-attempts attempts as well. Then nothing
is printed, but --output has everything. To http://, each is posted as a JSON object in a request of its
own (--send-format ndjson: as lines in batches), until the receiver accepts it. It gets each at least
once: an Idempotency-Key, and the id and state of a finding, tell what it has. While the receiver is
away, reading waits, unless there is a --spool. What it refuses with 400, 413 or 422 it would refuse for
ever: that line is dropped, reported and counted, so that others follow. Other refusals, such as of a
token, are waited for. To syslog://HOST:PORT, each is the JSON message of an
RFC 5424 entry, over TCP with octet counting; to syslog+udp://HOST:PORT, in a datagram, which may be
lost. The entry has the severity of the finding and the time of its last record.

With --listen or --watch, SIGHUP loads the rules again, and --watch does so when a file changes. Open
attempts, and the counts of rules that did not change, stay. Invalid rules are reported, and change
nothing.

The summary shows attempts an hour for the most frequent addresses and identities: ▁ to █ are one to the
most of a line, · is none. Longer columns and days that are left out are named below.

The state is private, and is used by one process at a time: FILE.lock beside it. Without --follow,
--output is replaced at the end.

Records are paired and counted only within one run, or within runs that share a --state file. Pass
each file once, older files first. If there may be none, pass --allow-empty.";

impl Options {
    /// Whether records are read as a stream that never ends.
    pub(crate) fn is_stream(&self) -> bool {
        self.follow || self.service.listen.is_some()
    }

    /// Checks that the options fit together.
    ///
    /// # Errors
    /// [`Failure::Usage`], if they do not.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let Self { service, .. } = self;
        if service.listen.is_some() && !self.batch.paths.is_empty() {
            return Err(Failure::Usage {
                message: "`--listen` reads what clients send, and no file".to_owned(),
                advice: "leave out the paths, or `--listen`",
            });
        }
        let needs_stream = self.send.is_set() || service.watch || service.metrics.is_some();
        match needs_stream && !self.is_stream() {
            false => Ok(()),
            true => Err(Failure::Usage {
                message: "`--send`, `--watch` and `--metrics` are for a stream".to_owned(),
                advice: "add `--follow` to read standard input or a file that grows, or `--listen`",
            }),
        }
    }
}

impl Pairing {
    /// Reads the rules; none without rules.
    ///
    /// # Errors
    /// [`Failure`], if they are invalid.
    pub(crate) fn load_rules(&self, color: When) -> Result<Option<Rules>, Failure> {
        (!self.no_rules).then(|| rules::load(&self.rules, color)).transpose()
    }

    /// The files that rules are read from.
    pub(crate) fn rule_files(&self) -> &[PathBuf] {
        if self.no_rules { &[] } else { &self.rules }
    }

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
