//! Events that were written before.

use alloc::vec::Vec;

use crate::attribute::Attribute;
use crate::gap::Gap;
use crate::output::Output;
use crate::texts::Texts;

/// An event without the texts of its attributes, to write others with the same facts.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    /// That of the [facts](crate::facts::Facts::key).
    key: u64,
    steps: Vec<Step>,
}

/// Bytes that are always the same, and the attribute after them, if there is one.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
struct Step {
    /// The bytes, padded: a copy of a constant number takes a few instructions.
    bytes: [u8; Step::BYTES],
    length: u8,
    attribute: Option<Attribute>,
}

impl Step {
    /// Most constants are shorter. Longer ones take several steps.
    const BYTES: usize = 64;

    /// `part` is not longer than that.
    fn new(part: &[u8], attribute: Option<Attribute>) -> Self {
        let mut bytes = [0; Step::BYTES];
        bytes[..part.len()].copy_from_slice(part);
        Step { bytes, length: part.len() as u8, attribute }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// Whether texts are copied in words. A copy of any length is a call where the module is compiled, as the
/// SIMD build is, and the least work where it is interpreted.
const IN_WORDS: bool = cfg!(any(not(target_family = "wasm"), target_feature = "simd128"));

impl Template {
    /// `None` if there is no memory.
    fn new(key: u64, event: &[u8], gaps: &[Gap]) -> Option<Self> {
        let starts = [0].into_iter().chain(gaps.iter().map(|gap| gap.end));
        let ends = gaps.iter().map(|gap| (gap.start, Some(gap.attribute)));
        let constants = starts.zip(ends.chain([(event.len(), None)]));
        // A constant may be empty, so that its step is for its attribute alone.
        let count =
            |(start, (end, _)): (usize, (usize, _))| (end - start).div_ceil(Step::BYTES).max(1);
        let mut steps = Vec::new();
        steps.try_reserve_exact(constants.clone().map(count).sum()).ok()?;
        for (start, (end, attribute)) in constants {
            let mut parts = event.get(start..end)?.chunks(Step::BYTES);
            let last = parts.next_back().unwrap_or_default();
            steps.extend(parts.map(|part| Step::new(part, None)));
            steps.push(Step::new(last, attribute));
        }
        Some(Template { key, steps })
    }

    /// Writes an event with these texts, which need no escapes.
    #[inline(never)]
    pub(crate) fn fill(&self, texts: &Texts<'_>, output: &mut Output) {
        match self.fill_room(texts, output.room()) {
            Some(length) => output.set_length(length),
            None => self.fill_any(texts, output),
        }
    }

    /// [`fill`](Self::fill) of as much room as there is. Returns how much of it the event is, or `None` if
    /// it is too little.
    #[inline(always)]
    fn fill_room(&self, texts: &Texts<'_>, room: &mut [u8]) -> Option<usize> {
        let bytes = room.len();
        let mut room = room;
        for step in &self.steps {
            if IN_WORDS {
                *room.first_chunk_mut()? = step.bytes;
            } else {
                room.get_mut(..usize::from(step.length))?.copy_from_slice(step.bytes());
            }
            room = room.get_mut(usize::from(step.length)..)?;
            if let Some(attribute) = step.attribute {
                let text = texts.get(attribute);
                let (to, others) = room.split_at_mut_checked(text.len())?;
                if !(IN_WORDS && copy_short(text, to)) {
                    to.copy_from_slice(text);
                }
                room = others;
            }
        }
        Some(bytes - room.len())
    }

    /// [`fill`](Self::fill) of any room, which grows.
    #[cold]
    #[inline(never)]
    fn fill_any(&self, texts: &Texts<'_>, output: &mut Output) {
        output.clear();
        for step in &self.steps {
            output.put(step.bytes());
            if let Some(attribute) = step.attribute {
                output.put(texts.get(attribute));
            }
        }
        output.make_room(Step::BYTES);
    }
}

/// Copies bytes to room of their length, as two words or groups of words that overlap. `false` if they are
/// few or many.
#[inline(always)]
fn copy_short(bytes: &[u8], room: &mut [u8]) -> bool {
    match bytes.len() {
        8..=16 => copy_ends::<8>(bytes, room),
        17..=32 => copy_ends::<16>(bytes, room),
        33..=64 => copy_ends::<32>(bytes, room),
        65..=128 => copy_ends::<64>(bytes, room),
        4..8 => copy_ends::<4>(bytes, room),
        _ => false,
    }
}

/// Copies the first and the last bytes, if there are so many.
#[inline(always)]
fn copy_ends<const N: usize>(bytes: &[u8], room: &mut [u8]) -> bool {
    if let Some((first, _)) = bytes.split_first_chunk::<N>()
        && let Some((_, last)) = bytes.split_last_chunk::<N>()
        && let Some((to, _)) = room.split_first_chunk_mut::<N>()
    {
        *to = *first;
        if let Some((_, to)) = room.split_last_chunk_mut::<N>() {
            *to = *last;
        }
        return true;
    }
    false
}

/// The templates of events.
#[derive(Clone, Debug, Default)]
pub(crate) struct Templates {
    templates: Vec<Template>,
    /// At the [number] of a key, or one of the next: the index of its template and 1. The first 0 ends
    /// the search.
    numbers: Vec<u8>,
}

impl Templates {
    /// A trail of sign-ins has about 100 kinds of events.
    const MAX: usize = 192;
    const NUMBERS: usize = 512;

    #[inline(always)]
    pub(crate) fn get(&self, key: u64) -> Option<&Template> {
        let mut number = number(key);
        loop {
            let index = self.numbers.get(number % Self::NUMBERS)?.checked_sub(1)?;
            let template = self.templates.get(usize::from(index))?;
            if template.key == key {
                return Some(template);
            }
            number += 1;
        }
    }

    /// Keeps an event as a template, if there is memory for it. If there are as many as may be, all are
    /// forgotten.
    #[cold]
    #[inline(never)]
    pub(crate) fn add(&mut self, key: u64, event: &[u8], gaps: &[Gap]) -> Option<()> {
        if self.numbers.is_empty() {
            self.templates.try_reserve_exact(Self::MAX).ok()?;
            self.numbers.try_reserve_exact(Self::NUMBERS).ok()?;
        }
        if self.numbers.is_empty() || self.templates.len() == Self::MAX {
            self.templates.clear();
            self.numbers.clear();
            self.numbers.resize(Self::NUMBERS, 0);
        }
        self.templates.push(Template::new(key, event, gaps)?);
        let (before, after) = self.numbers.split_at_mut(number(key) % Self::NUMBERS);
        let free = after.iter_mut().chain(before).find(|number| **number == 0);
        *free? = self.templates.len() as u8;
        Some(())
    }
}

/// A number that differs for most keys.
fn number(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parts and texts of all lengths, with more and less room than they need.
    #[test]
    fn an_event_is_filled_with_other_texts() {
        let bytes = [b'c'; 300];
        let mut output = Output::default();
        for length in 1..=300 {
            let mut event = bytes[..length].to_vec();
            let mut gaps = Vec::new();
            for attribute in [Attribute::EventId, Attribute::Region, Attribute::EventId] {
                let start = event.len();
                event.extend_from_slice(b"text");
                gaps.push(Gap { start, end: event.len(), attribute });
                event.extend_from_slice(&bytes[..300 - length]);
            }
            let template = Template::new(0, &event, &gaps).unwrap();
            let (id, region) = (vec![b'i'; length], vec![b'r'; 300 - length]);
            let texts =
                Texts::of(&[(Attribute::EventId, Some(&*id)), (Attribute::Region, Some(&*region))]);
            output.clear();
            template.fill(&texts, &mut output);
            let after = &bytes[..300 - length];
            let expected = [&bytes[..length], &id, after, &region, after, &id, after].concat();
            assert_eq!(output.written().unwrap(), expected, "{length}");
        }
    }

    #[test]
    fn a_template_is_found_until_there_are_too_many() {
        let mut templates = Templates::default();
        for key in 0..3 * Templates::MAX as u64 {
            let key = key << 20;
            assert!(templates.get(key).is_none());
            templates.add(key, b"{}", &[]).unwrap();
            let first = (key >> 20) / Templates::MAX as u64 * Templates::MAX as u64;
            for other in first..=key >> 20 {
                assert!(templates.get(other << 20).is_some_and(|found| found.key == other << 20));
            }
        }
    }
}
