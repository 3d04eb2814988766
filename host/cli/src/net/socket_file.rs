//! The file of a Unix socket, which one process owns at a time.

use std::fs::{self, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use socket2::{Domain, SockAddr, Socket, Type};

use super::connect::connect_unix;
use crate::file::Lock;

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
        let lock = lock(path)?;
        remove_stale(path)?;
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.bind(&SockAddr::unix(path)?)?;
        if let Some(mode) = mode {
            fs::set_permissions(path, Permissions::from_mode(mode))?;
        }
        let identity = identity(&fs::symlink_metadata(path)?);
        Ok((socket, Self { path: path.to_owned(), identity, lock }))
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

/// Locks a file beside the socket. Without it, a process that replaces a stale socket could delete the
/// one that another process has just made.
fn lock(socket: &Path) -> io::Result<Lock> {
    let path = socket.with_added_extension("lock");
    match Lock::acquire(&path) {
        Ok(Some(lock)) => Ok(lock),
        Ok(None) => Err(in_use("another process of sekisho listens on it")),
        Err(error) => {
            let message = format!("its lock {}: {error}", path.display());
            Err(io::Error::new(error.kind(), message))
        }
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
