//! Where the values of texts with the same skeleton are.

use alloc::vec::Vec;
use core::ops::Range;

use sekisho_scan::raw;
use sekisho_scan::{Value, ValueKind};

use crate::grow::grow;
use crate::holes::{Holes, Span};
use crate::segment::after;
use crate::skeleton::Skeleton;

/// A place relative to the holes of a text.
#[derive(Clone, Copy, Debug, Default)]
struct Anchor {
    /// The number of the hole before it; 0 for the start of the text.
    hole: u8,
    /// The distance in bytes from the end of that hole.
    distance: u16,
}

impl Anchor {
    fn new(skeleton: &Skeleton, offset: usize) -> Option<Self> {
        let (hole, distance) = skeleton.anchor(offset)?;
        Some(Anchor { hole, distance })
    }

    #[inline(always)]
    fn offset(self, holes: &Holes) -> Option<usize> {
        Some(holes.get(usize::from(self.hole))?.end() + usize::from(self.distance))
    }
}

/// Where a value is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValuePlace {
    kind: ValueKind,
    /// The number of the hole that a string is; 0 for all other values, and for fixed strings.
    string: u8,
    /// What the caller knows the value by.
    pub(crate) tag: u16,
    start: Anchor,
    end: Anchor,
}

impl ValuePlace {
    /// The place of a value in the text of a skeleton; `None` if it is not a part of that text.
    fn new(text: &[u8], skeleton: &Skeleton, value: &Value<'_>, tag: u16) -> Option<Self> {
        let Range { start, end } = range_in(text, value.raw)?;
        let hole = (value.kind == ValueKind::String).then(|| skeleton.hole_at(start + 1)).flatten();
        let (string, start, end) = match hole {
            // It starts at the quote before its hole.
            Some(hole) => (hole, Anchor::default(), Anchor { hole, distance: 1 }),
            None => (0, Anchor::new(skeleton, start)?, Anchor::new(skeleton, end)?),
        };
        Some(ValuePlace { kind: value.kind, string, tag, start, end })
    }

    /// The content of the string.
    #[inline(always)]
    pub(crate) fn string(self, holes: &Holes) -> Option<Span> {
        if self.string == 0 {
            self.fixed(holes)
        } else {
            holes.get(usize::from(self.string)).copied()
        }
    }

    /// The content of the string, which is no hole.
    fn fixed(self, holes: &Holes) -> Option<Span> {
        if !self.is_string() {
            return None;
        }
        let (start, end) = (self.start.offset(holes)?, self.end.offset(holes)?);
        Some(Span::new(start + 1, end.checked_sub(1)?))
    }

    fn is_string(self) -> bool {
        self.kind == ValueKind::String
    }

    pub(crate) fn value<'a>(self, text: &'a [u8], holes: &Holes) -> Option<Value<'a>> {
        let end = self.end.offset(holes)?;
        let (start, escaped) = match self.string(holes) {
            Some(span) => (span.start().checked_sub(1)?, span.is_escaped()),
            None => (self.start.offset(holes)?, false),
        };
        Some(raw::value(self.kind, text.get(start..end)?, start, escaped))
    }
}

/// Where a part of a text is in it. `None` if it is not a part of it.
fn range_in(text: &[u8], part: &[u8]) -> Option<Range<usize>> {
    let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    (end <= text.len()).then_some(start..end)
}

/// The most layouts, and the most places in all of them.
const MAX_LAYOUTS: usize = 448;
const MAX_PLACES: usize = 9 << 9;

/// The most memory that layouts use, in bytes.
pub(crate) const fn max_layout_bytes<N>() -> usize {
    MAX_PLACES * size_of::<ValuePlace>() + MAX_LAYOUTS * size_of::<Layout<N>>()
}

/// Which of the first 64 values there are, the lowest bit for index 0. Most records have few of the
/// values that somebody needs, so there are no places for the others.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Present(u64);

impl Present {
    /// How many values there are before an index.
    #[inline(always)]
    pub(crate) fn before(self, index: usize) -> usize {
        let (bits, others) = match index.checked_sub(u64::BITS as usize) {
            None => (self.0 & ((1 << index) - 1), 0),
            Some(others) => (self.0, others),
        };
        bits.count_ones() as usize + others
    }

    /// Whether there may be a value with an index.
    #[inline(always)]
    pub(crate) fn has(self, index: usize) -> bool {
        index >= u64::BITS as usize || self.0 >> index & 1 != 0
    }

    /// That there is a value with an index, one of the first 64.
    fn add(&mut self, index: usize) {
        self.0 |= 1 << index;
    }
}

/// A part of the list of places.
#[derive(Clone, Copy, Debug)]
struct Layout<N> {
    /// Where its places end.
    end: u32,
    present: Present,
    /// A bit for each of the first 64 values: whether it is a string.
    strings: u64,
    shape: Shape,
    /// What the caller notes.
    note: N,
}

/// What is known of a whole text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shape {
    /// How many holes it has, or 0 if each may have any content.
    holes: u8,
    /// The first of those that may have any content, and the one after the last.
    inside: (u8, u8),
    /// Whether one of its strings is a text itself.
    pub(crate) is_around_text: bool,
}

impl Shape {
    /// Of a text in which each hole may have any content.
    pub(crate) fn is_any(self) -> bool {
        self.holes == 0
    }

    /// Whether none of the strings that may not begins as JSON text may, with or without an escape.
    #[inline]
    pub(crate) fn is_met(self, text: &[u8], holes: &Holes) -> bool {
        let mut outside =
            (1..=self.holes).filter(|hole| !(self.inside.0..self.inside.1).contains(hole));
        !outside.any(|hole| {
            let start = holes.get(usize::from(hole)).map_or(0, |hole| hole.start());
            matches!(text.get(start), Some(b'{' | b'[' | b'\\'))
        })
    }
}

/// The places of the values of one skeleton.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places<'a> {
    places: &'a [ValuePlace],
    present: Present,
    /// See [`Located::strings`](crate::Located::strings).
    pub(crate) strings: u64,
}

impl<'a> Places<'a> {
    /// The place of the value with this index.
    #[inline(always)]
    pub(crate) fn get(self, index: usize) -> Option<&'a ValuePlace> {
        if self.present.has(index) { self.get_present(index) } else { None }
    }

    /// The place of the value with this index, which is present.
    #[inline(always)]
    pub(crate) fn get_present(self, index: usize) -> Option<&'a ValuePlace> {
        self.places.get(self.present.before(index))
    }

    /// The places of the values from this index on.
    pub(crate) fn from(self, index: usize) -> &'a [ValuePlace] {
        self.places.get(self.present.before(index)..).unwrap_or_default()
    }
}

/// The places of the values of each skeleton.
#[derive(Clone, Debug)]
pub(crate) struct Layouts<N> {
    places: Vec<ValuePlace>,
    layouts: Vec<Layout<N>>,
}

impl<N> Default for Layouts<N> {
    fn default() -> Self {
        Layouts { places: Vec::new(), layouts: Vec::new() }
    }
}

impl<N> Layouts<N> {
    /// How many layouts there are.
    pub(crate) fn len(&self) -> usize {
        self.layouts.len()
    }

    pub(crate) fn has_room(&self) -> bool {
        self.layouts.len() < MAX_LAYOUTS && self.places.len() < MAX_PLACES
    }

    pub(crate) fn clear(&mut self) {
        self.places.clear();
        self.layouts.clear();
    }

    #[inline(always)]
    pub(crate) fn get(&mut self, number: usize) -> Option<(Places<'_>, &mut N)> {
        let start = if number == 0 { 0 } else { self.layouts.get(number - 1)?.end };
        let Layout { end, present, strings, ref mut note, .. } = *self.layouts.get_mut(number)?;
        let places = self.places.get(start as usize..end as usize)?;
        Some((Places { places, present, strings }, note))
    }

    #[inline(always)]
    pub(crate) fn shape(&self, number: usize) -> Option<Shape> {
        Some(self.layouts.get(number)?.shape)
    }

    /// Adds the layout of a text with the values that `values` adds and the note that it returns, and
    /// returns the number of the layout. `None` if that does, or there is no room.
    pub(crate) fn add(
        &mut self,
        text: &[u8],
        skeleton: &Skeleton,
        values: &mut dyn FnMut(&mut NewLayout<'_>) -> Option<N>,
    ) -> Option<usize> {
        let number = self.len();
        grow(&mut self.layouts, 1, MAX_LAYOUTS)?;
        let start = self.places.len();
        let mut new = NewLayout {
            text,
            skeleton,
            places: &mut self.places,
            values: 0,
            present: Present::default(),
            strings: 0,
            shape: Shape::default(),
        };
        let note = values(&mut new);
        let NewLayout { present, strings, shape, .. } = new;
        let Some(note) = note else {
            self.places.truncate(start);
            return None;
        };
        let end = self.places.len() as u32;
        self.layouts.push(Layout { end, present, strings, shape, note });
        Some(number)
    }

    /// Removes the layout that was added last.
    pub(crate) fn remove_last(&mut self) {
        self.layouts.pop();
        self.places.truncate(self.layouts.last().map_or(0, |layout| layout.end as usize));
    }
}

/// The values of a text whose skeleton is being learned.
#[derive(Debug)]
pub struct NewLayout<'l> {
    text: &'l [u8],
    skeleton: &'l Skeleton,
    places: &'l mut Vec<ValuePlace>,
    /// How many values were added, and what is known of the first 64.
    values: usize,
    present: Present,
    strings: u64,
    shape: Shape,
}

impl NewLayout<'_> {
    /// Adds the next value, or that there is none. `tag` is any number that you know it by.
    ///
    /// `None` if it is not a value of the text, or one of the first 64 alone may be missing, or there is
    /// no room: then the text cannot be learned.
    pub fn push(&mut self, tag: u16, value: Option<&Value<'_>>) -> Option<()> {
        let index = self.values;
        let is_first = index < u64::BITS as usize;
        self.values += 1;
        let Some(value) = value else { return is_first.then_some(()) };
        let place = ValuePlace::new(self.text, self.skeleton, value, tag)?;
        grow(self.places, 1, MAX_PLACES)?;
        if is_first {
            self.present.add(index);
            self.strings |= u64::from(place.is_string()) << index;
        }
        self.places.push(place);
        Some(())
    }

    /// Strings outside of a part of the text must not begin with `{` or `[`, as JSON text does, nor with
    /// an escape: texts in which one does are not found. `None` if it is not a part of the text.
    pub fn no_text_outside(&mut self, part: &[u8]) -> Option<()> {
        let Range { start, end } = range_in(self.text, part)?;
        let first = self.skeleton.anchor(start)?.0.checked_add(1)?;
        let after = self.skeleton.anchor(end)?.0.checked_add(1)?;
        self.shape.holes = u8::try_from(self.skeleton.holes()).ok()?;
        self.shape.inside = (first, after);
        Some(())
    }

    /// The same for all strings but the one that is a text itself.
    pub(crate) fn is_around_text(&mut self) -> Option<()> {
        let hole = self.skeleton.parts.iter().position(|part| part.after == after::TEXT)? as u8 + 1;
        self.shape.holes = u8::try_from(self.skeleton.holes()).ok()?;
        self.shape.inside = (hole, hole + 1);
        self.shape.is_around_text = true;
        Some(())
    }
}
