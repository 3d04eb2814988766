//! Where the holes of a text are.

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
