//! Why something is not imported.

use std::ops::Range;

/// A part of a file that no rule of sekisho can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What was found, and what would be needed.
    pub message: String,
    /// The part, as a range of bytes of the file.
    pub span: Range<usize>,
}

impl Refusal {
    pub(crate) fn new(span: &Range<usize>, message: impl Into<String>) -> Self {
        Refusal { message: message.into(), span: span.clone() }
    }
}
