//! Ids of rules, and the rules that match.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use sekisho_scan::Text;

use crate::limits::MAX_RULE_ID;

/// The id of a rule.
#[derive(Clone, Debug)]
pub(crate) struct RuleId {
    /// The content of the JSON string in the configuration.
    json: Box<str>,
    /// The id itself, where the JSON has escapes.
    decoded: Option<Box<str>>,
}

impl RuleId {
    /// The id, if it is 1 to [`MAX_RULE_ID`] bytes long.
    pub(crate) fn new(text: Text<'_>) -> Option<Self> {
        let json = core::str::from_utf8(text.raw()).ok()?;
        let decoded = text.is_escaped().then(|| text.to_string().into());
        (1..=MAX_RULE_ID).contains(&json.len()).then(|| RuleId { json: json.into(), decoded })
    }

    pub(crate) fn as_str(&self) -> &str {
        self.decoded.as_deref().unwrap_or(&self.json)
    }

    /// Appends the id as a JSON string, written as in the configuration.
    pub(crate) fn encode(&self, output: &mut Vec<u8>) {
        output.push(b'"');
        output.extend_from_slice(self.json.as_bytes());
        output.push(b'"');
    }
}

/// Rules that match, in the order of the configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MatchedRules<'r> {
    /// The ids of all rules.
    pub(crate) ids: &'r [RuleId],
    /// The numbers of those that match.
    pub(crate) numbers: &'r [u32],
}

impl<'r> MatchedRules<'r> {
    fn iter(self) -> impl ExactSizeIterator<Item = &'r RuleId> {
        self.numbers.iter().map(move |number| &self.ids[*number as usize])
    }

    pub(crate) fn ids(self) -> impl ExactSizeIterator<Item = &'r str> {
        self.iter().map(RuleId::as_str)
    }

    /// How many bytes [`encode`](MatchedRules::encode) appends.
    pub(crate) fn encoded_length(self) -> usize {
        let ids: usize = self.iter().map(|id| id.json.len() + "\"\",".len()).sum();
        ",\"rules\":[]}".len() + ids
    }

    /// Appends the ids as the last member of an object, and the object's end.
    pub(crate) fn encode(self, output: &mut Vec<u8>) {
        output.extend_from_slice(b",\"rules\":[");
        for (index, id) in self.iter().enumerate() {
            if index > 0 {
                output.push(b',');
            }
            id.encode(output);
        }
        output.extend_from_slice(b"]}");
    }
}
