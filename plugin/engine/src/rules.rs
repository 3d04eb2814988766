//! The rules in force, and which of them an input matches.

use alloc::collections::BinaryHeap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::mem;

use sekisho_attempts::{CorrelationSpec, Identity, Key, Observation, Time};
use sekisho_rules::{
    CompileOptions, Limits, Matching, NameTable, Pattern, Prefilter, RuleSet, Scratch,
};
use sekisho_scan::{Malformed, Reader, Value};
use sekisho_signin::Header;

use crate::arrival::Record;
use crate::compiled_correlation::{CompiledCorrelation, rule_key};
use crate::compiled_silence::CompiledSilence;
use crate::correlation::Correlation;
use crate::error::ConfigurationError;
use crate::eventbridge;
use crate::members::{Elements, Unknown, expected, members};
use crate::rule_id::{MatchedRules, RuleId, Silenced, max_encoded_bytes};
use crate::silence::Silence;
use crate::tune::{Change, Tunings};

/// The key of the verdict in what patterns are matched against.
pub(crate) const VERDICT: &str = "signin";

/// Options for patterns that are matched against the input. An input's own `signin` is not the
/// verdict, so patterns never see it.
const INPUT: CompileOptions<'_> = CompileOptions {
    prefilter_paths: &["eventName", "userIdentity", "eventSource", VERDICT],
    injected_key: Some(VERDICT),
};

/// Options for patterns that are matched against the EventBridge event.
const EVENT: CompileOptions<'_> = CompileOptions {
    prefilter_paths: &[
        "detail.eventName",
        "detail.userIdentity",
        "detail.eventSource",
        "source",
        VERDICT,
    ],
    injected_key: Some(VERDICT),
};

// Indexes of the prefilter paths in both. Only events have a source.
const EVENT_NAME: usize = 0;
const USER_IDENTITY: usize = 1;
const EVENT_SOURCE: usize = 2;
const SOURCE: usize = 3;

// Numbers of the values that rules test: the fields of the EventBridge event, then the paths of both
// objects in turn.
const FIRST_PATH: usize = eventbridge::FIELDS.len();

/// The lists of a configuration that are about rules.
#[derive(Default)]
pub(crate) struct RuleLists<'c> {
    pub(crate) rules: Option<Value<'c>>,
    pub(crate) silence: Option<Value<'c>>,
    pub(crate) tune: Option<Value<'c>>,
}

/// Compiled rules. The number of a rule is its position among those of the configuration that are
/// enabled.
#[derive(Debug)]
pub(crate) struct Rules {
    ids: Vec<RuleId>,
    /// Patterns that name `detail` or `detail-type`: matched against the EventBridge event.
    event: PatternGroup,
    /// Patterns that name `attempt`: matched against attempts.
    attempt: PatternGroup,
    /// All other patterns: matched against the input.
    input: PatternGroup,
    correlations: Vec<CompiledCorrelation>,
    /// The number of each correlation.
    correlation_numbers: Vec<u32>,
    /// For each rule its key, if a correlation counts its matches. Empty without correlations.
    keys: Vec<Option<Key>>,
    /// `None` if nothing is silenced.
    silence: Option<CompiledSilence>,
}

/// Patterns that are matched against the same object.
#[derive(Debug)]
struct PatternGroup {
    set: RuleSet,
    /// The number of each pattern's rule.
    numbers: Vec<u32>,
}

impl PatternGroup {
    /// Feeds the verdict, if there is one, and returns the numbers of the rules that match.
    fn finish<'s>(
        &'s self,
        mut matching: Matching<'s, 's>,
        verdict: Option<&[u8]>,
    ) -> Result<impl Iterator<Item = u32> + 's, Malformed> {
        if let Some(verdict) = verdict
            && matching.has(VERDICT)
        {
            matching.feed_object(VERDICT, &mut Reader::new(verdict))?;
        }
        Ok(matching.finish().iter().map(|index| self.numbers[*index as usize]))
    }
}

/// The working memory of a match, and its result. It is kept from one input to the next.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    event: Scratch,
    attempt: Scratch,
    input: Scratch,
    /// The numbers of the rules that the last input matched, ascending.
    matched: Vec<u32>,
    /// For which of them the last input was silenced.
    silenced: Silenced,
    /// A decoded text.
    text: String,
}

impl Matcher {
    /// The numbers of the rules that the last input or attempt matched, ascending.
    pub(crate) fn matched(&self) -> &[u32] {
        &self.matched
    }

    /// Finds for which of the rules the last input is silenced.
    #[cold]
    pub(crate) fn silence(&mut self, rules: &Rules, observed: &Observation) {
        let Observation { time, identity, user_agents, .. } = observed;
        let Matcher { matched, silenced, .. } = self;
        rules.find_silenced(*time, (identity, user_agents), matched, silenced);
    }

    /// For which rules the last input was silenced.
    pub(crate) fn silenced(&self) -> &Silenced {
        &self.silenced
    }
}

impl Rules {
    /// Reads the values of the configuration's `rules`, `silence` and `tune`.
    pub(crate) fn parse<'c>(
        lists: &RuleLists<'c>,
        limits: &Limits,
        unknown: &mut Unknown<'c>,
    ) -> Result<Self, ConfigurationError> {
        let tune = lists.tune.map(|list| Tunings::read(list, unknown)).transpose()?;
        let tune = tune.unwrap_or_default();
        let mut collected = Collected::default();
        if let Some(list) = lists.rules {
            let mut rules = Elements::new("rules", "an array of rules", list)?;
            while let Some(rule) = rules.next()? {
                collected.add(rule, &tune, limits, unknown)?;
            }
        }
        collected.check(&tune)?;
        let silence = lists.silence.map(|list| collected.silence(list, unknown)).transpose()?;
        let keys = collected.keys()?;
        Ok(Rules {
            ids: collected.ids,
            event: collected.event.compile(&EVENT),
            attempt: collected.attempt.compile(&CompileOptions::default()),
            input: collected.input.compile(&INPUT),
            correlations: collected
                .correlations
                .into_iter()
                .map(|(compiled, _)| compiled)
                .collect(),
            correlation_numbers: collected.correlation_numbers,
            keys,
            silence,
        })
    }

    /// Whether a record has a header that shows it to be no sign-in and to match no rule.
    // Not inlined: without rules its stack frame would cost.
    #[inline(never)]
    pub(crate) fn exclude(&self, record: &[u8], matcher: &mut Matcher) -> bool {
        let header = Header::of_other(record);
        header.is_some_and(|header| !self.may_match(&header, matcher))
    }

    /// Whether a rule may match a record with this header that is no sign-in.
    fn may_match(&self, header: &Header<'_>, matcher: &mut Matcher) -> bool {
        let Matcher { event, input, text, .. } = matcher;
        let mut input = Prefilter::new(&self.input.set, input);
        let mut event = Prefilter::new(&self.event.set, event);
        let is_fed = feed_header(&mut input, header).and_then(|()| feed_header(&mut event, header));
        feed_source(&mut event, header, text);
        is_fed.is_none() || input.may_match() || event.may_match()
    }

    /// How many rules there are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The most bytes that [`MatchedRules::encode`] appends.
    #[cold]
    pub(crate) fn max_encoded_bytes(&self) -> usize {
        let entries = self.silence.as_ref().map_or(0, CompiledSilence::len);
        max_encoded_bytes(&self.ids, entries)
    }

    /// The rules with these numbers.
    pub(crate) fn matched<'r>(
        &'r self,
        numbers: &'r [u32],
        silenced: &'r Silenced,
    ) -> MatchedRules<'r> {
        MatchedRules { ids: &self.ids, numbers, silenced }
    }

    /// The keys of those rules with these numbers whose matches a correlation counts, and that are
    /// not silenced. With them are the keys of the correlations that are silenced.
    pub(crate) fn counted(&self, numbers: &[u32], silenced: &Silenced) -> Vec<Key> {
        let mut keys = Vec::new();
        for number in numbers {
            if let Some(Some(key)) = self.keys.get(*number as usize)
                && !silenced.rules.contains(number)
            {
                keys.push(*key);
            }
        }
        for number in &silenced.rules {
            if let Some(correlation) = self.correlation_of(*number)
                && !keys.is_empty()
            {
                keys.push(correlation.key());
            }
        }
        keys
    }

    /// The entries of `silence`.
    pub(crate) fn silence(&self) -> Option<&CompiledSilence> {
        self.silence.as_ref()
    }

    /// Finds the rules for which an event is silenced, of those that it matches and of the
    /// correlations that count one of these. An event without a time is not silenced.
    #[inline(never)]
    pub(crate) fn find_silenced(
        &self,
        time: Option<Time>,
        subject: (&Identity, &[Key]),
        matched: &[u32],
        silenced: &mut Silenced,
    ) {
        let (Some(silence), Some(time)) = (&self.silence, time) else { return };
        let mut concerned = matched.to_vec();
        for (correlation, number) in self.correlations.iter().zip(&self.correlation_numbers) {
            let key = |number: &u32| *self.keys.get(*number as usize)?;
            if matched.iter().filter_map(key).any(|key| correlation.counts(&key)) {
                concerned.push(*number);
            }
        }
        silence.find(time, subject, (&concerned, matched.len()), silenced);
    }

    /// The correlation that is the rule with this number.
    fn correlation_of(&self, number: u32) -> Option<&CompiledCorrelation> {
        let index = self.correlation_numbers.iter().position(|other| *other == number)?;
        self.correlations.get(index)
    }

    /// The specifications of the correlations, each with its key.
    pub(crate) fn specs(&self) -> Vec<(Key, CorrelationSpec)> {
        self.correlations.iter().map(CompiledCorrelation::spec).collect()
    }

    /// A correlation by its position among the [`specs`](Rules::specs).
    pub(crate) fn correlation(&self, index: usize) -> Option<&CompiledCorrelation> {
        self.correlations.get(index)
    }

    /// Finds the rules that an input matches. `record` is the record in the input, `verdict` the
    /// JSON of its verdict.
    pub(crate) fn find(
        &self,
        input: &[u8],
        record: Option<&Record<'_, '_>>,
        verdict: Option<&[u8]>,
        matcher: &mut Matcher,
    ) -> Result<(), Malformed> {
        let Matcher { event: event_scratch, input: input_scratch, matched, silenced, text, .. } =
            matcher;
        matched.clear();
        silenced.clear();
        if !self.event.numbers.is_empty() {
            let mut event = Matching::new(&self.event.set, event_scratch);
            match record.map(|record| (record.json, record.event)) {
                // A bare record, so rules see the event that EventBridge makes of it.
                Some((json, None)) => eventbridge::feed(&mut event, json, text)?,
                Some((_, Some(json))) => event.feed_object("", &mut Reader::new(json))?,
                None => event.feed_object("", &mut Reader::new(input))?,
            }
            matched.extend(self.event.finish(event, verdict)?);
        }
        if !self.input.numbers.is_empty() {
            let mut whole = Matching::new(&self.input.set, input_scratch);
            whole.feed_object("", &mut Reader::new(input))?;
            matched.extend(self.input.finish(whole, verdict)?);
        }
        sort(matched);
        Ok(())
    }

    /// Calls `found` with a number and a value for each value of a record that rules test. `input` is
    /// the object around the record, or the record itself.
    ///
    /// `None` if `found` returns it, or the values of other records may not be at the same places.
    #[inline(never)]
    pub(crate) fn find_values(
        &self,
        input: &[u8],
        record: &Record<'_, '_>,
        found: &mut dyn FnMut(u16, &Value<'_>) -> Option<()>,
    ) -> Option<()> {
        let mut found_at =
            |target: usize, value: &Value<'_>| found(u16::try_from(target).ok()?, value);
        if !self.event.numbers.is_empty() {
            let (path, json) = match record.event {
                None => ("detail", record.json),
                Some(event) => ("", event),
            };
            let start = json.as_ptr().addr().checked_sub(input.as_ptr().addr())?;
            if record.event.is_none() {
                eventbridge::find_values(json, &mut |field, value| {
                    found_at(field, &value.shifted(start))
                })?;
            }
            self.event.set.find_values(path, json, &mut |path, value| {
                found_at(FIRST_PATH + 2 * path as usize, &value.shifted(start))
            })?;
        }
        if !self.input.numbers.is_empty() {
            self.input.set.find_values("", input, &mut |path, value| {
                found_at(FIRST_PATH + 2 * path as usize + 1, value)
            })?;
        }
        Some(())
    }

    /// The same as [`find`](Rules::find) with the values that [`find_values`](Rules::find_values) found.
    pub(crate) fn find_among<'a>(
        &self,
        values: impl Iterator<Item = (u16, Value<'a>)>,
        verdict: &[u8],
        matcher: &mut Matcher,
    ) -> Result<(), Malformed> {
        let Matcher { event: event_scratch, input: input_scratch, matched, silenced, text, .. } =
            matcher;
        matched.clear();
        silenced.clear();
        let mut event = Matching::new(&self.event.set, event_scratch);
        let mut input = Matching::new(&self.input.set, input_scratch);
        for (number, value) in values {
            let number = usize::from(number);
            match number.checked_sub(FIRST_PATH) {
                None => eventbridge::feed_field(&mut event, number, &value, text),
                Some(path) if path % 2 == 0 => event.feed_value(path as u32 / 2, &value),
                Some(path) => input.feed_value(path as u32 / 2, &value),
            }
        }
        for (group, matching) in [(&self.event, event), (&self.input, input)] {
            if !group.numbers.is_empty() {
                matched.extend(group.finish(matching, Some(verdict))?);
            }
        }
        sort(matched);
        Ok(())
    }

    /// Finds the rules that match the JSON of an attempt.
    pub(crate) fn find_attempt(
        &self,
        attempt: &[u8],
        matcher: &mut Matcher,
    ) -> Result<(), Malformed> {
        matcher.matched.clear();
        if self.has_attempt_rules() {
            let mut matching = Matching::new(&self.attempt.set, &mut matcher.attempt);
            matching.feed_object("attempt", &mut Reader::new(attempt))?;
            matcher.matched.extend(self.attempt.finish(matching, None)?);
        }
        Ok(())
    }

    /// Whether any rule is matched against attempts.
    pub(crate) fn has_attempt_rules(&self) -> bool {
        !self.attempt.numbers.is_empty()
    }
}

/// Sorts the numbers of rules. Rarely needed, since most configurations have one group. A heap takes far
/// less code than sorting a slice.
fn sort(numbers: &mut Vec<u32>) {
    if !numbers.is_sorted() {
        *numbers = BinaryHeap::from(mem::take(numbers)).into_sorted_vec();
    }
}

/// Feeds a header to a prefilter for [`INPUT`] or [`EVENT`]. `None` if it lacks a field that the
/// prefilter needs.
fn feed_header(prefilter: &mut Prefilter<'_, '_>, header: &Header<'_>) -> Option<()> {
    prefilter.feed_string(EVENT_SOURCE, header.event_source.raw);
    if prefilter.needs(EVENT_NAME) {
        prefilter.feed_string(EVENT_NAME, header.event_name()?.raw);
    }
    if prefilter.needs(USER_IDENTITY) {
        prefilter.feed_object(USER_IDENTITY, header.user_identity()?);
    }
    Some(())
}

/// Feeds the source of the EventBridge event.
fn feed_source(prefilter: &mut Prefilter<'_, '_>, header: &Header<'_>, source: &mut String) {
    if let Some(event_source) = header.event_source.text().filter(|_| prefilter.needs(SOURCE)) {
        source.clear();
        source.push('"');
        eventbridge::push_source(event_source, source);
        source.push('"');
        prefilter.feed_string(SOURCE, source.as_bytes());
    }
}

/// Rules while the configuration is read.
#[derive(Default)]
struct Collected {
    ids: Vec<RuleId>,
    /// The names of all rules, and what is known of them.
    names: NameTable,
    known: Vec<Known>,
    event: Patterns,
    attempt: Patterns,
    input: Patterns,
    correlations: Vec<(CompiledCorrelation, Correlation)>,
    /// The number of each of them.
    correlation_numbers: Vec<u32>,
}

/// What is known of a rule by its id.
#[derive(Clone, Copy)]
struct Known {
    is_pattern: bool,
    /// `None` if it is not enabled.
    number: Option<u32>,
}

#[derive(Default)]
struct Patterns {
    patterns: Vec<Pattern>,
    numbers: Vec<u32>,
}

impl Patterns {
    fn compile(self, options: &CompileOptions<'_>) -> PatternGroup {
        PatternGroup { set: RuleSet::compile_with(&self.patterns, options), numbers: self.numbers }
    }
}

impl Collected {
    fn known(&self, id: &str) -> Option<&Known> {
        self.known.get(self.names.position(id)?)
    }

    fn add<'c>(
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
        let [id, pattern, correlation, severity, ..] = values;
        let id_value = id.ok_or_else(|| expected("id", "a string in each rule", rule.offset))?;
        let id = id_value.text().and_then(RuleId::new);
        let id = id.ok_or(expected("id", "a string of 1 to 256 bytes", id_value.offset))?;
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
    fn check(&self, tune: &Tunings<'_>) -> Result<(), ConfigurationError> {
        let unknown = tune.iter().find(|entry| self.known(entry.id()).is_none());
        unknown.map_or(Ok(()), |entry| Err(no_such_rule(entry.id(), entry.offset)))
    }

    /// Reads the value of `silence`.
    #[inline(never)]
    fn silence<'c>(
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
    fn keys(&self) -> Result<Vec<Option<Key>>, ConfigurationError> {
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

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    const RULES: &str = r#"[
        {"id":"by user","correlation":{"type":"event_count","rules":["failed"],"timespan":"60m","condition":{"gte":20}}},
        {"id":"login","pattern":{"detail":{"eventName":["ConsoleLogin"]}}},
        {"id":"all","pattern":{"eventName":["ConsoleLogin"]}},
        {"id":"failed","pattern":{"attempt":{"outcome":["failure","denied"]}}},
        {"id":"spray","correlation":{"type":"value_count","rules":["failed","login","failed"],"timespan":"60m","condition":{"gte":20,"field":"user"}}},
        {"id":"abandoned","pattern":{"attempt.flags":["abandoned_at_mfa"]}},
        {"id":"not counted","pattern":{"$or":[{"attempt":{"user":["anaya"]}},{"attempt":{"user":["mateo"]}}]}}]"#;

    fn parse(rules: &str) -> Result<Rules, ConfigurationError> {
        let rules = Some(Reader::new(rules.as_bytes()).value()?);
        Rules::parse(&RuleLists { rules, ..RuleLists::default() }, &Limits::AWS, &mut None)
    }

    fn ids<'r>(rules: &'r Rules, matcher: &'r Matcher) -> Vec<&'r str> {
        rules.matched(matcher.matched(), matcher.silenced()).ids().collect()
    }

    #[test]
    fn records_and_attempts_have_different_rules() {
        let rules = parse(RULES).unwrap();
        assert_eq!(rules.len(), 7);
        let mut matcher = Matcher::default();
        for (attempt, matched, counted) in [
            (r#"{"outcome":"failure","flags":[]}"#, &["failed"][..], &["failed"][..]),
            (r#"{"outcome":"unknown","flags":["late","abandoned_at_mfa"]}"#, &["abandoned"], &[]),
            (r#"{"outcome":"denied","user":"mateo"}"#, &["failed", "not counted"], &["failed"]),
            (r#"{"eventName":"ConsoleLogin","attempt":{"outcome":"failure"}}"#, &[], &[]),
        ] {
            rules.find_attempt(attempt.as_bytes(), &mut matcher).unwrap();
            assert_eq!(ids(&rules, &matcher), matched, "{attempt}");
            let keys = rules.counted(matcher.matched(), matcher.silenced());
            assert_eq!(keys, counted.iter().map(|id| rule_key(id)).collect::<Vec<_>>());
        }
        let record = br#"{"eventName":"ConsoleLogin","attempt":{"outcome":"failure"}}"#;
        rules.find(record, None, None, &mut matcher).unwrap();
        assert_eq!(ids(&rules, &matcher), ["all"]);
        let event = br#"{"detail":{"eventName":"ConsoleLogin"}}"#;
        rules.find(event, None, None, &mut matcher).unwrap();
        assert_eq!(ids(&rules, &matcher), ["login"]);
        assert_eq!(rules.counted(matcher.matched(), matcher.silenced()), [rule_key("login")]);
        assert!(rules.find_attempt(b"{", &mut matcher).is_err());
        assert_eq!(ids(&rules, &matcher), [""; 0]);
    }

    #[test]
    fn correlations_name_their_rules_by_key() {
        let specs = parse(RULES).unwrap().specs();
        let failed = rule_key("failed");
        assert_eq!(specs[0].1.rules, [failed]);
        assert_eq!(specs[1].1.rules, [failed, rule_key("login"), failed]);
    }

    #[test]
    fn rejects_contradictory_rules() {
        for (part, other, place, message) in [
            (r#"["failed"]"#, r#"["failure"]"#, "\"failure\"]", "a pattern, found `failure`"),
            (r#"["failed"]"#, r#"["failed","spray"]"#, "\"spray\"]", "a pattern, found `spray`"),
            (
                r#""by user","#,
                r#""by user","pattern":{"a":[1]},"#,
                r#"{"type":"event"#,
                "a separate rule, without a `pattern`, as `correlation`",
            ),
            (
                r#""id":"all","pattern""#,
                r#""id":"all","tests""#,
                r#"{"id":"all""#,
                "an event pattern (or a `correlation` instead) as `pattern`",
            ),
            (
                r#"{"attempt.flags":"#,
                r#"{"signin":{"mfa":["used"]},"attempt.flags":"#,
                r#"{"signin""#,
                "a pattern for attempts only",
            ),
            (
                r#"{"attempt":{"user":["anaya"]}}"#,
                r#"{"detail":{"user":["anaya"]}}"#,
                r#"{"$or""#,
                "a pattern for attempts only",
            ),
        ] {
            assert!(RULES.contains(part), "{part}");
            let rules = RULES.replacen(part, other, 1);
            let error = parse(&rules).unwrap_err().to_string();
            let offset = rules.find(place).expect(place);
            assert!(error.contains(message), "{error}");
            assert!(error.contains(&format!(" at byte {offset}")), "{error}: {offset}");
        }
    }
}
