//! Options that several subcommands share.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::size::parse_size;

/// Another form of results than verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Form {
    /// Events of the Elastic Common Schema 9
    Ecs,
    /// Events of the Open Cybersecurity Schema Framework 1.8
    Ocsf,
}

/// What to read, how to read it, and where the output goes.
#[derive(Args, Clone, Debug)]
pub(crate) struct BatchOptions {
    /// Files and folders to read; `-` or no path is standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Load this WebAssembly module instead of the built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) module: Option<PathBuf>,
    /// Read up to N files at once [default: the number of processors]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(crate) limit: SizeLimit,
    /// Exit with 0 even if there is no CloudTrail record in all of the input
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Print no summary and no progress bar
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

impl BatchOptions {
    /// The number of threads to read `files` files with.
    pub(crate) fn threads(&self, files: usize) -> usize {
        let threads = self.threads.or_else(|| thread::available_parallelism().ok());
        threads.map_or(1, NonZeroUsize::get).min(files.max(1))
    }
}

/// A limit on what a compressed file may decompress to.
#[derive(Args, Clone, Debug)]
pub(crate) struct SizeLimit {
    /// Stop reading a compressed file after SIZE decompressed bytes
    #[arg(long, value_name = "SIZE", default_value = "16GiB", value_parser = parse_size)]
    pub(crate) max_file_bytes: u64,
}
