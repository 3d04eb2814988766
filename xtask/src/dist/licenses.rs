//! The licences of everything that is linked into the program, the module and the playground.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::command::{Failed, read_file};
use crate::metadata::{Package, with_dependencies};
use crate::shipped;

/// How names of files with licences begin.
const NAMES: [&str; 6] = ["COPYING", "COPYRIGHT", "LICENCE", "LICENSE", "NOTICE", "UNLICENSE"];

/// Writes every text once, below the crates that come under it. Fails if a crate has none.
pub(super) fn write(folder: &Path) -> Result<(), Failed> {
    let linked = shipped::linked()?;
    let mut metadata = with_dependencies()?;
    metadata.packages.retain(|package| package.source.is_some() && linked.contains(&package.key()));
    let mut crates: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in &metadata.packages {
        let mut texts = texts(package)?;
        if texts.is_empty() {
            texts = texts_of_repository(package, &metadata.packages)?;
        }
        if texts.is_empty() {
            return Err(Failed::Other(format!("{} has no text of its licence", package.name)));
        }
        let license = package.license.as_deref().unwrap_or("see below");
        for text in texts {
            let name = format!("{} {} ({license})", package.name, package.version);
            crates.entry(text).or_default().push(name);
        }
    }
    let page: String = crates.iter().map(|(text, names)| section(names, text)).collect();
    let path = folder.join("THIRD-PARTY.txt");
    fs::write(&path, page).map_err(|error| Failed::File(path, error))
}

fn section(names: &[String], text: &str) -> String {
    let line = "=".repeat(80);
    format!("{line}\n{}\n{line}\n\n{text}\n\n", names.join("\n"))
}

/// The licences inside a package.
fn texts(package: &Package) -> Result<Vec<String>, Failed> {
    let failed = |error| Failed::File(package.folder().to_owned(), error);
    let mut texts = Vec::new();
    for entry in fs::read_dir(package.folder()).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        if NAMES.iter().any(|begin| name.starts_with(begin)) && entry.path().is_file() {
            let text = read_file(&entry.path())?;
            texts.push(String::from_utf8_lossy(&text).replace("\r\n", "\n").trim().to_owned());
        }
    }
    texts.sort_unstable();
    Ok(texts)
}

/// The licences of another package from the same repository, under the same terms.
fn texts_of_repository(package: &Package, packages: &[Package]) -> Result<Vec<String>, Failed> {
    let alike = |other: &&Package| {
        package.repository.is_some()
            && other.repository == package.repository
            && other.license == package.license
    };
    for other in packages.iter().filter(alike) {
        let texts = texts(other)?;
        if !texts.is_empty() {
            return Ok(texts);
        }
    }
    Ok(Vec::new())
}
