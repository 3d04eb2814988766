//! `sekisho filter`: lines on their way through a pipe or a socket.
//!
//! - `line` says what goes on of a line, `stream` cuts an input into lines and passes them on,
//! - `blocks` reads the input, and `ending` is how the program learns that it is to end,
//! - `listen` takes connections at an `address`, and `send` makes them.

mod address;
mod blocks;
mod line;
mod listen;
mod send;
mod stream;

use std::io::{self, IsTerminal, Write};
use std::time::Instant;

pub(crate) use self::address::Address;
use self::blocks::Blocks;
use self::line::LineFilter;
use self::listen::Server;
use self::send::Sender;
use self::stream::Stream;
use crate::args::{Filter, Mode, When};
use crate::color::Palette;
use crate::ending::Ending;
use crate::failure::{Exit, Failure, exit_after};
use crate::module_file;
use crate::rules;
use crate::summary::Summary;

/// Does what the command line asks for.
///
/// # Errors
/// [`Failure`], if it cannot be done, or its output cannot be written.
pub(crate) fn run(arguments: &Filter, color: When) -> Result<Exit, Failure> {
    let began = Instant::now();
    if arguments.listen.is_none() && io::stdin().is_terminal() {
        return Err(Failure::nothing_to_read());
    }
    let ending = Ending::on_signals().map_err(|error| Failure::Usage {
        sentence: format!("signals cannot be awaited: {error}"),
        advice: "`sekisho classify --format annotated` does without them",
    })?;
    let reports = !arguments.quiet && (arguments.report || io::stderr().is_terminal());
    let start = starter(arguments, color, reports)?;
    let written = match &arguments.listen {
        Some(address) => {
            let filters = (0..arguments.connections).map(|_| start()).collect::<Result<_, _>>()?;
            listen(address, arguments, filters, ending)?
        }
        None => pipe(arguments, start()?, &ending),
    };
    exit_after(written.map(|summary| {
        let mut stderr = io::stderr().lock();
        let palette = Palette::new(color, stderr.is_terminal());
        // If standard error is gone, the exit code still tells.
        if reports {
            let _ = summary.write(&mut stderr, palette, began.elapsed());
        }
        let _ = summary.unread.write(&mut stderr, palette);
        match (summary.faults, summary.unread.count()) {
            (0, 0) => Exit::Complete,
            (0, _) => Exit::Incomplete,
            _ => Exit::ModuleFailed,
        }
    }))
}

/// Makes what filters the lines of one input at a time.
fn starter(
    arguments: &Filter,
    color: When,
    counts: bool,
) -> Result<impl Fn() -> Result<LineFilter, Failure>, Failure> {
    let rules = match &arguments.rules[..] {
        [] => None,
        files => Some(rules::load(files, color)?),
    };
    // A module that somebody brings along may have rules of its own.
    if arguments.mode == Mode::Matches && rules.is_none() && arguments.module.is_none() {
        return Err(Failure::Usage {
            sentence: "`--mode matches` needs rules to match".to_owned(),
            advice: "name a file of rules, or the ones built in: `--rules builtin`",
        });
    }
    let module = module_file::load(arguments.module.as_deref())?;
    let mode = arguments.mode;
    Ok(move || {
        let mut filter = module_file::start(&module)?;
        let mut field = "signin";
        if let Some(rules) = &rules {
            rules::configure(&mut filter, rules)?;
            field = rules.field.as_deref().unwrap_or(field);
        }
        Ok(LineFilter::new(filter, mode, field, counts))
    })
}

/// From standard input to standard output, or to where lines are sent on.
fn pipe(arguments: &Filter, mut filter: LineFilter, ending: &Ending) -> io::Result<Summary> {
    let to: Box<dyn Write> = match &arguments.send {
        Some(address) => Box::new(Sender::new(address.clone(), ending.clone())),
        None => Box::new(io::stdout()),
    };
    Stream::new(&mut filter, to, 0, "-").run(Blocks::of(io::stdin()), ending)?;
    Ok(filter.take_summary())
}

/// From connections back, or to where lines are sent on.
fn listen(
    address: &Address,
    arguments: &Filter,
    filters: Vec<LineFilter>,
    ending: Ending,
) -> Result<io::Result<Summary>, Failure> {
    let listener = address.listen().map_err(|error| Failure::Usage {
        sentence: format!("nothing can listen on {address}: {error}"),
        advice: "name another address with `--listen`",
    })?;
    Ok(Server::new(listener, arguments.send.clone(), ending).run(filters))
}
