//! The state of a stream that all its readers share, and the reader of one input.

use std::io;
use std::sync::mpsc::Sender;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sekisho::Classifier;

use super::error::RunError;
use super::followed_file::FollowedFile;
use super::observer::{Observer, Save};
use super::report::Totals;
use crate::clock::now_ms;
use crate::input::items::{ItemResult, Visitor};
use crate::input::module_error::item_result;
use crate::input::position::Position;
use crate::input::read_error::ReadError;
use crate::shutdown::{POLL_INTERVAL, Shutdown};

/// The least and the most time between two saves of the state, and the time as a multiple of what one
/// takes: if nobody waits for it, and if a client does.
const SAVE_INTERVAL: SaveInterval =
    SaveInterval { least: Duration::from_millis(250), most: Duration::from_secs(60), cost: 50 };
const URGENT_INTERVAL: SaveInterval =
    SaveInterval { least: Duration::from_millis(20), most: Duration::from_secs(5), cost: 4 };

struct SaveInterval {
    least: Duration,
    most: Duration,
    cost: u32,
}

impl SaveInterval {
    /// When the state is saved next, after it was saved in `elapsed`.
    fn next(&self, elapsed: Duration) -> Instant {
        Instant::now() + (elapsed * self.cost).clamp(self.least, self.most)
    }
}

/// How far the input was read.
#[derive(Debug)]
pub(super) enum Reached {
    /// It cannot be read again.
    Once,
    /// All records before the offset were observed, and none after it.
    At(FollowedFile, u64),
    /// A record is observed after which reading could not begin.
    Inside(FollowedFile),
}

/// What the readers and the clock share.
pub(super) struct Following {
    pub(super) observer: Observer,
    pub(super) totals: Totals,
    pub(super) reached: Reached,
    pub(super) configured: Configured,
    next_save: Instant,
    next_urgent_save: Instant,
    /// Number of requests that were observed, and how many of them are in the saved state.
    observed: u64,
    saved: u64,
}

/// What depends on the rules, beside the module.
pub(super) struct Configured {
    /// Finds records as the module does.
    pub(super) classifier: Classifier,
    /// Describes the entries that silence.
    pub(super) silence: Vec<String>,
}

impl Following {
    /// A stream of which nothing was read.
    pub(super) fn new(observer: Observer, configured: Configured) -> Self {
        let now = Instant::now();
        Self {
            observer,
            totals: Totals::default(),
            reached: Reached::Once,
            configured,
            next_save: now,
            next_urgent_save: now,
            observed: 0,
            saved: 0,
        }
    }

    /// Saves the state, if it is time, and if reading could begin anew where the input was read to.
    ///
    /// # Errors
    /// The state or the output cannot be written.
    pub(super) fn save_if_due(&mut self) -> Result<(), RunError> {
        match Instant::now() < self.next_save || !self.observer.must_save() {
            true => Ok(()),
            false => self.save(),
        }
    }

    fn save(&mut self) -> Result<(), RunError> {
        let began = Instant::now();
        let is_saved = match self.reached.save()? {
            Save::Checkpoint(input) => self.observer.save(input)?,
            Save::State | Save::No => return Ok(()),
        };
        if is_saved {
            self.saved = self.observed;
        }
        self.next_save = SAVE_INTERVAL.next(began.elapsed());
        self.next_urgent_save = URGENT_INTERVAL.next(began.elapsed());
        Ok(())
    }

    /// Advances the clock. While there is more to read in a file, it says nothing about what is late.
    ///
    /// # Errors
    /// The output cannot be written.
    pub(super) fn tick(&mut self) -> io::Result<()> {
        match &self.reached {
            Reached::Once => self.observer.tick(now_ms()),
            Reached::At(file, _) if file.is_caught_up() => self.observer.tick(now_ms()),
            Reached::At(..) | Reached::Inside(_) => Ok(()),
        }
    }
}

impl Reached {
    /// How the state is saved now.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(super) fn save(&self) -> io::Result<Save> {
        Ok(match self {
            Self::Once => Save::Checkpoint(None),
            Self::At(file, offset) => Save::Checkpoint(Some(file.position(*offset)?)),
            Self::Inside(_) => Save::No,
        })
    }
}

/// A stream, until it ends: then it is `None`, and its readers stop.
pub(super) struct Shared {
    following: Mutex<Option<Following>>,
    /// The state was saved.
    saved: Condvar,
}

impl Shared {
    pub(super) fn new(following: Following) -> Self {
        Self { following: Mutex::new(Some(following)), saved: Condvar::new() }
    }

    /// The stream, while nobody else reads.
    pub(super) fn lock(&self) -> MutexGuard<'_, Option<Following>> {
        self.following.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often observed records were lost; none if the stream has ended.
    pub(super) fn losses(&self) -> Option<u64> {
        self.lock().as_ref().map(|following| following.observer.losses())
    }

    /// Waits until what was observed so far is in the saved state, if there is a file for it. Returns
    /// whether it is: not if it was lost since there were so many `losses`.
    ///
    /// # Errors
    /// The state cannot be written.
    pub(super) fn wait_until_saved(&self, losses: u64) -> Result<bool, RunError> {
        let mut guard = self.lock();
        let Some(following) = guard.as_mut() else { return Ok(false) };
        if following.observer.losses() != losses {
            return Ok(false);
        }
        if !following.observer.must_save() {
            return Ok(true);
        }
        following.observed += 1;
        let number = following.observed;
        loop {
            let Some(following) = guard.as_mut() else { return Ok(false) };
            if following.saved < number && Instant::now() >= following.next_urgent_save {
                following.save()?;
                self.saved.notify_all();
            }
            if following.observer.losses() != losses {
                return Ok(false);
            }
            if following.saved >= number {
                return Ok(true);
            }
            let wait = following.next_urgent_save.saturating_duration_since(Instant::now());
            let waited = self.saved.wait_timeout(guard, wait.min(POLL_INTERVAL));
            guard = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Observes the records of one input after another.
#[derive(Clone)]
pub(super) struct Reader {
    pub(super) shared: std::sync::Arc<Shared>,
    pub(super) shutdown: Shutdown,
    /// Where errors go that end the program.
    pub(super) results: Sender<Result<(), RunError>>,
}

impl Reader {
    /// Counts an input.
    pub(super) fn count_input(&self) {
        if let Some(following) = self.shared.lock().as_mut() {
            following.totals.volume.files += 1;
        }
    }

    /// Sends why reading stopped, which ends the program. Nothing, if the program has ended.
    pub(super) fn stop(&self, stop: Option<RunError>) {
        if let Some(error) = stop {
            // The receiver is gone if a signal ended the stream.
            let _ = self.results.send(Err(error));
        }
    }

    /// Sets how far the input was read.
    ///
    /// # Errors
    /// The program has ended.
    pub(super) fn set_progress(&self, reached: Reached) -> Result<(), Option<RunError>> {
        self.shared.lock().as_mut().ok_or(None)?.reached = reached;
        Ok(())
    }
}

impl Visitor for Reader {
    /// The output or the state cannot be written; `None` if a signal ended the stream.
    type Stop = Option<RunError>;

    fn item(&mut self, position: Position<'_>, bytes: &[u8]) -> Result<ItemResult, Self::Stop> {
        let mut shared = self.shared.lock();
        let Following { observer, totals, reached, configured, .. } =
            shared.as_mut().ok_or(None)?;
        if let Reached::At(file, _) = reached {
            *reached = Reached::Inside(file.clone());
        }
        if observer.is_faulty(bytes) {
            let message = "the module failed on it before: it is skipped".to_owned();
            return Ok(ItemResult::Unreadable(message));
        }
        let observed = observer.observe(bytes, now_ms()).map_err(|error| Some(error.into()))?;
        let result = match observed {
            Ok(()) => ItemResult::Read,
            Err(error) => item_result(error, &mut totals.faults),
        };
        if let ItemResult::Read = result {
            let has_record = configured.classifier.has_record(bytes).unwrap_or(true);
            totals.volume.add(position, bytes, has_record);
            totals.volume.bytes += bytes.len() as u64;
        }
        Ok(result)
    }

    fn unreadable(&mut self, _: &[u8], _: bool) {}

    fn error(&mut self, error: ReadError) {
        if let Some(following) = self.shared.lock().as_mut() {
            following.totals.read_errors.add(error);
        }
    }

    fn boundary(&mut self, offset: u64) -> Result<(), Self::Stop> {
        let mut shared = self.shared.lock();
        let following = shared.as_mut().ok_or(None)?;
        if let Reached::At(file, _) | Reached::Inside(file) = &following.reached {
            following.reached = Reached::At(file.clone(), offset);
        }
        following.save_if_due().map_err(Some)
    }

    fn pause(&mut self, _: bool) -> Result<(), Self::Stop> {
        Ok(())
    }
}
