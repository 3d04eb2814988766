//! The check of dependencies against `deny.toml`: which licences are allowed, and of which crates
//! there may be several versions.
//!
//! cargo-deny reads the same file, but takes minutes to install.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;
use spdx::{Expression, ParseMode};

use crate::command::{Failed, root};
use crate::metadata::{self, Key, Package};
use crate::shipped;

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Skip>,
}

#[derive(Deserialize)]
struct Skip {
    /// `name@version`
    #[serde(rename = "crate")]
    name: String,
}

/// Fails with everything that `deny.toml` does not allow, and with what it allows for nothing.
pub(crate) fn check() -> Result<(), Failed> {
    let path = root().join("deny.toml");
    let text = fs::read_to_string(&path).map_err(|error| Failed::File(path, error))?;
    let deny: Deny =
        toml::from_str(&text).map_err(|error| Failed::Other(format!("deny.toml: {error}")))?;
    let mut problems = Vec::new();
    for package in &metadata::with_dependencies()?.packages {
        if !is_allowed(package, &deny.licenses.allow)? {
            let license = package.license.as_deref().unwrap_or("no licence");
            problems.push(format!("{} {}: {license}", package.name, package.version));
        }
    }
    let skipped = deny.bans.skip.into_iter().map(|skip| skip.name).collect();
    problems.extend(duplicates(&shipped::built_from()?, skipped));
    if problems.is_empty() {
        return Ok(());
    }
    Err(Failed::Other(format!("against deny.toml:\n  {}", problems.join("\n  "))))
}

fn is_allowed(package: &Package, allowed: &[String]) -> Result<bool, Failed> {
    let Some(license) = &package.license else { return Ok(false) };
    let expression = Expression::parse_mode(license, ParseMode::LAX)
        .map_err(|error| Failed::Other(format!("{}: {error}", package.name)))?;
    Ok(expression.evaluate(|required| allowed.contains(&required.to_string())))
}

/// All versions of a crate but one, unless they are skipped; and what is skipped but not there.
fn duplicates(packages: &BTreeSet<Key>, mut skipped: BTreeSet<String>) -> Vec<String> {
    let mut versions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, version) in packages {
        versions.entry(name).or_default().push(format!("{name}@{version}"));
    }
    let mut problems = Vec::new();
    for versions in versions.values() {
        let unskipped: Vec<_> =
            versions.iter().filter(|version| !skipped.remove(version.as_str())).collect();
        if let [one, other, ..] = unskipped[..] {
            problems.push(format!("{one} and {other}: versions of one crate"));
        }
    }
    problems.extend(skipped.iter().map(|skip| format!("{skip}: skipped, but not there")));
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_duplicates_and_needless_exceptions() {
        let packages =
            [("a", "1.0.0"), ("a", "2.0.0"), ("b", "1.0.0"), ("c", "1.0.0"), ("c", "0.9.0")];
        let packages = packages.map(|(name, version)| (name.to_owned(), version.to_owned()));
        let skipped = ["c@0.9.0", "d@1.0.0"].map(str::to_owned);
        assert_eq!(
            duplicates(&packages.into(), skipped.into()),
            ["a@1.0.0 and a@2.0.0: versions of one crate", "d@1.0.0: skipped, but not there"]
        );
    }
}
