//! Whether two paths lead to one file.

use std::fs::{self, File, Metadata};
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::replacement::target;

/// What two paths that lead to one regular file have in common, whatever links are between. Pipes and
/// devices have none: they keep nothing that could be overwritten.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum FileIdentity {
    /// Device and inode.
    #[cfg(unix)]
    Inode(u64, u64),
    /// Where a file will be that does not exist yet.
    Path(PathBuf),
}

impl FileIdentity {
    /// The identity of the file that `path` leads to.
    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        match fs::metadata(path) {
            Ok(metadata) => Self::of(&metadata, path),
            Err(_) => target(path).ok().map(Self::Path),
        }
    }

    /// The identity of an open file. None where it cannot be known.
    pub(crate) fn of_file(file: &File) -> Option<Self> {
        Self::of(&file.metadata().ok()?, Path::new(""))
    }

    #[cfg(unix)]
    fn of(metadata: &Metadata, _: &Path) -> Option<Self> {
        metadata.is_file().then(|| Self::Inode(metadata.dev(), metadata.ino()))
    }

    #[cfg(not(unix))]
    fn of(metadata: &Metadata, path: &Path) -> Option<Self> {
        metadata.is_file().then(|| fs::canonicalize(path).ok().map(Self::Path)).flatten()
    }
}
