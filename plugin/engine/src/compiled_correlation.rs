//! Correlation rules in force.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sekisho_attempts::{CorrelationCondition, CorrelationSpec, IdentityField, Key};
use sekisho_scan::Value;

use crate::correlation::Correlation;
use crate::rule_id::RuleId;

/// Domains, so that keys of different kinds differ.
const RULE: u64 = 0;
const DEFINITION: u64 = 1;

/// The key of a rule whose matches count.
pub(crate) fn rule_key(id: &str) -> Key {
    Key::new(RULE, &[Some(id)])
}

/// A correlation rule.
#[derive(Debug)]
pub(crate) struct CompiledCorrelation {
    pub(crate) id: RuleId,
    /// The severity as JSON on one line.
    pub(crate) severity: Option<Box<str>>,
    /// A key that differs for every other definition, by which restored state finds its rule.
    key: Key,
    spec: CorrelationSpec,
}

impl CompiledCorrelation {
    pub(crate) fn new(id: RuleId, severity: Option<Value<'_>>, correlation: &Correlation) -> Self {
        let spec = correlation.spec(correlation.rules().map(|(id, _)| rule_key(id)).collect());
        let severity = severity.and_then(|severity| core::str::from_utf8(severity.raw).ok());
        CompiledCorrelation {
            key: definition(id.as_str(), correlation, &spec),
            id,
            // JSON has line breaks between values only.
            severity: severity.map(|json| json.replace(['\n', '\r'], " ").into()),
            spec,
        }
    }

    /// The key of the definition.
    pub(crate) fn key(&self) -> Key {
        self.key
    }

    /// Whether it counts the matches of the rule with this key.
    pub(crate) fn counts(&self, rule: &Key) -> bool {
        self.spec.rules.contains(rule)
    }

    /// The specification that the correlator works with, and its key.
    pub(crate) fn spec(&self) -> (Key, CorrelationSpec) {
        (self.key, self.spec.clone())
    }

    /// The fields whose values the matches of a finding have in common.
    pub(crate) fn group_by(&self) -> &[IdentityField] {
        &self.spec.group_by
    }
}

/// The key of a definition. It depends on all that decides what is counted.
fn definition(id: &str, correlation: &Correlation, spec: &CorrelationSpec) -> Key {
    let (condition, field, threshold) = match spec.condition {
        CorrelationCondition::EventCount { threshold } => ("count", None, threshold),
        CorrelationCondition::ValueCount { field, threshold } => {
            ("values", Some(field.name()), threshold)
        }
        CorrelationCondition::TemporalOrdered => ("sequence", None, 0),
    };
    let numbers: [String; 2] = [threshold.to_string(), spec.timespan_seconds.to_string()];
    let mut texts =
        Vec::from([Some(id), Some(condition), field, Some(&*numbers[0]), Some(&*numbers[1])]);
    texts.extend(spec.group_by.iter().map(|field| Some(IdentityField::name(*field))));
    // Separates the fields from the rules.
    texts.push(None);
    texts.extend(correlation.rules().map(|(id, _)| Some(id)));
    Key::new(DEFINITION, &texts)
}

#[cfg(test)]
mod tests {
    use sekisho_scan::Reader;

    use super::*;

    const BY_USER: &str = r#"{"type":"event_count","rules":["failed"],"timespan":"60m","condition":{"gte":20},"group-by":["principal_id","account"]}"#;

    fn value(json: &str) -> Value<'_> {
        Reader::new(json.as_bytes()).value().unwrap()
    }

    fn compile(id: &str, severity: &str, correlation: &str) -> CompiledCorrelation {
        let id = RuleId::new(value(id).text().unwrap()).unwrap();
        let correlation = Correlation::parse(correlation.as_bytes()).unwrap();
        CompiledCorrelation::new(id, Some(value(severity)), &correlation)
    }

    #[test]
    fn a_severity_is_on_one_line() {
        let compiled = compile("\"a\"", "{\"level\": [\r\n\"a\\n\"]}", BY_USER);
        assert_eq!(compiled.severity.as_deref(), Some(r#"{"level": [  "a\n"]}"#));
    }

    #[test]
    fn a_key_depends_on_all_that_decides_what_counts() {
        let key = |id: &str, correlation: &str| compile(id, "1", correlation).spec().0;
        let same = compile("\"\\u0061\"", "2", &BY_USER.replace("60m", "3600s"));
        assert_eq!(same.spec().0, key("\"a\"", BY_USER));
        assert_eq!(same.spec().1.rules, [rule_key("failed")]);
        let mut keys = Vec::from([key("\"a\"", BY_USER), key("\"b\"", BY_USER)]);
        for (part, other) in [
            ("60m", "61m"),
            (r#"{"gte":20}"#, r#"{"gte":21}"#),
            (r#"{"gte":20}"#, r#"{"gte":20,"field":"user"}"#),
            (r#"{"gte":20}"#, r#"{"gte":20,"field":"account"}"#),
            (r#""principal_id","account""#, r#""account","principal_id""#),
            (r#"["failed"]"#, r#"["failed","failed"]"#),
        ] {
            let mut correlation = BY_USER.replace(part, other);
            if other.contains("field") {
                correlation = correlation.replace("event_count", "value_count");
            }
            let key = key("\"a\"", &correlation);
            assert!(!keys.contains(&key), "{other}");
            keys.push(key);
        }
    }
}
