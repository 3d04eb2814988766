//! Modules that the program loads: its own, which it trusts, and others.

use std::path::Path;

use serde_json::Value;

use crate::support::{Folder, Run, command, pipe, run, signin};

#[path = "../../../../tests/hostile/bombs.rs"]
#[allow(dead_code, reason = "the tests of sekisho-host use the others")]
mod bombs;

/// The built-in module with a custom section behind it: it does the same, and is another file.
fn another_module() -> Vec<u8> {
    [sekisho_module::SIMD, b"\0\x02\x01x"].concat()
}

/// Classifies a record, with compiled modules kept below `cache`.
fn classify(cache: &Path, arguments: &[&str], record: &str) -> Run {
    let arguments = [&["classify", "--format", "csv", "--quiet", record], arguments].concat();
    let run: Run = command(&arguments).env("XDG_CACHE_HOME", cache).output().unwrap().into();
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("console_login,failure"), "{}", run.stdout);
    run
}

#[test]
#[cfg(unix)]
fn only_the_built_in_module_is_kept_compiled() {
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    let folder = Folder::new();
    let record = folder.write("record.json", signin("anaya", "Failure"));
    let another = folder.write("another.wasm", another_module());
    let cache = folder.path("cache");
    assert_eq!(classify(&cache, &["--module", &another], &record).stderr, "");
    let compiled = folder.path("cache/sekisho/compiled");
    assert!(!fs::exists(&compiled).unwrap());
    for _ in 0..2 {
        assert_eq!(classify(&cache, &[], &record).stderr, "");
    }
    assert_eq!(fs::metadata(&compiled).unwrap().mode() & 0o7777, 0o700);
    let names = || fs::read_dir(&compiled).unwrap().map(|entry| entry.unwrap().file_name());
    let before = names().count();
    classify(&cache, &["--module", &another], &record);
    assert_eq!(names().count(), before);
}

#[test]
#[cfg(unix)]
fn a_cache_that_others_can_write_is_not_used() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let record = folder.write("record.json", signin("anaya", "Failure"));
    let cache = folder.path("cache");
    fs::create_dir(&cache).unwrap();
    fs::set_permissions(&cache, Permissions::from_mode(0o777)).unwrap();
    let run = classify(&cache, &[], &record);
    let warning = "warning: the module is compiled at each start: ";
    assert!(run.stderr.starts_with(warning), "{}", run.stderr);
    assert!(run.stderr.contains("cache can be written by others (mode 777)"), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(!fs::exists(folder.path("cache/sekisho/compiled")).unwrap());
}

/// A module that would take seconds to compile is described, and refused where it would run.
#[test]
fn modules_that_cost_too_much_are_refused() {
    let folder = Folder::new();
    for (limit, wasm) in bombs::beyond() {
        let module = folder.write("module.wasm", wasm);
        let inspected = run(&["inspect", "--format", "json", &module]);
        assert_eq!(inspected.exit, Some(0), "{limit}: {}", inspected.stderr);
        let description: Value = serde_json::from_str(&inspected.stdout).unwrap();
        let reason = description["hosts"][0]["reasons"][0].as_str().unwrap();
        assert!(reason.contains(limit), "{limit}: {reason}");
        let refused = pipe(&["filter", "--module", &module], b"");
        assert_eq!(refused.exit, Some(3), "{limit}");
        assert!(refused.stderr.contains(limit), "{limit}: {}", refused.stderr);
    }
}

/// A module of `tests/hostile`, as a file in the folder.
fn hostile(folder: &Folder, name: &str) -> String {
    let text = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/hostile/");
    let wasm = wat::parse_file(format!("{text}{name}.wat")).unwrap();
    folder.write(&format!("{name}.wasm"), wasm)
}

/// The verdict that is counted, and by which lines are selected, is the one that is written.
#[test]
fn a_two_faced_module_shows_the_verdict_that_it_writes() {
    let folder = Folder::new();
    let module = hostile(&folder, "two-faced");
    let input = format!("{}\n", signin("anaya", "Failure"));
    for arguments in [
        &["filter", "--report", "--mode", "annotate"][..],
        &["filter", "--report", "--mode", "failures"],
        &["classify", "--format", "annotated"],
        &["classify", "--format", "annotated", "--only", "failures"],
    ] {
        let run = pipe(&[arguments, &["--module", &module]].concat(), input.as_bytes());
        assert_eq!(run.exit, Some(0), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.values("/signin/outcome"), ["failure"], "{arguments:?}");
        let shown = run.stderr.contains("failure") && !run.stderr.contains("success");
        assert!(shown, "{arguments:?}: {}", run.stderr);
    }
}

/// A few hundred bytes do not make a gigabyte of a thousand records.
#[test]
fn a_module_that_floods_is_stopped() {
    let folder = Folder::new();
    let module = hostile(&folder, "verdict-flood");
    let input = format!("{}\n", signin("anaya", "Failure")).repeat(50);
    for arguments in
        [&["filter"][..], &["filter", "--report"], &["classify", "--format", "annotated"]]
    {
        let run = pipe(&[arguments, &["--module", &module]].concat(), input.as_bytes());
        assert_eq!((run.exit, run.stdout.len()), (Some(3), input.len()), "{arguments:?}");
        assert!(run.stderr.contains("bytes, at most"), "{arguments:?}: {}", run.stderr);
    }
}

/// After some failures in a row, a module is not called any more, and all records go on.
#[test]
fn a_module_that_only_fails_is_given_up() {
    let folder = Folder::new();
    let module = hostile(&folder, "annotate-replaces");
    let input = format!("{}\n", signin("anaya", "Failure")).repeat(1000);
    for arguments in [&["filter"][..], &["classify", "--format", "annotated"]] {
        let run = pipe(&[arguments, &["--module", &module]].concat(), input.as_bytes());
        assert_eq!((run.exit, &run.stdout), (Some(3), &input), "{arguments:?}: {}", run.stderr);
        let message = "the module is given up: 16 failures in a row";
        assert!(run.stderr.contains(message), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn a_flush_without_end_ends() {
    let folder = Folder::new();
    let module = hostile(&folder, "flush-without-end");
    let run = pipe(&["attempts", "--module", &module], signin("anaya", "Failure").as_bytes());
    assert_eq!((run.exit, &*run.stdout), (Some(3), ""));
    assert!(run.stderr.contains("The module failed: "), "{}", run.stderr);
}

#[test]
#[cfg(target_os = "linux")]
fn a_module_without_end_is_refused() {
    let refused = pipe(&["filter", "--module", "/dev/zero"], b"");
    assert_eq!(refused.exit, Some(2));
    assert!(
        refused.stderr.contains("expected at most 16777216 bytes, found more"),
        "{}",
        refused.stderr
    );
}
