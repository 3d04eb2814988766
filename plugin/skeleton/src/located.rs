//! A text whose skeleton is known.

use sekisho_scan::raw;
use sekisho_scan::{Text, Value};

use crate::layout::ValuePlace;
use crate::skeleton::MAX_HOLES;

/// Where the content of a hole is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Span {
    start: u32,
    /// The highest bit says that there is an escape. A text is at most 2 GiB long.
    end: u32,
}

const ESCAPED: u32 = 1 << 31;

impl Span {
    #[inline(always)]
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Span { start: start as u32, end: end as u32 }
    }

    /// The same start with another end.
    pub(crate) fn until(self, end: usize, escaped: bool) -> Self {
        Span { end: end as u32 | if escaped { ESCAPED } else { 0 }, ..self }
    }

    #[inline(always)]
    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    #[inline(always)]
    pub(crate) fn end(self) -> usize {
        (self.end & !ESCAPED) as usize
    }

    #[inline(always)]
    pub(crate) fn is_escaped(self) -> bool {
        self.end & ESCAPED != 0
    }
}

/// The holes of a text, from 1 on. The one before the first ends at the start of the text.
pub(crate) type Holes = [Span; MAX_HOLES + 1];

/// A text whose skeleton is known: the values that were given when it was learned.
#[derive(Clone, Copy, Debug)]
pub struct Located<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) places: &'a [ValuePlace],
    pub(crate) holes: &'a Holes,
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
        let places = places.get(index..).unwrap_or_default();
        places.iter().filter_map(|place| Some((place.tag, place.value(text, holes)?)))
    }

    /// The value with this index if it is a string.
    #[inline]
    #[must_use]
    pub fn string(&self, index: usize) -> Option<Text<'a>> {
        let span = self.places.get(index)?.string(self.holes)?;
        Some(raw::text(self.text.get(span.start()..span.end())?, span.is_escaped()))
    }
}
