//! The encodings of the standard library's types.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::error::StateError;
use super::reader::StateReader;
use super::snapshot::Snapshot;

macro_rules! impl_integers {
    ($($integer:ty)*) => {$(
        impl Snapshot for $integer {
            fn encode(&self, output: &mut Vec<u8>) {
                output.extend_from_slice(&self.to_le_bytes());
            }

            fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
                let bytes = reader.take(size_of::<$integer>())?.try_into();
                bytes.map(<$integer>::from_le_bytes).map_err(|_| reader.expected("an integer"))
            }
        }
    )*};
}

impl_integers! { u8 u32 u64 i64 }

impl Snapshot for bool {
    fn encode(&self, output: &mut Vec<u8>) {
        output.push(u8::from(*self));
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        match u8::decode(reader)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(reader.expected("0 or 1")),
        }
    }
}

impl<T: Snapshot> Snapshot for Option<T> {
    fn encode(&self, output: &mut Vec<u8>) {
        self.is_some().encode(output);
        self.iter().for_each(|value| value.encode(output));
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        Ok(if bool::decode(reader)? { Some(T::decode(reader)?) } else { None })
    }
}

/// Appends the number of values, and each value.
pub(crate) fn encode_sequence<'v, T: Snapshot + 'v>(
    values: impl ExactSizeIterator<Item = &'v T>,
    output: &mut Vec<u8>,
) {
    (values.len() as u32).encode(output);
    values.for_each(|value| value.encode(output));
}

impl<T: Snapshot> Snapshot for Vec<T> {
    fn encode(&self, output: &mut Vec<u8>) {
        encode_sequence(self.iter(), output);
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        let length = u32::decode(reader)? as usize;
        // A value has at least one byte, so a wrong length fails before memory is allocated for it.
        if length > reader.remaining() {
            return Err(reader.expected("as many values as the length before them"));
        }
        (0..length).map(|_| T::decode(reader)).collect()
    }
}

impl<T: Snapshot> Snapshot for Box<T> {
    fn encode(&self, output: &mut Vec<u8>) {
        (**self).encode(output);
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        T::decode(reader).map(Box::new)
    }
}

impl<T: Snapshot> Snapshot for Box<[T]> {
    fn encode(&self, output: &mut Vec<u8>) {
        encode_sequence(self.iter(), output);
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        Vec::decode(reader).map(Vec::into_boxed_slice)
    }
}

impl<T: Snapshot + Copy + Default, const N: usize> Snapshot for [T; N] {
    fn encode(&self, output: &mut Vec<u8>) {
        self.iter().for_each(|value| value.encode(output));
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        let mut values = [T::default(); N];
        for value in &mut values {
            *value = T::decode(reader)?;
        }
        Ok(values)
    }
}

impl<A: Snapshot, B: Snapshot> Snapshot for (A, B) {
    fn encode(&self, output: &mut Vec<u8>) {
        self.0.encode(output);
        self.1.encode(output);
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        Ok((A::decode(reader)?, B::decode(reader)?))
    }
}

impl Snapshot for Box<str> {
    fn encode(&self, output: &mut Vec<u8>) {
        (self.len() as u32).encode(output);
        output.extend_from_slice(self.as_bytes());
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        let length = u32::decode(reader)? as usize;
        let bytes = reader.take(length)?;
        core::str::from_utf8(bytes).map(Box::from).map_err(|_| reader.expected("UTF-8"))
    }
}
