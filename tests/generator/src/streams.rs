//! The two workloads of the benches: sign-ins only, and sign-ins among other calls.

use jiff::{SignedDuration, Timestamp};

use crate::background;
use crate::calls;
use crate::era::{self, Era};
use crate::identity::PEOPLE;
use crate::random::Random;
use crate::record::Record;
use crate::scene::Scene;
use crate::stories;
use crate::timeline::Timeline;

/// Work S: an endless stream of sign-in records, for which [`is_signin`](crate::Case::is_signin) is
/// true. The records of an attempt are consecutive with increasing times; the next attempt can be of
/// another era. A record has about 1.1 KB.
pub fn signin_records(seed: u64) -> impl Iterator<Item = Record> {
    let mut random = Random::new(seed);
    let mut timeline = Timeline::default();
    std::iter::repeat_with(move || {
        let (since, story) = stories::pick(&mut random);
        let eras: Vec<_> = Era::ALL.into_iter().filter(|(_, era)| *era >= since).collect();
        let era = random.weighted(&eras);
        let time = era.time(&mut random);
        attempt(&mut random, &mut timeline, era, time, story);
        timeline.drain()
    })
    .flatten()
}

/// Work M: an endless stream of records of 0.7 to 5 KB, 2 % of them sign-ins, in order of arrival from
/// 2025-09-15 on, one every two seconds on average.
pub fn mixed_records(seed: u64) -> impl Iterator<Item = Record> {
    let mut work = Mixed {
        random: Random::new(seed),
        timeline: Timeline::default(),
        clock: era::timestamp("2025-09-15T00:00:00Z"),
        calls: 0,
        signins: 0,
    };
    std::iter::repeat_with(move || work.next_arrival())
}

struct Mixed {
    random: Random,
    timeline: Timeline,
    clock: Timestamp,
    calls: u64,
    signins: u64,
}

impl Mixed {
    fn next_arrival(&mut self) -> Record {
        loop {
            if let Some(record) = self.timeline.arrived(self.clock) {
                return record;
            }
            self.clock += SignedDuration::from_secs(self.random.between(0..=4).into());
            self.happen();
        }
    }

    /// Counting keeps the share of sign-ins at 2 % regardless of the number of records per attempt.
    fn happen(&mut self) {
        if self.signins * 49 <= self.calls {
            let (_, story) = stories::pick(&mut self.random);
            self.signins +=
                attempt(&mut self.random, &mut self.timeline, Era::Now, self.clock, story);
        } else if self.calls % 500 == 499 {
            let story = stories::portal_polled;
            self.calls +=
                attempt(&mut self.random, &mut self.timeline, Era::Now, self.clock, story);
        } else {
            let record =
                background::api_call(&mut self.random, Era::Now, self.clock, &PEOPLE, calls::call);
            self.timeline.add(&mut self.random, record);
            self.calls += 1;
        }
    }
}

/// Adds an attempt to sign in. Returns the number of its records.
fn attempt(
    random: &mut Random,
    timeline: &mut Timeline,
    era: Era,
    time: Timestamp,
    story: stories::Story,
) -> u64 {
    let person = random.pick(&PEOPLE);
    let mut scene = Scene::new(random, era, time, person);
    story(&mut scene);
    let records = scene.into_records();
    let count = records.len() as u64;
    for record in records {
        timeline.add(random, record);
    }
    count
}
