//! `--output`: what it refuses, and what a run that fails leaves.
#![cfg(unix)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Folder, Run, command, pipe, run, signin};

const RULES: &str = "rules:
  - {id: failed, severity: low, description: It failed., pattern: {\"signin\": {\"outcome\": [\"failure\"]}}}
";

/// The names of the files in a folder, but for those that begin with one of `known`.
fn others(folder: &Folder, known: &[&str]) -> Vec<String> {
    let names = fs::read_dir(folder.name()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !known.iter().any(|known| name.starts_with(known))).collect()
}

#[test]
fn a_file_that_is_used_cannot_be_the_output() {
    let folder = Folder::new();
    let input = folder.write("trail.json", signin("anaya", "Failure"));
    let rules = folder.write("rules.yaml", RULES);
    let baked = folder.path("baked.wasm").to_str().unwrap().to_owned();
    assert_eq!(run(&["bake", "--rules", &rules, "--output", &baked]).exit, Some(0));
    let state = folder.path("state").to_str().unwrap().to_owned();
    let with_state = ["attempts", "--state", &state, &input];
    assert_eq!(run(&with_state).exit, Some(0));
    for (role, file, arguments) in [
        ("an input", &input, &["classify", &input][..]),
        ("an input", &input, &["attempts", &input]),
        ("a rule file", &rules, &["classify", "--rules", &rules, &input]),
        ("a rule file", &rules, &["attempts", "--rules", &rules, &input]),
        ("a rule file", &rules, &["bake", "--rules", &rules]),
        ("the module", &baked, &["classify", "--module", &baked, &input]),
        ("the module", &baked, &["attempts", "--module", &baked, &input]),
        ("the state", &state, &with_state),
    ] {
        let before = fs::read(file).unwrap();
        let (hard, soft) = (folder.path("hard"), folder.path("soft"));
        fs::hard_link(file, &hard).unwrap();
        symlink(file, &soft).unwrap();
        let name = file.rsplit('/').next().unwrap();
        let around =
            format!("{}/../{}/{name}", folder.name(), folder.name().rsplit('/').next().unwrap());
        for output in [file, hard.to_str().unwrap(), soft.to_str().unwrap(), &around] {
            let refused = run(&[arguments, &["--output", output]].concat());
            assert_eq!(refused.exit, Some(2), "{arguments:?} {output}: {}", refused.stderr);
            let message = format!("error: {output} is {role} and cannot be the output\n  help: ");
            assert!(refused.stderr.starts_with(&message), "{arguments:?}: {}", refused.stderr);
            assert_eq!(fs::read(file).unwrap(), before, "{arguments:?} {output}");
        }
        fs::remove_file(hard).unwrap();
        fs::remove_file(soft).unwrap();
    }
    // A state that does not exist yet.
    let new = folder.path("new").to_str().unwrap().to_owned();
    let refused = run(&["attempts", "--state", &new, "--output", &new, &input]);
    assert!(refused.stderr.contains("is the state and cannot be"), "{}", refused.stderr);
    // The shell opened it.
    let to = fs::OpenOptions::new().append(true).open(&input).unwrap();
    let appended = command(&["classify", &input]).stdout(to).output().unwrap();
    assert_eq!(appended.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&input).unwrap(), signin("anaya", "Failure"));
}

#[test]
fn a_run_that_fails_leaves_the_output_as_it_was() {
    let folder = Folder::new();
    let input = folder.write("trail.json", signin("anaya", "Failure"));
    let rules = folder.write("rules.yaml", "rules: [{id: 1}]");
    let module = folder.write("module.wasm", "no module");
    let empty = folder.write("empty.json", "");
    let missing = folder.path("missing.json").to_str().unwrap().to_owned();
    let output = folder.write("out", "yesterday\n");
    for arguments in [
        &["classify", &missing][..],
        &["classify", &empty],
        &["classify", "--rules", &rules, &input],
        &["classify", "--module", &module, &input],
        &["classify", "--format", "csv", &missing],
        &["attempts", &missing],
        &["attempts", &empty],
        &["attempts", "--format", "csv", &empty],
        &["attempts", "--module", &module, &input],
        &["bake", "--rules", &rules],
    ] {
        let run = run(&[arguments, &["--output", &output]].concat());
        assert_ne!(run.exit, Some(0), "{arguments:?}");
        assert_eq!(fs::read_to_string(&output).unwrap(), "yesterday\n", "{arguments:?}");
    }
    let unread = run(&["classify", "--quiet", "--output", &output, &missing]);
    assert!(unread.stderr.contains(&format!("so {output} was not written")), "{}", unread.stderr);
    let empty = run(&["classify", "--allow-empty", "--output", &output, &empty]);
    assert_eq!((empty.exit, fs::read_to_string(&output).unwrap().as_str()), (Some(0), ""));
    assert_eq!(others(&folder, &["trail", "rules", "module", "empty", "out"]), [""; 0]);
}

/// Runs the program where no file may be larger than a megabyte; the image of the module fits.
fn run_on_a_full_disk(arguments: &[&str], stdin: &str) -> Run {
    let mut child = Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 2048; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_sekisho"),
        ])
        .args(arguments)
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may exit before it has read all input.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap().into()
}

#[test]
fn a_full_disk_leaves_whole_lines() {
    let folder = Folder::new();
    let record = |n: u32| {
        let time = format!("2025-03-29T{:02}:{:02}:{:02}Z", n / 3600, n / 60 % 60, n % 60);
        signin(&format!("user{n}"), "Failure").replace("2025-03-29T11:10:09Z", &time)
    };
    let records: Vec<String> = (0..6000).map(record).collect();
    let records = records.join("\n");
    // So that the module is compiled, and in the cache.
    let whole = pipe(&["attempts", "--follow", "--no-rules"], records.as_bytes());
    assert_eq!(whole.exit, Some(0), "{}", whole.stderr);
    let output = folder.write("out", "yesterday\n");
    for command in ["classify", "attempts"] {
        let run = run_on_a_full_disk(&[command, "--output", &output], &records);
        assert_eq!(run.exit, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains("cannot write the output: File too large"), "{}", run.stderr);
        assert_eq!(fs::read_to_string(&output).unwrap(), "yesterday\n");
    }
    let appended =
        run_on_a_full_disk(&["attempts", "--follow", "--no-rules", "--output", &output], &records);
    assert_eq!(appended.exit, Some(2), "{}", appended.stderr);
    let content = fs::read_to_string(&output).unwrap();
    let lines = content.strip_prefix("yesterday\n").unwrap();
    assert!(lines.len() > 100_000 && lines.ends_with('\n'), "{} bytes", lines.len());
    assert!(whole.stdout.starts_with(lines));
    assert_eq!(others(&folder, &["out"]), [""; 0]);
}

#[test]
fn a_file_keeps_its_mode_and_a_link_leads_to_the_new_content() {
    let folder = Folder::new();
    let input = folder.write("trail.json", signin("anaya", "Failure"));
    let output = folder.write("out", "yesterday\n");
    fs::set_permissions(&output, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path("link");
    symlink("out", &link).unwrap();
    for command in ["classify", "attempts"] {
        let run = run(&[command, "--output", link.to_str().unwrap(), &input]);
        assert_eq!(run.exit, Some(0), "{}", run.stderr);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(fs::read_to_string(&output).unwrap().contains("\"user\":\"anaya\""));
        assert_eq!(fs::metadata(&output).unwrap().permissions().mode() & 0o777, 0o640);
    }
}

#[test]
fn pipes_and_devices_are_written_to() {
    let folder = Folder::new();
    let input = folder.write("trail.json", signin("anaya", "Failure"));
    assert_eq!(run(&["classify", "--output", "/dev/null", &input]).exit, Some(0));
    assert!(!fs::metadata("/dev/null").unwrap().is_file());

    let pipe = folder.path("pipe").to_str().unwrap().to_owned();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut child = command(&["classify", "--quiet", "--output", &pipe, &input]).spawn().unwrap();
    assert!(fs::read_to_string(&pipe).unwrap().contains("\"user\":\"anaya\""));
    assert!(child.wait().unwrap().success());

    // What the shell opened to append is appended to.
    let log = folder.write("log", "before\n");
    let to = fs::OpenOptions::new().append(true).open(&log).unwrap();
    let status =
        command(&["classify", "--quiet", "--output", "/dev/stdout", &input]).stdout(to).status();
    assert!(status.unwrap().success());
    assert!(fs::read_to_string(&log).unwrap().starts_with("before\n{\"file\""));
}

#[test]
fn a_signal_leaves_no_temporary_file() {
    let folder = Folder::new();
    let output = folder.write("out", "yesterday\n");
    let mut child = command(&["classify", "--quiet", "--output", &output])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // Waiting for the child would close its input.
    let input = child.stdin.take();
    let began = Instant::now();
    while others(&folder, &["out"]).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(60), "no temporary file");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(50));
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), None);
    drop(input);
    assert_eq!(others(&folder, &["out"]), [""; 0]);
    assert_eq!(fs::read_to_string(&output).unwrap(), "yesterday\n");
}
