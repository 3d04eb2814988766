//! The format of CloudTrail at a given time. Keys and spellings have changed, and records of every
//! era are still read today.

use jiff::{SignedDuration, Timestamp};

use crate::random::Random;

const DAY_SECONDS: u32 = 86_400;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Era {
    /// eventType `AwsConsoleSignin`, no recipientAccountId.
    Y2014,
    /// The year of the article: a sign-in of an unknown user is a failed CheckMfa.
    Y2018,
    /// With readOnly, managementEvent, eventCategory and tlsDetails.
    Y2022,
    /// The last months in which Identity Center users are of type `Unknown`.
    Y2025,
    /// From 2025-07-14 on, when they are of type `IdentityCenterUser`.
    Now,
}

impl Era {
    /// Every era with its weight in a store of old and new records.
    pub(crate) const ALL: [(u32, Self); 5] =
        [(1, Self::Y2014), (1, Self::Y2018), (3, Self::Y2022), (2, Self::Y2025), (6, Self::Now)];

    /// A time in the hundred days that represent this era.
    pub(crate) fn time(self, random: &mut Random) -> Timestamp {
        let first_day = match self {
            Self::Y2014 => "2014-09-01T00:00:00Z",
            Self::Y2018 => "2018-06-14T00:00:00Z",
            Self::Y2022 => "2022-10-03T00:00:00Z",
            Self::Y2025 => "2025-04-01T00:00:00Z",
            Self::Now => "2025-09-15T00:00:00Z",
        };
        timestamp(first_day) + SignedDuration::from_secs(random.below(100 * DAY_SECONDS).into())
    }

    pub(crate) fn event_version(self) -> &'static str {
        match self {
            Self::Y2014 => "1.02",
            Self::Y2018 => "1.05",
            Self::Y2022 => "1.08",
            Self::Y2025 => "1.09",
            Self::Now => "1.11",
        }
    }

    pub(crate) fn signin_event_type(self) -> &'static str {
        match self {
            Self::Y2014 => "AwsConsoleSignin",
            _ => "AwsConsoleSignIn",
        }
    }

    /// The browser version of the time.
    pub(crate) fn browser_version(self) -> u32 {
        match self {
            Self::Y2014 => 37,
            Self::Y2018 => 66,
            Self::Y2022 => 106,
            Self::Y2025 => 135,
            Self::Now => 141,
        }
    }

    pub(crate) fn tls(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Y2014 | Self::Y2018 => None,
            Self::Y2022 => Some(("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256")),
            Self::Y2025 | Self::Now => Some(("TLSv1.3", "TLS_AES_128_GCM_SHA256")),
        }
    }
}

/// Parses a literal of this crate.
pub(crate) fn timestamp(literal: &str) -> Timestamp {
    literal.parse().expect("the literal is RFC 3339")
}
