//! The rules in force, and which of them an input matches.

use alloc::collections::{BTreeMap, BinaryHeap};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::mem;

use sekisho_attempts::{CorrelationSpec, Finding, Identity, Key};
use sekisho_rules::{CompileOptions, Limits, Matching, Pattern, Prefilter, RuleSet, Scratch};
use sekisho_scan::{Malformed, Reader, Value, ValueKind};
use sekisho_signin::Header;

use crate::ConfigurationError;
use crate::arrival::Record;
use crate::configuration::{Unknown, expected, members};
use crate::correlation::Correlation;
use crate::finding::{Counted, key_of_rule};
use crate::views::feed_envelope;

/// A rule's id is at most this long, in bytes as written.
pub const MAX_RULE_ID: usize = 256;

/// Where an input's verdict stands.
pub(crate) const VERDICT: &str = "signin";

/// A bare record. Its verdict is not its own word: one that is no sign-in has none, whatever it says.
const INPUT: CompileOptions<'_> = CompileOptions {
    prefilter_paths: &["eventName", "userIdentity", "eventSource", VERDICT],
    injected_key: Some(VERDICT),
};

/// The event that EventBridge would have made of it.
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

// The places of a header's fields in both; the source is in the event alone.
const EVENT_NAME: usize = 0;
const USER_IDENTITY: usize = 1;
const EVENT_SOURCE: usize = 2;
const SOURCE: usize = 3;

/// Rules, compiled. The number of a rule is its place in the configuration.
#[derive(Debug)]
pub(crate) struct Rules {
    /// The ids, as they are written between quotes in JSON.
    ids: Vec<Vec<u8>>,
    /// The rules whose patterns name `detail` or `detail-type`: they mean the EventBridge event.
    event: Half,
    /// Those whose patterns name `attempt`: they mean the line of an attempt.
    attempt: Half,
    /// All others mean the input as it stands.
    input: Half,
    /// Those that count others.
    counted: Vec<Counted>,
    /// For each rule its key, if any of these asks for it; nothing where there are none of these.
    keys: Vec<Option<Key>>,
}

/// Rules that are matched against the same view of an input.
#[derive(Debug)]
struct Half {
    set: RuleSet,
    /// For each of its patterns the number of the rule.
    numbers: Vec<u32>,
}

impl Half {
    /// The numbers of the rules that match, once the verdict was looked at too.
    fn finish<'s>(
        &'s self,
        mut matching: Matching<'s, 's>,
        verdict: Option<&[u8]>,
    ) -> Result<impl Iterator<Item = u32> + 's, Malformed> {
        if let Some(verdict) = verdict {
            matching.feed_object(VERDICT, &mut Reader::new(verdict))?;
        }
        Ok(matching.finish().iter().map(|index| self.numbers[*index as usize]))
    }
}

/// What a match works with, kept from input to input.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    event: Scratch,
    attempt: Scratch,
    input: Scratch,
    /// The numbers of the rules that matched last, ascending.
    matched: Vec<u32>,
    /// A text, decoded.
    text: String,
}

impl Matcher {
    /// Whether the last input matched any rule.
    pub(crate) fn has_matched(&self) -> bool {
        !self.matched.is_empty()
    }
}

impl Rules {
    /// Reads the value of the configuration's `rules`.
    pub(crate) fn parse<'c>(
        list: Value<'c>,
        limits: &Limits,
        unknown: &mut Unknown<'c>,
    ) -> Result<Self, ConfigurationError> {
        let mut collected = Collected::default();
        let mut reader = Reader::new(list.raw);
        if reader.peek()? != ValueKind::Array {
            return Err(expected("rules", "an array of rules", list.offset));
        }
        reader.enter()?;
        while reader.next_element()? {
            collected.add(reader.value()?.shifted(list.offset), limits, unknown)?;
        }
        let keys = collected.keys()?;
        Ok(Rules {
            ids: collected.ids,
            event: collected.event.compile(&EVENT),
            attempt: collected.attempt.compile(&CompileOptions::default()),
            input: collected.input.compile(&INPUT),
            counted: collected.counted.into_iter().map(|(counted, _)| counted).collect(),
            keys,
        })
    }

    /// Whether no rule can match a record that begins like this and is no sign-in.
    pub(crate) fn rule_out(&self, header: &Header<'_>, matcher: &mut Matcher) -> bool {
        let Matcher { event, input, text, .. } = matcher;
        let mut input = Prefilter::new(&self.input.set, input);
        feed_header(&mut input, header);
        let mut event = Prefilter::new(&self.event.set, event);
        feed_header(&mut event, header);
        feed_source(&mut event, header, text);
        !input.may_match() && !event.may_match()
    }

    /// How many rules there are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The ids of the rules that `matcher` found last, as they are written in JSON.
    pub(crate) fn matched<'r>(&'r self, matcher: &'r Matcher) -> impl Iterator<Item = &'r [u8]> {
        matcher.matched.iter().map(|number| &self.ids[*number as usize][..])
    }

    /// Of the rules that `matcher` found last, the keys of those that counted rules ask for.
    pub(crate) fn counted(&self, matcher: &Matcher) -> impl Iterator<Item = Key> {
        matcher.matched.iter().filter_map(|number| *self.keys.get(*number as usize)?)
    }

    /// What the counted rules ask for, each with the key that stands for it.
    pub(crate) fn windows(&self) -> Vec<(Key, CorrelationSpec)> {
        self.counted.iter().map(Counted::window).collect()
    }

    /// Appends a finding of one of the [`windows`](Rules::windows) as a line of JSON.
    pub(crate) fn encode_finding(
        &self,
        finding: &Finding,
        identity: &Identity,
        output: &mut Vec<u8>,
    ) {
        if let Some(counted) = self.counted.get(finding.spec_index) {
            counted.encode(finding, identity, output);
        }
    }

    /// Finds the rules that match an object. `input` is the object as it arrived, `record` what was
    /// found in it, `verdict` the verdict's JSON if there is one.
    pub(crate) fn find(
        &self,
        input: &[u8],
        record: Option<&Record<'_, '_>>,
        verdict: Option<&[u8]>,
        matcher: &mut Matcher,
    ) -> Result<(), Malformed> {
        let Matcher { event: event_scratch, input: input_scratch, matched, text, .. } = matcher;
        matched.clear();
        if !self.event.numbers.is_empty() {
            let mut event = Matching::new(&self.event.set, event_scratch);
            match record.map(|record| (record.json, record.event)) {
                // A bare record: the event that EventBridge would have made of it.
                Some((json, None)) => feed_envelope(&mut event, json, text)?,
                Some((_, Some(around))) => event.feed_object("", &mut Reader::new(around))?,
                None => event.feed_object("", &mut Reader::new(input))?,
            }
            matched.extend(self.event.finish(event, verdict)?);
        }
        if !self.input.numbers.is_empty() {
            let mut whole = Matching::new(&self.input.set, input_scratch);
            whole.feed_object("", &mut Reader::new(input))?;
            matched.extend(self.input.finish(whole, verdict)?);
        }
        // Most often one half alone has rules. A heap sorts in far less code than a slice does.
        if !matched.is_sorted() {
            *matched = BinaryHeap::from(mem::take(matched)).into_sorted_vec();
        }
        Ok(())
    }

    /// Finds the rules that match an attempt, which is the JSON object of its line.
    pub(crate) fn find_attempt(
        &self,
        attempt: &[u8],
        matcher: &mut Matcher,
    ) -> Result<(), Malformed> {
        matcher.matched.clear();
        if !self.attempt.numbers.is_empty() {
            let mut matching = Matching::new(&self.attempt.set, &mut matcher.attempt);
            matching.feed_object("attempt", &mut Reader::new(attempt))?;
            matcher.matched.extend(self.attempt.finish(matching, None)?);
        }
        Ok(())
    }
}

/// Feeds a header to a prefilter for [`INPUT`] or [`EVENT`].
fn feed_header(prefilter: &mut Prefilter<'_, '_>, header: &Header<'_>) {
    prefilter.feed_string(EVENT_NAME, header.event_name.raw);
    prefilter.feed_object(USER_IDENTITY, header.user_identity);
    prefilter.feed_string(EVENT_SOURCE, header.event_source.raw);
}

/// Feeds the source that EventBridge makes of an eventSource.
fn feed_source(prefilter: &mut Prefilter<'_, '_>, header: &Header<'_>, source: &mut String) {
    if let Some(event_source) = header.event_source.text().filter(|_| prefilter.needs(SOURCE)) {
        source.clear();
        source.push_str("\"aws.");
        source.extend(event_source.chars().take_while(|character| *character != '.'));
        source.push('"');
        prefilter.feed_string(SOURCE, source.as_bytes());
    }
}

/// Rules while the configuration is being read.
#[derive(Default)]
struct Collected {
    ids: Vec<Vec<u8>>,
    /// The number of each rule that has a pattern, by its id; `None` for counted rules.
    known: BTreeMap<String, Option<usize>>,
    event: Patterns,
    attempt: Patterns,
    input: Patterns,
    counted: Vec<(Counted, Correlation)>,
}

#[derive(Default)]
struct Patterns {
    patterns: Vec<Pattern>,
    numbers: Vec<u32>,
}

impl Patterns {
    fn compile(self, options: &CompileOptions<'_>) -> Half {
        Half { set: RuleSet::compile_with(&self.patterns, options), numbers: self.numbers }
    }
}

impl Collected {
    fn add<'c>(
        &mut self,
        rule: Value<'c>,
        limits: &Limits,
        unknown: &mut Unknown<'c>,
    ) -> Result<(), ConfigurationError> {
        let known = ["id", "pattern", "correlation", "severity", "description", "tests"];
        let mut values = [None; 6];
        if !members(rule, &known, &mut values, unknown)? {
            return Err(expected("rules", "an object for each rule", rule.offset));
        }
        let [id, pattern, correlation, severity, ..] = values;
        let id = id.ok_or_else(|| expected("id", "a string in each rule", rule.offset))?;
        let written = id.text().filter(|id| (1..=MAX_RULE_ID).contains(&id.raw().len()));
        let written =
            written.ok_or_else(|| expected("id", "a string of 1 to 256 bytes", id.offset))?;
        let name = written.to_string();
        if self.known.contains_key(&name) {
            return Err(ConfigurationError::DuplicateRule { id: name, at: id.offset });
        }
        let number = self.ids.len();
        match (pattern, correlation) {
            (Some(pattern), None) => self.pattern(&name, pattern, limits)?,
            (None, Some(correlation)) => {
                let correlation = Correlation::read(correlation, unknown)?;
                let severity = severity.map(|severity| severity.raw);
                let counted = Counted::new(&name, written.raw(), severity, &correlation);
                self.counted.push((counted, correlation));
            }
            (Some(_), Some(correlation)) => {
                let sentence = "a rule of its own, without a pattern,";
                return Err(expected("correlation", sentence, correlation.offset));
            }
            (None, None) => {
                let sentence = "an event pattern (or a `correlation` in its place)";
                return Err(expected("pattern", sentence, rule.offset));
            }
        }
        self.ids.push(written.raw().to_vec());
        self.known.insert(name, pattern.map(|_| number));
        Ok(())
    }

    /// Adds the pattern of the rule that comes next.
    fn pattern(
        &mut self,
        id: &str,
        pattern: Value<'_>,
        limits: &Limits,
    ) -> Result<(), ConfigurationError> {
        let parsed = Pattern::parse_with(pattern.raw, limits).map_err(|error| {
            ConfigurationError::Pattern {
                id: id.to_string(),
                at: pattern.offset + error.offset,
                kind: error.kind,
            }
        })?;
        let names_event = parsed.references("detail") || parsed.references("detail-type");
        let half = if parsed.references("attempt") {
            if names_event || parsed.references(VERDICT) {
                let sentence = "a rule for attempts alone (no record is matched beside `attempt`)";
                return Err(expected("pattern", sentence, pattern.offset));
            }
            &mut self.attempt
        } else if names_event {
            &mut self.event
        } else {
            &mut self.input
        };
        half.numbers.push(self.ids.len() as u32);
        half.patterns.push(parsed);
        Ok(())
    }

    /// For each rule its key, if a counted rule asks for it.
    fn keys(&self) -> Result<Vec<Option<Key>>, ConfigurationError> {
        let mut keys = Vec::new();
        for (_, correlation) in &self.counted {
            keys.resize(self.ids.len(), None);
            for (id, at) in correlation.rules() {
                let Some(Some(number)) = self.known.get(id) else {
                    return Err(ConfigurationError::UnknownRule { id: id.to_string(), at });
                };
                keys[*number] = Some(key_of_rule(id));
            }
        }
        Ok(keys)
    }
}
