//! EventBridge rules in templates of CloudFormation.

use sekisho_rules::Pattern;
use serde_json::{Map, Value};

use crate::refusal::Refusal;
use crate::rule::{Definition, Imported, Rule};
use crate::tree::{Content, Node, documents};

/// Imports the `EventPattern` of each `AWS::Events::Rule` in a template, in YAML or JSON. The id of a
/// rule is its name in the template. A pattern that depends on parameters is refused.
pub fn cloudformation(template: &str) -> Imported {
    let documents = match documents(template) {
        Ok(documents) => documents,
        Err(refusal) => return Imported::refused(refusal),
    };
    let mut imported = Imported::default();
    for document in &documents {
        let resources = document.get("Resources").map(Node::entries).unwrap_or_default();
        for (name, resource) in resources {
            let properties = resource.get("Properties");
            let pattern = properties.and_then(|properties| properties.get("EventPattern"));
            if let (Some("AWS::Events::Rule"), Some(pattern)) = (resource.text_of("Type"), pattern)
            {
                let description =
                    properties.and_then(|properties| properties.text_of("Description"));
                imported.add(rule(name, description, pattern));
            }
        }
    }
    if imported == Imported::default() {
        let message = "expected an `AWS::Events::Rule` with an `EventPattern` in `Resources`";
        return Imported::refused(Refusal::new(&(0..0), message));
    }
    imported
}

fn rule(name: &Node, description: Option<&str>, pattern: &Node) -> Result<Rule, Refusal> {
    let json = checked(value(pattern)?, pattern)?;
    Ok(Rule {
        span: name.span.clone(),
        id: name.text().unwrap_or_default().to_owned(),
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
