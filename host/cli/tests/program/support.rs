//! Runs the program, and makes records for it.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tempfile::TempDir;

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The lines of NDJSON on standard output.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The value at a JSON pointer in each line.
    pub(crate) fn values(&self, pointer: &str) -> Vec<Value> {
        self.lines().iter().map(|line| line.pointer(pointer).cloned().unwrap()).collect()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            exit: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The program, not yet started.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
    // Compiled modules are cached in the target folder.
    command
        .args(arguments)
        .env_remove("NO_COLOR")
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
    command
}

/// Runs the program with `stdin` as standard input.
pub(crate) fn pipe(arguments: &[&str], stdin: &[u8]) -> Run {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = child.stdin.take().unwrap();
    thread::scope(|scope| {
        // The program may exit before it has read all input.
        scope.spawn(move || drop(to.write_all(stdin)));
        child.wait_with_output().unwrap().into()
    })
}

/// Runs the program with empty standard input.
pub(crate) fn run(arguments: &[&str]) -> Run {
    pipe(arguments, b"")
}

/// A temporary folder.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file. Returns its path.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn name(&self) -> &str {
        self.0.path().to_str().unwrap()
    }
}

/// A console sign-in of an IAM user.
pub(crate) fn signin(user: &str, result: &str) -> String {
    let message =
        if result == "Failure" { r#""errorMessage":"Failed authentication","# } else { "" };
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","principalId":"AIDAEXAMPLE{user}","accountId":"111122223333","userName":"{user}"}},"eventTime":"2025-03-29T11:10:09Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","userAgent":"Mozilla/5.0",{message}"requestParameters":null,"responseElements":{{"ConsoleLogin":"{result}"}},"additionalEventData":{{"MFAUsed":"No"}},"eventID":"event-{user}","eventType":"AwsConsoleSignIn","recipientAccountId":"111122223333"}}"#
    )
}

/// A record that is not a sign-in.
pub(crate) fn other(number: u32) -> String {
    format!(
        r#"{{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"GetObject","eventID":"other-{number}","sourceIPAddress":"198.51.100.7"}}"#
    )
}

/// Three records: a failure, another event, and a success.
pub(crate) fn three() -> [String; 3] {
    [signin("anaya", "Failure"), other(1), signin("mateo", "Success")]
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 0).unwrap()
}

/// A record as JSON text in a JSON string.
pub(crate) fn text(record: &str) -> String {
    serde_json::to_string(record).unwrap()
}
