//! The folder layout, and the sample trail in the repository.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use sekisho_generator::{SAMPLE_RECORDS, SAMPLE_SEED, TrailError, trail_records, write_trail};
use serde_json::Value;
use walkdir::WalkDir;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/trail");

/// Each file's path below `folder`, and its text.
fn texts(folder: &Path) -> BTreeMap<PathBuf, String> {
    WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap_or_else(|error| panic!("{error}")))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let mut text = String::new();
            GzDecoder::new(File::open(entry.path()).unwrap()).read_to_string(&mut text).unwrap();
            (entry.path().strip_prefix(folder).unwrap().to_owned(), text)
        })
        .collect()
}

fn records_of(text: &str) -> Vec<Value> {
    let mut file: Value = serde_json::from_str(text).unwrap();
    serde_json::from_value(file["Records"].take()).unwrap()
}

/// Compares text, because compressed bytes depend on the compressor, which features of another crate
/// can replace.
#[test]
fn the_sample_is_up_to_date() {
    let fresh = tempfile::tempdir().unwrap();
    let records = trail_records(SAMPLE_SEED).take(SAMPLE_RECORDS);
    let files = write_trail(fresh.path(), SAMPLE_SEED, records).unwrap();
    let (fresh, sample) = (texts(fresh.path()), texts(Path::new(SAMPLE)));
    assert_eq!(fresh.len(), files);
    assert!(
        fresh == sample,
        "examples/trail is out of date; examples/README.md shows how to generate it"
    );
}

#[test]
fn the_sample_is_small_and_has_three_complete_days() {
    let bytes: u64 = WalkDir::new(SAMPLE)
        .into_iter()
        .map(|entry| entry.unwrap().metadata().unwrap())
        .filter(fs::Metadata::is_file)
        .map(|metadata| metadata.len())
        .sum();
    assert!((1..=60_000).contains(&bytes), "{bytes} bytes");

    let next = trail_records(SAMPLE_SEED).nth(SAMPLE_RECORDS).unwrap();
    assert!(next.time.to_string().starts_with("2025-09-17T"), "{}", next.time);
    let last = trail_records(SAMPLE_SEED).take(SAMPLE_RECORDS).last().unwrap();
    assert!(last.time.to_string().starts_with("2025-09-16T"), "{}", last.time);
}

#[test]
fn files_are_in_the_layout_of_cloudtrail() {
    let folder = tempfile::tempdir().unwrap();
    write_trail(folder.path(), 7, trail_records(7).take(1_000)).unwrap();
    let mut total = 0;
    for (path, text) in texts(folder.path()) {
        let path = path.to_str().unwrap().replace('\\', "/");
        let parts: Vec<&str> = path.split('/').collect();
        let [logs, account, trail, region, year, month, day, name] = parts[..] else {
            panic!("{path}");
        };
        assert_eq!((logs, trail), ("AWSLogs", "CloudTrail"));
        let rest = name.strip_prefix(&format!("{account}_CloudTrail_{region}_{year}{month}{day}T"));
        let (time, unique) = rest.unwrap().split_once('_').unwrap();
        assert_eq!((time.len(), &time[4..]), (5, "Z"), "{path}");
        let unique = unique.strip_suffix(".json.gz").unwrap();
        assert!(unique.len() == 16 && unique.chars().all(|c| c.is_ascii_alphanumeric()), "{path}");
        for record in records_of(&text) {
            assert_eq!(record["recipientAccountId"], account);
            assert_eq!(record["awsRegion"], region);
            total += 1;
        }
    }
    assert_eq!(total, 1_000);
}

#[test]
fn gzip_files_have_no_timestamp() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    for folder in &folders {
        write_trail(folder.path(), 7, trail_records(7).take(100)).unwrap();
    }
    for path in texts(folders[0].path()).into_keys() {
        let [one, two] =
            folders.each_ref().map(|folder| fs::read(folder.path().join(&path)).unwrap());
        assert_eq!(one, two);
        assert_eq!(one[4..8], [0; 4], "mtime");
    }
}

#[test]
fn a_trail_is_never_mixed_with_other_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("note.txt"), "mine").unwrap();
    let error = write_trail(folder.path(), 1, trail_records(1).take(10)).unwrap_err();
    assert!(matches!(&error, TrailError::NotEmpty { folder: named } if named == folder.path()));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_error_names_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = write_trail(&file, 1, trail_records(1).take(10)).unwrap_err();
    assert!(matches!(&error, TrailError::Write { path, .. } if path.starts_with(&file)), "{error}");
}
