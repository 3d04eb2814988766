//! The encoding of a verdict.

use alloc::vec::Vec;

use sekisho_signin::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

use super::error::StateError;
use super::reader::StateReader;
use super::snapshot::{Snapshot, impl_snapshot};

/// A value is encoded as its index in `ALL`.
macro_rules! impl_values {
    ($($name:ident)*) => {$(
        impl Snapshot for $name {
            fn encode(&self, output: &mut Vec<u8>) {
                output.push(*self as u8);
            }

            fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
                let index = usize::from(u8::decode(reader)?);
                $name::ALL.get(index).copied().ok_or_else(|| reader.expected("a value of a verdict"))
            }
        }
    )*};
}

impl_values! { Kind Outcome Reason Principal Mfa UserExists }

impl_snapshot! { struct Verdict { kind, outcome, reason, principal, mfa, user_exists } }
