//! Rules while the configuration is read.

use alloc::string::ToString;
use alloc::vec::Vec;

use sekisho_attempts::Key;
use sekisho_rules::{Limits, NameTable, Pattern};
use sekisho_scan::Value;

use crate::compiled_correlation::{CompiledCorrelation, rule_key};
use crate::compiled_silence::CompiledSilence;
use crate::correlation::Correlation;
use crate::error::ConfigurationError;
use crate::members::{Elements, Unknown, expected, members};
use crate::pattern_group::{Patterns, VERDICT};
use crate::rule_id::RuleId;
use crate::silence::Silence;
use crate::techniques::Techniques;
use crate::tune::{Change, Tunings};

/// Rules while the configuration is read.
#[derive(Default)]
pub(crate) struct Collected {
    pub(crate) ids: Vec<RuleId>,
    /// The names of all rules, and what is known of them.
    names: NameTable,
    known: Vec<Known>,
    pub(crate) event: Patterns,
    pub(crate) attempt: Patterns,
    pub(crate) input: Patterns,
    pub(crate) correlations: Vec<(CompiledCorrelation, Correlation)>,
    /// The number of each of them.
    pub(crate) correlation_numbers: Vec<u32>,
}

/// What is known of a rule by its id.
#[derive(Clone, Copy)]
struct Known {
    is_pattern: bool,
    /// `None` if it is not enabled.
    number: Option<u32>,
}

impl Collected {
    fn known(&self, id: &str) -> Option<&Known> {
        self.known.get(self.names.position(id)?)
    }

    pub(crate) fn add<'c>(
        &mut self,
        rule: Value<'c>,
        tune: &Tunings<'c>,
        limits: &Limits,
        unknown: &mut Unknown<'c>,
    ) -> Result<(), ConfigurationError> {
        let known = [
            "id",
            "pattern",
            "correlation",
            "severity",
            "description",
            "tests",
            "tags",
            "references",
        ];
        let mut values = [None; 8];
        if !members(rule, &known, &mut values, unknown)? {
            return Err(expected("rules", "an object for each rule", rule.offset));
        }
        let [id, pattern, correlation, severity, _, _, tags, _] = values;
        let id_value = id.ok_or_else(|| expected("id", "a string in each rule", rule.offset))?;
        let id = id_value.text().and_then(RuleId::new);
        let mut id = id.ok_or(expected("id", "a string of 1 to 256 bytes", id_value.offset))?;
        id.techniques = Techniques::read(tags);
        let name = id.as_str().to_string();
        if self.names.position(&name).is_some() {
            return Err(ConfigurationError::DuplicateRule { id: name, offset: id_value.offset });
        }
        let change = tune.change(&name);
        let is_enabled = change.enabled != Some(false);
        match (pattern, correlation) {
            (Some(pattern), None) => {
                if let Some((_, offset)) = change.count.or(change.timespan) {
                    return Err(not_a_correlation(&change, offset));
                }
                self.pattern(&name, pattern, limits, is_enabled)?;
            }
            (None, Some(correlation)) => {
                let mut correlation = Correlation::read(correlation, unknown)?;
                if let Some((count, offset)) = change.count {
                    correlation.set_count(count, offset)?;
                }
                if let Some((seconds, _)) = change.timespan {
                    correlation.set_timespan(seconds);
                }
                let severity = change.severity.or(severity);
                let compiled = CompiledCorrelation::new(id.clone(), severity, &correlation);
                if is_enabled {
                    self.correlations.push((compiled, correlation));
                    self.correlation_numbers.push(self.ids.len() as u32);
                }
            }
            (Some(_), Some(correlation)) => {
                let separate = "a separate rule, without a `pattern`,";
                return Err(expected("correlation", separate, correlation.offset));
            }
            (None, None) => {
                let either = "an event pattern (or a `correlation` instead)";
                return Err(expected("pattern", either, rule.offset));
            }
        }
        let number = is_enabled.then_some(self.ids.len() as u32);
        self.ids.extend(number.map(|_| id));
        self.names.push(&name);
        self.known.push(Known { is_pattern: pattern.is_some(), number });
        Ok(())
    }

    /// Adds the pattern of the next rule, if it is enabled.
    fn pattern(
        &mut self,
        id: &str,
        pattern: Value<'_>,
        limits: &Limits,
        is_enabled: bool,
    ) -> Result<(), ConfigurationError> {
        let parsed = Pattern::parse_with(pattern.raw, limits).map_err(|error| {
            ConfigurationError::Pattern {
                id: id.to_string(),
                offset: pattern.offset + error.offset,
                kind: error.kind,
            }
        })?;
        let names_event = parsed.references("detail") || parsed.references("detail-type");
        let group = if parsed.references("attempt") {
            if names_event || parsed.references(VERDICT) {
                let attempts_only = "a pattern for attempts only (records have no `attempt`)";
                return Err(expected("pattern", attempts_only, pattern.offset));
            }
            &mut self.attempt
        } else if names_event {
            &mut self.event
        } else {
            &mut self.input
        };
        if is_enabled {
            group.numbers.push(self.ids.len() as u32);
            group.patterns.push(parsed);
        }
        Ok(())
    }

    /// Checks that every rule that is changed exists.
    pub(crate) fn check(&self, tune: &Tunings<'_>) -> Result<(), ConfigurationError> {
        let unknown = tune.iter().find(|entry| self.known(entry.id()).is_none());
        unknown.map_or(Ok(()), |entry| Err(no_such_rule(entry.id(), entry.offset)))
    }

    /// Reads the value of `silence`.
    #[inline(never)]
    pub(crate) fn silence<'c>(
        &self,
        list: Value<'c>,
        unknown: &mut Unknown<'c>,
    ) -> Result<CompiledSilence, ConfigurationError> {
        let mut entries = CompiledSilence::default();
        let mut elements = Elements::new("silence", "an array of entries", list)?;
        while let Some(entry) = elements.next()? {
            let silence = Silence::read(entry, unknown)?;
            let mut numbers = Vec::new();
            for (id, offset) in silence.rules() {
                let known = self.known(id).ok_or_else(|| no_such_rule(id, offset))?;
                numbers.extend(known.number);
            }
            entries.push(silence, numbers);
        }
        Ok(entries)
    }

    /// For each rule its key, if a correlation counts its matches.
    pub(crate) fn keys(&self) -> Result<Vec<Option<Key>>, ConfigurationError> {
        let mut keys = Vec::new();
        for (_, correlation) in &self.correlations {
            keys.resize(self.ids.len(), None);
            for (id, offset) in correlation.rules() {
                let Some(Known { is_pattern: true, number }) = self.known(id) else {
                    return Err(ConfigurationError::UnknownRule { id: id.to_string(), offset });
                };
                if let Some(number) = number {
                    keys[*number as usize] = Some(rule_key(id));
                }
            }
        }
        Ok(keys)
    }
}

fn no_such_rule(id: &str, offset: usize) -> ConfigurationError {
    ConfigurationError::NoSuchRule { id: id.to_string(), offset }
}

/// The error for a change that only a correlation can have. `offset` is that of its value.
fn not_a_correlation(change: &Change<'_>, offset: usize) -> ConfigurationError {
    let key = if change.count.is_some() { "count" } else { "timespan" };
    expected(key, "nothing, as the rule is no correlation,", offset)
}
