//! Random events, whose findings are compared with those of a simple specification.

use alloc::string::ToString;

use fastrand::Rng;

use super::window::Window;
use super::*;

/// A source that is not an address.
const HOST: &str = "AWS Internal";

/// The specification of a correlation rule: it keeps every event, and evaluates each anew.
struct Oracle {
    spec: CorrelationSpec,
    events: Vec<TestEvent>,
    /// For each event whether no later finding can contain it.
    consumed: Vec<bool>,
    open: Vec<Open>,
    spec_index: usize,
}

/// An open finding.
struct Open {
    first_time: Time,
    opened: Time,
    /// The events in it, in order of time.
    events: Vec<usize>,
}

impl Oracle {
    /// The findings that close before `time`, each with its deadline and the key of its group.
    fn close(&mut self, time: Time) -> Vec<((Time, usize, Key), Finding)> {
        let (closed, open) =
            mem::take(&mut self.open).into_iter().partition(|open| self.deadline(open) < time);
        self.open = open;
        let mut findings = Vec::new();
        for open in closed {
            self.consume(open.events[0]);
            let last = open.events[open.events.len() - 1];
            let matches = open.events.len() as u32;
            let values = match self.spec.condition {
                CorrelationCondition::ValueCount { field, .. } => {
                    let mut values: Vec<_> =
                        open.events.iter().map(|event| self.value(*event, field)).collect();
                    values.sort_unstable();
                    values.dedup();
                    Some(values.len() as u32)
                }
                _ => None,
            };
            let fields = &self.spec.group_by;
            let group = fields.iter().map(|field| self.value(last, *field)).collect::<Vec<_>>();
            let finding = Finding {
                spec_index: self.spec_index,
                state: FindingState::Closed { matches, values },
                identity: self.identity(last),
                count: values.unwrap_or(matches),
                first_time: open.first_time,
                last_time: self.events[last].time,
                event_ids: self.events[last].event_id.iter().cloned().collect(),
            };
            let deadline = (self.deadline(&open), self.spec_index, Key::new(0, &group));
            findings.push((deadline, finding));
        }
        findings
    }

    fn deadline(&self, open: &Open) -> Time {
        let last_time = self.events[open.events[open.events.len() - 1]].time;
        let silence = Time::from(self.spec.timespan_seconds) * SECOND;
        (last_time + silence).min(open.opened + 24 * 3600 * SECOND)
    }

    /// Adds an event. Returns the finding that it opens.
    fn process(&mut self, event: &TestEvent) -> Option<Finding> {
        let latest = self.events.last().map_or(Time::MIN, |event| event.time);
        self.events.push(TestEvent { time: latest.max(event.time), ..event.clone() });
        self.consumed.push(false);
        let last = self.events.len() - 1;
        if !self.counts(last, last) {
            return None;
        }
        let is_open = |open: &Open| self.is_in_group(open.events[0], last);
        if let Some(index) = self.open.iter().position(is_open) {
            let added = match self.spec.condition {
                CorrelationCondition::TemporalOrdered => self.sequence()?,
                _ => vec![last],
            };
            self.open[index].events.extend(added);
            self.consume(last);
            return None;
        }
        let entries = match self.spec.condition {
            CorrelationCondition::EventCount { threshold } => {
                self.latest(last, threshold, |one, other| one == other)
            }
            CorrelationCondition::ValueCount { field, threshold } => {
                self.latest(last, threshold, |one, other| {
                    self.value(one, field) == self.value(other, field)
                })
            }
            CorrelationCondition::TemporalOrdered => self.sequence(),
        }?;
        self.consume(last);
        let (first_time, opened) = (self.events[entries[0]].time, self.events[last].time);
        self.open.push(Open { first_time, opened, events: entries.clone() });
        Some(Finding {
            spec_index: self.spec_index,
            state: FindingState::Opened,
            identity: self.identity(last),
            count: entries.len() as u32,
            first_time,
            last_time: opened,
            event_ids: entries
                .iter()
                .filter_map(|event| self.events[*event].event_id.clone())
                .collect(),
        })
    }

    /// Consumes all events in the group of one.
    fn consume(&mut self, one: usize) {
        for event in 0..self.events.len() {
            self.consumed[event] |= self.is_in_group(event, one);
        }
    }

    /// A complete sequence that ends with the last event.
    fn sequence(&self) -> Option<Vec<usize>> {
        let last = self.events.len() - 1;
        self.chain(self.spec.rules.len(), last + 1).filter(|chain| chain.ends_with(&[last]))
    }

    /// The values of an event in the fields of the group, and no others.
    fn identity(&self, event: usize) -> Identity {
        let value = |field: &IdentityField| {
            let is_grouped = self.spec.group_by.contains(field);
            self.events[event].identity.get(*field).filter(|_| is_grouped)
        };
        let values: Vec<_> = IdentityField::ALL.iter().map(value).collect();
        Identity::new(values.try_into().unwrap())
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

/// A specification with up to four different rules and a timespan of up to 60 `units` of a second.
fn random_spec(random: &mut Rng, units: u32) -> CorrelationSpec {
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
        timespan_seconds: random.u32(1..60) * units,
        condition,
    }
}

fn random_event(random: &mut Rng, clock: &mut Time, units: u32) -> TestEvent {
    let step = random.choice([0, 0, 1, 500, 1000, 1000, 7000, -2000, 40_000]).unwrap_or(0);
    *clock += step * Time::from(units);
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

/// How often what must not be rare occurred.
#[derive(Debug, Default)]
struct Tally {
    /// By condition.
    opened: [usize; 3],
    extended: [usize; 3],
    /// Closed by silence, after a day, and at the end.
    closed: [usize; 3],
}

impl Tally {
    fn add(&mut self, finding: &Finding, spec: &CorrelationSpec, cause: usize) {
        let condition = match spec.condition {
            CorrelationCondition::EventCount { .. } => 0,
            CorrelationCondition::ValueCount { .. } => 1,
            CorrelationCondition::TemporalOrdered => 2,
        };
        match finding.state {
            FindingState::Opened => self.opened[condition] += 1,
            FindingState::Closed { matches, .. } => {
                self.closed[cause] += 1;
                let minimum = match spec.condition {
                    CorrelationCondition::EventCount { threshold }
                    | CorrelationCondition::ValueCount { threshold, .. } => threshold,
                    CorrelationCondition::TemporalOrdered => spec.rules.len() as u32,
                };
                self.extended[condition] += usize::from(matches > minimum);
            }
        }
    }
}

/// What all oracles expect to close before `time`, in order, with the cause.
fn expect_closed(oracles: &mut [Oracle], time: Time) -> Vec<(usize, Finding)> {
    let mut closed: Vec<_> = oracles.iter_mut().flat_map(|oracle| oracle.close(time)).collect();
    closed.sort_by_key(|(deadline, _)| *deadline);
    let cause = |((deadline, ..), finding): ((Time, usize, Key), Finding)| {
        let spec = &oracles[finding.spec_index].spec;
        let silence = Time::from(spec.timespan_seconds) * SECOND;
        (usize::from(deadline != finding.last_time + silence), finding)
    };
    closed.into_iter().map(cause).collect()
}

#[test]
fn agrees_with_the_oracle() {
    let mut tally = Tally::default();
    for seed in 0..150 {
        let mut random = Rng::with_seed(seed);
        // Seconds, or hours, so that findings last a day.
        let units = if seed % 3 == 0 { 3600 } else { 1 };
        let specs: Vec<_> =
            (0..3).map(|number| (spec_key(number), random_spec(&mut random, units))).collect();
        let oracle = |(spec_index, (_, spec)): (usize, &(Key, CorrelationSpec))| Oracle {
            spec: spec.clone(),
            events: Vec::new(),
            consumed: Vec::new(),
            open: Vec::new(),
            spec_index,
        };
        let mut oracles: Vec<_> = specs.iter().enumerate().map(oracle).collect();
        let mut correlator = Correlator::new(specs.clone(), 1000);
        let mut clock = 0;
        let mut latest = Time::MIN;
        for _ in 0..150 {
            if random.u8(..20) == 0 {
                let mut state = Vec::new();
                correlator.encode(&mut state);
                let mut reader = StateReader::new(&state);
                correlator = Correlator::decode(specs.clone(), 1000, &mut reader).unwrap();
                assert_eq!(reader.remaining(), 0);
            }
            let event = random_event(&mut random, &mut clock, units);
            latest = latest.max(event.time);
            let mut expected = expect_closed(&mut oracles, latest);
            expected
                .extend(oracles.iter_mut().filter_map(|oracle| Some((0, oracle.process(&event)?))));
            let mut found = Vec::new();
            if random.bool() {
                found.extend(core::iter::from_fn(|| correlator.next_closed(latest)));
            }
            found.extend(process(&mut correlator, &event));
            let (causes, expected): (Vec<_>, Vec<_>) = expected.into_iter().unzip();
            assert_eq!(found, expected, "seed {seed}: {specs:?}");
            for (cause, finding) in causes.into_iter().zip(expected) {
                tally.add(&finding, &specs[finding.spec_index].1, cause);
            }
        }
        let expected = expect_closed(&mut oracles, Time::MAX);
        for (_, expected) in expected {
            assert_eq!(correlator.next_closed(Time::MAX).as_ref(), Some(&expected), "seed {seed}");
            tally.add(&expected, &specs[expected.spec_index].1, 2);
        }
        assert_eq!(correlator.next_closed(Time::MAX), None);
    }
    let Tally { opened, extended, closed } = &tally;
    assert!([opened, extended, closed].into_iter().flatten().all(|count| *count > 50), "{tally:?}");
}

#[test]
fn the_size_of_a_window_is_bounded() {
    for seed in 0..50 {
        let mut random = Rng::with_seed(seed);
        let spec = CorrelationSpec { group_by: Vec::new(), ..random_spec(&mut random, 1) };
        let limit = match spec.condition {
            CorrelationCondition::EventCount { threshold }
            | CorrelationCondition::ValueCount { threshold, .. } => threshold as usize,
            CorrelationCondition::TemporalOrdered => spec.rules.len() * (spec.rules.len() - 1) / 2,
        };
        let mut window = Window::default();
        for _ in 0..300 {
            let event = random_event(&mut random, &mut 0, 1);
            let value = Key::new(0, &[event.identity.get(IdentityField::User)]);
            let entry = Entry { time: event.time, event_id: event.event_id, value };
            window.add(entry, &event.rules, &spec);
            assert!(window.len() <= limit, "{spec:?}");
        }
    }
}

#[test]
fn corrupted_states_are_rejected_or_work() {
    let mut random = Rng::with_seed(7);
    let mut loaded = 0;
    for _ in 0..500 {
        let specs: Vec<_> =
            (0..3).map(|number| (spec_key(number), random_spec(&mut random, 1))).collect();
        let mut correlator = Correlator::new(specs.clone(), 1000);
        let mut clock = 0;
        for _ in 0..20 {
            process(&mut correlator, &random_event(&mut random, &mut clock, 1));
        }
        let mut state = Vec::new();
        correlator.encode(&mut state);
        for _ in 0..random.usize(1..4) {
            let index = random.usize(..state.len());
            state[index] = random.u8(..);
        }
        let length = if random.bool() { state.len() } else { random.usize(..state.len()) };
        // Other specifications with the same keys.
        let others = specs.into_iter().map(|(key, _)| (key, random_spec(&mut random, 1)));
        let others = others.collect();
        if let Ok(mut correlator) =
            Correlator::decode(others, 1000, &mut StateReader::new(&state[..length]))
        {
            loaded += 1;
            for _ in 0..20 {
                process(&mut correlator, &random_event(&mut random, &mut clock, 1));
            }
        }
    }
    assert!((25..475).contains(&loaded), "{loaded}");
}
