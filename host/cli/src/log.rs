//! Messages of a running service, on standard error.

use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use clap::ValueEnum;
use sekisho_attempts::write_time;
use serde::Serialize;
use terminal_size::{Width, terminal_size_of};

use crate::clock::now_ms;
use crate::color::{Palette, When};
use crate::sanitize::printable;

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// A line for people
    Text,
    /// A JSON object on a line: time, level and message
    Json,
}

/// Text, unless a command sets it.
static FORMAT: OnceLock<LogFormat> = OnceLock::new();

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Info,
    Warning,
    Error,
}

#[derive(Serialize)]
struct Entry<'m> {
    time: String,
    level: Level,
    message: &'m str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'m str>,
}

/// Sets how messages are written, once.
pub(crate) fn set_format(format: LogFormat) {
    FORMAT.get_or_init(|| format);
}

/// Whether everything on standard error is JSON.
fn is_json() -> bool {
    FORMAT.get() == Some(&LogFormat::Json)
}

/// Writes a message as one line.
pub(crate) fn log(message: &str) {
    write(Level::Info, message, None);
}

/// Writes a message about what somebody should look at.
pub(crate) fn warn(message: &str) {
    write(Level::Warning, message, None);
}

/// Writes why the program ends, as JSON. Returns whether that is the format.
pub(crate) fn json_error(message: &str, help: &str) -> bool {
    if is_json() {
        write(Level::Error, message, Some(help));
    }
    is_json()
}

fn write(level: Level, message: &str, help: Option<&str>) {
    let line = match is_json() {
        false => printable(message).into_owned(),
        true => {
            let mut time = Vec::new();
            write_time(now_ms(), &mut time);
            let time = String::from_utf8(time).expect("a time is ASCII");
            let entry = Entry { time, level, message, help };
            serde_json::to_string(&entry).expect("text is valid JSON")
        }
    };
    // If standard error is closed, nobody reads messages.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// The styles for a report: none if the format is JSON.
pub(crate) fn report_palette(color: When) -> Palette {
    match is_json() {
        false => Palette::new(color, io::stderr().is_terminal()),
        true => Palette::default(),
    }
}

/// The columns of a report on standard error.
pub(crate) fn report_width() -> usize {
    match terminal_size_of(io::stderr()) {
        Some((Width(width), _)) if width > 0 => usize::from(width),
        _ => 80,
    }
}

/// Standard error for a report of several lines: each is a message if the format is JSON.
pub(crate) fn report_writer() -> Box<dyn Write> {
    match is_json() {
        false => Box::new(io::stderr()),
        true => Box::new(Lines(Vec::new())),
    }
}

/// Writes each line as a message.
struct Lines(Vec<u8>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            match byte {
                b'\n' => self.flush()?,
                byte => self.0.push(*byte),
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.0);
        let line = String::from_utf8_lossy(&line);
        if !line.trim().is_empty() {
            log(line.trim());
        }
        Ok(())
    }
}
