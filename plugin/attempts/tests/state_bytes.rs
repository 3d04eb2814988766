//! The format of saved states is stable, so that a build restores the states of earlier ones.

mod stream;

use sekisho_attempts::{
    AttemptSettings, CorrelationCondition, CorrelationEvent, CorrelationSpec, Correlator, EventId,
    Identity, IdentityField, Key, Observation, STATE_HEADER_BYTES, Snapshot, Time, Tracker,
    decode_state, encode_state,
};
use sekisho_signin::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};
use stream::{START, ready, tracker};

/// The headers of the states that [`Stream`] saves after each hundred records. A header has the
/// length and the checksum of the content.
const HEADERS: [&str; 4] = [
    "73656b6973686f0002000000e72b000000000000bfb802c4fd483a5a",
    "73656b6973686f00020000005c2f0000000000004dbc2269f5dcd318",
    "73656b6973686f0002000000012f0000000000006d8d181d662015f4",
    "73656b6973686f0002000000132d000000000000b2bdb56a68b49d30",
];

/// A stream whose states have values of every type that is saved.
struct Stream {
    random: fastrand::Rng,
    tracker: Tracker,
    correlator: Correlator,
}

fn settings() -> AttemptSettings {
    AttemptSettings { window_seconds: 1200, lateness_seconds: 300, keys: 16 }
}

fn specs() -> Vec<(Key, CorrelationSpec)> {
    let rules: Vec<_> = (0..3).map(|number| Key::new(number, &[])).collect();
    let conditions = [
        CorrelationCondition::EventCount { threshold: 5 },
        CorrelationCondition::ValueCount { field: IdentityField::SourceIp, threshold: 4 },
        CorrelationCondition::TemporalOrdered,
    ];
    let spec = |condition| CorrelationSpec {
        rules: rules.clone(),
        group_by: vec![IdentityField::User],
        timespan_seconds: 600,
        condition,
    };
    let spec = |(number, condition)| (Key::new(number, &[]), spec(condition));
    (10..).zip(conditions).map(spec).collect()
}

impl Stream {
    fn new() -> Self {
        Stream {
            random: fastrand::Rng::with_seed(14),
            tracker: tracker(settings()),
            correlator: Correlator::new(specs(), 10),
        }
    }

    fn verdict(&mut self) -> Verdict {
        let random = &mut self.random;
        // Half of the records are of kinds that are paired.
        let steps = [Kind::MfaCheck, Kind::ConsoleLogin, Kind::IdcChallenge, Kind::IdcVerification];
        let kinds = if random.bool() { &steps } else { Kind::ALL };
        Verdict {
            kind: random.choice(kinds.iter().copied()).unwrap(),
            outcome: random.choice(Outcome::ALL.iter().copied()).unwrap(),
            reason: random.choice(Reason::ALL.iter().copied()).filter(|_| random.bool()),
            principal: random.choice(Principal::ALL.iter().copied()).unwrap(),
            mfa: random.choice(Mfa::ALL.iter().copied()).unwrap(),
            user_exists: random.choice(UserExists::ALL.iter().copied()).unwrap(),
        }
    }

    fn observation(&mut self, number: u64) -> Observation {
        let verdict = self.verdict();
        let random = &mut self.random;
        let users = if random.bool() { 4 } else { 64 };
        let user = format!("user-{}", random.u8(..users));
        let address = format!("192.0.2.{}", random.u8(..8));
        let event_id = match random.u8(..8) {
            0 => None,
            1 => Some(EventId::new(&format!("é {number}"))),
            _ => Some(EventId::new(&format!("{number:08x}-0000-4000-8000-000000000000"))),
        };
        let second = (number * 18) as Time - random.i64(0..330);
        Observation {
            time: (random.u8(..16) > 0).then_some(START + second * 1000),
            event_id,
            identity: Identity::new([
                Some("111122223333"),
                random.bool().then_some("AIDAEXAMPLE"),
                Some(&user),
                random.bool().then_some(&*address),
                random.bool().then_some(&*user),
            ]),
            signin: (random.u8(..8) > 0).then(|| (verdict, Key::new(0, &[Some(&user)]))),
            rules: (0..3).filter(|_| random.bool()).map(|rule| Key::new(rule, &[])).collect(),
            user_agents: (0..2)
                .filter(|_| random.bool())
                .map(|agent| Key::new(agent, &[]))
                .collect(),
        }
    }

    fn observe(&mut self, number: u64) {
        let observation = self.observation(number);
        let Observation { time, event_id, identity, rules, .. } = &observation;
        let time = time.unwrap_or(Time::MIN);
        let event = CorrelationEvent { time, event_id: event_id.as_ref(), identity, rules };
        self.correlator.process(&event, &mut drop);
        self.tracker.observe(observation, None);
        ready(&mut self.tracker);
    }

    fn save(&self) -> Vec<u8> {
        let mut state = Vec::new();
        encode_state(&mut state, |output| {
            self.tracker.encode(output);
            self.correlator.encode(output);
        });
        state
    }

    fn restore(&mut self, state: &[u8]) {
        let mut content = decode_state(state, false).unwrap().expect("a complete state");
        self.tracker = Tracker::decode(&mut content).unwrap();
        self.tracker.configure(settings());
        self.correlator = Correlator::decode(specs(), 10, &mut content).unwrap();
        assert_eq!(content.remaining(), 0);
    }
}

#[test]
fn saved_bytes_are_stable() {
    let mut stream = Stream::new();
    let headers: Vec<String> = (0..4)
        .map(|round| {
            (0..100).for_each(|number| stream.observe(round * 100 + number));
            let state = stream.save();
            stream.restore(&state);
            assert_eq!(stream.save(), state);
            state[..STATE_HEADER_BYTES].iter().map(|byte| format!("{byte:02x}")).collect()
        })
        .collect();
    assert_eq!(headers, HEADERS);
}
