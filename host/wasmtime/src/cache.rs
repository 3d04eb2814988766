//! A private folder of compiled modules. An entry is used only if it is what was written.
//!
//! wasmtime runs what it finds in its cache. So nobody else may write to the folder, and a code with
//! the folder's secret key, kept apart from the entry, shows that no byte of it has changed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use wasmtime::{Cache, CacheConfig};

use crate::private::{self, CreatePrivate};

const KEY: &str = "key";
const LOCK: &str = "lock";
const KEY_BYTES: usize = 32;

/// The ending of the file with the code of an entry.
const CODE: &str = "hmac";

/// Compiled modules that are kept. The ones that were written first are dropped.
const MAX_ENTRIES: usize = 16;

/// About as long as compiling takes: whoever waits longer for the lock compiles on his own.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(5);

/// The place of one compiled module, locked until it is dropped.
pub(crate) struct Entry {
    /// The folder that wasmtime reads and writes.
    folder: PathBuf,
    code: PathBuf,
    key: [u8; KEY_BYTES],
    /// Other processes wait for it.
    _lock: File,
}

impl Entry {
    /// The entry for a module: as it was written by [`Entry::keep`], or empty.
    ///
    /// # Errors
    /// The folder is not private, or cannot be used.
    pub(crate) fn open(folder: &Path, wasm: &[u8]) -> io::Result<Self> {
        let folder = private::open_folder(folder)?;
        let lock = lock(&folder.join(LOCK))?;
        let key = key(&folder.join(KEY))?;
        let name: String = Sha256::digest(wasm).iter().map(|byte| format!("{byte:02x}")).collect();
        let code = folder.join(&name).with_extension(CODE);
        let entry = Self { folder: folder.join(name), code, key, _lock: lock };
        if !entry.is_intact() {
            entry.clear()?;
        }
        Ok(entry)
    }

    /// wasmtime's cache, with this entry alone.
    pub(crate) fn cache(&self) -> wasmtime::Result<Cache> {
        let mut config = CacheConfig::new();
        config.with_directory(&self.folder);
        // Compressed better after some use, it would not be what was written.
        config.with_optimized_compression_usage_counter_threshold(u64::MAX);
        Cache::new(config)
    }

    /// Vouches for what is in the entry now.
    ///
    /// # Errors
    /// It cannot be read, or the code cannot be written.
    pub(crate) fn keep(&self) -> io::Result<()> {
        let code = self.mac()?.finalize().into_bytes();
        let temporary = self.code.with_extension("new");
        let _ = fs::remove_file(&temporary);
        OpenOptions::new().create_private().open(&temporary)?.write_all(&code)?;
        fs::rename(&temporary, &self.code)?;
        self.drop_oldest()
    }

    fn is_intact(&self) -> bool {
        let verified = fs::read(&self.code).and_then(|code| {
            self.mac()?.verify_slice(&code).map_err(|_| io::ErrorKind::InvalidData.into())
        });
        verified.is_ok()
    }

    fn clear(&self) -> io::Result<()> {
        for removed in [fs::remove_file(&self.code), fs::remove_dir_all(&self.folder)] {
            match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::create_dir(&self.folder)
    }

    /// The code of all compiled modules in the entry, with their names.
    fn mac(&self) -> io::Result<Hmac<Sha256>> {
        let mut files = Vec::new();
        compiled_modules(&self.folder, &mut files)?;
        files.sort();
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key of any length");
        for file in files {
            let name = file.as_os_str().as_encoded_bytes();
            let bytes = fs::read(&file)?;
            for part in [name, &bytes] {
                mac.update(&(part.len() as u64).to_le_bytes());
                mac.update(part);
            }
        }
        Ok(mac)
    }

    fn drop_oldest(&self) -> io::Result<()> {
        let parent = self.folder.parent().expect("the entry is in a folder");
        let mut codes: Vec<(SystemTime, PathBuf)> = Vec::new();
        for file in fs::read_dir(parent)? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == CODE) {
                codes.push((fs::symlink_metadata(&path)?.modified()?, path));
            }
        }
        codes.sort();
        let surplus = codes.len().saturating_sub(MAX_ENTRIES);
        for (_, code) in codes.into_iter().take(surplus) {
            fs::remove_file(&code)?;
            fs::remove_dir_all(code.with_extension(""))?;
        }
        Ok(())
    }
}

/// The files that wasmtime would load. It keeps counts of use beside them, with an extension.
fn compiled_modules(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            compiled_modules(&path, files)?;
        } else if !kind.is_file() {
            return Err(io::ErrorKind::InvalidData.into());
        } else if path.extension().is_none() {
            files.push(path);
        }
    }
    Ok(())
}

fn lock(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create_private().create_new(false).create(true).open(path)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) if start.elapsed() < LONGEST_WAIT => {
                thread::sleep(POLL);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The secret key of the folder; a new one if there is none that is usable.
fn key(path: &Path) -> io::Result<[u8; KEY_BYTES]> {
    if private::is_private_file(path)
        && let Ok(key) = fs::read(path)?.try_into()
    {
        return Ok(key);
    }
    let _ = fs::remove_file(path);
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    OpenOptions::new().create_private().open(path)?.write_all(&key)?;
    Ok(key)
}
