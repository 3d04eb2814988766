//! What decides which members an event has.

use sekisho_scan::raw;
use sekisho_signin::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

use crate::attribute::Attribute;
use crate::details::Details;
use crate::endpoint::EndpointKind;
use crate::flow::Flow;
use crate::texts::Texts;

/// What an event is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standard {
    /// The object that says who it was.
    Identity,
    Ecs,
    Ocsf,
}

/// What decides which members the event of a record has: all that is known of the record but the texts
/// of its attributes.
///
/// Events are written of these alone, so two with equal facts differ in the texts only: see
/// [`Template`](crate::template::Template).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) standard: Standard,
    pub(crate) verdict: Verdict,
    pub(crate) flow: Flow,
    /// What the source is, if there is one.
    pub(crate) endpoint: Option<EndpointKind>,
    pub(crate) enters_role: bool,
    pub(crate) names: Names,
    /// How many rules match; `None` if there are none in the configuration.
    pub(crate) rules: Option<Number>,
    /// A bit for each attribute that is present.
    present: u32,
}

/// Which of the names of a user are unlike those before them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) identity: bool,
    /// That of the role that is entered.
    pub(crate) role: bool,
}

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    None,
    One,
    Several,
}

impl Facts {
    /// The facts of a record.
    #[inline(always)]
    pub(crate) fn of(standard: Standard, details: &Details<'_>) -> Self {
        let Details { verdict, is_plain, enters_role, rules, texts, .. } = details;
        let event_name = raw::text(texts.get(Attribute::EventName), !is_plain);
        Facts {
            standard,
            verdict: *verdict,
            flow: Flow::of(verdict, event_name, texts.get(Attribute::EventSource)),
            endpoint: EndpointKind::of_source(texts),
            enters_role: *enters_role,
            names: match standard {
                Standard::Ecs => Names::of(texts, *enters_role),
                Standard::Identity | Standard::Ocsf => Names::default(),
            },
            rules: rules.map(|rules| Number::of(rules.count)),
            present: texts.present(),
        }
    }

    /// A number that no other facts have.
    #[inline(always)]
    pub(crate) fn key(&self) -> u64 {
        let Facts { standard, verdict, flow, endpoint, enters_role, names, rules, present } = *self;
        let flags = [enters_role, names.identity, names.role].map(u64::from);
        // How many bits a value takes, and the value.
        let values = [
            (Attribute::COUNT as u32, u64::from(present)),
            (5, verdict.kind as u64),
            (3, verdict.outcome as u64),
            (4, verdict.reason.map_or(0, |reason| reason as u64 + 1)),
            (4, verdict.principal as u64),
            (3, verdict.mfa as u64),
            (2, verdict.user_exists as u64),
            (2, standard as u64),
            (4, flow as u64),
            (2, endpoint.map_or(0, |kind| kind as u64 + 1)),
            (2, rules.map_or(0, |number| number as u64 + 1)),
            (1, flags[0]),
            (1, flags[1]),
            (1, flags[2]),
        ];
        values.into_iter().fold(0, |key, (bits, value)| key << bits | value)
    }
}

// These fit in their bits, and all of them in 64.
const _: () = assert!(
    Kind::ALL.len() <= 32
        && Outcome::ALL.len() <= 8
        && Reason::ALL.len() < 16
        && Principal::ALL.len() <= 16
        && Mfa::ALL.len() <= 8
        && UserExists::ALL.len() <= 4
        && Flow::NoRecord as usize <= 15
        && Attribute::COUNT + 34 <= 64
);

impl Names {
    pub(crate) fn of(texts: &Texts<'_>, enters_role: bool) -> Self {
        let get = |attribute| texts.get(attribute);
        let (user, identity, role) =
            (get(Attribute::User), get(Attribute::Identity), get(Attribute::Role));
        Names { identity: identity != user, role: enters_role && role != user && role != identity }
    }
}

impl Number {
    pub(crate) const fn of(count: usize) -> Self {
        match count {
            0 => Number::None,
            1 => Number::One,
            _ => Number::Several,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each change of one of the values changes bits of its own.
    #[test]
    fn other_facts_have_another_key() {
        let first = Facts {
            standard: Standard::Identity,
            verdict: Verdict {
                kind: Kind::ALL[0],
                outcome: Outcome::ALL[0],
                reason: None,
                principal: Principal::ALL[0],
                mfa: Mfa::ALL[0],
                user_exists: UserExists::ALL[0],
            },
            flow: Flow::Start,
            endpoint: None,
            enters_role: false,
            names: Names::default(),
            rules: None,
            present: 0,
        };
        let mut groups: Vec<Vec<Facts>> = Vec::new();
        let verdict = first.verdict;
        let with = |verdict| Facts { verdict, ..first };
        groups
            .push(Kind::ALL.iter().map(|kind| with(Verdict { kind: *kind, ..verdict })).collect());
        groups.push(
            Outcome::ALL
                .iter()
                .map(|outcome| with(Verdict { outcome: *outcome, ..verdict }))
                .collect(),
        );
        groups.push(
            Reason::ALL
                .iter()
                .map(|reason| with(Verdict { reason: Some(*reason), ..verdict }))
                .collect(),
        );
        groups.push(
            Principal::ALL
                .iter()
                .map(|principal| with(Verdict { principal: *principal, ..verdict }))
                .collect(),
        );
        groups.push(Mfa::ALL.iter().map(|mfa| with(Verdict { mfa: *mfa, ..verdict })).collect());
        groups.push(
            UserExists::ALL
                .iter()
                .map(|user_exists| with(Verdict { user_exists: *user_exists, ..verdict }))
                .collect(),
        );
        let standards = [Standard::Ecs, Standard::Ocsf];
        groups.push(standards.map(|standard| Facts { standard, ..first }).to_vec());
        let flows = [
            Flow::End,
            Flow::Enter,
            Flow::Leave,
            Flow::Step,
            Flow::Info,
            Flow::PasswordChange,
            Flow::PasswordReset,
            Flow::Change,
            Flow::Request,
            Flow::Other,
            Flow::NoRecord,
        ];
        groups.push(flows.map(|flow| Facts { flow, ..first }).to_vec());
        let kinds = [EndpointKind::Address, EndpointKind::Host, EndpointKind::Other];
        groups.push(kinds.map(|kind| Facts { endpoint: Some(kind), ..first }).to_vec());
        let numbers = [Number::None, Number::One, Number::Several];
        groups.push(numbers.map(|number| Facts { rules: Some(number), ..first }).to_vec());
        groups.push(vec![Facts { enters_role: true, ..first }]);
        groups.push(vec![Facts { names: Names { identity: true, role: false }, ..first }]);
        groups.push(vec![Facts { names: Names { identity: false, role: true }, ..first }]);
        for bit in 0..Attribute::COUNT {
            groups.push(vec![Facts { present: 1 << bit, ..first }]);
        }
        let mut used = 0;
        for group in groups {
            let mut keys: Vec<u64> = group.iter().map(Facts::key).collect();
            let bits = keys.iter().fold(0, |bits, key| bits | key);
            assert_eq!(bits & used, 0, "{group:?}");
            used |= bits;
            keys.retain(|key| *key != 0);
            keys.sort_unstable();
            keys.dedup();
            let others = group.iter().filter(|facts| **facts != first).count();
            assert_eq!(keys.len(), others, "{group:?}");
        }
    }
}
