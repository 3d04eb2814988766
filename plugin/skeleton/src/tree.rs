//! The tree of all skeletons, and the pass along it.

use alloc::vec::Vec;

use sekisho_scan::raw::{BLOCK_BYTES, CHUNK_BYTES, common_prefix, find_special};
use sekisho_scan::raw::{is_same, number_end, plain_end, string_end};

use crate::decoded::Decoded;
use crate::grow::grow;
use crate::holes::{Holes, Span};
use crate::segment::{NONE, Segment, after};
use crate::skeleton::Skeleton;

/// A segment, and the first chunk after it.
const WINDOW: usize = BLOCK_BYTES + CHUNK_BYTES;

/// The most segments in a tree.
pub(crate) const MAX_SEGMENTS: usize = 4096;

/// The most segments at one place.
const MAX_SIBLINGS: usize = 32;

/// Segments. Those with the same text before them are siblings, so the paths through the tree are the
/// skeletons.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    segments: Vec<Segment>,
    first: u16,
}

impl Default for Tree {
    fn default() -> Self {
        Tree { segments: Vec::new(), first: NONE }
    }
}

/// How far a text is compared.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    offset: usize,
    /// The segment that is compared next, and the first of its siblings.
    segment: u16,
    first: u16,
    /// How many holes are behind it.
    holes: usize,
}

/// What a step leads to.
enum Step {
    Next,
    /// A string that is a text itself.
    Text,
    /// The end of a text with this layout.
    End(usize),
}

impl Tree {
    pub(crate) fn clear(&mut self) {
        self.segments.clear();
        self.first = NONE;
    }

    /// The number of the layout of a text, whose holes are set; `None` if its skeleton is unknown. The
    /// text has at least [`WINDOW`] bytes. If a string of it is a text itself, that is decoded.
    #[inline(never)]
    pub(crate) fn find(
        &self,
        text: &[u8],
        holes: &mut Holes,
        decoded: &mut Decoded<'_>,
    ) -> Option<usize> {
        let mut cursor = Cursor { offset: 0, segment: self.first, first: self.first, holes: 0 };
        loop {
            run(&self.segments, text, 0, holes, &mut cursor);
            if cursor.offset + WINDOW > text.len() {
                self.run_at_end(text, holes, &mut cursor)?;
            }
            match self.step(text, holes, &mut cursor)? {
                Step::Next => {}
                Step::Text => cursor.offset = decoded.read(text, cursor.offset)?,
                Step::End(layout) => return Some(layout),
            }
        }
    }

    /// The same as [`run`] for the last bytes, which do not fill a window.
    #[inline(never)]
    fn run_at_end(&self, text: &[u8], holes: &mut Holes, cursor: &mut Cursor) -> Option<()> {
        let mut padded = [0; 2 * WINDOW];
        let (before, last) = text.split_last_chunk::<WINDOW>()?;
        *padded.first_chunk_mut()? = *last;
        // What is past the text is zero, which is in no skeleton.
        cursor.offset = cursor.offset.checked_sub(before.len())?;
        run(&self.segments, &padded, before.len(), holes, cursor);
        cursor.offset += before.len();
        Some(())
    }

    /// Moves by one segment, whatever follows it, to a sibling or to the end of a string; `None` if
    /// nothing in the tree is like the text.
    #[inline(never)]
    fn step(&self, text: &[u8], holes: &mut Holes, cursor: &mut Cursor) -> Option<Step> {
        let Some(segment) = self.segments.get(usize::from(cursor.segment)) else {
            return end_string(text, holes, cursor);
        };
        let length = usize::from(segment.length);
        let start = cursor.offset + length;
        let here = text.get(cursor.offset..start).zip(segment.bytes.get(..length));
        let is_here = here.is_some_and(|(text, segment)| is_same(text, segment));
        let end = match segment.after {
            _ if !is_here => None,
            after::STRING => Some(plain_end(text, start)),
            after::NUMBER => number_at(text, start),
            after::SEGMENT | after::TEXT => Some(start),
            _ => {
                let mut rest = text.get(start..)?.iter();
                let is_end = rest.all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
                return is_end.then_some(Step::End(usize::from(segment.layout)));
            }
        };
        let Some(end) = end else {
            cursor.segment = segment.sibling;
            return Some(Step::Next);
        };
        if segment.after != after::SEGMENT {
            cursor.holes += 1;
            *holes.get_mut(cursor.holes)? = Span::new(start, end);
        }
        cursor.offset = end;
        (cursor.segment, cursor.first) = (segment.next, segment.next);
        Some(if segment.after == after::TEXT { Step::Text } else { Step::Next })
    }

    /// Whether a path for a skeleton can be added.
    pub(crate) fn has_room(&self, skeleton: &Skeleton) -> bool {
        skeleton.blocks() <= MAX_SEGMENTS - self.segments.len()
    }

    /// Adds a path for a skeleton that ends in this layout; `None` if it is there, or a place has too
    /// many segments.
    pub(crate) fn add(&mut self, text: &[u8], skeleton: &Skeleton, layout: usize) -> Option<()> {
        grow(&mut self.segments, skeleton.blocks(), MAX_SEGMENTS)?;
        let known = self.segments.len();
        let mut above = None;
        for part in &skeleton.parts {
            let mut rest = text.get(part.start..part.end)?;
            while let Some((block, others)) = rest.split_at_checked(BLOCK_BYTES)
                && !others.is_empty()
            {
                above = Some(self.add_segment(above, Segment::new(block, after::SEGMENT))?);
                rest = others;
            }
            above = Some(self.add_segment(above, Segment::new(rest, part.after))?);
        }
        if self.segments.len() == known {
            return None;
        }
        self.segments.get_mut(above?)?.layout = layout as u16;
        Some(())
    }

    /// The index of a segment below another one, which is added if it is not there. A longer one comes
    /// before one that it begins with: there a hole begins where it goes on.
    fn add_segment(&mut self, above: Option<usize>, mut added: Segment) -> Option<usize> {
        let mut before = None;
        for _ in 0..MAX_SIBLINGS {
            let at = *self.link(above, before)?;
            match self.segments.get(usize::from(at)) {
                Some(known) if known.is_same(&added) => return Some(usize::from(at)),
                Some(known) if !known.begins(&added) => before = Some(usize::from(at)),
                _ => {
                    let new = self.segments.len();
                    *self.link(above, before)? = new as u16;
                    added.sibling = at;
                    self.segments.push(added);
                    return Some(new);
                }
            }
        }
        None
    }

    /// Where the index of the segment is that comes after this sibling or, without one, first below
    /// another segment.
    fn link(&mut self, above: Option<usize>, before: Option<usize>) -> Option<&mut u16> {
        match (before, above) {
            (Some(before), _) => Some(&mut self.segments.get_mut(before)?.sibling),
            (None, Some(above)) => Some(&mut self.segments.get_mut(above)?.next),
            (None, None) => Some(&mut self.first),
        }
    }
}

/// Moves as long as each segment is followed by a plain string or another segment.
///
/// Everything else, errors included, is left to [`Tree::step`], so that what this loop needs stays in
/// registers.
#[inline(never)]
fn run(segments: &[Segment], bytes: &[u8], base: usize, holes: &mut Holes, cursor: &mut Cursor) {
    let Cursor { mut offset, mut segment, mut first, holes: mut hole } = *cursor;
    'segments: while let Some(known) = segments.get(usize::from(segment))
        && let Some(window) = bytes.get(offset..).and_then(<[u8]>::first_chunk::<WINDOW>)
        && let Some(block) = window.first_chunk::<BLOCK_BYTES>()
    {
        let length = usize::from(known.length);
        if common_prefix(block, &known.bytes) < length {
            segment = known.sibling;
            continue;
        }
        let start = offset + length;
        let mut end = start;
        if known.after & after::STRING != 0 {
            let Some(chunk) = window.get(length..).and_then(<[u8]>::first_chunk) else { break };
            match find_special(chunk) {
                Some(index) => end += index,
                None => loop {
                    end += CHUNK_BYTES;
                    let chunk = bytes.get(end..).and_then(<[u8]>::first_chunk);
                    let Some(chunk) = chunk else { break 'segments };
                    if let Some(index) = find_special(chunk) {
                        end += index;
                        break;
                    }
                },
            }
            let Some(span) = holes.get_mut(hole + 1) else { break };
            *span = Span::new(base + start, base + end);
            hole += 1;
        } else if known.after & after::SEGMENT == 0 {
            break;
        }
        offset = end;
        first = known.next;
        segment = first;
    }
    *cursor = Cursor { offset, segment, first, holes: hole };
}

/// Moves to the end of a string that was left at a byte that is not plain.
#[cold]
#[inline(never)]
fn end_string(text: &[u8], holes: &mut Holes, cursor: &mut Cursor) -> Option<Step> {
    let hole = holes.get_mut(cursor.holes)?;
    let quote = text.get(hole.start().checked_sub(1)?)?;
    // Before a number there is no quote.
    let is_open = *quote == b'"' && !matches!(text.get(cursor.offset), Some(b'"'));
    if hole.end() != cursor.offset || !is_open {
        return None;
    }
    let (end, escaped) = string_end(text, cursor.offset).ok()?;
    *hole = hole.until(end, escaped);
    (cursor.offset, cursor.segment) = (end, cursor.first);
    Some(Step::Next)
}

fn number_at(text: &[u8], offset: usize) -> Option<usize> {
    let (b'-' | b'0'..=b'9') = text.get(offset)? else { return None };
    number_end(text, offset).ok()
}
