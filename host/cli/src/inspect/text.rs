//! A description for people.

use std::io::{self, Write};

use indicatif::HumanCount;
use serde_json::Value;

use super::contents::Memory;
use super::description::Description;
use crate::color::Palette;
use crate::sanitize::printable;

const PAGE_KIB: u64 = 64;

/// Writes a description.
pub(super) fn write(
    out: &mut impl Write,
    palette: Palette,
    description: &Description,
) -> io::Result<()> {
    let Description { file, contents, hosts } = description;
    let title = palette.title();
    writeln!(out, "{title}{}{title:#}", printable(file))?;
    writeln!(out, "  {:<9} {} bytes", "size", HumanCount(contents.size_bytes as u64))?;
    writeln!(out, "  {:<9} {}", "ABI", or_none(&contents.abi_versions))?;
    writeln!(out, "  {:<9} {}", "features", or_none(&contents.features))?;
    let memories: Vec<String> = contents.memories.iter().map(memory).collect();
    writeln!(out, "  {:<9} {}", "memory", or_none(&memories))?;
    writeln!(out, "\n{title}Manifest{title:#}")?;
    let manifest = contents.manifest.as_ref().map_or("", |manifest| manifest.get());
    let manifest: serde_json::Map<String, Value> =
        serde_json::from_str(manifest).unwrap_or_default();
    if manifest.is_empty() {
        writeln!(out, "  none")?;
    }
    for (key, value) in manifest {
        write_value(out, &key, &value)?;
    }

    writeln!(out, "\n{title}Imports{title:#}")?;
    if contents.imports.is_empty() {
        writeln!(out, "  none")?;
    }
    for import in &contents.imports {
        let name = format!("{}.{}", import.module, import.name);
        writeln!(out, "  {:<24} {}", printable(&name), import.type_name)?;
    }
    writeln!(out, "\n{title}Exports{title:#}")?;
    for export in &contents.exports {
        writeln!(out, "  {:<24} {}", printable(&export.name), export.type_name)?;
    }
    writeln!(out, "\n{title}Hosts{title:#}")?;
    for host in hosts {
        let (style, loads) = match host.reasons.is_empty() {
            true => (palette.good(), "loads it"),
            false => (palette.bad(), "cannot: "),
        };
        let reasons = host.reasons.join("; ");
        writeln!(out, "  {:<24} {style}{loads}{style:#}{}", host.name, printable(&reasons))?;
    }
    Ok(())
}

/// Writes a value of the manifest; an object as one line for each of its values.
fn write_value(out: &mut impl Write, key: &str, value: &Value) -> io::Result<()> {
    let shown = match value {
        Value::Object(object) => {
            for (inner, value) in object {
                write_value(out, &format!("{key}.{inner}"), value)?;
            }
            return Ok(());
        }
        Value::Array(array) => {
            let values: Vec<String> = array.iter().map(plain).collect();
            values.join(" ")
        }
        value => plain(value),
    };
    writeln!(out, "  {:<24} {}", printable(key), printable(&shown))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn or_none(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.is_empty() {
        true => "none".to_owned(),
        false => printable(&names.join(", ")).into_owned(),
    }
}

fn memory(memory: &Memory) -> String {
    let from = HumanCount(memory.minimum_pages * PAGE_KIB);
    match memory.maximum_pages {
        Some(pages) => format!("{from} KiB, at most {} KiB", HumanCount(pages * PAGE_KIB)),
        None => format!("{from} KiB at the start"),
    }
}
