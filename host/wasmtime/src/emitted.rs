//! The lines that a stateful module emits: attempts and findings.

use std::fmt;

#[cfg(feature = "serde")]
use crate::typed::Emitted;

/// What a module emitted in one call: a line of JSON for each attempt and finding, oldest first.
/// Often there are none.
///
/// Iterates over the lines; [`as_bytes`](Self::as_bytes) has them all, as NDJSON.
///
/// ```
/// # let mut filter = sekisho_host::Module::new(sekisho_module::SIMD)?.filter()?;
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
///     "eventTime":"2025-03-29T11:10:09Z","userIdentity":{"type":"Root"},
///     "responseElements":{"ConsoleLogin":"Failure"}}"#;
/// filter.observe(record, 0)?;
/// for line in filter.flush()? {
///     assert!(line.as_bytes().starts_with(br#"{"type":"attempt","outcome":"failure""#));
///     println!("{}", line.as_bytes().escape_ascii());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct EmittedLines<'a> {
    ndjson: &'a [u8],
}

impl<'a> EmittedLines<'a> {
    pub(crate) fn new(ndjson: &'a [u8]) -> Self {
        Self { ndjson }
    }

    /// The lines that are left, each with its line break.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.ndjson
    }

    /// Whether no line is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ndjson.is_empty()
    }
}

impl<'a> Iterator for EmittedLines<'a> {
    type Item = EmittedJson<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_empty() {
            return None;
        }
        let end = self.ndjson.iter().position(|byte| *byte == b'\n').unwrap_or(self.ndjson.len());
        let (json, rest) = self.ndjson.split_at(end);
        self.ndjson = rest.strip_prefix(b"\n").unwrap_or(rest);
        Some(EmittedJson { json })
    }
}

impl fmt::Debug for EmittedLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmittedLines({})", self.ndjson.escape_ascii())
    }
}

/// One emitted line: the JSON object of an attempt or a finding, borrowed from the module's memory.
///
/// With the feature `serde`, `parse` reads it into an `Emitted`.
///
/// ```
/// # let mut filter = sekisho_host::Module::new(sekisho_module::SIMD)?.filter()?;
/// # let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
/// #     "eventTime":"2025-03-29T11:10:09Z","userIdentity":{"type":"Root"},
/// #     "responseElements":{"ConsoleLogin":"Failure"}}"#;
/// # filter.observe(record, 0)?;
/// # #[cfg(feature = "serde")]
/// for line in filter.flush()? {
///     match line.parse()? {
///         sekisho_host::Emitted::Attempt(attempt) => assert_eq!(attempt.principal, "root"),
///         sekisho_host::Emitted::Finding(finding) => println!("{}", finding.rule),
///         _ => {} // what later versions add
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EmittedJson<'a> {
    json: &'a [u8],
}

impl<'a> EmittedJson<'a> {
    /// The JSON object, without the line break; in UTF-8 unless the module is faulty.
    #[must_use]
    pub fn as_bytes(self) -> &'a [u8] {
        self.json
    }

    /// Reads the line.
    ///
    /// # Errors
    /// If the line is neither an attempt nor a finding: from a faulty module, or a later version.
    #[cfg(feature = "serde")]
    pub fn parse(self) -> Result<Emitted, serde_json::Error> {
        serde_json::from_slice(self.json)
    }
}

impl fmt::Debug for EmittedJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmittedJson({})", self.json.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(ndjson: &[u8]) -> Vec<&[u8]> {
        EmittedLines::new(ndjson).map(EmittedJson::as_bytes).collect()
    }

    #[test]
    fn splits_at_line_breaks() {
        assert!(lines(b"").is_empty());
        assert_eq!(lines(b"{}\n"), [b"{}"]);
        assert_eq!(lines(b"{}\n[]\n"), [b"{}", b"[]"]);
        assert_eq!(lines(b"{}\n[]"), [b"{}", b"[]"]);
    }
}
