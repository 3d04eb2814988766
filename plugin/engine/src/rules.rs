//! The rules in force, and which of them an input matches.

use alloc::collections::BinaryHeap;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use sekisho_attempts::{CorrelationSpec, Identity, Key, Observation, Time};
use sekisho_rules::{CompileOptions, Limits, Matching, Prefilter, RuleSet, Scratch};
use sekisho_scan::{Malformed, Reader, Value};
use sekisho_signin::Header;

use crate::arrival::Record;
use crate::collected_rules::Collected;
use crate::compiled_correlation::CompiledCorrelation;
use crate::compiled_silence::CompiledSilence;
use crate::error::ConfigurationError;
use crate::eventbridge;
use crate::members::{Elements, Unknown};
use crate::pattern_group::{PatternGroup, VERDICT};
use crate::rule_id::{MatchedRules, RuleId, Silenced, max_encoded_bytes};
use crate::tune::Tunings;

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

/// The highest bit of such a number: the value need not be fed until a pattern may match.
const LATER: u16 = 1 << 15;

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
        self.input.may_match(input, |input| feed_header(input, header))
            || self.event.may_match(event, |event| {
                feed_source(event, header, text);
                feed_header(event, header)
            })
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
    /// the object around the record, or the record itself. Values that decide come first.
    ///
    /// `None` if `found` returns it, or the values of other records may not be at the same places.
    #[inline(never)]
    pub(crate) fn find_values<'a>(
        &self,
        input: &'a [u8],
        record: &Record<'_, 'a>,
        found: &mut dyn FnMut(u16, &Value<'_>) -> Option<()>,
    ) -> Option<()> {
        let mut later = Vec::new();
        let mut found_at = |set: &RuleSet, path: u32, offset: usize, value: &Value<'a>| {
            let number = u16::try_from(FIRST_PATH + 2 * path as usize + offset).ok()?;
            if number & LATER != 0 {
                None
            } else if set.is_decisive(path) {
                found(number, value)
            } else {
                later.push((number | LATER, *value));
                Some(())
            }
        };
        if !self.event.numbers.is_empty() {
            let (path, json) = match record.event {
                None => ("detail", record.json),
                Some(event) => ("", event),
            };
            let set = &self.event.set;
            set.find_values(path, json, &mut |path, value| found_at(set, path, 0, value))?;
        }
        if !self.input.numbers.is_empty() {
            let set = &self.input.set;
            set.find_values("", input, &mut |path, value| found_at(set, path, 1, value))?;
        }
        if !self.event.numbers.is_empty() && record.event.is_none() {
            eventbridge::find_values(record.json, &mut |field, value| match self
                .event
                .set
                .needs(eventbridge::FIELDS[field].name)
            {
                true => found(field as u16, value),
                false => Some(()),
            })?;
        }
        later.iter().try_for_each(|(number, value)| found(*number, value))
    }

    /// The same as [`find`](Rules::find) with the values that [`find_values`](Rules::find_values) found
    /// in `source`.
    pub(crate) fn find_among<'a>(
        &self,
        source: &'a [u8],
        values: impl Iterator<Item = (u16, Value<'a>)>,
        verdict: Option<&[u8]>,
        matcher: &mut Matcher,
    ) -> Result<(), Malformed> {
        let Matcher { event: event_scratch, input: input_scratch, matched, silenced, text, .. } =
            matcher;
        matched.clear();
        silenced.clear();
        let mut event = self.event.start(event_scratch, source);
        let mut input = self.input.start(input_scratch, source);
        let mut may_match = verdict.is_some();
        for (number, value) in values {
            if number & LATER != 0 && !may_match {
                may_match = [&event, &input].into_iter().flatten().any(Matching::may_match);
                if !may_match {
                    break;
                }
            }
            let number = usize::from(number & !LATER);
            let path = number.checked_sub(FIRST_PATH);
            let is_of_input = path.is_some_and(|path| path % 2 == 1);
            let matching = if is_of_input { &mut input } else { &mut event };
            match (matching, path) {
                (None, _) => {}
                (Some(event), None) => eventbridge::feed_field(event, number, &value, text),
                (Some(matching), Some(path)) => matching.feed_value(path as u32 / 2, &value),
            }
        }
        for (group, matching) in [(&self.event, event), (&self.input, input)] {
            if let Some(matching) = matching {
                matched.extend(group.finish(matching, verdict)?);
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

    /// Whether any rule tests the verdict.
    pub(crate) fn test_verdict(&self) -> bool {
        self.event.tests_verdict || self.input.tests_verdict
    }

    /// Whether any rule is matched against inputs, with what is around the record.
    pub(crate) fn match_inputs(&self) -> bool {
        !self.input.numbers.is_empty()
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

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use super::*;
    use crate::compiled_correlation::rule_key;

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
