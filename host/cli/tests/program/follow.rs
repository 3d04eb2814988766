//! `sekisho attempts --follow` and `--state`: files that grow, and processes that are killed.
#![cfg(unix)]

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use crate::support::{Folder, command, run, signin};

/// Failures and successes of a few users, one every minute.
fn trail(records: u32) -> Vec<String> {
    let record = |n: u32| {
        let user = format!("user{}", n * 7 % 5);
        let result = if n % 4 == 3 { "Success" } else { "Failure" };
        signin(&user, result)
            .replace("T11:10:09Z", &format!("T{:02}:{:02}:00Z", n / 60, n % 60))
            .replace("\"event-", &format!("\"event-{n}-"))
    };
    (0..records).map(record).collect()
}

/// A sequence of numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % limit
    }
}

fn follow(arguments: &[&str]) -> Child {
    command(&[&["attempts", "--follow", "--quiet"], arguments].concat())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for something that another process does.
#[track_caller]
fn wait_until(what: &str, is_done: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_done() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        sleep(Duration::from_millis(20));
    }
}

fn end(child: Child) {
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
}

fn content(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// Appends lines in pieces that end anywhere, and rotates the file once.
fn grow(file: &Path, lines: &[String], mut numbers: Numbers) {
    let (first, second) = lines.split_at(lines.len() / 2);
    for (number, lines) in [first, second].iter().enumerate() {
        if number > 0 {
            fs::rename(file, file.with_added_extension("1")).unwrap();
        }
        let mut to = File::create(file).unwrap();
        let text = lines.join("\n") + "\n";
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at((1 + numbers.below(3000) as usize).min(rest.len()));
            to.write_all(piece).unwrap();
            rest = after;
            sleep(Duration::from_millis(numbers.below(60)));
        }
    }
}

/// The output after ten kills is that of one run, byte for byte.
#[test]
fn every_attempt_is_written_once_whenever_the_process_is_killed() {
    let folder = Folder::new();
    let path = |name: &str| folder.path(name).to_str().unwrap().to_owned();
    let lines = trail(240);
    let whole = folder.write("whole.ndjson", lines.join("\n"));
    let (expected, once) = (path("expected"), path("once.state"));
    let uninterrupted = run(&["attempts", "--state", &once, "--output", &expected, &whole]);
    assert_eq!(uninterrupted.exit, Some(0), "{}", uninterrupted.stderr);
    let expected = content(&expected);
    assert!(expected.lines().count() > 200 && expected.contains("\"finding\""), "{expected}");

    let file = folder.write("trail.ndjson", "");
    let (state, output) = (path("killed.state"), path("killed"));
    let arguments = ["--state", &state, "--output", &output, &file];
    let mut numbers = Numbers(17);
    let mut saved = 0;
    thread::scope(|scope| {
        scope.spawn(|| grow(Path::new(&file), &lines, Numbers(4)));
        for _ in 0..10 {
            let mut child = follow(&arguments);
            sleep(Duration::from_millis(100 + numbers.below(700)));
            child.kill().unwrap();
            child.wait().unwrap();
            saved += u32::from(Path::new(&state).exists());
        }
    });
    let child = follow(&arguments);
    let began = Instant::now();
    while content(&output) != expected && began.elapsed() < Duration::from_secs(30) {
        sleep(Duration::from_millis(20));
    }
    end(child);
    assert_eq!(content(&output), expected);
    assert!(saved > 0, "no state was saved before a kill");
    // Nor is anything written again after an end.
    let child = follow(&arguments);
    sleep(Duration::from_millis(300));
    end(child);
    assert_eq!(content(&output), expected);
    let names = fs::read_dir(folder.name()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name());
    let known = [
        "expected",
        "killed",
        "killed.state",
        "once.state",
        "trail.ndjson",
        "trail.ndjson.1",
        "whole.ndjson",
    ];
    assert_eq!(names.filter(|name| known.iter().all(|known| name != *known)).count(), 0);
}

#[test]
fn a_file_is_followed_through_rotation_and_truncation() {
    let folder = Folder::new();
    let record = |time: &str, user: &str| {
        format!("{}\n", signin(user, "Failure").replace("T11:10:09Z", &format!("T{time}Z")))
    };
    let file = folder.write("trail.ndjson", record("10:00:00", "anaya"));
    let output = folder.write("out", "before\n");
    let arguments = ["--lateness", "0s", "--window", "1s", "--output", &output, &file];
    let child = follow(&arguments);
    let has = |user: &str| content(&output).contains(&format!("\"user\":\"{user}\""));
    wait_until("the first record", || has("anaya"));
    let append = |text: &str| {
        OpenOptions::new().append(true).open(&file).unwrap().write_all(text.as_bytes()).unwrap();
    };
    let line = record("10:01:00", "mateo");
    let (begin, end_of_line) = line.split_at(200);
    append(begin);
    sleep(Duration::from_millis(150));
    append(end_of_line);
    wait_until("a line in two parts", || has("mateo"));
    fs::write(&file, record("10:02:00", "saanvi")).unwrap();
    wait_until("the file after truncation", || has("saanvi"));
    fs::rename(&file, folder.path("trail.ndjson.1")).unwrap();
    sleep(Duration::from_millis(150));
    fs::write(&file, record("10:03:00", "chidi")).unwrap();
    wait_until("the file after rotation", || has("chidi"));
    end(child);
    let written = content(&output);
    assert!(written.starts_with("before\n{"), "{written}");
    assert_eq!(written.matches("\"type\":\"attempt\"").count(), 4, "{written}");
}

#[test]
fn what_cannot_be_followed_is_refused() {
    let folder = Folder::new();
    let file = folder.write("trail.ndjson", "");
    let gzip = folder.write("trail.gz", crate::support::gzip(b"{}"));
    for (files, reason) in [
        (&[&*file, &*gzip][..], "expected one file to follow, found 2"),
        (&[&*gzip], "it is compressed"),
        (&[folder.name()], "it is a folder"),
        (&["missing.ndjson"], "No such file"),
    ] {
        let run = run(&[&["attempts", "--follow"], files].concat());
        assert_eq!(run.exit, Some(2), "{files:?}: {}", run.stderr);
        assert!(run.stderr.contains(reason), "{files:?}: {}", run.stderr);
    }
}

#[test]
fn a_state_belongs_to_one_process() {
    let folder = Folder::new();
    let file = folder.write("trail.ndjson", signin("anaya", "Failure") + "\n");
    let state = folder.path("attempts.state").to_str().unwrap().to_owned();
    let arguments = ["--state", &state, &file];
    let mut child = follow(&arguments);
    wait_until("the state is saved", || Path::new(&state).exists());
    let second = run(&["attempts", "--state", &state, &file]);
    assert_eq!(second.exit, Some(2), "{}", second.stderr);
    let message = format!("error: the state {state} is in use by another process\n  help: wait ");
    assert!(second.stderr.starts_with(&message), "{}", second.stderr);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(run(&["attempts", "--state", &state, &file]).exit, Some(0), "after a kill");
}

#[test]
fn a_state_is_private_and_keeps_its_mode() {
    let folder = Folder::new();
    let file = folder.write("trail.ndjson", signin("anaya", "Failure") + "\n");
    let victim = folder.write("victim", "kept");
    let state = folder.path("attempts.state").to_str().unwrap().to_owned();
    symlink(&victim, folder.path("attempts.state.new")).unwrap();
    let mode = || fs::metadata(&state).unwrap().permissions().mode() & 0o777;
    assert_eq!(run(&["attempts", "--state", &state, &file]).exit, Some(0));
    assert_eq!(mode(), 0o600);
    fs::set_permissions(&state, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(run(&["attempts", "--state", &state, &file]).exit, Some(0));
    assert_eq!(mode(), 0o640);
    assert_eq!(content(&victim), "kept");
    assert_eq!(fs::read_dir(folder.name()).unwrap().count(), 4, "nothing is left");
}
