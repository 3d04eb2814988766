//! The bill of materials of what is linked, as CycloneDX 1.5.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::command::{Failed, root};
use crate::metadata::{Key, Metadata, Package, with_dependencies};
use crate::shipped;

/// The crate of the program.
const PROGRAM: &str = "sekisho-cli";

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    /// SHA-256 of the file that the registry has.
    checksum: Option<String>,
}

/// The same bytes for the same lock file: no time and no serial number.
pub(super) fn write(folder: &Path) -> Result<(), Failed> {
    let linked = shipped::linked()?;
    let checksums = checksums()?;
    let mut metadata = with_dependencies()?;
    let dependencies = metadata.dependencies();
    metadata.packages.retain(|package| linked.contains(&package.key()));
    let dependencies = metadata.packages.iter().map(|package| {
        let all = dependencies.get(&package.key()).into_iter().flatten();
        let linked: Vec<_> = all.filter(|key| linked.contains(*key)).map(reference).collect();
        json!({"ref": reference(&package.key()), "dependsOn": linked})
    });
    let bom = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": program(&metadata)},
        "components": components(&metadata, &checksums),
        "dependencies": dependencies.collect::<Vec<_>>(),
    });
    let path = folder.join("sbom.cdx.json");
    fs::write(&path, format!("{bom:#}\n")).map_err(|error| Failed::File(path, error))
}

fn program(metadata: &Metadata) -> Value {
    let program = metadata.packages.iter().find(|package| package.name == PROGRAM);
    program.map_or(Value::Null, |package| component("application", package, None))
}

fn components(metadata: &Metadata, checksums: &BTreeMap<Key, String>) -> Vec<Value> {
    let libraries = metadata.packages.iter().filter(|package| package.name != PROGRAM);
    let component =
        |package: &Package| component("library", package, checksums.get(&package.key()));
    libraries.map(component).collect()
}

fn component(kind: &str, package: &Package, checksum: Option<&String>) -> Value {
    let reference = reference(&package.key());
    let mut component = json!({
        "type": kind,
        "bom-ref": reference,
        "name": package.name,
        "version": package.version,
        "description": package.description,
        // Before SPDX had expressions, crates wrote `MIT/Apache-2.0`.
        "licenses": [{"expression": package.license.as_deref().map(|license| license.replace('/', " OR "))}],
        "purl": reference,
    });
    if let Some(checksum) = checksum {
        component["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
    }
    component
}

/// A package URL, which also identifies the component.
fn reference((name, version): &Key) -> String {
    format!("pkg:cargo/{name}@{version}")
}

fn checksums() -> Result<BTreeMap<Key, String>, Failed> {
    let path = root().join("Cargo.lock");
    let text = fs::read_to_string(&path).map_err(|error| Failed::File(path, error))?;
    let lock: Lock =
        toml::from_str(&text).map_err(|error| Failed::Other(format!("Cargo.lock: {error}")))?;
    let checksum = |locked: Locked| Some(((locked.name, locked.version), locked.checksum?));
    Ok(lock.package.into_iter().filter_map(checksum).collect())
}
