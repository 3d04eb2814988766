//! Ids of rules, and the rules that match.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use sekisho_scan::Text;

use crate::encode::encode_number;
use crate::limits::MAX_RULE_ID;
use crate::techniques::Techniques;

/// The id of a rule, and the techniques that it names.
#[derive(Clone, Debug)]
pub(crate) struct RuleId {
    /// The content of the JSON string in the configuration.
    json: Box<str>,
    /// The id itself, where the JSON has escapes.
    decoded: Option<Box<str>>,
    pub(crate) techniques: Techniques,
}

impl RuleId {
    /// The id, if it is 1 to [`MAX_RULE_ID`] bytes long, without techniques.
    pub(crate) fn new(text: Text<'_>) -> Option<Self> {
        let json = core::str::from_utf8(text.raw()).ok()?;
        let decoded = text.is_escaped().then(|| text.to_string().into());
        let techniques = Techniques::read(None);
        (1..=MAX_RULE_ID).contains(&json.len()).then(|| RuleId {
            json: json.into(),
            decoded,
            techniques,
        })
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

/// The most bytes that [`MatchedRules::encode`] appends with these ids and so many entries of
/// `silence`.
#[cold]
pub(crate) fn max_encoded_bytes(ids: &[RuleId], entries: usize) -> usize {
    let ids: usize = ids.iter().map(|id| id.json.len() + "\"\",".len()).sum();
    let silenced =
        ",\"silenced\":[],\"silenced_by\":[]".len() + ids + entries * "4294967295,".len();
    ",\"rules\":[]}".len() + ids + if entries == 0 { 0 } else { silenced }
}

/// Rules that match, in the order of the configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MatchedRules<'r> {
    /// The ids of all rules.
    pub(crate) ids: &'r [RuleId],
    /// The numbers of those that match.
    pub(crate) numbers: &'r [u32],
    pub(crate) silenced: &'r Silenced,
}

/// For which rules an event is silenced, and by which entries.
#[derive(Clone, Debug, Default)]
pub(crate) struct Silenced {
    /// The numbers of the rules that match, and of the correlations that count one of those,
    /// ascending.
    pub(crate) rules: Vec<u32>,
    /// The positions of the entries in the configuration, ascending.
    pub(crate) entries: Vec<u32>,
}

impl Silenced {
    pub(crate) fn clear(&mut self) {
        self.rules.clear();
        self.entries.clear();
    }
}

impl<'r> MatchedRules<'r> {
    pub(crate) fn iter(self) -> impl ExactSizeIterator<Item = &'r RuleId> {
        self.numbers.iter().map(move |number| &self.ids[*number as usize])
    }

    pub(crate) fn ids(self) -> impl ExactSizeIterator<Item = &'r str> {
        self.iter().map(RuleId::as_str)
    }

    /// The ids of the rules for which the event is silenced.
    pub(crate) fn silenced(self) -> impl ExactSizeIterator<Item = &'r str> {
        self.silenced.rules.iter().map(move |number| self.ids[*number as usize].as_str())
    }

    /// Whether a rule matches that is not silenced.
    pub(crate) fn any_counts(self) -> bool {
        self.numbers.iter().any(|number| !self.silenced.rules.contains(number))
    }

    /// How many bytes [`encode`](MatchedRules::encode) appends.
    pub(crate) fn encoded_length(self) -> usize {
        let ids: usize = self.iter().map(|id| id.json.len() + "\"\",".len()).sum();
        let length = ",\"rules\":[]}".len() + ids;
        if self.silenced.entries.is_empty() { length } else { length + self.silenced_length() }
    }

    /// The most bytes that [`encode_silenced`](MatchedRules::encode_silenced) appends.
    #[cold]
    fn silenced_length(self) -> usize {
        let Silenced { rules, entries } = self.silenced;
        let ids: usize = rules.iter().map(|number| self.ids[*number as usize].json.len() + 3).sum();
        ",\"silenced\":[],\"silenced_by\":[]".len() + ids + entries.len() * "4294967295,".len()
    }

    /// Appends the ids, and for which of them the event is silenced, as the last members of an
    /// object, and the object's end.
    pub(crate) fn encode(self, output: &mut Vec<u8>) {
        output.extend_from_slice(b",\"rules\":[");
        self.encode_ids(self.numbers, output);
        if !self.silenced.entries.is_empty() {
            self.encode_silenced(output);
        }
        output.push(b'}');
    }

    /// Appends the ids of rules, and the end of the array.
    fn encode_ids(self, numbers: &[u32], output: &mut Vec<u8>) {
        for (index, number) in numbers.iter().enumerate() {
            if index > 0 {
                output.push(b',');
            }
            self.ids[*number as usize].encode(output);
        }
        output.push(b']');
    }

    #[cold]
    fn encode_silenced(self, output: &mut Vec<u8>) {
        let Silenced { rules, entries } = self.silenced;
        output.extend_from_slice(b",\"silenced\":[");
        self.encode_ids(rules, output);
        output.extend_from_slice(b",\"silenced_by\":[");
        for (index, entry) in entries.iter().enumerate() {
            if index > 0 {
                output.push(b',');
            }
            encode_number((*entry).into(), output);
        }
        output.push(b']');
    }
}
