//! Puts what is told where it belongs.

use std::collections::HashSet;
use std::io::{self, BufWriter, Write};

use clap::ValueEnum;

use super::csv;
use super::timeline::Timeline;
use super::told::Told;
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

/// What is told, in the format that is asked for.
pub(crate) struct Output {
    to: BufWriter<Box<dyn Write + Send>>,
    encoder: Encoder,
}

enum Encoder {
    Ndjson,
    Csv,
    Table(Box<Timeline>),
}

/// What the format depends on, beside the destination.
#[derive(Debug)]
pub(crate) struct Style {
    /// What is asked for.
    pub(crate) format: Option<Format>,
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
                Encoder::Table(Box::new(Timeline::new(palette, width, live, plain_rules)))
            }
        };
        Ok(Self { to, encoder })
    }

    /// Takes what is told, which is this line of JSON.
    ///
    /// # Errors
    /// What writing says.
    pub(crate) fn put(&mut self, told: Told, line: &[u8]) -> io::Result<()> {
        match &mut self.encoder {
            Encoder::Ndjson => {
                self.to.write_all(line)?;
                self.to.write_all(b"\n")
            }
            Encoder::Csv => self.to.write_all(&csv::encode(&told)),
            Encoder::Table(timeline) => self.to.write_all(timeline.push(told).as_bytes()),
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
        let Encoder::Table(timeline) = &mut self.encoder else { return Ok(Vec::new()) };
        let (text, hidden_columns) = timeline.end();
        self.to.write_all(text.as_bytes())?;
        self.to.flush()?;
        Ok(hidden_columns)
    }
}
