//! Sigma correlations.

use serde_json::{Map, Value, json};

use crate::ids::id;
use crate::refusal::Refusal;
use crate::tree::{Content, Node};

/// A rule that a correlation may refer to.
pub(crate) struct Referable<'a> {
    pub(crate) document: &'a Node,
    /// Whether it is a rule of its own, and not refused.
    pub(crate) is_imported: bool,
}

/// The correlation, in the terms of sekisho.
pub(crate) fn correlation(node: &Node, all: &[Referable<'_>]) -> Result<Value, Refusal> {
    let text = |key: &str| node.get(key).and_then(Node::text);
    let place = |key: &str| node.get(key).map_or(&node.span, |found| &found.span);
    let kind = text("type").unwrap_or_default();
    if !matches!(kind, "event_count" | "value_count" | "temporal_ordered") {
        let message = format!(
            "a correlation of type `{kind}`: sekisho has `event_count`, `value_count` and `temporal_ordered`"
        );
        return Err(Refusal::new(place("type"), message));
    }
    let mut correlation = Map::new();
    correlation.insert("type".to_owned(), kind.into());
    let rules = node.get("rules").map(Node::elements).unwrap_or_default();
    let ids: Result<Vec<Value>, Refusal> = rules.iter().map(|rule| referred(rule, all)).collect();
    correlation.insert("rules".to_owned(), ids?.into());
    if let Some(fields) = node.get("group-by") {
        let fields: Result<Vec<Value>, Refusal> =
            fields.elements().iter().map(identity_field).collect();
        correlation.insert("group-by".to_owned(), fields?.into());
    }
    if let Some(aliases) = node.get("aliases") {
        return Err(Refusal::new(&aliases.span, "aliases of fields have no counterpart"));
    }
    let timespan = text("timespan").unwrap_or_default();
    if !timespan.ends_with(['s', 'm', 'h', 'd']) {
        return Err(Refusal::new(place("timespan"), "expected a timespan in s, m, h or d"));
    }
    correlation.insert("timespan".to_owned(), timespan.into());
    if let Some(node) = node.get("condition") {
        correlation.insert("condition".to_owned(), condition(node)?);
    }
    Ok(Value::Object(correlation))
}

/// The id that the rule is imported with.
fn referred(rule: &Node, all: &[Referable<'_>]) -> Result<Value, Refusal> {
    let text = rule.text().ok_or_else(|| Refusal::new(&rule.span, "expected a name or an id"))?;
    let is_meant = |other: &&Referable<'_>| {
        ["id", "name"].iter().any(|key| other.document.text_of(key) == Some(text))
    };
    match all.iter().find(is_meant) {
        None => Err(Refusal::new(&rule.span, format!("there is no rule `{text}` in these files"))),
        Some(other) if other.document.get("correlation").is_some() => {
            Err(Refusal::new(&rule.span, "a correlation of a correlation has no counterpart"))
        }
        Some(Referable { is_imported: false, .. }) => {
            Err(Refusal::new(&rule.span, format!("the rule `{text}` is refused")))
        }
        Some(other) => Ok(id(other.document)?.into()),
    }
}

fn identity_field(node: &Node) -> Result<Value, Refusal> {
    let name = match node.text().unwrap_or_default() {
        "sourceIPAddress" => "source_ip",
        "recipientAccountId" => "account",
        "userIdentity.principalId" => "principal_id",
        "userIdentity.userName" => "user",
        other => {
            let message = format!(
                "`{other}`: sekisho groups and counts by sourceIPAddress, recipientAccountId, \
                 userIdentity.principalId and userIdentity.userName"
            );
            return Err(Refusal::new(&node.span, message));
        }
    };
    Ok(name.into())
}

fn condition(node: &Node) -> Result<Value, Refusal> {
    let mut condition = Map::new();
    for (key, value) in node.entries() {
        let name = key.text().unwrap_or_default();
        let value = match (name, &value.content) {
            ("gte" | "gt", Content::Scalar(Value::Number(number))) => json!(number),
            ("field", _) => identity_field(value)?,
            _ => {
                let message = format!("`{name}` in a condition: sekisho has `gte` and `gt`");
                return Err(Refusal::new(&key.span, message));
            }
        };
        condition.insert(name.to_owned(), value);
    }
    Ok(Value::Object(condition))
}
