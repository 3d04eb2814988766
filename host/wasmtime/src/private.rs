//! Files and folders that no other user can read or replace.

use std::fs::{self, DirBuilder, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const OTHERS: u32 = 0o077;
const OTHERS_WRITE: u32 = 0o022;
/// In a folder with this bit, only its owner can replace a file.
const STICKY: u32 = 0o1000;
const ROOT: u32 = 0;

/// Opens a folder, or creates it, for this user alone. Returns its path without links.
///
/// # Errors
/// `PermissionDenied`, if another user can read it or replace it; any other error, if it cannot be
/// created.
pub(crate) fn open_folder(folder: &Path) -> io::Result<PathBuf> {
    let (parent, name) = match (folder.parent(), folder.file_name()) {
        (Some(parent), Some(name)) if folder.is_absolute() => (parent, name),
        _ => return Err(io::Error::other("expected the absolute path of a folder")),
    };
    fs::create_dir_all(parent)?;
    let parent = fs::canonicalize(parent)?;
    let user = rustix::process::geteuid().as_raw();
    for ancestor in parent.ancestors() {
        check_ancestor(ancestor, &fs::symlink_metadata(ancestor)?, user)?;
    }
    let folder = parent.join(name);
    match DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    check_folder(&folder, &fs::symlink_metadata(&folder)?, user)?;
    Ok(folder)
}

fn check_ancestor(path: &Path, metadata: &Metadata, user: u32) -> io::Result<()> {
    let (owner, mode) = (metadata.uid(), metadata.mode());
    if owner != user && owner != ROOT {
        return Err(refused(path, format_args!("belongs to user {owner}")));
    }
    if mode & OTHERS_WRITE != 0 && mode & STICKY == 0 {
        return Err(refused(
            path,
            format_args!("can be written by others (mode {:o})", mode & 0o7777),
        ));
    }
    Ok(())
}

fn check_folder(path: &Path, metadata: &Metadata, user: u32) -> io::Result<()> {
    let (owner, mode) = (metadata.uid(), metadata.mode());
    if !metadata.is_dir() {
        return Err(refused(path, format_args!("is no folder")));
    }
    if owner != user {
        return Err(refused(path, format_args!("belongs to user {owner}")));
    }
    if mode & OTHERS != 0 {
        return Err(refused(path, format_args!("is open to others (mode {:o})", mode & 0o7777)));
    }
    Ok(())
}

fn refused(path: &Path, what: std::fmt::Arguments<'_>) -> io::Error {
    let message = format!("{} {what}", path.display());
    io::Error::new(io::ErrorKind::PermissionDenied, message)
}

/// Whether it is a file, not a link, that only this user can read and write.
pub(crate) fn is_private_file(path: &Path) -> bool {
    let user = rustix::process::geteuid().as_raw();
    fs::symlink_metadata(path).is_ok_and(|metadata| {
        metadata.is_file() && metadata.uid() == user && metadata.mode() & OTHERS == 0
    })
}

/// Options for a file that only this user can read and write.
pub(crate) trait CreatePrivate {
    /// For a new file.
    fn create_private(&mut self) -> &mut Self;
}

impl CreatePrivate for OpenOptions {
    fn create_private(&mut self) -> &mut Self {
        self.create_new(true).write(true).mode(0o600)
    }
}
