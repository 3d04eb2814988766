//! The rules, read from the module's configuration, from which those for other tools are written.

use serde_json::{Value, json};

/// A rule, whose conditions must all match.
pub(super) struct Rule {
    pub(super) number: usize,
    pub(super) conditions: Vec<(Path, Test)>,
}

/// The keys that lead to a field.
pub(super) type Path = Vec<String>;

/// The condition on a field.
pub(super) enum Test {
    OneOf(Vec<String>),
    Prefix(String),
    Suffix(String),
    Exists,
    /// The addresses from 0 to 15 in the network with these first three bytes.
    Network(String),
}

/// The rules of `sekisho_generator::rules`. Panics if they use a new operator, which has to be
/// translated into the other languages first.
pub(super) fn rules(configuration: &str) -> Vec<Rule> {
    let configuration: Value = serde_json::from_str(configuration).expect("JSON");
    let rules = configuration["rules"].as_array().expect("an array of rules").iter();
    let rule = |(number, rule): (usize, &Value)| {
        assert_eq!(rule["id"], format!("rule-{number}"), "rules are numbered");
        let mut conditions = Vec::new();
        collect(&rule["pattern"]["detail"], &[], &mut conditions);
        Rule { number, conditions }
    };
    rules.enumerate().map(rule).collect()
}

fn collect(pattern: &Value, path: &[String], conditions: &mut Vec<(Path, Test)>) {
    for (key, value) in pattern.as_object().expect("a pattern is an object") {
        let path = [path, std::slice::from_ref(key)].concat();
        match value {
            Value::Array(tests) => conditions.push((path, test(tests))),
            _ => collect(value, &path, conditions),
        }
    }
}

fn test(tests: &[Value]) -> Test {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(texts) = tests.iter().map(text).collect() {
        return Test::OneOf(texts);
    }
    let operator = tests[0].as_object().and_then(|object| object.iter().next());
    let (operator, value) = operator.expect("an operator");
    match (operator.as_str(), text(value)) {
        ("prefix", Some(text)) => Test::Prefix(text),
        ("suffix", Some(text)) => Test::Suffix(text),
        ("exists", None) if *value == true => Test::Exists,
        ("cidr", Some(text)) => {
            Test::Network(text.strip_suffix(".0/28").expect("16 addresses").to_owned())
        }
        _ => panic!("an operator without translation: {tests:?}"),
    }
}

impl Rule {
    /// A record that the rule matches; other rules may match it too.
    pub(super) fn probe(&self) -> Vec<u8> {
        let mut record = json!({"eventSource": "ec2.amazonaws.com"});
        for (path, test) in &self.conditions {
            let value = match test {
                Test::OneOf(texts) => texts[0].clone(),
                Test::Prefix(text) => format!("{text}More"),
                Test::Suffix(text) => format!("More{text}"),
                Test::Exists => "AccessDenied".to_owned(),
                Test::Network(start) => format!("{start}.9"),
            };
            *field(&mut record, path) = Value::from(value);
        }
        record.to_string().into_bytes()
    }
}

/// The field at a path; missing objects are created.
pub(super) fn field<'a>(object: &'a mut Value, path: &[String]) -> &'a mut Value {
    path.iter().fold(object, |object, key| &mut object[key.as_str()])
}
