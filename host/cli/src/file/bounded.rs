//! Reads whole files of a bounded size.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Reads a file of at most `limit_bytes`. A larger one is refused before it is read, and a device or a
/// pipe once it has had more.
///
/// # Errors
/// The error of the operating system, or that the file is too large.
pub(crate) fn read_bounded(path: &Path, limit_bytes: u64) -> io::Result<Vec<u8>> {
    let too_large = |found: &str| {
        io::Error::other(format!("expected at most {limit_bytes} bytes, found {found}"))
    };
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    if length > limit_bytes {
        return Err(too_large(&length.to_string()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(limit_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit_bytes {
        return Err(too_large("more"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read_bounded(&path, 5).unwrap(), b"12345");
        let error = read_bounded(&path, 4).unwrap_err().to_string();
        assert_eq!(error, "expected at most 4 bytes, found 5");
        #[cfg(unix)]
        {
            let error = read_bounded(Path::new("/dev/zero"), 4).unwrap_err().to_string();
            assert_eq!(error, "expected at most 4 bytes, found more");
        }
    }
}
