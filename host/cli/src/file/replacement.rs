//! Replaces a file at once: who reads it sees the old content or the new, and never a part.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
#[cfg(unix)]
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// Follows no more links than Linux does.
const MAX_LINKS: usize = 40;

/// The end of the name of a temporary file.
const SUFFIX: &str = ".sekisho-tmp";

/// How much of the name of a file is in that of its temporary file.
const MAX_NAME_BYTES: usize = 200;

/// Who may read a file that does not exist yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NewFile {
    /// Whoever the umask allows.
    Shared,
    /// Its owner.
    Private,
}

/// The new content of a file, in a temporary file beside it. Dropped, it is removed, and the old
/// content stays.
#[derive(Debug)]
pub(crate) struct Replacement {
    temporary: NamedTempFile,
    target: PathBuf,
}

impl Replacement {
    /// Begins to replace the file that `path` leads to. An existing one keeps its owner and mode.
    ///
    /// # Errors
    /// The folder, or the existing file, is not writable.
    pub(crate) fn begin(path: &Path, new: NewFile) -> io::Result<Self> {
        let target = target(path)?;
        let existing = match OpenOptions::new().write(true).open(&target) {
            Ok(file) => Some(file.metadata()?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let prefix = prefix(&target);
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(SUFFIX);
        #[cfg(unix)]
        if existing.is_none() && new == NewFile::Shared {
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let temporary = builder.tempfile_in(folder(&target))?;
        if let Some(existing) = existing {
            keep_owner_and_mode(temporary.as_file(), &existing)?;
        }
        Ok(Self { temporary, target })
    }

    /// Removes the temporary files of processes that were killed. No other process may replace the file.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn remove_leftovers(&self) -> io::Result<()> {
        let prefix = prefix(&self.target);
        for entry in fs::read_dir(folder(&self.target))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_leftover = name.starts_with(&prefix) && name.ends_with(SUFFIX);
            if is_leftover && path != self.temporary.path() {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// The path of the temporary file.
    pub(crate) fn temporary_path(&self) -> &Path {
        self.temporary.path()
    }

    /// The path of the file that is replaced.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Replaces the file, so that the new content outlasts a crash of the machine.
    ///
    /// # Errors
    /// The error of the operating system. The old content stays.
    pub(crate) fn commit(self) -> io::Result<()> {
        let Self { temporary, target } = self;
        temporary.as_file().sync_all()?;
        temporary.persist(&target)?;
        // The name is kept in the folder. Not every file system can be asked to keep it now.
        let _ = File::open(folder(&target)).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.temporary.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.temporary.flush()
    }
}

#[cfg(unix)]
fn keep_owner_and_mode(file: &File, existing: &Metadata) -> io::Result<()> {
    let mut mode = existing.mode() & 0o7777;
    // Only root may give files away, and others to groups of theirs.
    let has_group = fchown(file, Some(existing.uid()), Some(existing.gid())).is_ok()
        || fchown(file, None, Some(existing.gid())).is_ok();
    if !has_group {
        mode &= !0o070;
    }
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_owner_and_mode(file: &File, existing: &Metadata) -> io::Result<()> {
    file.set_permissions(existing.permissions())
}

/// The begin of the names of a file's temporary files.
fn prefix(target: &Path) -> String {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    format!(".{}.", &name[..name.floor_char_boundary(MAX_NAME_BYTES)])
}

fn folder(target: &Path) -> &Path {
    target.parent().unwrap_or(Path::new("/"))
}

/// The absolute path that `path` leads to through links. The file need not exist, its folder must.
///
/// # Errors
/// The folder does not exist, there are too many links, or it is no path of a file.
pub(crate) fn target(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => fs::canonicalize(folder)?,
            _ => fs::canonicalize(".")?,
        };
        let absolute = folder.join(name);
        match fs::read_link(&absolute) {
            Ok(link) => path = folder.join(link),
            Err(_) => return Ok(absolute),
        }
    }
    Err(io::Error::other("too many links"))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    fn replace(path: &Path, new: NewFile) {
        let mut replacement = Replacement::begin(path, new).unwrap();
        replacement.write_all(b"new").unwrap();
        replacement.commit().unwrap();
    }

    #[test]
    fn a_file_keeps_its_mode_and_a_link_its_target() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "old").unwrap();
        fs::set_permissions(path("file"), fs::Permissions::from_mode(0o640)).unwrap();
        symlink("file", path("link")).unwrap();
        symlink(path("missing"), path("dangling")).unwrap();
        for (name, file) in [("link", "file"), ("dangling", "missing")] {
            replace(&path(name), NewFile::Private);
            assert!(fs::symlink_metadata(path(name)).unwrap().is_symlink());
            assert_eq!(fs::read(path(file)).unwrap(), b"new");
        }
        assert_eq!((mode(&path("file")), mode(&path("missing"))), (0o640, 0o600));
        replace(&path("shared"), NewFile::Shared);
        assert_eq!(mode(&path("shared")) & 0o600, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5, "no temporary file");
    }

    #[test]
    fn what_is_not_committed_leaves_the_old_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "old").unwrap();
        let mut replacement = Replacement::begin(&path, NewFile::Shared).unwrap();
        replacement.write_all(b"new").unwrap();
        assert!(replacement.temporary_path().exists());
        drop(replacement);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_kill_left_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        for name in [".state.abc.sekisho-tmp", ".state2.abc.sekisho-tmp", ".state.abc"] {
            fs::write(path(name), "").unwrap();
        }
        let replacement = Replacement::begin(&path("state"), NewFile::Private).unwrap();
        replacement.remove_leftovers().unwrap();
        assert!(replacement.temporary_path().exists());
        drop(replacement);
        assert!(!path(".state.abc.sekisho-tmp").exists());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[test]
    fn links_in_a_circle_and_folders_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("circle");
        symlink("circle", &path).unwrap();
        assert!(target(&path).is_err());
        assert!(Replacement::begin(folder.path(), NewFile::Shared).is_err());
        assert!(target(&folder.path().join("no/file")).is_err());
    }
}
