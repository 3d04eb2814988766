//! A stream of records: attempts and findings.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use sekisho_attempts::{
    self as attempts, CorrelationEvent, CorrelationSpec, Correlator, FindingState, Key,
    Observation, Snapshot, StreamCounters, Time, Tracker, decode_state, encode_state,
};
use sekisho_signin::Verdict;
use sekisho_skeleton::Located;

use crate::arrival::{Arrival, find};
use crate::attempt::Attempt;
use crate::classifier::{Classifier, check_length, evaluate};
use crate::configuration::Configuration;
use crate::error::Error;
use crate::finding::Finding;
use crate::form::Form;
use crate::learning::learn;
use crate::observation::{observe, observe_located};
use crate::rules::{Matcher, Rules};

/// Memory that must be left to remember a record, and to write a line.
const MIN_FREE_BYTES: usize = 128 << 10;

/// [`Emissions::write_lines`] stops after this many bytes.
const MAX_EMIT_BYTES: usize = 1 << 20;

/// Pairs the records of a stream into attempts to sign in, and counts them for correlation rules.
///
/// [`observe`](AttemptStream::observe), [`tick`](AttemptStream::tick) and
/// [`flush`](AttemptStream::flush) return the attempts and findings that are ready, in order of
/// time. `plugin/attempts/README.md` describes which records form an attempt, and when it is ready.
///
/// ```
/// use sekisho::{AttemptStream, Configuration, Emitted, Outcome};
///
/// let mut stream = AttemptStream::with_configuration(Configuration::parse(
///     br#"{"rules":[
///         {"id":"failed","pattern":{"attempt":{"outcome":["failure"]}}},
///         {"id":"repeated","severity":"high","correlation":{"type":"event_count",
///             "rules":["failed"],"timespan":"15m","condition":{"gte":2}}}]}"#,
/// )?);
/// for time in ["11:10:09", "11:12:30"] {
///     let record = format!(r#"{{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
///         "eventTime":"2025-03-29T{time}Z","userIdentity":{{"type":"Root"}},
///         "responseElements":{{"ConsoleLogin":"Failure"}}}}"#);
///     // A record that completes the attempt may follow, so none is ready.
///     assert_eq!(stream.observe(record.as_bytes(), None)?.count(), 0);
/// }
///
/// let mut emitted = stream.flush();
/// for _ in 0..2 {
///     let Some(Emitted::Attempt(attempt)) = emitted.next() else { panic!("expected an attempt") };
///     assert_eq!(attempt.outcome, Outcome::Failure);
///     assert_eq!(attempt.rules().collect::<Vec<_>>(), ["failed"]);
/// }
/// let Some(Emitted::Finding(finding)) = emitted.next() else { panic!("expected a finding") };
/// assert_eq!((finding.rule(), finding.severity()), ("repeated", Some("\"high\"")));
/// assert_eq!(finding.count, 2);
/// assert!(emitted.next().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct AttemptStream {
    classifier: Classifier,
    state: State,
    /// The parts of a state that is being restored.
    parts: Vec<u8>,
}

/// What the stream remembers.
#[derive(Debug)]
struct State {
    tracker: Tracker,
    correlator: Correlator,
    /// How many findings were opened.
    finding_count: u64,
    /// Findings that are ready.
    findings: VecDeque<attempts::Finding>,
    /// What the tracker has emitted, while findings that close before it are emitted.
    next: Option<attempts::Emitted>,
    /// The stream ends, so that all findings close.
    is_flushing: bool,
    /// A buffer for the JSON of an attempt.
    json: Vec<u8>,
}

impl Default for State {
    fn default() -> Self {
        State {
            tracker: Tracker::default(),
            correlator: Correlator::new(Vec::new(), 0),
            finding_count: 0,
            findings: VecDeque::new(),
            next: None,
            is_flushing: false,
            json: Vec::new(),
        }
    }
}

/// The result of [`AttemptStream::restore`], which has an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restored {
    /// The state is restored.
    Complete,
    /// More parts of the state are needed.
    Partial,
}

impl AttemptStream {
    /// A stream with the default configuration.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A stream with this configuration.
    #[must_use]
    pub fn with_configuration(configuration: Configuration) -> Self {
        let mut stream = Self::default();
        stream.configure(configuration);
        stream
    }

    /// Replaces the configuration. The state stays, but for what was counted for correlations that
    /// are gone or differ.
    pub fn configure(&mut self, configuration: Configuration) {
        self.classifier.configure(configuration);
        self.state.configure(self.classifier.configuration());
    }

    /// The classifier of the stream.
    #[must_use]
    pub fn classifier(&self) -> &Classifier {
        &self.classifier
    }

    /// The classifier of the stream. Classifying with it leaves the state as it is. Use
    /// [`configure`](AttemptStream::configure) of the stream rather than that of the classifier.
    pub fn classifier_mut(&mut self) -> &mut Classifier {
        &mut self.classifier
    }

    /// Adds the record in the input to the stream. `now` is your clock in milliseconds, from any
    /// start, if you will call [`tick`](AttemptStream::tick).
    ///
    /// # Errors
    /// The same as for [`Classifier::classify`], and [`Error::StateFull`]. The record was not
    /// added.
    pub fn observe(&mut self, input: &[u8], now: Option<Time>) -> Result<Emissions<'_>, Error> {
        check_length(input)?;
        if !self.classifier.observes {
            self.classifier.observes = true;
            self.classifier.skeletons.reset();
        }
        let was_found = self.classifier.skeletons.was_found();
        let verdict = if !was_found && self.classifier.is_excluded(input) {
            Ok(None)
        } else {
            self.ingest_rest(input, was_found, now)
        };
        self.classifier.count(verdict)?;
        Ok(self.emissions())
    }

    /// Advances the time of the stream by as much as your clock has advanced, without a record.
    /// Call it every few seconds, so that attempts become ready when no records arrive.
    pub fn tick(&mut self, now: Time) -> Emissions<'_> {
        self.state.tracker.tick(now);
        self.emissions()
    }

    /// Ends the stream: all attempts are ready, and all findings close.
    pub fn flush(&mut self) -> Emissions<'_> {
        self.state.tracker.flush();
        self.state.is_flushing = true;
        self.emissions()
    }

    /// Appends the state of the stream, for [`restore`](AttemptStream::restore). The counters are
    /// part of it, the configuration is not, and neither are findings left in [`Emissions`].
    ///
    /// ```
    /// use sekisho::{AttemptStream, Restored};
    ///
    /// let mut saved = Vec::new();
    /// AttemptStream::new().save(&mut saved);
    /// let mut stream = AttemptStream::new();
    /// let (first, second) = saved.split_at(saved.len() / 2);
    /// assert_eq!(stream.restore(first)?, Restored::Partial);
    /// assert_eq!(stream.restore(second)?, Restored::Complete);
    /// # Ok::<(), sekisho::Error>(())
    /// ```
    // Not inlined: in the export it would not be compiled for size.
    #[inline(never)]
    pub fn save(&self, output: &mut Vec<u8>) {
        encode_state(output, |to| {
            self.state.tracker.encode(to);
            self.state.finding_count.encode(to);
            self.state.correlator.encode(to);
            self.state.next.encode(to);
        });
    }

    /// Replaces the state of the stream by a saved one. You can pass it in parts: the first one has
    /// at least [`STATE_HEADER_BYTES`] bytes, and an empty one says that there are no more.
    ///
    /// # Errors
    /// [`Error::State`], or [`Error::OutOfMemory`]. The stream keeps its state, and drops the parts.
    ///
    /// [`STATE_HEADER_BYTES`]: sekisho_attempts::STATE_HEADER_BYTES
    // Not inlined: in the export it would not be compiled for size.
    #[inline(never)]
    pub fn restore(&mut self, part: &[u8]) -> Result<Restored, Error> {
        let mut parts = core::mem::take(&mut self.parts);
        parts.try_reserve(part.len())?;
        parts.extend_from_slice(part);
        let Some(mut content) = decode_state(&parts, !part.is_empty())? else {
            self.parts = parts;
            return Ok(Restored::Partial);
        };
        let configuration = self.classifier.configuration();
        let settings = configuration.attempts;
        let mut state = State {
            tracker: Tracker::decode(&mut content)?,
            finding_count: u64::decode(&mut content)?,
            correlator: Correlator::decode(specs(configuration), settings.keys, &mut content)?,
            ..State::default()
        };
        if content.version() > 1 {
            state.next = Option::decode(&mut content)?;
        }
        if content.remaining() > 0 {
            return Err(content.expected("the end").into());
        }
        state.tracker.configure(settings);
        self.state = state;
        Ok(Restored::Complete)
    }

    /// Drops the state of the stream, and the parts of a state that is being restored.
    pub fn reset(&mut self) {
        self.parts = Vec::new();
        self.state = State::default();
        self.state.configure(self.classifier.configuration());
    }

    /// The counters of the stream. They are part of its state.
    #[must_use]
    pub fn counters(&self) -> StreamCounters {
        let State { tracker, correlator, finding_count, .. } = &self.state;
        let mut counters = tracker.counters();
        counters.findings = *finding_count;
        counters.evicted += correlator.evicted();
        counters.keys += correlator.groups() as u64;
        counters
    }

    /// Adds the record in an input that is not excluded or, if the last one was found by its skeleton,
    /// may be.
    // Not inlined: most records do not get here, and its stack frame would cost.
    #[inline(never)]
    fn ingest_rest(
        &mut self,
        input: &[u8],
        may_be_excluded: bool,
        now: Option<Time>,
    ) -> Result<Option<Verdict>, Error> {
        let AttemptStream { classifier, state, .. } = self;
        let observe = |verdict, located: &Located<'_>| (verdict, observe_located(located, verdict));
        if let Some((verdict, observation)) = classifier.find_known(input, observe) {
            let mut observation = observation?;
            let Classifier { configuration, matcher, .. } = &*classifier;
            if let Some(rules) = &configuration.rules {
                observation.rules = rules.counted(matcher.matched(), matcher.silenced()).into();
            }
            state.add(observation, now)?;
            return Ok(Some(verdict));
        }
        if may_be_excluded && classifier.is_excluded(input) {
            return Ok(None);
        }
        self.ingest(input, now)
    }

    /// Adds the record in an input to the tracker.
    #[inline(never)]
    fn ingest(&mut self, input: &[u8], now: Option<Time>) -> Result<Option<Verdict>, Error> {
        let AttemptStream { classifier, state, .. } = self;
        let mut arrival = Arrival::new(classifier.scope());
        let Classifier { configuration, buffers, matcher, json, counters, skeletons, .. } =
            classifier;
        let rules = configuration.rules.as_ref();
        let paths = configuration.record.as_ref();
        let found = find(input, paths, &mut arrival, buffers)?;
        let record = counters.count_record(found);
        let verdict = match rules {
            Some(rules) => evaluate(rules, input, record.as_ref(), json, matcher)?,
            None => record.and_then(|record| record.verdict()),
        };
        let Some((record, verdict)) = record.zip(verdict) else { return Ok(verdict) };
        let counted = rules.map(|rules| rules.counted(matcher.matched(), matcher.silenced()));
        let observation = observe(
            &record,
            verdict,
            counted.unwrap_or_default().into(),
            rules.and_then(Rules::silence),
        )?;
        if paths.is_none() {
            learn(skeletons, true, rules, &record, input);
        }
        state.add(observation, now)?;
        Ok(Some(verdict))
    }

    fn emissions(&mut self) -> Emissions<'_> {
        let Classifier { configuration, matcher, .. } = &mut self.classifier;
        let rules = configuration.rules.as_ref();
        let Configuration { lifecycle, form, .. } = *configuration;
        Emissions { state: &mut self.state, rules, matcher, lifecycle, form }
    }
}

impl State {
    /// Adds an observation to the tracker, if it is part of an attempt or counts for a correlation.
    fn add(&mut self, observation: Observation, now: Option<Time>) -> Result<(), Error> {
        if observation.signin.is_some() || !observation.rules.is_empty() {
            // What is remembered takes small blocks: if this much is left, they fit.
            Vec::<u8>::new().try_reserve_exact(MIN_FREE_BYTES).map_err(|_| Error::StateFull)?;
            self.tracker.observe(observation, now);
        }
        Ok(())
    }

    fn configure(&mut self, configuration: &Configuration) {
        let settings = configuration.attempts;
        self.tracker.configure(settings);
        self.correlator.configure(specs(configuration), settings.keys);
        // They name a correlation by its position.
        self.findings.clear();
    }

    /// Counts a record that matches rules.
    #[inline(never)]
    fn count_match(&mut self, rule_match: &attempts::RuleMatch) {
        let attempts::RuleMatch { time, event_id, identity, rules } = rule_match;
        let (time, event_id) = (time.unwrap_or(Time::MIN), event_id.as_ref());
        self.correlate(&CorrelationEvent { time, event_id, identity, rules });
    }

    /// Counts a match, and queues the findings that it opens or closes.
    fn correlate(&mut self, event: &CorrelationEvent<'_>) {
        let State { correlator, findings, finding_count, .. } = self;
        correlator.process(event, &mut |finding| {
            *finding_count += u64::from(finding.state == FindingState::Opened);
            findings.push_back(finding);
        });
    }

    /// The next finding that is ready. If there is none, `next` is what the tracker emits next.
    ///
    /// Findings close before the first attempt or match that is too late to extend them, or once
    /// only later ones can come: so the order of the output does not depend on that of arrival.
    fn next_finding(&mut self) -> Option<attempts::Finding> {
        if let Some(finding) = self.findings.pop_front() {
            return Some(finding);
        }
        if self.next.is_none() {
            self.next = self.tracker.next_ready();
        }
        let deadline = self.correlator.next_deadline()?;
        let now = match &self.next {
            Some(emitted) => emitted.time().unwrap_or(Time::MIN),
            None if self.is_flushing => Time::MAX,
            None => self.tracker.safe_time(),
        };
        if deadline < now { self.correlator.next_closed(now) } else { None }
    }
}

/// The correlations of a configuration.
fn specs(configuration: &Configuration) -> Vec<(Key, CorrelationSpec)> {
    configuration.rules.as_ref().map(Rules::specs).unwrap_or_default()
}

/// The attempts and findings of a stream that are ready: an iterator.
///
/// What you do not take stays in the stream, and is in the next `Emissions`. Take all before you
/// configure or save the stream: a finding that is left is dropped then.
///
/// ```
/// let mut stream = sekisho::AttemptStream::new();
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin"}"#;
/// // Without an eventTime it cannot be paired, so it is ready at once.
/// let mut lines = Vec::new();
/// stream.observe(record, None)?.write_lines(&mut lines)?;
/// assert!(lines.starts_with(br#"{"type":"attempt","outcome":"unknown","#));
/// assert!(lines.ends_with(b"}\n"));
/// # Ok::<(), sekisho::Error>(())
/// ```
#[derive(Debug)]
pub struct Emissions<'s> {
    state: &'s mut State,
    rules: Option<&'s Rules>,
    matcher: &'s mut Matcher,
    /// Whether findings are emitted when they close, too.
    lifecycle: bool,
    form: Form,
}

/// An attempt or a finding.
///
/// ```
/// use sekisho::{AttemptStream, Emitted};
///
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin"}"#;
/// for emitted in AttemptStream::new().observe(record, None)? {
///     match emitted {
///         Emitted::Attempt(attempt) => println!("{:?}", attempt.outcome),
///         Emitted::Finding(finding) => println!("{}: {}", finding.rule(), finding.count),
///         _ => {}
///     }
/// }
/// # Ok::<(), sekisho::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Emitted<'s> {
    /// An attempt to sign in.
    Attempt(Attempt<'s>),
    /// A finding of a correlation rule.
    Finding(Finding<'s>),
}

impl Emitted<'_> {
    /// Appends the JSON object that the filter ABI writes, without a line end.
    pub fn write_json(&self, output: &mut Vec<u8>) {
        self.write(Form::default(), output);
    }

    #[inline(never)]
    fn write(&self, form: Form, output: &mut Vec<u8>) {
        match self {
            Emitted::Attempt(attempt) => form.write_attempt(attempt, output),
            Emitted::Finding(finding) => form.write_finding(finding, output),
        }
    }
}

impl Emissions<'_> {
    /// Appends each attempt and finding as a line of JSON. It stops after about a megabyte: call
    /// it again until it appends nothing.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`]. The rest stays in the stream.
    pub fn write_lines(&mut self, output: &mut Vec<u8>) -> Result<(), Error> {
        let end = output.len() + MAX_EMIT_BYTES;
        // An attempt and the findings that it completes are not separated.
        while output.len() < end || !self.state.findings.is_empty() {
            output.try_reserve(MIN_FREE_BYTES)?;
            let Some(emitted) = self.next() else { break };
            emitted.write(self.form, output);
            output.push(b'\n');
        }
        Ok(())
    }
}

impl<'s> Emissions<'s> {
    /// An attempt, with the rules that match it. Counts it for correlations.
    // Not inlined: after most records nothing is ready, and its stack frame would cost.
    #[inline(never)]
    fn attempt(&mut self, tracked: attempts::Attempt) -> Attempt<'s> {
        let Emissions { state, rules, matcher, .. } = self;
        let attempt = Attempt::new(tracked, *rules, matcher, &mut state.json);
        let keys = attempt.counted();
        state.correlate(&CorrelationEvent {
            time: attempt.last_time.unwrap_or(Time::MIN),
            event_id: attempt.event_ids.last(),
            identity: &attempt.identity,
            rules: &keys,
        });
        attempt
    }
}

impl<'s> Iterator for Emissions<'s> {
    type Item = Emitted<'s>;

    fn next(&mut self) -> Option<Emitted<'s>> {
        loop {
            if let Some(finding) = self.state.next_finding() {
                if !self.lifecycle && finding.state != FindingState::Opened {
                    continue;
                }
                let correlation = self.rules?.correlation(finding.spec_index)?;
                return Some(Emitted::Finding(Finding::new(finding, correlation, self.lifecycle)));
            }
            match self.state.next.take() {
                Some(attempts::Emitted::Attempt(tracked)) => {
                    return Some(Emitted::Attempt(self.attempt(tracked)));
                }
                Some(attempts::Emitted::RuleMatch(rule_match)) => {
                    self.state.count_match(&rule_match);
                }
                None => {
                    self.state.is_flushing = false;
                    return None;
                }
            }
        }
    }
}
