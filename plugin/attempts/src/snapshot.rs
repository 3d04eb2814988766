//! State as bytes, little-endian, and back.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::hash::Hasher;

use sekisho_signin::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};
use siphasher::sip::SipHasher13;

use crate::event_id::EventId;
use crate::key::Key;

/// What can be stored and loaded again.
pub trait Snapshot: Sized {
    /// Appends it.
    fn encode(&self, to: &mut Vec<u8>);

    /// Takes it from the front.
    ///
    /// # Errors
    /// What stands there is something else.
    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError>;
}

/// Stored bytes, of which some were loaded.
#[derive(Debug)]
pub struct StateReader<'a> {
    left: &'a [u8],
    length: usize,
}

impl<'a> StateReader<'a> {
    /// All of them are left.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        StateReader { left: bytes, length: bytes.len() }
    }

    /// How many are left.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.left.len()
    }

    /// The next ones.
    ///
    /// # Errors
    /// There are fewer.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], StateError> {
        let (taken, left) =
            self.left.split_at_checked(count).ok_or_else(|| self.expected("more bytes"))?;
        self.left = left;
        Ok(taken)
    }

    /// The error that something else was expected here.
    #[must_use]
    pub fn expected(&self, expected: &'static str) -> StateError {
        StateError::Invalid { offset: self.length - self.left.len(), expected }
    }
}

/// Why a saved state is refused. The state before stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateError {
    /// It does not begin as a saved state does.
    NotAState,
    /// Another version of the module saved it.
    Version {
        /// Which.
        found: u32,
    },
    /// Parts are missing, or there are too many.
    Length {
        /// The bytes it should have.
        expected: u64,
        /// The bytes it has.
        found: u64,
    },
    /// It was changed since it was saved.
    Checksum,
    /// It holds what no module saves.
    Invalid {
        /// The offset, counted from the end of the header.
        offset: usize,
        /// What should stand there.
        expected: &'static str,
    },
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateError::NotAState => {
                f.write_str("state: expected a saved state, found other bytes")
            }
            StateError::Version { found } => {
                write!(f, "state: expected one saved as version {VERSION}, found {found}")
            }
            StateError::Length { expected, found } => {
                write!(f, "state: expected {expected} bytes, found {found}")
            }
            StateError::Checksum => {
                f.write_str("state: expected it as it was saved, found a wrong checksum")
            }
            StateError::Invalid { offset, expected } => {
                write!(f, "state: expected {expected} at byte {offset} after its header")
            }
        }
    }
}

impl core::error::Error for StateError {}

/// What a saved state begins with: the name, the version, the length and the checksum of what
/// follows.
const NAME: &[u8; 8] = b"sekisho\0";

/// The length of the head of a saved state, in bytes.
pub const STATE_HEADER_BYTES: usize = NAME.len() + 4 + 8 + 8;

/// The version in which this module saves states.
pub(crate) const VERSION: u32 = 1;

/// Appends a state, with its head, whose content `store` appends.
pub fn encode_state(to: &mut Vec<u8>, store: impl FnOnce(&mut Vec<u8>)) {
    let start = to.len();
    to.extend_from_slice(&[0; STATE_HEADER_BYTES]);
    store(to);
    let content = &to[start + STATE_HEADER_BYTES..];
    let mut head = Vec::with_capacity(STATE_HEADER_BYTES);
    head.extend_from_slice(NAME);
    VERSION.encode(&mut head);
    (content.len() as u64).encode(&mut head);
    checksum(content).encode(&mut head);
    to[start..start + STATE_HEADER_BYTES].copy_from_slice(&head);
}

/// The content of a state whose head is right; `None` if more of it is missing, and may come.
///
/// # Errors
/// It is no such state.
pub fn decode_state(
    state: &[u8],
    may_more_come: bool,
) -> Result<Option<StateReader<'_>>, StateError> {
    let Some((head, content)) = state.split_at_checked(STATE_HEADER_BYTES) else {
        return Err(StateError::NotAState);
    };
    let Some(head) = head.strip_prefix(NAME) else { return Err(StateError::NotAState) };
    let mut head = StateReader::new(head);
    let found = u32::decode(&mut head)?;
    if found != VERSION {
        return Err(StateError::Version { found });
    }
    let (expected, sum) = (u64::decode(&mut head)?, u64::decode(&mut head)?);
    let found = content.len() as u64;
    if found < expected && may_more_come {
        return Ok(None);
    }
    if found != expected {
        return Err(StateError::Length { expected, found });
    }
    if sum != checksum(content) {
        return Err(StateError::Checksum);
    }
    Ok(Some(StateReader::new(content)))
}

fn checksum(content: &[u8]) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(content);
    hasher.finish()
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Snapshot for $number {
            fn encode(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_le_bytes());
            }

            fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
                let bytes = from.take(size_of::<$number>())?;
                bytes.try_into().map(<$number>::from_le_bytes).map_err(|_| from.expected("a number"))
            }
        }
    )*};
}

numbers! { u8 u16 u32 u64 u128 i64 }

impl Snapshot for bool {
    fn encode(&self, to: &mut Vec<u8>) {
        to.push(u8::from(*self));
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        match u8::decode(from)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(from.expected("false or true")),
        }
    }
}

impl<T: Snapshot> Snapshot for Option<T> {
    fn encode(&self, to: &mut Vec<u8>) {
        self.is_some().encode(to);
        self.iter().for_each(|value| value.encode(to));
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        Ok(if bool::decode(from)? { Some(T::decode(from)?) } else { None })
    }
}

impl<T: Snapshot> Snapshot for Vec<T> {
    fn encode(&self, to: &mut Vec<u8>) {
        (self.len() as u32).encode(to);
        self.iter().for_each(|value| value.encode(to));
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        let length = u32::decode(from)? as usize;
        // Every value takes a byte at least: a length that is no length fails before it takes memory.
        if length > from.remaining() {
            return Err(from.expected("as many values as were announced"));
        }
        (0..length).map(|_| T::decode(from)).collect()
    }
}

impl<T: Snapshot> Snapshot for Box<[T]> {
    fn encode(&self, to: &mut Vec<u8>) {
        (self.len() as u32).encode(to);
        self.iter().for_each(|value| value.encode(to));
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        Vec::decode(from).map(Vec::into_boxed_slice)
    }
}

impl<A: Snapshot, B: Snapshot> Snapshot for (A, B) {
    fn encode(&self, to: &mut Vec<u8>) {
        self.0.encode(to);
        self.1.encode(to);
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        Ok((A::decode(from)?, B::decode(from)?))
    }
}

impl Snapshot for Box<str> {
    fn encode(&self, to: &mut Vec<u8>) {
        (self.len() as u32).encode(to);
        to.extend_from_slice(self.as_bytes());
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        let length = u32::decode(from)? as usize;
        let bytes = from.take(length)?;
        core::str::from_utf8(bytes).map(Box::from).map_err(|_| from.expected("UTF-8"))
    }
}

impl Snapshot for Key {
    fn encode(&self, to: &mut Vec<u8>) {
        self.0.iter().for_each(|half| half.encode(to));
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        Ok(Key([u64::decode(from)?, u64::decode(from)?]))
    }
}

impl Snapshot for EventId {
    fn encode(&self, to: &mut Vec<u8>) {
        match self {
            EventId::Uuid(bytes) => {
                to.push(0);
                to.extend_from_slice(bytes);
            }
            EventId::Text(text) => {
                to.push(1);
                text.encode(to);
            }
        }
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        match u8::decode(from)? {
            0 => u128::decode(from).map(|bytes| EventId::Uuid(bytes.to_le_bytes())),
            1 => Box::decode(from).map(EventId::Text),
            _ => Err(from.expected("the sort of an event_id")),
        }
    }
}

/// A value is stored as its place among all.
macro_rules! values {
    ($($set:ty)*) => {$(
        impl Snapshot for $set {
            fn encode(&self, to: &mut Vec<u8>) {
                to.push(*self as u8);
            }

            fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
                let place = u8::decode(from)?;
                let value = <$set>::ALL.get(usize::from(place)).copied();
                value.ok_or_else(|| from.expected("a value of a verdict"))
            }
        }
    )*};
}

values! { Kind Outcome Reason Principal Mfa UserExists }

impl Snapshot for Verdict {
    fn encode(&self, to: &mut Vec<u8>) {
        self.kind.encode(to);
        self.outcome.encode(to);
        self.reason.encode(to);
        self.principal.encode(to);
        self.mfa.encode(to);
        self.user_exists.encode(to);
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        Ok(Verdict {
            kind: Kind::decode(from)?,
            outcome: Outcome::decode(from)?,
            reason: Option::decode(from)?,
            principal: Principal::decode(from)?,
            mfa: Mfa::decode(from)?,
            user_exists: UserExists::decode(from)?,
        })
    }
}
