//! CloudTrail's folder layout in S3.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};
use jiff::Timestamp;

use crate::envelope;
use crate::random::Random;
use crate::record::Record;

/// The seed of the sample trail in the repository.
pub const SAMPLE_SEED: u64 = 2018;
/// The number of records in the sample trail, which has three days.
pub const SAMPLE_RECORDS: usize = 308;

/// The time that one file covers. AWS delivers every few minutes, which would leave a small trail
/// with one record per file.
const DELIVERY_SECONDS: i64 = 6 * 60 * 60;

/// Why a trail could not be written.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// The folder is not empty. A trail is never mixed with other files.
    #[error("expected {folder} to be empty or not to exist, found files in it")]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

/// Writes `records`, given in order of arrival, below `folder` in CloudTrail's S3 layout: `AWSLogs/<account>/CloudTrail/<region>/<yyyy>/<mm>/<dd>/<account>_CloudTrail_<region>_<time>_<16 characters>.json.gz`,
/// one file per account, region and six hours. `seed` determines the sixteen characters. A late record
/// is in a later file. Returns the number of files.
///
/// Only the records of six hours are in memory. Equal records and seeds make equal files, byte for
/// byte if the compressor is the same.
///
/// # Errors
///
/// [`TrailError::NotEmpty`] if `folder` is not empty, [`TrailError::Write`] if a file or folder cannot
/// be created; files that are already written stay.
pub fn write_trail(
    folder: &Path,
    seed: u64,
    records: impl IntoIterator<Item = Record>,
) -> Result<usize, TrailError> {
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(TrailError::NotEmpty { folder: folder.to_owned() });
    }
    let mut delivery =
        Delivery { folder, random: Random::new(seed), period: i64::MIN, open: BTreeMap::new() };
    let mut files = 0;
    for record in records {
        let period = record.time.as_second().div_euclid(DELIVERY_SECONDS);
        if period > delivery.period {
            files += delivery.close()?;
            delivery.period = period;
        }
        delivery.open.entry((record.account, record.region)).or_default().push(record.json);
    }
    Ok(files + delivery.close()?)
}

/// The open files of one period.
struct Delivery<'a> {
    folder: &'a Path,
    random: Random,
    period: i64,
    open: BTreeMap<(&'static str, &'static str), Vec<String>>,
}

impl Delivery<'_> {
    fn close(&mut self) -> Result<usize, TrailError> {
        let files = std::mem::take(&mut self.open);
        for ((account, region), records) in &files {
            let end = Timestamp::from_second((self.period + 1) * DELIVERY_SECONDS)
                .expect("a period of a record's time is within jiff's range");
            let path = self.folder.join(format!(
                "AWSLogs/{account}/CloudTrail/{region}/{}/{account}_CloudTrail_{region}_{}_{}.json.gz",
                end.strftime("%Y/%m/%d"),
                end.strftime("%Y%m%dT%H%MZ"),
                self.random.mixed(16),
            ));
            write_file(&path, &envelope::records_file(records))
                .map_err(|source| TrailError::Write { path, source })?;
        }
        Ok(files.len())
    }
}

/// Writes a gzip file without a timestamp, so its bytes depend on the text alone.
fn write_file(path: &Path, text: &str) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let mut file = GzBuilder::new().mtime(0).write(File::create(path)?, Compression::best());
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.finish()?;
    Ok(())
}
