//! Compiled modules are kept in a private folder, and used only as they were written.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use sekisho_host::{Module, Settings};
use tempfile::TempDir;

use crate::guest::{self, input, process};

/// A module whose number of verdicts is the length of its description.
fn module(folder: &Path, wasm: &[u8]) -> Module {
    let module = Module::with_settings(wasm, Settings::new().cache(folder)).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    assert_eq!(process(&mut filter, input::VERDICT), Ok(Some(guest::VERDICT)));
    assert_eq!(process(&mut filter, input::NO_VERDICT), Ok(None));
    module
}

fn description(folder: &Path, wasm: &[u8]) -> String {
    module(folder, wasm).filter().expect("an instance").describe().expect("a description")
}

/// The conforming module with another description, of the same length.
fn described_as(name: &str) -> Vec<u8> {
    // In the code, which is what the cache keeps.
    guest::changed(
        r#"(call $output (i32.const 192) (i32.const 18))"#,
        &format!(
            r#"(i64.store (i32.const 201) (i64.const {}))
               (call $output (i32.const 192) (i32.const 18))"#,
            i64::from_le_bytes(format!("{name}\"}}").into_bytes().try_into().expect("six letters"))
        ),
    )
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => files.extend(self::files(&path)),
            false => files.push(path),
        }
    }
    files.sort();
    files
}

/// The files with machine code: those without an ending, in a folder of an entry.
fn compiled(folder: &Path) -> Vec<PathBuf> {
    let inner = |file: &PathBuf| file.parent() != Some(folder) && file.extension().is_none();
    files(folder).into_iter().filter(inner).collect()
}

fn private_folder() -> (TempDir, PathBuf) {
    let parent = tempfile::tempdir().expect("a folder");
    let folder = parent.path().join("compiled");
    (parent, folder)
}

#[test]
fn compiled_modules_are_kept_for_this_user_alone() {
    let (_parent, folder) = private_folder();
    let wasm = guest::conforming();
    assert_eq!(module(&folder, &wasm).cache_error(), None);
    let [entry] = &compiled(&folder)[..] else { panic!("{:?}", files(&folder)) };
    let written = fs::metadata(entry).expect("a file").mtime_nsec();
    assert_eq!(fs::metadata(&folder).expect("a folder").mode() & 0o7777, 0o700);
    for name in ["key", "lock"] {
        let mode = fs::metadata(folder.join(name)).expect("a file").mode();
        assert_eq!(mode & 0o7777, 0o600, "{name}");
    }
    assert_eq!(module(&folder, &wasm).cache_error(), None);
    assert_eq!(fs::metadata(entry).expect("a file").mtime_nsec(), written, "not compiled again");
}

#[test]
fn only_the_newest_modules_are_kept() {
    let (_parent, folder) = private_folder();
    for number in 0..20 {
        module(&folder, &described_as(&format!("name{number:02}")));
    }
    assert_eq!(compiled(&folder).len(), 16);
}

/// The code of one module in the place of another, and damage to every file, at sixty places each.
#[test]
fn an_entry_that_somebody_changed_is_compiled_anew() {
    let (_parent, folder) = private_folder();
    let (wasm, other) = (described_as("honest"), described_as("forged"));
    let honest = r#"{"name":"honest"}"#;
    assert!(description(&folder, &wasm).starts_with(honest));
    let [entry] = &compiled(&folder)[..] else { panic!("{:?}", files(&folder)) };
    let (_parent, elsewhere) = private_folder();
    description(&elsewhere, &other);
    let [forged] = &compiled(&elsewhere)[..] else { panic!("{:?}", files(&elsewhere)) };
    fs::copy(forged, entry).expect("copied");
    assert!(description(&folder, &wasm).starts_with(honest));

    for name in files(&folder) {
        // wasmtime removes its temporary files.
        let Ok(length) = fs::read(&name).map(|bytes| bytes.len()) else { continue };
        for place in 0..60 {
            let Ok(mut bytes) = fs::read(&name) else { continue };
            let Some(byte) = bytes.get_mut(place * length / 60) else { continue };
            *byte ^= 1 << (place % 8);
            fs::write(&name, &bytes).expect("written");
            let description = description(&folder, &wasm);
            assert!(description.starts_with(honest), "{}, {place}: {description}", name.display());
        }
    }
}

#[test]
fn a_folder_that_others_can_change_is_not_used() {
    let wasm = guest::conforming();
    let refused = |folder: &Path, message: &str| {
        let module = module(folder, &wasm);
        let error = module.cache_error().expect("an error");
        assert!(error.contains(message), "{error}");
    };
    let set_mode = |folder: &Path, mode: u32| {
        fs::set_permissions(folder, Permissions::from_mode(mode)).expect("its owner");
    };

    let (parent, folder) = private_folder();
    module(&folder, &wasm);
    for mode in [0o770, 0o707, 0o750, 0o705] {
        set_mode(&folder, mode);
        refused(&folder, &format!("compiled is open to others (mode {mode:o})"));
    }
    set_mode(&folder, 0o700);
    for mode in [0o777, 0o775] {
        set_mode(parent.path(), mode);
        refused(&folder, &format!("can be written by others (mode {mode:o})"));
    }
    set_mode(parent.path(), 0o1777);
    assert_eq!(module(&folder, &wasm).cache_error(), None, "only its owner can replace it");

    let link = parent.path().join("link");
    symlink(&folder, &link).expect("a link");
    refused(&link, "link is no folder");
    let file = parent.path().join("file");
    fs::write(&file, "").expect("written");
    refused(&file, "file is no folder");
    refused(&file.join("below"), "");
    refused(Path::new("relative"), "expected the absolute path");
}

/// Whoever may write to it is not who may run it: a folder of another user is refused, to root, too.
#[test]
fn a_folder_of_another_user_is_not_used() {
    let (parent, folder) = private_folder();
    let wasm = guest::conforming();
    module(&folder, &wasm);
    for owned in [folder.as_path(), parent.path()] {
        // Only root can give a folder away.
        if std::os::unix::fs::chown(owned, Some(65534), None).is_err() {
            return;
        }
        let module = module(&folder, &wasm);
        let error = module.cache_error().expect("an error");
        assert!(error.contains("belongs to user 65534"), "{error}");
        std::os::unix::fs::chown(owned, Some(0), None).expect("its owner");
    }
}
