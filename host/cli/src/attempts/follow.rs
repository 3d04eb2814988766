//! `--follow`: processes standard input, or a file that grows, as a stream.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use sekisho::Classifier;

use super::checkpoint::Checkpoint;
use super::error::RunError;
use super::followed_file::{FilePosition, FollowedFile};
use super::observer::{Observer, Save};
use super::report::Totals;
use super::tail::{End, Tail};
use crate::clock::now_ms;
use crate::failure::Failure;
use crate::input::decompress::{Compression, decompress};
use crate::input::items::{ItemResult, Visitor, visit, visit_lines};
use crate::input::module_error::item_result;
use crate::input::paths::Source;
use crate::input::position::Position;
use crate::input::read_error::ReadError;
use crate::log::log;
use crate::shutdown::{POLL_INTERVAL, Shutdown};
use crate::summary::Volume;

/// How often the clock of the module is advanced.
const TICK_INTERVAL: Duration = Duration::from_secs(1);

/// The least and the most time between two saves of the state.
const SAVE_INTERVAL: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(60)];

/// The time between two saves, as a multiple of the time that one takes.
const SAVE_COST: u32 = 50;

/// What is followed.
#[derive(Debug)]
pub(super) enum Followed {
    /// A pipe or a device, which is read once.
    Once(Source),
    /// A file that grows.
    Growing(Growing),
}

/// A file that grows, and where to go on.
#[derive(Debug)]
pub(super) struct Growing {
    path: PathBuf,
    /// The file that was followed before, and how far it was read.
    resumed: Option<(FollowedFile, u64)>,
}

impl Followed {
    /// Finds what to follow, and where the run that saved `checkpoint` has ended.
    ///
    /// # Errors
    /// [`Failure::Usage`], if it cannot be followed.
    pub(super) fn open(
        paths: &[PathBuf],
        checkpoint: Option<&Checkpoint>,
    ) -> Result<Self, Failure> {
        let path = match paths {
            [] => return Ok(Self::Once(Source::Stdin)),
            [path] if path.as_os_str() == "-" => return Ok(Self::Once(Source::Stdin)),
            [path] => path,
            _ => {
                return Err(Failure::Usage {
                    message: format!("expected one file to follow, found {}", paths.len()),
                    advice: "run a process for each file, with a state and an output of its own",
                });
            }
        };
        let position = checkpoint.and_then(|checkpoint| checkpoint.input.as_ref());
        let cannot_follow = |reason: String| Failure::Usage {
            message: format!("cannot follow {}: {reason}", path.display()),
            advice: "name a file of uncompressed lines, or pipe records in with `--follow`",
        };
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Err(cannot_follow("it is a folder".to_owned())),
            Ok(metadata) if !metadata.is_file() => {
                Ok(Self::Once(Source::File { path: path.clone(), length: None }))
            }
            // Between the two steps of a rotation, there is none.
            Err(error) if position.is_none() => Err(cannot_follow(error.to_string())),
            _ if is_compressed(path) => Err(cannot_follow("it is compressed".to_owned())),
            _ => Ok(Self::Growing(Growing::new(path, position))),
        }
    }

    /// Whether it goes on where an earlier run ended.
    pub(super) fn is_resumed(&self) -> bool {
        matches!(self, Self::Growing(Growing { resumed: Some(_), .. }))
    }
}

impl Growing {
    fn new(path: &Path, position: Option<&FilePosition>) -> Self {
        let resumed = position
            .and_then(|position| Some((FollowedFile::find(path, position)?, position.offset)));
        if position.is_some() && resumed.is_none() {
            say(
                path,
                "the file of the last run is gone or was cut: this one is read from its start",
            );
        }
        Self { path: path.to_owned(), resumed }
    }

    /// The file to read next, and where. None if a signal came before it existed.
    fn next(&mut self, shutdown: &Shutdown) -> Option<(FollowedFile, u64)> {
        if let Some(resumed) = self.resumed.take() {
            return Some(resumed);
        }
        while !shutdown.is_requested() {
            if let Ok(file) = FollowedFile::open(&self.path) {
                return Some((file, 0));
            }
            thread::sleep(POLL_INTERVAL);
        }
        None
    }
}

fn is_compressed(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(4).read_to_end(&mut head));
    read.is_ok() && Compression::detect(&head).is_some()
}

/// Says something about a file on standard error.
fn say(path: &Path, message: &str) {
    log(&format!("{}: {message}", path.display()));
}

/// How far the input was read.
#[derive(Debug)]
enum Reached {
    /// It cannot be read again.
    Once,
    /// All records before the offset were observed, and none after it.
    At(FollowedFile, u64),
    /// A record is observed after which reading could not begin.
    Inside(FollowedFile),
}

/// What the reader and the clock share.
struct Following {
    observer: Observer,
    totals: Totals,
    reached: Reached,
    next_save: Instant,
}

impl Following {
    /// Saves the state, if it is time, and if reading could begin anew where the input was read to.
    fn save_if_due(&mut self) -> Result<(), RunError> {
        if Instant::now() < self.next_save || !self.observer.must_save() {
            return Ok(());
        }
        let began = Instant::now();
        match self.reached.save()? {
            Save::Checkpoint(input) => self.observer.save(input)?,
            Save::State | Save::No => return Ok(()),
        }
        let [least, most] = SAVE_INTERVAL;
        self.next_save = Instant::now() + (began.elapsed() * SAVE_COST).clamp(least, most);
        Ok(())
    }

    /// Advances the clock. While there is more to read in a file, it says nothing about what is late.
    fn tick(&mut self) -> io::Result<()> {
        match &self.reached {
            Reached::Once => self.observer.tick(now_ms()),
            Reached::At(file, _) if file.is_caught_up() => self.observer.tick(now_ms()),
            Reached::At(..) | Reached::Inside(_) => Ok(()),
        }
    }
}

impl Reached {
    fn save(&self) -> io::Result<Save> {
        Ok(match self {
            Self::Once => Save::Checkpoint(None),
            Self::At(file, offset) => Save::Checkpoint(Some(file.position(*offset)?)),
            Self::Inside(_) => Save::No,
        })
    }
}

/// The reader thread stops when it is `None`.
type Shared = Arc<Mutex<Option<Following>>>;

/// Observes a stream until it ends, or until a signal asks the program to end. Returns the observer,
/// what was read, and how to save the state.
///
/// # Errors
/// Signal handlers cannot be installed, or the state or the output cannot be written.
pub(super) fn follow(
    observer: Observer,
    stream: Followed,
    classifier: Classifier,
    max_file_bytes: u64,
) -> Result<(Observer, Totals, Save), RunError> {
    let shutdown = Shutdown::on_signals().map_err(|error| Failure::Usage {
        message: format!("signal handlers cannot be installed: {error}"),
        advice: "pipe the records in without `--follow`: the input is read to its end",
    })?;
    let volume = Volume { files: 1, ..Volume::default() };
    let totals = Totals { volume, ..Totals::default() };
    let (reached, next_save) = (Reached::Once, Instant::now());
    let following = Following { observer, totals, reached, next_save };
    let shared: Shared = Arc::new(Mutex::new(Some(following)));
    let (result_sender, results) = channel();
    let ends_itself = matches!(stream, Followed::Growing(_));
    let reader = Reader { shared: Arc::clone(&shared), classifier, shutdown: shutdown.clone() };
    // It is not joined: it may wait for input forever.
    thread::spawn(move || reader.read(stream, max_file_bytes, &result_sender));
    let mut ticked = Instant::now();
    loop {
        match results.recv_timeout(POLL_INTERVAL) {
            Ok(result) => {
                result?;
                break;
            }
            Err(RecvTimeoutError::Timeout) if shutdown.is_requested() && !ends_itself => break,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => panic!("the reader thread sends its result"),
        }
        if let Some(following) = lock(&shared).as_mut() {
            if ticked.elapsed() >= TICK_INTERVAL {
                ticked = Instant::now();
                following.tick()?;
            }
            following.save_if_due()?;
        }
    }
    let following = lock(&shared).take();
    let Following { observer, totals, reached, .. } =
        following.expect("only this function takes it");
    let save = reached.save()?;
    Ok((observer, totals, save))
}

fn lock(shared: &Shared) -> MutexGuard<'_, Option<Following>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread that reads the input.
struct Reader {
    shared: Shared,
    /// Finds records as the module does.
    classifier: Classifier,
    shutdown: Shutdown,
}

impl Reader {
    /// Reads to the end of the input, and sends the result.
    fn read(
        mut self,
        stream: Followed,
        max_file_bytes: u64,
        result_sender: &Sender<Result<(), RunError>>,
    ) {
        let result = match stream {
            Followed::Once(source) => {
                let opened = source.open().and_then(|input| decompress(input, max_file_bytes));
                visit(&mut self, 0, &source, opened).map(drop)
            }
            Followed::Growing(growing) => self.read_growing(growing),
        };
        // The receiver is gone if a signal ended the stream.
        let _ = result_sender.send(match result {
            Ok(()) | Err(None) => Ok(()),
            Err(Some(error)) => Err(error),
        });
    }

    /// Reads a file as it grows, and the files that follow it after rotations.
    fn read_growing(&mut self, mut growing: Growing) -> Result<(), Option<RunError>> {
        let name = growing.path.to_string_lossy().into_owned();
        while let Some((file, offset)) = growing.next(&self.shutdown) {
            self.set_progress(Reached::At(file.clone(), offset))?;
            let mut tail = Tail::new(&growing.path, file, offset, self.shutdown.clone());
            visit_lines(self, &name, offset, &mut tail)?;
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

    fn set_progress(&self, reached: Reached) -> Result<(), Option<RunError>> {
        let mut shared = lock(&self.shared);
        shared.as_mut().ok_or(None)?.reached = reached;
        Ok(())
    }
}

impl Visitor for Reader {
    /// The output or the state cannot be written; `None` if a signal ended the stream.
    type Stop = Option<RunError>;

    fn item(&mut self, position: Position<'_>, bytes: &[u8]) -> Result<ItemResult, Self::Stop> {
        let mut shared = lock(&self.shared);
        let Following { observer, totals, reached, .. } = shared.as_mut().ok_or(None)?;
        if let Reached::At(file, _) = reached {
            *reached = Reached::Inside(file.clone());
        }
        let observed = observer.observe(bytes, now_ms()).map_err(|error| Some(error.into()))?;
        let result = match observed {
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
        if let Some(following) = lock(&self.shared).as_mut() {
            following.totals.read_errors.add(error);
        }
    }

    fn boundary(&mut self, offset: u64) -> Result<(), Self::Stop> {
        let mut shared = lock(&self.shared);
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
