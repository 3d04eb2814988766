//! YAML, which includes JSON, as a tree with places in the file.

use std::collections::HashSet;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::{Number, Value};

use crate::refusal::Refusal;

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    pub(crate) content: Content,
    /// Whether it has a tag, such as `!Sub` in CloudFormation.
    pub(crate) is_tagged: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// The value of a key; `None` if there is none, or this is no map.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// The entries of a map.
    pub(crate) fn entries(&self) -> &[(Node, Node)] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The text of a key.
    pub(crate) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::text)
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The elements of a list, or the value itself.
    pub(crate) fn elements(&self) -> &[Node] {
        match &self.content {
            Content::List(elements) => elements,
            _ => std::slice::from_ref(self),
        }
    }

    /// The texts of the elements, without empty ones.
    pub(crate) fn texts(&self) -> Vec<String> {
        let texts = self.elements().iter().filter_map(Node::text);
        texts.filter(|text| !text.trim().is_empty()).map(str::to_owned).collect()
    }
}

/// More is no rule that somebody wrote, and would exhaust the stack.
const MAX_DEPTH: usize = 128;

/// The documents of a file.
pub(crate) fn documents(file: &str) -> Result<Vec<Node>, Refusal> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(file) {
        let (event, span) = event.map_err(|error| {
            let offset = error.marker().byte_offset().unwrap_or_default();
            Refusal::new(&(offset..offset), error.info())
        })?;
        builder.event(event, span.byte_range().unwrap_or_default())?;
    }
    Ok(builder.documents)
}

#[derive(Default)]
struct Builder {
    documents: Vec<Node>,
    /// The lists and maps that are open. A map has its keys and values in turn.
    open: Vec<(Node, Vec<Node>)>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, span: Range<usize>) -> Result<(), Refusal> {
        let node = |content, is_tagged| Node { span: span.clone(), content, is_tagged };
        match event {
            Event::Scalar(text, style, _, tag) => {
                let value = match style {
                    ScalarStyle::Plain if tag.is_none() => plain(&text),
                    _ => Value::from(text.into_owned()),
                };
                self.add(node(Content::Scalar(value), tag.is_some()));
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if self.open.len() == MAX_DEPTH => {
                let message = format!("more than {MAX_DEPTH} nested lists and maps");
                return Err(Refusal::new(&span, message));
            }
            Event::SequenceStart(_, _, tag) => {
                self.open.push((node(Content::List(Vec::new()), tag.is_some()), Vec::new()));
            }
            Event::MappingStart(_, _, tag) => {
                self.open.push((node(Content::Map(Vec::new()), tag.is_some()), Vec::new()));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some((mut node, children)) = self.open.pop() else { return Ok(()) };
                node.content = match node.content {
                    Content::List(_) => Content::List(children),
                    _ => Content::Map(entries(children)?),
                };
                self.add(node);
            }
            Event::Alias(_) => {
                return Err(Refusal::new(&span, "an alias: write the value in its place"));
            }
            _ => {}
        }
        Ok(())
    }

    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            Some((_, children)) => children.push(node),
            None => self.documents.push(node),
        }
    }
}

/// The entries of a map, of its keys and values in turn.
fn entries(children: Vec<Node>) -> Result<Vec<(Node, Node)>, Refusal> {
    let mut entries = Vec::new();
    let mut children = children.into_iter();
    while let (Some(key), Some(value)) = (children.next(), children.next()) {
        entries.push((key, value));
    }
    let mut known = HashSet::new();
    for (key, _) in &entries {
        if let Some(name) = key.text()
            && !known.insert(name)
        {
            return Err(Refusal::new(&key.span, format!("a second key `{name}`")));
        }
    }
    Ok(entries)
}

/// A scalar without quotes, by YAML's core schema.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => match serde_json::from_str::<Number>(text) {
            Ok(number) => Value::Number(number),
            Err(_) => Value::from(text),
        },
    }
}
