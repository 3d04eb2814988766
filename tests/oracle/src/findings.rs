//! Findings of correlation rules over attempts, group by group, over a whole stream at once.

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use crate::attempts::{AttemptSettings, attempts};
use crate::pattern::matches;
use crate::time;

/// A finding closes this long after it opened.
const DAY_MS: i64 = 86_400_000;
/// The most values that are told apart.
const MAX_VALUES: usize = 1000;

/// A correlation rule.
struct Correlation<'c> {
    number: usize,
    rule: &'c Value,
    /// The ids of the rules whose matches count.
    counted: Vec<&'c str>,
    timespan_ms: i64,
}

/// An attempt that counts.
struct Event<'a> {
    /// The number of attempts before it.
    place: usize,
    line: &'a Value,
    time_ms: i64,
}

/// A line with what it is sorted by: the number of attempts before it; whether it is a finding that
/// closes, an attempt, or a finding that opens; for one that closes, its deadline; its rule.
type Positioned = ((usize, u8, i64, usize), Value);

/// The lines of a stream under a configuration with rules over attempts, in the order in which a
/// host emits them. Findings have no `id`, and those that close at the same time for the same rule
/// are in no particular order.
///
/// The stream must be within limits, as for [`attempts`].
///
/// # Panics
/// If a rule is not as `plugin/ABI.md` describes, or its pattern is not one over attempts.
pub fn lines_with_rules(
    records: &[Value],
    settings: AttemptSettings,
    configuration: &Value,
) -> Vec<Value> {
    let rules = configuration["rules"].as_array().expect("rules");
    let mut attempts = attempts(records, settings);
    for attempt in &mut attempts {
        attempt["rules"] = matching_rules(rules, attempt).into();
    }
    let mut lines: Vec<Positioned> = attempts
        .iter()
        .enumerate()
        .map(|(place, attempt)| ((place, 1, 0, 0), attempt.clone()))
        .collect();
    let correlations = rules.iter().filter(|rule| rule.get("correlation").is_some());
    for (number, rule) in correlations.enumerate() {
        for (key, events) in groups(rule, &attempts) {
            let correlation = Correlation::new(number, rule);
            lines.extend(correlation.findings(&key, &events, &attempts));
        }
    }
    if configuration["findings"] != "lifecycle" {
        lines.retain(|(_, line)| line["state"] != "closed");
        lines.iter_mut().for_each(|(_, line)| drop(object(line).shift_remove("state")));
    }
    lines.sort_by_key(|(position, _)| *position);
    lines.into_iter().map(|(_, line)| line).collect()
}

fn matching_rules(rules: &[Value], attempt: &Value) -> Vec<Value> {
    let event = json!({ "attempt": attempt }).to_string();
    let is_match = |rule: &&Value| {
        rule.get("pattern").is_some_and(|pattern| matches(&pattern.to_string(), &event))
    };
    rules.iter().filter(is_match).map(|rule| rule["id"].clone()).collect()
}

/// The attempts that count for a rule, by the values that they have in common, in order of time.
fn groups<'a>(rule: &Value, attempts: &'a [Value]) -> Vec<(Value, Vec<Event<'a>>)> {
    let correlation = Correlation::new(0, rule);
    let mut groups: Vec<(Value, Vec<Event>)> = Vec::new();
    for (place, line) in attempts.iter().enumerate() {
        let is_counted = correlation.counted.iter().any(|id| has_rule(line, id));
        let has_value = match correlation.field() {
            Some(field) => value(line, field).is_some(),
            None => true,
        };
        let Some(key) = correlation.key(line).filter(|_| is_counted && has_value) else { continue };
        let event = Event { place, line, time_ms: time_ms(line, "last_time") };
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, events)) => events.push(event),
            None => groups.push((key, vec![event])),
        }
    }
    groups
}

impl<'c> Correlation<'c> {
    fn new(number: usize, rule: &'c Value) -> Self {
        let timespan = rule["correlation"]["timespan"].as_str().expect("a timespan");
        let (count, unit) = timespan.split_at(timespan.len() - 1);
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => panic!("{timespan}"),
        };
        let timespan_ms = count.parse::<i64>().expect("a number") * seconds * 1000;
        let counted = rule["correlation"]["rules"].as_array().expect("rules");
        let counted = counted.iter().map(|id| id.as_str().expect("an id")).collect();
        Self { number, rule, counted, timespan_ms }
    }

    fn is(&self, kind: &str) -> bool {
        self.rule["correlation"]["type"] == kind
    }

    /// The field whose values are counted.
    fn field(&self) -> Option<&str> {
        self.rule["correlation"]["condition"]["field"].as_str()
    }

    fn threshold(&self) -> usize {
        let condition = &self.rule["correlation"]["condition"];
        let number = |key: &str| condition[key].as_u64();
        number("gte").or(number("gt").map(|more| more + 1)).expect("a threshold") as usize
    }

    /// The values that the rule groups by; `None` if the attempt lacks one.
    fn key(&self, line: &Value) -> Option<Value> {
        let mut key = Map::new();
        let fields = self.rule["correlation"].get("group-by").and_then(Value::as_array);
        for field in fields.into_iter().flatten() {
            let field = field.as_str().expect("a field");
            key.insert(field.to_owned(), value(line, field)?.into());
        }
        Some(key.into())
    }

    /// The lines of all findings in a group.
    fn findings(&self, key: &Value, events: &[Event], attempts: &[Value]) -> Vec<Positioned> {
        let mut lines = Vec::new();
        let mut rest = events;
        while let Some(opening) = (0..rest.len()).find_map(|last| self.opening(&rest[..=last])) {
            let opened = &rest[opening[opening.len() - 1]];
            let mut line = self.line(key, opening.len(), &rest[opening[0]], opened);
            line["events"] =
                opening.iter().filter_map(|index| last_event_id(rest[*index].line)).collect();
            line["state"] = "opened".into();
            lines.push(((opened.place, 2, 0, self.number), line));

            let mut extending = opening;
            let mut seen = extending[extending.len() - 1] + 1;
            let mut unused = seen;
            while let Some(next) = rest.get(seen)
                && next.time_ms <= self.deadline(rest, &extending, opened)
            {
                seen += 1;
                if !self.is("temporal_ordered") {
                    extending.push(seen - 1);
                } else if let Some(chain) = self.opening(&rest[unused..seen]) {
                    extending.extend(chain.iter().map(|index| unused + index));
                    unused = seen;
                }
            }
            let deadline = self.deadline(rest, &extending, opened);
            let place = attempts.iter().position(|line| time_ms(line, "last_time") > deadline);
            let position = (place.unwrap_or(attempts.len()), 0, deadline, self.number);
            lines.push((position, self.closed(key, rest, &extending)));
            rest = &rest[seen..];
        }
        lines
    }

    /// The last time at which an event can extend a finding.
    fn deadline(&self, events: &[Event], finding: &[usize], opened: &Event) -> i64 {
        let last = &events[finding[finding.len() - 1]];
        (last.time_ms + self.timespan_ms).min(opened.time_ms + DAY_MS)
    }

    /// The events, of which the last one is new, that meet the condition together.
    fn opening(&self, events: &[Event]) -> Option<Vec<usize>> {
        let last = events.last()?;
        let is_recent = |event: &Event| last.time_ms - event.time_ms <= self.timespan_ms;
        let recent = (0..events.len()).filter(|index| is_recent(&events[*index]));
        let recent: Vec<usize> = recent.collect();
        if self.is("temporal_ordered") {
            let chain = self.chain(events, &recent, self.counted.len())?;
            return chain.ends_with(&[events.len() - 1]).then_some(chain);
        }
        // Of the events with the same value, the last one.
        let is_latest = |index: &usize| match self.field() {
            Some(field) => {
                let is_same =
                    |later: &Event| value(later.line, field) == value(events[*index].line, field);
                !events[index + 1..].iter().any(is_same)
            }
            None => true,
        };
        let counted: Vec<usize> = recent.into_iter().filter(is_latest).collect();
        (counted.len() >= self.threshold()).then_some(counted)
    }

    /// The latest event of the last of some steps that leaves events for those before it.
    fn chain(&self, events: &[Event], recent: &[usize], steps: usize) -> Option<Vec<usize>> {
        let Some(step) = steps.checked_sub(1) else { return Some(Vec::new()) };
        (0..recent.len()).rev().find_map(|place| {
            let fits = has_rule(events[recent[place]].line, self.counted[step]);
            let mut chain = fits.then(|| self.chain(events, &recent[..place], step))??;
            chain.push(recent[place]);
            Some(chain)
        })
    }

    fn closed(&self, key: &Value, events: &[Event], finding: &[usize]) -> Value {
        let (first, last) = (&events[finding[0]], &events[finding[finding.len() - 1]]);
        let mut values: Vec<&str> = Vec::new();
        for index in finding {
            let value = self.field().and_then(|field| value(events[*index].line, field));
            if let Some(value) = value
                && values.len() < MAX_VALUES
                && !values.contains(&value)
            {
                values.push(value);
            }
        }
        let values = self.field().map(|_| values.len());
        let mut line = self.line(key, values.unwrap_or(finding.len()), first, last);
        line["events"] = last_event_id(last.line).into_iter().collect();
        line["state"] = "closed".into();
        line["matches"] = finding.len().into();
        line["values"] = values.into();
        line
    }

    fn line(&self, key: &Value, count: usize, first: &Event, last: &Event) -> Value {
        json!({
            "type": "finding",
            "rule": self.rule["id"],
            "severity": self.rule["severity"],
            "key": key,
            "count": count,
            "first_time": first.line["last_time"],
            "last_time": last.line["last_time"],
        })
    }
}

/// The value of a field that is counted by. The name of a host is no address.
fn value<'a>(line: &'a Value, field: &str) -> Option<&'a str> {
    line[field].as_str().filter(|text| field != "source_ip" || text.parse::<IpAddr>().is_ok())
}

fn has_rule(line: &Value, id: &str) -> bool {
    line["rules"].as_array().expect("rules").iter().any(|rule| rule == id)
}

fn last_event_id(line: &Value) -> Option<Value> {
    line["events"].as_array().expect("eventIDs").last().cloned()
}

fn time_ms(line: &Value, key: &str) -> i64 {
    line[key].as_str().and_then(time::parse).expect("a time")
}

fn object(line: &mut Value) -> &mut Map<String, Value> {
    line.as_object_mut().expect("an object")
}
