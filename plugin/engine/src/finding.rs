//! Findings of correlation rules, and their JSON.

use alloc::vec::Vec;

use sekisho_attempts::{
    self as attempts, EventId, FindingState, Identity, IdentityField, Key, Time, write_time,
};
use sekisho_scan::message::hex;

use crate::compiled_correlation::CompiledCorrelation;
use crate::encode::{encode_number, encode_string};
use crate::line::Line;

/// The domain of the keys that are ids of findings.
const FINDING: u64 = 2;

/// A finding of a correlation rule: its condition is met.
///
/// A finding opens once. The matches that follow extend it, until none came for the timespan of the
/// rule, or for 24 hours at most. With the configuration `"findings":"lifecycle"` it is emitted
/// again when it closes, with its totals.
///
/// ```
/// use sekisho::{AttemptStream, Configuration, Emitted, IdentityField};
///
/// let mut stream = AttemptStream::with_configuration(Configuration::parse(br#"{"rules":[
///     {"id":"login","pattern":{"eventName":["ConsoleLogin"]}},
///     {"id":"any-login","correlation":{"type":"event_count","rules":["login"],
///         "group-by":["user"],"timespan":"1h","condition":{"gte":1}}}]}"#)?);
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
///     "eventTime":"2025-03-29T11:10:09Z","userIdentity":{"userName":"anaya"}}"#;
/// stream.observe(record, None)?;
/// let findings = stream.flush().filter_map(|emitted| match emitted {
///     Emitted::Finding(finding) => Some(finding),
///     _ => None,
/// });
/// let finding = findings.last().expect("a finding");
/// assert_eq!((finding.rule(), finding.count), ("any-login", 1));
/// assert_eq!(finding.key().collect::<Vec<_>>(), [(IdentityField::User, Some("anaya"))]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding<'s> {
    /// Whether it opens or closes.
    pub state: FindingState,
    /// How many matches met the condition, or different values in them.
    pub count: u32,
    /// The time of the first of them.
    pub first_time: Time,
    /// The time of the last of them.
    pub last_time: Time,
    /// Their eventIDs in order of time, or that of the last one if the finding closes; of an
    /// attempt, the eventID of its last record.
    pub event_ids: Vec<EventId>,
    correlation: &'s CompiledCorrelation,
    identity: Identity,
    lifecycle: bool,
}

impl<'s> Finding<'s> {
    /// With `lifecycle`, the JSON says whether it opens or closes.
    pub(crate) fn new(
        finding: attempts::Finding,
        correlation: &'s CompiledCorrelation,
        lifecycle: bool,
    ) -> Self {
        Finding {
            state: finding.state,
            count: finding.count,
            first_time: finding.first_time,
            last_time: finding.last_time,
            event_ids: finding.event_ids,
            correlation,
            identity: finding.identity,
            lifecycle,
        }
    }

    /// The same number when a finding opens and when it closes, and of no other finding. It follows
    /// from the rule's id, the values in common, and the time of the first match.
    #[must_use]
    pub fn id(&self) -> u128 {
        let mut first_time = Vec::new();
        write_time(self.first_time, &mut first_time);
        let mut texts = Vec::from([Some(self.rule()), core::str::from_utf8(&first_time).ok()]);
        texts.extend(self.key().map(|(_, value)| value));
        Key::new(FINDING, &texts).to_u128()
    }

    /// The id of the rule.
    #[must_use]
    pub fn rule(&self) -> &'s str {
        self.correlation.id.as_str()
    }

    /// Appends the id of the rule as a JSON string.
    pub(crate) fn encode_rule(&self, output: &mut Vec<u8>) {
        self.correlation.id.encode(output);
    }

    /// The techniques in the rule's `tags`.
    #[cfg(feature = "forms")]
    pub(crate) fn techniques(&self) -> &'s [sekisho_forms::Technique] {
        self.correlation.id.techniques.as_slice()
    }

    /// The rule's `severity` as JSON, if it has one.
    #[must_use]
    pub fn severity(&self) -> Option<&'s str> {
        self.correlation.severity.as_deref()
    }

    /// The fields that the rule groups by, and the value that all matches have in common.
    pub fn key(&self) -> impl Iterator<Item = (IdentityField, Option<&str>)> {
        self.correlation.group_by().iter().map(|field| (*field, self.identity.get(*field)))
    }

    /// Appends the JSON object that the filter ABI writes for a finding, without a line end.
    pub fn write_json(&self, output: &mut Vec<u8>) {
        output.extend_from_slice(b"{\"type\":\"finding\",\"rule\":");
        self.encode_rule(output);
        output.extend_from_slice(b",\"severity\":");
        output.extend_from_slice(self.severity().unwrap_or("null").as_bytes());
        output.extend_from_slice(b",\"key\":{");
        for (index, (field, value)) in self.key().enumerate() {
            if index > 0 {
                output.push(b',');
            }
            encode_string(Some(field.name()), output);
            output.push(b':');
            encode_string(value, output);
        }
        output.extend_from_slice(b"},\"count\":");
        encode_number(self.count.into(), output);
        let mut line = Line::new(output);
        line.times(Some(self.first_time), Some(self.last_time));
        line.events(&self.event_ids);
        drop(line);
        if self.lifecycle {
            self.encode_lifecycle(output);
        }
        output.push(b'}');
    }

    /// The name of the state in JSON; `None` if there is only one.
    pub(crate) fn state_name(&self) -> Option<&'static str> {
        let name = if self.state == FindingState::Opened { "opened" } else { "closed" };
        self.lifecycle.then_some(name)
    }

    #[cold]
    fn encode_lifecycle(&self, output: &mut Vec<u8>) {
        output.extend_from_slice(b",\"id\":\"");
        for byte in self.id().to_be_bytes() {
            output.extend_from_slice(&hex(byte));
        }
        output.extend_from_slice(b"\",\"state\":");
        encode_string(self.state_name(), output);
        if let FindingState::Closed { matches, values, .. } = self.state {
            output.extend_from_slice(b",\"matches\":");
            encode_number(matches.into(), output);
            output.extend_from_slice(b",\"values\":");
            match values {
                Some(values) => encode_number(values.into(), output),
                None => output.extend_from_slice(b"null"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use sekisho_scan::{Reader, Value};

    use crate::correlation::Correlation;
    use crate::rule_id::RuleId;

    use super::*;

    fn value(json: &str) -> Value<'_> {
        Reader::new(json.as_bytes()).value().unwrap()
    }

    fn json(
        id: &str,
        severity: Option<&str>,
        correlation: &str,
        event_ids: Vec<EventId>,
    ) -> String {
        let correlation = Correlation::parse(correlation.as_bytes()).unwrap();
        let id = RuleId::new(value(id).text().unwrap()).unwrap();
        let compiled = CompiledCorrelation::new(id, severity.map(value), &correlation);
        let finding = attempts::Finding {
            spec_index: 0,
            state: FindingState::Opened,
            identity: Identity::new([
                Some("111122223333"),
                Some("AIDA\"\n\u{e9}"),
                None,
                None,
                None,
            ]),
            count: 20,
            first_time: 1_743_246_609_000,
            last_time: 1_743_246_609_500,
            event_ids,
        };
        let mut json = Vec::new();
        Finding::new(finding, &compiled, false).write_json(&mut json);
        String::from_utf8(json).unwrap()
    }

    #[test]
    fn the_json_is_one_line() {
        let correlation = r#"{"type":"event_count","rules":["failed"],"timespan":"60m","condition":{"gte":20},"group-by":["principal_id","account"]}"#;
        let ids = ["0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9", "\\"].map(EventId::new);
        let severity = Some("{\"level\":\n\"high\"}");
        assert_eq!(
            json(r#""per \"user\"""#, severity, correlation, Vec::from(ids)),
            concat!(
                r#"{"type":"finding","rule":"per \"user\"","severity":{"level": "high"},"#,
                r#""key":{"principal_id":"AIDA\"\u000aé","account":"111122223333"},"count":20,"#,
                r#""first_time":"2025-03-29T11:10:09Z","last_time":"2025-03-29T11:10:09.500Z","#,
                r#""events":["0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9","\\"]}"#,
            )
        );
    }

    #[test]
    fn severity_key_and_events_may_be_empty() {
        let correlation = r#"{"type":"value_count","rules":["failed"],"timespan":"60m","condition":{"gte":20,"field":"user"}}"#;
        let json = json(r#""spray""#, None, correlation, Vec::new());
        let start =
            r#"{"type":"finding","rule":"spray","severity":null,"key":{},"count":20,"first_time""#;
        assert!(json.starts_with(start), "{json}");
        assert!(json.ends_with(",\"events\":[]}"), "{json}");
    }
}
