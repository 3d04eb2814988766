//! Deserializes parts of a rule file, and reports errors at their position.

use sekisho::ConfigurationError;
use serde::Deserialize;

use super::diagnostic::{Diagnostic, Location};
use super::json::Json;

/// A rule file that is being read.
pub(super) struct Document<'a> {
    /// The content.
    pub(super) json: &'a Json,
    /// The index of the file among all sources.
    pub(super) source: usize,
    /// The errors found so far.
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Document<'a> {
    /// The location of a part of the JSON.
    pub(super) fn location(&self, part: &str) -> Location {
        self.location_at(part, 0)
    }

    /// The location of the byte at `offset` in a part of the JSON.
    pub(super) fn location_at(&self, part: &str, offset: usize) -> Location {
        let span = self.json.span(self.json.offset(part) + offset);
        Location { source: self.source, span }
    }

    /// Reports an error about a part of the JSON.
    pub(super) fn error(&mut self, part: &str, message: impl Into<String>) {
        self.error_at(part, 0, message);
    }

    /// Reports an error at `offset` in a part of the JSON.
    pub(super) fn error_at(&mut self, part: &str, offset: usize, message: impl Into<String>) {
        let location = self.location_at(part, offset);
        self.diagnostics.push(Diagnostic::new(message, Some(location)));
    }

    /// Reports what the engine finds wrong with a part of the JSON.
    pub(super) fn configuration_error(&mut self, part: &str, error: ConfigurationError) {
        let (offset, message) = match error {
            ConfigurationError::Value { key, expected, offset } => {
                (offset, format!("expected {expected} as `{key}`"))
            }
            ConfigurationError::UnknownKey { key, offset } => {
                (offset, format!("unknown field `{key}`"))
            }
            error => (0, error.to_string()),
        };
        self.error_at(part, offset, message);
    }

    /// Deserializes a part that must be an object. Without this check, serde would accept a list of
    /// the fields too.
    pub(super) fn object<T: Deserialize<'a>>(&mut self, part: &'a str) -> Option<T> {
        if part.starts_with('{') {
            return self.value(part);
        }
        self.error(part, "expected an object");
        None
    }

    /// Deserializes a part. Errors are reported, and the result is `None`.
    pub(super) fn value<T: Deserialize<'a>>(&mut self, part: &'a str) -> Option<T> {
        match serde_json::from_str(part) {
            Ok(value) => Some(value),
            Err(error) => {
                // The JSON is one line, so the column is the number of bytes read. A value of the
                // wrong type may not have been read: then the last byte is the one before it.
                let last = error.column().saturating_sub(1);
                let is_before = matches!(part.as_bytes().get(last), Some(b':' | b',' | b'['));
                let message = error.to_string();
                let message = message.rsplit_once(" at line ").map_or(&*message, |(text, _)| text);
                self.error_at(part, last + usize::from(is_before), message);
                None
            }
        }
    }
}
