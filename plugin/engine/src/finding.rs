//! Counted rules in force, and their findings as JSON.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sekisho_attempts::{
    CorrelationCondition, CorrelationSpec, Finding, Identity, IdentityField, Key,
};

use crate::attempts::{encode_ids, encode_times};
use crate::correlation::Correlation;
use crate::text::{encode_string, write};

/// What sets keys of different sorts apart.
const RULE: u64 = 0;
const DEFINITION: u64 = 1;

/// A counted rule.
#[derive(Debug)]
pub(crate) struct Counted {
    /// The id, as it is written between quotes in JSON.
    id: Vec<u8>,
    /// The severity as it is written in JSON, on one line.
    severity: Vec<u8>,
    /// What stands for all that decides what is counted.
    key: Key,
    window: CorrelationSpec,
}

/// The key of a rule.
pub(crate) fn key_of_rule(id: &str) -> Key {
    Key::new(RULE, &[Some(id)])
}

impl Counted {
    pub(crate) fn new(
        id: &str,
        written_id: &[u8],
        severity: Option<&[u8]>,
        correlation: &Correlation,
    ) -> Self {
        let window =
            correlation.window(correlation.rules().map(|(id, _)| key_of_rule(id)).collect());
        // A line break in JSON stands between values only.
        let space = |byte: &u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte };
        Counted {
            id: written_id.to_vec(),
            severity: severity.unwrap_or(b"null").iter().map(space).collect(),
            key: definition(id, correlation, &window),
            window,
        }
    }

    pub(crate) fn window(&self) -> (Key, CorrelationSpec) {
        (self.key, self.window.clone())
    }

    /// Appends a finding as a line of JSON.
    pub(crate) fn encode(&self, finding: &Finding, identity: &Identity, output: &mut Vec<u8>) {
        output.extend_from_slice(b"{\"type\":\"finding\",\"rule\":\"");
        output.extend_from_slice(&self.id);
        output.extend_from_slice(b"\",\"severity\":");
        output.extend_from_slice(&self.severity);
        output.extend_from_slice(b",\"key\":{");
        for (index, field) in self.window.group_by.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write(output, format_args!("{comma}\"{}\":", field.name()));
            encode_string(identity.get(*field), output);
        }
        write(output, format_args!("}},\"count\":{}", finding.count));
        encode_times(Some((finding.first_time, finding.last_time)), output);
        output.extend_from_slice(b",\"events\":");
        encode_ids(&finding.event_ids, output);
        output.extend_from_slice(b"}\n");
    }
}

/// The key of a counted rule: another one for whatever else it could ask for.
fn definition(id: &str, correlation: &Correlation, window: &CorrelationSpec) -> Key {
    let (sort, field, threshold) = match window.condition {
        CorrelationCondition::EventCount { threshold } => ("count", None, threshold),
        CorrelationCondition::ValueCount { field, threshold } => {
            ("values", Some(field.name()), threshold)
        }
        CorrelationCondition::TemporalOrdered => ("sequence", None, 0),
    };
    let numbers: [String; 2] = [threshold.to_string(), window.timespan_seconds.to_string()];
    let mut texts =
        Vec::from([Some(id), Some(sort), field, Some(&*numbers[0]), Some(&*numbers[1])]);
    texts.extend(window.group_by.iter().map(|field| Some(IdentityField::name(*field))));
    // Nothing stands between the fields and the rules.
    texts.push(None);
    texts.extend(correlation.rules().map(|(id, _)| Some(id)));
    Key::new(DEFINITION, &texts)
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use sekisho_attempts::EventId;

    use crate::rules::{Matcher, Rules};
    use crate::{Configuration, ConfigurationError};

    use super::*;

    const RULES: &str = r#"
        {"id":"per \"user\"","severity":
            {"level": "high"},
         "correlation":{"type":"event_count","rules":["failed"],"timespan":"60m","condition":{"gte":20},"group-by":["principal_id","account"]}},
        {"id":"login","pattern":{"detail":{"eventName":["ConsoleLogin"]}}},
        {"id":"all","pattern":{"eventName":["ConsoleLogin"]}},
        {"id":"failed","pattern":{"attempt":{"outcome":["failure","denied"]}}},
        {"id":"spray","correlation":{"type":"value_count","rules":["failed","login","failed"],"timespan":"60m","condition":{"gte":20,"field":"user"}}},
        {"id":"abandoned","pattern":{"attempt.flags":["abandoned_at_mfa"]}},
        {"id":"uncounted","pattern":{"$or":[{"attempt":{"user":["anaya"]}},{"attempt":{"user":["mateo"]}}]}}"#;

    fn parse(rules: &str) -> Result<Rules, ConfigurationError> {
        let json = format!(r#"{{"strict":true,"rules":[{rules}]}}"#);
        Ok(Configuration::parse(json.as_bytes())?.rules.unwrap())
    }

    fn refused(rules: &str) -> String {
        parse(rules).unwrap_err().to_string()
    }

    fn matched(rules: &Rules, matcher: &Matcher) -> Vec<String> {
        rules.matched(matcher).map(|id| String::from_utf8_lossy(id).into_owned()).collect()
    }

    #[test]
    fn attempts_are_matched_by_their_own_rules() {
        let rules = parse(RULES).unwrap();
        assert_eq!(rules.len(), 7);
        let mut matcher = Matcher::default();
        for (attempt, ids, keys) in [
            (r#"{"outcome":"failure","flags":[]}"#, &["failed"][..], &["failed"][..]),
            (r#"{"outcome":"unknown","flags":["late","abandoned_at_mfa"]}"#, &["abandoned"], &[]),
            (r#"{"outcome":"denied","user":"mateo"}"#, &["failed", "uncounted"], &["failed"]),
            (r#"{"eventName":"ConsoleLogin","attempt":{"outcome":"failure"}}"#, &[], &[]),
        ] {
            rules.find_attempt(attempt.as_bytes(), &mut matcher).unwrap();
            assert_eq!(matched(&rules, &matcher), ids, "{attempt}");
            let counted: Vec<_> = rules.counted(&matcher).collect();
            assert_eq!(counted, keys.iter().map(|id| key_of_rule(id)).collect::<Vec<_>>());
        }
        let record = br#"{"eventName":"ConsoleLogin","attempt":{"outcome":"failure"}}"#;
        rules.find(record, None, None, &mut matcher).unwrap();
        assert_eq!(matched(&rules, &matcher), ["all"]);
        rules
            .find(br#"{"detail":{"eventName":"ConsoleLogin"}}"#, None, None, &mut matcher)
            .unwrap();
        assert_eq!(matched(&rules, &matcher), ["login"]);
        assert_eq!(rules.counted(&matcher).collect::<Vec<_>>(), [key_of_rule("login")]);
        assert!(rules.find_attempt(b"{", &mut matcher).is_err());
        assert_eq!(matched(&rules, &matcher), [""; 0]);
    }

    #[test]
    fn a_finding_is_a_line() {
        let rules = parse(RULES).unwrap();
        let identity = Identity::new([Some("111122223333"), Some("AIDA\"\n\u{e9}"), None, None]);
        let mut finding = Finding {
            spec_index: 0,
            count: 20,
            first_time: 1_743_246_609_000,
            last_time: 1_743_246_609_500,
            event_ids: Vec::from([
                EventId::new("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"),
                EventId::new("\\"),
            ]),
        };
        let mut line = Vec::new();
        rules.encode_finding(&finding, &identity, &mut line);
        assert_eq!(
            String::from_utf8(line).unwrap(),
            concat!(
                r#"{"type":"finding","rule":"per \"user\"","severity":{"level": "high"},"#,
                r#""key":{"principal_id":"AIDA\"\u000aé","account":"111122223333"},"count":20,"#,
                r#""first_time":"2025-03-29T11:10:09Z","last_time":"2025-03-29T11:10:09.500Z","#,
                r#""events":["0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9","\\"]}"#,
                "\n",
            )
        );
        let mut line = Vec::new();
        (finding.spec_index, finding.event_ids) = (1, Vec::new());
        rules.encode_finding(&finding, &identity, &mut line);
        let line = String::from_utf8(line).unwrap();
        assert!(line.starts_with(
            r#"{"type":"finding","rule":"spray","severity":null,"key":{},"count":20,"first_time""#
        ));
        assert!(line.ends_with(",\"events\":[]}\n"), "{line}");
    }

    #[test]
    fn severities_stay_on_their_line() {
        let rules = RULES.replace(r#""high""#, "[\r\n\"a\\n\"]");
        let rules = parse(&rules).unwrap();
        let finding =
            Finding { spec_index: 0, count: 1, first_time: 0, last_time: 0, event_ids: Vec::new() };
        let mut line = Vec::new();
        rules.encode_finding(&finding, &Identity::default(), &mut line);
        let line = String::from_utf8(line).unwrap();
        assert!(line.contains(r#""severity":{"level": [  "a\n"]},"key""#), "{line}");
        assert_eq!(line.lines().count(), 1);
    }

    #[test]
    fn a_definition_is_known_again_by_what_it_asks_for() {
        let windows = parse(RULES).unwrap().windows();
        let failed = key_of_rule("failed");
        assert_eq!(windows[0].1.rules, [failed]);
        assert_eq!(windows[1].1.rules, [failed, key_of_rule("login"), failed]);
        let key = |rules: &str| parse(rules).unwrap().windows()[0].0;
        assert_eq!(windows[0].0, key(&RULES.replace("60m", "3600s").replace("high", "low")));
        let mut keys = Vec::from([windows[0].0, windows[1].0]);
        for (part, other) in [
            ("per \\\"user\\\"", "x"),
            ("60m", "61m"),
            (r#"{"gte":20}"#, r#"{"gte":21}"#),
            (r#"{"gte":20}"#, r#"{"gte":20,"field":"user"}"#),
            (r#"{"gte":20}"#, r#"{"gte":20,"field":"account"}"#),
            (r#""principal_id","account""#, r#""account","principal_id""#),
            (r#"["failed"]"#, r#"["failed","failed"]"#),
        ] {
            let rules = RULES.replacen(part, other, 1);
            let is_of_values = other.contains("field");
            let rules =
                if is_of_values { rules.replacen("event_count", "value_count", 1) } else { rules };
            let key = key(&rules);
            assert!(!keys.contains(&key), "{other}");
            keys.push(key);
        }
    }

    #[test]
    fn rules_that_cannot_be() {
        for (part, other, place, sentence) in [
            (r#"["failed"]"#, r#"["failure"]"#, "\"failure\"]", "a pattern, found `failure`"),
            (r#"["failed"]"#, r#"["failed","spray"]"#, "\"spray\"]", "a pattern, found `spray`"),
            (
                r#""severity""#,
                r#""pattern":{"a":[1]},"severity""#,
                r#"{"type":"event"#,
                "a rule of its own, without a pattern, as `correlation`",
            ),
            (
                r#""id":"all","pattern""#,
                r#""id":"all","tests""#,
                r#"{"id":"all""#,
                "an event pattern (or a `correlation` in its place) as `pattern`",
            ),
            (
                r#"{"attempt.flags":"#,
                r#"{"signin":{"mfa":["used"]},"attempt.flags":"#,
                r#"{"signin""#,
                "a rule for attempts alone",
            ),
            (
                r#"{"attempt":{"user":["anaya"]}}"#,
                r#"{"detail":{"user":["anaya"]}}"#,
                r#"{"$or""#,
                "a rule for attempts alone",
            ),
        ] {
            assert!(RULES.contains(part), "{part}");
            let rules = RULES.replacen(part, other, 1);
            let error = refused(&rules);
            let at = r#"{"strict":true,"rules":["#.len() + rules.find(place).expect(place);
            assert!(error.contains(sentence), "{error}");
            assert!(error.contains(&format!(" at byte {at}")), "{error}: {at}");
        }
    }

    #[test]
    fn settings_of_attempts() {
        let parse = |json: &str| Configuration::parse(json.as_bytes());
        assert_eq!(parse("{}").unwrap().attempts, parse(r#"{"attempts":{}}"#).unwrap().attempts);
        let all = r#"{"attempts":{"window_seconds":3600,"lateness_seconds":0,"keys":10000000}}"#;
        let all = parse(all).unwrap().attempts;
        assert_eq!((all.window_seconds, all.lateness_seconds, all.keys), (3600, 0, 10_000_000));
        for (attempts, sentence) in [
            ("[]", "an object as `attempts` at byte 26"),
            (r#"{"window_seconds":0}"#, "from 1 to 3600 as `window_seconds` at byte 44"),
            (r#"{"window_seconds":3601}"#, "from 1 to 3600 as `window_seconds` at byte 44"),
            (r#"{"lateness_seconds":86401}"#, "from 0 to 86400 as `lateness_seconds` at byte 46"),
            (r#"{"lateness_seconds":-1}"#, "from 0 to 86400 as `lateness_seconds` at byte 46"),
            (r#"{"keys":0}"#, "from 1 to 10000000 as `keys` at byte 34"),
            (r#"{"keys":10000001}"#, "from 1 to 10000000 as `keys` at byte 34"),
            (r#"{"window":180}"#, "`window`, whose value is at byte 36"),
        ] {
            let json = format!(r#"{{"strict":true,"attempts":{attempts}}}"#);
            let error = parse(&json).unwrap_err().to_string();
            assert!(error.contains(sentence), "{json}: {error}");
        }
    }
}
