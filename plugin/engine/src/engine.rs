//! One record in, its answer out.

use alloc::vec::Vec;

use sekisho_attempts::{StreamCounters, Time};
use sekisho_scan::Reader;
use sekisho_signin::{
    Header, JsonBuffer, Kind, Mfa, Outcome, Principal, UserExists, Verdict, decide,
};

use crate::arrival::{Arrival, Asked, Buffers, Found, Record, find, resolve};
use crate::attempts::{Attempts, MAX_TOLD, Restored};
use crate::batch::{self, Framing};
use crate::encode::encode_rules;
use crate::explain::{Explanation, explain};
use crate::observation::observe;
use crate::rules::{Matcher, Rules};
use crate::views::Views;
use crate::{Configuration, ConfigurationError, Error};

/// The longest input, in bytes: 16 MiB.
pub const MAX_INPUT: usize = 16 << 20;

/// As much memory has to be left for a record to be remembered, and for a line to be told.
const MEMORY_LEFT: usize = 128 << 10;

/// What is said of a record that is no sign-in and matches a rule.
const NOT_SIGNIN: Verdict = Verdict {
    kind: Kind::NotSignin,
    outcome: Outcome::Unknown,
    reason: None,
    principal: Principal::Unknown,
    mfa: Mfa::Unknown,
    user_exists: UserExists::Unknown,
};

/// Classifies inputs one after the other. It keeps buffers between them, and counts; an answer
/// depends on nothing but its input and the configuration.
#[derive(Debug, Default)]
pub struct Engine {
    buffers: Buffers,
    matcher: Matcher,
    /// Room for the JSON of a verdict.
    verdict: JsonBuffer,
    configuration: Configuration,
    attempts: Attempts,
    counters: Counters,
}

/// What follows a value that is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    /// Nothing: a value that was left early need not be passed.
    End,
    /// More values.
    More,
}

/// What went through an engine so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Inputs, each record of a batch counted.
    pub records: u64,
    /// Of these, how many got a verdict.
    pub verdicts: u64,
    /// Of these, how many got an error.
    pub errors: u64,
}

impl Engine {
    /// An engine with the default configuration.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the configuration by this JSON; see [`Configuration::parse`].
    ///
    /// # Errors
    /// The configuration is refused, and the one before stays in force.
    pub fn configure(&mut self, json: &[u8]) -> Result<(), ConfigurationError> {
        self.configuration = Configuration::parse(json)?;
        self.attempts.configure(&self.configuration);
        Ok(())
    }

    /// The configuration in force.
    #[must_use]
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// What went through so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The verdict on the one record that the input holds; `None` if it is no sign-in and matches no
    /// rule. Which rules it matches, [`process`](Engine::process) says.
    ///
    /// # Errors
    /// See [`Error`]. A record whose first fields show that it is no sign-in, and matches no rule, is
    /// not read to its end, and what was read of it is not checked.
    pub fn classify(&mut self, input: &[u8]) -> Result<Option<Verdict>, Error> {
        check_length(input)?;
        if self.rules_out(input) {
            return self.count(Ok(None));
        }
        self.judge(&mut Reader::new(input), Behind::End)
    }

    /// Appends the verdict as JSON, and says whether there is one. Nothing is appended otherwise.
    ///
    /// # Errors
    /// As of [`classify`](Engine::classify).
    pub fn process(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<bool, Error> {
        let Some(verdict) = self.classify(input)? else { return Ok(false) };
        self.encode(&verdict, output)?;
        Ok(true)
    }

    /// Appends the input with the verdict as one more field at the end of its top-level object,
    /// whatever the record arrived in, and says whether there is a verdict. Every other byte is
    /// kept. Nothing is appended otherwise: the input is to be passed on as it is.
    ///
    /// # Errors
    /// As of [`classify`](Engine::classify).
    pub fn annotate(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<bool, Error> {
        let Some(verdict) = self.classify(input)? else {
            return Ok(false);
        };
        // An input with a verdict was read to its end: its last brace closes the top-level object.
        let Some(brace) = input.iter().rposition(|byte| *byte == b'}') else {
            return Ok(false);
        };
        let (before, after) = input.split_at(brace);
        output
            .try_reserve(input.len() + self.configuration.field().len() + JsonBuffer::MAX_BYTES)?;
        output.extend_from_slice(before);
        output.extend_from_slice(b",\"");
        output.extend_from_slice(self.configuration.field());
        output.extend_from_slice(b"\":");
        self.encode(&verdict, output)?;
        output.try_reserve(after.len())?;
        output.extend_from_slice(after);
        Ok(true)
    }

    /// Appends the answers to a batch of records: for each record with a verdict or an error, in
    /// order, its index and the verdict's length or the error's [code](Error::code), both as 32
    /// bits little-endian, and the verdict's JSON. A bad record never fails the batch.
    ///
    /// # Errors
    /// The input is too large, or memory ran out.
    pub fn process_batch(
        &mut self,
        input: &[u8],
        framing: Framing,
        output: &mut Vec<u8>,
    ) -> Result<(), Error> {
        check_length(input)?;
        batch::process(self, input, framing, output)
    }

    /// Takes one record into the stream of attempts, and appends a line of JSON for each attempt
    /// and finding that can be told now, oldest first. `now` is the host's clock in milliseconds,
    /// whatever it counts from, if it has one. See `plugin/attempts/README.md`.
    ///
    /// # Errors
    /// As of [`classify`](Engine::classify), and [`Error::StateFull`]: the record was not taken in.
    pub fn observe(
        &mut self,
        input: &[u8],
        now: Option<Time>,
        output: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let observed = self.take_in(input, now);
        self.count(observed)?;
        self.tell(output)
    }

    /// Moves time on without a record, and appends what can be told then.
    ///
    /// # Errors
    /// Memory ran out. What was to be told is told by the next call.
    pub fn tick(&mut self, now: Time, output: &mut Vec<u8>) -> Result<(), Error> {
        self.attempts.tracker.tick(now);
        self.tell(output)
    }

    /// Ends the stream: everything can be told. At most a megabyte is appended at once, and a line
    /// more: call it until it appends nothing.
    ///
    /// # Errors
    /// As of [`tick`](Engine::tick).
    pub fn flush(&mut self, output: &mut Vec<u8>) -> Result<(), Error> {
        self.attempts.tracker.flush();
        self.tell(output)
    }

    /// Appends the state of the stream, to be restored by this or another engine. What was counted
    /// is part of it, the configuration is not.
    pub fn save(&self, output: &mut Vec<u8>) {
        self.attempts.save(output);
    }

    /// Replaces the state of the stream by a saved one, which may be handed over in parts. An empty
    /// part means that no more come.
    ///
    /// # Errors
    /// [`Error::State`]: the state before stays, and parts that were taken are given up.
    pub fn restore(&mut self, part: &[u8]) -> Result<Restored, Error> {
        self.attempts.restore(part, &self.configuration)
    }

    /// Forgets the state of the stream.
    pub fn reset(&mut self) {
        self.attempts = Attempts::default();
        self.attempts.configure(&self.configuration);
    }

    /// What went through the stream of attempts, and what it holds.
    #[must_use]
    pub fn attempts(&self) -> StreamCounters {
        self.attempts.counters()
    }

    /// The CloudTrail record of a sign-in, taken out of what it arrived in; `None` if the input
    /// holds no sign-in.
    ///
    /// # Errors
    /// As of [`classify`](Engine::classify).
    pub fn record<'a>(&'a mut self, input: &'a [u8]) -> Result<Option<&'a [u8]>, Error> {
        Ok(self.signin(input, &mut Arrival::default())?.map(|record| record.json))
    }

    /// The verdict with the reason for each of its values; `None` if the input holds no sign-in.
    ///
    /// # Errors
    /// As of [`classify`](Engine::classify).
    pub fn explain<'a>(&'a mut self, input: &'a [u8]) -> Result<Option<Explanation<'a>>, Error> {
        let mut arrival = Arrival::default();
        let record = self.signin(input, &mut arrival)?;
        Ok(record.and_then(|record| Some(explain(input, &record, &decide(record.fields)?))))
    }

    /// What rules are matched against where this input arrives, whatever the configuration.
    ///
    /// # Errors
    /// As of [`classify`](Engine::classify).
    pub fn views(&mut self, input: &[u8]) -> Result<Views, Error> {
        check_length(input)?;
        let mut arrival = Arrival::new(Asked::All);
        let record = find(input, &mut arrival, &mut self.buffers)?;
        let verdict = record.and_then(|record| record.verdict());
        let json = verdict.as_ref().map(|verdict| self.verdict.format(verdict));
        Ok(Views::new(input, record.as_ref(), json)?)
    }

    /// Judges and counts the next value of `reader`, and passes it. The verdict is to be encoded by
    /// [`encode`](Engine::encode) before the next value is judged.
    ///
    /// # Errors
    /// [`Error::Malformed`] is the only one after which the reader is not behind the value.
    pub(crate) fn judge(
        &mut self,
        reader: &mut Reader<'_>,
        behind: Behind,
    ) -> Result<Option<Verdict>, Error> {
        let answer = self.answer(reader, behind);
        self.count(answer)
    }

    /// Whether the start of a bare record shows that it is no sign-in and matches no rule: most do.
    fn rules_out(&mut self, input: &[u8]) -> bool {
        let rules = self.configuration.rules.as_ref();
        Header::read(input).is_some_and(|header| {
            !header.may_be_signin()
                && rules.is_none_or(|rules| rules.rule_out(&header, &mut self.matcher))
        })
    }

    fn count(&mut self, answer: Result<Option<Verdict>, Error>) -> Result<Option<Verdict>, Error> {
        self.counters.records += 1;
        match answer {
            Ok(verdict) => self.counters.verdicts += u64::from(verdict.is_some()),
            Err(_) => self.counters.errors += 1,
        }
        answer
    }

    /// With rules, any record may be one that matches.
    fn asked(&self) -> Asked {
        if self.configuration.rules.is_some() { Asked::All } else { Asked::Signins }
    }

    /// Appends the JSON of a verdict just given.
    pub(crate) fn encode(&mut self, verdict: &Verdict, output: &mut Vec<u8>) -> Result<(), Error> {
        let json = self.verdict.format(verdict);
        let Some(rules) = &self.configuration.rules else {
            output.try_reserve(json.len())?;
            output.extend_from_slice(json);
            return Ok(());
        };
        let ids: usize = rules.matched(&self.matcher).map(|id| id.len() + "\"\",".len()).sum();
        output.try_reserve(json.len() + ",\"rules\":[]".len() + ids)?;
        output.extend_from_slice(&json[..json.len() - 1]);
        encode_rules(rules.matched(&self.matcher), output);
        Ok(())
    }

    fn answer(
        &mut self,
        reader: &mut Reader<'_>,
        behind: Behind,
    ) -> Result<Option<Verdict>, Error> {
        let rules = self.configuration.rules.as_ref();
        let mut arrival = Arrival::new(self.asked());
        let (depth, at) = (reader.depth(), reader.offset());
        let found = arrival.look(reader)?;
        match behind {
            Behind::More => reader.leave(depth)?,
            Behind::End if matches!(found, Found::Left) => {}
            Behind::End => reader.clone().finish()?,
        }
        let record = resolve(found, &mut arrival, &mut self.buffers)?;
        let Some(rules) = rules else { return Ok(record.and_then(|record| record.verdict())) };
        judge(rules, reader.since(at), record.as_ref(), &mut self.verdict, &mut self.matcher)
    }

    /// Observes the record in an input.
    fn take_in(&mut self, input: &[u8], now: Option<Time>) -> Result<Option<Verdict>, Error> {
        check_length(input)?;
        if self.rules_out(input) {
            return Ok(None);
        }
        let rules = self.configuration.rules.as_ref();
        let mut arrival = Arrival::new(self.asked());
        let record = find(input, &mut arrival, &mut self.buffers)?;
        let verdict = match rules {
            Some(rules) => {
                judge(rules, input, record.as_ref(), &mut self.verdict, &mut self.matcher)?
            }
            None => record.and_then(|record| record.verdict()),
        };
        let Some((record, verdict)) = record.zip(verdict) else { return Ok(verdict) };
        let counted = rules.map(|rules| rules.counted(&self.matcher).collect()).unwrap_or_default();
        let observation = observe(&record, verdict, counted)?;
        if observation.signin.is_some() || !observation.rules.is_empty() {
            // What is remembered takes small pieces of memory: if there are some, it fits.
            Vec::<u8>::new().try_reserve_exact(MEMORY_LEFT).map_err(|_| Error::StateFull)?;
            self.attempts.tracker.observe(observation, now);
        }
        Ok(Some(verdict))
    }

    /// Appends what can be told, but not too much at once.
    fn tell(&mut self, output: &mut Vec<u8>) -> Result<(), Error> {
        let end = output.len() + MAX_TOLD;
        while output.len() < end {
            output.try_reserve(MEMORY_LEFT)?;
            if !self.attempts.tell(self.configuration.rules.as_ref(), &mut self.matcher, output)? {
                break;
            }
        }
        Ok(())
    }

    /// The sign-in in an input, whatever the configuration.
    fn signin<'f, 'a>(
        &'a mut self,
        input: &'a [u8],
        arrival: &'f mut Arrival<'a>,
    ) -> Result<Option<Record<'f, 'a>>, Error> {
        check_length(input)?;
        find(input, arrival, &mut self.buffers)
    }
}

/// Finds the rules that match an input, and says what it was.
fn judge(
    rules: &Rules,
    input: &[u8],
    record: Option<&Record<'_, '_>>,
    json: &mut JsonBuffer,
    matcher: &mut Matcher,
) -> Result<Option<Verdict>, Error> {
    let verdict = record.and_then(Record::verdict);
    let verdict_json = verdict.as_ref().map(|verdict| json.format(verdict));
    rules.find(input, record, verdict_json, matcher)?;
    Ok(verdict.or(matcher.has_matched().then_some(NOT_SIGNIN)))
}

fn check_length(input: &[u8]) -> Result<(), Error> {
    if input.len() > MAX_INPUT {
        return Err(Error::TooLarge { length: input.len() });
    }
    Ok(())
}
