//! The rules in force, and which of them an input matches.

use alloc::collections::{BTreeMap, BinaryHeap};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::mem;

use sekisho_attempts::{Finding, Key, Who, Window};
use sekisho_rules::{Limits, Matching, Pattern, RuleSet, Scratch};
use sekisho_scan::{Kind, Malformed, Reader, Value};

use crate::ConfigurationError;
use crate::arrival::Record;
use crate::configuration::{Unknown, expected, members};
use crate::correlation::Correlation;
use crate::finding::{Counted, key_of_rule};

/// A rule's id is at most this long, in bytes as written.
pub const MAX_RULE_ID: usize = 256;

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
            matching.feed_object("signin", &mut Reader::new(verdict))?;
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
        if reader.peek()? != Kind::Array {
            return Err(expected("rules", "an array of rules", list.at));
        }
        reader.enter()?;
        while reader.next_element()? {
            collected.add(reader.value()?.moved(list.at), limits, unknown)?;
        }
        let keys = collected.keys()?;
        Ok(Rules {
            ids: collected.ids,
            event: collected.event.compile(),
            attempt: collected.attempt.compile(),
            input: collected.input.compile(),
            counted: collected.counted.into_iter().map(|(counted, _)| counted).collect(),
            keys,
        })
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
    pub(crate) fn windows(&self) -> Vec<(Key, Window)> {
        self.counted.iter().map(Counted::window).collect()
    }

    /// Appends a finding of one of the [`windows`](Rules::windows) as a line of JSON.
    pub(crate) fn encode_finding(&self, finding: &Finding, who: &Who, output: &mut Vec<u8>) {
        if let Some(counted) = self.counted.get(finding.window) {
            counted.encode(finding, who, output);
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

/// The fields of a record of which EventBridge makes those of its event.
const COPIED: [&str; 5] =
    ["eventSource", "eventType", "recipientAccountId", "awsRegion", "eventTime"];

/// Feeds the event that EventBridge makes of a CloudTrail record.
fn feed_envelope(
    event: &mut Matching<'_, '_>,
    record: &[u8],
    decoded: &mut String,
) -> Result<(), Malformed> {
    let mut reader = Reader::new(record);
    reader.enter()?;
    while let Some(key) = reader.next_key()? {
        let value = reader.value()?;
        if !COPIED.iter().any(|name| key == *name) {
            continue;
        }
        let Some(text) = value.text() else { continue };
        decoded.clear();
        // Writing to a string cannot fail.
        let _ = write!(decoded, "{text}");
        if key == "eventSource" {
            let service = decoded.find('.').unwrap_or(decoded.len());
            decoded.truncate(service);
            decoded.insert_str(0, "aws.");
            event.feed_text("source", decoded);
        } else if key == "eventType" {
            detail_types(decoded).iter().for_each(|name| event.feed_text("detail-type", name));
        } else if key == "recipientAccountId" {
            event.feed_text("account", decoded);
        } else if key == "awsRegion" {
            event.feed_text("region", decoded);
        } else if key == "eventTime" {
            event.feed_text("time", decoded);
        }
    }
    event.feed_object("detail", &mut Reader::new(record))
}

/// The names that EventBridge gives to events of a CloudTrail eventType. Sign-ins have two: AWS's
/// documentation spells the name in both ways.
fn detail_types(event_type: &str) -> &'static [&'static str] {
    const NAMES: &[(&str, &[&str])] = &[
        ("AwsApiCall", &["AWS API Call via CloudTrail"]),
        ("AwsServiceEvent", &["AWS Service Event via CloudTrail"]),
        ("AwsConsoleAction", &["AWS Console Action via CloudTrail"]),
        (
            "AwsConsoleSignIn",
            &["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"],
        ),
        ("AwsCloudTrailInsight", &["AWS Insight via CloudTrail"]),
    ];
    let name = NAMES.iter().find(|(known, _)| event_type.eq_ignore_ascii_case(known));
    name.map_or(&[], |(_, names)| names)
}

/// The two objects that rules are matched against, as JSON: for people who want to see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Views {
    /// The EventBridge event, for patterns that name `detail` or `detail-type`. Where it has two
    /// names, `detail-type` is the array of both.
    pub event: Vec<u8>,
    /// The input as it stands, for all other patterns.
    pub input: Vec<u8>,
}

impl Views {
    pub(crate) fn new(
        input: &[u8],
        record: Option<&Record<'_, '_>>,
        verdict: Option<&[u8]>,
    ) -> Result<Self, Malformed> {
        let event = match record.map(|record| (record.json, record.event)) {
            Some((json, None)) => envelope(json)?,
            Some((_, Some(around))) => around.to_vec(),
            None => input.to_vec(),
        };
        let with_verdict = |mut object: Vec<u8>| {
            let end = object.iter().rposition(|byte| *byte == b'}');
            if let Some((verdict, end)) = verdict.zip(end) {
                let member = [b",\"signin\":", verdict].concat();
                object.splice(end..end, member);
            }
            object
        };
        Ok(Views { event: with_verdict(event), input: with_verdict(input.to_vec()) })
    }
}

/// The event of [`feed_envelope`] as JSON.
fn envelope(record: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut event = b"{".to_vec();
    let mut reader = Reader::new(record);
    reader.enter()?;
    while let Some(key) = reader.next_key()? {
        let value = reader.value()?;
        let Some(text) = value.text() else { continue };
        if key == "eventSource" {
            let service = text.raw().split(|byte| *byte == b'.').next().unwrap_or_default();
            event.extend([b"\"source\":\"aws.", service, b"\","].concat());
        } else if key == "eventType" {
            let names = detail_types(&text.to_string()).join("\",\"");
            event.extend(format!("\"detail-type\":[\"{names}\"],").bytes());
        }
        let copied =
            [("recipientAccountId", "account"), ("awsRegion", "region"), ("eventTime", "time")];
        if let Some((_, name)) = copied.iter().find(|(from, _)| key == *from) {
            event.extend(format!("\"{name}\":").bytes());
            event.extend_from_slice(value.raw);
            event.push(b',');
        }
    }
    event.extend_from_slice(b"\"detail\":");
    event.extend_from_slice(record);
    event.push(b'}');
    Ok(event)
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
    fn compile(self) -> Half {
        Half { set: RuleSet::compile(&self.patterns), numbers: self.numbers }
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
            return Err(expected("rules", "an object for each rule", rule.at));
        }
        let [id, pattern, correlation, severity, ..] = values;
        let id = id.ok_or_else(|| expected("id", "a string in each rule", rule.at))?;
        let written = id.text().filter(|id| (1..=MAX_RULE_ID).contains(&id.raw().len()));
        let written = written.ok_or_else(|| expected("id", "a string of 1 to 256 bytes", id.at))?;
        let name = written.to_string();
        if self.known.contains_key(&name) {
            return Err(ConfigurationError::DuplicateRule { id: name, at: id.at });
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
                return Err(expected("correlation", sentence, correlation.at));
            }
            (None, None) => {
                let sentence = "an event pattern (or a `correlation` in its place)";
                return Err(expected("pattern", sentence, rule.at));
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
                at: pattern.at + error.at,
                kind: error.kind,
            }
        })?;
        let names_event = parsed.names("detail") || parsed.names("detail-type");
        let half = if parsed.names("attempt") {
            if names_event || parsed.names("signin") {
                let sentence = "a rule for attempts alone (no record is matched beside `attempt`)";
                return Err(expected("pattern", sentence, pattern.at));
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
