//! SHA-256 of every file, as `sha256sum --check` reads it.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::command::{Failed, read_file};

const FILE: &str = "SHA256SUMS";

pub(super) fn write(folder: &Path) -> Result<(), Failed> {
    let mut lines = Vec::new();
    add(&mut lines, folder, "")?;
    let path = folder.join(FILE);
    fs::write(&path, lines.concat()).map_err(|error| Failed::File(path, error))
}

/// Adds the files of a folder and those below it; `prefix` is its name, with `/` at the end.
fn add(lines: &mut Vec<String>, folder: &Path, prefix: &str) -> Result<(), Failed> {
    let failed = |error| Failed::File(folder.to_owned(), error);
    let entries: Result<Vec<_>, _> = fs::read_dir(folder).map_err(failed)?.collect();
    let mut paths: Vec<_> = entries.map_err(failed)?.iter().map(fs::DirEntry::path).collect();
    paths.sort_unstable();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            add(lines, &path, &format!("{prefix}{name}/"))?;
        } else {
            let digest = Sha256::digest(read_file(&path)?);
            lines.push(format!("{digest:x}  {prefix}{name}\n"));
        }
    }
    Ok(())
}
