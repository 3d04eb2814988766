//! The licences of everything in Rust that is linked into the program, the module and the playground.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::command::{Failed, Program, copy_into, read_file};
use crate::metadata::{Package, with_dependencies};
use crate::shipped;

/// How names of files with licences begin.
const NAMES: [&str; 6] = ["COPYING", "COPYRIGHT", "LICENCE", "LICENSE", "NOTICE", "UNLICENSE"];

/// How the names of crates from wasmtime's repository begin. Some do not carry the licence, which is
/// that of wasmtime.
const OF_WASMTIME: [&str; 3] = ["cranelift-", "pulley-", "wasmtime-"];

/// Crates that name their licence and their authors, but do not carry a text.
const WITHOUT_TEXT: [&str; 1] = ["pratt"];

/// Writes every text once, below the crates that come under it. Fails if a crate has none.
pub(super) fn write(folder: &Path) -> Result<(), Failed> {
    let linked = shipped::linked()?;
    let mut metadata = with_dependencies()?;
    metadata.packages.retain(|package| package.source.is_some() && linked.contains(&package.key()));
    let mut crates: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in &metadata.packages {
        let mut texts = texts(package)?;
        if texts.is_empty() && OF_WASMTIME.iter().any(|begin| package.name.starts_with(begin)) {
            texts = texts_of("wasmtime", &metadata.packages)?;
        }
        if WITHOUT_TEXT.contains(&&*package.name) {
            texts.extend(standard_text(package));
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
    fs::write(&path, page).map_err(|error| Failed::File(path, error))?;
    // Those of the standard library come with the compiler.
    let compiler = Program::new("rustc").args(["--print", "sysroot"]).read()?;
    copy_into(&Path::new(&compiler).join("share/doc/rust"), &["COPYRIGHT-library.html"], folder)
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

/// The text of the licence that the package names.
fn standard_text(package: &Package) -> Option<String> {
    let license = spdx::license_id(package.license.as_deref()?)?;
    Some(format!("By {}\n\n{}", package.authors.join(", "), license.text().trim()))
}

fn texts_of(name: &str, packages: &[Package]) -> Result<Vec<String>, Failed> {
    packages.iter().find(|package| package.name == name).map_or(Ok(Vec::new()), texts)
}
