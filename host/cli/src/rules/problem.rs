//! What is wrong with rules, shown where it is.

use std::io::{self, IsTerminal, Write};
use std::iter;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::Style;
use terminal_size::{Width, terminal_size_of};

use crate::color::{Palette, When};
use crate::sanitize::printable;
use crate::summary::counted;

/// So many are shown; the rest is counted.
const SHOWN: usize = 20;

/// Text that was read, and the name it has for people.
#[derive(Debug)]
pub(crate) struct Source {
    name: String,
    text: String,
    /// Where lines begin.
    lines: Vec<usize>,
}

impl Source {
    /// Text with a path as it was named, or another name.
    pub(crate) fn new(name: String, text: String) -> Self {
        let lines = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines = iter::once(0).chain(lines).collect();
        Self { name, text, lines }
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The place of an offset in bytes, for people: `rules.yaml:12:5`.
    pub(crate) fn place(&self, at: usize) -> String {
        let line = self.lines.partition_point(|begin| *begin <= at);
        let column = self.text[self.lines[line - 1]..at].chars().count() + 1;
        format!("{}:{line}:{column}", self.name)
    }
}

/// Something is wrong.
#[derive(Debug, Default)]
pub(crate) struct Problem {
    /// What is wrong, and what to write instead.
    pub(crate) sentence: String,
    /// The number of the source and the place in it, in bytes; none if it could not be read.
    pub(crate) place: Option<(usize, Range<usize>)>,
    /// The same of something that it is about as well.
    pub(crate) related: Option<(usize, Range<usize>)>,
}

/// Shows problems on standard error.
pub(crate) fn show(problems: &[Problem], sources: &[Source], color: When) {
    let mut stderr = io::stderr().lock();
    let palette = Palette::new(color, stderr.is_terminal());
    let mut renderer = match palette.bad() == Style::new() {
        true => Renderer::plain(),
        false => Renderer::styled(),
    };
    renderer = renderer.decor_style(DecorStyle::Ascii);
    if let Some((Width(width), _)) = terminal_size_of(&stderr) {
        renderer = renderer.term_width(usize::from(width));
    }
    for problem in problems.iter().take(SHOWN) {
        // If standard error is gone, the exit code still tells.
        let _ = writeln!(stderr, "{}\n", renderer.render(&[problem.report(sources)]));
    }
    if let Some(more) = problems.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(stderr, "and {}\n", counted(more as u64, "more error"));
    }
}

impl Problem {
    fn report<'a>(&'a self, sources: &'a [Source]) -> Group<'a> {
        let title = Level::ERROR.primary_title(&self.sentence);
        let marked = [
            (AnnotationKind::Primary, None, &self.place),
            (AnnotationKind::Context, Some("the first"), &self.related),
        ];
        let snippets = marked.into_iter().filter_map(|(kind, label, place)| {
            let (source, place) = place.clone()?;
            let Source { name, text, .. } = &sources[source];
            let mark = kind.span(place).label(label);
            Some(Snippet::source(text).path(printable(name)).annotation(mark))
        });
        Group::with_title(title).elements(snippets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters() {
        let source = Source::new("a.yaml".to_owned(), "é: 1\nüü: 2".to_owned());
        assert_eq!(source.place(0), "a.yaml:1:1");
        assert_eq!(source.place(source.text.find('2').unwrap()), "a.yaml:2:5");
        assert_eq!(source.place(source.text.len()), "a.yaml:2:6");
    }
}
