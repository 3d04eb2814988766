use alloc::string::{String, ToString};
use alloc::vec;

use fastrand::Rng;

use super::*;

const SECOND: Time = 1000;

fn rule(number: u64) -> Key {
    Key::new(number, &[])
}

fn definition(number: u64) -> Key {
    Key::new(100 + number, &[])
}

fn window(
    rules: &[u64],
    timespan_seconds: u32,
    condition: CorrelationCondition,
) -> CorrelationSpec {
    CorrelationSpec {
        rules: rules.iter().copied().map(rule).collect(),
        group_by: vec![IdentityField::User],
        timespan_seconds,
        condition,
    }
}

fn count(threshold: u32) -> CorrelationCondition {
    CorrelationCondition::EventCount { threshold }
}

fn values(threshold: u32) -> CorrelationCondition {
    CorrelationCondition::ValueCount { field: IdentityField::SourceIp, threshold }
}

/// An item as tests write it.
#[derive(Clone, Debug)]
struct Given {
    time: Time,
    event_id: Option<EventId>,
    identity: Identity,
    rules: Vec<Key>,
}

fn identity(user: &str, source_ip: Option<&str>) -> Identity {
    Identity::new([None, None, Some(user), source_ip])
}

/// An item of one user.
fn given(seconds: Time, event_id: &str, rules: &[u64]) -> Given {
    Given {
        time: seconds * SECOND,
        event_id: Some(EventId::new(event_id)),
        identity: identity("anaya", None),
        rules: rules.iter().copied().map(rule).collect(),
    }
}

fn feed(correlator: &mut Correlator, given: &Given) -> Vec<Finding> {
    let Given { time, event_id, identity, rules } = given;
    let mut found = Vec::new();
    let item = CorrelationEvent { time: *time, event_id: event_id.as_ref(), identity, rules };
    correlator.process(&item, &mut |finding| found.push(finding));
    found
}

/// The ids of each finding that these items make.
fn found(window: CorrelationSpec, items: &[Given]) -> Vec<Vec<String>> {
    let mut correlator = Correlator::new(vec![(definition(0), window)], 10);
    let findings = items.iter().flat_map(|given| feed(&mut correlator, given));
    findings.map(|finding| finding.event_ids.iter().map(ToString::to_string).collect()).collect()
}

/// Items of rule 1 at these seconds, each with its number as id.
fn at(seconds: &[Time]) -> Vec<Given> {
    seconds.iter().enumerate().map(|(at, time)| given(*time, &at.to_string(), &[1])).collect()
}

#[test]
fn items_of_exactly_the_timespan_are_within_it() {
    let three = window(&[1], 60, count(3));
    assert_eq!(found(three.clone(), &at(&[0, 60, 60])), [["0", "1", "2"]]);
    assert!(found(three.clone(), &at(&[0, 60, 61])).is_empty());
    let mut late = at(&[0, 60, 60]);
    late[2].time += 1;
    assert!(found(three.clone(), &late).is_empty());
    assert_eq!(found(three, &at(&[0, 40, 61, 100])), [["1", "2", "3"]]);
}

#[test]
fn items_are_used_up() {
    let three = window(&[1, 2], 60, count(3));
    assert_eq!(found(three.clone(), &at(&[0; 5])).len(), 1);
    assert_eq!(found(three.clone(), &at(&[0; 6])), [["0", "1", "2"], ["3", "4", "5"]]);
    assert_eq!(found(window(&[1], 1, count(1)), &at(&[0, 0])), [["0"], ["1"]]);
    let both = [given(0, "a", &[1, 2]), given(0, "b", &[2, 1, 3]), given(0, "c", &[3])];
    assert!(found(three, &both).is_empty(), "an item counts once");
}

#[test]
fn an_earlier_time_is_that_of_the_item_before() {
    let two = window(&[1], 60, count(2));
    let mut correlator = Correlator::new(vec![(definition(0), two)], 10);
    assert!(feed(&mut correlator, &given(100, "a", &[])).is_empty());
    assert!(feed(&mut correlator, &given(10, "b", &[1])).is_empty());
    let finding = feed(&mut correlator, &given(160, "c", &[1])).remove(0);
    assert_eq!((finding.first_time, finding.last_time), (100 * SECOND, 160 * SECOND));
    assert_eq!((finding.spec_index, finding.count), (0, 2));
}

#[test]
fn an_item_without_a_time_counts_once_one_is_known() {
    let unknown = |event_id| Given { time: Time::MIN, ..given(0, event_id, &[1]) };
    let items =
        [unknown("a"), unknown("b"), given(5, "c", &[]), unknown("d"), given(65, "e", &[1])];
    assert_eq!(found(window(&[1], 60, count(2)), &items), [["d", "e"]]);
}

#[test]
fn of_each_value_the_latest_counts() {
    let item = |seconds, event_id, address| Given {
        identity: identity("anaya", address),
        ..given(seconds, event_id, &[1])
    };
    let items = [
        item(0, "a", Some("192.0.2.1")),
        item(10, "b", Some("192.0.2.2")),
        item(20, "c", None),
        item(30, "d", Some("192.0.2.1")),
        item(70, "e", Some("192.0.2.3")),
        item(70, "f", Some("192.0.2.3")),
    ];
    assert_eq!(found(window(&[1], 60, values(3)), &items), [["b", "d", "e"]]);
    assert!(found(window(&[1], 59, values(3)), &items).is_empty());
    assert_eq!(found(window(&[1], 60, values(1)), &items).len(), 5);
}

#[test]
fn groups_are_counted_apart() {
    let item = |user, address: Option<_>| Given {
        identity: identity(user, address),
        ..given(0, user, &[1])
    };
    let mut by_both = window(&[1], 60, count(2));
    by_both.group_by = vec![IdentityField::SourceIp, IdentityField::User];
    let items = [
        item("ab", Some("c")),
        item("a", Some("bc")),
        item("a", None),
        item("a", None),
        item("c", Some("ab")),
        item("a", Some("bc")),
    ];
    assert_eq!(found(by_both.clone(), &items), [["a", "a"]]);
    by_both.group_by.clear();
    assert_eq!(found(by_both, &items).len(), 3, "one group of all");
}

#[test]
fn a_sequence_is_the_latest_that_there_can_be() {
    let items = [
        given(0, "a", &[1]),
        given(1, "b", &[2]),
        given(2, "c", &[1]),
        given(3, "d", &[2]),
        given(4, "e", &[1]),
        given(63, "f", &[3]),
        given(64, "g", &[2]),
        given(64, "h", &[3]),
    ];
    let sequence =
        |rules: &[u64], seconds| window(rules, seconds, CorrelationCondition::TemporalOrdered);
    assert_eq!(found(sequence(&[1, 2, 3], 61), &items), [["c", "d", "f"]]);
    assert_eq!(found(sequence(&[1, 2, 3], 60), &items), [["e", "g", "h"]]);
    assert_eq!(found(sequence(&[1, 1, 1, 3], 63), &items), [["a", "c", "e", "f"]]);
    assert!(found(sequence(&[1, 1, 1, 3], 62), &items).is_empty());
    assert!(found(sequence(&[3, 2, 1], 100), &items).is_empty());
}

#[test]
fn an_item_stands_for_one_step() {
    let all = |event_id| given(0, event_id, &[1, 2]);
    let sequence = |rules: &[u64]| window(rules, 60, CorrelationCondition::TemporalOrdered);
    assert_eq!(found(sequence(&[1, 2]), &[all("a"), all("b"), all("c")]), [["a", "b"]]);
    assert_eq!(found(sequence(&[1, 1]), &[all("a"), all("b")]), [["a", "b"]]);
    assert_eq!(found(sequence(&[1, 2, 1]), &[all("a"), all("b"), all("c")]), [["a", "b", "c"]]);
}

#[test]
fn groups_are_forgotten_when_there_are_too_many() {
    let mut correlator = Correlator::new(vec![(definition(0), window(&[1], 60, count(2)))], 10);
    let item = |seconds, user: u32| Given {
        identity: identity(&user.to_string(), None),
        ..given(seconds, "a", &[1])
    };
    for user in 0..30 {
        assert!(feed(&mut correlator, &item(0, user)).is_empty());
    }
    assert_eq!((correlator.groups(), correlator.evicted()), (10, 20));
    for user in 30..60 {
        assert!(feed(&mut correlator, &item(61, user)).is_empty());
    }
    // Those of the first minute had expired.
    assert_eq!((correlator.groups(), correlator.evicted()), (10, 40));
    assert_eq!(feed(&mut correlator, &item(62, 59)).len(), 1);
}

#[test]
fn a_sequence_is_forgotten_when_its_first_item_is_old() {
    let sequence = window(&[1, 2, 3], 60, CorrelationCondition::TemporalOrdered);
    let mut correlator = Correlator::new(vec![(definition(0), sequence)], 1);
    feed(&mut correlator, &given(0, "a", &[1]));
    feed(&mut correlator, &given(50, "b", &[2]));
    let other = Given { identity: identity("mateo", None), ..given(61, "c", &[1]) };
    feed(&mut correlator, &other);
    assert_eq!((correlator.groups(), correlator.evicted()), (1, 0));
    feed(&mut correlator, &given(121, "d", &[1]));
    assert_eq!((correlator.groups(), correlator.evicted()), (1, 1));
}

#[test]
fn what_is_used_up_or_begins_nothing_takes_no_memory() {
    let definitions = vec![
        (definition(0), window(&[1], 60, count(1))),
        (definition(1), window(&[1, 2], 60, CorrelationCondition::TemporalOrdered)),
        (definition(2), window(&[3], 60, values(2))),
    ];
    let mut correlator = Correlator::new(definitions, 10);
    assert_eq!(feed(&mut correlator, &given(0, "a", &[2, 3])), []);
    assert_eq!(correlator.groups(), 0);
    assert_eq!(feed(&mut correlator, &given(0, "a", &[1])).len(), 1);
    assert_eq!(correlator.groups(), 1);
}

#[test]
fn definitions_that_stay_keep_what_was_counted() {
    let two = || window(&[1], 60, count(2));
    let mut correlator = Correlator::new(vec![(definition(0), two()), (definition(1), two())], 10);
    assert!(feed(&mut correlator, &given(0, "a", &[1])).is_empty());
    correlator.configure(vec![(definition(2), two()), (definition(1), two())], 10);
    let findings = feed(&mut correlator, &given(0, "b", &[1]));
    assert_eq!(findings.iter().map(|finding| finding.spec_index).collect::<Vec<_>>(), [1]);
}

/// Every item of all time, and nothing else.
struct Oracle {
    window: CorrelationSpec,
    items: Vec<Given>,
    /// For each item whether it is part of no finding that is to come.
    over: Vec<bool>,
    place: usize,
}

impl Oracle {
    fn feed(&mut self, given: &Given) -> Option<Finding> {
        let latest = self.items.last().map_or(Time::MIN, |item| item.time);
        self.items.push(Given { time: latest.max(given.time), ..given.clone() });
        self.over.push(false);
        let last = self.items.len() - 1;
        let used = match self.window.condition {
            CorrelationCondition::EventCount { threshold } => {
                self.latest(last, threshold, |one, other| one == other)
            }
            CorrelationCondition::ValueCount { field, threshold } => {
                self.latest(last, threshold, |one, other| {
                    self.items[one].identity.get(field) == self.items[other].identity.get(field)
                })
            }
            CorrelationCondition::TemporalOrdered => self
                .chain(self.window.rules.len(), last + 1)
                .filter(|chain| chain.ends_with(&[last])),
        }?;
        for item in 0..=last {
            self.over[item] |= self.is_of_group(item, last);
        }
        Some(Finding {
            spec_index: self.place,
            count: used.len() as u32,
            first_time: self.items[used[0]].time,
            last_time: self.items[last].time,
            event_ids: used.iter().filter_map(|item| self.items[*item].event_id.clone()).collect(),
        })
    }

    fn is_of_group(&self, item: usize, last: usize) -> bool {
        let value = |item: usize, field: &IdentityField| self.items[item].identity.get(*field);
        self.window
            .group_by
            .iter()
            .all(|field| value(item, field).is_some() && value(item, field) == value(last, field))
    }

    /// Whether an item can be part of a finding that the last one completes.
    fn counts(&self, item: usize, last: usize) -> bool {
        let timespan = Time::from(self.window.timespan_seconds) * SECOND;
        let has_value = match self.window.condition {
            CorrelationCondition::ValueCount { field, .. } => {
                self.items[item].identity.get(field).is_some()
            }
            _ => true,
        };
        !self.over[item]
            && has_value
            && self.is_of_group(item, last)
            && self.window.rules.iter().any(|rule| self.items[item].rules.contains(rule))
            && self.items[last].time - self.items[item].time <= timespan
    }

    /// Of the items that are not the same as a later one, the last `at_least`.
    fn latest(
        &self,
        last: usize,
        threshold: u32,
        is_same: impl Fn(usize, usize) -> bool,
    ) -> Option<Vec<usize>> {
        let mut used: Vec<usize> = Vec::new();
        for item in (0..=last).rev().filter(|item| self.counts(*item, last)) {
            if !used.iter().any(|other| is_same(*other, item)) {
                used.push(item);
            }
        }
        used.truncate(threshold as usize);
        used.reverse();
        (used.last() == Some(&last) && used.len() == threshold as usize).then_some(used)
    }

    /// The items of the first `steps` rules before a place: the latest for the last step behind
    /// which the others still find theirs.
    fn chain(&self, steps: usize, before: usize) -> Option<Vec<usize>> {
        let Some(step) = steps.checked_sub(1) else { return Some(Vec::new()) };
        let last = self.items.len() - 1;
        (0..before).rev().find_map(|item| {
            let fits = self.counts(item, last)
                && self.items[item].rules.contains(&self.window.rules[step]);
            let mut chain = fits.then(|| self.chain(step, item))??;
            chain.push(item);
            Some(chain)
        })
    }
}

/// Any definition of four rules and a minute or so.
fn any_window(random: &mut Rng) -> CorrelationSpec {
    let fields = [IdentityField::User, IdentityField::SourceIp, IdentityField::Account];
    let mut group_by = fields[..2].to_vec();
    group_by.truncate(random.usize(..=2));
    let condition = match random.u8(..3) {
        0 => count(random.u32(1..6)),
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

fn any_item(random: &mut Rng, clock: &mut Time) -> Given {
    *clock += random.choice([0, 0, 1, 500, 1000, 1000, 7000, -2000, 40_000]).unwrap_or(0);
    let texts = ["a", "b", "c"];
    let mut text = || random.choice([Some(0), Some(0), Some(1), Some(2), None]).flatten();
    let values = [text(), text(), text(), text()].map(|index| index.map(|index| texts[index]));
    Given {
        time: *clock,
        event_id: (random.u8(..8) > 0).then(|| EventId::new(&random.u16(..).to_string())),
        identity: Identity::new(values),
        rules: (0..random.usize(..3)).map(|_| rule(random.u64(..4))).collect(),
    }
}

#[test]
fn the_oracle_counts_the_same() {
    let mut findings = [0_usize; 3];
    for seed in 0..150 {
        let mut random = Rng::with_seed(seed);
        let definitions: Vec<_> =
            (0..3).map(|number| (definition(number), any_window(&mut random))).collect();
        let oracle = |(place, (_, window)): (usize, &(Key, CorrelationSpec))| Oracle {
            window: window.clone(),
            items: Vec::new(),
            over: Vec::new(),
            place,
        };
        let mut oracles: Vec<_> = definitions.iter().enumerate().map(oracle).collect();
        let mut correlator = Correlator::new(definitions.clone(), 1000);
        let mut clock = 0;
        for _ in 0..150 {
            if random.u8(..20) == 0 {
                let mut state = Vec::new();
                correlator.encode(&mut state);
                let mut bytes = StateReader::new(&state);
                correlator = Correlator::decode(definitions.clone(), 1000, &mut bytes).unwrap();
                assert_eq!(bytes.remaining(), 0);
            }
            let given = any_item(&mut random, &mut clock);
            let expected: Vec<_> =
                oracles.iter_mut().filter_map(|oracle| oracle.feed(&given)).collect();
            assert_eq!(feed(&mut correlator, &given), expected, "seed {seed}: {definitions:?}");
            for finding in expected {
                findings[match definitions[finding.spec_index].1.condition {
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
fn a_group_holds_no_more_than_its_condition_needs() {
    for seed in 0..50 {
        let mut random = Rng::with_seed(seed);
        let window = CorrelationSpec { group_by: Vec::new(), ..any_window(&mut random) };
        let most = match window.condition {
            CorrelationCondition::EventCount { threshold }
            | CorrelationCondition::ValueCount { threshold, .. } => threshold as usize,
            CorrelationCondition::TemporalOrdered => {
                window.rules.len() * (window.rules.len() - 1) / 2
            }
        };
        let mut group = Group::default();
        for _ in 0..300 {
            let given = any_item(&mut random, &mut 0);
            let value = Key::new(0, &[given.identity.get(IdentityField::User)]);
            let entry = Entry { time: given.time, event_id: given.event_id, value };
            group.add(entry, &given.rules, &window);
            assert!(group.len() <= most, "{window:?}");
        }
    }
}

#[test]
fn any_bytes_are_a_state_or_refused() {
    let mut random = Rng::with_seed(7);
    let mut loaded = 0;
    for _ in 0..500 {
        let definitions: Vec<_> =
            (0..3).map(|number| (definition(number), any_window(&mut random))).collect();
        let mut correlator = Correlator::new(definitions.clone(), 1000);
        let mut clock = 0;
        for _ in 0..20 {
            feed(&mut correlator, &any_item(&mut random, &mut clock));
        }
        let mut state = Vec::new();
        correlator.encode(&mut state);
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..state.len());
            state[at] = random.u8(..);
        }
        let length = if random.bool() { state.len() } else { random.usize(..state.len()) };
        // Other definitions of the same keys.
        let others = definitions.into_iter().map(|(key, _)| (key, any_window(&mut random)));
        let others = others.collect();
        if let Ok(mut correlator) =
            Correlator::decode(others, 1000, &mut StateReader::new(&state[..length]))
        {
            loaded += 1;
            for _ in 0..20 {
                feed(&mut correlator, &any_item(&mut random, &mut clock));
            }
        }
    }
    assert!((25..475).contains(&loaded), "{loaded}");
}
