//! What was learned.

use alloc::vec::Vec;

use crate::budget::Budget;
use crate::decoded::Decoded;
use crate::holes::{Holes, Span};
use crate::layout::{Layouts, NewLayout, Shape, max_layout_bytes};
use crate::located::Located;
use crate::segment::Segment;
use crate::skeleton::{MAX_HOLES, Skeleton, SkeletonPart};
use crate::tree::{MAX_SEGMENTS, Tree};

/// Shorter texts are neither learned nor found, in bytes.
pub const MIN_TEXT: usize = 128;

/// The largest text, in bytes.
const MAX_TEXT: usize = i32::MAX as usize;

/// The most memory that is used for what is learned, in bytes: 384 KiB.
pub const MAX_BYTES: usize = 3 << 17;

/// The most memory that is used with such notes, in bytes. While one part grows, half of it is there
/// twice.
const fn max_bytes<N>() -> usize {
    (MAX_SEGMENTS * size_of::<Segment>() + max_layout_bytes::<N>()) / 2 * 3
        + size_of::<Holes>()
        + (MAX_HOLES + 1) * size_of::<SkeletonPart>()
}

/// So many refused texts are as good as a full memory.
const MAX_REFUSED: u8 = 64;

/// Skeletons of texts, where in them values are, and a note on each.
///
/// The cost of texts whose skeletons never come again is bounded: after 64 misses only one text of 32
/// is looked for until some are found, at most 192 texts are learned at once and then one for each 64
/// that are looked for, and when the memory is full, everything is cleared, but only once in 65,536
/// texts.
#[derive(Clone, Debug)]
pub struct Skeletons<N = ()> {
    tree: Tree,
    layouts: Layouts<N>,
    budget: Budget,
    skeleton: Skeleton,
    holes: Holes,
    is_full: bool,
    /// Texts that were not learned, since too many others are like them up to some place.
    refused: u8,
    was_looked_for: bool,
    was_found: bool,
    /// Whether what is around the text in the last text was found.
    was_around_found: bool,
}

impl<N> Default for Skeletons<N> {
    fn default() -> Self {
        const { assert!(max_bytes::<N>() < MAX_BYTES, "the note is too large") };
        Skeletons {
            tree: Tree::default(),
            layouts: Layouts::default(),
            budget: Budget::default(),
            skeleton: Skeleton::default(),
            holes: [Span::default(); MAX_HOLES + 1],
            is_full: false,
            refused: 0,
            was_looked_for: false,
            was_found: false,
            was_around_found: false,
        }
    }
}

impl<N: Default> Skeletons<N> {
    /// Whether the last text was found. Then the next one is likely to be, too.
    #[must_use]
    pub fn was_found(&self) -> bool {
        self.was_found
    }

    /// How many skeletons are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.layouts.len()
    }

    /// Whether no skeleton is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values of a text whose skeleton is known, or of the text in a string of it, and what is noted
    /// on that skeleton. The text is well-formed then. The text in the string is decoded to `decoded`,
    /// which you keep.
    #[inline]
    pub fn find<'a>(
        &'a mut self,
        text: &'a [u8],
        decoded: &'a mut Vec<u8>,
    ) -> Option<(Located<'a>, &'a mut N)> {
        self.was_found = false;
        self.was_around_found = false;
        self.was_looked_for =
            text.len() >= MIN_TEXT && text.len() <= MAX_TEXT && self.budget.looks();
        if !self.was_looked_for || self.is_empty() {
            return None;
        }
        let mut decoded = Decoded::new(decoded);
        let number = self.tree.find(text, &mut self.holes, &mut decoded);
        let shape = number.and_then(|number| self.layouts.shape(number));
        let (Some(number), Some(shape)) = (number, shape) else {
            self.budget.missed();
            return None;
        };
        if !shape.is_any() {
            return self.find_in(text, decoded.text(), number, shape);
        }
        self.locate(text, number, false)
    }

    /// The values of a text with strings that may not be texts, or of the text in a string of it.
    #[inline(never)]
    fn find_in<'a>(
        &'a mut self,
        text: &'a [u8],
        decoded: &'a [u8],
        number: usize,
        shape: Shape,
    ) -> Option<(Located<'a>, &'a mut N)> {
        let is_met = shape.is_met(text, &self.holes);
        if is_met && !shape.is_around_text {
            return self.locate(text, number, false);
        }
        self.was_around_found = is_met;
        let is_text = is_met && decoded.len() >= MIN_TEXT && decoded.starts_with(b"{");
        let inner = if is_text { self.find_inner(decoded) } else { None };
        if inner.is_none() {
            self.budget.missed();
        }
        self.locate(decoded, inner?, true)
    }

    /// The layout of the text in a string.
    fn find_inner(&mut self, decoded: &[u8]) -> Option<usize> {
        let mut none = Vec::new();
        let number = self.tree.find(decoded, &mut self.holes, &mut Decoded::new(&mut none))?;
        self.layouts.shape(number)?.is_any().then_some(number)
    }

    #[inline(always)]
    fn locate<'a>(
        &'a mut self,
        text: &'a [u8],
        number: usize,
        is_in_string: bool,
    ) -> Option<(Located<'a>, &'a mut N)> {
        self.budget.found();
        self.was_found = true;
        let (places, note) = self.layouts.get(number)?;
        Some((Located { text, places, holes: &self.holes, is_in_string }, note))
    }

    /// Whether to learn the text that was not found last, or what is around it.
    ///
    /// It bounds the cost of texts whose skeletons never come again, so ask once for each.
    pub fn learns(&mut self) -> bool {
        if !self.was_looked_for {
            return false;
        }
        if (self.is_full || self.refused >= MAX_REFUSED) && self.budget.clears() {
            self.clear();
        }
        !self.is_full && self.budget.learns()
    }

    /// Learns the skeleton of a well-formed text. `values` adds values of this text, and in texts with
    /// the same skeleton [`Located`] has what is at their places. It returns what is noted on the
    /// skeleton. `false` if it is not learned.
    ///
    /// Strings of the text that are `fixed`, given with their quotes and in their order, belong to the
    /// skeleton: texts with others have another one. They have no escapes.
    ///
    /// Call it for a text if it [is to be learned](Skeletons::learns). A text in which the key `unique`
    /// occurs more than once is not learned.
    #[inline(never)]
    pub fn learn(
        &mut self,
        text: &[u8],
        unique: &str,
        fixed: &[&[u8]],
        values: &mut dyn FnMut(&mut NewLayout<'_>) -> Option<N>,
    ) -> bool {
        self.read(text, unique, fixed, None).is_some() && self.add(text, values).is_some()
    }

    /// Learns what is around the string at this offset of a well-formed text, which is a text itself. It
    /// is found if that text is learned, too.
    ///
    /// Strings beside it must not begin with `{` or `[`, as JSON text does, nor with an escape: texts in
    /// which one does are not found. A text in which the key `unique` occurs outside of the string is not
    /// learned.
    #[inline(never)]
    pub fn learn_around(&mut self, text: &[u8], unique: &str, string: usize) -> bool {
        self.read(text, unique, &[], Some(string)).is_some()
            && self
                .add(text, &mut |layout| layout.is_around_text().map(|()| N::default()))
                .is_some()
    }

    /// Whether what is around the text in the last text is known, but not that text.
    #[must_use]
    pub fn is_known_around(&self) -> bool {
        self.was_around_found
    }

    /// Forgets everything, and may learn as much as a new one. The memory is kept for it.
    pub fn reset(&mut self) {
        self.clear();
        self.budget = Budget::default();
        self.was_found = false;
        self.was_looked_for = false;
    }

    fn clear(&mut self) {
        self.tree.clear();
        self.layouts.clear();
        self.is_full = false;
        self.refused = 0;
    }

    fn read(
        &mut self,
        text: &[u8],
        unique: &str,
        fixed: &[&[u8]],
        inner: Option<usize>,
    ) -> Option<()> {
        self.skeleton.read(trim_end(text), unique, fixed, inner)
    }

    /// Adds the skeleton that was read last.
    fn add(
        &mut self,
        text: &[u8],
        values: &mut dyn FnMut(&mut NewLayout<'_>) -> Option<N>,
    ) -> Option<()> {
        self.is_full = !self.tree.has_room(&self.skeleton) || !self.layouts.has_room();
        if self.is_full {
            return None;
        }
        let number = self.layouts.add(text, &self.skeleton, values)?;
        let added = self.tree.add(text, &self.skeleton, number);
        if added.is_none() {
            self.layouts.remove_last();
            self.refused = self.refused.saturating_add(1);
        }
        added
    }
}

/// A text without the white space at its end, which is in no skeleton.
fn trim_end(mut text: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t' | b'\n' | b'\r'] = text {
        text = rest;
    }
    text
}

const _: () = assert!(MAX_HOLES <= u8::MAX as usize);
