//! A scene: one person at the sign-in page, a clock, and the records so far.

use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};

use crate::background;
use crate::calls::Call;
use crate::case::Case;
use crate::era::Era;
use crate::identity::{self, Person};
use crate::random::Random;
use crate::record::{Draft, Record, Visit};

pub(crate) struct Scene<'a> {
    pub(crate) random: &'a mut Random,
    pub(crate) person: Person,
    pub(crate) visit: Visit,
    records: Vec<Record>,
}

impl<'a> Scene<'a> {
    /// A scene with `person` at the usual address, beginning at `time`.
    pub(crate) fn new(random: &'a mut Random, era: Era, time: Timestamp, person: Person) -> Self {
        let visit = Visit {
            era,
            time,
            account: person.account,
            region: identity::region(random),
            address: person.address.to_owned(),
            agent: person.browser(era),
        };
        Self { random, person, visit, records: Vec::new() }
    }

    /// Advances the clock.
    pub(crate) fn wait(&mut self, seconds: RangeInclusive<u32>) {
        self.visit.time += SignedDuration::from_secs(self.random.between(seconds).into());
    }

    pub(crate) fn record(&mut self, case: Case, draft: Draft) {
        self.records.push(Record::new(self.random, case, &self.visit, draft));
    }

    /// Adds an API call by the person, who has signed in.
    pub(crate) fn api_call(&mut self, call: Call) {
        let mut draft = call(self.random, &self.visit);
        draft.user_identity = Some(identity::iam_user(&self.person));
        draft.from_console = true;
        self.records.push(background::record_call(self.random, Case::ApiCall, &self.visit, draft));
    }

    pub(crate) fn into_records(self) -> Vec<Record> {
        self.records
    }
}
