//! From patterns to a rule set.

use alloc::vec;
use alloc::vec::Vec;

use crate::condition::{Condition, canonical_bytes};
use crate::hash::hash;
use crate::index::Index;
use crate::path_tree::{PathTree, ROOT};
use crate::pattern::Pattern;
use crate::predicate::{Predicate, Trigger};
use crate::rule_set::{Branch, PrefilterKey, RuleSet};
use crate::table::Table;

/// Options for [`RuleSet::compile_with`].
#[derive(Clone, Copy, Debug, Default)]
pub struct CompileOptions<'a> {
    /// Paths, with dots between their keys, whose values you feed to a
    /// [`Prefilter`](crate::Prefilter) before an event is read. Each also covers the keys directly
    /// below it. List the most selective path first.
    pub prefilter_paths: &'a [&'a str],
    /// A top-level key whose value comes from
    /// [`Matching::feed_object`](crate::Matching::feed_object) only. A value that the event itself
    /// has under this key is ignored.
    pub injected_key: Option<&'a str>,
}

impl RuleSet {
    /// Compiles patterns. The number of a rule is the index of its pattern.
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
}

/// Collects patterns.
#[derive(Default)]
struct Compiler {
    paths: PathTree,
    predicates: Vec<Predicate>,
    /// The canonical bytes of each predicate: its path and its conditions.
    canonical: Vec<Vec<u8>>,
    /// The predicates by their canonical bytes.
    known: Table,
    branches: Vec<Branch>,
    branch_predicates: Vec<u32>,
}

impl Compiler {
    fn add(&mut self, rule: u32, pattern: &Pattern) {
        let mut nodes = vec![ROOT];
        for (parent, name) in pattern.paths.steps() {
            nodes.push(self.paths.add_child(nodes[parent as usize], name));
        }
        for branch in &pattern.branches {
            let start = self.branch_predicates.len() as u32;
            for field in branch {
                let field = &pattern.fields[*field as usize];
                let predicate = self.predicate(nodes[field.path as usize], &field.conditions);
                self.branch_predicates.push(predicate);
            }
            let predicates = start..self.branch_predicates.len() as u32;
            self.branches.push(Branch { rule, predicates });
        }
    }

    fn predicate(&mut self, path: u32, conditions: &[Condition]) -> u32 {
        let canonical = canonical_bytes(&(path, conditions));
        let hash = hash(0, &canonical);
        let is_same = |number: u32| self.canonical[number as usize] == canonical;
        if let Some(known) = self.known.find(hash, is_same) {
            return known;
        }
        let added = self.predicates.len() as u32;
        self.known.insert(hash, added);
        self.canonical.push(canonical);
        self.predicates.push(Predicate {
            path,
            conditions: conditions.into(),
            allows_absent: conditions.iter().any(|each| matches!(each, Condition::Absent)),
            triggers: Vec::new(),
            in_prefilter: false,
        });
        added
    }

    fn finish(self, options: &CompileOptions<'_>, rules: usize) -> RuleSet {
        let Compiler { paths, mut predicates, branches, branch_predicates, .. } = self;
        let mut uses = vec![0_u32; predicates.len()];
        branch_predicates.iter().for_each(|predicate| uses[*predicate as usize] += 1);
        let node = |path: &str| paths.find(ROOT, path.as_bytes());
        let prefilter_paths: Vec<Option<u32>> =
            options.prefilter_paths.iter().map(|path| node(path)).collect();
        let mut prefilter_is_complete = true;
        let mut always_check = Vec::new();
        for (number, branch) in branches.iter().enumerate() {
            let fields = &branch_predicates
                [branch.predicates.start as usize..branch.predicates.end as usize];
            let cost_of = |predicate: u32| cost(&predicates[predicate as usize]);
            let uses_of = |predicate: u32| uses[predicate as usize];
            let selectivity = |predicate: &u32| (cost_of(*predicate), uses_of(*predicate));
            // A predicate of few branches is assumed to be true for few events.
            let likelihood = |predicate: &u32| {
                let cost = cost_of(*predicate);
                (cost == Cost::MatchesAbsent, uses_of(*predicate), cost)
            };
            let for_prefilter = |predicate: u32| {
                let Predicate { path, allows_absent, .. } = predicates[predicate as usize];
                let above = paths.parent(path);
                let mut nodes = prefilter_paths.iter().flatten();
                let position = nodes.position(|node| [path, above].contains(node))?;
                let is_fed = !allows_absent && is_plain(paths.name(path));
                is_fed.then_some((selectivity(&predicate), position, predicate))
            };
            let prefilter = fields.iter().copied().filter_map(for_prefilter).min();
            let trigger = fields.iter().copied().min_by_key(selectivity);
            let least_likely = fields.iter().copied().min_by_key(likelihood);
            match (trigger, least_likely) {
                (Some(trigger), Some(least_likely)) if cost_of(trigger) != Cost::MatchesAbsent => {
                    let branch = number as u32;
                    predicates[trigger as usize].triggers.push(Trigger { branch, least_likely });
                }
                _ => always_check.push(number as u32),
            }
            match prefilter {
                Some((.., predicate)) => predicates[predicate as usize].in_prefilter = true,
                None => prefilter_is_complete = false,
            }
        }
        let injected = options.injected_key.and_then(node);
        let prefilter_keys = prefilter_keys(&paths, &predicates, &prefilter_paths);
        let index = |is_wanted| Index::new(paths.len(), &predicates, is_wanted);
        let triggers = index(|predicate| !predicate.triggers.is_empty());
        let prefilter = index(|predicate| predicate.in_prefilter);
        RuleSet {
            paths,
            predicates,
            branches,
            branch_predicates,
            always_check,
            triggers,
            prefilter,
            rules,
            prefilter_paths,
            prefilter_keys,
            prefilter_is_complete,
            injected,
        }
    }
}

/// Whether only `\u` can escape characters of a key.
fn is_plain(key: &[u8]) -> bool {
    !key.is_empty() && key.iter().all(|byte| byte.is_ascii_graphic() && !b"\"\\/".contains(byte))
}

/// The keys with predicates of the prefilter that are below its paths.
fn prefilter_keys(
    paths: &PathTree,
    predicates: &[Predicate],
    prefilter_paths: &[Option<u32>],
) -> Vec<PrefilterKey> {
    let mut keys: Vec<PrefilterKey> = Vec::new();
    for Predicate { path: node, in_prefilter, .. } in predicates {
        let is_known = keys.iter().any(|key| key.node == *node);
        if *in_prefilter && !is_known && !prefilter_paths.contains(&Some(*node)) {
            let quoted = [b"\"", paths.name(*node), b"\""].concat().into_boxed_slice();
            let rare = quoted.iter().position(u8::is_ascii_uppercase).unwrap_or(1);
            keys.push(PrefilterKey { node: *node, parent: paths.parent(*node), quoted, rare });
        }
    }
    keys
}

/// The cost of a predicate, estimated from its conditions: the work to evaluate it and how many
/// values meet it. Cheaper ones come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cost {
    /// A value is looked up in the index.
    LookedUp,
    /// Each condition is tested.
    Tested,
    /// Most values meet it.
    MatchesMost,
    /// It is true even without a value.
    MatchesAbsent,
}

fn cost(predicate: &Predicate) -> Cost {
    let of_condition = |condition: &Condition| match condition {
        Condition::Exact(_)
        | Condition::Number(_)
        | Condition::Prefix(_)
        | Condition::Suffix(_)
        | Condition::EqualsIgnoreCase(_) => Cost::LookedUp,
        Condition::Address(range) if range.single().is_some() => Cost::LookedUp,
        Condition::Address(_)
        | Condition::PrefixIgnoreCase(_)
        | Condition::SuffixIgnoreCase(_)
        | Condition::Wildcard(_)
        | Condition::Range(_) => Cost::Tested,
        Condition::AnythingBut(_) | Condition::Exists => Cost::MatchesMost,
        Condition::Absent => Cost::MatchesAbsent,
    };
    predicate.conditions.iter().map(of_condition).max().unwrap_or(Cost::MatchesAbsent)
}
