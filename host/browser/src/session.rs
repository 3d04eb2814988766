//! The engine and its current rules.

use sekisho::{AttemptStream, Classifier, Configuration};

use crate::rules::{Definition, Rules};
use crate::{Answer, CompiledRules, Explanation, Refusal, Rule, RuleKind, RuleMatch};

/// The engine and its current rules; none at first.
#[derive(Debug, Default)]
pub(crate) struct Session {
    classifier: Classifier,
    rules: Rules,
}

impl Session {
    pub(crate) fn compile_rules(&mut self, text: &str) -> CompiledRules {
        match Rules::configure(text, &mut self.classifier) {
            Ok(rules) => {
                self.rules = rules;
                let rule = |rule: &Definition| Rule { id: rule.id.clone(), kind: rule.kind() };
                let rules = self.rules.definitions.iter().map(rule).collect();
                CompiledRules::Compiled { rules }
            }
            Err(problem) => CompiledRules::Refused { problem },
        }
    }

    pub(crate) fn classify(&mut self, record: &[u8]) -> Answer {
        match self.classifier.classify(record) {
            Ok(Some(classification)) => {
                let mut json = Vec::new();
                classification.write_json(&mut json);
                let json = String::from_utf8_lossy(&json).into_owned();
                Answer::Verdict { verdict: classification.into(), json }
            }
            Ok(None) => Answer::NotOurs,
            Err(error) => Answer::Refused { refusal: Refusal::new(record, error) },
        }
    }

    pub(crate) fn explain(&mut self, record: &str) -> Option<Explanation> {
        let explanation = self.classifier.explain(record.as_bytes()).ok()??;
        Some(Explanation::new(record, &explanation))
    }

    pub(crate) fn match_rules(&mut self, record: &str) -> Option<Vec<RuleMatch>> {
        let matching = match self.classify(record.as_bytes()) {
            Answer::Verdict { verdict, .. } => verdict.rules,
            Answer::NotOurs => Vec::new(),
            Answer::Refused { .. } => return None,
        };
        let views = self.classifier.views(record.as_bytes()).ok()?;
        let of_records = self.rules.definitions.iter().filter_map(|rule| match rule.kind() {
            RuleKind::Record => Some((&rule.id, rule.pattern.as_ref()?)),
            RuleKind::Attempt | RuleKind::Count => None,
        });
        let matched = of_records.map(|(id, pattern)| RuleMatch {
            id: id.clone(),
            matches: matching.contains(id),
            constraints: sekisho_records::constraints(pattern.get(), &views)
                .into_iter()
                .map(Into::into)
                .collect(),
        });
        Some(matched.collect())
    }

    /// A stream with the same rules.
    pub(crate) fn stream(&self) -> Result<AttemptStream, sekisho::ConfigurationError> {
        let configuration = Configuration::parse(self.rules.configuration.as_bytes())?;
        Ok(AttemptStream::with_configuration(configuration))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: &str = r#"{"note":"関所","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Failure"}}"#;

    #[test]
    fn a_verdict_is_typed_and_verbatim() {
        let Answer::Verdict { verdict, json } = Session::default().classify(LOGIN.as_bytes())
        else {
            panic!("a sign-in");
        };
        assert_eq!((verdict.outcome, verdict.reason), ("failure", Some("bad_password")));
        assert!(json.starts_with(r#"{"kind":"console_login","#), "{json}");
    }

    #[test]
    fn deciding_fields_have_places() {
        let explanation = Session::default().explain(LOGIN).expect("a sign-in");
        let units: Vec<u16> = LOGIN.encode_utf16().collect();
        for field in explanation.values.iter().flat_map(|value| &value.fields) {
            let Some(place) = field.place else { continue };
            let marked = &units[place.from as usize..place.to as usize];
            assert_eq!(Some(String::from_utf16_lossy(marked)), field.value, "{}", field.path);
        }
    }

    #[test]
    fn refused_rules_keep_the_previous_ones() {
        let mut session = Session::default();
        session.compile_rules(r#"{"signin":{"outcome":["failure"]}}"#);
        let refused = session.compile_rules(r#"{"signin":{"outcome":"failure"}}"#);
        assert!(matches!(refused, CompiledRules::Refused { .. }));
        let matches = session.match_rules(LOGIN).expect("readable");
        assert!(matches[0].matches);
        assert_eq!(matches[0].constraints[0].found, [r#""failure""#]);
    }

    /// A panic would end the page, whatever somebody types.
    #[test]
    fn truncated_text_does_not_panic() {
        let rules = r#"{"rules":[{"id":"a","pattern":{"$or":[{"x":[{"numeric":[">",1e400]}]},{"signin":{"kind":[{"prefix":"関"}]}}]}},{"id":"b","correlation":{"type":"event_count","rules":["a"],"timespan":"1h","condition":{"gte":3}}}]}"#;
        let mut session = Session::default();
        for text in [LOGIN, rules] {
            for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                for part in [&text[..at], &text[at..]] {
                    session.compile_rules(part);
                    session.classify(part.as_bytes());
                    session.explain(part);
                    session.match_rules(part);
                }
            }
        }
    }
}
