//! Classifies inputs one by one.

use alloc::boxed::Box;
use alloc::vec::Vec;

use sekisho_scan::Reader;
use sekisho_signin::{
    Header, JsonBuffer, Kind, KnownVerdicts, Mfa, Outcome, Principal, UserExists, Verdict,
    is_wrapped_other,
};
use sekisho_skeleton::Skeletons;

use crate::arrival::{Arrival, Buffers, Found, Record, Resolved, Scope, Trailing, find, resolve};
use crate::classification::{Classification, encode, encoded_length};
use crate::configuration::Configuration;
use crate::error::Error;
use crate::form::Formed;
use crate::learning::learn;
use crate::limits::MAX_INPUT;
use crate::observation::observe;
use crate::rule_id::MatchedRules;
use crate::rules::{Matcher, Rules};

/// The verdict on a record that is no sign-in and matches a rule.
pub(crate) const NOT_SIGNIN: Verdict = Verdict {
    kind: Kind::NotSignin,
    outcome: Outcome::Unknown,
    reason: None,
    principal: Principal::Unknown,
    mfa: Mfa::Unknown,
    user_exists: UserExists::Unknown,
};

/// Classifies records.
///
/// A result depends only on the input and the configuration. The classifier keeps its buffers from
/// one input to the next, so use one for many records.
///
/// ```
/// use sekisho::{Classifier, Outcome};
///
/// let mut classifier = Classifier::new();
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
///     "userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Success"}}"#;
/// let classification = classifier.classify(record)?.expect("a sign-in");
/// assert_eq!(classification.verdict.outcome, Outcome::Success);
///
/// let other = br#"{"eventSource":"s3.amazonaws.com","eventName":"GetObject"}"#;
/// assert!(classifier.classify(other)?.is_none());
/// # Ok::<(), sekisho::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Classifier {
    pub(crate) configuration: Configuration,
    pub(crate) buffers: Buffers,
    pub(crate) matcher: Matcher,
    pub(crate) json: JsonBuffer,
    /// The skeletons of sign-ins that were read before, if the configuration has no paths.
    pub(crate) skeletons: Skeletons<KnownVerdicts>,
    /// The last sign-in in another form than a verdict.
    pub(crate) formed: Formed,
    /// Whether what attempts need of a record is learned, too.
    pub(crate) observes: bool,
    pub(crate) counters: ClassifierCounters,
}

/// Counters of a [`Classifier`], over all inputs.
///
/// ```
/// let mut classifier = sekisho::Classifier::new();
/// assert!(classifier.classify(b"{").is_err());
/// let counters = classifier.counters();
/// assert_eq!((counters.records, counters.verdicts, counters.errors), (1, 0, 1));
///
/// // No CloudTrail record is found.
/// assert!(classifier.classify(b"{}")?.is_none());
/// assert_eq!(classifier.counters().without_record, 1);
/// # Ok::<(), sekisho::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClassifierCounters {
    /// Inputs. Each record of a batch counts.
    pub records: u64,
    /// Inputs with a verdict.
    pub verdicts: u64,
    /// Inputs with an error.
    pub errors: u64,
    /// Inputs in which no CloudTrail record is found, without an error.
    pub without_record: u64,
}

impl ClassifierCounters {
    /// Counts an input without a record.
    pub(crate) fn count_record<'f, 'a>(
        &mut self,
        found: Resolved<'f, 'a>,
    ) -> Option<Record<'f, 'a>> {
        let record = found.record();
        if record.is_none() {
            self.without_record += u64::from(matches!(found, Resolved::Nothing));
        }
        record
    }
}

impl Classifier {
    /// A classifier with the default configuration.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A classifier with this configuration.
    #[must_use]
    pub fn with_configuration(configuration: Configuration) -> Self {
        Classifier { configuration, ..Self::default() }
    }

    /// Replaces the configuration.
    pub fn configure(&mut self, configuration: Configuration) {
        self.configuration = configuration;
        self.skeletons.reset();
        self.formed.reset();
    }

    /// The configuration in force.
    #[must_use]
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// The counters.
    #[must_use]
    pub fn counters(&self) -> ClassifierCounters {
        self.counters
    }

    /// Classifies the one record in the input. `None` if it is no sign-in and no rule matches it.
    ///
    /// # Errors
    /// [`Error`], if the input is malformed, too large or nested too deep, or contains several
    /// records. A record that is no sign-in and matches no rule is not read to its end, so a fault
    /// in its rest is not found.
    pub fn classify(&mut self, input: &[u8]) -> Result<Option<Classification<'_>>, Error> {
        let verdict = self.verdict(input)?;
        Ok(verdict.map(|verdict| Classification { verdict, matched: self.matched() }))
    }

    /// Appends the classification of the one record in the input as JSON. `false` if there is none:
    /// nothing is appended.
    ///
    /// ```
    /// # let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
    /// #     "userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Success"}}"#;
    /// let mut json = Vec::new();
    /// assert!(sekisho::Classifier::new().process(record, &mut json)?);
    /// assert!(json.starts_with(br#"{"kind":"console_login","outcome":"success","reason":null"#));
    /// # Ok::<(), sekisho::Error>(())
    /// ```
    ///
    /// # Errors
    /// The same as for [`classify`](Classifier::classify).
    pub fn process(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<bool, Error> {
        let Some(verdict) = self.verdict(input)? else { return Ok(false) };
        self.encode(&verdict, output)?;
        Ok(true)
    }

    /// The classification of the one record in the input as JSON, as [`process`](Self::process) appends
    /// it. It is in `buffer`, or where the classifier wrote it: what is long is not copied.
    ///
    /// ```
    /// # let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
    /// #     "userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Success"}}"#;
    /// let mut classifier = sekisho::Classifier::new();
    /// let mut buffer = Vec::new();
    /// let json = classifier.process_in(record, &mut buffer)?.expect("a sign-in");
    /// assert!(json.starts_with(br#"{"kind":"console_login","outcome":"success","reason":null"#));
    /// # Ok::<(), sekisho::Error>(())
    /// ```
    ///
    /// # Errors
    /// The same as for [`classify`](Classifier::classify).
    #[inline(always)]
    pub fn process_in<'c>(
        &'c mut self,
        input: &[u8],
        buffer: &'c mut Vec<u8>,
    ) -> Result<Option<&'c [u8]>, Error> {
        let Some(verdict) = self.verdict(input)? else { return Ok(None) };
        if self.configuration.form.replaces_verdict() {
            return self.formed.json().map(Some);
        }
        buffer.clear();
        self.encode(&verdict, buffer)?;
        Ok(Some(buffer))
    }

    /// Appends the input with its classification as one more field at the end of the top-level
    /// object. All other bytes stay the same. `false` if there is no classification: nothing is
    /// appended, and you forward the input itself.
    ///
    /// ```
    /// # let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
    /// #     "userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Success"}}"#;
    /// let mut annotated = Vec::new();
    /// assert!(sekisho::Classifier::new().annotate(record, &mut annotated)?);
    /// let added = &annotated[record.len() - 1..];
    /// assert!(added.starts_with(br#","signin":{"kind":"console_login","outcome":"success""#));
    /// # Ok::<(), sekisho::Error>(())
    /// ```
    ///
    /// # Errors
    /// The same as for [`classify`](Classifier::classify).
    pub fn annotate(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<bool, Error> {
        let Some(verdict) = self.verdict(input)? else { return Ok(false) };
        // An input with a verdict was read to its end, so its last brace closes the top-level object.
        let Some(brace) = input.iter().rposition(|byte| *byte == b'}') else { return Ok(false) };
        let (before, after) = input.split_at(brace);
        if self.configuration.form.replaces_verdict()
            && let Some(members) = self.formed.top_level(self.configuration.form, input)
        {
            output.try_reserve(input.len() + members.len() + 1)?;
            for part in [before, b",", members, after] {
                output.extend_from_slice(part);
            }
            return Ok(true);
        }
        let field = self.configuration.field();
        output.try_reserve(input.len() + field.len() + JsonBuffer::MAX_BYTES)?;
        output.extend_from_slice(before);
        output.extend_from_slice(b",\"");
        output.extend_from_slice(field);
        output.extend_from_slice(b"\":");
        self.encode(&verdict, output)?;
        output.try_reserve(after.len())?;
        output.extend_from_slice(after);
        Ok(true)
    }

    /// The verdict on the one record in the input.
    pub(crate) fn verdict(&mut self, input: &[u8]) -> Result<Option<Verdict>, Error> {
        check_length(input)?;
        // Sign-ins come in rows, and so do other records.
        let was_found = self.skeletons.was_found();
        if !was_found && self.is_excluded(input) {
            self.counters.records += 1;
            return Ok(None);
        }
        self.verdict_of_rest(input, was_found)
    }

    /// The verdict on an input that is not excluded or, if the last one was found by its skeleton, may
    /// be.
    // Not inlined: most records are excluded before, and its stack frame would cost.
    #[inline(never)]
    fn verdict_of_rest(
        &mut self,
        input: &[u8],
        may_be_excluded: bool,
    ) -> Result<Option<Verdict>, Error> {
        if let Some(verdict) = self.known_verdict(input) {
            return self.count(Ok(Some(verdict)));
        }
        if may_be_excluded && self.is_excluded(input) {
            return self.count(Ok(None));
        }
        self.read_verdict(input)
    }

    /// The verdict on an input that its first fields do not exclude.
    // Not inlined: most inputs are excluded, and need no room for what is read of the others.
    #[inline(never)]
    fn read_verdict(&mut self, input: &[u8]) -> Result<Option<Verdict>, Error> {
        let verdict = self.evaluate_next(&mut Reader::new(input), Trailing::Nothing);
        self.count(verdict)
    }

    /// Whether a few fields of a record show that it is no sign-in and matches no rule. Most records are
    /// like this.
    pub(crate) fn is_excluded(&mut self, input: &[u8]) -> bool {
        match &self.configuration.rules {
            None => {
                Header::of_other(input).is_some()
                    || (self.configuration.record.is_none() && is_wrapped_other(input))
            }
            Some(rules) => rules.exclude(input, &mut self.matcher),
        }
    }

    pub(crate) fn count(
        &mut self,
        verdict: Result<Option<Verdict>, Error>,
    ) -> Result<Option<Verdict>, Error> {
        self.counters.records += 1;
        match verdict {
            Ok(verdict) => self.counters.verdicts += u64::from(verdict.is_some()),
            Err(_) => self.counters.errors += 1,
        }
        verdict
    }

    /// With rules, every record is read: any may match.
    pub(crate) fn scope(&self) -> Scope {
        if self.configuration.rules.is_some() { Scope::AllRecords } else { Scope::Signins }
    }

    /// Appends the JSON of the last verdict.
    pub(crate) fn encode(&mut self, verdict: &Verdict, output: &mut Vec<u8>) -> Result<(), Error> {
        if self.configuration.form.replaces_verdict() {
            return self.formed.append(output);
        }
        let Classifier { configuration, matcher, json, .. } = self;
        let rules = configuration.rules.as_ref();
        let matched = rules.map(|rules| rules.matched(matcher.matched(), matcher.silenced()));
        let json = json.format(verdict);
        output.try_reserve(encoded_length(json, matched))?;
        encode(json, matched, output);
        if self.configuration.form.is_verdict() {
            Ok(())
        } else {
            self.formed.append_identity(output)
        }
    }

    /// The verdict on the next value of `reader`, which it skips and does not count. Encode a verdict
    /// before you ask for the next one, which replaces the matched rules.
    ///
    /// # Errors
    /// After [`Error::Malformed`] alone the reader is not after the value.
    pub(crate) fn evaluate_next(
        &mut self,
        reader: &mut Reader<'_>,
        trailing: Trailing,
    ) -> Result<Option<Verdict>, Error> {
        let rules = self.configuration.rules.as_ref();
        let mut arrival = Arrival::new(self.scope());
        let (depth, start) = (reader.depth(), reader.offset());
        let paths = self.configuration.record.as_ref();
        let found = arrival.find_next(reader, paths)?;
        match trailing {
            Trailing::Values => reader.leave(depth)?,
            Trailing::Nothing if matches!(found, Found::Stopped) => {}
            Trailing::Nothing => reader.clone().finish()?,
        }
        let value = reader.since(start);
        let found = resolve(found, value, paths, &mut arrival, &mut self.buffers)?;
        let record = self.counters.count_record(found);
        let verdict = match rules {
            None => record.and_then(|record| record.verdict()),
            Some(rules) => {
                evaluate(rules, value, record.as_ref(), &mut self.json, &mut self.matcher)?
            }
        };
        let form = self.configuration.form;
        if let Some(verdict) = verdict
            && !form.is_verdict()
        {
            let matched =
                rules.map(|rules| rules.matched(self.matcher.matched(), self.matcher.silenced()));
            self.formed.write_record(form, record.as_ref(), verdict, matched)?;
        }
        if let Some(record) = record
            && trailing == Trailing::Nothing
            && paths.is_none()
        {
            let observes = self.observes || !form.is_verdict();
            learn(&mut self.skeletons, observes, rules, &record, value);
        }
        Ok(verdict)
    }

    /// Finds the sign-in in an input, whatever the configuration.
    pub(crate) fn find_signin<'f, 'a>(
        &'a mut self,
        input: &'a [u8],
        arrival: &'f mut Arrival<'a>,
    ) -> Result<Option<Record<'f, 'a>>, Error> {
        check_length(input)?;
        let paths = self.configuration.record.as_ref();
        Ok(find(input, paths, arrival, &mut self.buffers)?.record())
    }

    /// Whether the input has a CloudTrail record, of a sign-in or of anything else.
    ///
    /// ```
    /// let mut classifier = sekisho::Classifier::new();
    /// let record = br#"{"eventSource":"s3.amazonaws.com","eventName":"GetObject"}"#;
    /// assert!(classifier.has_record(record)?);
    /// assert!(!classifier.has_record(br#"{"level":"info","text":"eventSource"}"#)?);
    /// # Ok::<(), sekisho::Error>(())
    /// ```
    ///
    /// # Errors
    /// The same as for [`classify`](Classifier::classify).
    pub fn has_record(&mut self, input: &[u8]) -> Result<bool, Error> {
        check_length(input)?;
        if self.is_excluded(input) {
            return Ok(true);
        }
        let paths = self.configuration.record.as_ref();
        let mut arrival = Arrival::default();
        let found = find(input, paths, &mut arrival, &mut self.buffers)?;
        Ok(!matches!(found, Resolved::Nothing))
    }

    /// The CloudTrail record of the sign-in in the input, without its envelopes. `None` if there is
    /// no sign-in.
    ///
    /// ```
    /// let event = br#"{"detail-type":"AWS Console Sign In via CloudTrail",
    ///     "detail":{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin"}}"#;
    /// let mut classifier = sekisho::Classifier::new();
    /// let record = classifier.record(event)?.expect("a sign-in");
    /// assert_eq!(record, br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin"}"#);
    /// # Ok::<(), sekisho::Error>(())
    /// ```
    ///
    /// # Errors
    /// The same as for [`classify`](Classifier::classify).
    pub fn record<'a>(&'a mut self, input: &'a [u8]) -> Result<Option<&'a [u8]>, Error> {
        Ok(self.find_signin(input, &mut Arrival::default())?.map(|record| record.json))
    }

    fn matched(&self) -> Option<MatchedRules<'_>> {
        let rules = self.configuration.rules.as_ref()?;
        Some(rules.matched(self.matcher.matched(), self.matcher.silenced()))
    }

    /// Whether the last record matches a rule for which it is not silenced: whether it passes a mode
    /// that forwards matches only.
    ///
    /// ```
    /// # use sekisho::{Classifier, Configuration};
    /// let mut classifier = Classifier::with_configuration(Configuration::parse(br#"{
    ///     "rules":[{"id":"object","pattern":{"eventName":["GetObject"]}}],
    ///     "silence":[{"account":"111122223333","reason":"a test","until":"2030-01-01T00:00:00Z"}]}"#)?);
    /// let record = br#"{"eventSource":"s3.amazonaws.com","eventName":"GetObject",
    ///     "eventTime":"2029-12-31T00:00:00Z","recipientAccountId":"111122223333"}"#;
    /// let classification = classifier.classify(record)?.expect("a match");
    /// assert_eq!(classification.silenced().collect::<Vec<_>>(), ["object"]);
    /// assert_eq!(classification.silenced_by(), [0]);
    /// assert!(!classifier.any_match_counts());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn any_match_counts(&self) -> bool {
        self.matched().is_some_and(MatchedRules::any_counts)
    }
}

/// Finds the rules that an input matches. The verdict is that on the sign-in, or [`NOT_SIGNIN`] if a
/// rule matches.
pub(crate) fn evaluate(
    rules: &Rules,
    input: &[u8],
    record: Option<&Record<'_, '_>>,
    json: &mut JsonBuffer,
    matcher: &mut Matcher,
) -> Result<Option<Verdict>, Error> {
    let verdict = record.and_then(Record::verdict);
    let verdict_json = verdict.as_ref().map(|verdict| json.format(verdict));
    rules.find(input, record, verdict_json, matcher)?;
    if rules.silence().is_some() {
        silence(rules, record, verdict, matcher)?;
    }
    Ok(verdict.or((!matcher.matched().is_empty()).then_some(NOT_SIGNIN)))
}

/// Finds the rules for which a record that matches rules is silenced.
#[cold]
fn silence(
    rules: &Rules,
    record: Option<&Record<'_, '_>>,
    verdict: Option<Verdict>,
    matcher: &mut Matcher,
) -> Result<(), Error> {
    let Some(record) = record.filter(|_| !matcher.matched().is_empty()) else { return Ok(()) };
    let verdict = verdict.unwrap_or(NOT_SIGNIN);
    let observation = observe(record, verdict, Box::default(), rules.silence())?;
    matcher.silence(rules, &observation);
    Ok(())
}

/// # Errors
/// [`Error::TooLarge`].
pub(crate) fn check_length(input: &[u8]) -> Result<(), Error> {
    if input.len() > MAX_INPUT {
        return Err(Error::TooLarge { length: input.len() });
    }
    Ok(())
}
