//! What `--follow` and `--listen` read.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;

use super::checkpoint::Checkpoint;
use super::followed_file::{FilePosition, FollowedFile};
use crate::failure::Failure;
use crate::input::decompress::Compression;
use crate::input::paths::Source;
use crate::log::log;
use crate::service::options::Listening;
use crate::shutdown::{POLL_INTERVAL, Shutdown};

/// What is followed.
pub(super) enum Followed {
    /// A pipe or a device, which is read once.
    Once(Source),
    /// A file that grows.
    Growing(Growing),
    /// Clients that send records.
    Clients(Listening),
}

/// A file that grows, and where to go on.
pub(super) struct Growing {
    pub(super) path: PathBuf,
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
    pub(super) fn next(&mut self, shutdown: &Shutdown) -> Option<(FollowedFile, u64)> {
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
pub(super) fn say(path: &Path, message: &str) {
    log(&format!("{}: {message}", path.display()));
}
