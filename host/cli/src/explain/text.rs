//! An explanation for people.

use std::io::{self, Write};

use sekisho::Explanation;

use super::offset;
use crate::color::Palette;
use crate::input::items::Position;
use crate::record::Record;
use crate::sanitize::printable;

/// Writes an explanation: a paragraph, and an empty line behind it.
pub(super) fn write(
    out: &mut impl Write,
    palette: Palette,
    position: Position<'_>,
    explanation: &Explanation<'_>,
) -> io::Result<()> {
    let (title, faint) = (palette.title(), palette.faint());
    let Position { file, record, offset: byte, .. } = position;
    let Record { event, time, user, .. } = Record::read(explanation.record);
    let about: Vec<String> = [event, time, user].into_iter().flatten().collect();
    writeln!(
        out,
        "{title}{}{title:#}  {faint}{}, record {record}, byte {byte}{faint:#}",
        printable(&about.join("  ")),
        printable(file)
    )?;
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
    writeln!(out)
}
