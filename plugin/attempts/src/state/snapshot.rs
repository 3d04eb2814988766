//! How a type is saved and restored.

use alloc::vec::Vec;

use super::error::StateError;
use super::reader::StateReader;

/// A value that is part of a saved state.
///
/// The encoding is that of [Borsh](https://borsh.io): integers are little-endian; a sequence or text
/// begins with its length as a `u32`; a `bool` is one byte, an `Option` and an enum begin with one;
/// a struct is the encodings of its fields.
pub trait Snapshot: Sized {
    /// Appends the value.
    fn encode(&self, output: &mut Vec<u8>);

    /// Reads a value that [`encode`](Snapshot::encode) wrote.
    ///
    /// # Errors
    /// [`StateError::Invalid`] if the bytes are not those of such a value.
    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError>;
}

/// Implements [`Snapshot`] for a struct by its fields in the order given, or for an enum whose
/// variants hold one value each by their tags.
///
/// Fields that states before version `since` lack have the default value after such a state. Fields
/// that are not saved take their values from the base expression, as in a struct literal.
macro_rules! impl_snapshot {
    (struct $name:ident {
        $($field:ident),+ $(; since $version:literal: $($new:ident),+)? $(, ..$base:expr)?
    }) => {
        impl $crate::state::Snapshot for $name {
            fn encode(&self, output: &mut alloc::vec::Vec<u8>) {
                $($crate::state::Snapshot::encode(&self.$field, output);)+
                $($($crate::state::Snapshot::encode(&self.$new, output);)+)?
            }

            fn decode(
                reader: &mut $crate::state::StateReader<'_>,
            ) -> Result<Self, $crate::state::StateError> {
                Ok($name {
                    $($field: $crate::state::Snapshot::decode(reader)?,)+
                    $($($new: if reader.version() < $version {
                        Default::default()
                    } else {
                        $crate::state::Snapshot::decode(reader)?
                    },)+)?
                    $(..$base)?
                })
            }
        }
    };
    (enum $name:ident { $($variant:ident = $tag:literal),+ }) => {
        impl $crate::state::Snapshot for $name {
            fn encode(&self, output: &mut alloc::vec::Vec<u8>) {
                match self {
                    $($name::$variant(value) => {
                        output.push($tag);
                        $crate::state::Snapshot::encode(value, output);
                    })+
                }
            }

            fn decode(
                reader: &mut $crate::state::StateReader<'_>,
            ) -> Result<Self, $crate::state::StateError> {
                match <u8 as $crate::state::Snapshot>::decode(reader)? {
                    $($tag => $crate::state::Snapshot::decode(reader).map($name::$variant),)+
                    _ => Err(reader.expected("a known tag")),
                }
            }
        }
    };
}

pub(crate) use impl_snapshot;
