//! Random events, whose findings are compared with those of a simple specification.

use alloc::string::ToString;

use fastrand::Rng;

use super::*;

/// A source that is not an address.
const HOST: &str = "AWS Internal";

/// The specification of a correlation rule: it keeps every event, and evaluates each anew.
struct Oracle {
    spec: CorrelationSpec,
    events: Vec<TestEvent>,
    /// For each event whether a finding has consumed it.
    consumed: Vec<bool>,
    spec_index: usize,
}

impl Oracle {
    fn process(&mut self, event: &TestEvent) -> Option<Finding> {
        let latest = self.events.last().map_or(Time::MIN, |event| event.time);
        self.events.push(TestEvent { time: latest.max(event.time), ..event.clone() });
        self.consumed.push(false);
        let last = self.events.len() - 1;
        let entries = match self.spec.condition {
            CorrelationCondition::EventCount { threshold } => {
                self.latest(last, threshold, |one, other| one == other)
            }
            CorrelationCondition::ValueCount { field, threshold } => {
                self.latest(last, threshold, |one, other| {
                    self.value(one, field) == self.value(other, field)
                })
            }
            CorrelationCondition::TemporalOrdered => {
                self.chain(self.spec.rules.len(), last + 1).filter(|chain| chain.ends_with(&[last]))
            }
        }?;
        for event in 0..=last {
            self.consumed[event] |= self.is_in_group(event, last);
        }
        Some(Finding {
            spec_index: self.spec_index,
            count: entries.len() as u32,
            first_time: self.events[entries[0]].time,
            last_time: self.events[last].time,
            event_ids: entries
                .iter()
                .filter_map(|event| self.events[*event].event_id.clone())
                .collect(),
        })
    }

    /// The value that counts. The name of a host is not an address.
    fn value(&self, event: usize, field: IdentityField) -> Option<&str> {
        self.events[event].identity.get(field).filter(|value| *value != HOST)
    }

    fn is_in_group(&self, event: usize, last: usize) -> bool {
        let value = |event: usize, field: &IdentityField| self.value(event, *field);
        self.spec
            .group_by
            .iter()
            .all(|field| value(event, field).is_some() && value(event, field) == value(last, field))
    }

    /// Whether an event can be part of a finding that the last one completes.
    fn counts(&self, event: usize, last: usize) -> bool {
        let timespan = Time::from(self.spec.timespan_seconds) * SECOND;
        let has_value = match self.spec.condition {
            CorrelationCondition::ValueCount { field, .. } => self.value(event, field).is_some(),
            _ => true,
        };
        !self.consumed[event]
            && has_value
            && self.is_in_group(event, last)
            && self.spec.rules.iter().any(|rule| self.events[event].rules.contains(rule))
            && self.events[last].time - self.events[event].time <= timespan
    }

    /// The last `threshold` of the events that are not the same as a later one.
    fn latest(
        &self,
        last: usize,
        threshold: u32,
        is_same: impl Fn(usize, usize) -> bool,
    ) -> Option<Vec<usize>> {
        let mut entries: Vec<usize> = Vec::new();
        for event in (0..=last).rev().filter(|event| self.counts(*event, last)) {
            if !entries.iter().any(|other| is_same(*other, event)) {
                entries.push(event);
            }
        }
        entries.truncate(threshold as usize);
        entries.reverse();
        (entries.last() == Some(&last) && entries.len() == threshold as usize).then_some(entries)
    }

    /// Events for the first `steps` rules, before the index `before`: the latest event for the last
    /// step that leaves events for the steps before it.
    fn chain(&self, steps: usize, before: usize) -> Option<Vec<usize>> {
        let Some(step) = steps.checked_sub(1) else { return Some(Vec::new()) };
        let last = self.events.len() - 1;
        (0..before).rev().find_map(|event| {
            let fits = self.counts(event, last)
                && self.events[event].rules.contains(&self.spec.rules[step]);
            let mut chain = fits.then(|| self.chain(step, event))??;
            chain.push(event);
            Some(chain)
        })
    }
}

/// A specification with up to four different rules and a timespan of up to a minute.
fn random_spec(random: &mut Rng) -> CorrelationSpec {
    let fields = [IdentityField::Identity, IdentityField::SourceIp, IdentityField::Account];
    let mut group_by = fields[..2].to_vec();
    group_by.truncate(random.usize(..=2));
    let condition = match random.u8(..3) {
        0 => event_count(random.u32(1..6)),
        1 => CorrelationCondition::ValueCount {
            field: fields[random.usize(..3)],
            threshold: random.u32(1..5),
        },
        _ => CorrelationCondition::TemporalOrdered,
    };
    CorrelationSpec {
        rules: (0..random.usize(2..6)).map(|_| rule(random.u64(..4))).collect(),
        group_by,
        timespan_seconds: random.u32(1..60),
        condition,
    }
}

fn random_event(random: &mut Rng, clock: &mut Time) -> TestEvent {
    *clock += random.choice([0, 0, 1, 500, 1000, 1000, 7000, -2000, 40_000]).unwrap_or(0);
    let mut text = |texts: [&'static str; 3]| {
        let index = random.choice([Some(0), Some(0), Some(1), Some(2), None]).flatten();
        index.map(|index: usize| texts[index])
    };
    let texts = ["a", "b", "c"];
    let addresses = ["192.0.2.1", "2001:db8:20::d417", HOST];
    let values = [text(texts), text(texts), text(texts), text(addresses), text(texts)];
    TestEvent {
        time: *clock,
        event_id: (random.u8(..8) > 0).then(|| EventId::new(&random.u16(..).to_string())),
        identity: Identity::new(values),
        rules: (0..random.usize(..3)).map(|_| rule(random.u64(..4))).collect(),
    }
}

#[test]
fn agrees_with_the_oracle() {
    let mut findings = [0_usize; 3];
    for seed in 0..150 {
        let mut random = Rng::with_seed(seed);
        let specs: Vec<_> =
            (0..3).map(|number| (spec_key(number), random_spec(&mut random))).collect();
        let oracle = |(spec_index, (_, spec)): (usize, &(Key, CorrelationSpec))| Oracle {
            spec: spec.clone(),
            events: Vec::new(),
            consumed: Vec::new(),
            spec_index,
        };
        let mut oracles: Vec<_> = specs.iter().enumerate().map(oracle).collect();
        let mut correlator = Correlator::new(specs.clone(), 1000);
        let mut clock = 0;
        for _ in 0..150 {
            if random.u8(..20) == 0 {
                let mut state = Vec::new();
                correlator.encode(&mut state);
                let mut reader = StateReader::new(&state);
                correlator = Correlator::decode(specs.clone(), 1000, &mut reader).unwrap();
                assert_eq!(reader.remaining(), 0);
            }
            let event = random_event(&mut random, &mut clock);
            let expected: Vec<_> =
                oracles.iter_mut().filter_map(|oracle| oracle.process(&event)).collect();
            assert_eq!(process(&mut correlator, &event), expected, "seed {seed}: {specs:?}");
            for finding in expected {
                findings[match specs[finding.spec_index].1.condition {
                    CorrelationCondition::EventCount { .. } => 0,
                    CorrelationCondition::ValueCount { .. } => 1,
                    CorrelationCondition::TemporalOrdered => 2,
                }] += 1;
            }
        }
    }
    assert!(findings.iter().all(|count| *count > 200), "{findings:?}");
}

#[test]
fn the_size_of_a_group_is_bounded() {
    for seed in 0..50 {
        let mut random = Rng::with_seed(seed);
        let spec = CorrelationSpec { group_by: Vec::new(), ..random_spec(&mut random) };
        let limit = match spec.condition {
            CorrelationCondition::EventCount { threshold }
            | CorrelationCondition::ValueCount { threshold, .. } => threshold as usize,
            CorrelationCondition::TemporalOrdered => spec.rules.len() * (spec.rules.len() - 1) / 2,
        };
        let mut group = Group::default();
        for _ in 0..300 {
            let event = random_event(&mut random, &mut 0);
            let value = Key::new(0, &[event.identity.get(IdentityField::User)]);
            let entry = Entry { time: event.time, event_id: event.event_id, value };
            group.add(entry, &event.rules, &spec);
            assert!(group.len() <= limit, "{spec:?}");
        }
    }
}

#[test]
fn corrupted_states_are_rejected_or_work() {
    let mut random = Rng::with_seed(7);
    let mut loaded = 0;
    for _ in 0..500 {
        let specs: Vec<_> =
            (0..3).map(|number| (spec_key(number), random_spec(&mut random))).collect();
        let mut correlator = Correlator::new(specs.clone(), 1000);
        let mut clock = 0;
        for _ in 0..20 {
            process(&mut correlator, &random_event(&mut random, &mut clock));
        }
        let mut state = Vec::new();
        correlator.encode(&mut state);
        for _ in 0..random.usize(1..4) {
            let index = random.usize(..state.len());
            state[index] = random.u8(..);
        }
        let length = if random.bool() { state.len() } else { random.usize(..state.len()) };
        // Other specifications with the same keys.
        let others = specs.into_iter().map(|(key, _)| (key, random_spec(&mut random)));
        let others = others.collect();
        if let Ok(mut correlator) =
            Correlator::decode(others, 1000, &mut StateReader::new(&state[..length]))
        {
            loaded += 1;
            for _ in 0..20 {
                process(&mut correlator, &random_event(&mut random, &mut clock));
            }
        }
    }
    assert!((25..475).contains(&loaded), "{loaded}");
}
