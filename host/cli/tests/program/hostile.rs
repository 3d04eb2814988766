//! Records that are made to harm who reads the output.

use std::io::Write;
use std::process::{Child, Stdio};

use crate::support::{Folder, command, other, pipe, run, signin};

/// The most memory that a process has had so far, in bytes.
#[cfg(target_os = "linux")]
fn peak_memory_bytes(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() << 10
}

/// A module whose verdict is its input.
#[cfg(target_os = "linux")]
const ECHO: &str = r#"(module
    (memory (export "memory") 16)
    (func (export "sekisho_abi_v1"))
    (func (export "sekisho_input") (param i32) (result i32) i32.const 4096)
    (func (export "sekisho_configure") (param i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_process") (param i32 i32) (result i32) local.get 1)
    (func (export "sekisho_annotate") (param i32 i32) (result i32) unreachable)
    (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) unreachable)
    (func (export "sekisho_output") (result i32) i32.const 4096)
    (func (export "sekisho_last_error") (result i32) i32.const 0)
    (func (export "sekisho_describe") (result i32) i32.const 0))"#;

/// Many records with a text of their own, which is long.
#[cfg(target_os = "linux")]
#[test]
fn long_texts_take_bounded_memory() {
    const LIMIT_BYTES: u64 = 160 << 20;
    let folder = Folder::new();
    let module = folder.write("module.wasm", wat::parse_str(ECHO).unwrap());
    let record = signin("anaya", "Failure");
    let verdict = r#"{"kind":"TEXT","outcome":"failure","reason":"TEXT","principal":"TEXT","mfa":"used","user_exists":"yes","rules":["TEXT"]}"#;
    for (arguments, record, records, text_bytes) in [
        (&["classify"][..], record.replace("anaya", "TEXT"), 3_000, 10 << 10),
        (&["filter", "--report"], record.replace("192.0.2.10", "TEXT"), 3_000, 10 << 10),
        (&["classify", "--format", "table"], record.replace("2025-03-29", "TEXT"), 500, 512 << 10),
        // Longer verdicts are refused.
        (&["classify", "--module", &module], verdict.to_owned(), 100_000, 700),
    ] {
        let mut child = command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut to = child.stdin.take().unwrap();
        let filling = "x".repeat(text_bytes);
        for number in 0..records {
            // The last records may be in the pipe still when the memory is read.
            writeln!(to, "{}", record.replace("TEXT", &format!("{number}{filling}"))).unwrap();
        }
        let peak = peak_memory_bytes(&child);
        drop(to);
        let summary = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
        assert!(peak < LIMIT_BYTES, "{arguments:?}: {} MiB", peak >> 20);
        assert!(summary.contains("Failures by principal"), "{summary}");
        let longest = summary.lines().map(str::len).max();
        assert!(longest < Some(1000), "{arguments:?}: {longest:?}");
    }
}

/// Text that a spreadsheet runs, or a terminal obeys, is shown as text in every format.
#[test]
fn hostile_text_is_neutralised() {
    const UNSAFE: [&str; 10] = [
        "\u{1b}[2J",
        "\u{9b}31m",
        "\u{85}",
        "\u{202e}",
        "\u{2066}",
        "\u{2069}",
        "\u{200f}",
        "\u{feff}",
        "\u{7f}",
        "\u{3164}",
    ];
    let folder = Folder::new();
    let names = UNSAFE.map(|text| serde_json::to_string(&format!("a{text}")).unwrap());
    let records = names.map(|name| signin(name.trim_matches('"'), "Failure")).join("\n");
    let file = folder.write("trail\u{1b}[1m\u{202e}.json", format!("{records}\nno JSON\n"));
    for arguments in [
        &["classify", "--format", "csv"][..],
        &["classify", "--format", "table"],
        &["attempts", "--format", "csv"],
        &["attempts", "--format", "table"],
        &["explain", "--format", "text"],
        &["inspect"],
        &["rules", "check"],
        &["attempts", "--state", &file],
        &["classify", "--output", &file],
        // As a shell expands a name that begins like an option.
        &["classify", "--\u{1b}[1m\u{9b}1m\u{202e}"],
    ] {
        let run = run(&[arguments, &[&file]].concat());
        let shown = format!("{}{}", run.stdout, run.stderr);
        assert!(!shown.is_empty(), "{arguments:?}");
        let found = UNSAFE.iter().find(|text| shown.contains(text.chars().next().unwrap()));
        assert_eq!(found, None, "{arguments:?}: {shown:?}");
    }
}

#[test]
fn rules_that_are_shown_with_an_error_are_neutralised() {
    let folder = Folder::new();
    let rules = folder.write(
        "rules.yaml",
        "rules:\n  - id: \"a\u{9b}31m\u{200f}\u{e0041}b\"\n    severity: \"\\x1b[2J\\x9b1m\"\n",
    );
    let run = run(&["rules", "check", &rules]);
    assert_eq!(run.exit, Some(2));
    assert!(run.stderr.contains("unexpected character"), "{}", run.stderr);
    let is_unsafe = |shown: &char| {
        shown.is_control() && *shown != '\n' || ['\u{200f}', '\u{e0041}'].contains(shown)
    };
    assert_eq!(run.stderr.chars().find(is_unsafe), None, "{:?}", run.stderr);
}

#[test]
fn formulas_in_csv_are_text() {
    for (formula, cell) in [
        (" =cmd()", "' =cmd()"),
        ("\u{a0}=cmd()", "'\u{a0}=cmd()"),
        ("＝cmd()", "'＝cmd()"),
        ("\\t=cmd()", r"\u{9}=cmd()"),
        ("\u{feff}=cmd()", r"\u{feff}=cmd()"),
        ("\\u001b[1m=cmd()", r"\u{1b}[1m=cmd()"),
        // A spreadsheet may split an unquoted row at semicolons.
        ("a;=cmd()", "\"a;=cmd()\""),
    ] {
        let record = signin(formula, "Failure");
        for command in ["classify", "attempts"] {
            let run = pipe(&[command, "--format", "csv"], record.as_bytes());
            let cell = if run.stdout.lines().nth(1).unwrap().starts_with('"') {
                format!(",\"{}\",", cell.trim_matches('"'))
            } else {
                format!(",{cell},")
            };
            assert!(run.stdout.contains(&cell), "{command}: {cell}\n{}", run.stdout);
        }
    }
}

#[test]
fn a_byte_order_mark_may_begin_each_line() {
    let line = |user: &str| format!("\u{feff}{}\n", signin(user, "Failure"));
    let input = format!("{}{}\u{feff}{}\n\u{feff}\n", line("anaya"), line("mateo"), other(1));
    for arguments in [
        &["classify"][..],
        &["filter", "--mode", "failures"],
        &["attempts"],
        &["attempts", "--follow"],
    ] {
        let run = pipe(arguments, input.as_bytes());
        assert_eq!(run.exit, Some(0), "{arguments:?}: {}", run.stderr);
        let users = |name: &str| {
            run.stdout.matches(&format!("\"userName\":\"{name}\"")).count()
                + run.stdout.matches(&format!("\"user\":\"{name}\"")).count()
        };
        assert_eq!((users("anaya"), users("mateo")), (1, 1), "{arguments:?}: {}", run.stdout);
        assert!(!run.stdout.contains('\u{feff}'), "{arguments:?}");
    }
}

/// A home folder that is relative to nothing is as good as none.
#[test]
fn a_relative_home_is_no_error() {
    let folder = Folder::new();
    let file = folder.write("trail.json", signin("anaya", "Success"));
    let output = command(&["classify", &file])
        .current_dir(folder.name())
        .env_remove("XDG_CACHE_HOME")
        .env("HOME", "home")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(
        std::fs::read_dir(folder.name()).unwrap().count(),
        1,
        "no cache in the working folder"
    );
}

/// Endless and very large files are refused by their size.
#[cfg(unix)]
#[test]
fn oversized_files_are_refused() {
    let folder = Folder::new();
    let input = folder.write("trail.json", signin("anaya", "Success"));
    // Sparse: it takes no space.
    let large = folder.write("large", "");
    std::fs::File::options().write(true).open(&large).unwrap().set_len(3 << 30).unwrap();
    for (arguments, limit) in [
        (&["classify", "--rules"][..], "16777216"),
        (&["classify", "--module"], "16777216"),
        (&["inspect"], "16777216"),
        (&["attempts", "--state"], "2147483647"),
        (&["filter", "--listen", "http://127.0.0.1:0", "--token-file"], "65536"),
    ] {
        let run_with = |file: &str| {
            let has_input = ["classify", "attempts"].contains(&arguments[0]);
            let input = if has_input { &[&*input] } else { &[][..] };
            run(&[arguments, &[file], input].concat())
        };
        let refused = run_with(&large);
        assert_eq!(refused.exit, Some(2), "{arguments:?}: {}", refused.stderr);
        let message = format!("expected at most {limit} bytes, found 3221225472");
        assert!(refused.stderr.contains(&message), "{arguments:?}: {}", refused.stderr);
        let endless = run_with("/dev/zero");
        assert_eq!(endless.exit, Some(2), "{arguments:?}: {}", endless.stderr);
        let messages =
            [format!("expected at most {limit} bytes, found more"), "a device".to_owned()];
        let is_named = |message: &String| endless.stderr.contains(&**message);
        assert!(messages.iter().any(is_named), "{arguments:?}: {}", endless.stderr);
    }
}
