//! The package for Node.

use std::path::Path;

use crate::command::{Failed, Program, root};

pub(super) fn pack(folder: &Path) -> Result<(), Failed> {
    Program::new("npm")
        .args(["pack", "--silent", "--pack-destination"])
        .arg(folder)
        .within(&root().join("host/node"))
        .run()
}
