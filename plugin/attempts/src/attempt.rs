//! One attempt to sign in, and how it ended.

use alloc::boxed::Box;
use alloc::vec::Vec;

use sekisho_identity::{EventId, Identity, IdentityField, Key, Time};
use sekisho_signin::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

use crate::conclusion::Conclusion;
use crate::evidence::Evidence;
use crate::observation::{Observation, Role};
use crate::state::impl_snapshot;

/// The most eventIDs that an attempt keeps.
pub const MAX_EVENT_IDS: usize = 64;

/// The records of one attempt to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The times of its first and last record; `None` if its record has no valid time.
    pub times: Option<(Time, Time)>,
    /// Who tried to sign in.
    pub identity: Identity,
    /// The eventIDs of its records in order of time, [`MAX_EVENT_IDS`] at most.
    pub event_ids: Vec<EventId>,
    /// Its record came too late to be paired.
    pub late: bool,
    /// It was emitted before it was complete, because memory was full.
    pub evicted: bool,
    /// The eventID of the last record of the sign-in to Identity Center that this one came from.
    pub follows: Option<Box<EventId>>,
    /// The [user agents](Observation::user_agents) that all of its records have.
    pub user_agents: Box<[Key]>,
    pub(crate) key: Key,
    /// The number of its records.
    pub(crate) record_count: u32,
    /// Whether records may still join it.
    pub(crate) is_open: bool,
    /// The verdict on its last record.
    pub(crate) last_verdict: Verdict,
    /// The failed attempts before it; for Identity Center, the refusals inside it.
    pub(crate) failures: u32,
    /// The verdict on the check for MFA that the login followed.
    mfa_check: Option<Verdict>,
    /// The verdict that decides how it ended, once there is one.
    deciding_verdict: Option<Verdict>,
    /// Whether Identity Center accepted a factor.
    factor_accepted: bool,
    /// What the records of a sign-in to Identity Center say of its user.
    evidence: Evidence,
}

impl Attempt {
    /// An attempt with its first observation.
    pub(crate) fn start(observation: Observation, verdict: Verdict, key: Key) -> Self {
        let Observation { time, event_id, identity, user_agents, .. } = observation;
        let evidence = Evidence::of(&verdict, &identity);
        let mut attempt = Attempt {
            times: time.map(|time| (time, time)),
            identity,
            event_ids: Vec::from_iter(event_id),
            late: false,
            evicted: false,
            follows: None,
            user_agents,
            key,
            record_count: 1,
            is_open: false,
            last_verdict: verdict,
            failures: 0,
            mfa_check: None,
            deciding_verdict: None,
            factor_accepted: false,
            evidence,
        };
        attempt.apply(verdict);
        attempt
    }

    /// Adds a later observation.
    pub(crate) fn join(&mut self, observation: Observation, verdict: Verdict) {
        if self.last_verdict.kind == Kind::MfaCheck {
            self.mfa_check = Some(self.last_verdict);
        }
        self.last_verdict = verdict;
        self.record_count += 1;
        self.apply(verdict);
        self.times = self.times.zip(observation.time).map(|((first, _), last)| (first, last));
        let (earlier, later) = (core::mem::take(&mut self.identity), observation.identity);
        self.identity = if verdict.kind.is_identity_center() {
            self.evidence.add(&verdict, earlier, later)
        } else {
            earlier.updated(later)
        };
        if self.user_agents != observation.user_agents {
            let both = self.user_agents.iter().filter(|key| observation.user_agents.contains(key));
            self.user_agents = both.copied().collect();
        }
        if self.event_ids.len() < MAX_EVENT_IDS {
            self.event_ids.extend(observation.event_id);
        }
    }

    /// Whether it has failed so far.
    pub(crate) fn has_failed(&self) -> bool {
        self.deciding_verdict.as_ref().is_some_and(is_refusal)
    }

    /// The number of failed attempts before this one, counted as `README.md` describes.
    #[must_use]
    pub fn failures_before(&self) -> u32 {
        let decided = self.deciding_verdict;
        let is_refused_step =
            decided.is_some_and(|verdict| is_step(&verdict) && is_refusal(&verdict));
        self.failures.saturating_sub(u32::from(is_refused_step))
    }

    fn apply(&mut self, verdict: Verdict) {
        if !is_step(&verdict) {
            self.deciding_verdict = (Role::of(&verdict) != Role::Check).then_some(verdict);
        } else if is_refusal(&verdict) {
            self.deciding_verdict = Some(verdict);
            self.failures += 1;
        } else if verdict.kind == Kind::IdcVerification && verdict.outcome == Outcome::Challenged {
            self.deciding_verdict = None;
            self.factor_accepted = true;
        }
    }

    /// How the attempt ended.
    #[inline(never)]
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        let conclusion = match (self.deciding_verdict, self.mfa_check) {
            (Some(login), Some(check)) if login.reason != Some(Reason::UnknownUser) => {
                conclude_pair(&login, &check)
            }
            (Some(verdict), _) => Conclusion::from(verdict),
            (None, _) => self.conclude_undecided(),
        };
        if self.last_verdict.kind.is_identity_center() {
            let has_name = self.identity.get(IdentityField::User).is_some();
            return self.evidence.complete(conclusion, has_name);
        }
        conclusion
    }

    fn conclude_undecided(&self) -> Conclusion {
        let is_pending = self.last_verdict.mfa == Mfa::Pending;
        let user_exists =
            if self.factor_accepted { UserExists::Yes } else { self.last_verdict.user_exists };
        Conclusion {
            outcome: Outcome::Unknown,
            user_exists,
            abandoned_at_mfa: is_pending && !self.late && !self.evicted,
            ..Conclusion::from(self.last_verdict)
        }
    }
}

/// How an attempt with a check for MFA and a login ended.
fn conclude_pair(login: &Verdict, check: &Verdict) -> Conclusion {
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

/// Whether the verdict is on a step of a sign-in to Identity Center that others may follow.
fn is_step(verdict: &Verdict) -> bool {
    matches!(verdict.kind, Kind::IdcChallenge | Kind::IdcVerification)
}

fn is_refusal(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, Outcome::Failure | Outcome::Denied)
}

impl_snapshot! {
    struct Attempt {
        times,
        identity,
        event_ids,
        late,
        evicted,
        key,
        record_count,
        is_open,
        last_verdict,
        failures,
        mfa_check,
        deciding_verdict,
        factor_accepted;
        since 2: evidence, follows, user_agents
    }
}
