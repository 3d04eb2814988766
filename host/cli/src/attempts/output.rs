//! Writes attempts and findings in the requested format.

use std::collections::HashSet;
use std::io::{self, BufWriter, Write};

use clap::ValueEnum;

use super::csv;
use super::emitted::Emitted;
use super::timeline::Timeline;
use crate::color::{Palette, When};
use crate::output::Destination;

/// The output formats of attempts and findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A timeline for people
    Table,
    /// A JSON object for each attempt and each finding
    Ndjson,
    /// A row for each attempt and each finding, for spreadsheets
    Csv,
}

/// The output of a run.
pub(crate) struct Output {
    to: BufWriter<Box<dyn Write + Send>>,
    encoder: Encoder,
}

enum Encoder {
    Ndjson,
    Csv,
    Table(Box<Timeline>),
}

/// How output is written.
#[derive(Debug)]
pub(crate) struct Style {
    /// The format; by default a table on a terminal, otherwise NDJSON.
    pub(crate) format: Option<Format>,
    /// Whether to use colors.
    pub(crate) color: When,
    /// Whether a table shows each line at once, rather than all of them in order at the end.
    pub(crate) live: bool,
    /// Rules that a table omits, because its other columns show the same.
    pub(crate) informational_rules: HashSet<String>,
}

impl Output {
    /// Opens the output, and writes the header of CSV.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn open(destination: Destination, style: Style) -> io::Result<Self> {
        let Destination { to, width } = destination;
        let mut to = BufWriter::new(to);
        let Style { format, color, live, informational_rules } = style;
        let encoder = match format {
            None if width.is_none() => Encoder::Ndjson,
            Some(Format::Ndjson) => Encoder::Ndjson,
            Some(Format::Csv) => {
                to.write_all(&csv::header())?;
                to.flush()?;
                Encoder::Csv
            }
            None | Some(Format::Table) => {
                let palette = Palette::new(color, width.is_some());
                Encoder::Table(Box::new(Timeline::new(palette, width, live, informational_rules)))
            }
        };
        Ok(Self { to, encoder })
    }

    /// Writes what the module emitted: `line` is its JSON.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn write(&mut self, emitted: Emitted, line: &[u8]) -> io::Result<()> {
        match &mut self.encoder {
            Encoder::Ndjson => {
                self.to.write_all(line)?;
                self.to.write_all(b"\n")
            }
            Encoder::Csv => self.to.write_all(&csv::encode(&emitted)),
            Encoder::Table(timeline) => self.to.write_all(timeline.push(emitted).as_bytes()),
        }
    }

    /// Flushes the buffer.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    /// Writes the rest. Returns the titles of the columns that did not fit.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn end(&mut self) -> io::Result<Vec<&'static str>> {
        let Encoder::Table(timeline) = &mut self.encoder else { return Ok(Vec::new()) };
        let (text, hidden_columns) = timeline.end();
        self.to.write_all(text.as_bytes())?;
        self.to.flush()?;
        Ok(hidden_columns)
    }
}
