//! Errors in rule files, shown at their position.

use std::io::{self, Write};
use std::iter;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::Style;
use terminal_size::{Width, terminal_size_of};

use crate::color::When;
use crate::log::{report_palette, report_writer};
use crate::sanitize::{printable, printable_source};
use crate::summary::counted;

/// The maximum number of errors to show. The others are counted.
const MAX_SHOWN: usize = 20;

/// A text that was parsed.
#[derive(Debug)]
pub(crate) struct SourceText {
    name: String,
    /// Safe to print.
    text: String,
    /// The offset of each line.
    lines: Vec<usize>,
}

impl SourceText {
    /// Creates a source. `name` is the path as given, or another name to show.
    pub(crate) fn new(name: String, text: String) -> Self {
        let lines = text.match_indices('\n').map(|(index, _)| index + 1);
        let lines = iter::once(0).chain(lines).collect();
        Self { name, text: printable_source(text), lines }
    }

    /// The position of a byte offset as `rules.yaml:12:5`, with line and column.
    pub(crate) fn position(&self, offset: usize) -> String {
        let line = self.lines.partition_point(|begin| *begin <= offset);
        let column = self.text[self.lines[line - 1]..offset].chars().count() + 1;
        format!("{}:{line}:{column}", self.name)
    }
}

/// A part of a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Location {
    /// The index of the source.
    pub(crate) source: usize,
    /// The part, as a range of bytes.
    pub(crate) span: Range<usize>,
}

/// An error in a rule file.
#[derive(Debug)]
pub(crate) struct Diagnostic {
    /// What was expected, what was found, and what to do about it.
    pub(crate) message: String,
    /// Where the error is; `None` if the file could not be read.
    pub(crate) location: Option<Location>,
    /// Another location that the message refers to.
    pub(crate) related: Option<Location>,
}

impl Diagnostic {
    /// Creates a diagnostic without a related location.
    pub(crate) fn new(message: impl Into<String>, location: Option<Location>) -> Self {
        Self { message: message.into(), location, related: None }
    }

    fn report<'a>(&'a self, sources: &'a [SourceText]) -> Group<'a> {
        let title = Level::ERROR.primary_title(printable(&self.message));
        let marked = [
            (AnnotationKind::Primary, None, &self.location),
            (AnnotationKind::Context, Some("the first"), &self.related),
        ];
        let snippets = marked.into_iter().filter_map(|(kind, label, location)| {
            let Location { source, span } = location.clone()?;
            let SourceText { name, text, .. } = &sources[source];
            let annotation = kind.span(span).label(label);
            Some(Snippet::source(text).path(printable(name)).annotation(annotation))
        });
        Group::with_title(title).elements(snippets)
    }
}

/// Prints diagnostics to standard error.
pub(crate) fn show(diagnostics: &[Diagnostic], sources: &[SourceText], color: When) {
    let (mut stderr, palette) = (report_writer(), report_palette(color));
    let mut renderer = match palette.bad() == Style::new() {
        true => Renderer::plain(),
        false => Renderer::styled(),
    };
    renderer = renderer.decor_style(DecorStyle::Ascii);
    if let Some((Width(width), _)) = terminal_size_of(io::stderr()) {
        renderer = renderer.term_width(usize::from(width));
    }
    for diagnostic in diagnostics.iter().take(MAX_SHOWN) {
        // If standard error is closed, the exit code still reports the errors.
        let _ = writeln!(stderr, "{}\n", renderer.render(&[diagnostic.report(sources)]));
    }
    if let Some(more) = diagnostics.len().checked_sub(MAX_SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(stderr, "and {}\n", counted(more as u64, "more error"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = SourceText::new("a.yaml".to_owned(), "é: 1\nüü: 2".to_owned());
        assert_eq!(source.position(0), "a.yaml:1:1");
        assert_eq!(source.position(source.text.find('2').unwrap()), "a.yaml:2:5");
        assert_eq!(source.position(source.text.len()), "a.yaml:2:6");
    }
}
