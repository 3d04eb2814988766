//! The engine with the rules that are in force.

use sekisho::Engine;

use crate::rules::{Definition, Rules};
use crate::{Answer, CompiledRules, Explanation, Refusal, Rule, RuleKind, RuleMatch, Verdict};

/// The engine with the rules that are in force; none at first.
#[derive(Debug, Default)]
pub(crate) struct Judge {
    engine: Engine,
    rules: Rules,
    json: Vec<u8>,
}

impl Judge {
    pub(crate) fn compile_rules(&mut self, text: &str) -> CompiledRules {
        match Rules::configure(text, &mut self.engine) {
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
        self.json.clear();
        match self.engine.process(record, &mut self.json) {
            Ok(true) => {
                let json = String::from_utf8_lossy(&self.json).into_owned();
                match verdict(&json) {
                    Ok(verdict) => Answer::Verdict { verdict, json },
                    Err(refusal) => Answer::Refused { refusal },
                }
            }
            Ok(false) => Answer::NotOurs,
            Err(error) => Answer::Refused { refusal: Refusal::new(record, error) },
        }
    }

    pub(crate) fn explain(&mut self, record: &str) -> Option<Explanation> {
        let explanation = self.engine.explain(record.as_bytes()).ok()??;
        Some(Explanation::new(record, &explanation))
    }

    pub(crate) fn match_rules(&mut self, record: &str) -> Option<Vec<RuleMatch>> {
        let matching = match self.classify(record.as_bytes()) {
            Answer::Verdict { verdict, .. } => verdict.rules,
            Answer::NotOurs => Vec::new(),
            Answer::Refused { .. } => return None,
        };
        let views = self.engine.views(record.as_bytes()).ok()?;
        let of_records = self.rules.definitions.iter().filter_map(|rule| match rule.kind() {
            RuleKind::Record => Some((&rule.id, rule.pattern.as_ref()?)),
            RuleKind::Attempt | RuleKind::Count => None,
        });
        let matched = of_records.map(|(id, pattern)| RuleMatch {
            id: id.clone(),
            matches: matching.contains(id),
            asked: sekisho_records::reasons(pattern.get(), &views)
                .into_iter()
                .map(Into::into)
                .collect(),
        });
        Some(matched.collect())
    }

    /// Another engine with the same rules.
    pub(crate) fn engine(&self) -> Result<Engine, sekisho::ConfigurationError> {
        let mut engine = Engine::new();
        engine.configure(self.rules.configuration.as_bytes())?;
        Ok(engine)
    }
}

/// A verdict of the engine, typed.
pub(crate) fn verdict(json: &str) -> Result<Verdict, Refusal> {
    serde_json::from_str(json).map_err(|error| Refusal {
        code: -6,
        sentence: format!("the engine's answer is none: {error}"),
        place: None,
    })
}
