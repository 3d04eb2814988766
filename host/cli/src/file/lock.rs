//! A lock that one process holds at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::identity::FileIdentity;

/// A locked file, which is removed when it is released. The operating system unlocks the file of a
/// process that is killed.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Locks the file at `path`, which need not exist. None if another process has locked it.
    ///
    /// # Errors
    /// The error of the operating system, or the path is that of something else.
    pub(crate) fn acquire(path: &Path) -> io::Result<Option<Self>> {
        loop {
            let Some(file) = open(path)? else { continue };
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // Whoever held the lock before may have removed the file since it was opened.
            let lock = Self { path: path.to_owned(), file };
            if lock.is_there() {
                return Ok(Some(lock));
            }
        }
    }

    /// Whether the path still leads to this file, which keeps its inode as long as it is open.
    fn is_there(&self) -> bool {
        FileIdentity::of_file(&self.file)
            .is_none_or(|own| FileIdentity::of_path(&self.path) == Some(own))
    }

    /// Removes the file while it is locked, so that no other process has it, and unlocks it.
    pub(crate) fn release(&self) {
        if self.is_there() {
            // Left there, it would only be locked again.
            let _ = fs::remove_file(&self.path);
        }
        let _ = self.file.unlock();
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.release();
    }
}

/// Opens the file, or creates a private one. None if another process created or removed it meanwhile.
fn open(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.write(true);
    let opened = match fs::symlink_metadata(path) {
        // Nothing is written to it, so that a link that replaces it now can do no harm.
        Ok(metadata) if metadata.is_file() => options.open(path),
        Ok(_) => return Err(io::Error::other(format!("{} is no regular file", path.display()))),
        Err(_) => {
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.create_new(true).open(path)
        }
    };
    match opened {
        Ok(file) => Ok(Some(file)),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let lock = Lock::acquire(&path).unwrap().unwrap();
        assert!(Lock::acquire(&path).unwrap().is_none());
        lock.release();
        assert!(!path.exists());
        let other = Lock::acquire(&path).unwrap().unwrap();
        drop(lock);
        assert!(path.exists(), "it is that of the other one");
        drop(other);
        // As a killed process leaves it.
        fs::write(&path, "").unwrap();
        assert!(Lock::acquire(&path).unwrap().is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let [path, other] = ["lock", "other"].map(|name| folder.path().join(name));
        std::os::unix::fs::symlink(&other, &path).unwrap();
        assert!(Lock::acquire(&path).is_err());
        assert!(!other.exists());
    }
}
