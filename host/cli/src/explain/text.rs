//! An explanation for people.

use std::io::{self, Write};

use sekisho::Explanation;
use sekisho_records::Record;

use super::explained::{Explained, RuleMatch};
use crate::color::Palette;
use crate::input::position::Position;
use crate::sanitize::printable;
use crate::zone::Zone;

/// Writes the explanation of a record as a paragraph.
///
/// # Errors
/// The error of the writer.
pub(super) fn write(
    out: &mut impl Write,
    palette: Palette,
    zone: &Zone,
    explained: &Explained<'_>,
) -> io::Result<()> {
    let (title, faint) = (palette.title(), palette.faint());
    let Position { file, record, offset, .. } = explained.position;
    let heading = match explained.explanation {
        Some(_) => {
            let shown = explained.actor.map(Record::of).unwrap_or_default();
            let name = shown.display_name().map(str::to_owned);
            let time = shown.time.map(|time| zone.format_with_offset(&time).into_owned());
            [shown.event, time, name].into_iter().flatten().collect::<Vec<_>>().join("  ")
        }
        None => "no sign-in".to_owned(),
    };
    writeln!(
        out,
        "{title}{}{title:#}  {faint}{}, record {record}, byte {offset}{faint:#}",
        printable(&heading),
        printable(file)
    )?;
    if let Some(explanation) = explained.explanation {
        write_values(out, palette, explained, explanation)?;
    }
    for (key, value) in explained.actor() {
        writeln!(out, "  {key:<12} {title}{}{title:#}", printable(&value))?;
    }
    for rule in explained.matches.iter().flatten() {
        write_rule(out, palette, rule)?;
    }
    for entry in &explained.silenced_by {
        writeln!(out, "  {:<12} {}", "silenced by", printable(&entry.description))?;
    }
    writeln!(out)
}

/// Writes each value of the verdict, the reason for it, and the fields that decided it.
fn write_values(
    out: &mut impl Write,
    palette: Palette,
    explained: &Explained<'_>,
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
            match explained.offset(field) {
                Some(offset) => writeln!(out, ", byte {offset}{faint:#}")?,
                None => writeln!(out, ", in JSON text{faint:#}")?,
            }
        }
    }
    Ok(())
}

/// Writes a rule, and its constraints below it.
fn write_rule(out: &mut impl Write, palette: Palette, rule: &RuleMatch) -> io::Result<()> {
    let mark = |passes| match passes {
        true => (palette.good(), "yes"),
        false => (palette.bad(), "no "),
    };
    let (style, word) = mark(rule.matches);
    let silenced = if rule.silenced { ", silenced" } else { "" };
    writeln!(out, "  {style}{word}{style:#}  rule {}{silenced}", printable(&rule.id))?;
    for constraint in &rule.constraints {
        let (style, word) = mark(constraint.is_met);
        let indent = 2 * constraint.depth + 6;
        let text = constraint.to_string();
        writeln!(out, "{:indent$}{style}{word}{style:#}  {}", "", printable(&text))?;
    }
    Ok(())
}
