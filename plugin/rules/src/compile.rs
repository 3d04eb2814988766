//! Patterns to one structure that is asked with an event.

use alloc::boxed::Box;
use alloc::collections::BinaryHeap;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use sekisho_scan::Malformed;

use crate::condition::{Condition, Value, words};
use crate::hash::hash;
use crate::index::Index;
use crate::order::sorted;
use crate::parse::Field;
use crate::paths::{Paths, ROOT};
use crate::table::Table;
use crate::{Matching, Pattern, Scratch};

/// Patterns, compiled to be matched all at once.
///
/// What two patterns ask of one path in the same words is one *predicate*. A branch (one of the
/// conjunctions that `$or` makes of a pattern) sleeps until the most telling of its predicates
/// comes true, and only then are the others looked at.
#[derive(Debug)]
pub struct RuleSet {
    pub(crate) paths: Paths,
    pub(crate) predicates: Vec<Predicate>,
    pub(crate) branches: Vec<Branch>,
    /// The predicates of branches, in the order of their paths.
    fields: Vec<u32>,
    /// The branches that wake when no value does it: each could match where a field is absent.
    pub(crate) sleepless: Vec<u32>,
    pub(crate) index: Index,
    pub(crate) rules: usize,
    /// The nodes of [`CompileOptions::prefilter_paths`]; `None` where no pattern tests the path.
    pub(crate) prefilter_paths: Vec<Option<u32>>,
    /// Whether each branch has a predicate that is a prefilter.
    pub(crate) is_gated: bool,
    /// The node of [`CompileOptions::injected_key`].
    pub(crate) injected: Option<u32>,
}

/// Options for [`RuleSet::compile_with`].
#[derive(Clone, Copy, Debug, Default)]
pub struct CompileOptions<'a> {
    /// Paths, with dots between their keys, whose values are fed to a
    /// [`Prefilter`](crate::Prefilter) before an event is read. Each also covers the keys directly
    /// below it. List the most selective path first.
    pub prefilter_paths: &'a [&'a str],
    /// A top-level key whose value comes from [`Matching::feed_object`] only. A value that the event
    /// itself has under this key is ignored.
    pub injected_key: Option<&'a str>,
}

/// What a field asks of a path.
#[derive(Debug)]
pub(crate) struct Predicate {
    pub(crate) path: u32,
    pub(crate) conditions: Box<[Condition]>,
    /// Whether it also holds where the path has no value.
    pub(crate) absent: bool,
    /// The branches that it wakes.
    pub(crate) wakes: Vec<Wake>,
    /// Whether it is the predicate of some branch by which the header of an event rules that out.
    pub(crate) is_gate: bool,
}

/// A branch to look at, and the predicate of it that is most likely to fail.
#[derive(Debug)]
pub(crate) struct Wake {
    pub(crate) branch: u32,
    pub(crate) doubt: u32,
}

impl Predicate {
    pub(crate) fn is_met_by(&self, value: &Value<'_>) -> bool {
        self.conditions.iter().any(|condition| condition.matches(value))
    }
}

/// Predicates of which all must hold.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) rule: u32,
    fields: Range<u32>,
}

impl RuleSet {
    /// Compiles patterns; the number of a rule is the index of its pattern.
    #[must_use]
    pub fn compile(patterns: &[Pattern]) -> Self {
        RuleSet::compile_with(patterns, &CompileOptions::default())
    }

    /// Compiles patterns with options. The number of a rule is the index of its pattern.
    #[must_use]
    pub fn compile_with(patterns: &[Pattern], options: &CompileOptions<'_>) -> Self {
        let mut compiler = Compiler::default();
        for (rule, pattern) in patterns.iter().enumerate() {
            compiler.add(rule as u32, pattern);
        }
        compiler.finish(options, patterns.len())
    }

    /// The numbers of the patterns that match `event`, ascending. What comes out of `scratch` is
    /// kept until it is used again.
    ///
    /// # Errors
    /// The event is not well-formed, to its last byte.
    pub fn matches<'s>(
        &self,
        event: &[u8],
        scratch: &'s mut Scratch,
    ) -> Result<&'s [u32], Malformed> {
        let mut reader = sekisho_scan::Reader::new(event);
        let mut matching = Matching::new(self, scratch);
        matching.feed_object("", &mut reader)?;
        reader.finish()?;
        Ok(matching.finish())
    }

    pub(crate) fn predicate(&self, number: u32) -> &Predicate {
        &self.predicates[number as usize]
    }

    /// The predicates of a branch, in the order of their paths.
    pub(crate) fn fields(&self, branch: &Branch) -> &[u32] {
        &self.fields[branch.fields.start as usize..branch.fields.end as usize]
    }
}

/// Collects patterns.
#[derive(Default)]
struct Compiler {
    paths: Paths,
    predicates: Vec<Predicate>,
    /// For each predicate its path and its conditions.
    words: Vec<Vec<u8>>,
    /// Into the predicates, by their words.
    known: Table,
    branches: Vec<Branch>,
    fields: Vec<u32>,
}

impl Compiler {
    fn add(&mut self, rule: u32, pattern: &Pattern) {
        let mut nodes = vec![ROOT];
        for (parent, name) in pattern.paths.steps() {
            nodes.push(self.paths.add_child(nodes[parent as usize], name));
        }
        let sorted = sorted_fields(pattern);
        let mut ranks = vec![0; sorted.len()];
        for (rank, field) in sorted.iter().enumerate() {
            ranks[*field as usize] = rank as u32;
        }
        let field_at = |rank: &u32| &pattern.fields[sorted[*rank as usize] as usize];
        for branch in &pattern.branches {
            let ranks: BinaryHeap<u32> =
                branch.iter().map(|field| ranks[*field as usize]).collect();
            let ranks = ranks.into_sorted_vec();
            let start = self.fields.len() as u32;
            for of_path in ranks.chunk_by(|one, next| field_at(one).path == field_at(next).path) {
                if let Some(field) = of_path.last().map(field_at) {
                    let predicate = self.predicate(nodes[field.path as usize], &field.conditions);
                    self.fields.push(predicate);
                }
            }
            self.branches.push(Branch { rule, fields: start..self.fields.len() as u32 });
        }
    }

    fn predicate(&mut self, path: u32, conditions: &[Condition]) -> u32 {
        let words = words(&(path, conditions));
        let hash = hash(0, &words);
        if let Some(known) = self.known.find(hash, |number| self.words[number as usize] == words) {
            return known;
        }
        let added = self.predicates.len() as u32;
        self.known.insert(hash, added);
        self.words.push(words);
        self.predicates.push(Predicate {
            path,
            conditions: conditions.into(),
            absent: conditions.iter().any(|condition| matches!(condition, Condition::Absent)),
            wakes: Vec::new(),
            is_gate: false,
        });
        added
    }

    fn finish(self, options: &CompileOptions<'_>, rules: usize) -> RuleSet {
        let Compiler { paths, mut predicates, branches, fields, .. } = self;
        let mut uses = vec![0_u32; predicates.len()];
        fields.iter().for_each(|predicate| uses[*predicate as usize] += 1);
        let place = |path: &str| paths.find(ROOT, path.as_bytes());
        let prefilter_paths: Vec<Option<u32>> =
            options.prefilter_paths.iter().map(|path| place(path)).collect();
        let mut is_gated = true;
        let mut sleepless = Vec::new();
        for (number, branch) in branches.iter().enumerate() {
            let fields = &fields[branch.fields.start as usize..branch.fields.end as usize];
            let breadth_of = |predicate: u32| breadth(&predicates[predicate as usize]);
            let uses_of = |predicate: u32| uses[predicate as usize];
            let telling = |predicate: &u32| (breadth_of(*predicate), uses_of(*predicate));
            // What the fewest branches ask for, the fewest events have.
            let rare = |predicate: &u32| {
                let breadth = breadth_of(*predicate);
                (breadth == Breadth::Absent, uses_of(*predicate), breadth)
            };
            let in_header = |predicate: u32| {
                let Predicate { path, absent, .. } = predicates[predicate as usize];
                let above = paths.parent(path);
                let place =
                    prefilter_paths.iter().flatten().position(|at| [path, above].contains(at))?;
                (!absent).then_some((telling(&predicate), place, predicate))
            };
            let gate = fields.iter().copied().filter_map(in_header).min();
            let waker = fields.iter().copied().min_by_key(telling);
            let doubt = fields.iter().copied().min_by_key(rare);
            match (waker, doubt) {
                (Some(waker), Some(doubt)) if breadth_of(waker) != Breadth::Absent => {
                    let wake = Wake { branch: number as u32, doubt };
                    predicates[waker as usize].wakes.push(wake);
                }
                _ => sleepless.push(number as u32),
            }
            match gate {
                Some((.., gate)) => predicates[gate as usize].is_gate = true,
                None => is_gated = false,
            }
        }
        let injected = options.injected_key.and_then(place);
        let index = Index::new(paths.len(), &predicates);
        RuleSet {
            paths,
            predicates,
            branches,
            fields,
            sleepless,
            index,
            rules,
            prefilter_paths,
            is_gated,
            injected,
        }
    }
}

/// The indexes of a pattern's fields, in the order of their paths and then of their reading.
fn sorted_fields(pattern: &Pattern) -> Vec<u32> {
    let key = |field: &Field| pattern.paths.sort_key(field.path);
    sorted(pattern.fields.iter().map(key)).into_iter().map(|(_, field)| field).collect()
}

/// How much a predicate lets through, as far as that can be told from its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Breadth {
    /// Found by looking the value up.
    LookedUp,
    /// Tested one by one.
    Tested,
    /// Holds for most values.
    Wide,
    /// Holds even for no value.
    Absent,
}

fn breadth(predicate: &Predicate) -> Breadth {
    let of_condition = |condition: &Condition| match condition {
        Condition::Exact(_)
        | Condition::Number(_)
        | Condition::Prefix(_)
        | Condition::Suffix(_)
        | Condition::EqualsIgnoreCase(_) => Breadth::LookedUp,
        Condition::Address(range) if range.single().is_some() => Breadth::LookedUp,
        Condition::Address(_)
        | Condition::PrefixIgnoreCase(_)
        | Condition::SuffixIgnoreCase(_)
        | Condition::Wildcard(_)
        | Condition::Range(_) => Breadth::Tested,
        Condition::AnythingBut(_) | Condition::Exists => Breadth::Wide,
        Condition::Absent => Breadth::Absent,
    };
    predicate.conditions.iter().map(of_condition).max().unwrap_or(Breadth::Absent)
}
