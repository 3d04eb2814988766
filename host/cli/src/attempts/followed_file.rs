//! A file that is followed, and how it is found again.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io;
#[cfg(unix)]
use std::os::unix::fs::{FileExt, MetadataExt};
#[cfg(windows)]
use std::os::windows::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How much of a file tells it from others.
const HEAD_BYTES: usize = 1 << 10;

/// How far a file was read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct FilePosition {
    inode: u64,
    /// The offset of the next byte.
    pub(super) offset: u64,
    /// The SHA-256 of the first bytes, of which there are up to 1 KiB and not more than were read.
    head: String,
}

/// An open file, under whatever name. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct FollowedFile {
    inode: u64,
    caught_up: Arc<AtomicBool>,
    file: Arc<File>,
}

impl FollowedFile {
    /// Opens a file.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let inode = inode(&file.metadata()?);
        Ok(Self { inode, caught_up: Arc::default(), file: Arc::new(file) })
    }

    /// The file that was read up to `position`: at `path`, or renamed in the same folder.
    pub(super) fn find(path: &Path, position: &FilePosition) -> Option<Self> {
        let folder =
            path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let is_rotated = |path: &std::path::PathBuf| {
            path.file_name().is_some_and(|other| other.to_string_lossy().contains(name))
        };
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let rotated = entries.map(|entry| entry.path()).filter(is_rotated);
        std::iter::once(path.to_owned()).chain(rotated).find_map(|path| {
            let metadata = fs::metadata(&path).ok()?;
            let may_be = metadata.is_file()
                && inode(&metadata) == position.inode
                && metadata.len() >= position.offset;
            let found = Self::open(&path).ok().filter(|_| may_be)?;
            (found.position(position.offset).ok()? == *position).then_some(found)
        })
    }

    /// Reads from `offset`. Returns 0 at the end of the file.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(super) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        #[cfg(unix)]
        {
            self.file.read_at(buffer, offset)
        }
        #[cfg(windows)]
        {
            self.file.seek_read(buffer, offset)
        }
    }

    /// Its length in bytes.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(super) fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Whether this is the metadata of the same file.
    pub(super) fn is(&self, metadata: &Metadata) -> bool {
        inode(metadata) == self.inode
    }

    /// What is needed to go on after the first `offset` bytes.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(super) fn position(&self, offset: u64) -> io::Result<FilePosition> {
        let mut head = [0; HEAD_BYTES];
        let head = &mut head[..usize::try_from(offset).unwrap_or(HEAD_BYTES).min(HEAD_BYTES)];
        let read = self.read_at(head, 0)?;
        let head = &head[..read];
        Ok(FilePosition { inode: self.inode, offset, head: format!("{:x}", Sha256::digest(head)) })
    }

    /// Whether all that is in the file was read.
    pub(super) fn is_caught_up(&self) -> bool {
        self.caught_up.load(Ordering::Relaxed)
    }

    /// Sets whether all that is in the file was read.
    pub(super) fn set_caught_up(&self, caught_up: bool) {
        self.caught_up.store(caught_up, Ordering::Relaxed);
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    metadata.ino()
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}
