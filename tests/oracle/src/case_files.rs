//! Reads files with one case per line.

use std::fs;
use std::path::Path;

/// Parses each line of the `*.jsonl` files in a folder, by file name and line. `parse` gets the
/// file's name, the line's number from 1, and its text.
///
/// # Panics
/// If the folder or a file cannot be read, or `parse` fails; the message names file and line.
pub(crate) fn read<R>(
    folder: &Path,
    parse: impl Fn(&str, usize, &str) -> Result<R, String>,
) -> Vec<R> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| {
        panic!("expected a folder of cases at {}: {error}", folder.display());
    });
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a folder entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut cases = Vec::new();
    for path in files {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{file}: expected lines of UTF-8: {error}"));
        for (source, line) in text.lines().zip(1..) {
            let case = parse(&file, line, source);
            cases.push(case.unwrap_or_else(|error| panic!("{file}, line {line}: {error}")));
        }
    }
    cases
}
