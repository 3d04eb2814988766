//! Everything that is printed about a module.

use serde::Serialize;

use super::contents::Contents;
use super::hosts::Host;

/// The description of a module.
#[derive(Debug, Serialize)]
pub(super) struct Description {
    /// The path, or which built-in module it is.
    pub(super) file: String,
    #[serde(flatten)]
    pub(super) contents: Contents,
    /// Whether each known host can load it.
    pub(super) hosts: Vec<Host>,
}
