//! The result for one record, and its JSON.

use alloc::vec::Vec;

use sekisho_signin::{JsonBuffer, Verdict};

use crate::rule_id::MatchedRules;

/// What a record is, and the rules that match it.
///
/// ```
/// use sekisho::{Classifier, Kind, Outcome, Reason};
///
/// let mut classifier = Classifier::new();
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
///     "userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Failure"}}"#;
/// let classification = classifier.classify(record)?.expect("a sign-in");
/// assert_eq!(classification.verdict.kind, Kind::ConsoleLogin);
/// assert_eq!(classification.verdict.outcome, Outcome::Failure);
/// assert_eq!(classification.verdict.reason, Some(Reason::BadPassword));
/// assert_eq!(classification.rules().count(), 0);
/// # Ok::<(), sekisho::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Classification<'c> {
    /// The verdict. Its kind is [`NotSignin`](crate::Kind::NotSignin) if the record is no sign-in
    /// and a rule matches it.
    pub verdict: Verdict,
    /// `None` if the configuration has no rules.
    pub(crate) matched: Option<MatchedRules<'c>>,
}

impl<'c> Classification<'c> {
    /// The ids of the rules that match, in the order of the configuration.
    pub fn rules(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.matched.into_iter().flat_map(MatchedRules::ids)
    }

    /// The ids of the rules for which the record is silenced: rules that match, and correlations that
    /// count one of those. It does not count for them.
    pub fn silenced(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.matched.into_iter().flat_map(MatchedRules::silenced)
    }

    /// The positions of the entries of `silence` that the record fits, in the configuration.
    pub fn silenced_by(&self) -> &'c [u32] {
        self.matched.map_or(&[], |matched| &matched.silenced.entries)
    }

    /// Appends the JSON object that [`process`](crate::Classifier::process) writes.
    pub fn write_json(&self, output: &mut Vec<u8>) {
        encode(JsonBuffer::default().format(&self.verdict), self.matched, output);
    }
}

/// How many bytes [`encode`] appends.
pub(crate) fn encoded_length(verdict: &[u8], matched: Option<MatchedRules<'_>>) -> usize {
    verdict.len() + matched.map_or(0, MatchedRules::encoded_length)
}

/// Appends the JSON of a verdict, with the member `rules` if there are rules.
pub(crate) fn encode(verdict: &[u8], matched: Option<MatchedRules<'_>>, output: &mut Vec<u8>) {
    match matched {
        None => output.extend_from_slice(verdict),
        Some(matched) => {
            output.extend_from_slice(&verdict[..verdict.len() - 1]);
            matched.encode(output);
        }
    }
}
