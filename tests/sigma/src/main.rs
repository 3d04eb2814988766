//! Imported Sigma rules beside an engine that evaluates the originals.

mod correlations;
mod patterns;
mod public;
