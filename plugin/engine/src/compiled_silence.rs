//! Entries of `silence` in force.

use alloc::boxed::Box;
use alloc::vec::Vec;

use sekisho_attempts::{Identity, Key, Time};

use crate::rule_id::Silenced;
use crate::silence::Silence;

/// The entries, in the order of the configuration.
#[derive(Debug, Default)]
pub(crate) struct CompiledSilence(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    silence: Silence,
    /// The numbers of its rules; `None` for all rules.
    rules: Option<Vec<u32>>,
}

impl CompiledSilence {
    /// Adds an entry. `numbers` are those of its rules.
    pub(crate) fn push(&mut self, silence: Silence, numbers: Vec<u32>) {
        let rules = (!silence.names_no_rules()).then_some(numbers);
        self.0.push(Entry { silence, rules });
    }

    /// The number of entries.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The keys of the entries' user agents that that of a record is one of.
    #[cold]
    pub(crate) fn user_agents(&self, agent: Option<&str>) -> Box<[Key]> {
        let Some(agent) = agent else { return Box::default() };
        self.0.iter().filter_map(|entry| entry.silence.user_agent(agent)).collect()
    }

    /// Finds the rules for which an event is silenced. `concerned` are the numbers of the rules that
    /// it matches, and after these `matches` those of the correlations that count one of them.
    #[cold]
    pub(crate) fn find(
        &self,
        time: Time,
        (identity, user_agents): (&Identity, &[Key]),
        (concerned, matches): (&[u32], usize),
        silenced: &mut Silenced,
    ) {
        for (index, Entry { silence, rules }) in self.0.iter().enumerate() {
            if !silence.fits(time, identity, user_agents) {
                continue;
            }
            let mut has_effect = false;
            for (position, number) in concerned.iter().enumerate() {
                let is_named = match rules {
                    Some(rules) => rules.contains(number),
                    None => position < matches,
                };
                has_effect |= is_named;
                if is_named && let Err(place) = silenced.rules.binary_search(number) {
                    silenced.rules.insert(place, *number);
                }
            }
            if has_effect {
                silenced.entries.push(index as u32);
            }
        }
    }
}
