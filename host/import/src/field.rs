//! A field of a Sigma search: its name with modifiers, and its values.

use std::ops::Range;

use serde_json::Value;

use crate::boolean::{Formula, Literal};
use crate::refusal::Refusal;
use crate::regex;
use crate::tree::{Content, Node};
use crate::value_test::Test;
use crate::wildcard::normalized;

/// How to import.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether a text that only a `wildcard` of EventBridge can look for is compared with its case.
    /// Sigma ignores case, and such a rule is refused otherwise.
    pub case_sensitive: bool,
}

/// The formula of one field.
pub(crate) fn field(key: &Node, value: &Node, options: &Options) -> Result<Formula, Refusal> {
    let name = key.text().ok_or_else(|| Refusal::new(&key.span, "expected the name of a field"))?;
    let mut names = name.split('|');
    let path = names.next().unwrap_or_default().to_owned();
    if path.is_empty() {
        return Err(Refusal::new(&key.span, "a keyword: EventBridge looks at fields only"));
    }
    let modifiers: Vec<&str> = names.collect();
    let reader = Reader { key: &key.span, modifiers: &modifiers, options };
    let mut all = Vec::new();
    for element in value.elements() {
        all.push(reader.test(element)?);
    }
    if all.is_empty() {
        return Err(Refusal::new(&value.span, "expected a value, found an empty list"));
    }
    let literal =
        |tests| Formula::Literal(Literal { path: path.clone(), tests, span: key.span.clone() });
    Ok(match modifiers.contains(&"all") {
        true => Formula::All(all.into_iter().map(|test| literal(vec![test])).collect()),
        false => literal(all),
    })
}

struct Reader<'a> {
    key: &'a Range<usize>,
    modifiers: &'a [&'a str],
    options: &'a Options,
}

impl Reader<'_> {
    fn test(&self, node: &Node) -> Result<Test, Refusal> {
        let refuse = |message: &str| Err(Refusal::new(&node.span, message));
        let Content::Scalar(value) = &node.content else {
            return refuse("expected a value, found a list or a map");
        };
        let mut kind = "";
        let mut ignores_case = true;
        for modifier in self.modifiers {
            match *modifier {
                "all" => {}
                "cased" => ignores_case = false,
                "contains" | "startswith" | "endswith" | "re" | "cidr" | "exists" | "lt"
                | "lte" | "gt" | "gte"
                    if kind.is_empty() =>
                {
                    kind = modifier;
                }
                other => {
                    let message =
                        format!("the modifier `{other}` has no counterpart in EventBridge");
                    return Err(Refusal::new(self.key, message));
                }
            }
        }
        match (kind, value) {
            ("exists", Value::Bool(exists)) => Ok(Test::Exists(*exists)),
            ("lt" | "lte" | "gt" | "gte", Value::Number(_)) => {
                let operator = match kind {
                    "lt" => "<",
                    "lte" => "<=",
                    "gt" => ">",
                    _ => ">=",
                };
                Ok(Test::Numeric(operator.to_owned(), value.clone()))
            }
            ("cidr", Value::String(range)) => Ok(Test::Cidr(range.clone())),
            ("re", Value::String(regex)) => {
                let parts =
                    regex::parts(regex).map_err(|message| Refusal::new(&node.span, message))?;
                Ok(Test::Text { parts, ignores_case: false })
            }
            ("", Value::Number(_) | Value::Bool(_) | Value::Null) => {
                Ok(Test::Scalar(value.clone()))
            }
            ("" | "contains" | "startswith" | "endswith", Value::String(text)) => {
                self.text(kind, text, ignores_case, &node.span)
            }
            ("contains" | "startswith" | "endswith", Value::Number(number)) => {
                self.text(kind, &number.to_string(), ignores_case, &node.span)
            }
            (_, value) => Err(Refusal::new(
                &node.span,
                format!("expected another value for `{kind}`, found {value}"),
            )),
        }
    }

    /// A text with the wildcards of Sigma.
    fn text(
        &self,
        kind: &str,
        text: &str,
        mut ignores_case: bool,
        span: &Range<usize>,
    ) -> Result<Test, Refusal> {
        let mut parts = vec![String::new()];
        if matches!(kind, "contains" | "endswith") {
            parts.push(String::new());
        }
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let escaped = characters.peek().copied().filter(|next| "*?\\".contains(*next));
            let literal = match (character, escaped) {
                ('\\', Some(escaped)) => {
                    characters.next();
                    escaped
                }
                ('*', _) => {
                    parts.push(String::new());
                    continue;
                }
                ('?', _) => {
                    let message = "`?` is any one character: EventBridge has no such wildcard";
                    return Err(Refusal::new(span, message));
                }
                (plain, _) => plain,
            };
            if let Some(last) = parts.last_mut() {
                last.push(literal);
            }
        }
        if matches!(kind, "contains" | "startswith") {
            parts.push(String::new());
        }
        let parts = normalized(parts);
        let is_wildcard = parts.len() > 2
            || matches!(&parts[..], [start, end] if !start.is_empty() && !end.is_empty());
        if is_wildcard && ignores_case && Test::has_case(&parts) {
            if !self.options.case_sensitive {
                let message = "only a wildcard could say this, and those of EventBridge do not ignore \
                               case: `--case-sensitive` accepts the difference";
                return Err(Refusal::new(span, message));
            }
            ignores_case = false;
        }
        Ok(Test::Text { parts, ignores_case })
    }
}
