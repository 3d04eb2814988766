//! `--follow`: processes standard input as a stream.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use sekisho::Classifier;

use super::error::RunError;
use super::observer::Observer;
use super::report::Totals;
use crate::failure::Failure;
use crate::input::decompress::decompress;
use crate::input::items::{ItemResult, Visitor, visit};
use crate::input::module_error::item_result;
use crate::input::paths::Source;
use crate::input::position::Position;
use crate::input::read_error::ReadError;
use crate::shutdown::{POLL_INTERVAL, Shutdown};
use crate::summary::Volume;

/// How often the clock of the module is advanced.
const TICK_INTERVAL: Duration = Duration::from_secs(1);

/// How often the state is saved.
const SAVE_INTERVAL: Duration = Duration::from_secs(60);

/// The observer, and what was read. The reader thread stops when it is `None`.
type Shared = Arc<Mutex<Option<(Observer, Totals)>>>;

/// Observes standard input until it ends, or until a signal asks the program to end. Returns the
/// observer, and what was read.
///
/// # Errors
/// Signal handlers cannot be installed, or the state or the output cannot be written.
pub(crate) fn follow(
    observer: Observer,
    classifier: Classifier,
    max_file_bytes: u64,
) -> Result<(Observer, Totals), RunError> {
    let shutdown = Shutdown::on_signals().map_err(|error| Failure::Usage {
        message: format!("signal handlers cannot be installed: {error}"),
        advice: "pipe the records in without `--follow`: the input is read to its end",
    })?;
    let volume = Volume { files: 1, ..Volume::default() };
    let totals = Totals { volume, ..Totals::default() };
    let shared: Shared = Arc::new(Mutex::new(Some((observer, totals))));
    let (result_sender, results) = channel();
    let reader = Reader { shared: Arc::clone(&shared), classifier };
    // It is not joined: it may wait for input forever.
    thread::spawn(move || reader.read(max_file_bytes, &result_sender));
    let (mut ticked, mut saved) = (Instant::now(), Instant::now());
    loop {
        match results.recv_timeout(POLL_INTERVAL) {
            Ok(result) => {
                result?;
                break;
            }
            Err(RecvTimeoutError::Timeout) if shutdown.is_requested() => break,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => panic!("the reader thread sends its result"),
        }
        if let Some((observer, _)) = lock(&shared).as_mut() {
            if ticked.elapsed() >= TICK_INTERVAL {
                ticked = Instant::now();
                observer.tick(now_ms())?;
            }
            if saved.elapsed() >= SAVE_INTERVAL {
                saved = Instant::now();
                observer.save()?;
            }
        }
    }
    let remaining = lock(&shared).take();
    Ok(remaining.expect("only this function takes the observer"))
}

fn lock(shared: &Shared) -> MutexGuard<'_, Option<(Observer, Totals)>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The system time in milliseconds since 1970.
fn now_ms() -> i64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since_1970.as_millis() as i64
}

/// The thread that reads standard input.
struct Reader {
    shared: Shared,
    /// Finds records as the module does.
    classifier: Classifier,
}

impl Reader {
    /// Reads to the end of the input, and sends the result.
    fn read(mut self, max_file_bytes: u64, result_sender: &Sender<io::Result<()>>) {
        let source = Source::Stdin;
        let opened = source.open().and_then(|input| decompress(input, max_file_bytes));
        let result = match visit(&mut self, 0, &source, opened) {
            Ok(_) | Err(None) => Ok(()),
            Err(Some(error)) => Err(error),
        };
        // The receiver is gone if a signal ended the stream.
        let _ = result_sender.send(result);
    }
}

impl Visitor for Reader {
    /// The output cannot be written; `None` if a signal ended the stream.
    type Stop = Option<io::Error>;

    fn item(&mut self, position: Position<'_>, bytes: &[u8]) -> Result<ItemResult, Self::Stop> {
        let mut shared = lock(&self.shared);
        let (observer, totals) = shared.as_mut().ok_or(None)?;
        let result = match observer.observe(bytes, now_ms())? {
            Ok(()) => ItemResult::Read,
            Err(error) => item_result(error, &mut totals.faults),
        };
        if let ItemResult::Read = result {
            let has_record = self.classifier.has_record(bytes).unwrap_or(true);
            totals.volume.add(position, bytes, has_record);
            totals.volume.bytes += bytes.len() as u64;
        }
        Ok(result)
    }

    fn unreadable(&mut self, _: &[u8], _: bool) {}

    fn error(&mut self, error: ReadError) {
        if let Some((_, totals)) = lock(&self.shared).as_mut() {
            totals.read_errors.add(error);
        }
    }

    fn pause(&mut self, _: bool) -> Result<(), Self::Stop> {
        Ok(())
    }
}
