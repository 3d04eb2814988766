//! Which file imports which, and where that goes round in a circle.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Files by name, each with the files that it imports.
#[derive(Default)]
pub(super) struct Graph(BTreeMap<String, BTreeSet<String>>);

impl Graph {
    /// Ignores a file that names itself: it only writes its own path.
    pub(super) fn add(&mut self, from: &str, to: &str) {
        if from != to {
            self.0.entry(from.to_owned()).or_default().insert(to.to_owned());
        }
    }

    /// Circles, each as the files along it; the first is also the last. Without the last import of
    /// each there would be none.
    pub(super) fn cycles(mut self) -> Vec<Vec<String>> {
        let mut cycles = Vec::new();
        while let Some(cycle) = self.shortest_cycle() {
            if let [.., from, to] = &cycle[..] {
                self.0.entry(from.clone()).or_default().remove(to);
            }
            cycles.push(cycle);
        }
        cycles
    }

    fn shortest_cycle(&self) -> Option<Vec<String>> {
        self.0.keys().filter_map(|file| self.cycle_through(file)).min_by_key(Vec::len)
    }

    /// Searches breadth first for an import of `start`.
    fn cycle_through(&self, start: &str) -> Option<Vec<String>> {
        let mut importers = BTreeMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(file) = queue.pop_front() {
            for import in self.0.get(file)? {
                if import == start {
                    return Some(cycle(&importers, start, file));
                }
                if self.0.contains_key(import) && !importers.contains_key(import.as_str()) {
                    importers.insert(import.as_str(), file);
                    queue.push_back(import);
                }
            }
        }
        None
    }
}

/// The way from `start` to `last`, an importer of `start`, and back.
fn cycle(importers: &BTreeMap<&str, &str>, start: &str, last: &str) -> Vec<String> {
    let mut files = vec![start.to_owned()];
    let mut file = last;
    while file != start {
        files.push(file.to_owned());
        file = importers[file];
    }
    files.push(start.to_owned());
    files.reverse();
    files
}
