//! The encoding of what says who and when.

use alloc::boxed::Box;
use alloc::vec::Vec;

use sekisho_identity::{EventId, Identity, IdentityField, Key};

use super::error::StateError;
use super::reader::StateReader;
use super::snapshot::{Snapshot, impl_snapshot};

impl Snapshot for Key {
    fn encode(&self, output: &mut Vec<u8>) {
        output.extend_from_slice(&self.to_u128().to_le_bytes());
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        let (low, high) = <(u64, u64)>::decode(reader)?;
        Ok(Key::from_u128(u128::from(high) << 64 | u128::from(low)))
    }
}

impl_snapshot! { enum EventId { Uuid = 0, Text = 1 } }

/// An identity is encoded as the value of each field: the layout in memory is not part of a state.
impl Snapshot for Identity {
    #[inline(never)]
    fn encode(&self, output: &mut Vec<u8>) {
        for value in self.values() {
            value.map(Box::<str>::from).encode(output);
        }
    }

    #[inline(never)]
    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        let mut values: [Option<Box<str>>; FIELDS] = Default::default();
        let known = if reader.version() == 1 { FIELDS_OF_VERSION_1 } else { FIELDS };
        for value in &mut values[..known] {
            *value = Option::decode(reader)?;
        }
        Ok(Identity::new(values.each_ref().map(Option::as_deref)))
    }
}

const FIELDS: usize = IdentityField::ALL.len();

/// Version 1 has no id to count by; see [`Identity::derived`].
const FIELDS_OF_VERSION_1: usize = 4;
