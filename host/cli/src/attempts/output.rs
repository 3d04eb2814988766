//! Puts what is told where it belongs.

use std::collections::HashSet;
use std::io::{self, BufWriter, Write};

use super::csv;
use super::timeline::Timeline;
use super::told::Told;
use crate::args::{AttemptsFormat, When};
use crate::color::Palette;
use crate::output::Destination;

/// What is told, in the format that is asked for.
pub(crate) struct Output {
    to: BufWriter<Box<dyn Write + Send>>,
    format: Format,
}

enum Format {
    Ndjson,
    Csv,
    Table(Box<Timeline>),
}

/// What the format depends on, beside the destination.
#[derive(Debug)]
pub(crate) struct Style {
    /// What is asked for.
    pub(crate) format: Option<AttemptsFormat>,
    /// Whether to use colours.
    pub(crate) color: When,
    /// Whether what is told is shown as it comes.
    pub(crate) live: bool,
    /// Rules of which other columns of the table say as much.
    pub(crate) plain_rules: HashSet<String>,
}

impl Output {
    /// Writes what stands above everything.
    ///
    /// # Errors
    /// What writing says.
    pub(crate) fn begin(destination: Destination, style: Style) -> io::Result<Self> {
        let Destination { to, width } = destination;
        let mut to = BufWriter::new(to);
        let Style { format, color, live, plain_rules } = style;
        let format = match format {
            None if width.is_none() => Format::Ndjson,
            Some(AttemptsFormat::Ndjson) => Format::Ndjson,
            Some(AttemptsFormat::Csv) => {
                to.write_all(&csv::header())?;
                to.flush()?;
                Format::Csv
            }
            None | Some(AttemptsFormat::Table) => {
                let palette = Palette::new(color, width.is_some());
                Format::Table(Box::new(Timeline::new(palette, width, live, plain_rules)))
            }
        };
        Ok(Self { to, format })
    }

    /// Takes what is told, which is this line of JSON.
    ///
    /// # Errors
    /// What writing says.
    pub(crate) fn put(&mut self, told: Told, line: &[u8]) -> io::Result<()> {
        match &mut self.format {
            Format::Ndjson => {
                self.to.write_all(line)?;
                self.to.write_all(b"\n")
            }
            Format::Csv => self.to.write_all(&csv::encode(&told)),
            Format::Table(timeline) => self.to.write_all(timeline.push(told).as_bytes()),
        }
    }

    /// Lets readers see what there is.
    ///
    /// # Errors
    /// What writing says.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    /// Writes what was held back, and gives the titles of columns that had no room.
    ///
    /// # Errors
    /// What writing says.
    pub(crate) fn end(&mut self) -> io::Result<Vec<&'static str>> {
        let Format::Table(timeline) = &mut self.format else { return Ok(Vec::new()) };
        let (text, hidden_columns) = timeline.end();
        self.to.write_all(text.as_bytes())?;
        self.to.flush()?;
        Ok(hidden_columns)
    }
}
