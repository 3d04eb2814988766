//! `--tz`, in each command that shows times to people.

use crate::support::{Folder, command, pipe, run, signin};

const ARGUMENTS: [&[&str]; 3] = [
    &["attempts", "--format", "table", "--quiet"],
    &["classify", "--format", "table", "--quiet"],
    &["explain", "--format", "text"],
];

fn shown(arguments: &[&str], zone: &[&str]) -> String {
    let run = pipe(&[arguments, zone].concat(), signin("anaya", "Failure").as_bytes());
    assert_eq!(run.exit, Some(0), "{arguments:?} {zone:?}: {}", run.stderr);
    run.stdout
}

#[test]
fn times_are_shown_in_a_zone() {
    for (zone, title, time, full) in [
        (&[][..], "TIME ", "2025-03-29 11:10:09 ", "2025-03-29T11:10:09Z"),
        (&["--tz", "utc"], "TIME ", "2025-03-29 11:10:09 ", "2025-03-29T11:10:09Z"),
        (
            &["--tz", "Europe/Berlin"],
            "TIME Europe/Berlin ",
            "2025-03-29 12:10:09 ",
            "2025-03-29T12:10:09+01:00",
        ),
        (&["--tz", "-03:30"], "TIME -03:30 ", "2025-03-29 07:40:09 ", "2025-03-29T07:40:09-03:30"),
        (
            &["--tz=Pacific/Kiritimati"],
            "TIME Pacific/Kiritimati ",
            "2025-03-30 01:10:09 ",
            "2025-03-30T01:10:09+14:00",
        ),
    ] {
        for arguments in &ARGUMENTS[..2] {
            let table = shown(arguments, zone);
            assert!(table.starts_with(title), "{arguments:?} {zone:?}: {table}");
            assert!(table.lines().nth(1).unwrap().starts_with(time), "{zone:?}: {table}");
        }
        let text = shown(ARGUMENTS[2], zone);
        assert!(text.starts_with(&format!("ConsoleLogin  {full}  anaya")), "{zone:?}: {text}");
    }
}

/// What programs read has the times of the records.
#[test]
fn other_formats_have_the_times_of_the_records() {
    for (command, format) in [
        ("attempts", "ndjson"),
        ("attempts", "csv"),
        ("classify", "ndjson"),
        ("classify", "csv"),
        ("classify", "ecs"),
        ("classify", "annotated"),
        ("explain", "ndjson"),
    ] {
        let arguments = [command, "--format", format];
        let (utc, zoned) = (shown(&arguments, &[]), shown(&arguments, &["--tz", "Asia/Tokyo"]));
        assert_eq!(utc, zoned, "{command} {format}");
    }
}

#[test]
fn the_zone_of_the_machine_is_local() {
    let folder = Folder::new();
    let input = folder.write("in.json", signin("anaya", "Failure"));
    let output = command(&["classify", "--format", "table", "--quiet", "--tz", "local", &input])
        .env("TZ", "America/New_York")
        .output()
        .unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.starts_with("TIME America/New_York "), "{table}");
    assert!(table.lines().nth(1).unwrap().starts_with("2025-03-29 07:10:09 "), "{table}");
}

#[test]
fn a_zone_that_is_unknown_is_refused() {
    for command in ["attempts", "classify", "explain", "report"] {
        let refused = run(&[command, "--tz", "Europe/Atlantis"]);
        assert_eq!(refused.exit, Some(2), "{command}");
        assert!(refused.stderr.contains("expected UTC, local, a name"), "{}", refused.stderr);
    }
}
