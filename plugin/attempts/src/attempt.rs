//! One try to sign in, and what it was.

use alloc::vec::Vec;

use sekisho_signin::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

use crate::event_id::EventId;
use crate::identity::Identity;
use crate::key::Key;
use crate::observation::{Observation, Part};
use crate::snapshot::{Snapshot, StateError, StateReader};
use crate::time::Time;

/// Of one attempt, the ids of so many records are remembered.
pub const MAX_EVENT_IDS: usize = 64;

/// The records of one try to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it began and when it ended; `None` if its record has no time that can be read.
    pub times: Option<(Time, Time)>,
    /// Who tried.
    pub identity: Identity,
    /// The ids of its records in order of time; of those that have one, the first [`MAX_EVENT_IDS`].
    pub event_ids: Vec<EventId>,
    /// Its record came too late to be paired.
    pub late: bool,
    /// It was given up before its time, for want of memory.
    pub evicted: bool,
    pub(crate) key: Key,
    /// How many records it has.
    pub(crate) records: u32,
    /// Whether records may still join it.
    pub(crate) open: bool,
    /// The verdict on the last record.
    pub(crate) last: Verdict,
    /// The failed attempts before it; of Identity Center, the refusals inside it.
    pub(crate) failures: u32,
    /// The check for MFA that a login followed.
    check: Option<Verdict>,
    /// The verdict that decides, if there is one.
    decided: Option<Verdict>,
    /// Whether Identity Center found a factor right.
    passed: bool,
}

/// What an attempt was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// How it ended; `unknown` if it was abandoned.
    pub outcome: Outcome,
    /// Why it failed or was denied.
    pub reason: Option<Reason>,
    /// Who tried.
    pub principal: Principal,
    /// What is known of a second factor.
    pub mfa: Mfa,
    /// Whether the user exists.
    pub user_exists: UserExists,
    /// Nothing followed when a second factor was asked for.
    pub abandoned_at_mfa: bool,
    /// MFA was checked, and the login says that it was not used.
    pub inconsistent: bool,
}

impl Attempt {
    /// The attempt that begins with an observation.
    pub(crate) fn begin(observation: &Observation, verdict: Verdict, key: Key) -> Self {
        let mut attempt = Attempt {
            times: observation.time.map(|time| (time, time)),
            identity: observation.identity.clone(),
            event_ids: observation.event_id.iter().cloned().collect(),
            late: false,
            evicted: false,
            key,
            records: 1,
            open: false,
            last: verdict,
            failures: 0,
            check: None,
            decided: None,
            passed: false,
        };
        attempt.judge(verdict);
        attempt
    }

    /// Adds an observation that belongs to it.
    pub(crate) fn join(&mut self, observation: Observation, verdict: Verdict) {
        if self.last.kind == Kind::MfaCheck {
            self.check = Some(self.last);
        }
        self.last = verdict;
        self.records += 1;
        self.judge(verdict);
        self.times = self.times.zip(observation.time).map(|((first, _), last)| (first, last));
        self.identity = core::mem::take(&mut self.identity).updated(observation.identity);
        if self.event_ids.len() < MAX_EVENT_IDS {
            self.event_ids.extend(observation.event_id);
        }
    }

    /// Whether it has failed, as far as is known.
    pub(crate) fn has_failed(&self) -> bool {
        self.decided.as_ref().is_some_and(is_refusal)
    }

    /// The failed attempts before it, as `README.md` counts them.
    #[must_use]
    pub fn failures_before(&self) -> u32 {
        let decided = self.decided.filter(|verdict| is_step(verdict) && is_refusal(verdict));
        self.failures.saturating_sub(u32::from(decided.is_some()))
    }

    /// Takes a verdict in.
    fn judge(&mut self, verdict: Verdict) {
        if !is_step(&verdict) {
            self.decided = (Part::of(&verdict) != Part::Check).then_some(verdict);
        } else if is_refusal(&verdict) {
            self.decided = Some(verdict);
            self.failures += 1;
        } else if verdict.kind == Kind::IdcVerification && verdict.outcome == Outcome::Challenged {
            self.decided = None;
            self.passed = true;
        }
    }

    /// What it was.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        match (self.decided, self.check) {
            (Some(login), Some(check)) if login.reason != Some(Reason::UnknownUser) => {
                paired(&login, &check)
            }
            (Some(verdict), _) => Conclusion::from(verdict),
            (None, _) => self.undecided(),
        }
    }

    /// Nothing says how it ended.
    fn undecided(&self) -> Conclusion {
        let is_pending = self.last.mfa == Mfa::Pending;
        Conclusion {
            outcome: Outcome::Unknown,
            user_exists: if self.passed { UserExists::Yes } else { self.last.user_exists },
            abandoned_at_mfa: is_pending && !self.late && !self.evicted,
            ..Conclusion::from(self.last)
        }
    }
}

/// A login that followed a check for MFA.
fn paired(login: &Verdict, check: &Verdict) -> Conclusion {
    let mut conclusion = Conclusion::from(*login);
    conclusion.inconsistent = login.mfa == Mfa::NotUsed;
    if login.mfa == Mfa::Unknown {
        conclusion.mfa = Mfa::Used;
        if login.reason == Some(Reason::BadPassword) {
            conclusion.reason = Some(Reason::BadPasswordOrMfa);
        }
    }
    if login.user_exists == UserExists::Unknown {
        conclusion.user_exists = check.user_exists;
    }
    if login.principal == Principal::Unknown {
        conclusion.principal = check.principal;
    }
    conclusion
}

/// Whether the verdict is on a step of a sign-in to Identity Center, which others may follow.
fn is_step(verdict: &Verdict) -> bool {
    matches!(verdict.kind, Kind::IdcChallenge | Kind::IdcVerification)
}

fn is_refusal(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, Outcome::Failure | Outcome::Denied)
}

impl From<Verdict> for Conclusion {
    fn from(verdict: Verdict) -> Self {
        Conclusion {
            outcome: verdict.outcome,
            reason: verdict.reason,
            principal: verdict.principal,
            mfa: verdict.mfa,
            user_exists: verdict.user_exists,
            abandoned_at_mfa: false,
            inconsistent: false,
        }
    }
}

impl Snapshot for Attempt {
    fn encode(&self, to: &mut Vec<u8>) {
        self.times.encode(to);
        self.identity.encode(to);
        self.event_ids.encode(to);
        self.late.encode(to);
        self.evicted.encode(to);
        self.key.encode(to);
        self.records.encode(to);
        self.open.encode(to);
        self.last.encode(to);
        self.failures.encode(to);
        self.check.encode(to);
        self.decided.encode(to);
        self.passed.encode(to);
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        Ok(Attempt {
            times: Option::decode(from)?,
            identity: Identity::decode(from)?,
            event_ids: Vec::decode(from)?,
            late: bool::decode(from)?,
            evicted: bool::decode(from)?,
            key: Key::decode(from)?,
            records: u32::decode(from)?,
            open: bool::decode(from)?,
            last: Verdict::decode(from)?,
            failures: u32::decode(from)?,
            check: Option::decode(from)?,
            decided: Option::decode(from)?,
            passed: bool::decode(from)?,
        })
    }
}
