//! The program: records on standard output, trails in folders.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use sekisho_generator::{mixed_records, signin_records};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_sekisho-generator"))
}

#[test]
fn prints_one_record_per_line() {
    let output =
        program().args(["records", "mixed", "--seed", "3", "--records", "50"]).output().unwrap();
    let expected: Vec<String> = mixed_records(3).take(50).map(|record| record.json).collect();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().collect::<Vec<_>>(), expected);
}

#[test]
fn prints_cases_before_a_tab() {
    let output = program()
        .args(["records", "signin", "--seed", "3", "--records", "50", "--cases"])
        .output()
        .unwrap();
    let expected: Vec<String> = signin_records(3)
        .take(50)
        .map(|record| format!("{}\t{}", record.case, record.json))
        .collect();
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = program()
        .args(["records", "signin", "--records", "1000000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with('{'));
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn refuses_to_overwrite_a_trail() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("trail");
    let mut command = program();
    command.arg("trail").arg(&out).args(["--records", "40"]);
    let first = command.output().unwrap();
    assert!(first.status.success());
    assert!(String::from_utf8(first.stdout).unwrap().starts_with("40 records in "));
    assert!(out.join("AWSLogs/111122223333/CloudTrail").is_dir());

    let second = command.output().unwrap();
    assert!(!second.status.success());
    let message = String::from_utf8(second.stderr).unwrap();
    assert!(message.starts_with("error: expected "), "{message}");
}

#[test]
fn help_shows_examples() {
    let output = program().arg("--help").output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("Examples:"));
}
