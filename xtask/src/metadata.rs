//! The packages of the workspace and those that they depend on, as cargo says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::command::{Failed, cargo};

#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    resolve: Option<Resolve>,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    /// An SPDX expression.
    pub(crate) license: Option<String>,
    #[serde(default)]
    pub(crate) authors: Vec<String>,
    pub(crate) manifest_path: PathBuf,
    /// The registry; `None` for the packages of this repository.
    pub(crate) source: Option<String>,
    /// The registries that take it; `None` for all.
    publish: Option<Vec<String>>,
    pub(crate) targets: Vec<Target>,
}

#[derive(Deserialize)]
pub(crate) struct Target {
    pub(crate) src_path: PathBuf,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
}

/// The name and the version of a package.
pub(crate) type Key = (String, String);

/// Reads the packages of a workspace, without their dependencies.
pub(crate) fn members(manifest: &str) -> Result<Metadata, Failed> {
    read(&["--no-deps", "--manifest-path", manifest])
}

/// Reads the packages of the root workspace, with all dependencies on any platform.
pub(crate) fn with_dependencies() -> Result<Metadata, Failed> {
    read(&[])
}

fn read(arguments: &[&str]) -> Result<Metadata, Failed> {
    let json = cargo(["metadata", "--format-version", "1"]).args(arguments).read()?;
    serde_json::from_str(&json).map_err(|error| Failed::Other(format!("cargo metadata: {error}")))
}

/// The packages that a build of one member uses; `edges` are the kinds of dependencies to follow.
pub(crate) fn tree(member: &str, target: &str, edges: &str) -> Result<BTreeSet<Key>, Failed> {
    let lines = cargo(["tree", "--prefix", "none", "--format", "{p}", "--package", member])
        .args(["--target", target, "--edges", edges])
        .read()?;
    let key = |line: &str| {
        let (name, rest) = line.split_once(" v")?;
        Some((name.to_owned(), rest.split(' ').next()?.to_owned()))
    };
    Ok(lines.lines().filter_map(key).collect())
}

impl Metadata {
    /// Packages that crates.io may have.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.source.is_none() && package.publish.is_none())
    }

    /// The direct dependencies of each package.
    pub(crate) fn dependencies(&self) -> BTreeMap<Key, Vec<Key>> {
        let keys: BTreeMap<_, _> =
            self.packages.iter().map(|package| (&package.id, package.key())).collect();
        let nodes = self.resolve.iter().flat_map(|resolve| &resolve.nodes);
        let dependencies =
            |node: &Node| node.dependencies.iter().map(|id| keys[id].clone()).collect();
        nodes.map(|node| (keys[&node.id].clone(), dependencies(node))).collect()
    }
}

impl Package {
    pub(crate) fn key(&self) -> Key {
        (self.name.clone(), self.version.clone())
    }

    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new(""))
    }
}
