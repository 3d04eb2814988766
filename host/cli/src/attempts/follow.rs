//! `--follow` and `--listen`: processes standard input, a file that grows, or what clients send, as a
//! stream.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::error::RunError;
use super::followed::{Followed, Growing, say};
use super::following::{Configured, Following, Reached, Reader, Shared};
use super::listen::Intake;
use super::metrics::Published;
use super::observer::{Observer, Save};
use super::report::Totals;
use super::tail::{End, Tail};
use crate::input::decompress::decompress;
use crate::input::items::{visit, visit_lines};
use crate::service::options::ServiceOptions;
use crate::shutdown::{POLL_INTERVAL, Shutdown};
use crate::systemd;

/// How often the clock of the module is advanced, and the counts are published.
const TICK_INTERVAL: Duration = Duration::from_secs(1);

/// What a stream needs beside its input.
pub(super) struct Surroundings<'o> {
    pub(super) shared: Arc<Shared>,
    pub(super) service: &'o ServiceOptions,
    pub(super) max_file_bytes: u64,
    pub(super) published: Published,
    pub(super) shutdown: Shutdown,
}

/// A stream that has ended.
pub(super) struct EndedStream {
    pub(super) observer: Observer,
    pub(super) totals: Totals,
    pub(super) configured: Configured,
    /// How to save the state.
    pub(super) save: Save,
}

/// Observes a stream until it ends, or until a signal asks the program to end.
///
/// # Errors
/// The state or the output cannot be written.
pub(super) fn follow(
    stream: Followed,
    surroundings: Surroundings<'_>,
) -> Result<EndedStream, RunError> {
    let Surroundings { shared, service, max_file_bytes, published, shutdown } = surroundings;
    let (result_sender, results) = channel();
    let ends_itself = !matches!(stream, Followed::Once(_));
    let reader = Reader {
        shared: Arc::clone(&shared),
        shutdown: shutdown.clone(),
        results: result_sender.clone(),
    };
    let service = service.clone();
    // It is not joined: it may wait for input forever.
    thread::spawn(move || {
        let result = match stream {
            Followed::Once(source) => {
                systemd::ready();
                reader.count_input();
                let mut reader = reader;
                let opened = source.open().and_then(|input| decompress(input, max_file_bytes));
                visit(&mut reader, 0, &source, opened).map(drop)
            }
            Followed::Growing(growing) => {
                systemd::ready();
                reader.count_input();
                read_growing(reader, growing)
            }
            Followed::Clients(listening) => {
                let served = Intake::serve(reader, listening, &service);
                served.map_err(|error| Some(error.into()))
            }
        };
        // The receiver is gone if a signal ended the stream.
        let _ = result_sender.send(match result {
            Ok(()) | Err(None) => Ok(()),
            Err(Some(error)) => Err(error),
        });
    });
    let mut ticked = Instant::now();
    loop {
        systemd::alive();
        match results.recv_timeout(POLL_INTERVAL) {
            Ok(result) => {
                result?;
                break;
            }
            Err(RecvTimeoutError::Timeout) if shutdown.is_requested() && !ends_itself => break,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => panic!("the reader thread sends its result"),
        }
        if let Some(following) = shared.lock().as_mut() {
            if ticked.elapsed() >= TICK_INTERVAL {
                ticked = Instant::now();
                following.tick()?;
                published.publish(following);
            }
            following.save_if_due()?;
        }
    }
    systemd::stopping();
    let following = shared.lock().take();
    let Following { observer, totals, reached, configured, .. } =
        following.expect("only this function takes it");
    let save = reached.save()?;
    Ok(EndedStream { observer, totals, configured, save })
}

/// Reads a file as it grows, and the files that follow it after rotations.
fn read_growing(mut reader: Reader, mut growing: Growing) -> Result<(), Option<RunError>> {
    let name = growing.path.to_string_lossy().into_owned();
    let shutdown = reader.shutdown.clone();
    while let Some((file, offset)) = growing.next(&shutdown) {
        reader.set_progress(Reached::At(file.clone(), offset))?;
        let mut tail = Tail::new(&growing.path, file, offset, shutdown.clone());
        visit_lines(&mut reader, &name, offset, &mut tail)?;
        match tail.end() {
            Some(End::Rotated) => {}
            Some(End::Truncated) => {
                say(&growing.path, "the file was truncated: it is read from its start");
            }
            Some(End::Shutdown) | None => break,
        }
    }
    Ok(())
}
