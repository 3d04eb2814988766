//! The command line.

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::thread;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::filter::Address;

/// Says of each AWS sign-in in CloudTrail records what it was.
#[derive(Debug, Parser)]
#[command(name = "sekisho", version, max_term_width = 100, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Whether to use colours; `auto` asks the terminal and the variable NO_COLOR.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_enum)]
    pub(crate) color: When,
}

const AFTER_HELP: &str = "\
Exit status:
  0  everything was read
  1  something could not be read; it is named and counted on standard error; or a test failed
  2  the command line, a file of rules or a state is wrong, or output could not be written
  3  the module was refused, or failed on a record";

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the sign-ins in files, folders or standard input, and how each ended
    #[command(after_help = CLASSIFY_EXAMPLES)]
    Classify(Classify),
    /// Pair sign-in records into attempts, and find brute force and the like
    #[command(after_help = ATTEMPTS_EXAMPLES)]
    Attempts(Attempts),
    /// Filter lines on their way through a pipe or a socket: a record each, as soon as it comes
    #[command(after_help = FILTER_EXAMPLES)]
    Filter(Filter),
    /// Show for each sign-in which fields decided its verdict
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Check, test and try rules, which are Amazon EventBridge event patterns
    #[command(after_help = RULES_HELP)]
    Rules {
        /// What to do with them.
        #[command(subcommand)]
        command: RulesCommand,
    },
    /// Print the program that does the same in Vector's `remap`, where no module can be loaded
    #[command(after_help = VRL_EXAMPLES)]
    Vrl(Vrl),
    /// Put rules into a WebAssembly module, for hosts that cannot configure one
    #[command(after_help = BAKE_EXAMPLES)]
    Bake(Bake),
    /// Describe a WebAssembly module without running it, and say which hosts can load it
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect(Inspect),
    /// Print the completion script of a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
}

const CLASSIFY_EXAMPLES: &str = "\
Examples:
  A folder as CloudTrail writes it to S3, and only who was not let in:
    sekisho classify --only failures AWSLogs/

  The newest events of an account:
    aws cloudtrail lookup-events | sekisho classify

  For a program, or for a spreadsheet:
    sekisho classify --format ndjson AWSLogs/ | jq .signin.outcome
    sekisho classify --format csv --output signins.csv AWSLogs/

  Only what matches a rule: the ones built in, and your own:
    sekisho classify --rules builtin --rules mine.yaml --only matches AWSLogs/

  In a pipeline: every record goes on as it is, the sign-ins with a field `signin` more:
    zcat trail.json.gz | sekisho classify --format annotated --quiet

What the input is, is found by looking at it: plain, gzip or zstd;
{\"Records\":[…]}, {\"Events\":[…]}, CloudWatch Logs, EventBridge events, arrays,
lines, or one value after the other. Of the files in a folder, those named
.json, .ndjson, .jsonl, .gz or .zst are read; those named .log, or without an
extension, if they look like it; no others.";

const ATTEMPTS_EXAMPLES: &str = "\
Examples:
  Who tried to sign in, and what is wrong with it, as a timeline:
    sekisho attempts AWSLogs/

  For a program:
    sekisho attempts --format ndjson AWSLogs/ | jq 'select(.type == \"finding\")'

  Every hour what came since. What is open at the end is told by a later run, once
  later sign-ins have come; what comes half an hour late is paired all the same:
    sekisho attempts --state attempts.state --lateness 30m --format ndjson new/

  A stream, told as it comes:
    tail -F trail.ndjson | sekisho attempts --follow --state attempts.state

An attempt to sign in leaves one record or several, which come late, twice and
in any order. Files are read to their end before anything is told, and their
sign-ins, and records that match a rule, are held in memory for that: some
kilobytes each. A stream is held for as long as `--lateness` says and no longer.

An attempt can be paired, and a rule counts, only over records that one run or
one state has seen: give each file to it once, older files first.";

const FILTER_EXAMPLES: &str = "\
Examples:
  In a pipe: every line goes on, sign-ins with a field `signin` more; or failures alone:
    tail -F trail.ndjson | sekisho filter | jq 'select(.signin)'
    tail -F trail.ndjson | sekisho filter --mode failures >> failures.ndjson

  Only what matches a rule:
    zcat trail.ndjson.gz | sekisho filter --rules mine.yaml --mode matches

  Beside another program, which sends lines and gets them back on the same connection:
    sekisho filter --listen unix:/run/sekisho.sock
  or which takes them elsewhere, such as Vector:
    sekisho filter --listen tcp:127.0.0.1:9000 --send tcp:127.0.0.1:9001

  In rsyslog, which asks about a message and adds the answer to it:
    action(type=\"mmexternal\" binary=\"/usr/bin/sekisho filter --mode rsyslog\")

A line is one record, whatever it arrived in. Lines stay in order and go on at once; a slow reader
slows the writer down, for no more is held than one line and what was read at once. A line that
cannot be read, or has more than 16 MiB, goes on as it is in every mode but `rsyslog`, and is
counted. At SIGTERM and SIGINT, as at the end of the input, what came before goes on first, for two
seconds if there is no end to it; a second signal ends the program at once.

An address is open to all who reach it: use a Unix socket, or TCP on 127.0.0.1. Lines that are on
their way when a connection of `--send` breaks are lost or come twice.";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  sekisho explain record.json
  sekisho explain --rules builtin record.json
  aws cloudtrail lookup-events --lookup-attributes \\
      AttributeKey=EventName,AttributeValue=ConsoleLogin | sekisho explain";

const RULES_HELP: &str = "\
A file of rules, in YAML or JSON:
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

A pattern that names `detail` or `detail-type` is matched against the EventBridge event, which is
made of a CloudTrail record where there is none; one that names `attempt` against attempts to sign
in, as `sekisho attempts --format ndjson` writes them; any other against the record as it is.
Against records, `signin` is the verdict: {\"signin\": {\"reason\": [\"unknown_user\"]}}.

A correlation, in the terms of Sigma's, counts over time what rules with a pattern match, and makes
findings, which `sekisho attempts` tells:
  type        event_count: so many records or attempts; value_count: so many different values of
              the `field` in its condition; temporal_ordered: one of each rule, in their order
  rules       ids of rules with a pattern
  group-by    account, principal_id, user or source_ip: each of their values is counted apart
  timespan    a number and s, m, h or d: 1s to 30d
  condition   {gte: 10} or {gt: 9}; none with temporal_ordered

A test of a pattern of records has `event` and `match`. One of attempts or of a correlation has
`events`, with `match` or, of a correlation, how many `findings` there are. Events without an
eventTime come a second apart; `times` and `every` make copies, and an `n` in braces in the texts of
a copy is its number.";

const RULES_CHECK_EXAMPLES: &str = "\
Examples:
  sekisho rules check mine.yaml
  sekisho rules check builtin mine.yaml

Exit status: 0 if nothing is wrong, 2 if anything is.";

const RULES_TEST_EXAMPLES: &str = "\
Examples:
  sekisho rules test mine.yaml
  sekisho rules test builtin --events trail.json.gz --expect root-signin=2 --expect unknown-user=0

Exit status: 0 if all tests pass, 1 if one fails or a record cannot be read.";

const RULES_MATCH_EXAMPLES: &str = "\
Examples:
  sekisho rules match --pattern '{\"detail\": {\"eventName\": [\"SwitchRole\"]}}' trail.json.gz
  zcat trail.json.gz | sekisho rules match --pattern '{\"signin\": {\"outcome\": [\"failure\"]}}'";

const VRL_EXAMPLES: &str = "\
Examples:
  sekisho vrl > sekisho.vrl
  sekisho vrl --rules builtin --rules mine.yaml > sekisho.vrl

In Vector's configuration:
  transforms:
    sekisho:
      type: remap
      inputs: [cloudtrail]
      file: sekisho.vrl

An event of a sign-in gets a field `signin`, with `rules` where rules are given; every other event
stays as it is. Rules of attempts are left out, as VRL remembers nothing; the program names them.";

const BAKE_EXAMPLES: &str = "\
Examples:
  For Fluent Bit, whose interpreter has no SIMD: the rules built in, and your own:
    sekisho bake --portable --rules builtin --rules mine.yaml --output mine.wasm

  What is in it:
    sekisho inspect mine.wasm

The rules are in force wherever the module is loaded, until a host configures others. The same rules
always give the same bytes.";

const INSPECT_EXAMPLES: &str = "\
Examples:
  sekisho inspect
  sekisho inspect --portable --format json
  sekisho inspect my-module.wasm";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  sekisho completions bash > ~/.local/share/bash-completion/completions/sekisho
  sekisho completions zsh > ~/.zfunc/_sekisho
  sekisho completions fish > ~/.config/fish/completions/sekisho.fish";

/// `sekisho classify`
#[derive(Args, Debug)]
pub(crate) struct Classify {
    /// Files and folders; `-` or nothing is standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// What to write [default: table on a terminal, else ndjson]
    #[arg(long, short, value_enum)]
    pub(crate) format: Option<Format>,
    /// Write only these
    #[arg(long, value_name = "WHICH", value_enum)]
    pub(crate) only: Option<Only>,
    /// Say which of these rules each record matches; `builtin` is the rules that come with the
    /// program
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) run: Run,
}

/// `sekisho attempts`
#[derive(Args, Debug)]
pub(crate) struct Attempts {
    /// Files and folders; `-` or nothing is standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Read standard input as a stream, and tell each attempt as soon as it is over
    #[arg(long, conflicts_with = "paths")]
    pub(crate) follow: bool,
    /// Go on from what is open in this file, and leave there what is open at the end
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// What to write [default: table on a terminal, else ndjson]
    #[arg(long, short, value_enum)]
    pub(crate) format: Option<AttemptsFormat>,
    /// Match and count by these rules; `builtin` is the rules that come with the program
    #[arg(long, value_name = "FILE", default_value = "builtin")]
    pub(crate) rules: Vec<PathBuf>,
    /// Find nothing, only pair records
    #[arg(long, conflicts_with = "rules")]
    pub(crate) no_rules: bool,
    /// The records of one attempt lie at most so far apart, 1s to 1h [default: 180s]
    #[arg(long, value_name = "TIME", value_parser = |text: &str| seconds(text, 1..=3600))]
    pub(crate) window: Option<u32>,
    /// A record may come so far behind later ones, 0s to 1d [default: 600s]
    #[arg(long, value_name = "TIME", value_parser = |text: &str| seconds(text, 0..=86400))]
    pub(crate) lateness: Option<u32>,
    /// Remember so many users, addresses and the like [default: 100000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) keys: Option<u32>,
    #[command(flatten)]
    pub(crate) run: Run,
}

/// What `classify` and `attempts` have in common: how a run over files goes.
#[derive(Args, Debug)]
pub(crate) struct Run {
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Use this WebAssembly module instead of the one built in
    #[arg(long, value_name = "FILE")]
    pub(crate) module: Option<PathBuf>,
    /// How many files are read at once [default: one a processor]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Stop reading a compressed file that holds more than this
    #[arg(long, value_name = "SIZE", default_value = "16GiB", value_parser = size_bytes)]
    pub(crate) max_file_bytes: u64,
    /// Write no summary and show no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

impl Run {
    /// How many threads read so many files.
    pub(crate) fn threads(&self, files: usize) -> usize {
        let threads = self.threads.or_else(|| thread::available_parallelism().ok());
        threads.map_or(1, NonZeroUsize::get).min(files.max(1))
    }
}

/// How attempts and findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AttemptsFormat {
    /// A timeline, for people
    Table,
    /// A JSON object for each attempt and each finding
    Ndjson,
    /// A row for each attempt and each finding, for spreadsheets
    Csv,
}

/// How sign-ins are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A line for each sign-in, for people
    Table,
    /// A JSON object for each sign-in
    Ndjson,
    /// A row for each sign-in, for spreadsheets
    Csv,
    /// Every record on a line of its own, the sign-ins with their verdict as the field `signin`
    Annotated,
}

/// What is left of what would be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// Sign-ins
    Signin,
    /// Sign-ins that failed or were denied
    Failures,
    /// Records that match a rule
    Matches,
}

/// `sekisho filter`
#[derive(Args, Debug)]
pub(crate) struct Filter {
    /// What goes on
    #[arg(long, value_enum, default_value = "annotate")]
    pub(crate) mode: Mode,
    /// Say which of these rules each record matches; `builtin` is the rules that come with the
    /// program
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// Take connections at unix:PATH or tcp:HOST:PORT instead of reading standard input, and write
    /// what goes on back to them
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<Address>,
    /// Serve so many connections at once; others wait
    #[arg(long, value_name = "N", default_value = "16", requires = "listen")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) connections: u16,
    /// Send what goes on to unix:PATH or tcp:HOST:PORT, each input on a connection of its own; wait
    /// as long as nobody takes it there
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) send: Option<Address>,
    /// Use this WebAssembly module instead of the one built in
    #[arg(long, value_name = "FILE")]
    pub(crate) module: Option<PathBuf>,
    /// Write a summary at the end, as is done on a terminal
    #[arg(long)]
    pub(crate) report: bool,
    /// Write no summary
    #[arg(long, short, conflicts_with = "report")]
    pub(crate) quiet: bool,
}

/// What goes on of the lines that `filter` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// Every line, sign-ins with their verdict as the field `signin`
    Annotate,
    /// Sign-ins, with their verdict
    Signins,
    /// Sign-ins that failed or were denied, with their verdict
    Failures,
    /// Records that match a rule, with their verdict
    Matches,
    /// For each line an answer to rsyslog: the verdict, as a variable of the message, or `{}`
    Rsyslog,
}

/// `sekisho explain`
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// The file with the records; `-` or nothing is standard input
    pub(crate) file: Option<PathBuf>,
    /// Show of each of these rules what it asks for and what stands there; `builtin` is the rules
    /// that come with the program
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// What to write [default: text on a terminal, else ndjson]
    #[arg(long, short, value_enum)]
    pub(crate) format: Option<ExplainFormat>,
    /// Stop reading a compressed file that holds more than this
    #[arg(long, value_name = "SIZE", default_value = "16GiB", value_parser = size_bytes)]
    pub(crate) max_file_bytes: u64,
}

/// How explanations are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// For people
    Text,
    /// A JSON object for each sign-in
    Ndjson,
}

/// `sekisho rules`
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Say what is wrong with files of rules, and where
    #[command(after_help = RULES_CHECK_EXAMPLES)]
    Check {
        /// Files of rules, in YAML or JSON; `builtin` is the rules that come with the program
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Run the tests inside rules, and count their matches in a file of records
    #[command(after_help = RULES_TEST_EXAMPLES)]
    Test(RulesTest),
    /// Print the records that one event pattern matches, each on a line of its own
    #[command(after_help = RULES_MATCH_EXAMPLES)]
    Match(RulesMatch),
}

/// `sekisho rules test`
#[derive(Args, Debug)]
pub(crate) struct RulesTest {
    /// Files of rules, in YAML or JSON; `builtin` is the rules that come with the program
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Count the matches of each rule in the records of this file; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,
    /// A rule must match exactly so many of the records
    #[arg(long, value_name = "ID=COUNT", requires = "events", value_parser = expectation)]
    pub(crate) expect: Vec<Expectation>,
    /// Stop reading a compressed file that holds more than this
    #[arg(long, value_name = "SIZE", default_value = "16GiB", value_parser = size_bytes)]
    pub(crate) max_file_bytes: u64,
}

/// How many records a rule must match.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Expectation {
    /// The id of the rule.
    pub(crate) id: String,
    /// The number of records.
    pub(crate) count: u64,
}

/// `sekisho rules match`
#[derive(Args, Debug)]
pub(crate) struct RulesMatch {
    /// The event pattern
    #[arg(long, value_name = "JSON")]
    pub(crate) pattern: String,
    /// The file with the records; `-` or nothing is standard input
    pub(crate) file: Option<PathBuf>,
    /// Stop reading a compressed file that holds more than this
    #[arg(long, value_name = "SIZE", default_value = "16GiB", value_parser = size_bytes)]
    pub(crate) max_file_bytes: u64,
}

/// `sekisho vrl`
#[derive(Args, Debug)]
pub(crate) struct Vrl {
    /// Say which of these rules each record matches; `builtin` is the rules that come with the
    /// program
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
}

/// `sekisho bake`
#[derive(Args, Debug)]
pub(crate) struct Bake {
    /// Put these rules in; `builtin` is the rules that come with the program
    #[arg(long, required = true, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// Write the module to this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Make the module that loads anywhere instead of the fast one
    #[arg(long)]
    pub(crate) portable: bool,
}

/// `sekisho inspect`
#[derive(Args, Debug)]
pub(crate) struct Inspect {
    /// The WebAssembly module [default: the one built in]
    #[arg(value_name = "MODULE")]
    pub(crate) module: Option<PathBuf>,
    /// Of the built-in ones, the one that loads anywhere instead of the fast one
    #[arg(long, conflicts_with = "module")]
    pub(crate) portable: bool,
    /// What to write
    #[arg(long, short, value_enum, default_value = "text")]
    pub(crate) format: InspectFormat,
}

/// How a module is described.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectFormat {
    /// For people
    Text,
    /// A JSON object
    Json,
}

/// Reads `id=count`.
fn expectation(text: &str) -> Result<Expectation, String> {
    let read = |(id, count): (&str, &str)| {
        Some(Expectation { id: id.to_owned(), count: count.parse().ok()? })
    };
    text.rsplit_once('=').and_then(read).ok_or_else(|| {
        format!("expected a rule's id, `=` and a number, as in root-signin=2; found `{text}`")
    })
}

/// Reads `90`, `90s`, `10m`, `2h` or `1d`.
pub(crate) fn seconds(text: &str, allowed: RangeInclusive<u32>) -> Result<u32, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        "d" => Some(86400),
        _ => None,
    };
    let seconds = unit.and_then(|unit| number.parse::<u32>().ok()?.checked_mul(unit));
    seconds.filter(|seconds| allowed.contains(seconds)).ok_or_else(|| {
        let (least, most) = (allowed.start(), allowed.end());
        format!("expected {least}s to {most}s, or a number with m, h or d; found `{text}`")
    })
}

/// Reads `1024`, `512KiB`, `20MiB` or `16GiB`.
fn size_bytes(text: &str) -> Result<u64, String> {
    let expected = || {
        format!(
            "expected a number with KiB, MiB or GiB or nothing behind, as in 16GiB; found `{text}`"
        )
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim_start() {
        "" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return Err(expected()),
    };
    let number: u64 = number.parse().map_err(|_| expected())?;
    number.checked_mul(1 << shift).ok_or_else(|| format!("{text} is more than can be counted"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn expectations() {
        let expected = Expectation { id: "a=b".to_owned(), count: 2 };
        assert_eq!(expectation("a=b=2"), Ok(expected));
        for wrong in ["a", "a=", "a=-1", "a=b", "2"] {
            assert!(expectation(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times() {
        let read = |text| seconds(text, 1..=86400);
        assert_eq!(read("90"), Ok(90));
        assert_eq!(read("90s"), Ok(90));
        assert_eq!(read("10m"), Ok(600));
        assert_eq!(read("2h"), Ok(7200));
        assert_eq!(read("1d"), Ok(86400));
        for wrong in
            ["", "m", "1.5h", "-1", "1 m", "1M", "0", "2d", "86401", "4294967296", "99999d"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(size_bytes("1024"), Ok(1024));
        assert_eq!(size_bytes("512KiB"), Ok(512 << 10));
        assert_eq!(size_bytes("16 GiB"), Ok(16 << 30));
        for wrong in ["", "GiB", "1GB", "-1", "1.5GiB", "99999999999GiB"] {
            assert!(size_bytes(wrong).is_err(), "{wrong}");
        }
    }
}
