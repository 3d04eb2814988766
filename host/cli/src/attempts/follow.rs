//! Standard input as a stream: each record is observed when it comes, and time goes on while none
//! does.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::Stop;
use super::report::Totals;
use super::session::Session;
use crate::failure::Failure;
use crate::input::decompress::decompress;
use crate::input::items::{ItemResult, Visitor, visit};
use crate::input::module_error::item_result;
use crate::input::paths::Source;
use crate::input::position::Position;
use crate::input::read_error::ReadError;
use crate::shutdown::{POLL_INTERVAL, Shutdown};
use crate::summary::Volume;

/// So often time goes on.
const TICK: Duration = Duration::from_secs(1);

/// So often the state is saved.
const SAVE: Duration = Duration::from_secs(60);

/// The session and what was read; gone when the stream is over.
type Shared = Arc<Mutex<Option<(Session, Totals)>>>;

/// Observes standard input until it ends or the program is told to end: the session, to be ended,
/// and what was read.
///
/// # Errors
/// Signals cannot be awaited, the state cannot be saved, or what is told cannot be written.
pub(super) fn follow(session: Session, max_file_bytes: u64) -> Result<(Session, Totals), Stop> {
    let shutdown = Shutdown::on_signals().map_err(|error| Failure::Usage {
        message: format!("signals cannot be awaited: {error}"),
        advice: "without `--follow` the input is read to its end",
    })?;
    let volume = Volume { files: 1, ..Volume::default() };
    let totals = Totals { volume, ..Totals::default() };
    let shared: Shared = Arc::new(Mutex::new(Some((session, totals))));
    let (over, ended) = channel();
    let reader = Reader { shared: Arc::clone(&shared) };
    // It may wait for input for ever, so nobody waits for it.
    thread::spawn(move || reader.read(max_file_bytes, &over));
    let (mut ticked, mut saved) = (Instant::now(), Instant::now());
    loop {
        match ended.recv_timeout(POLL_INTERVAL) {
            Ok(read) => {
                read?;
                break;
            }
            Err(RecvTimeoutError::Timeout) if shutdown.is_requested() => break,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => panic!("the reader says how it ends"),
        }
        if let Some((session, _)) = lock(&shared).as_mut() {
            if ticked.elapsed() >= TICK {
                ticked = Instant::now();
                session.tick(now_ms())?;
            }
            if saved.elapsed() >= SAVE {
                saved = Instant::now();
                session.save()?;
            }
        }
    }
    let left = lock(&shared).take();
    Ok(left.expect("nobody else takes the session"))
}

fn lock(shared: &Shared) -> MutexGuard<'_, Option<(Session, Totals)>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The host's clock.
fn now_ms() -> i64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since_1970.as_millis() as i64
}

/// The thread that waits for records.
struct Reader {
    shared: Shared,
}

impl Reader {
    /// Reads to the end of the input, and says when it is there.
    fn read(mut self, max_file_bytes: u64, over: &Sender<io::Result<()>>) {
        let source = Source::Stdin;
        let opened = source.open().and_then(|input| decompress(input, max_file_bytes));
        let read = match visit(&mut self, 0, &source, opened) {
            Ok(_) | Err(None) => Ok(()),
            Err(Some(error)) => Err(error),
        };
        // Nobody listens any more if the stream was ended from outside.
        let _ = over.send(read);
    }
}

impl Visitor for Reader {
    /// What is told cannot be written; or nothing, if the stream was ended from outside.
    type Stop = Option<io::Error>;

    fn item(&mut self, _: Position<'_>, bytes: &[u8]) -> Result<ItemResult, Self::Stop> {
        let mut shared = lock(&self.shared);
        let (session, totals) = shared.as_mut().ok_or(None)?;
        let observed = session.observe(bytes, now_ms())?;
        let answer = match observed {
            Ok(()) => ItemResult::Read,
            Err(error) => item_result(error, &mut totals.faults),
        };
        if let ItemResult::Read = answer {
            totals.volume.records += 1;
            totals.volume.bytes += bytes.len() as u64;
        }
        Ok(answer)
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
