//! Random streams of records: few keys, many ties, times close to every limit.

use std::iter;

use serde_json::Value;

use super::person::{Person, person};
use super::random::Random;
use super::record::record;
use crate::attempts::AttemptSettings;
use crate::time;

/// An endless iterator over streams of 5 to 60 records, the same for the same seed. Records are in
/// order of arrival.
///
/// Every record has a time, none is late under the default settings, and the order of events is
/// unambiguous: at most one record per second has no eventID, and only exact duplicates share one.
pub fn streams(seed: u64) -> impl Iterator<Item = Vec<Value>> {
    let mut random = Random::new(seed);
    iter::repeat_with(move || stream(&mut random))
}

/// An endless iterator over streams of up to five [`streams`] one after the other, minutes to days
/// apart, of which some are by the same people.
pub fn long_streams(seed: u64) -> impl Iterator<Item = Vec<Value>> {
    let mut random = Random::new(seed);
    iter::repeat_with(move || {
        let repeated = random.bool().then(|| stream(&mut random));
        let mut records: Vec<Value> = Vec::new();
        for _ in 0..random.usize(1..=5) {
            let mut next = repeated.clone().unwrap_or_else(|| stream(&mut random));
            let last_ms = records.iter().filter_map(time::read).max();
            let gap_ms = random.choose(PAUSES) * 1000;
            let first_ms = next.iter().filter_map(time::read).min();
            if let Some((last_ms, first_ms)) = last_ms.zip(first_ms) {
                let shift_ms = last_ms + gap_ms - first_ms;
                next.iter_mut().for_each(|record| shift(record, shift_ms));
            }
            records.extend(next);
        }
        records
    })
}

/// The records of a stream in another order of arrival, in which none is late either.
///
/// # Panics
/// If a record has no readable `eventTime`.
pub fn rearranged(records: &[Value], seed: u64) -> Vec<Value> {
    let dated = records.iter().map(|record| (time::read(record).expect("a time"), record.clone()));
    in_order_of_arrival(&mut Random::new(seed), dated.collect())
}

/// Seconds between the streams of a long one: up to a day, at which findings close.
const PAUSES: &[i64] = &[1, 60, 899, 1800, 3599, 7201, 21_600, 43_200, 86_399];

fn shift(record: &mut Value, milliseconds: i64) {
    let time_ms = time::read(record).expect("a time");
    record["eventTime"] = time::format(time_ms + milliseconds).into();
}

/// 2025-03-29T11:00:00Z, and 2025-08-01T11:00:00Z: since July 2025 Identity Center writes other types.
const STARTS: &[i64] = &[1_743_246_000, 1_754_046_000];

/// Seconds from a record to a later one: within an attempt, then close to the window, to the
/// lateness, and to the hour for which a failure counts.
const WITHIN_ATTEMPT: &[i64] = &[0, 0, 0, 0, 1, 1, 2, 13, 21, 34, 45, 68];
const AROUND_WINDOW: &[i64] = &[0, 0, 1, 13, 68, 179, 180, 181];
const AROUND_LATENESS: &[i64] = &[0, 1, 45, 180, 299, 300, 301, 599, 600, 601];
const AROUND_HOUR: &[i64] = &[0, 0, 1, 21, 180, 181, 3599, 3600, 3601];

fn stream(random: &mut Random) -> Vec<Value> {
    let people: Vec<Person> = (0..random.usize(1..=5)).map(|_| person(random)).collect();
    let gaps = random.choose(&[WITHIN_ATTEMPT, AROUND_WINDOW, AROUND_LATENESS, AROUND_HOUR]);
    let start = random.choose(STARTS);
    let has_fractions = random.one_in(8);
    let mut seconds: Vec<i64> = Vec::new();
    let mut dated: Vec<(i64, Value)> = Vec::new();
    for _ in 0..random.usize(5..=60) {
        let recent = &seconds[seconds.len().saturating_sub(6)..];
        let second =
            if recent.is_empty() { start } else { random.choose(recent) + random.choose(gaps) };
        seconds.push(second);
        let fraction_ms = if has_fractions { random.choose(&[0, 0, 1, 250, 999]) } else { 0 };
        let time_ms = second * 1000 + fraction_ms;
        let person = &people[random.usize(0..people.len())];
        let mut record = record(random, person);
        record["eventTime"] = time::format(time_ms).into();
        if !random.one_in(12) || has_record_without_id(&dated, time_ms) {
            record["eventID"] = event_id(random).into();
        }
        dated.push((time_ms, record));
    }
    duplicate_some(random, &mut dated);
    in_order_of_arrival(random, dated)
}

fn duplicate_some(random: &mut Random, dated: &mut Vec<(i64, Value)>) {
    for index in 0..dated.len() {
        if dated.len() < 60 && random.one_in(12) && dated[index].1.get("eventID").is_some() {
            dated.push(dated[index].clone());
        }
    }
}

/// Shuffles the records so that none becomes late: a record can arrive before an older one only
/// if it is at most the lateness newer.
fn in_order_of_arrival(random: &mut Random, mut waiting: Vec<(i64, Value)>) -> Vec<Value> {
    let lateness_ms = i64::from(AttemptSettings::default().lateness_seconds) * 1000;
    waiting.sort_by_key(|(time_ms, _)| *time_ms);
    let mut arrived = Vec::new();
    let strategy = random.usize(0..5);
    while let Some(&(first_ms, _)) = waiting.first() {
        let allowed = waiting.partition_point(|(ms, _)| *ms <= first_ms + lateness_ms);
        let index = match strategy {
            0 => 0,
            // The newest that is allowed, which makes others as late as is allowed.
            1 => allowed - 1,
            // The oldest waits until no other record is allowed.
            2 => random.usize(allowed.min(2) - 1..allowed),
            3 => random.choose(&[0, allowed - 1]),
            _ => random.usize(0..allowed),
        };
        arrived.push(waiting.remove(index).1);
    }
    arrived
}

/// A UUID, or at times another text, which sorts after all UUIDs.
fn event_id(random: &mut Random) -> String {
    let digits = format!("{:032x}", random.u128());
    if random.one_in(10) {
        return digits;
    }
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|group| &digits[group]);
    groups.join("-")
}

fn has_record_without_id(dated: &[(i64, Value)], time_ms: i64) -> bool {
    let is_in_second = |other_ms: i64| other_ms.div_euclid(1000) == time_ms.div_euclid(1000);
    dated.iter().any(|(other, record)| is_in_second(*other) && record.get("eventID").is_none())
}
