//! Writes attempts and findings in the requested format.

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;

use clap::ValueEnum;

use super::csv;
use super::emitted::Emitted;
use super::timeline::Timeline;
use crate::color::{Palette, When};
use crate::output::{Destination, OutputPosition};
use crate::zone::Zone;

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

/// Output that is complete.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The titles of the columns that did not fit.
    pub(crate) hidden_columns: Vec<&'static str>,
    /// The output file, if it stays as it was.
    pub(crate) unchanged: Option<PathBuf>,
    /// How far a file that is appended to was written.
    pub(crate) position: Option<OutputPosition>,
    /// What was kept for the caller.
    pub(crate) kept: Vec<Emitted>,
}

/// The output of a run.
pub(crate) struct Output {
    to: Destination,
    /// What is written next.
    lines: Vec<u8>,
    encoder: Encoder,
}

enum Encoder {
    Ndjson,
    Csv,
    Table(Box<Timeline>),
    /// Nothing is written: it is for the caller.
    Kept(Vec<Emitted>),
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
    /// The zone of the times in a table.
    pub(crate) zone: Zone,
    /// Rules that a table omits, because its other columns show the same.
    pub(crate) informational_rules: HashSet<String>,
}

impl Output {
    /// Keeps everything.
    pub(crate) fn kept() -> Self {
        Self { to: Destination::nowhere(), lines: Vec::new(), encoder: Encoder::Kept(Vec::new()) }
    }

    /// Opens the output, and writes the header of CSV.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn open(destination: Destination, style: Style) -> io::Result<Self> {
        let width = destination.width();
        let mut lines = Vec::new();
        let Style { format, color, live, zone, informational_rules } = style;
        let encoder = match format {
            None if width.is_none() => Encoder::Ndjson,
            Some(Format::Ndjson) => Encoder::Ndjson,
            Some(Format::Csv) => {
                // A file that is appended to has a header already.
                if destination.length()?.is_none_or(|length| length == 0) {
                    lines = csv::header();
                }
                Encoder::Csv
            }
            None | Some(Format::Table) => {
                let palette = Palette::new(color, width.is_some());
                let timeline = Timeline::new(palette, width, live, zone, informational_rules);
                Encoder::Table(Box::new(timeline))
            }
        };
        let mut output = Self { to: destination, lines, encoder };
        output.flush()?;
        Ok(output)
    }

    /// Adds what the module emitted: `line` is its JSON.
    pub(crate) fn add(&mut self, emitted: Emitted, line: &[u8]) {
        match &mut self.encoder {
            Encoder::Ndjson => {
                self.lines.extend_from_slice(line);
                self.lines.push(b'\n');
            }
            Encoder::Csv => self.lines.extend_from_slice(&csv::encode(&emitted)),
            Encoder::Table(timeline) => {
                self.lines.extend_from_slice(timeline.push(emitted).as_bytes());
            }
            Encoder::Kept(kept) => kept.push(emitted),
        }
    }

    /// How far a file that is appended to was written, once it is on the disk.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn position(&self) -> io::Result<Option<OutputPosition>> {
        self.to.position()
    }

    /// Cuts a file that is appended to back to `position`.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn cut_back(&self, position: &OutputPosition) -> io::Result<()> {
        self.to.cut_back(position)
    }

    /// Writes what was added.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        let written = self.to.write_lines(&self.lines);
        self.lines.clear();
        written
    }

    /// Writes the rest, and replaces the file if `has_records`.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn end(mut self, has_records: bool) -> io::Result<Ended> {
        let (text, hidden_columns) = match &mut self.encoder {
            Encoder::Table(timeline) => timeline.end(),
            Encoder::Ndjson | Encoder::Csv | Encoder::Kept(_) => Default::default(),
        };
        let kept = match &mut self.encoder {
            Encoder::Kept(kept) => std::mem::take(kept),
            Encoder::Ndjson | Encoder::Csv | Encoder::Table(_) => Vec::new(),
        };
        self.lines.extend_from_slice(text.as_bytes());
        self.flush()?;
        let position = self.to.position()?;
        Ok(Ended { hidden_columns, unchanged: self.to.end(has_records)?, position, kept })
    }
}
