//! The rules in the language of each tool, as its users would write them.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::set::{Path, Rule, Test, field};

/// A pattern over the record itself, without the EventBridge event around it.
pub(super) fn pattern(rule: &Rule) -> Value {
    let mut pattern = json!({});
    for (path, test) in &rule.conditions {
        *field(&mut pattern, path) = match test {
            Test::OneOf(texts) => json!(texts),
            Test::Prefix(text) => json!([{"prefix": text}]),
            Test::Suffix(text) => json!([{"suffix": text}]),
            Test::Exists => json!([{"exists": true}]),
            Test::Network(start) => json!([{"cidr": format!("{start}.0/28")}]),
        };
    }
    pattern
}

/// One program for all rules, which fetches common fields once. Its result is the numbers of the
/// matching rules.
pub(super) fn vrl(rules: &[Rule]) -> String {
    let mut program = String::from(
        ". = parse_json!(string!(.message))\n\
         name = string(.eventName) ?? \"\"\n\
         address = string(.sourceIPAddress) ?? \"\"\n\
         matching = []\n",
    );
    for rule in rules {
        let conditions = rule.conditions.iter().map(vrl_condition);
        let conditions = conditions.collect::<Vec<_>>().join(" && ");
        let number = rule.number;
        writeln!(program, "if {conditions} {{ matching = push(matching, {number}) }}")
            .expect("writing to a string");
    }
    program + "matching\n"
}

fn vrl_condition((path, test): &(Path, Test)) -> String {
    let path = path.join(".");
    match test {
        Test::OneOf(texts) => {
            let equal = texts.iter().map(|text| format!(".{path} == {text:?}"));
            format!("({})", equal.collect::<Vec<_>>().join(" || "))
        }
        Test::Prefix(text) => format!("starts_with(name, {text:?})"),
        Test::Suffix(text) => format!("ends_with(name, {text:?})"),
        Test::Exists => format!("exists(.{path})"),
        Test::Network(start) => {
            format!("(ip_cidr_contains(\"{start}.0/28\", address) ?? false)")
        }
    }
}

/// A rule of tau-engine. It does not support networks, so the addresses are listed. The quotes are
/// needed because a leading `i` would make a value case-insensitive.
pub(super) fn tau_engine(rule: &Rule) -> Value {
    let value = |test: &Test| match test {
        Test::OneOf(texts) => texts.iter().map(|text| format!("\"{text}\"")).collect(),
        Test::Prefix(text) => json!(format!("{text}*")),
        Test::Suffix(text) => json!(format!("*{text}")),
        Test::Exists => json!("*"),
        Test::Network(start) => (0..16).map(|host| format!("{start}.{host}")).collect(),
    };
    let conditions = rule.conditions.iter().map(|(path, test)| (path.join("."), value(test)));
    let all: Map<String, Value> = conditions.collect();
    json!({
        "detection": {"all_fields": all, "condition": "all_fields"},
        "true_positives": [],
        "true_negatives": [],
    })
}

/// A Sigma rule, case-sensitive like the others.
pub(super) fn sigma(rule: &Rule) -> Value {
    let condition = |(path, test): &(Path, Test)| {
        let (modifier, value) = match test {
            Test::OneOf(texts) => ("cased", json!(texts)),
            Test::Prefix(text) => ("startswith|cased", json!(text)),
            Test::Suffix(text) => ("endswith|cased", json!(text)),
            Test::Exists => ("exists", json!(true)),
            Test::Network(start) => ("cidr", json!(format!("{start}.0/28"))),
        };
        (format!("{}|{modifier}", path.join(".")), value)
    };
    let conditions: Map<String, Value> = rule.conditions.iter().map(condition).collect();
    json!({
        "title": format!("rule {}", rule.number),
        "logsource": {"product": "aws", "service": "cloudtrail"},
        "detection": {"selection": conditions, "condition": "selection"},
    })
}
