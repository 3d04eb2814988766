//! Where records are in the input.

use clap::Args;

use super::rule::Rules;

/// The longest path, in bytes.
const MAX_PATH_BYTES: usize = 256;

/// Where records are in the input.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Places {
    /// Look for records at PATH, keys with dots between them such as `data.aws`, instead of
    /// everywhere; of several, the first that leads to an object is used
    #[arg(long, value_name = "PATH", value_parser = parse)]
    record: Vec<String>,
}

impl Places {
    /// The paths: those of the command line, else those of the rule files. `None` if records are
    /// looked for everywhere.
    pub(crate) fn paths<'p>(&'p self, rules: Option<&'p Rules>) -> Option<&'p [String]> {
        match &self.record[..] {
            [] => rules?.record.as_deref(),
            paths => Some(paths),
        }
    }
}

fn parse(path: &str) -> Result<String, String> {
    match path.len() {
        1..=MAX_PATH_BYTES => Ok(path.to_owned()),
        length => Err(format!("expected 1 to {MAX_PATH_BYTES} bytes, found {length}")),
    }
}
