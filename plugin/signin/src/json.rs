//! A verdict as JSON.

use crate::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

/// A member of the object, in as many bytes as the longest has: to copy a known number of bytes takes
/// a few instructions, to copy any number of them takes a call.
#[derive(Clone, Copy)]
struct Member {
    bytes: [u8; Member::ROOM],
    length: usize,
}

impl Member {
    const ROOM: usize = 48;

    const fn new(parts: [&str; 3]) -> Self {
        let mut member = Member { bytes: [0; Member::ROOM], length: 0 };
        let mut index = 0;
        while index < parts.len() {
            let part = parts[index].as_bytes();
            let mut at = 0;
            while at < part.len() {
                member.bytes[member.length] = part[at];
                member.length += 1;
                at += 1;
            }
            index += 1;
        }
        member
    }
}

/// The members for all values of a set, by their number.
macro_rules! members {
    ($set:ident, $before:literal, $after:literal) => {{
        static MEMBERS: [Member; $set::ALL.len()] = {
            let mut members = [Member::new([""; 3]); $set::ALL.len()];
            let mut index = 0;
            while index < members.len() {
                members[index] = Member::new([$before, $set::ALL[index].name(), $after]);
                index += 1;
            }
            members
        };
        &MEMBERS
    }};
}

/// Room for a verdict's JSON, kept from verdict to verdict.
///
/// ```
/// use sekisho_signin::{JsonBuffer, Kind, Mfa, Outcome, Principal, UserExists, Verdict};
///
/// let verdict = Verdict {
///     kind: Kind::ConsoleLogin,
///     outcome: Outcome::Success,
///     reason: None,
///     principal: Principal::Root,
///     mfa: Mfa::Used,
///     user_exists: UserExists::Yes,
/// };
/// assert_eq!(
///     JsonBuffer::default().format(&verdict),
///     br#"{"kind":"console_login","outcome":"success","reason":null,"principal":"root","mfa":"used","user_exists":"yes"}"#,
/// );
/// ```
#[derive(Clone, Debug)]
pub struct JsonBuffer {
    room: [u8; JsonBuffer::MAX_BYTES],
}

impl JsonBuffer {
    /// No verdict's JSON is longer than this, in bytes.
    pub const MAX_BYTES: usize = 6 * Member::ROOM;

    /// The verdict's JSON object. Its keys always stand in the same order.
    pub fn format(&mut self, verdict: &Verdict) -> &[u8] {
        static NO_REASON: Member = Member::new([",\"reason\":null", "", ""]);
        let reasons = members!(Reason, ",\"reason\":\"", "\"");
        let members = [
            &members!(Kind, "{\"kind\":\"", "\"")[verdict.kind as usize],
            &members!(Outcome, ",\"outcome\":\"", "\"")[verdict.outcome as usize],
            verdict.reason.map_or(&NO_REASON, |reason| &reasons[reason as usize]),
            &members!(Principal, ",\"principal\":\"", "\"")[verdict.principal as usize],
            &members!(Mfa, ",\"mfa\":\"", "\"")[verdict.mfa as usize],
            &members!(UserExists, ",\"user_exists\":\"", "\"}")[verdict.user_exists as usize],
        ];
        let mut length = 0;
        for member in members {
            if let Some(room) = self.room.get_mut(length..).and_then(<[u8]>::first_chunk_mut) {
                *room = member.bytes;
                length += member.length;
            }
        }
        &self.room[..length]
    }
}

impl Default for JsonBuffer {
    fn default() -> Self {
        JsonBuffer { room: [0; JsonBuffer::MAX_BYTES] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All values, and those beside them that are the longest.
    #[test]
    fn every_name_is_written() {
        let mut json = JsonBuffer::default();
        for kind in Kind::ALL {
            for reason in Reason::ALL.iter().copied().map(Some).chain([None]) {
                for (outcome, principal, mfa, user_exists) in [
                    (
                        Outcome::Challenged,
                        Principal::IdentityCenterUser,
                        Mfa::NotUsed,
                        UserExists::Unknown,
                    ),
                    (Outcome::Denied, Principal::Root, Mfa::Used, UserExists::No),
                ] {
                    let verdict =
                        Verdict { kind: *kind, outcome, reason, principal, mfa, user_exists };
                    let reason =
                        reason.map_or("null".to_owned(), |reason| format!("\"{}\"", reason.name()));
                    let expected = format!(
                        r#"{{"kind":"{}","outcome":"{}","reason":{reason},"principal":"{}","mfa":"{}","user_exists":"{}"}}"#,
                        kind.name(),
                        outcome.name(),
                        principal.name(),
                        mfa.name(),
                        user_exists.name(),
                    );
                    assert_eq!(json.format(&verdict), expected.as_bytes());
                }
            }
        }
    }
}
