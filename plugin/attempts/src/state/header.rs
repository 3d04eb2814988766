//! The header of a saved state, by which it is recognised and checked.

use alloc::vec::Vec;
use core::hash::Hasher;

use siphasher::sip::SipHasher13;

use super::error::{StateError, VERSION};
use super::reader::StateReader;
use super::snapshot::Snapshot;

/// The first bytes of the header. The version follows as a `u32`, then the length of the content
/// and its checksum as a `u64` each.
const MAGIC: &[u8; 8] = b"sekisho\0";

/// The length of the header of a saved state, in bytes.
pub const STATE_HEADER_BYTES: usize = MAGIC.len() + 4 + 8 + 8;

/// Appends a state: its header, and the content that `encode_content` appends.
///
/// ```
/// use sekisho_attempts::{Snapshot, decode_state, encode_state};
///
/// let mut state = Vec::new();
/// encode_state(&mut state, |output| 7_u32.encode(output));
///
/// let mut content = decode_state(&state, false)?.expect("a complete state");
/// assert_eq!(u32::decode(&mut content)?, 7);
/// assert_eq!(content.remaining(), 0);
/// # Ok::<(), sekisho_attempts::StateError>(())
/// ```
pub fn encode_state(output: &mut Vec<u8>, encode_content: impl FnOnce(&mut Vec<u8>)) {
    let start = output.len();
    output.extend_from_slice(&[0; STATE_HEADER_BYTES]);
    encode_content(output);
    let content = &output[start + STATE_HEADER_BYTES..];
    let mut header = Vec::with_capacity(STATE_HEADER_BYTES);
    header.extend_from_slice(MAGIC);
    VERSION.encode(&mut header);
    (content.len() as u64).encode(&mut header);
    checksum(content).encode(&mut header);
    output[start..start + STATE_HEADER_BYTES].copy_from_slice(&header);
}

/// Checks the header of a state and returns a reader of its content. `None` if bytes are missing at
/// the end and `may_continue` says that they may follow.
///
/// # Errors
/// Every [`StateError`] but [`StateError::Invalid`].
pub fn decode_state(
    state: &[u8],
    may_continue: bool,
) -> Result<Option<StateReader<'_>>, StateError> {
    let Some((header, content)) = state.split_at_checked(STATE_HEADER_BYTES) else {
        return Err(StateError::NotAState);
    };
    let Some(header) = header.strip_prefix(MAGIC) else { return Err(StateError::NotAState) };
    let mut header = StateReader::new(header);
    let version = u32::decode(&mut header)?;
    if !(1..=VERSION).contains(&version) {
        return Err(StateError::Version { found: version });
    }
    let (expected, sum) = (u64::decode(&mut header)?, u64::decode(&mut header)?);
    let found = content.len() as u64;
    if found < expected && may_continue {
        return Ok(None);
    }
    if found != expected {
        return Err(StateError::Length { expected, found });
    }
    if sum != checksum(content) {
        return Err(StateError::Checksum);
    }
    Ok(Some(StateReader::of_version(version, content)))
}

fn checksum(content: &[u8]) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(content);
    hasher.finish()
}
