//! The file of a Unix socket, which one process owns at a time.

use std::fs::{self, File, Metadata, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use socket2::{Domain, SockAddr, Socket, Type};

use super::connect::connect_unix;

/// A file beside the socket, which is locked while a process owns the socket. Without it, a process
/// that replaces a stale socket could delete the one that another process has just made.
struct Lock {
    path: PathBuf,
    file: File,
}

/// The file of a socket that this process listens on.
pub(super) struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
    lock: Lock,
}

impl SocketFile {
    /// Binds a socket, but does not listen yet, so that nobody connects before the file has `mode`.
    /// Replaces a socket that no process listens on, as a killed process leaves it.
    ///
    /// # Errors
    /// Another process owns the socket, or what is there is no socket; or the error of the operating
    /// system.
    pub(super) fn bind(path: &Path, mode: Option<u32>) -> io::Result<(Socket, Self)> {
        let lock = Lock::take(path)?;
        let bind = || {
            remove_stale(path)?;
            let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
            socket.bind(&SockAddr::unix(path)?)?;
            if let Some(mode) = mode {
                fs::set_permissions(path, Permissions::from_mode(mode))?;
            }
            Ok((socket, identity(&fs::symlink_metadata(path)?)))
        };
        match bind() {
            Ok((socket, identity)) => Ok((socket, Self { path: path.to_owned(), identity, lock })),
            Err(error) => {
                lock.release();
                Err(error)
            }
        }
    }

    /// Removes the file, unless something else is there now.
    pub(super) fn remove(&self) {
        let is_own = |metadata| identity(&metadata) == self.identity;
        if fs::symlink_metadata(&self.path).is_ok_and(is_own) {
            // Someone else may have removed it.
            let _ = fs::remove_file(&self.path);
        }
        self.lock.release();
    }
}

impl Lock {
    fn take(socket: &Path) -> io::Result<Self> {
        let mut path = socket.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        // A link or a pipe in its place is an error.
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600).custom_flags(flags);
        loop {
            let file = options.open(&path).map_err(|error| {
                io::Error::new(error.kind(), format!("its lock {}: {error}", path.display()))
            })?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(in_use("another process of sekisho listens on it"));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // Its owner may have removed it between opening and locking.
            let locked = identity(&file.metadata()?);
            if fs::symlink_metadata(&path).is_ok_and(|found| identity(&found) == locked) {
                return Ok(Self { path, file });
            }
        }
    }

    /// Removes the file while it is locked, so that no other process has it.
    fn release(&self) {
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// The device and inode of a file.
fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

fn in_use(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::AddrInUse, message)
}

fn remove_stale(path: &Path) -> io::Result<()> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !metadata.file_type().is_socket() {
        let message = "what is there is no socket, and is kept";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
    }
    match connect_unix(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            Err(in_use("another process listens on it, and does not accept connections"))
        }
        Err(error) => Err(error),
        Ok(_) => Err(in_use("another process listens on it")),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    fn error(path: &Path) -> String {
        SocketFile::bind(path, None).err().unwrap().to_string()
    }

    #[test]
    fn only_a_stale_socket_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        // Dropped without `remove`, as in a killed process.
        drop(SocketFile::bind(&path, None).unwrap());
        let (_socket, file) = SocketFile::bind(&path, Some(0o640)).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
        assert_eq!(error(&path), "another process of sekisho listens on it");
        file.remove();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "the lock is removed, too");

        let listener = UnixListener::bind(&path).unwrap();
        assert_eq!(error(&path), "another process listens on it");
        drop(listener);
        SocketFile::bind(&path, None).unwrap().1.remove();
    }

    #[test]
    fn what_is_no_socket_or_not_its_own_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "kept").unwrap();
        assert_eq!(error(&path), "what is there is no socket, and is kept");
        assert_eq!(fs::read(&path).unwrap(), b"kept");

        let path = folder.path().join("socket");
        let (_socket, file) = SocketFile::bind(&path, None).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, "kept").unwrap();
        file.remove();
        assert_eq!(fs::read(&path).unwrap(), b"kept");

        let target = folder.path().join("target");
        let link = folder.path().join("linked");
        std::os::unix::fs::symlink(&target, folder.path().join("linked.lock")).unwrap();
        assert!(error(&link).starts_with("its lock "));
        assert!(!target.exists());
    }

    #[test]
    fn a_saturated_socket_is_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
        socket.bind(&SockAddr::unix(&path).unwrap()).unwrap();
        socket.listen(0).unwrap();
        let _waiting = connect_unix(&path).unwrap();
        let error = error(&path);
        assert!(error.ends_with("does not accept connections"), "{error}");
    }
}
