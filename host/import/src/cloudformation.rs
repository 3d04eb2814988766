//! EventBridge rules in templates of CloudFormation.

use crate::event_rule::event_rule;
use crate::refusal::Refusal;
use crate::rule::Imported;
use crate::tree::{Node, documents};

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
                let id = name.text().unwrap_or_default();
                imported.add(event_rule(&name.span, id, description, pattern));
            }
        }
    }
    if imported == Imported::default() {
        let message = "expected an `AWS::Events::Rule` with an `EventPattern` in `Resources`";
        return Imported::refused(Refusal::new(&(0..0), message));
    }
    imported
}
