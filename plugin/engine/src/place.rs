//! Where a record is in an input, through strings of JSON text.

use alloc::vec::Vec;

use sekisho_scan::Reader;

use crate::error::Error;
use crate::limits::MAX_ENVELOPES;
use crate::text::decode;

/// Buffers for the decoded text around a record.
pub(crate) type SearchBuffers = [Vec<u8>; MAX_ENVELOPES];

/// Where a value is in an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The offsets of the strings of JSON text around it, from the outermost on. Each counts from
    /// the start of the decoded text that the string is in.
    strings: [usize; MAX_ENVELOPES],
    /// How many strings are around it.
    depth: usize,
    /// Its first byte and its end in the decoded text.
    start: usize,
    end: usize,
}

impl Place {
    /// The place of an input itself.
    pub(crate) fn all(input: &[u8]) -> Place {
        Place::default().at(0, input.len())
    }

    /// The value at this place of an input. Text around it is decoded into `buffers`.
    pub(crate) fn open<'a>(
        &self,
        input: &'a [u8],
        buffers: &'a mut SearchBuffers,
    ) -> Result<&'a [u8], Error> {
        let mut json = input;
        for (start, buffer) in self.strings.iter().zip(buffers).take(self.depth) {
            let string = Reader::new(json.get(*start..).unwrap_or_default()).value()?;
            buffer.clear();
            string.text().map_or(Ok(()), |text| decode(text, buffer))?;
            json = buffer;
        }
        Ok(json.get(self.start..self.end).unwrap_or_default())
    }

    /// The same strings and one more inside of them, at this offset.
    pub(crate) fn in_string(mut self, offset: usize) -> Place {
        self.strings[self.depth] = offset;
        self.depth += 1;
        self
    }

    /// The value from `start` to `end` in the same strings.
    pub(crate) fn at(self, start: usize, end: usize) -> Place {
        Place { start, end, ..self }
    }

    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// The offset of the outermost string around it.
    pub(crate) fn text_offset(&self) -> Option<usize> {
        self.strings[..self.depth].first().copied()
    }
}
