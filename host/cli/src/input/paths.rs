//! Finds the files to read in the paths on the command line.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use memchr::memmem;
use sekisho_records::is_csv_of_records;
use walkdir::WalkDir;

use super::decompress::Compression;
use super::read_error::{ReadError, ReadErrors};

/// The name of standard input, on the command line and in messages.
const STDIN: &str = "-";

/// Files in folders with these extensions are read, whatever they contain.
const EXTENSIONS: [&str; 5] = ["json", "ndjson", "jsonl", "gz", "zst"];

/// An input to read.
#[derive(Debug)]
pub(crate) enum Source {
    /// Standard input.
    Stdin,
    /// A file, a pipe or a device.
    File {
        /// The path on the command line, or below a folder on the command line.
        path: PathBuf,
        /// Length in bytes, if it is a regular file.
        length: Option<u64>,
    },
}

impl Source {
    /// Its name in output and messages. May contain characters that are unsafe to print.
    pub(crate) fn name(&self) -> String {
        match self {
            Source::Stdin => STDIN.to_owned(),
            Source::File { path, .. } => path.to_string_lossy().into_owned(),
        }
    }

    /// Opens the source for reading.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read>> {
        Ok(match self {
            Source::Stdin => Box::new(io::stdin()),
            Source::File { path, .. } => Box::new(File::open(path)?),
        })
    }

    /// Its length in bytes, if it is known.
    pub(crate) fn length(&self) -> Option<u64> {
        match self {
            Source::Stdin => None,
            Source::File { length, .. } => *length,
        }
    }
}

/// What the paths on the command line lead to.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The inputs in the order of the command line; within a folder, sorted by file name.
    pub(crate) sources: Vec<Source>,
    /// Paths that do not exist or cannot be read.
    pub(crate) read_errors: ReadErrors,
    /// Number of files in folders that do not look like records.
    pub(crate) skipped: u64,
}

/// Finds the inputs in `paths`. No path is standard input.
pub(crate) fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    if paths.is_empty() {
        found.sources.push(Source::Stdin);
    }
    for path in paths {
        if path.as_os_str() == STDIN {
            found.sources.push(Source::Stdin);
            continue;
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => found.walk(path),
            Ok(metadata) => found.sources.push(Source::File {
                path: path.clone(),
                length: metadata.is_file().then_some(metadata.len()),
            }),
            Err(error) => found.unreadable(path, &error),
        }
    }
    found
}

impl Found {
    fn unreadable(&mut self, path: &Path, error: &io::Error) {
        let file = path.to_string_lossy().into_owned();
        self.read_errors.add(ReadError::file(self.sources.len(), file, error));
    }

    fn walk(&mut self, folder: &Path) {
        for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    self.unreadable(&path, &error.into());
                    continue;
                }
            };
            if !entry.file_type().is_file() {
                continue;
            }
            let length = entry.metadata().ok().map(|metadata| metadata.len());
            let path = entry.into_path();
            match is_record_file(&path) {
                Ok(true) => self.sources.push(Source::File { path, length }),
                Ok(false) => self.skipped += 1,
                Err(error) => self.unreadable(&path, &error),
            }
        }
    }
}

/// Whether to read a file in a folder: decided by its extension, or by its first bytes if it is named
/// .log or .csv, or has no extension or the number of an old log.
fn is_record_file(path: &Path) -> io::Result<bool> {
    match path.extension() {
        Some(extension) if EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)) => {
            Ok(true)
        }
        Some(extension)
            if !["log", "csv"].iter().any(|known| extension.eq_ignore_ascii_case(known))
                && !extension.as_encoded_bytes().iter().all(u8::is_ascii_digit) =>
        {
            Ok(false)
        }
        _ => {
            let mut head = Vec::new();
            File::open(path)?.take(64 << 10).read_to_end(&mut head)?;
            Ok(looks_like_records(&head))
        }
    }
}

fn looks_like_records(head: &[u8]) -> bool {
    if Compression::detect(head).is_some() {
        return true;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    match text.split_first() {
        Some((b'{', rest)) => matches!(rest.trim_ascii_start().first(), Some(b'"' | b'}') | None),
        Some((b'[', rest)) => matches!(rest.trim_ascii_start().first(), Some(b'{' | b']') | None),
        _ => is_csv_of_records(text) || text.split(|byte| *byte == b'\n').any(is_line_of_record),
    }
}

/// Whether a line may have a record after a header, as of syslog, `aws logs tail` or a container
/// runtime. The line may be cut.
fn is_line_of_record(line: &[u8]) -> bool {
    memchr::memchr(b'{', line).is_some_and(|brace| {
        let members = &line[brace + 1..];
        matches!(members.trim_ascii_start().first(), Some(b'"'))
            && ["eventVersion\"", "eventSource\""]
                .iter()
                .any(|key| memmem::find(members, key.as_bytes()).is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color::Palette;

    #[test]
    fn files_are_recognized_by_their_first_bytes() {
        for records in [
            &b"{\"eventVersion\":"[..],
            b"\xef\xbb\xbf \n{ \n\"Records\"",
            b"[\n {\"a\"",
            b"\x1f\x8b\x08",
            b"\x28\xb5\x2f\xfd",
            b"\xef\xbb\xbf@timestamp,@message\n",
            b"event\n\"{\"\"eventVersion\"\":",
            b"<134>1 2026-02-03T04:05:06Z host trail 42 - - {\"eventVersion\":\"1.11\",\"user",
            b"starting\n2026-02-03T04:05:06.0Z stdout F {\"log\":{ \"a\":1,\"eventSource\":\"s",
        ] {
            assert!(looks_like_records(records), "{records:?}");
        }
        for other in [
            &b""[..],
            b"# Notes",
            b"[package]",
            b"{% block",
            b"\0\0\0\x01Bud1",
            b"12",
            b"a,b\n1,2\n",
            b"2026-02-03T04:05:06.0Z stdout F {\"level\":\"info\"}\n",
            b"the eventSource\": {eventVersion\"",
        ] {
            assert!(!looks_like_records(other), "{other:?}");
        }
    }

    #[test]
    fn a_folder_is_read_in_order_and_other_files_are_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &[u8]| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("2025/02/b.json.gz", b"");
        write("2025/01/a.JSON", b"no");
        write("2025/01/part-0001", b"{\"a\":1}");
        write("2025/01/README", b"Records");
        write("2025/01/.DS_Store", b"\0\0\0\x01Bud1");
        write("app.log", b"[12:00] started");
        write("trail.log", b"{\"a\":1}");
        write("trail.log.1", b"Feb  3 04:05:06 host trail: {\"eventVersion\":\"1.11\"}");
        write("libc.so.6", b"\x7fELF");
        write("notes.md", b"{}");

        let found = find(&[folder.path().to_owned(), folder.path().join("app.log"), "-".into()]);
        let names: Vec<String> = found
            .sources
            .iter()
            .map(|source| source.name().replace(&format!("{}/", folder.path().display()), ""))
            .collect();
        assert_eq!(
            names,
            [
                "2025/01/a.JSON",
                "2025/01/part-0001",
                "2025/02/b.json.gz",
                "trail.log",
                "trail.log.1",
                "app.log",
                "-"
            ],
        );
        assert_eq!(found.skipped, 5);
        assert_eq!(found.sources[1].length(), Some(7));
    }

    #[test]
    fn a_missing_file_is_listed() {
        let found = find(&["no/such/file".into()]);
        let mut listed = Vec::new();
        found.read_errors.write(&mut listed, Palette::default()).unwrap();
        let listed = String::from_utf8(listed).unwrap();
        assert!(listed.contains("  no/such/file: No such file or directory"), "{listed}");
    }
}
