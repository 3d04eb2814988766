//! The JSON of a verdict.

use crate::verdict::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

/// A member of the JSON object, padded to the size of the longest one. Copying a constant number of
/// bytes takes a few instructions; copying a variable number takes a call.
#[derive(Clone, Copy)]
struct Member {
    bytes: [u8; Member::MAX_BYTES],
    length: usize,
}

impl Member {
    const MAX_BYTES: usize = 40;

    const fn new(parts: [&str; 3]) -> Self {
        let mut member = Member { bytes: [0; Member::MAX_BYTES], length: 0 };
        let mut index = 0;
        while index < parts.len() {
            let part = parts[index].as_bytes();
            let mut offset = 0;
            while offset < part.len() {
                member.bytes[member.length] = part[offset];
                member.length += 1;
                offset += 1;
            }
            index += 1;
        }
        member
    }
}

/// The members for all values of a set, indexed by value.
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

/// A buffer that formats verdicts as JSON objects, without allocating. Reuse it for many verdicts.
///
/// The keys always have the same order.
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
    bytes: [u8; JsonBuffer::MAX_BYTES],
}

impl JsonBuffer {
    /// The JSON of a verdict is at most this many bytes long.
    pub const MAX_BYTES: usize = 6 * Member::MAX_BYTES;

    /// Formats a verdict. The slice is valid until the next call.
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
            if let Some(free) = self.bytes.get_mut(length..).and_then(<[u8]>::first_chunk_mut) {
                *free = member.bytes;
                length += member.length;
            }
        }
        &self.bytes[..length]
    }
}

impl Default for JsonBuffer {
    fn default() -> Self {
        JsonBuffer { bytes: [0; JsonBuffer::MAX_BYTES] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All kinds and reasons, with the longest and with shorter other values.
    #[test]
    fn formats_every_name() {
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
