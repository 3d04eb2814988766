//! `sekisho filter`: filters lines in a pipe or on a socket.
//!
//! - `line` filters one line, configured as `live` says, `stream` splits an input into lines,
//! - `ingest` serves requests.

mod ingest;
mod line;
mod live;
mod stream;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Instant;

use clap::Args;
use sekisho_host::Module;

use self::line::{LineFilter, Mode};
use self::live::{Configured, Live};
use self::stream::Stream;
use crate::color::When;
use crate::failure::{Exit, Failure, exit_after};
use crate::http::poster::Framing;
use crate::http::tls::Tls;
use crate::log::{report_palette, report_writer};
use crate::module_file;
use crate::net::outlet::OutletWriter;
use crate::options::Form;
use crate::rules::{self, Places, Rules};
use crate::service::activity::Activity;
use crate::service::blocks::Blocks;
use crate::service::connections::{ConnectionHandler, Output, Server, undelivered};
use crate::service::metrics::Sources;
use crate::service::options::{Listening, ServiceOptions, reload_tls};
use crate::service::reload::{self, Reloads};
use crate::service::send::{SendOptions, SendTarget};
use crate::service::totals::Totals;
use crate::shutdown::Shutdown;
use crate::systemd;

/// Filter lines in a pipe or on a socket, one record per line, as they arrive
#[derive(Args, Clone, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// Which lines to print, and how
    #[arg(long, value_enum, default_value = "annotate")]
    mode: Mode,
    /// Add the ids of the rules in FILE that match a record; `builtin` is the built-in rules
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Annotate sign-ins in this form
    #[arg(long, value_enum)]
    form: Option<Form>,
    #[command(flatten)]
    places: Places,
    #[command(flatten)]
    send: SendOptions,
    #[command(flatten)]
    service: ServiceOptions,
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
  or which receives them elsewhere:
    sekisho filter --listen tcp:127.0.0.1:9000 --send tcp:127.0.0.1:9001

  Serve a program that posts records, such as Vector, and lose none when either of them dies:
    sekisho filter --listen http://127.0.0.1:9000 --send http://127.0.0.1:9001 --spool /var/spool/sekisho

  Serve other machines, which need a token or a certificate of their own:
    sekisho filter --listen https://0.0.0.0:9000 --tls-cert cert.pem --tls-key key.pem --token-file token
    sekisho filter --listen https://0.0.0.0:9000 --tls-cert cert.pem --tls-key key.pem --tls-client-ca ca.pem

  Show what it does to Prometheus, and write messages as JSON:
    sekisho filter --listen unix:/run/sekisho.sock --metrics http://127.0.0.1:9600 --log-format json

  Run as an external message modification program of rsyslog:
    action(type=\"mmexternal\" binary=\"/usr/bin/sekisho filter --mode rsyslog\")

Each line is one record, which may be wrapped as in CloudWatch Logs or EventBridge. Lines stay in
order and are written at once. Only one line and the block last read are buffered, so a slow reader
slows down the writer. A line that cannot be read or is longer than 16 MiB is forwarded unchanged
and counted, except in mode `rsyslog`. At SIGTERM or SIGINT, buffered input is processed first; the
program ends within two seconds, even if its output is not read. A second signal exits at once.

With --listen, SIGHUP loads the rules and the certificate again. If they are invalid, the program says
so and keeps those that it has.

Requests to http:// hold lines, or JSON with one record or an array of them, up to 32 MiB, plain or as
gzip, deflate or zstd. The answer is 200 once the output was accepted by the receiver of --send or is
on disk in --spool, and holds the output without --send. Otherwise it is 503, and the client has to
send the request again. What the receiver refuses with 400, 413 or 422 it would refuse for ever: it gets
parts, and a line that it still refuses is dropped, reported and counted. So with http:// on both sides nothing is lost, but lines may arrive twice. What
is posted has an Idempotency-Key, the same when it is sent again, and a request with a key that is known
is accepted once: between two processes of sekisho, no line is doubled by a kill.
Other addresses than those of this machine need --token-file or --tls-client-ca; use https:// there, so
that nobody reads the token and the records on the way.

As a service of systemd (Type=notify), the program says when it is ready, loads its rules again and
ends, and answers the watchdog; host/cli/systemd has units.

unix:PATH and tcp:HOST:PORT have no authentication: use a Unix socket, whose folder and
--socket-mode say who may connect, or TCP on 127.0.0.1. They acknowledge nothing: when a receiver or
a connection of --send ends, what is in the buffers of the kernel on both sides, up to some
megabytes, is lost, and the block that failed is sent again in full.";

impl Options {
    /// Runs `sekisho filter`.
    ///
    /// # Errors
    /// [`Failure`], if the rules, module or address are unusable, or the output cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        self.service.set_log_format();
        let start = Instant::now();
        let listens = self.service.listen.is_some();
        if !listens && io::stdin().is_terminal() {
            return Err(Failure::no_input());
        }
        let shutdown = Shutdown::on_signals().map_err(|error| Failure::Usage {
            message: format!("cannot handle signals: {error}"),
            advice: "use `sekisho classify --format annotated`, which needs none",
        })?;
        let reports = !self.quiet && (self.report || io::stderr().is_terminal());
        let live = Arc::new(Live::new(self.configured(color)?));
        let starter = Starter {
            module: module_file::load(self.module.as_deref())?,
            formed: self.load_formed()?,
            mode: self.mode,
            counts: reports || self.service.metrics.is_some(),
        };
        let inputs = if listens { self.service.connections } else { 1 };
        let filters = (0..inputs).map(|_| starter.start(&live));
        let mut filters = filters.collect::<Result<Vec<_>, _>>()?;
        let (listening, tls) = self.service.open()?.unzip();
        let destination = self.send.open(Framing::Ndjson, &shutdown)?;
        let totals = Arc::new(Totals::default());
        let sources = Sources {
            counts: Box::new(Arc::clone(&totals)),
            reloads: self.reload(starter, &live, tls.flatten(), &shutdown, color)?,
            status: destination.as_ref().and_then(|destination| destination.status.clone()),
        };
        let _shown = self.service.show_metrics(sources, &shutdown)?;
        let written = match (listening, filters.pop()) {
            (None, Some(filter)) => pipe(filter, destination, &totals, &shutdown),
            (Some(listening), Some(filter)) => {
                filters.push(filter);
                self.listen(listening, filters, destination, &totals, shutdown)
            }
            (_, None) => unreachable!("there is at least one filter"),
        };
        exit_after(written.map(|()| {
            let summary = totals.summary();
            let configured = live.current();
            let silence = configured.rules.as_ref().map(Rules::silence_entries).unwrap_or_default();
            let (mut stderr, palette) = (report_writer(), report_palette(color));
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

    /// The module that has the form, if the lines are in another form.
    fn load_formed(&self) -> Result<Option<(Module, Form)>, Failure> {
        let Some(form) = self.form else { return Ok(None) };
        if self.mode == Mode::Rsyslog {
            return Err(Failure::Usage {
                message: "`--form` does not apply to replies for rsyslog".to_owned(),
                advice: "use another `--mode`",
            });
        }
        Ok(Some((module_file::load_for(self.module.as_deref(), Some(form))?, form)))
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

    fn configured(&self, color: When) -> Result<Configured, Failure> {
        let rules = self.load_rules(color)?;
        let record = self.places.paths(rules.as_ref()).map(<[_]>::to_vec);
        Ok(Configured { rules, record })
    }

    /// Loads the rules and the certificate again when they change. Returns how often.
    fn reload(
        &self,
        starter: Starter,
        live: &Arc<Live>,
        tls: Option<Tls>,
        shutdown: &Shutdown,
        color: When,
    ) -> Result<Arc<Reloads>, Failure> {
        if !self.service.watch && self.service.listen.is_none() {
            return Ok(Arc::default());
        }
        let (options, live) = (self.clone(), Arc::clone(live));
        let load = move || {
            // A filter of its own shows whether the module takes the rules.
            let trial = Arc::new(Live::new(options.configured(color)?));
            starter.start(&trial)?;
            tls.as_ref().map_or(Ok(()), reload_tls)?;
            live.replace(trial.current());
            Ok(())
        };
        let files = self.rules.iter().chain(self.service.tls_files()).cloned().collect();
        reload::on_change(files, self.service.watch, shutdown.clone(), load)
    }

    /// Filters connections or requests, with replies on themselves or to the destination.
    fn listen(
        &self,
        listening: Listening,
        filters: Vec<LineFilter>,
        destination: Option<SendTarget>,
        totals: &Arc<Totals>,
        shutdown: Shutdown,
    ) -> io::Result<()> {
        match listening {
            Listening::Lines(listener) => {
                let handler = |filter| Connection { filter, totals: Arc::clone(totals) };
                let handlers = filters.into_iter().map(handler).collect();
                let service = self.service.service(destination, shutdown);
                Server::new(listener, handlers, service).run()
            }
            Listening::Http(server) => {
                let served =
                    ingest::serve(server, filters, destination.as_ref(), totals, &shutdown);
                destination.iter().for_each(SendTarget::end);
                served
            }
        }
    }
}

/// Filters one connection after another.
struct Connection {
    filter: LineFilter,
    totals: Arc<Totals>,
}

impl ConnectionHandler for Connection {
    fn serve(&mut self, input: Blocks, output: Output, number: usize) -> io::Result<()> {
        let name = format!("connection {number}");
        Stream::new(&mut self.filter, output, (number, &name), &self.totals).run(input)
    }
}

/// Starts filters.
struct Starter {
    module: Module,
    /// The module for another form.
    formed: Option<(Module, Form)>,
    mode: Mode,
    /// Whether filters count verdicts.
    counts: bool,
}

impl Starter {
    fn start(&self, live: &Arc<Live>) -> Result<LineFilter, Failure> {
        let filter = module_file::start(&self.module)?;
        let formed = match &self.formed {
            Some((module, form)) => Some((module_file::start(module)?, *form)),
            None => None,
        };
        LineFilter::new((filter, formed), self.mode, Arc::clone(live), self.counts)
    }
}

/// Filters standard input to standard output, or to the destination.
fn pipe(
    mut filter: LineFilter,
    destination: Option<SendTarget>,
    totals: &Arc<Totals>,
    shutdown: &Shutdown,
) -> io::Result<()> {
    let to: Box<dyn Write + Send> = match &destination {
        Some(destination) => Box::new(OutletWriter((destination.outlet)())),
        None => Box::new(io::stdout()),
    };
    let activity = Arc::new(Activity::now());
    let input = Blocks::read_ahead(io::stdin(), activity, shutdown.clone())?;
    systemd::ready();
    let (to_main, result) = channel();
    // Not joined, as it may block on the output forever.
    thread::Builder::new().spawn({
        let totals = Arc::clone(totals);
        move || {
            let stream = Stream::new(&mut filter, to, (0, "-"), &totals);
            // The program may be over.
            let _ = to_main.send(stream.run(input));
        }
    })?;
    let written = shutdown.wait_for(&result).unwrap_or_else(|| Err(undelivered()));
    systemd::stopping();
    destination.iter().for_each(SendTarget::end);
    written
}
