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
pub trait Stored: Sized {
    /// Appends it.
    fn store(&self, to: &mut Vec<u8>);

    /// Takes it from the front.
    ///
    /// # Errors
    /// What stands there is something else.
    fn load(from: &mut Bytes<'_>) -> Result<Self, StateError>;
}

/// Stored bytes, of which some were loaded.
#[derive(Debug)]
pub struct Bytes<'a> {
    left: &'a [u8],
    length: usize,
}

impl<'a> Bytes<'a> {
    /// All of them are left.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Bytes { left: bytes, length: bytes.len() }
    }

    /// How many are left.
    #[must_use]
    pub fn left(&self) -> usize {
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
        StateError::Content { at: self.length - self.left.len(), expected }
    }
}

/// Why a saved state is refused. The state before stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateError {
    /// It does not begin as a saved state does.
    NoState,
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
    Changed,
    /// It holds what no module saves.
    Content {
        /// The offset, behind the head.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateError::NoState => f.write_str("state: expected a saved state, found other bytes"),
            StateError::Version { found } => {
                write!(f, "state: expected one saved as version {VERSION}, found {found}")
            }
            StateError::Length { expected, found } => {
                write!(f, "state: expected {expected} bytes, found {found}")
            }
            StateError::Changed => {
                f.write_str("state: expected it as it was saved, found a wrong checksum")
            }
            StateError::Content { at, expected } => {
                write!(f, "state: expected {expected} at byte {at} behind its head")
            }
        }
    }
}

impl core::error::Error for StateError {}

/// What a saved state begins with: the name, the version, the length and the checksum of what
/// follows.
const NAME: &[u8; 8] = b"sekisho\0";

/// The length of the head of a saved state, in bytes.
pub const STATE_HEAD: usize = NAME.len() + 4 + 8 + 8;

/// The version in which this module saves states.
pub(crate) const VERSION: u32 = 1;

/// Appends a state, with its head, whose content `store` appends.
pub fn seal(to: &mut Vec<u8>, store: impl FnOnce(&mut Vec<u8>)) {
    let start = to.len();
    to.extend_from_slice(&[0; STATE_HEAD]);
    store(to);
    let content = &to[start + STATE_HEAD..];
    let mut head = Vec::with_capacity(STATE_HEAD);
    head.extend_from_slice(NAME);
    VERSION.store(&mut head);
    (content.len() as u64).store(&mut head);
    checksum(content).store(&mut head);
    to[start..start + STATE_HEAD].copy_from_slice(&head);
}

/// The content of a state whose head is right; `None` if more of it is missing, and may come.
///
/// # Errors
/// It is no such state.
pub fn unseal(state: &[u8], may_more_come: bool) -> Result<Option<Bytes<'_>>, StateError> {
    let Some((head, content)) = state.split_at_checked(STATE_HEAD) else {
        return Err(StateError::NoState);
    };
    let Some(head) = head.strip_prefix(NAME) else { return Err(StateError::NoState) };
    let mut head = Bytes::new(head);
    let found = u32::load(&mut head)?;
    if found != VERSION {
        return Err(StateError::Version { found });
    }
    let (expected, sum) = (u64::load(&mut head)?, u64::load(&mut head)?);
    let found = content.len() as u64;
    if found < expected && may_more_come {
        return Ok(None);
    }
    if found != expected {
        return Err(StateError::Length { expected, found });
    }
    if sum != checksum(content) {
        return Err(StateError::Changed);
    }
    Ok(Some(Bytes::new(content)))
}

fn checksum(content: &[u8]) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(content);
    hasher.finish()
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Stored for $number {
            fn store(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_le_bytes());
            }

            fn load(from: &mut Bytes<'_>) -> Result<Self, StateError> {
                let bytes = from.take(size_of::<$number>())?;
                bytes.try_into().map(<$number>::from_le_bytes).map_err(|_| from.expected("a number"))
            }
        }
    )*};
}

numbers! { u8 u16 u32 u64 u128 i64 }

impl Stored for bool {
    fn store(&self, to: &mut Vec<u8>) {
        to.push(u8::from(*self));
    }

    fn load(from: &mut Bytes<'_>) -> Result<Self, StateError> {
        match u8::load(from)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(from.expected("false or true")),
        }
    }
}

impl<T: Stored> Stored for Option<T> {
    fn store(&self, to: &mut Vec<u8>) {
        self.is_some().store(to);
        self.iter().for_each(|value| value.store(to));
    }

    fn load(from: &mut Bytes<'_>) -> Result<Self, StateError> {
        Ok(if bool::load(from)? { Some(T::load(from)?) } else { None })
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn store(&self, to: &mut Vec<u8>) {
        (self.len() as u32).store(to);
        self.iter().for_each(|value| value.store(to));
    }

    fn load(from: &mut Bytes<'_>) -> Result<Self, StateError> {
        let length = u32::load(from)? as usize;
        // Every value takes a byte at least: a length that is no length fails before it takes memory.
        if length > from.left() {
            return Err(from.expected("as many values as were announced"));
        }
        (0..length).map(|_| T::load(from)).collect()
    }
}

impl<T: Stored> Stored for Box<[T]> {
    fn store(&self, to: &mut Vec<u8>) {
        (self.len() as u32).store(to);
        self.iter().for_each(|value| value.store(to));
    }

    fn load(from: &mut Bytes<'_>) -> Result<Self, StateError> {
        Vec::load(from).map(Vec::into_boxed_slice)
    }
}

impl<A: Stored, B: Stored> Stored for (A, B) {
    fn store(&self, to: &mut Vec<u8>) {
        self.0.store(to);
        self.1.store(to);
    }

    fn load(from: &mut Bytes<'_>) -> Result<Self, StateError> {
        Ok((A::load(from)?, B::load(from)?))
    }
}

impl Stored for Box<str> {
    fn store(&self, to: &mut Vec<u8>) {
        (self.len() as u32).store(to);
        to.extend_from_slice(self.as_bytes());
    }

    fn load(from: &mut Bytes<'_>) -> Result<Self, StateError> {
        let length = u32::load(from)? as usize;
        let bytes = from.take(length)?;
        core::str::from_utf8(bytes).map(Box::from).map_err(|_| from.expected("UTF-8"))
    }
}

impl Stored for Key {
    fn store(&self, to: &mut Vec<u8>) {
        self.0.iter().for_each(|half| half.store(to));
    }

    fn load(from: &mut Bytes<'_>) -> Result<Self, StateError> {
        Ok(Key([u64::load(from)?, u64::load(from)?]))
    }
}

impl Stored for EventId {
    fn store(&self, to: &mut Vec<u8>) {
        match self {
            EventId::Uuid(bytes) => {
                to.push(0);
                to.extend_from_slice(bytes);
            }
            EventId::Text(text) => {
                to.push(1);
                text.store(to);
            }
        }
    }

    fn load(from: &mut Bytes<'_>) -> Result<Self, StateError> {
        match u8::load(from)? {
            0 => u128::load(from).map(|bytes| EventId::Uuid(bytes.to_le_bytes())),
            1 => Box::load(from).map(EventId::Text),
            _ => Err(from.expected("the sort of an id")),
        }
    }
}

/// A value is stored as its place among all.
macro_rules! values {
    ($($set:ty)*) => {$(
        impl Stored for $set {
            fn store(&self, to: &mut Vec<u8>) {
                to.push(*self as u8);
            }

            fn load(from: &mut Bytes<'_>) -> Result<Self, StateError> {
                let place = u8::load(from)?;
                let value = <$set>::ALL.get(usize::from(place)).copied();
                value.ok_or_else(|| from.expected("a value of a verdict"))
            }
        }
    )*};
}

values! { Kind Outcome Reason Principal Mfa UserExists }

impl Stored for Verdict {
    fn store(&self, to: &mut Vec<u8>) {
        self.kind.store(to);
        self.outcome.store(to);
        self.reason.store(to);
        self.principal.store(to);
        self.mfa.store(to);
        self.user_exists.store(to);
    }

    fn load(from: &mut Bytes<'_>) -> Result<Self, StateError> {
        Ok(Verdict {
            kind: Kind::load(from)?,
            outcome: Outcome::load(from)?,
            reason: Option::load(from)?,
            principal: Principal::load(from)?,
            mfa: Mfa::load(from)?,
            user_exists: UserExists::load(from)?,
        })
    }
}
