//! Converts YAML to JSON while it is parsed.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::value::RawValue;

/// A syntax error in a rule file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// The part of the file, as a range of bytes.
    pub(crate) span: Range<usize>,
    /// What was expected, what was found, and what to do about it.
    pub(crate) message: String,
}

/// One line of JSON, and where its parts are in the file.
#[derive(Debug, Default)]
pub(super) struct Converted {
    pub(super) text: String,
    /// The offsets in `text` of values, keys and ends of lists and objects, ascending, with their
    /// spans in the file.
    pub(super) spans: Vec<(usize, Range<usize>)>,
}

/// Converts a file of YAML, which includes JSON.
///
/// # Errors
/// [`SyntaxError`], if the file is not well-formed, or contains what JSON cannot express.
pub(super) fn convert(file: &str) -> Result<Converted, SyntaxError> {
    let mut converter = Converter {
        json: Converted { text: String::with_capacity(file.len()), spans: Vec::new() },
        open: Vec::new(),
        is_json: file.trim_start_matches('\u{feff}').trim_start().starts_with('{'),
    };
    for event in Parser::new_from_str(file) {
        let (event, span) = event.map_err(|error| {
            let offset = error.marker().byte_offset().unwrap_or_default();
            syntax_error(offset..offset, error.info())
        })?;
        converter.event(event, span.byte_range().unwrap_or_default())?;
    }
    match converter.json.spans.is_empty() {
        true => {
            Err(syntax_error(0..0, "expected `rules:` and a list of rules, found an empty file"))
        }
        false => Ok(converter.json),
    }
}

fn syntax_error(span: Range<usize>, message: impl Into<String>) -> SyntaxError {
    SyntaxError { span, message: message.into() }
}

struct Converter {
    json: Converted,
    /// The lists and objects that are open.
    open: Vec<Open>,
    /// Whether the file is JSON: then a string without quotes is an error.
    is_json: bool,
}

/// An open list or object. The keys of an object count as children.
struct Open {
    end: char,
    span: Range<usize>,
    children: usize,
}

impl Open {
    fn expects_key(&self) -> bool {
        self.end == '}' && self.children.is_multiple_of(2)
    }
}

impl Converter {
    fn event(&mut self, event: Event<'_>, span: Range<usize>) -> Result<(), SyntaxError> {
        match event {
            Event::Scalar(text, style, _, tag) => {
                reject_tag(tag, &span)?;
                let json = match style {
                    ScalarStyle::Plain if !self.expects_key() => self.plain(text, &span)?,
                    _ => quoted(&text),
                };
                self.begin(span);
                self.json.text.push_str(&json);
            }
            Event::MappingStart(_, _, tag) => self.open(['{', '}'], tag, span)?,
            Event::SequenceStart(_, _, tag) => self.open(['[', ']'], tag, span)?,
            Event::MappingEnd | Event::SequenceEnd => self.close(),
            Event::Alias(_) => {
                return Err(syntax_error(
                    span,
                    "expected a value, found an alias: write the value here",
                ));
            }
            Event::DocumentStart(..) if !self.json.spans.is_empty() => {
                return Err(syntax_error(
                    span,
                    "expected one document, found a second document: put all rules into one list",
                ));
            }
            _ => {}
        }
        Ok(())
    }

    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(Open::expects_key)
    }

    /// Begins a value or a key: writes the separator before it, and notes its span.
    fn begin(&mut self, span: Range<usize>) {
        if let Some(open) = self.open.last_mut() {
            match open.children {
                0 => {}
                _ if open.end == '}' && !open.expects_key() => self.json.text.push(':'),
                _ => self.json.text.push(','),
            }
            open.children += 1;
        }
        self.json.spans.push((self.json.text.len(), span));
    }

    fn open(
        &mut self,
        [begin, end]: [char; 2],
        tag: Option<Cow<'_, Tag>>,
        span: Range<usize>,
    ) -> Result<(), SyntaxError> {
        reject_tag(tag, &span)?;
        if self.expects_key() {
            return Err(syntax_error(
                span,
                "expected a string as a key, found a list or an object",
            ));
        }
        self.begin(span.clone());
        self.json.text.push(begin);
        self.open.push(Open { end, span, children: 0 });
        Ok(())
    }

    /// Ends a list or an object. Its end has the span of its start: there, missing members are
    /// reported.
    fn close(&mut self) {
        if let Some(Open { end, span, .. }) = self.open.pop() {
            self.json.spans.push((self.json.text.len(), span));
            self.json.text.push(end);
        }
    }

    /// Converts a scalar without quotes, by YAML's core schema. Numbers stay as they are written.
    fn plain<'t>(
        &self,
        text: Cow<'t, str>,
        span: &Range<usize>,
    ) -> Result<Cow<'t, str>, SyntaxError> {
        Ok(match &*text {
            "" | "~" | "null" | "Null" | "NULL" => "null".into(),
            "true" | "True" | "TRUE" => "true".into(),
            "false" | "False" | "FALSE" => "false".into(),
            number if is_json_number(number) => text,
            number if is_yaml_number(number) => {
                return Err(syntax_error(
                    span.clone(),
                    "expected a JSON number: write it in decimal, or in quotes if it is a string",
                ));
            }
            unquoted if self.is_json || unquoted.contains('"') => {
                return Err(syntax_error(
                    span.clone(),
                    "expected a comma, or quotes around this string",
                ));
            }
            text => quoted(text),
        })
    }
}

fn reject_tag(tag: Option<Cow<'_, Tag>>, span: &Range<usize>) -> Result<(), SyntaxError> {
    match tag {
        Some(_) => Err(syntax_error(
            span.clone(),
            "expected a value without a tag: remove the tag, and put strings in quotes",
        )),
        None => Ok(()),
    }
}

fn quoted(text: &str) -> Cow<'static, str> {
    serde_json::Value::from(text).to_string().into()
}

fn is_json_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && serde_json::from_str::<&RawValue>(text).is_ok()
}

/// Whether YAML reads `text` as a number.
fn is_yaml_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    match digits.get(..2) {
        Some("0x" | "0o") => true,
        _ => {
            digits.starts_with(|first: char| first == '.' || first.is_ascii_digit())
                && digits.parse::<f64>().is_ok()
        }
    }
}
