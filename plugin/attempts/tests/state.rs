//! Saved states: what is restored, and what is refused.

mod stream;

use sekisho_attempts::{
    AttemptSettings, Key, STATE_HEADER_BYTES, Snapshot, StateError, StateReader, Tracker,
    decode_state, encode_state,
};
use stream::{CHECK, FAILURE, LOGIN, attempts, record, tracker};

const FEW: AttemptSettings =
    AttemptSettings { window_seconds: 180, lateness_seconds: 600, keys: 20 };

/// A tracker with something in every place.
fn full(random: &mut fastrand::Rng) -> Tracker {
    let mut tracker = tracker(FEW);
    for number in 0..random.u64(1..300) {
        let verdict = [CHECK, LOGIN, FAILURE][random.usize(..3)];
        let mut record = record(number, number as i64 * 9, random.u64(..30), verdict);
        if random.bool() {
            record.rules = Box::new([Key::new(random.u64(..3), &[])]);
        }
        tracker.observe(record, None);
        attempts(&mut tracker);
    }
    tracker
}

fn saved(tracker: &Tracker) -> Vec<u8> {
    let mut state = Vec::new();
    encode_state(&mut state, |to| tracker.encode(to));
    state
}

#[test]
fn what_is_loaded_is_what_was_stored() {
    let mut random = fastrand::Rng::with_seed(6);
    for _ in 0..200 {
        let state = saved(&full(&mut random));
        let mut content = decode_state(&state, true).unwrap().expect("all of it");
        let loaded = Tracker::decode(&mut content).unwrap();
        assert_eq!(content.remaining(), 0);
        assert_eq!(saved(&loaded), state);
    }
}

#[test]
fn a_changed_state_is_refused() {
    let state = saved(&full(&mut fastrand::Rng::with_seed(1)));
    for at in 0..state.len() {
        let mut changed = state.clone();
        changed[at] ^= 1;
        let refused = decode_state(&changed, true);
        match at {
            0..8 => assert_eq!(refused.unwrap_err(), StateError::NotAState),
            8 => assert_eq!(refused.unwrap_err(), StateError::Version { found: 0 }),
            9..12 => assert!(matches!(refused, Err(StateError::Version { .. }))),
            // The length: bytes are missing, or there are too many.
            12..20 => assert!(matches!(refused, Ok(None) | Err(StateError::Length { .. }))),
            _ => assert_eq!(refused.unwrap_err(), StateError::Checksum),
        }
    }
    for length in 0..state.len() {
        assert!(decode_state(&state[..length], false).is_err());
        match decode_state(&state[..length], true) {
            Ok(more) => assert!(length >= STATE_HEADER_BYTES && more.is_none()),
            Err(error) => {
                assert_eq!((error, length < STATE_HEADER_BYTES), (StateError::NotAState, true))
            }
        }
    }
    assert_eq!(
        decode_state(&[&state[..], b"x"].concat(), true).unwrap_err(),
        StateError::Length {
            expected: (state.len() - STATE_HEADER_BYTES) as u64,
            found: (state.len() - STATE_HEADER_BYTES + 1) as u64,
        }
    );
}

/// Whatever bytes are taken for a state, they are refused, or a tracker comes of them that works.
#[test]
fn nothing_breaks_on_a_state_that_nobody_saved() {
    let mut random = fastrand::Rng::with_seed(8);
    let states: Vec<_> =
        (0..20).map(|_| saved(&full(&mut random)).split_off(STATE_HEADER_BYTES)).collect();
    let (mut loaded, mut refused) = (0, 0);
    for round in 0..5_000 {
        let mut content = states[round % states.len()].clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..content.len());
            match random.u8(..4) {
                0 => content[at] = random.u8(..),
                1 => content[at] = content[at].wrapping_add(1),
                2 => content.truncate(at.max(1)),
                _ => {
                    let end = (at + random.usize(..9)).min(content.len() - 1).max(at);
                    content.drain(at..end);
                }
            }
        }
        match Tracker::decode(&mut StateReader::new(&content)) {
            Err(StateError::Invalid { offset, .. }) => {
                refused += 1;
                assert!(offset <= content.len());
            }
            Err(error) => panic!("{error}"),
            Ok(mut tracker) => {
                loaded += 1;
                tracker.configure(FEW);
                for number in 0..40 {
                    let verdict = [CHECK, LOGIN, FAILURE][random.usize(..3)];
                    let second = 300 * 9 + number as i64;
                    tracker.observe(record(1000 + number, second, random.u64(..30), verdict), None);
                    attempts(&mut tracker);
                }
                stream::flush(&mut tracker);
                assert_eq!(tracker.counters().waiting, 0);
            }
        }
    }
    assert!(loaded > 100 && refused > 100, "{loaded} loaded, {refused} refused");
}
