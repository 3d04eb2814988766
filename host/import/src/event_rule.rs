//! A rule of EventBridge in a template.

use std::ops::Range;

use sekisho_rules::Pattern;
use serde_json::{Map, Value};

use crate::ids::check_id;
use crate::refusal::Refusal;
use crate::rule::{Definition, Rule};
use crate::tree::{Content, Node};

/// The rule with this pattern.
pub(crate) fn event_rule(
    span: &Range<usize>,
    id: &str,
    description: Option<&str>,
    pattern: &Node,
) -> Result<Rule, Refusal> {
    let json = checked(value(pattern)?, pattern)?;
    check_id(id, span)?;
    let description = description.filter(|text| !text.trim().is_empty());
    Ok(Rule {
        span: span.clone(),
        id: id.to_owned(),
        severity: "medium".to_owned(),
        description: description.unwrap_or("A rule of EventBridge.").to_owned(),
        tags: Vec::new(),
        references: Vec::new(),
        definition: Definition::Pattern(json),
    })
}

fn checked(json: Value, node: &Node) -> Result<Value, Refusal> {
    match Pattern::parse(json.to_string().as_bytes()) {
        Ok(_) => Ok(json),
        Err(error) => Err(Refusal::new(&node.span, format!("not a valid pattern: {}", error.kind))),
    }
}

fn value(node: &Node) -> Result<Value, Refusal> {
    let is_function = |key: &str| key == "Ref" || key.starts_with("Fn::");
    let calls = node.entries().iter().any(|(key, _)| key.text().is_some_and(is_function));
    if node.is_tagged || calls {
        return Err(Refusal::new(
            &node.span,
            "a function of CloudFormation: its value is not known here",
        ));
    }
    match &node.content {
        Content::Scalar(scalar) => Ok(scalar.clone()),
        Content::List(elements) => elements.iter().map(value).collect(),
        Content::Map(entries) => {
            let mut object = Map::new();
            for (key, member) in entries {
                let name = key.text().ok_or_else(|| Refusal::new(&key.span, "expected a key"))?;
                object.insert(name.to_owned(), value(member)?);
            }
            Ok(Value::Object(object))
        }
    }
}
