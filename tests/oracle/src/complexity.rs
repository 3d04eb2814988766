//! The complexity of the wildcards of an event pattern, as AWS's event-ruler counts it.
//!
//! Written from the documentation of event-ruler and, where that is silent, from observed results.
//! The automata are built state by state, all of them, and every set of states is visited.

use std::collections::{BTreeMap, BTreeSet};

use crate::json::Json;
use crate::pattern::branches;

/// The complexity of a valid pattern: the maximum number of prefixes of wildcards that one value can
/// match at the same time.
///
/// # Panics
/// When the pattern is not valid.
pub fn wildcard_complexity(pattern: &str) -> usize {
    let mut graph = Graph { nodes: vec![Node::default()] };
    for branch in branches(pattern) {
        let fields: Vec<_> = branch.into_iter().collect();
        graph.add(0, &fields);
    }
    let automata = graph.nodes.iter().flat_map(|node| node.automata.values());
    automata.map(Automaton::complexity).max().unwrap_or_default()
}

/// What a value leads to: the automata of the paths that come next.
#[derive(Default)]
struct Node {
    automata: BTreeMap<String, Automaton>,
}

struct Graph {
    nodes: Vec<Node>,
}

impl Graph {
    fn add(&mut self, node: usize, fields: &[(String, Vec<Json>)]) {
        let Some(((path, conditions), rest)) = fields.split_first() else { return };
        let mut reached = BTreeSet::new();
        let mut last = None;
        for condition in conditions {
            let new = self.nodes.len();
            let automaton = self.nodes[node].automata.entry(path.clone()).or_default();
            let next = automaton.add(condition, last.unwrap_or(new));
            if next == new {
                self.nodes.push(Node::default());
            }
            reached.insert(next);
            last = Some(next);
        }
        for next in reached {
            self.add(next, rest);
        }
    }
}

/// What a byte leads to: a state, or the end of a condition, which leads to a node.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    State(usize),
    End(String, usize),
}

#[derive(Default)]
struct State {
    steps: BTreeMap<u8, BTreeSet<Target>>,
    /// The state that every byte leads to. A state after a star leads to itself.
    by_any_byte: Option<usize>,
    is_after_star: bool,
}

struct Automaton {
    states: Vec<State>,
    /// The nodes of the conditions without wildcards.
    nodes: BTreeMap<String, usize>,
}

impl Default for Automaton {
    fn default() -> Self {
        Automaton { states: vec![State::default()], nodes: BTreeMap::new() }
    }
}

#[derive(Clone, Copy)]
enum Character {
    Byte(u8),
    /// The first byte of a character whose lower case is not its upper case.
    FirstOfCased(u8),
    Star,
}

impl Automaton {
    /// Adds a condition, which leads to `node` if it is new. Returns where it leads.
    fn add(&mut self, condition: &Json, node: usize) -> usize {
        let (name, wildcards) = parts(condition);
        if wildcards.is_empty() {
            return *self.nodes.entry(name).or_insert(node);
        }
        wildcards.iter().fold(node, |node, wildcard| self.add_wildcard(&name, wildcard, node))
    }

    fn add_wildcard(&mut self, name: &str, wildcard: &str, node: usize) -> usize {
        let characters = characters(&format!("\"{wildcard}\""));
        let (last, path) = characters.split_last().expect("a value has quotes");
        let (mut state, mut before_star) = (0, None);
        for character in path {
            let next = match self.shared(state, *character) {
                Some(next) => next,
                None => self.new_state(state, before_star, *character),
            };
            before_star = matches!(character, Character::Star).then_some(state);
            state = next;
        }
        let Character::Byte(quote) = *last else { panic!("a value ends with a quote") };
        let known = self.step(state, quote).into_iter().find_map(|target| match target {
            Target::End(end, node) if end == name => Some(node),
            _ => None,
        });
        known.unwrap_or_else(|| {
            for from in [Some(state), before_star].into_iter().flatten() {
                let targets = self.states[from].steps.entry(quote).or_default();
                targets.insert(Target::End(name.to_owned(), node));
            }
            node
        })
    }

    /// The state after `state` that a new wildcard shares with earlier ones.
    fn shared(&self, state: usize, character: Character) -> Option<usize> {
        let from = &self.states[state];
        let other = from.by_any_byte.filter(|other| *other != state);
        let byte = match character {
            Character::Star => return other,
            Character::FirstOfCased(_) if from.is_after_star => return None,
            Character::Byte(_) if from.is_after_star && other.is_some() => return None,
            Character::Byte(byte) | Character::FirstOfCased(byte) => byte,
        };
        from.steps.get(&byte)?.iter().find_map(|target| match target {
            Target::State(next) if self.states[*next].is_after_star == from.is_after_star => {
                Some(*next)
            }
            _ => None,
        })
    }

    fn new_state(
        &mut self,
        state: usize,
        before_star: Option<usize>,
        character: Character,
    ) -> usize {
        let next = self.states.len();
        let is_star = matches!(character, Character::Star);
        let is_after_star = is_star || self.states[state].is_after_star;
        self.states.push(State { is_after_star, ..State::default() });
        match character {
            Character::Star => {
                self.states[state].by_any_byte = Some(next);
                self.states[next].by_any_byte = Some(next);
            }
            Character::Byte(byte) | Character::FirstOfCased(byte) => {
                // The star may match nothing.
                for from in [Some(state), before_star].into_iter().flatten() {
                    self.states[from].steps.entry(byte).or_default().insert(Target::State(next));
                }
            }
        }
        next
    }

    fn step(&self, state: usize, byte: u8) -> BTreeSet<Target> {
        let state = &self.states[state];
        let mut targets = state.steps.get(&byte).cloned().unwrap_or_default();
        targets.extend(state.by_any_byte.map(Target::State));
        targets
    }

    /// The conditions that are still possible after each state.
    fn possible(&self) -> Vec<BTreeSet<String>> {
        let mut possible = vec![BTreeSet::new(); self.states.len()];
        loop {
            let before = possible.clone();
            for (number, state) in self.states.iter().enumerate() {
                let mut found: BTreeSet<String> =
                    state.by_any_byte.map(|next| before[next].clone()).unwrap_or_default();
                for target in state.steps.values().flatten() {
                    match target {
                        Target::State(next) => found.extend(before[*next].iter().cloned()),
                        Target::End(name, _) => {
                            found.insert(name.clone());
                        }
                    }
                }
                possible[number].append(&mut found);
            }
            if possible == before {
                return possible;
            }
        }
    }

    fn complexity(&self) -> usize {
        let possible = self.possible();
        // No character has the byte 0xff: it stands for all bytes that no state tests.
        let tested = self.states.iter().flat_map(|state| state.steps.keys().copied());
        let bytes = BTreeSet::from_iter(tested.chain([0xff]));
        let mut seen = BTreeSet::new();
        let mut pending = vec![BTreeSet::from([0])];
        let mut most = 0;
        while let Some(active) = pending.pop() {
            if !seen.insert(active.clone()) {
                continue;
            }
            for byte in bytes.iter().copied() {
                let targets: BTreeSet<Target> =
                    active.iter().flat_map(|state| self.step(*state, byte)).collect();
                let states = || {
                    targets.iter().filter_map(|target| match target {
                        Target::State(state) => Some(*state),
                        Target::End(..) => None,
                    })
                };
                let ends = targets.len() - states().count();
                let by_star = states()
                    .filter_map(|state| self.states[state].by_any_byte)
                    .filter(|next| !targets.contains(&Target::State(*next)));
                let counted = states().chain(by_star);
                most = most.max(ends + counted.map(|state| possible[state].len()).sum::<usize>());
                pending.push(states().collect());
            }
        }
        most
    }
}

/// The name of a condition, which is the same for equal ones, and its wildcards.
fn parts(condition: &Json) -> (String, Vec<String>) {
    let strings = |value: &Json| match value {
        Json::Array(values) => values.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        single => Vec::from_iter(single.as_str().map(str::to_owned)),
    };
    match condition.get("anything-but") {
        Json::Object(operator) if operator[0].0 == "wildcard" => {
            let wildcards = in_java_order(strings(&operator[0].1));
            let sorted = BTreeSet::from_iter(&wildcards);
            (format!("anything-but wildcard {sorted:?}"), wildcards)
        }
        Json::Array(_) | Json::String(_) => {
            let excluded = BTreeSet::from_iter(strings(condition.get("anything-but")));
            (format!("anything-but {excluded:?}"), Vec::new())
        }
        _ => (format!("{condition:?}"), strings(condition.get("wildcard"))),
    }
}

/// Strings without duplicates, in the order in which a `HashSet` of Java iterates over them.
fn in_java_order(texts: Vec<String>) -> Vec<String> {
    let mut table: Vec<Vec<String>> = vec![Vec::new(); 16];
    let mut count = 0;
    for text in texts {
        let bucket = bucket(&text, table.len());
        if table[bucket].contains(&text) {
            continue;
        }
        table[bucket].push(text);
        count += 1;
        if count * 4 > table.len() * 3 {
            let larger = vec![Vec::new(); table.len() * 2];
            for text in std::mem::replace(&mut table, larger).into_iter().flatten() {
                let bucket = self::bucket(&text, table.len());
                table[bucket].push(text);
            }
        }
    }
    table.into_iter().flatten().collect()
}

/// The bucket of a text with its quotes, by the hash code of a string in Java.
fn bucket(text: &str, buckets: usize) -> usize {
    let quoted = format!("\"{text}\"");
    let units = quoted.encode_utf16();
    let hash = units.fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
    (hash ^ hash >> 16) as usize % buckets
}

fn characters(wildcard: &str) -> Vec<Character> {
    let mut characters = Vec::new();
    let mut rest = wildcard.chars();
    while let Some(character) = rest.next() {
        let character = match character {
            '*' => {
                characters.push(Character::Star);
                continue;
            }
            '\\' => rest.next().expect("a backslash escapes something"),
            plain => plain,
        };
        let has_cases = !character.to_lowercase().eq(character.to_uppercase());
        let is_in_one_unit = character.len_utf16() == 1;
        for (index, byte) in character.to_string().into_bytes().into_iter().enumerate() {
            let is_first_of_cased = index == 0 && has_cases && is_in_one_unit;
            characters.push(match is_first_of_cased {
                true => Character::FirstOfCased(byte),
                false => Character::Byte(byte),
            });
        }
    }
    characters
}
