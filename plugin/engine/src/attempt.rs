//! Attempts to sign in, and their JSON.

use alloc::vec::Vec;

use sekisho_attempts::{self as attempts, EventId, Identity, IdentityField, Key, Time};
use sekisho_signin::{JsonBuffer, Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

use crate::line::Line;
use crate::rule_id::{MatchedRules, Silenced};
use crate::rules::{Matcher, Rules};

/// An attempt to sign in, which has one record or several.
///
/// ```
/// use sekisho::{AttemptStream, Emitted, IdentityField};
///
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
///     "eventTime":"2025-03-29T11:10:09Z","userIdentity":{"type":"IAMUser","userName":"anaya"}}"#;
/// let mut stream = AttemptStream::new();
/// stream.observe(record, None)?;
/// let Some(Emitted::Attempt(attempt)) = stream.flush().next() else { panic!("an attempt") };
/// assert_eq!(attempt.identity.get(IdentityField::User), Some("anaya"));
/// assert_eq!(attempt.first_time, Some(1_743_246_609_000));
/// # Ok::<(), sekisho::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Attempt<'s> {
    /// How it ended; [`Unknown`](Outcome::Unknown) if it was abandoned.
    pub outcome: Outcome,
    /// Why it failed or was denied.
    pub reason: Option<Reason>,
    /// The type of the identity.
    pub principal: Principal,
    /// Whether a second factor was used.
    pub mfa: Mfa,
    /// Whether the user exists.
    pub user_exists: UserExists,
    /// Account, principal, user name, source address, and the id to count by.
    pub identity: Identity,
    /// The time of the first record, if it has one.
    pub first_time: Option<Time>,
    /// The time of the last record, if it has one.
    pub last_time: Option<Time>,
    /// The eventIDs of the records in order of time, at most
    /// [`MAX_EVENT_IDS`](sekisho_attempts::MAX_EVENT_IDS).
    pub event_ids: Vec<EventId>,
    /// The failed attempts of the same user and source in the hour before, at most 100.
    pub failures_before: u32,
    /// What is special about it.
    pub flags: AttemptFlags,
    /// For the console sign-in of a role of IAM Identity Center, the eventID of the last record of
    /// the sign-in to Identity Center before it: same user name and address, within the window.
    pub follows: Option<EventId>,
    /// `None` if the configuration has no rules.
    rules: Option<&'s Rules>,
    /// The numbers of the rules that match.
    matched: Vec<u32>,
    silenced: Silenced,
}

/// The flags of an [`Attempt`].
///
/// ```
/// use sekisho::{AttemptStream, Emitted};
///
/// // Without an eventTime.
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin"}"#;
/// let mut stream = AttemptStream::new();
/// let Some(Emitted::Attempt(attempt)) = stream.observe(record, None)?.next() else { panic!() };
/// assert!(attempt.flags.late);
/// assert_eq!(attempt.flags.names().collect::<Vec<_>>(), ["late"]);
/// # Ok::<(), sekisho::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttemptFlags {
    /// A second factor was requested, and no record followed.
    pub abandoned_at_mfa: bool,
    /// MFA was checked, but the record of the login says that it was not used.
    pub inconsistent: bool,
    /// The record arrived too late to be paired, or has no time.
    pub late: bool,
    /// The attempt was emitted early, since memory was short.
    pub evicted: bool,
}

impl AttemptFlags {
    /// The names of the flags that are set, as in the JSON.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let flags = [
            ("abandoned_at_mfa", self.abandoned_at_mfa),
            ("inconsistent", self.inconsistent),
            ("late", self.late),
            ("evicted", self.evicted),
        ];
        flags.into_iter().filter_map(|(name, is_set)| is_set.then_some(name))
    }
}

impl<'s> Attempt<'s> {
    /// An attempt, and the rules that match it. `json` is a buffer.
    pub(crate) fn new(
        tracked: attempts::Attempt,
        rules: Option<&'s Rules>,
        matcher: &mut Matcher,
        json: &mut Vec<u8>,
    ) -> Self {
        let conclusion = tracked.conclusion();
        let mut attempt = Attempt {
            outcome: conclusion.outcome,
            reason: conclusion.reason,
            principal: conclusion.principal,
            mfa: conclusion.mfa,
            user_exists: conclusion.user_exists,
            failures_before: tracked.failures_before(),
            flags: AttemptFlags {
                abandoned_at_mfa: conclusion.abandoned_at_mfa,
                inconsistent: conclusion.inconsistent,
                late: tracked.late,
                evicted: tracked.evicted,
            },
            first_time: tracked.times.map(|(first, _)| first),
            last_time: tracked.times.map(|(_, last)| last),
            follows: tracked.follows.map(|follows| *follows),
            identity: tracked.identity,
            event_ids: tracked.event_ids,
            rules,
            matched: Vec::new(),
            silenced: Silenced::default(),
        };
        if let Some(rules) = rules.filter(|rules| rules.has_attempt_rules()) {
            json.clear();
            attempt.encode(json);
            json.push(b'}');
            // The JSON is well-formed.
            if rules.find_attempt(json, matcher).is_ok() {
                attempt.matched = matcher.matched().to_vec();
            }
            if !attempt.matched.is_empty() {
                let Attempt { identity, last_time, matched, silenced, .. } = &mut attempt;
                let subject = (&*identity, &*tracked.user_agents);
                rules.find_silenced(*last_time, subject, matched, silenced);
            }
        }
        attempt
    }

    /// The ids of the rules that match, in the order of the configuration.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.matched_rules().into_iter().flat_map(MatchedRules::ids)
    }

    /// The ids of the rules for which it is silenced: rules that match, and correlations that count
    /// one of those. It does not count for them.
    pub fn silenced(&self) -> impl Iterator<Item = &str> {
        self.matched_rules().into_iter().flat_map(MatchedRules::silenced)
    }

    /// The positions of the entries of `silence` that it fits, in the configuration.
    #[must_use]
    pub fn silenced_by(&self) -> &[u32] {
        &self.silenced.entries
    }

    /// Appends the JSON object that the filter ABI writes for an attempt, without a line end.
    pub fn write_json(&self, output: &mut Vec<u8>) {
        self.encode(output);
        match self.matched_rules() {
            Some(matched) => matched.encode(output),
            None => output.push(b'}'),
        }
    }

    pub(crate) fn matched_rules(&self) -> Option<MatchedRules<'_>> {
        Some(self.rules?.matched(&self.matched, &self.silenced))
    }

    /// The keys of the rules for which it counts.
    pub(crate) fn counted(&self) -> Vec<Key> {
        let Attempt { rules, matched, silenced, .. } = self;
        rules.map(|rules| rules.counted(matched, silenced)).unwrap_or_default()
    }

    /// Appends the JSON object without its rules and its closing brace.
    fn encode(&self, output: &mut Vec<u8>) {
        let mut line = Line::new(output);
        // Its members after the kind are those of a verdict.
        const KIND: &str = "{\"kind\":\"not_signin\"";
        let verdict = Verdict {
            kind: Kind::NotSignin,
            outcome: self.outcome,
            reason: self.reason,
            principal: self.principal,
            mfa: self.mfa,
            user_exists: self.user_exists,
        };
        line.put(b"{\"type\":\"attempt\"");
        if let [_, members @ .., b'}'] = JsonBuffer::default().format(&verdict) {
            line.put(&members[KIND.len() - 1..]);
        }
        let starts: [&[u8]; FIELDS_BEFORE_TIMES.len()] =
            [b",\"account\":", b",\"principal_id\":", b",\"user\":", b",\"source_ip\":"];
        let value = |field| self.identity.get(field).map(str::as_bytes);
        for (start, field) in starts.iter().zip(FIELDS_BEFORE_TIMES) {
            line.string(start, value(field));
        }
        line.times(self.first_time, self.last_time);
        line.events(&self.event_ids);
        line.put(b",\"failures_before\":");
        line.number(self.failures_before);
        let mut before_flag: &[u8] = b",\"flags\":[";
        for flag in self.flags.names() {
            line.string(before_flag, Some(flag.as_bytes()));
            before_flag = b",";
        }
        let has_flags = before_flag == b",";
        let before: &[u8] =
            if has_flags { b"],\"identity\":" } else { b",\"flags\":[],\"identity\":" };
        line.string(before, value(IdentityField::Identity));
        if let Some(follows) = &self.follows {
            line.event(b",\"follows\":", follows);
        }
    }
}

/// The fields of an identity that are before the times in the JSON. The id to count by was added
/// later, after the flags.
pub(crate) const FIELDS_BEFORE_TIMES: [IdentityField; 4] = [
    IdentityField::Account,
    IdentityField::PrincipalId,
    IdentityField::User,
    IdentityField::SourceIp,
];
