//! What is built for users, and the packages that it is made of.

use std::collections::BTreeSet;

use crate::command::Failed;
use crate::metadata::{Key, tree};

/// The program, the module and the playground, each with a platform that it is built for.
const SHIPPED: [(&str, &str); 4] = [
    ("sekisho-cli", "x86_64-unknown-linux-musl"),
    ("sekisho-filter", "wasm32v1-none"),
    ("sekisho-browser", "wasm32-unknown-unknown"),
    ("sekisho-browser-zstd", "wasm32-unknown-unknown"),
];

/// Packages whose code is part of what is shipped.
pub(crate) fn linked() -> Result<BTreeSet<Key>, Failed> {
    packages("normal,no-proc-macro")
}

/// The same, and build scripts and macros.
pub(crate) fn built_from() -> Result<BTreeSet<Key>, Failed> {
    packages("normal,build")
}

fn packages(edges: &str) -> Result<BTreeSet<Key>, Failed> {
    let mut packages = BTreeSet::new();
    for (member, target) in SHIPPED {
        packages.append(&mut tree(member, target, edges)?);
    }
    Ok(packages)
}
