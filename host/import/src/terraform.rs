//! EventBridge rules in files of Terraform.

use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, FuncCall, ObjectKey};
use hcl_edit::parser::parse_body;
use hcl_edit::structure::{Block, Body};
use hcl_edit::template::Element;
use serde_json::{Number, Value};

use crate::event_rule::event_rule;
use crate::refusal::Refusal;
use crate::rule::{Imported, Rule};
use crate::tree::{Content, Node, documents};

/// The type of resource.
const EVENT_RULE: &str = "aws_cloudwatch_event_rule";

/// Imports the `event_pattern` of each `aws_cloudwatch_event_rule` in a file of Terraform. The pattern
/// is `jsonencode({…})` or JSON in a text. The id of a rule is its name in the file. A pattern that
/// depends on variables is refused.
pub fn terraform(file: &str) -> Imported {
    let body: Body = match parse_body(file) {
        Ok(body) => body,
        Err(error) => {
            let offset = error.location().offset();
            return Imported::refused(Refusal::new(&(offset..offset), error.message()));
        }
    };
    let mut imported = Imported::default();
    for block in body.get_blocks("resource") {
        if let [kind, name, ..] = &block.labels[..]
            && kind.as_str() == EVENT_RULE
            && let Some(pattern) = block.body.get_attribute("event_pattern")
        {
            imported.add(rule(block, name.as_str(), &pattern.value));
        }
    }
    if imported == Imported::default() {
        let message = format!("expected a resource `{EVENT_RULE}` with an `event_pattern`");
        return Imported::refused(Refusal::new(&(0..0), message));
    }
    imported
}

fn rule(block: &Block, name: &str, pattern: &Expression) -> Result<Rule, Refusal> {
    let description = block.body.get_attribute("description");
    let description = description.and_then(|attribute| attribute.value.as_str());
    event_rule(&span(block), name, description, &json(pattern)?)
}

fn span(part: &impl Span) -> Range<usize> {
    part.span().unwrap_or_default()
}

/// The pattern: an argument of `jsonencode`, or a text of JSON.
fn json(pattern: &Expression) -> Result<Node, Refusal> {
    match pattern {
        Expression::FuncCall(call) if call.name.name.as_str() == "jsonencode" => encoded(call),
        Expression::String(text) => parsed(text, span(pattern)),
        Expression::HeredocTemplate(heredoc) => {
            let literal = |element: &Element| match element {
                Element::Literal(text) => Ok(text.as_str().to_owned()),
                _ => Err(unknown(pattern)),
            };
            let text = heredoc.template.iter().map(literal).collect::<Result<String, _>>()?;
            parsed(&text, span(pattern))
        }
        _ => Err(unknown(pattern)),
    }
}

fn encoded(call: &FuncCall) -> Result<Node, Refusal> {
    match call.args.iter().next() {
        Some(argument) => node(argument),
        None => Err(Refusal::new(&span(call), "expected an argument of `jsonencode`")),
    }
}

/// JSON in a text. Its parts are where the text is.
fn parsed(text: &str, place: Range<usize>) -> Result<Node, Refusal> {
    let document = documents(text).ok().and_then(|mut documents| documents.pop());
    let document = document.ok_or_else(|| Refusal::new(&place, "expected a pattern as JSON"))?;
    Ok(Node { span: place, ..document })
}

fn unknown(expression: &Expression) -> Refusal {
    let message = "an expression of Terraform: its value is not known here";
    Refusal::new(&span(expression), message)
}

/// The value of an expression.
fn node(expression: &Expression) -> Result<Node, Refusal> {
    let content = match expression {
        Expression::Null(_) => Content::Scalar(Value::Null),
        Expression::Bool(boolean) => Content::Scalar(Value::Bool(*boolean.value())),
        Expression::Number(number) => {
            let number: Option<Number> = number.value().to_string().parse().ok();
            Content::Scalar(number.map_or(Value::Null, Value::Number))
        }
        Expression::String(text) => Content::Scalar(Value::String(text.value().clone())),
        Expression::Array(elements) => {
            Content::List(elements.iter().map(node).collect::<Result<_, _>>()?)
        }
        Expression::Object(members) => {
            let members = members.iter().map(|(name, value)| Ok((key(name)?, node(value.expr())?)));
            Content::Map(members.collect::<Result<_, _>>()?)
        }
        Expression::Parenthesis(inner) => return node(inner.inner()),
        _ => return Err(unknown(expression)),
    };
    Ok(Node { span: span(expression), content, is_tagged: false })
}

fn key(name: &ObjectKey) -> Result<Node, Refusal> {
    match name {
        ObjectKey::Ident(name) => {
            let content = Content::Scalar(Value::from(name.as_str()));
            Ok(Node { span: span(name), content, is_tagged: false })
        }
        ObjectKey::Expression(expression) => node(expression),
    }
}
