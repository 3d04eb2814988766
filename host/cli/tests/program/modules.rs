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

#[test]
#[cfg(target_os = "linux")]
fn a_module_without_end_is_refused() {
    let refused = pipe(&["filter", "--module", "/dev/zero"], b"");
    assert_eq!(refused.exit, Some(3));
    assert!(refused.stderr.contains("has 16777217 bytes"), "{}", refused.stderr);
}
