//! The key of pseudonyms, in a file of its own.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use crate::failure::Failure;
use crate::file::read_bounded;

/// What a new key has, and what is accepted.
const KEY_BYTES: usize = 32;
const LEAST_BYTES: usize = 16;
const MOST_BYTES: u64 = 4096;

/// Reads the key, or makes a new one that only its owner can read.
///
/// # Errors
/// [`Failure::Usage`], if the file cannot be read or created, or is too short for a key.
pub(super) fn read_or_create(path: &Path) -> Result<Vec<u8>, Failure> {
    let key = match create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            read_bounded(path, MOST_BYTES)
        }
        created => created,
    };
    let failure = |message| Failure::Usage {
        message: format!("{}: {message}", path.display()),
        advice: "name a file with 16 bytes or more that are secret, or one that does not exist",
    };
    match key {
        Ok(key) if key.len() < LEAST_BYTES => {
            Err(failure(format!("expected a key of {LEAST_BYTES} bytes, found {}", key.len())))
        }
        Ok(key) => Ok(key),
        Err(error) => Err(failure(error.to_string())),
    }
}

fn create(path: &Path) -> io::Result<Vec<u8>> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let mut key = vec![0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    file.write_all(&key)?;
    file.sync_all()?;
    Ok(key)
}
