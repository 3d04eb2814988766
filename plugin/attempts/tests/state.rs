//! Saved states: a valid one is restored, and others are rejected.

mod stream;

use sekisho_attempts::{
    AttemptSettings, Key, STATE_HEADER_BYTES, Snapshot, StateError, StateReader, Tracker,
    decode_state, encode_state,
};
use stream::{CHECK, FAILURE, LOGIN, attempts, record, tracker};

const FEW: AttemptSettings =
    AttemptSettings { window_seconds: 180, lateness_seconds: 600, keys: 20 };

/// A tracker with observations in every part.
fn filled_tracker(random: &mut fastrand::Rng) -> Tracker {
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
    encode_state(&mut state, |output| tracker.encode(output));
    state
}

/// The host's clock is not saved: the host that goes on may be another one.
#[test]
fn ticks_complete_the_attempts_of_a_restored_state() {
    let mut tracker = tracker(AttemptSettings::default());
    tracker.observe(record(1, 0, 1, CHECK), Some(1_900_000_000_000));
    let state = saved(&tracker);
    let mut content = decode_state(&state, true).unwrap().expect("a complete state");
    let mut restored = Tracker::decode(&mut content).unwrap();
    restored.configure(AttemptSettings::default());
    for now in [7, 7 + 780_000] {
        restored.tick(now);
        assert_eq!(attempts(&mut restored), [], "the first tick starts the host's clock");
    }
    restored.tick(7 + 781_000);
    assert_eq!(attempts(&mut restored).len(), 1);
}

#[test]
fn a_restored_state_is_saved_as_the_same_bytes() {
    let mut random = fastrand::Rng::with_seed(6);
    for _ in 0..200 {
        let state = saved(&filled_tracker(&mut random));
        let mut content = decode_state(&state, true).unwrap().expect("a complete state");
        let restored = Tracker::decode(&mut content).unwrap();
        assert_eq!(content.remaining(), 0);
        assert_eq!(saved(&restored), state);
    }
}

#[test]
fn rejects_changed_states() {
    let state = saved(&filled_tracker(&mut fastrand::Rng::with_seed(1)));
    for index in 0..state.len() {
        let mut changed = state.clone();
        changed[index] ^= 1;
        let result = decode_state(&changed, true);
        match index {
            0..8 => assert_eq!(result.unwrap_err(), StateError::NotAState),
            8 => assert_eq!(result.unwrap_err(), StateError::Version { found: 3 }),
            9..12 => assert!(matches!(result, Err(StateError::Version { .. }))),
            // The length of the content.
            12..20 => assert!(matches!(result, Ok(None) | Err(StateError::Length { .. }))),
            _ => assert_eq!(result.unwrap_err(), StateError::Checksum),
        }
    }
    for length in 0..state.len() {
        assert!(decode_state(&state[..length], false).is_err());
        match decode_state(&state[..length], true) {
            Ok(content) => assert!(length >= STATE_HEADER_BYTES && content.is_none()),
            Err(error) => {
                assert_eq!((error, length < STATE_HEADER_BYTES), (StateError::NotAState, true));
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

/// A corrupted content is rejected, or restores a tracker that works.
#[test]
fn corrupted_contents_are_rejected_or_work() {
    let mut random = fastrand::Rng::with_seed(8);
    let states: Vec<_> = (0..20)
        .map(|_| saved(&filled_tracker(&mut random)).split_off(STATE_HEADER_BYTES))
        .collect();
    let (mut restored, mut rejected) = (0, 0);
    for round in 0..5_000 {
        let mut content = states[round % states.len()].clone();
        for _ in 0..random.usize(1..4) {
            let index = random.usize(..content.len());
            match random.u8(..4) {
                0 => content[index] = random.u8(..),
                1 => content[index] = content[index].wrapping_add(1),
                2 => content.truncate(index.max(1)),
                _ => {
                    let end = (index + random.usize(..9)).min(content.len() - 1).max(index);
                    content.drain(index..end);
                }
            }
        }
        match Tracker::decode(&mut StateReader::new(&content)) {
            Err(StateError::Invalid { offset, .. }) => {
                rejected += 1;
                assert!(offset <= content.len());
            }
            Err(error) => panic!("{error}"),
            Ok(mut tracker) => {
                restored += 1;
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
    assert!(restored > 100 && rejected > 100, "{restored} restored, {rejected} rejected");
}
