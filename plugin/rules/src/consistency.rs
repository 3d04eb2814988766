//! Array consistency: predicates that are met inside one array must be met inside one element of it.

use alloc::vec::Vec;

/// The array elements of an event that are objects or arrays, as a tree.
#[derive(Debug, Default)]
pub(crate) struct Elements {
    /// Element 1 is at index 0; number 0 is [`OUTSIDE`](Elements::OUTSIDE).
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
    /// The number for everything that is in no array.
    pub(crate) const OUTSIDE: u32 = 0;

    pub(crate) fn clear(&mut self) {
        self.elements.clear();
        self.arrays = 0;
    }

    /// Starts an array and returns its number.
    pub(crate) fn new_array(&mut self) -> u32 {
        self.arrays += 1;
        self.arrays
    }

    /// The innermost element that a container is or that is around it. `parent` is the innermost
    /// element around it; `array` is the array that it is an element of, if any.
    pub(crate) fn inside(&mut self, parent: u32, array: Option<u32>) -> u32 {
        let Some(array) = array else { return parent };
        self.elements.push(Element { parent, array });
        self.elements.len() as u32
    }

    /// Whether two elements can be chosen together: they are in no two elements of the same array.
    fn are_compatible(&self, mut left: u32, mut right: u32) -> bool {
        let (mut left_array, mut right_array) = (None, None);
        // A parent has a lower number than its children.
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

/// A search for compatible values, one for each predicate.
///
/// This is a constraint satisfaction problem, solved by backtracking with conflict-directed
/// backjumping: the variables are the predicates of a branch, and the domain of a variable is the
/// values that meet the predicate. After [`MAX_STEPS`](Search::MAX_STEPS) comparisons the search
/// ends and the rule counts as matched, so that an event built to exhaust the search cannot hide.
#[derive(Debug, Default)]
pub(crate) struct Search {
    variables: Vec<Variable>,
    /// For each variable, the elements of the values that meet its predicate; if the predicate allows
    /// absence, also the elements of all values at its path.
    elements: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Variable {
    /// The domain: from `start` to `end` in the elements.
    start: usize,
    end: usize,
    /// The end of the elements of all values, which start at `end`, if absence is allowed.
    all_end: Option<usize>,
    /// The next element to try.
    next: usize,
    chosen: u32,
    /// A bit for each earlier variable whose choice was incompatible.
    conflicts: u64,
}

impl Search {
    const MAX_STEPS: u32 = 1 << 20;

    pub(crate) fn clear(&mut self) {
        self.variables.clear();
        self.elements.clear();
    }

    /// Adds a predicate: the elements of the values that meet it and, if it allows absence, the
    /// elements of all values at its path.
    pub(crate) fn add_variable(
        &mut self,
        matching: impl Iterator<Item = u32>,
        all: Option<impl Iterator<Item = u32>>,
    ) {
        let start = self.elements.len();
        self.elements.extend(matching);
        let end = self.elements.len();
        let all_end = all.map(|all| {
            self.elements.extend(all);
            self.elements.len()
        });
        let chosen = Elements::OUTSIDE;
        self.variables.push(Variable { start, end, all_end, next: start, chosen, conflicts: 0 });
    }

    /// Whether there is a compatible choice.
    pub(crate) fn run(&mut self, tree: &Elements) -> bool {
        let mut steps = 0;
        let mut level = 0;
        while level < self.variables.len() {
            if self.choose(level, tree, &mut steps) {
                level += 1;
                if let Some(next) = self.variables.get_mut(level) {
                    next.next = next.start;
                    next.conflicts = 0;
                }
                continue;
            }
            if steps > Self::MAX_STEPS {
                return true;
            }
            let Some(back) = self.last_conflict(level) else { return false };
            let inherited = match level {
                0..=63 => self.variables[level].conflicts & ((1 << back) - 1),
                _ => u64::MAX,
            };
            self.variables[back].conflicts |= inherited;
            level = back;
        }
        true
    }

    /// Chooses the next value of a variable that is compatible with the earlier choices, or absence.
    fn choose(&mut self, level: usize, tree: &Elements, steps: &mut u32) -> bool {
        let mut variable = self.variables[level];
        let mut chosen = None;
        while chosen.is_none() && variable.next < variable.end {
            let element = self.elements[variable.next];
            variable.next += 1;
            match self.conflict(level, element, tree, steps) {
                None => chosen = Some(element),
                Some(earlier) => variable.conflicts |= bit(earlier),
            }
        }
        if let Some(all_end) = variable.all_end
            && chosen.is_none()
            && variable.next == variable.end
        {
            variable.next += 1;
            let mut values = self.elements[variable.end..all_end].iter();
            let reachable =
                values.find(|element| self.conflict(level, **element, tree, steps).is_none());
            match reachable {
                None => chosen = Some(Elements::OUTSIDE),
                Some(element) => variable.conflicts |= self.rivals(level, *element, tree, steps),
            }
        }
        variable.chosen = chosen.unwrap_or(variable.chosen);
        self.variables[level] = variable;
        chosen.is_some()
    }

    /// The first variable before `level` whose choice is incompatible with `element`.
    fn conflict(
        &self,
        level: usize,
        element: u32,
        tree: &Elements,
        steps: &mut u32,
    ) -> Option<usize> {
        let mut earlier = self.variables[..level].iter();
        earlier.position(|variable| {
            *steps += 1;
            !tree.are_compatible(variable.chosen, element)
        })
    }

    /// The variables before `level` with any value that is incompatible with `element`.
    fn rivals(&self, level: usize, element: u32, tree: &Elements, steps: &mut u32) -> u64 {
        let is_rival = |variable: &Variable| {
            self.elements[variable.start..variable.end].iter().any(|value| {
                *steps += 1;
                !tree.are_compatible(*value, element)
            })
        };
        let rivals = self.variables[..level].iter().map(is_rival).enumerate();
        rivals.filter(|(_, rival)| *rival).fold(0, |bits, (earlier, _)| bits | bit(earlier))
    }

    /// The last variable before `level` that caused a conflict.
    fn last_conflict(&self, level: usize) -> Option<usize> {
        let below = match level {
            0 => return None,
            1..=63 => self.variables[level].conflicts & ((1 << level) - 1),
            // Too many for the bits: the variable just before it.
            _ => return Some(level - 1),
        };
        below.checked_ilog2().map(|last| last as usize)
    }
}

fn bit(level: usize) -> u64 {
    1_u64.checked_shl(level as u32).unwrap_or(0)
}
