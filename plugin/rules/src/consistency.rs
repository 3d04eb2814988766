//! Array consistency: fields that are met inside one array must be met inside one element of it.

use alloc::vec::Vec;

/// The array elements of an event that are objects or arrays, as a tree.
#[derive(Debug, Default)]
pub(crate) struct Elements {
    /// From the second on: the first one is no element but what is outside of all arrays.
    elements: Vec<Element>,
    arrays: u32,
}

#[derive(Clone, Copy, Debug)]
struct Element {
    /// The innermost element around it.
    parent: u32,
    array: u32,
}

impl Elements {
    /// What is in no array.
    pub(crate) const OUTSIDE: u32 = 0;

    pub(crate) fn clear(&mut self) {
        self.elements.clear();
        self.arrays = 0;
    }

    /// An array begins: its number.
    pub(crate) fn new_array(&mut self) -> u32 {
        self.arrays += 1;
        self.arrays
    }

    /// The element that a container is or is in, of which `parent` is what is around it and
    /// `array` the array that it is itself an element of.
    pub(crate) fn inside(&mut self, parent: u32, array: Option<u32>) -> u32 {
        let Some(array) = array else { return parent };
        self.elements.push(Element { parent, array });
        self.elements.len() as u32
    }

    /// Whether no two elements of one array are needed for both.
    fn go_together(&self, mut left: u32, mut right: u32) -> bool {
        let (mut left_array, mut right_array) = (None, None);
        // A parent has a lower number than what is in it.
        while left != right {
            let (lower, array) = match left > right {
                true => (&mut left, &mut left_array),
                false => (&mut right, &mut right_array),
            };
            let element = self.elements[*lower as usize - 1];
            *lower = element.parent;
            *array = Some(element.array);
        }
        left_array.is_none() || left_array != right_array
    }
}

/// A search for one value a field, such that the values go together.
///
/// Fields are taken in order, and where a field finds no value, the search goes back to the last
/// one that stood in its way. It ends after [`STEPS`](Search::STEPS) comparisons, and then the
/// rule counts as matched: an event made to exhaust it must not hide what it is.
#[derive(Debug, Default)]
pub(crate) struct Search {
    fields: Vec<Field>,
    /// The elements of the values that meet fields, and of all values of those that may be absent.
    elements: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Field {
    /// Of the values that meet it: from `start` to `end` in the elements.
    start: usize,
    end: usize,
    /// Of all values, from `end` to here, if the field may be absent.
    absent: Option<usize>,
    /// The next one to be tried.
    next: usize,
    chosen: u32,
    /// A bit for each earlier field that stood in the way.
    conflicts: u64,
}

impl Search {
    const STEPS: u32 = 1 << 20;

    pub(crate) fn clear(&mut self) {
        self.fields.clear();
        self.elements.clear();
    }

    /// Adds a field by the elements of the values that meet it, and, if it may be absent, of all.
    pub(crate) fn add_field(
        &mut self,
        meeting: impl Iterator<Item = u32>,
        all: Option<impl Iterator<Item = u32>>,
    ) {
        let start = self.elements.len();
        self.elements.extend(meeting);
        let end = self.elements.len();
        let absent = all.map(|all| {
            self.elements.extend(all);
            self.elements.len()
        });
        let chosen = Elements::OUTSIDE;
        self.fields.push(Field { start, end, absent, next: start, chosen, conflicts: 0 });
    }

    /// Whether there is such a choice.
    pub(crate) fn run(&mut self, tree: &Elements) -> bool {
        let mut steps = 0;
        let mut level = 0;
        while level < self.fields.len() {
            if self.choose(level, tree, &mut steps) {
                level += 1;
                if let Some(next) = self.fields.get_mut(level) {
                    next.next = next.start;
                    next.conflicts = 0;
                }
                continue;
            }
            if steps > Self::STEPS {
                return true;
            }
            let Some(back) = self.last_conflict(level) else { return false };
            let inherited = match level {
                0..=63 => self.fields[level].conflicts & ((1 << back) - 1),
                _ => u64::MAX,
            };
            self.fields[back].conflicts |= inherited;
            level = back;
        }
        true
    }

    /// Chooses the next value of a field that goes together with the earlier fields, or its
    /// absence.
    fn choose(&mut self, level: usize, tree: &Elements, steps: &mut u32) -> bool {
        let mut field = self.fields[level];
        let mut chosen = None;
        while chosen.is_none() && field.next < field.end {
            let element = self.elements[field.next];
            field.next += 1;
            match self.conflict(level, element, tree, steps) {
                None => chosen = Some(element),
                Some(earlier) => field.conflicts |= bit(earlier),
            }
        }
        if let Some(all) = field.absent
            && chosen.is_none()
            && field.next == field.end
        {
            field.next += 1;
            let mut values = self.elements[field.end..all].iter();
            let in_reach =
                values.find(|element| self.conflict(level, **element, tree, steps).is_none());
            match in_reach {
                None => chosen = Some(Elements::OUTSIDE),
                Some(element) => field.conflicts |= self.rivals(level, *element, tree, steps),
            }
        }
        field.chosen = chosen.unwrap_or(field.chosen);
        self.fields[level] = field;
        chosen.is_some()
    }

    /// The first field before `level` whose choice does not go together with `element`.
    fn conflict(
        &self,
        level: usize,
        element: u32,
        tree: &Elements,
        steps: &mut u32,
    ) -> Option<usize> {
        let mut earlier = self.fields[..level].iter();
        earlier.position(|field| {
            *steps += 1;
            !tree.go_together(field.chosen, element)
        })
    }

    /// The fields before `level` with a choice that would not go together with `element`.
    fn rivals(&self, level: usize, element: u32, tree: &Elements, steps: &mut u32) -> u64 {
        let is_rival = |field: &Field| {
            self.elements[field.start..field.end].iter().any(|choice| {
                *steps += 1;
                !tree.go_together(*choice, element)
            })
        };
        let rivals = self.fields[..level].iter().map(is_rival).enumerate();
        rivals.filter(|(_, rival)| *rival).fold(0, |bits, (earlier, _)| bits | bit(earlier))
    }

    /// The last field before `level` that stood in its way.
    fn last_conflict(&self, level: usize) -> Option<usize> {
        let below = match level {
            0 => return None,
            1..=63 => self.fields[level].conflicts & ((1 << level) - 1),
            // Too far for the bits: the field just before it.
            _ => return Some(level - 1),
        };
        below.checked_ilog2().map(|last| last as usize)
    }
}

fn bit(level: usize) -> u64 {
    1_u64.checked_shl(level as u32).unwrap_or(0)
}
