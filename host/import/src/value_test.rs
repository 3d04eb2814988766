//! A test of the value of a field, and the conditions of EventBridge that say the same.

use serde_json::{Value, json};

use crate::wildcard::wildcard;

/// A test of one value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// A text, in parts with a star between them.
    Text {
        parts: Vec<String>,
        ignores_case: bool,
    },
    /// A number, `true`, `false` or null.
    Scalar(Value),
    Cidr(String),
    Numeric(String, Value),
    Exists(bool),
}

impl Test {
    /// Whether letters make a difference that EventBridge cannot ignore.
    pub(crate) fn has_case(parts: &[String]) -> bool {
        parts.iter().any(|part| part.to_lowercase() != part.to_uppercase())
    }

    /// Whether it is met by texts that differ in case.
    pub(crate) fn ignores_case(&self) -> bool {
        matches!(self, Test::Text { parts, ignores_case: true } if Test::has_case(parts))
    }

    /// The conditions of EventBridge that are the same.
    pub(crate) fn conditions(&self) -> Vec<Value> {
        match self {
            Test::Text { parts, ignores_case } => {
                let case = |text: &str| match ignores_case {
                    true => json!({"equals-ignore-case": text}),
                    false => json!(text),
                };
                let text = match &parts[..] {
                    [text] => case(text),
                    [start, end] if end.is_empty() && !start.is_empty() => {
                        json!({"prefix": case(start)})
                    }
                    [start, end] if start.is_empty() && !end.is_empty() => {
                        json!({"suffix": case(end)})
                    }
                    parts => json!({"wildcard": wildcard(parts)}),
                };
                self.scalar().into_iter().chain([text]).collect()
            }
            Test::Scalar(Value::Null) => vec![Value::Null, json!({"exists": false})],
            Test::Scalar(value) => {
                vec![value.clone(), json!({"equals-ignore-case": value.to_string()})]
            }
            Test::Cidr(range) => vec![json!({"cidr": range})],
            Test::Numeric(operator, number) => vec![json!({"numeric": [operator, number]})],
            Test::Exists(exists) => vec![json!({"exists": exists})],
        }
    }

    /// The number or the boolean that is written as this text: a record may have either.
    fn scalar(&self) -> Option<Value> {
        let Test::Text { ignores_case, .. } = self else { return None };
        let text = match ignores_case {
            true => self.exact()?.to_lowercase(),
            false => self.exact()?.to_owned(),
        };
        let value: Value = serde_json::from_str(&text).ok()?;
        let written = value.to_string();
        (value.is_boolean() || value.is_number() && written == text).then_some(value)
    }

    /// The text, if this is the test for one.
    pub(crate) fn exact(&self) -> Option<&str> {
        match self {
            Test::Text { parts, .. } => match &parts[..] {
                [text] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether the text meets this.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let Test::Text { parts, ignores_case } = self else { return *self == Test::Exists(true) };
        let fold = |text: &str| match ignores_case {
            true => text.to_lowercase(),
            false => text.to_owned(),
        };
        let text = fold(text);
        let [first, middle @ .., last] = &parts[..] else {
            return parts.first().is_some_and(|only| fold(only) == text);
        };
        let Some(rest) = text.strip_prefix(&fold(first)) else { return false };
        let Some(rest) = rest.strip_suffix(&fold(last)) else { return false };
        let mut rest = Some(rest);
        for part in middle {
            rest = rest.and_then(|rest| rest.split_once(&fold(part)).map(|(_, after)| after));
        }
        rest.is_some()
    }

    /// The operator of `anything-but` that excludes this, and its operand. A number that is written as
    /// a text is excluded as a text only, because one list has one type.
    pub(crate) fn excluded(&self) -> Option<(&'static str, Value)> {
        let Test::Text { parts, ignores_case } = self else { return None };
        let has_case = *ignores_case && Test::has_case(parts);
        match &parts[..] {
            // `anything-but` takes no boolean.
            _ if self.scalar().is_some_and(|scalar| scalar.is_boolean()) => None,
            [text] if has_case => Some(("equals-ignore-case", json!(text))),
            _ if has_case => None,
            parts => Some(("wildcard", json!(wildcard(parts)))),
        }
    }
}
