//! What a state file says beside the state: how far the input was read and the output written.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::followed_file::FilePosition;
use crate::output::OutputPosition;

/// Begins a state file with a checkpoint. The version is that of the format.
const MAGIC: &[u8] = b"sekisho checkpoint 1 ";

/// The length of the digest of the checkpoint, as text.
const DIGEST_BYTES: usize = 64;

/// How far a stream was processed when its state was saved.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// How far the file that is followed was read; none for a pipe.
    pub(super) input: Option<FilePosition>,
    /// How far the file of the output was written, if there is one.
    pub(super) output: Option<OutputPosition>,
    /// Whether the program ended here: what the output has more is not of this program.
    pub(super) is_end: bool,
}

impl Checkpoint {
    /// The bytes before the state.
    pub(super) fn encode(&self) -> Vec<u8> {
        let json = serde_json::to_vec(self).expect("text and numbers are valid JSON");
        let digest = format!("{:x}", Sha256::digest(&json));
        [MAGIC, digest.as_bytes(), b"\n", &json, b"\n"].concat()
    }

    /// Splits the content of a state file into a checkpoint, if it has one, and the state.
    ///
    /// # Errors
    /// A message, if the checkpoint is damaged.
    pub(super) fn split(content: &[u8]) -> Result<(Option<Self>, &[u8]), String> {
        let Some(rest) = content.strip_prefix(MAGIC) else { return Ok((None, content)) };
        let damaged = || "the checkpoint before it is damaged".to_owned();
        let (digest, rest) = rest.split_at_checked(DIGEST_BYTES).ok_or_else(damaged)?;
        let rest = rest.strip_prefix(b"\n").ok_or_else(damaged)?;
        let end = memchr::memchr(b'\n', rest).ok_or_else(damaged)?;
        let json = &rest[..end];
        if format!("{:x}", Sha256::digest(json)).as_bytes() != digest {
            return Err(damaged());
        }
        let checkpoint = serde_json::from_slice(json).map_err(|_| damaged())?;
        Ok((Some(checkpoint), &rest[end + 1..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_damage_is_found() {
        let checkpoint = Checkpoint { input: None, output: None, is_end: true };
        let content = [&checkpoint.encode()[..], b"state\n"].concat();
        assert_eq!(Checkpoint::split(&content), Ok((Some(checkpoint), &b"state\n"[..])));
        assert_eq!(Checkpoint::split(b"state"), Ok((None, &b"state"[..])));
        for index in MAGIC.len()..content.len() - 6 {
            let mut damaged = content.clone();
            damaged[index] ^= 1;
            assert!(Checkpoint::split(&damaged).is_err(), "{index}");
            assert!(Checkpoint::split(&content[..index]).is_err(), "{index}");
        }
    }
}
