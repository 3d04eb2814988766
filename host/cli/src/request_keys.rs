//! The keys of the requests that were accepted last, so that one that is sent again is not accepted
//! twice.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::file::private;
use crate::log::warn;

/// How many keys are remembered.
const KEYS: usize = 1 << 16;

const FILE_NAME: &str = "keys";

/// The bytes of a key in the file: the number of the request, where its output ends in the spool, and
/// the digest.
const ENTRY_BYTES: usize = 40;

/// Where the output of a request ends in the spool: the number of the segment, and the offset in it.
pub(crate) type End = (u64, u64);

/// A key and the body that came with it. A client that uses a key for another body loses nothing.
type RequestDigest = [u8; 16];

/// The keys of the requests that were accepted last.
pub(crate) struct AcceptedKeys {
    state: Mutex<State>,
    /// Number of requests that were accepted before.
    repeated: AtomicU64,
}

struct State {
    /// The digests by the number of the request, modulo their number.
    ring: Vec<RequestDigest>,
    known: HashSet<RequestDigest>,
    /// Requests that are not answered yet.
    pending: HashSet<RequestDigest>,
    /// The number of the next request.
    next: u64,
    file: Option<File>,
}

/// What is known of a request.
pub(crate) enum Known<'k> {
    /// It was accepted.
    Accepted,
    /// It is not answered yet.
    Pending,
    /// Nothing.
    New(PendingKey<'k>),
}

/// A request that is not answered yet.
pub(crate) struct PendingKey<'k> {
    keys: &'k AcceptedKeys,
    digest: RequestDigest,
}

impl AcceptedKeys {
    /// Remembers keys until the program ends.
    pub(crate) fn in_memory() -> Self {
        let state = State {
            ring: vec![RequestDigest::default(); KEYS],
            known: HashSet::new(),
            pending: HashSet::new(),
            next: 0,
            file: None,
        };
        Self { state: Mutex::new(state), repeated: AtomicU64::new(0) }
    }

    /// Remembers keys in the folder of a spool, also over a kill of the program. Forgets those whose
    /// output is not in the spool, which ends at `spool_end`.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn open(folder: &Path, spool_end: End) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private(&mut options);
        let mut file = options.open(folder.join(FILE_NAME))?;
        let mut bytes = Vec::new();
        (&mut file).take((KEYS * ENTRY_BYTES) as u64).read_to_end(&mut bytes)?;
        let keys = Self::in_memory();
        let mut state = keys.state();
        for (index, entry) in bytes.chunks_exact(ENTRY_BYTES).enumerate() {
            let (numbers, digest) = entry.split_at(24);
            let mut numbers = numbers.chunks_exact(8).map(|number| {
                u64::from_le_bytes(number.try_into().expect("a chunk has eight bytes"))
            });
            let mut next = || numbers.next().expect("there are three numbers");
            let (number, end) = (next(), (next(), next()));
            if end > spool_end || number % KEYS as u64 != index as u64 {
                // The spool may become longer, but then by something else.
                write_entry(&mut file, index, &[0; ENTRY_BYTES])?;
                continue;
            }
            let digest: RequestDigest = digest.try_into().expect("it has sixteen bytes");
            if digest != RequestDigest::default() {
                state.next = state.next.max(number + 1);
                state.ring[index] = digest;
                state.known.insert(digest);
            }
        }
        state.file = Some(file);
        drop(state);
        Ok(keys)
    }

    /// Notes that a request came.
    pub(crate) fn begin(&self, key: &str, body: &[u8]) -> Known<'_> {
        let mut hasher = Sha256::new();
        hasher.update((key.len() as u64).to_le_bytes());
        hasher.update(key);
        hasher.update(body);
        let mut digest = RequestDigest::default();
        digest.copy_from_slice(&hasher.finalize()[..16]);
        let mut state = self.state();
        if state.known.contains(&digest) {
            self.repeated.fetch_add(1, Ordering::Relaxed);
            return Known::Accepted;
        }
        match state.pending.insert(digest) {
            true => Known::New(PendingKey { keys: self, digest }),
            false => Known::Pending,
        }
    }

    /// Number of requests that were accepted before.
    pub(crate) fn repeated(&self) -> u64 {
        self.repeated.load(Ordering::Relaxed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PendingKey<'_> {
    /// Notes that the request is accepted, if `append` succeeds: its output will end at `end`. The key
    /// is written before, so that a kill at any time leaves both or none.
    ///
    /// # Errors
    /// That of `append`.
    pub(crate) fn accept_with<T>(
        &self,
        end: End,
        append: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        let number = self.keys.announce(self.digest, end);
        let appended = append();
        let mut state = self.keys.state();
        let slot = (number % KEYS as u64) as usize;
        match &appended {
            Ok(_) => {
                let evicted = std::mem::replace(&mut state.ring[slot], self.digest);
                state.known.remove(&evicted);
                state.known.insert(self.digest);
            }
            Err(_) => state.write(slot, &[0; ENTRY_BYTES]),
        }
        appended
    }

    /// Notes that the request is accepted, and that its output is not in the spool.
    pub(crate) fn accept(&self) {
        let accepted = self.accept_with(End::default(), || Ok(()));
        accepted.expect("nothing is appended");
    }
}

impl AcceptedKeys {
    /// Writes a key to the file. Returns the number of the request.
    fn announce(&self, digest: RequestDigest, end: End) -> u64 {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        let mut entry = [0; ENTRY_BYTES];
        for (part, number) in entry.chunks_exact_mut(8).zip([number, end.0, end.1]) {
            part.copy_from_slice(&number.to_le_bytes());
        }
        entry[24..].copy_from_slice(&digest);
        state.write((number % KEYS as u64) as usize, &entry);
        number
    }
}

impl State {
    /// Writes an entry, if there is a file. If that fails, nothing in it is believed.
    fn write(&mut self, slot: usize, entry: &[u8; ENTRY_BYTES]) {
        let Some(file) = &mut self.file else { return };
        let Err(error) = write_entry(file, slot, entry) else { return };
        warn(&format!("the keys of requests cannot be kept: {error}"));
        // A file that cannot be cut off cannot be read either, most likely.
        let _ = file.set_len(0);
        self.file = None;
    }
}

fn write_entry(file: &mut File, slot: usize, entry: &[u8; ENTRY_BYTES]) -> io::Result<()> {
    file.seek(SeekFrom::Start((slot * ENTRY_BYTES) as u64))?;
    file.write_all(entry)
}

impl Drop for PendingKey<'_> {
    fn drop(&mut self) {
        self.keys.state().pending.remove(&self.digest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(keys: &AcceptedKeys, key: &str) {
        match keys.begin(key, b"body") {
            Known::New(pending) => pending.accept(),
            _ => panic!("{key} is known"),
        }
    }

    fn is_accepted(keys: &AcceptedKeys, key: &str, body: &[u8]) -> bool {
        matches!(keys.begin(key, body), Known::Accepted)
    }

    #[test]
    fn a_request_is_accepted_once() {
        let keys = AcceptedKeys::in_memory();
        let Known::New(pending) = keys.begin("a", b"body") else { panic!("it is new") };
        assert!(matches!(keys.begin("a", b"body"), Known::Pending));
        drop(pending);
        // It was not accepted, and comes again.
        accept(&keys, "a");
        assert!(is_accepted(&keys, "a", b"body"));
        assert!(!is_accepted(&keys, "a", b"other") && !is_accepted(&keys, "b", b"body"));
        assert_eq!(keys.repeated(), 1);
    }

    #[test]
    fn a_key_is_known_only_with_its_output() {
        let folder = tempfile::tempdir().unwrap();
        let open = |end| AcceptedKeys::open(folder.path(), end).unwrap();
        let keys = open((1, 16));
        let Known::New(pending) = keys.begin("a", b"body") else { panic!("it is new") };
        pending.accept_with((1, 40), || Ok(())).unwrap();
        drop(pending);
        let Known::New(pending) = keys.begin("full", b"body") else { panic!("it is new") };
        let full = || Err::<(), _>(io::Error::other("the disk is full"));
        assert!(pending.accept_with((1, 64), full).is_err());
        drop(pending);
        drop(keys);
        // As after a kill between the key and its output.
        let keys = open((1, 39));
        assert!(!is_accepted(&keys, "a", b"body"));
        drop(keys);
        // Something else made the spool longer.
        let keys = open((2, 16));
        assert!(!is_accepted(&keys, "a", b"body") && !is_accepted(&keys, "full", b"body"));
        accept(&keys, "b");
        drop(keys);
        assert!(is_accepted(&open((2, 16)), "b", b"body"));
    }

    #[test]
    fn the_last_keys_are_known_after_a_kill() {
        let folder = tempfile::tempdir().unwrap();
        let open = || AcceptedKeys::open(folder.path(), (1, 16)).unwrap();
        let keys = open();
        let number = KEYS + 10;
        (0..number).for_each(|number| accept(&keys, &number.to_string()));
        drop(keys);
        let keys = open();
        assert!(!is_accepted(&keys, "9", b"body") && is_accepted(&keys, "10", b"body"));
        accept(&keys, "new");
        drop(keys);
        let keys = open();
        assert!(is_accepted(&keys, "new", b"body") && !is_accepted(&keys, "10", b"body"));
        assert!(is_accepted(&keys, &(number - 1).to_string(), b"body"));
        let bytes = std::fs::metadata(folder.path().join(FILE_NAME)).unwrap().len();
        assert_eq!(bytes, (KEYS * ENTRY_BYTES) as u64);
        // Whatever is in the file.
        std::fs::write(folder.path().join(FILE_NAME), [255; 100]).unwrap();
        assert!(!is_accepted(&open(), "new", b"body"));
    }
}
