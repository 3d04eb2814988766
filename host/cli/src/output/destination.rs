//! Where output goes: standard output, a file that is replaced at the end, or one that is appended to.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, IsTerminal, Stdout, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use terminal_size::{Width, terminal_size};

use super::used_files::UsedFiles;
use crate::color::Palette;
use crate::failure::Failure;
use crate::file::{NewFile, Replacement, remove_at_signal};
use crate::sanitize::printable;

/// Standard output or a file, open for writing.
#[derive(Debug)]
pub(crate) struct Destination {
    to: Target,
    /// The width of the terminal, if it is one.
    width: Option<usize>,
}

#[derive(Debug)]
enum Target {
    Stdout(Stdout),
    /// A pipe, a device, or a file that is appended to.
    Stream(File),
    /// A file that [`Destination::end`] replaces.
    Replaced(Replacement),
    /// Nowhere.
    Nowhere,
}

impl Destination {
    /// Opens the file `output`, or standard output. A regular file is replaced by [`end`](Self::end),
    /// and stays as it is until then; pipes and devices are written to.
    ///
    /// # Errors
    /// [`Failure::Usage`], if the file cannot be written, or is one of `used`.
    pub(crate) fn open(output: Option<&Path>, used: &UsedFiles<'_>) -> Result<Self, Failure> {
        used.refuse_as_output(output)?;
        let Some(path) = output else { return Ok(Self::stdout()) };
        let is_regular = fs::metadata(path).map_or(true, |metadata| metadata.is_file());
        let target = match is_regular && !is_descriptor(path) {
            true => replace(path).map(Target::Replaced),
            false => append(path).map(Target::Stream),
        };
        Ok(Self { to: target.map_err(|error| cannot_write(path, &error))?, width: None })
    }

    /// Opens the file `output`, or standard output, for a stream that never ends: it is appended to.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub(crate) fn append(output: Option<&Path>, used: &UsedFiles<'_>) -> Result<Self, Failure> {
        used.refuse_as_output(output)?;
        let Some(path) = output else { return Ok(Self::stdout()) };
        let file = append(path).map_err(|error| cannot_write(path, &error))?;
        Ok(Self { to: Target::Stream(file), width: None })
    }

    /// Writes nothing.
    pub(crate) fn nowhere() -> Self {
        Self { to: Target::Nowhere, width: None }
    }

    fn stdout() -> Self {
        let stdout = io::stdout();
        let width = stdout.is_terminal().then(terminal_width);
        Self { to: Target::Stdout(stdout), width }
    }

    /// The width of the terminal, if it is one.
    pub(crate) fn width(&self) -> Option<usize> {
        self.width
    }

    /// Whether it is a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.width.is_some()
    }

    /// The length of a file that is appended to, in bytes.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn length(&self) -> io::Result<Option<u64>> {
        let Target::Stream(file) = &self.to else { return Ok(None) };
        let metadata = file.metadata()?;
        Ok(metadata.is_file().then_some(metadata.len()))
    }

    /// How far a file that is appended to was written, once it is on the disk.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn position(&self) -> io::Result<Option<OutputPosition>> {
        let Target::Stream(file) = &self.to else { return Ok(None) };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(None);
        }
        file.sync_data()?;
        Ok(Some(OutputPosition { inode: inode(&metadata), length: metadata.len() }))
    }

    /// Cuts a file that is appended to back to `position`. Nothing is cut if it is another file.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn cut_back(&self, position: &OutputPosition) -> io::Result<()> {
        let Target::Stream(file) = &self.to else { return Ok(()) };
        let metadata = file.metadata()?;
        match inode(&metadata) == position.inode && metadata.len() > position.length {
            true => file.set_len(position.length),
            false => Ok(()),
        }
    }

    /// Writes whole lines. If they do not fit on the disk, none of them stays in a file that is
    /// appended to.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn write_lines(&mut self, lines: &[u8]) -> io::Result<()> {
        let length = self.length()?;
        let written = self.write_all(lines).and_then(|()| self.flush());
        if let (Err(_), Target::Stream(file), Some(length)) = (&written, &self.to, length) {
            // The first error says more.
            let _ = file.set_len(length);
        }
        written
    }

    /// Ends the output: a file is replaced if `has_records`. Otherwise, what an earlier run found is
    /// worth more than nothing, and the path of the file that stays as it was is returned.
    ///
    /// # Errors
    /// The error of the operating system. The file stays as it was.
    pub(crate) fn end(mut self, has_records: bool) -> io::Result<Option<PathBuf>> {
        self.flush()?;
        match self.to {
            Target::Replaced(replacement) if has_records => replacement.commit().map(|()| None),
            Target::Replaced(replacement) => Ok(Some(replacement.target().to_owned())),
            Target::Stdout(_) | Target::Stream(_) | Target::Nowhere => Ok(None),
        }
    }
}

/// Says that the output file stays as it was, if it does.
///
/// # Errors
/// The error of the writer.
pub(crate) fn write_unchanged(
    to: &mut dyn Write,
    palette: Palette,
    unchanged: Option<&Path>,
) -> io::Result<()> {
    let Some(path) = unchanged else { return Ok(()) };
    let notable = palette.notable();
    let path = path.to_string_lossy();
    writeln!(to, "{notable}No record was read, so {} was not written{notable:#}", printable(&path))
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            Target::Stdout(stdout) => stdout.write(bytes),
            Target::Stream(file) => file.write(bytes),
            Target::Replaced(replacement) => replacement.write(bytes),
            Target::Nowhere => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            Target::Stdout(stdout) => stdout.flush(),
            Target::Stream(file) => file.flush(),
            Target::Replaced(replacement) => replacement.flush(),
            Target::Nowhere => Ok(()),
        }
    }
}

/// How far a file was written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct OutputPosition {
    inode: u64,
    length: u64,
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}

fn terminal_width() -> usize {
    match terminal_size() {
        Some((Width(width), _)) if width > 0 => usize::from(width),
        _ => 80,
    }
}

/// Whether a path names an open file of the program, such as `/dev/stdout`: what the shell opened is
/// written to, and not replaced.
fn is_descriptor(path: &Path) -> bool {
    ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"].iter().any(|name| path.starts_with(name))
}

fn replace(path: &Path) -> io::Result<Replacement> {
    let replacement = Replacement::begin(path, NewFile::Shared)?;
    remove_at_signal(replacement.temporary_path().to_owned())?;
    Ok(replacement)
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::Usage {
        message: format!("cannot write {}: {error}", path.display()),
        advice: "name a file in a folder that you can write to with `--output`, or print the output \
                 into it: `> FILE`",
    }
}
