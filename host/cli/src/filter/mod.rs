//! `sekisho filter`: filters lines in a pipe or on a socket.
//!
//! - `line` filters one line, `stream` splits an input into lines,
//! - `blocks` reads the input ahead,
//! - `listen` accepts connections, `send` connects to where lines are sent.

mod blocks;
mod line;
mod listen;
mod send;
mod stream;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use self::blocks::Blocks;
use self::line::{LineFilter, Mode};
use self::listen::Server;
use self::send::Sender;
use self::stream::Stream;
use crate::address::Address;
use crate::color::{Palette, When};
use crate::failure::{Exit, Failure, exit_after};
use crate::module_file;
use crate::rules::{self, Places, Rules};
use crate::shutdown::Shutdown;
use crate::summary::Summary;

/// Filter lines in a pipe or on a socket, one record per line, as they arrive
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// Which lines to print, and how
    #[arg(long, value_enum, default_value = "annotate")]
    mode: Mode,
    /// Add the ids of the rules in FILE that match a record; `builtin` is the built-in rules
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    #[command(flatten)]
    places: Places,
    /// Accept connections at unix:PATH or tcp:HOST:PORT instead of reading standard input, and
    /// reply on the same connection
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<Address>,
    /// Serve up to N connections at once; others wait
    #[arg(long, value_name = "N", default_value = "16", requires = "listen")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024))]
    connections: u16,
    /// Send the output to unix:PATH or tcp:HOST:PORT, on one connection per input; retry until the
    /// receiver accepts it
    #[arg(long, value_name = "ADDRESS")]
    send: Option<Address>,
    /// Load this WebAssembly module instead of the built-in one
    #[arg(long, value_name = "FILE")]
    module: Option<PathBuf>,
    /// Print a summary at the end, even if standard error is not a terminal
    #[arg(long)]
    report: bool,
    /// Print no summary
    #[arg(long, short, conflicts_with = "report")]
    quiet: bool,
}

const AFTER_HELP: &str = "\
Examples:
  Annotate sign-ins in a pipe, and forward all other lines; or forward only failures:
    tail -F trail.ndjson | sekisho filter | jq 'select(.signin)'
    tail -F trail.ndjson | sekisho filter --mode failures >> failures.ndjson

  Forward only records that match a rule:
    zcat trail.ndjson.gz | sekisho filter --rules mine.yaml --mode matches

  Filter records that a program wraps in its own way:
    tail -F wrapped.ndjson | sekisho filter --record data.aws --mode signins

  Serve another program, which sends lines and receives them on the same connection:
    sekisho filter --listen unix:/run/sekisho.sock
  or which receives them elsewhere, such as Vector:
    sekisho filter --listen tcp:127.0.0.1:9000 --send tcp:127.0.0.1:9001

  Run as an external message modification program of rsyslog:
    action(type=\"mmexternal\" binary=\"/usr/bin/sekisho filter --mode rsyslog\")

Each line is one record, which may be wrapped as in CloudWatch Logs or EventBridge. Lines stay in
order and are written at once. Only one line and the block last read are buffered, so a slow reader
slows down the writer. A line that cannot be read or is longer than 16 MiB is forwarded unchanged
and counted, except in mode `rsyslog`. At SIGTERM, SIGINT or the end of the input, buffered input is
processed first, for up to two seconds if more keeps arriving; a second signal exits at once.

Addresses have no authentication: use a Unix socket, or TCP on 127.0.0.1. If a connection of --send
breaks, lines in transit may be lost or duplicated.";

impl Options {
    /// Runs `sekisho filter`.
    ///
    /// # Errors
    /// [`Failure`], if the rules, module or address are unusable, or the output cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        let start = Instant::now();
        if self.listen.is_none() && io::stdin().is_terminal() {
            return Err(Failure::no_input());
        }
        let shutdown = Shutdown::on_signals().map_err(|error| Failure::Usage {
            message: format!("cannot handle signals: {error}"),
            advice: "use `sekisho classify --format annotated`, which needs none",
        })?;
        let reports = !self.quiet && (self.report || io::stderr().is_terminal());
        let rules = self.load_rules(color)?;
        let silence = rules.as_ref().map(Rules::silence_entries).unwrap_or_default();
        let start_filter = self.filter_starter(rules, reports)?;
        let written = match &self.listen {
            Some(address) => {
                let filters = (0..self.connections).map(|_| start_filter());
                self.listen(address, filters.collect::<Result<_, _>>()?, shutdown)?
            }
            None => self.pipe(start_filter()?, &shutdown),
        };
        exit_after(written.map(|summary| {
            let mut stderr = io::stderr().lock();
            let palette = Palette::new(color, stderr.is_terminal());
            // If standard error is closed, the exit code still reports errors.
            if reports {
                let _ = summary.write(&mut stderr, palette, start.elapsed(), &silence);
                let _ = summary.volume.without_record.write(&mut stderr, palette, false);
            }
            let _ = summary.read_errors.write(&mut stderr, palette);
            match (summary.faults, summary.read_errors.count()) {
                (0, 0) => Exit::Complete,
                (0, _) => Exit::Incomplete,
                _ => Exit::ModuleFailed,
            }
        }))
    }

    fn load_rules(&self, color: When) -> Result<Option<Rules>, Failure> {
        let rules = match &self.rules[..] {
            [] => None,
            files => Some(rules::load(files, color)?),
        };
        // A module from a file may contain rules.
        if self.mode == Mode::Matches && rules.is_none() && self.module.is_none() {
            return Err(Failure::Usage {
                message: "`--mode matches` needs rules".to_owned(),
                advice: "add `--rules FILE`, or `--rules builtin` for the built-in rules",
            });
        }
        Ok(rules)
    }

    /// Loads the module. Returns a function that starts a filter for one input at a time.
    fn filter_starter(
        &self,
        rules: Option<Rules>,
        counts: bool,
    ) -> Result<impl Fn() -> Result<LineFilter, Failure>, Failure> {
        let module = module_file::load(self.module.as_deref())?;
        let mode = self.mode;
        let record = self.places.paths(rules.as_ref()).map(<[_]>::to_vec);
        Ok(move || {
            let mut filter = module_file::start(&module)?;
            let (rules, record) = (rules.as_ref(), record.as_deref());
            rules::configure(&mut filter, rules, record)?;
            let field = rules.and_then(|rules| rules.field.as_deref()).unwrap_or("signin");
            let classifier = if counts { Some(rules::classifier(record)?) } else { None };
            Ok(LineFilter::new(filter, mode, field, classifier))
        })
    }

    /// Filters standard input to standard output, or to the address of `--send`.
    fn pipe(&self, mut filter: LineFilter, shutdown: &Shutdown) -> io::Result<Summary> {
        let to: Box<dyn Write> = match &self.send {
            Some(address) => Box::new(Sender::new(address.clone(), shutdown.clone())),
            None => Box::new(io::stdout()),
        };
        Stream::new(&mut filter, to, 0, "-").run(Blocks::read_ahead(io::stdin()), shutdown)?;
        Ok(filter.take_summary())
    }

    /// Filters connections, with replies on themselves or to the address of `--send`.
    fn listen(
        &self,
        address: &Address,
        filters: Vec<LineFilter>,
        shutdown: Shutdown,
    ) -> Result<io::Result<Summary>, Failure> {
        let listener = address.listen().map_err(|error| Failure::Usage {
            message: format!("cannot listen on {address}: {error}"),
            advice: "name another address with `--listen`",
        })?;
        Ok(Server::new(listener, self.send.clone(), shutdown).run(filters))
    }
}
