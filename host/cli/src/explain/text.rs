//! An explanation for people.

use std::io::{self, Write};

use sekisho::Explanation;

use super::{Explained, RuleMatch, offset};
use crate::color::Palette;
use crate::input::items::Position;
use crate::sanitize::printable;
use sekisho_records::Record;

/// Writes what is told of a record: a paragraph, and an empty line behind it.
pub(super) fn write(
    out: &mut impl Write,
    palette: Palette,
    explained: &Explained<'_>,
) -> io::Result<()> {
    let (title, faint) = (palette.title(), palette.faint());
    let Position { file, record, offset: byte, .. } = explained.position;
    let about = explained.explanation.map_or("no sign-in".to_owned(), |explanation| {
        let Record { event, time, user, .. } = Record::read(explanation.record);
        [event, time, user].into_iter().flatten().collect::<Vec<_>>().join("  ")
    });
    writeln!(
        out,
        "{title}{}{title:#}  {faint}{}, record {record}, byte {byte}{faint:#}",
        printable(&about),
        printable(file)
    )?;
    if let Some(explanation) = explained.explanation {
        values(out, palette, explained.position, explanation)?;
    }
    for rule in explained.matches.iter().flatten() {
        rule_match(out, palette, rule)?;
    }
    writeln!(out)
}

/// What each value of the verdict rests on.
fn values(
    out: &mut impl Write,
    palette: Palette,
    position: Position<'_>,
    explanation: &Explanation<'_>,
) -> io::Result<()> {
    let (title, faint) = (palette.title(), palette.faint());
    for value in &explanation.values {
        let name = value.value.unwrap_or("null");
        let style = match value.key {
            "outcome" => palette.outcome(name),
            _ => title,
        };
        writeln!(out, "  {:<12} {style}{name}{style:#}: {}", value.key, value.line)?;
        for field in &value.fields {
            let path = printable(&field.path);
            let Some(json) = &field.value else {
                writeln!(out, "{:15}{faint}{path} is absent{faint:#}", "")?;
                continue;
            };
            write!(out, "{:15}{faint}{path} = {}", "", printable(json))?;
            match offset(field, explanation, position) {
                Some(offset) => writeln!(out, ", byte {offset}{faint:#}")?,
                None => writeln!(out, ", in JSON text{faint:#}")?,
            }
        }
    }
    Ok(())
}

/// A rule, and below it what it asks for.
fn rule_match(out: &mut impl Write, palette: Palette, rule: &RuleMatch) -> io::Result<()> {
    let mark = |passes| match passes {
        true => (palette.good(), "yes"),
        false => (palette.bad(), "no "),
    };
    let (style, word) = mark(rule.matches);
    writeln!(out, "  {style}{word}{style:#}  rule {}", printable(&rule.id))?;
    for constraint in &rule.constraints {
        let (style, word) = mark(constraint.is_met);
        let indent = 2 * constraint.depth + 6;
        write!(
            out,
            "{:indent$}{style}{word}{style:#}  {}",
            "",
            printable(&constraint.to_string())
        )?;
        writeln!(out)?;
    }
    Ok(())
}
