//! Files that only the own user may read.

use std::fs::OpenOptions;

/// Lets only the own user read a new file.
pub(crate) fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}
