//! The state of a stream: attempts that are open, and windows of counted rules.

use alloc::vec::Vec;

use sekisho_attempts::{
    Attempt, Conclusion, CorrelationEvent, CorrelationSpec, Correlator, Emitted, EventId,
    IdentityField, Key, RuleMatch, Snapshot, StreamCounters, Time, Tracker, decode_state,
    encode_state, write_time,
};
use sekisho_signin::Reason;

use crate::encode::encode_rules;
use crate::rules::{Matcher, Rules};
use crate::text::{encode_string, write};
use crate::{Configuration, Error};

/// At most so many bytes are told at once, and a line more.
pub(crate) const MAX_TOLD: usize = 1 << 20;

/// What a stream has left so far.
#[derive(Debug)]
pub(crate) struct Attempts {
    pub(crate) tracker: Tracker,
    correlator: Correlator,
    /// How many findings were told.
    findings: u64,
    /// The parts of a state that is being restored.
    parts: Vec<u8>,
}

impl Default for Attempts {
    fn default() -> Self {
        Attempts {
            tracker: Tracker::default(),
            correlator: Correlator::new(Vec::new(), 0),
            findings: 0,
            parts: Vec::new(),
        }
    }
}

/// What became of a part of a saved state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restored {
    /// It was the last: the state is restored.
    Done,
    /// More parts are to come.
    Partly,
}

impl Attempts {
    /// Goes on under another configuration.
    pub(crate) fn configure(&mut self, configuration: &Configuration) {
        let settings = configuration.attempts;
        self.tracker.configure(settings);
        self.correlator.configure(correlation_specs(configuration), settings.keys);
    }

    /// Appends the lines of what can be told next. False if nothing can.
    pub(crate) fn tell(
        &mut self,
        rules: Option<&Rules>,
        matcher: &mut Matcher,
        output: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        match self.tracker.next_ready() {
            None => return Ok(false),
            Some(Emitted::Attempt(attempt)) => {
                self.tell_attempt(&attempt, rules, matcher, output)?
            }
            Some(Emitted::RuleMatch(RuleMatch { time, event_id, identity, rules: keys })) => {
                let time = time.unwrap_or(Time::MIN);
                let event = CorrelationEvent {
                    time,
                    event_id: event_id.as_ref(),
                    identity: &identity,
                    rules: &keys,
                };
                self.count(&event, rules, output);
            }
        }
        Ok(true)
    }

    fn tell_attempt(
        &mut self,
        attempt: &Attempt,
        rules: Option<&Rules>,
        matcher: &mut Matcher,
        output: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let start = output.len();
        encode_attempt(attempt, output);
        output.push(b'}');
        if let Some(rules) = rules {
            rules.find_attempt(&output[start..], matcher)?;
            output.pop();
            encode_rules(rules.matched(matcher), output);
        }
        output.push(b'\n');
        let keys: Vec<_> = rules.iter().flat_map(|rules| rules.counted(matcher)).collect();
        let time = attempt.times.map_or(Time::MIN, |(_, last)| last);
        let event = CorrelationEvent {
            time,
            event_id: attempt.event_ids.last(),
            identity: &attempt.identity,
            rules: &keys,
        };
        self.count(&event, rules, output);
        Ok(())
    }

    /// Counts an item, and appends the findings that it completes.
    fn count(&mut self, event: &CorrelationEvent<'_>, rules: Option<&Rules>, output: &mut Vec<u8>) {
        let Some(rules) = rules else { return };
        let Attempts { correlator, findings, .. } = self;
        correlator.process(event, &mut |finding| {
            *findings += 1;
            rules.encode_finding(&finding, event.identity, output);
        });
    }

    /// What went through, and what is held; windows count with attempts.
    pub(crate) fn counters(&self) -> StreamCounters {
        let mut counters = self.tracker.counters();
        counters.findings = self.findings;
        counters.evicted += self.correlator.evicted();
        counters.keys += self.correlator.groups() as u64;
        counters
    }

    /// Appends the state.
    pub(crate) fn save(&self, output: &mut Vec<u8>) {
        encode_state(output, |to| {
            self.tracker.encode(to);
            self.findings.encode(to);
            self.correlator.encode(to);
        });
    }

    /// Takes the next part of a saved state, and with the last one the state. An empty part means
    /// that no more come.
    pub(crate) fn restore(
        &mut self,
        part: &[u8],
        configuration: &Configuration,
    ) -> Result<Restored, Error> {
        let mut parts = core::mem::take(&mut self.parts);
        parts.try_reserve(part.len())?;
        parts.extend_from_slice(part);
        let Some(mut content) = decode_state(&parts, !part.is_empty())? else {
            self.parts = parts;
            return Ok(Restored::Partly);
        };
        let settings = configuration.attempts;
        let mut restored = Attempts {
            tracker: Tracker::decode(&mut content)?,
            findings: u64::decode(&mut content)?,
            correlator: Correlator::decode(
                correlation_specs(configuration),
                settings.keys,
                &mut content,
            )?,
            parts: Vec::new(),
        };
        if content.remaining() > 0 {
            return Err(content.expected("the end").into());
        }
        restored.tracker.configure(settings);
        *self = restored;
        Ok(Restored::Done)
    }
}

/// What the counted rules of a configuration ask for.
fn correlation_specs(configuration: &Configuration) -> Vec<(Key, CorrelationSpec)> {
    configuration.rules.as_ref().map(Rules::windows).unwrap_or_default()
}

/// Appends an attempt's JSON object, but for its closing brace.
pub(crate) fn encode_attempt(attempt: &Attempt, output: &mut Vec<u8>) {
    let conclusion = attempt.conclusion();
    let Conclusion { outcome, reason, principal, mfa, user_exists, .. } = conclusion;
    output.extend_from_slice(b"{\"type\":\"attempt\"");
    for (key, value) in [
        ("outcome", Some(outcome.name())),
        ("reason", reason.map(Reason::name)),
        ("principal", Some(principal.name())),
        ("mfa", Some(mfa.name())),
        ("user_exists", Some(user_exists.name())),
    ] {
        encode_member(key, value, output);
    }
    for field in IdentityField::ALL {
        encode_member(field.name(), attempt.identity.get(*field), output);
    }
    encode_times(attempt.times, output);
    output.extend_from_slice(b",\"events\":");
    encode_ids(&attempt.event_ids, output);
    write(output, format_args!(",\"failures_before\":{},\"flags\":[", attempt.failures_before()));
    let flags = [
        ("abandoned_at_mfa", conclusion.abandoned_at_mfa),
        ("inconsistent", conclusion.inconsistent),
        ("late", attempt.late),
        ("evicted", attempt.evicted),
    ];
    for (index, (flag, _)) in flags.iter().filter(|(_, is_set)| *is_set).enumerate() {
        output.extend_from_slice(if index == 0 { b"\"" } else { b",\"" });
        output.extend_from_slice(flag.as_bytes());
        output.push(b'"');
    }
    output.push(b']');
}

fn encode_member(key: &str, value: Option<&str>, output: &mut Vec<u8>) {
    output.extend_from_slice(b",\"");
    output.extend_from_slice(key.as_bytes());
    output.extend_from_slice(b"\":");
    encode_string(value, output);
}

/// Appends when something began and ended.
pub(crate) fn encode_times(times: Option<(Time, Time)>, output: &mut Vec<u8>) {
    let times =
        [("first_time", times.map(|times| times.0)), ("last_time", times.map(|times| times.1))];
    for (key, time) in times {
        output.extend_from_slice(b",\"");
        output.extend_from_slice(key.as_bytes());
        match time {
            Some(time) => {
                output.extend_from_slice(b"\":\"");
                write_time(time, output);
                output.push(b'"');
            }
            None => output.extend_from_slice(b"\":null"),
        }
    }
}

/// Appends eventIDs as an array.
pub(crate) fn encode_ids(ids: &[EventId], output: &mut Vec<u8>) {
    output.push(b'[');
    for (index, id) in ids.iter().enumerate() {
        if index > 0 {
            output.push(b',');
        }
        match id {
            EventId::Text(text) => encode_string(Some(text), output),
            EventId::Uuid(bytes) => {
                output.push(b'"');
                EventId::write_uuid(bytes, output);
                output.push(b'"');
            }
        }
    }
    output.push(b']');
}
