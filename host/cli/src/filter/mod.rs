//! `sekisho filter`: filters lines in a pipe or on a socket.
//!
//! - `line` filters one line, configured as `live` says, `stream` splits an input into lines,
//! - `blocks` reads the input ahead,
//! - `listen` serves connections, whose clients have an `activity`; `ingest` serves requests.

mod activity;
mod blocks;
mod ingest;
mod line;
mod listen;
mod live;
mod stream;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use sekisho_host::Module;

use self::activity::Activity;
use self::blocks::Blocks;
use self::line::{LineFilter, Mode};
use self::listen::{Server, Service, undelivered};
use self::live::{Configured, Live};
use self::stream::Stream;
use crate::color::{Palette, When};
use crate::duration::parse_seconds;
use crate::failure::{Exit, Failure, exit_after};
use crate::http::access::Token;
use crate::http::server::Server as HttpServer;
use crate::log::log;
use crate::module_file;
use crate::net::address::{Address, ListenAddress, parse_mode};
use crate::net::listener::Listener;
use crate::net::outlet::OutletWriter;
use crate::rules::{self, Places, Rules};
use crate::service::metrics::{self, Reloads, Sources};
use crate::service::reload;
use crate::service::send::{SendOptions, SendTarget};
use crate::service::totals::Totals;
use crate::shutdown::Shutdown;

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
    #[command(flatten)]
    places: Places,
    /// Accept connections at unix:PATH or tcp:HOST:PORT, or requests at http://HOST:PORT, instead of
    /// reading standard input, and reply there
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<ListenAddress>,
    /// Serve up to N connections or requests at once; others wait, or take the place of an idle one
    #[arg(long, value_name = "N", default_value = "16", requires = "listen")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024))]
    connections: u16,
    /// Close connections that neither send a line nor read their output for TIME
    #[arg(long, value_name = "TIME", default_value = "1h", requires = "listen")]
    #[arg(value_parser = |text: &str| parse_seconds(text, 1..=30 * 86400))]
    idle_timeout: u32,
    /// Permissions of the Unix socket, as in 0660 [default: as the umask says]
    #[arg(long, value_name = "MODE", requires = "listen", value_parser = parse_mode)]
    socket_mode: Option<u32>,
    /// Answer only requests that send the token in FILE as `Authorization: Bearer TOKEN`
    #[arg(long, value_name = "FILE", requires = "listen")]
    token_file: Option<PathBuf>,
    #[command(flatten)]
    send: SendOptions,
    /// Load the rules again when one of their files changes; with --listen, SIGHUP does so as well
    #[arg(long, requires = "rules")]
    watch: bool,
    /// Show metrics for Prometheus at http://HOST:PORT/metrics, and at /healthz that it runs
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<ListenAddress>,
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

  Run as an external message modification program of rsyslog:
    action(type=\"mmexternal\" binary=\"/usr/bin/sekisho filter --mode rsyslog\")

Each line is one record, which may be wrapped as in CloudWatch Logs or EventBridge. Lines stay in
order and are written at once. Only one line and the block last read are buffered, so a slow reader
slows down the writer. A line that cannot be read or is longer than 16 MiB is forwarded unchanged
and counted, except in mode `rsyslog`. At SIGTERM or SIGINT, buffered input is processed first; the
program ends within two seconds, even if its output is not read. A second signal exits at once.

With --listen, SIGHUP loads the rules again. If they are invalid, the program says so and keeps the
rules that it has.

Requests to http:// hold lines, or JSON with one record or an array of them, up to 32 MiB, plain or as
gzip, deflate or zstd. The answer is 200 once the output was accepted by the receiver of --send or is
on disk in --spool, and holds the output without --send. Otherwise it is 503, and the client has to
send the request again. So with http:// on both sides nothing is lost, but lines may arrive twice.
Other addresses than those of this machine need --token-file, and something before it that speaks TLS.

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
        let start = Instant::now();
        if self.listen.is_none() && io::stdin().is_terminal() {
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
            mode: self.mode,
            counts: reports || self.metrics.is_some(),
        };
        let inputs = if self.listen.is_some() { self.connections } else { 1 };
        let filters = (0..inputs).map(|_| starter.start(&live));
        let mut filters = filters.collect::<Result<Vec<_>, _>>()?;
        let destination = self.send.open(&shutdown)?;
        let totals = Arc::new(Totals::default());
        let reloads = self.reload(starter, &live, &shutdown, color)?;
        let sources = Sources {
            totals: Arc::clone(&totals),
            reloads,
            status: destination.as_ref().and_then(|destination| destination.status.clone()),
        };
        self.show_metrics(sources, &shutdown)?;
        let written = match (&self.listen, filters.pop()) {
            (None, Some(filter)) => pipe(filter, destination, &totals, &shutdown),
            (Some(address), Some(filter)) => {
                filters.push(filter);
                self.listen(address, filters, destination, &totals, shutdown)?
            }
            (_, None) => unreachable!("there is at least one filter"),
        };
        exit_after(written.map(|()| {
            let summary = totals.summary();
            let configured = live.current();
            let silence = configured.rules.as_ref().map(Rules::silence_entries).unwrap_or_default();
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

    fn configured(&self, color: When) -> Result<Configured, Failure> {
        let rules = self.load_rules(color)?;
        let record = self.places.paths(rules.as_ref()).map(<[_]>::to_vec);
        Ok(Configured { rules, record })
    }

    /// Loads the rules again when they change. Returns how often.
    fn reload(
        &self,
        starter: Starter,
        live: &Arc<Live>,
        shutdown: &Shutdown,
        color: When,
    ) -> Result<Arc<Reloads>, Failure> {
        let reloads = Arc::new(Reloads::default());
        if self.rules.is_empty() || !self.watch && self.listen.is_none() {
            return Ok(reloads);
        }
        let (options, live, counted) = (self.clone(), Arc::clone(live), Arc::clone(&reloads));
        let load = move || {
            // A filter of its own shows whether the module takes the rules.
            let loaded = options.configured(color).and_then(|configured| {
                let trial = Arc::new(Live::new(configured));
                starter.start(&trial).map(|_| trial.current())
            });
            match loaded {
                Ok(configured) => {
                    live.replace(configured);
                    counted.done.fetch_add(1, Ordering::Relaxed);
                    log("the rules were loaded again");
                }
                Err(failure) => {
                    counted.failed.fetch_add(1, Ordering::Relaxed);
                    log(&format!("the rules stay as they were: {failure}"));
                }
            }
        };
        let started = reload::on_change(self.rules.clone(), self.watch, shutdown.clone(), load);
        started.map(|()| reloads).map_err(|error| Failure::Usage {
            message: format!("cannot watch the rules: {error}"),
            advice: "start without `--watch`",
        })
    }

    fn show_metrics(&self, sources: Sources, shutdown: &Shutdown) -> Result<(), Failure> {
        let address = match &self.metrics {
            None => return Ok(()),
            Some(ListenAddress::Http(address)) => address,
            Some(ListenAddress::Socket(address)) => {
                return Err(Failure::Usage {
                    message: format!("metrics are not shown at {address}"),
                    advice: "name an address such as http://127.0.0.1:9600 with `--metrics`",
                });
            }
        };
        let served = HttpServer::bind(address, None)
            .and_then(|server| metrics::serve(server, sources, shutdown.clone()));
        served.map_err(|error| Failure::Usage {
            message: format!("cannot show metrics at http://{address}: {error}"),
            advice: "name an address of this machine with `--metrics`",
        })
    }

    /// Filters connections or requests, with replies on themselves or to the destination.
    fn listen(
        &self,
        address: &ListenAddress,
        filters: Vec<LineFilter>,
        destination: Option<SendTarget>,
        totals: &Arc<Totals>,
        shutdown: Shutdown,
    ) -> Result<io::Result<()>, Failure> {
        match address {
            ListenAddress::Socket(address) if self.token_file.is_none() => {
                self.serve_connections(address, filters, destination, totals, shutdown)
            }
            ListenAddress::Socket(_) => Err(Failure::Usage {
                message: "`--token-file` needs `--listen http://HOST:PORT`".to_owned(),
                advice: "a Unix socket has permissions instead: `--socket-mode`",
            }),
            ListenAddress::Http(host_and_port) => {
                let token = self.token_file.as_deref().map(Token::load).transpose()?;
                let server = HttpServer::bind(host_and_port, token)
                    .map_err(|error| cannot_listen(&format!("http://{host_and_port}"), &error))?;
                let outlet = destination.as_ref().map(|destination| &*destination.outlet as _);
                let served = ingest::serve(server, filters, outlet, totals, &shutdown);
                destination.iter().for_each(SendTarget::end);
                Ok(served)
            }
        }
    }

    fn serve_connections(
        &self,
        address: &Address,
        filters: Vec<LineFilter>,
        destination: Option<SendTarget>,
        totals: &Arc<Totals>,
        shutdown: Shutdown,
    ) -> Result<io::Result<()>, Failure> {
        let listener = Listener::bind(address, self.socket_mode)
            .map_err(|error| cannot_listen(&address.to_string(), &error))?;
        let idle_timeout = Duration::from_secs(self.idle_timeout.into());
        let service = Service { destination, idle_timeout, shutdown, totals: Arc::clone(totals) };
        Ok(Server::new(listener, filters, service).run())
    }
}

/// Starts filters.
struct Starter {
    module: Module,
    mode: Mode,
    /// Whether filters count verdicts.
    counts: bool,
}

impl Starter {
    fn start(&self, live: &Arc<Live>) -> Result<LineFilter, Failure> {
        let filter = module_file::start(&self.module)?;
        LineFilter::new(filter, self.mode, Arc::clone(live), self.counts)
    }
}

fn cannot_listen(address: &str, error: &io::Error) -> Failure {
    Failure::Usage {
        message: format!("cannot listen on {address}: {error}"),
        advice: "name another address with `--listen`",
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
    let input = Blocks::read_ahead(io::stdin(), Arc::new(Activity::now()))?;
    let (to_main, result) = channel();
    // Not joined, as it may block on the output forever.
    thread::Builder::new().spawn({
        let (totals, shutdown) = (Arc::clone(totals), shutdown.clone());
        move || {
            let stream = Stream::new(&mut filter, to, (0, "-"), &totals);
            // The program may be over.
            let _ = to_main.send(stream.run(input, &shutdown));
        }
    })?;
    let written = shutdown.wait_for(&result).unwrap_or_else(|| Err(undelivered()));
    destination.iter().for_each(SendTarget::end);
    written
}
