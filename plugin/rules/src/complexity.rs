//! The complexity of wildcards, counted as AWS's event-ruler counts it.
//!
//! event-ruler compiles a pattern into automata. Each has the values of one field, and each value
//! leads to the automata of the next field, in the order of their paths. The complexity is the
//! maximum number of wildcard prefixes that a value can match at the same time in one automaton. It
//! depends on which wildcards share states: a shared state counts once for each of them, but all
//! wildcards of one `anything-but` count as one. So this builds the automata with the states of
//! event-ruler, one automaton at a time. The code is part of the WebAssembly module, so it is short.

use alloc::vec;
use alloc::vec::Vec;
use core::{mem, slice};

use crate::condition::{Condition, canonical_bytes};
use crate::hash::hash;
use crate::order::add_to_set;
use crate::pattern_field::{FieldSet, PatternField};
use crate::wildcard::{IS_CASED, STAR};

/// The number of states to look at. A pattern that needs more exceeds every limit.
const MAX_WORK: usize = 1 << 25;

/// The remaining fields of some branches.
type Routes<'a> = Vec<&'a [u32]>;

/// The complexity of a pattern, and a field that has it. If it is more than `at_most`, the number may
/// be too small. The conditions must be in the order of the pattern, and the fields of a branch in
/// the order of their paths.
#[inline(never)]
pub(crate) fn complexity(
    fields: &[PatternField],
    branches: &[FieldSet],
    at_most: usize,
) -> (usize, u32) {
    let mut most = (0, 0);
    let mut work = MAX_WORK;
    // A field that is alone in its automaton has the same complexity everywhere.
    let mut is_known = vec![false; fields.len()];
    let mut pending: Vec<Routes<'_>> = Vec::new();
    let mut routes: Routes<'_> = branches.iter().map(|branch| &**branch).collect();
    while let Some(first) = routes.first().map(|route| route[0]) {
        let path = fields[first as usize].path;
        let mut automaton =
            Automaton { states: vec![State::default()], work, ..Automaton::default() };
        let mut other = Vec::new();
        let mut count = 0;
        for route in routes {
            let field = &fields[route[0] as usize];
            if field.path == path {
                automaton.add_field(&field.conditions, &route[1..]);
                count += 1;
            } else {
                other.push(route);
            }
        }
        if count > 1 || !mem::replace(&mut is_known[first as usize], true) {
            let size = automaton.complexity(at_most);
            if size > most.0 {
                most = (size, first);
            }
            if size > at_most {
                break;
            }
        }
        work = automaton.work;
        for exit in automaton.exits {
            if !exit.is_empty() {
                pending.push(exit);
            }
        }
        routes = if other.is_empty() { pending.pop().unwrap_or_default() } else { other };
    }
    most
}

/// The automaton of one field.
#[derive(Default)]
struct Automaton<'a> {
    /// Parents first. The first one is before all bytes.
    states: Vec<State>,
    /// The number of each condition that has been added, and its exit unless it is a wildcard.
    conditions: Vec<(u64, u32)>,
    /// What follows the values that lead to the same automata.
    exits: Vec<Routes<'a>>,
    /// What is left of [`MAX_WORK`].
    work: usize,
}

/// A state, or the end of a wildcard.
#[derive(Clone, Copy, Default)]
struct State {
    token: u32,
    parent: u32,
    /// The child after a star, or 0.
    star: u32,
    /// The number of conditions with a wildcard that goes through it.
    conditions: usize,
    /// The last of these conditions.
    last: u64,
    /// The exit, at the end of a wildcard.
    exit: Option<u32>,
    /// The first of the ends with the same condition and exit: to event-ruler they are one.
    first: u32,
}

impl<'a> Automaton<'a> {
    /// Adds a field of a branch.
    #[inline(never)]
    fn add_field(&mut self, conditions: &[Condition], route: &'a [u32]) {
        let mut last = None;
        for condition in conditions {
            let number = self.add(condition, last);
            last = Some(number);
            let exit = &mut self.exits[number as usize];
            let is_new = exit.last().is_none_or(|last| last.as_ptr() != route.as_ptr());
            if is_new && !route.is_empty() {
                exit.push(route);
            }
        }
    }

    /// Adds a condition and returns its exit. `last` is the exit of the condition before it in the
    /// list, which a new condition shares.
    #[inline(never)]
    fn add(&mut self, condition: &Condition, last: Option<u32>) -> u32 {
        let (parts, mut number) = match condition {
            Condition::AnythingBut(excluded) => (&**excluded, 1),
            single => (slice::from_ref(single), 0),
        };
        // The same in any order.
        for part in parts {
            number = hash(0, &canonical_bytes(part)).wrapping_add(number);
        }
        let mut known = self.conditions.iter();
        let known = known.find(|(known, _)| *known == number).map(|(_, exit)| *exit);
        let wildcards = wildcards(parts);
        let mut exit = match known {
            Some(known) if wildcards.is_empty() => known,
            _ => last.unwrap_or(self.exits.len() as u32),
        };
        if exit == self.exits.len() as u32 {
            self.exits.push(Vec::new());
        }
        self.conditions.push((number, exit));
        for wildcard in wildcards {
            exit = self.add_wildcard(&wildcard[2..], number, known.is_none(), exit);
        }
        exit
    }

    /// Adds a wildcard of a condition, and returns its exit: `exit`, unless it has one.
    #[inline(never)]
    fn add_wildcard(&mut self, tokens: &[u32], condition: u64, is_new: bool, exit: u32) -> u32 {
        let Some((end, tokens)) = tokens.split_last() else { return exit };
        let mut parent = 0;
        let mut after_star = false;
        for token in tokens {
            self.work = self.work.saturating_sub(self.states.len());
            if self.work == 0 {
                break;
            }
            let star = &mut self.states[parent as usize].star;
            let is_star = *token == STAR;
            // After a star, a state is not shared if a value could come to it in a second way.
            let is_shared = is_star || !after_star || token & IS_CASED == 0 && *star == 0;
            after_star |= is_star;
            let token = token & !IS_CASED;
            let is_same = |(_, child): &(u32, &State)| {
                child.parent == parent && child.token == token && child.exit.is_none()
            };
            let mut numbered = (0..).zip(&self.states).skip(1);
            let same = numbered.find(is_same).filter(|_| is_shared).map(|(number, _)| number);
            let number = same.unwrap_or(self.states.len() as u32);
            if same.is_none() {
                if is_star {
                    self.states[parent as usize].star = number;
                }
                self.states.push(State { token, parent, ..State::default() });
            }
            let state = &mut self.states[number as usize];
            if same.is_none() || is_new && state.last != condition {
                state.conditions += 1;
                state.last = condition;
            }
            parent = number;
        }
        self.add_end(State { token: *end, parent, last: condition, ..State::default() }, exit)
    }

    /// Adds the end of a wildcard, and returns its exit: `exit`, unless it has one.
    fn add_end(&mut self, end: State, exit: u32) -> u32 {
        let mut first = self.states.len() as u32;
        for (number, other) in (0..).zip(&self.states) {
            if let Some(known) = other.exit
                && other.last == end.last
            {
                // A star also matches the empty text.
                if [end.parent, self.states[end.parent as usize].star].contains(&other.parent) {
                    return known;
                }
                if known == exit {
                    first = number.min(first);
                }
            }
        }
        self.states.push(State { exit: Some(exit), first, ..end });
        exit
    }

    /// The maximum number of conditions of the states that a value leads to.
    #[inline(never)]
    fn complexity(&mut self, at_most: usize) -> usize {
        let states = &self.states[..];
        let mut sets = Vec::new();
        let mut pending = vec![vec![0]];
        let mut most = 0;
        while let Some(active) = pending.pop() {
            self.work = self.work.saturating_sub(states.len());
            if self.work == 0 {
                return at_most + 1;
            }
            // The states after one more byte.
            let mut reached = Vec::new();
            for (number, state) in (0..).zip(states).skip(1) {
                let parent = &states[state.parent as usize];
                // A star also matches the empty text.
                if has(&active, state.parent)
                    || state.token == STAR && has(&active, number)
                    || parent.token == STAR && has(&active, parent.parent)
                {
                    reached.push(number);
                }
            }
            // The first state, which is never reached, represents all other bytes.
            let mut representatives = reached.clone();
            representatives.push(0);
            for representative in representatives {
                let token = states[representative as usize].token;
                let mut next = Vec::new();
                let mut ends = Vec::new();
                let mut size = 0;
                for number in &reached {
                    let state = &states[*number as usize];
                    if state.token != token && state.token != STAR {
                        continue;
                    }
                    if state.exit.is_none() {
                        next.push(*number);
                        size += state.conditions;
                    } else if !has(&ends, state.first) {
                        ends.push(state.first);
                        size += 1;
                    }
                }
                for number in &next {
                    let star = states[*number as usize].star;
                    if !has(&next, star) {
                        size += states[star as usize].conditions;
                    }
                }
                if size > at_most {
                    return size;
                }
                most = most.max(size);
                if add_to_set(&mut sets, next.clone()) {
                    pending.push(next);
                }
            }
        }
        most
    }
}

/// Whether a set has a number.
#[inline(never)]
#[expect(clippy::manual_contains, reason = "`contains` of a slice is several times the code")]
fn has(set: &[u32], number: u32) -> bool {
    set.iter().any(|one| *one == number)
}

/// The tokens of the wildcards among conditions, after two other numbers. They are in the order of a
/// `HashSet` of Java: by the last bits of their hash, then as they were added.
#[inline(never)]
fn wildcards(conditions: &[Condition]) -> Vec<Vec<u32>> {
    let mut buckets = 16;
    while conditions.len() * 4 > buckets * 3 {
        buckets *= 2;
    }
    let mut wildcards: Vec<Vec<u32>> = Vec::new();
    for condition in conditions {
        if let Condition::Wildcard(wildcard) = condition {
            let mut tokens = vec![0, wildcards.len() as u32];
            let hash = wildcard.push_tokens(&mut tokens);
            tokens[0] = (hash ^ hash >> 16) & (buckets as u32 - 1);
            if wildcards.iter().all(|known| known[2..] != tokens[2..]) {
                add_to_set(&mut wildcards, tokens);
            }
        }
    }
    wildcards
}
