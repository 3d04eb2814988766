//! A text whose skeleton is known.

use sekisho_scan::raw;
use sekisho_scan::{Text, Value};

use crate::holes::Holes;
use crate::layout::Places;

/// A text whose skeleton is known: the values that were given when it was learned.
#[derive(Clone, Copy, Debug)]
pub struct Located<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) places: Places<'a>,
    pub(crate) holes: &'a Holes,
    /// See [`Located::is_in_string`].
    pub(crate) is_in_string: bool,
}

impl<'a> Located<'a> {
    /// The value with this index; `None` if there is none.
    #[must_use]
    pub fn value(&self, index: usize) -> Option<Value<'a>> {
        self.places.get(index)?.value(self.text, self.holes)
    }

    /// The values from this index on, each with its tag.
    pub fn tagged(&self, index: usize) -> impl Iterator<Item = (u16, Value<'a>)> + use<'a> {
        let Located { text, holes, places, .. } = *self;
        places.from(index).iter().filter_map(|place| Some((place.tag, place.value(text, holes)?)))
    }

    /// The text that the values are in.
    #[must_use]
    pub fn text(&self) -> &'a [u8] {
        self.text
    }

    /// Whether that is the text in a string.
    #[must_use]
    pub fn is_in_string(&self) -> bool {
        self.is_in_string
    }

    /// Whether the content of a string of the text belongs to the skeleton. It is false for the content
    /// of a hole, and may be for others.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn is_fixed(&self, string: Text<'a>) -> bool {
        let offset = string.raw().as_ptr().addr().checked_sub(self.text.as_ptr().addr());
        !self.holes.iter().any(|hole| Some(hole.start()) == offset)
    }

    /// A bit for each of the first 64 values, the lowest one for index 0: whether it is a string.
    #[inline(always)]
    #[must_use]
    pub fn strings(&self) -> u64 {
        self.places.strings
    }

    /// Copies the values with these indexes that are strings. Returns whether any has an escape.
    #[inline(never)]
    pub fn copy_strings(&self, indexes: &[u8], strings: &mut [Option<Text<'a>>]) -> bool {
        let record = *self;
        let mut any_escaped = false;
        for (index, string) in indexes.iter().zip(strings) {
            any_escaped |= record.copy(usize::from(*index), string);
        }
        any_escaped
    }

    /// The value with this index if it is a string.
    #[inline]
    #[must_use]
    pub fn string(&self, index: usize) -> Option<Text<'a>> {
        let (content, is_escaped) = self.content(index)?;
        Some(raw::text(content, is_escaped))
    }

    /// The content of the string with this index, and whether it has an escape.
    #[inline(always)]
    fn content(self, index: usize) -> Option<(&'a [u8], bool)> {
        let span = self.places.get(index)?.string(self.holes)?;
        Some((self.text.get(span.start()..span.end())?, span.is_escaped()))
    }

    /// Copies the contents of values that are strings, as they are written, to the same indices. `wanted`
    /// has a bit for each that is copied, the lowest one for index 0. Returns a bit for each that has an
    /// escape.
    #[inline(never)]
    pub fn copy_to_same_indices(&self, wanted: u64, contents: &mut [&'a [u8]]) -> u64 {
        let record = *self;
        let mut rest = record.strings() & wanted;
        let mut escaped = 0;
        while rest != 0 {
            let index = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let place =
                record.places.get_present(index).and_then(|place| place.string(record.holes));
            if let Some(span) = place
                && let Some(text) = record.text.get(span.start()..span.end())
                && let Some(content) = contents.get_mut(index)
            {
                *content = text;
                escaped |= u64::from(span.is_escaped()) << index;
            }
        }
        escaped
    }

    /// Copies the value with this index if it is a string. Returns whether it has an escape.
    #[inline(always)]
    fn copy(self, index: usize, string: &mut Option<Text<'a>>) -> bool {
        let Some((content, is_escaped)) = self.content(index) else { return false };
        *string = Some(raw::text(content, is_escaped));
        is_escaped
    }
}
