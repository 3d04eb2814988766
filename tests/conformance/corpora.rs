//! The inputs of the tests.

use std::io::{Read, Write, stderr};
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::read::MultiGzDecoder;
use sekisho_oracle::Row;
use serde_json::value::RawValue;

/// The rows of `tests/cases`.
pub(crate) fn rows() -> Vec<Row> {
    let rows = sekisho_oracle::rows(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases"));
    assert!(rows.len() >= 200, "the rows are found");
    rows
}

/// The path of a file or folder of the data outside the repository. If `SEKISHO_DATA` is not set,
/// `None` and a message.
pub(crate) fn data(name: &str) -> Option<PathBuf> {
    let Some(folder) = env::var_os("SEKISHO_DATA") else {
        print_uncaptured(&format!("SKIPPED: {name}: SEKISHO_DATA is not set"));
        return None;
    };
    Some(Path::new(&folder).join(name))
}

/// The collected sign-in records of the data folder.
pub(crate) fn collected_signins() -> Option<Vec<Vec<u8>>> {
    #[derive(serde::Deserialize)]
    struct Line {
        event: Box<RawValue>,
    }
    let text = fs::read_to_string(data("signin_events.ndjson")?).expect("the file is there");
    let record = |line| serde_json::from_str::<Line>(line).expect("a line with an event");
    Some(text.lines().map(|line| record(line).event.get().as_bytes().to_vec()).collect())
}

/// The other collected records of the data folder.
pub(crate) fn collected_background() -> Option<Vec<Vec<u8>>> {
    let file = fs::File::open(data("background_events.ndjson.gz")?).expect("the file is there");
    let mut text = Vec::new();
    MultiGzDecoder::new(file).read_to_end(&mut text).expect("the file is gzip");
    Some(
        text.split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(<[u8]>::to_vec)
            .collect(),
    )
}

/// Generated records: sign-ins, then a mixed trail.
pub(crate) fn generated(seed: u64, each: usize) -> Vec<Vec<u8>> {
    let signins = sekisho_generator::signin_records(seed).take(each);
    let mixed = sekisho_generator::mixed_records(seed).take(each);
    signins.chain(mixed).map(|record| record.json.into_bytes()).collect()
}

/// How many inputs a test takes: the value of an environment variable, or else the default.
pub(crate) fn count_from(variable: &str, default: usize) -> usize {
    env::var(variable).map_or(default, |count| count.parse().expect("a number of inputs"))
}

/// Prints a message even if the test passes, when the harness captures other output.
pub(crate) fn print_uncaptured(message: &str) {
    writeln!(stderr(), "{message}").expect("standard error is open");
}
