//! `sekisho attempts`, run as a program.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::support::{Folder, command, gzip, other, pipe, run, signin};
use serde_json::{Value, json};

/// The synthetic trail of this repository.
const TRAIL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/trail");

/// A rule that finds two failures of an address.
const TWICE_IN_AN_HOUR: &str = r#"
rules:
  - {id: failed, severity: low, description: It failed., pattern: {"attempt": {"outcome": ["failure"]}}}
  - {id: twice, severity: high, description: Twice., correlation: {type: event_count,
     rules: [failed], group-by: [source_ip], timespan: 1h, condition: {gte: 2}}}
"#;

/// A sign-in at a time of day, with a unique eventID.
fn at(time: &str, user: &str, result: &str) -> String {
    signin(user, result)
        .replace("T11:10:09Z", &format!("T{time}Z"))
        .replace("\"event-", &format!("\"event-{time}-"))
}

/// The number of lines with each value at a JSON pointer.
fn counts(lines: &[Value], pointer: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for value in lines.iter().filter_map(|line| line.pointer(pointer)) {
        *counts.entry(value.to_string().replace('"', "")).or_default() += 1;
    }
    counts
}

fn of_type(lines: &[Value], name: &str) -> Vec<Value> {
    lines.iter().filter(|line| line["type"] == name).cloned().collect()
}

fn expected<const N: usize>(counts: [(&str, u64); N]) -> BTreeMap<String, u64> {
    counts.map(|(value, times)| (value.to_owned(), times)).into()
}

/// The numbers were counted in the records, by the tables of `plugin/attempts`.
#[test]
fn pairs_the_attempts_of_the_trail() {
    let run = run(&["attempts", TRAIL]);
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    let attempts = of_type(&run.lines(), "attempt");
    assert_eq!(attempts.len(), 76);
    assert_eq!(
        counts(&attempts, "/outcome"),
        expected([("success", 20), ("failure", 55), ("unknown", 1)])
    );
    assert_eq!(
        counts(&attempts, "/reason"),
        expected([
            ("unknown_user", 25),
            ("bad_password", 25),
            ("bad_password_or_mfa", 4),
            ("external_idp_error", 1),
            ("null", 21),
        ])
    );
    let records = attempts.iter().map(|attempt| attempt["events"].as_array().unwrap().len());
    assert_eq!(records.sum::<usize>(), 64 + 8 * 2 + 3 + 3 * 5);
    let abandoned: Vec<_> = attempts.iter().filter(|line| line["outcome"] == "unknown").collect();
    assert_eq!(abandoned[0]["flags"], json!(["abandoned_at_mfa"]));
    assert_eq!(abandoned[0]["user"], "chidi");
    // The attacker guessed the password on the third day.
    let guessed = attempts.iter().find(|line| line["failures_before"] == 22).unwrap();
    assert_eq!(guessed["outcome"], "success");
    assert_eq!(guessed["last_time"], "2025-09-16T02:46:33Z");
}

#[test]
fn finds_brute_force_in_the_trail() {
    let run = run(&["attempts", TRAIL]);
    let (closed, findings): (Vec<_>, Vec<_>) =
        of_type(&run.lines(), "finding").into_iter().partition(|line| line["state"] == "closed");
    // One for each attack: two of probing, one of guessing.
    assert_eq!(
        counts(&findings, "/rule"),
        expected([
            ("brute-force-ip", 3),
            ("unknown-user-probing", 2),
            ("brute-force-user", 1),
            ("success-after-failures", 1),
        ])
    );
    let guessing = findings.iter().find(|line| line["rule"] == "brute-force-user").unwrap();
    let totals = closed.iter().find(|line| line["id"] == guessing["id"]).unwrap();
    assert_eq!((&totals["count"], &totals["matches"]), (&json!(22), &json!(22)));
    assert_eq!(totals["last_time"], "2025-09-16T02:45:25Z");
    assert_eq!(closed.len(), findings.len());
    assert_eq!(guessing["key"]["identity"], "AIDABRUNOEXAMPLE22222");
    assert_eq!(guessing["severity"], "high");
    assert_eq!(guessing["count"], 20);
    assert_eq!(guessing["events"].as_array().unwrap().len(), 20);
    // The name was also typed in capitals.
    assert!(run.stderr.contains("          23  AIDABRUNOEXAMPLE22222 (bruno)\n"), "{}", run.stderr);
}

/// Counted by hand: 34 failures and a success in the hour after two, and a morning of work.
#[test]
fn the_summary_has_attempts_an_hour() {
    let window = ["--since", "2025-09-16T00:00Z", "--until", "2025-09-17T00:00Z"];
    for (zone, hours) in [
        ("UTC", "02:00 to 2025-09-16 10:00"),
        ("Asia/Tokyo", "11:00 to 2025-09-16 19:00 Asia/Tokyo"),
    ] {
        let run = run(&[&["attempts", TRAIL, "--tz", zone][..], &window].concat());
        let rows = "Attempts by source IP\n          35  █·······  203.0.113.66\n           2  ";
        assert!(run.stderr.contains(rows), "{}", run.stderr);
        let scale = format!("\n1 h a column, 2025-09-16 {hours}\n");
        assert!(run.stderr.ends_with(&scale), "{}", run.stderr);
    }
}

#[test]
fn no_rules_means_no_findings() {
    let with = run(&["attempts", TRAIL]);
    let without = run(&["attempts", "--no-rules", TRAIL]);
    let mut attempts = of_type(&with.lines(), "attempt");
    for attempt in &mut attempts {
        assert!(attempt.as_object_mut().unwrap().remove("rules").is_some());
    }
    assert_eq!(without.lines(), attempts);
    assert!(!without.stderr.contains("Findings"), "{}", without.stderr);
}

#[test]
fn rule_files_add_findings() {
    let folder = Folder::new();
    let rules = folder.write(
        "rules.yaml",
        r#"
rules:
  - id: failed
    severity: informational
    description: An attempt failed.
    pattern: {"attempt": {"outcome": ["failure", "denied"]}}
  - id: two-failures
    severity: critical
    description: Twice in an hour.
    correlation:
      type: event_count
      rules: [failed]
      group-by: [source_ip]
      timespan: 1h
      condition: {gte: 2}
"#,
    );
    let records = [
        at("10:00:00", "anaya", "Failure"),
        at("10:30:00", "mateo", "Failure"),
        at("10:40:00", "anaya", "Success"),
    ];
    let run = pipe(&["attempts", "--rules", &rules], records.join("\n").as_bytes());
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert_eq!(run.values("/type"), ["attempt", "attempt", "finding", "attempt", "finding"]);
    let mut lines = run.lines();
    let mut closed = lines.pop().unwrap();
    assert_eq!(closed["id"], lines[2].as_object_mut().unwrap().remove("id").unwrap());
    assert_eq!(closed["id"].take().as_str().map(str::len), Some(32));
    assert_eq!(lines[0]["rules"], json!(["failed"]));
    assert_eq!(lines[3]["rules"], json!([]));
    let finding = json!({
        "type": "finding", "rule": "two-failures", "severity": "critical",
        "key": {"source_ip": "192.0.2.10"}, "count": 2,
        "first_time": "2025-03-29T10:00:00Z", "last_time": "2025-03-29T10:30:00Z",
        "events": ["event-10:00:00-anaya", "event-10:30:00-mateo"], "state": "opened",
    });
    assert_eq!(lines[2], finding);
    let totals = json!({
        "type": "finding", "rule": "two-failures", "severity": "critical",
        "key": {"source_ip": "192.0.2.10"}, "count": 2,
        "first_time": "2025-03-29T10:00:00Z", "last_time": "2025-03-29T10:30:00Z",
        "events": ["event-10:30:00-mateo"], "id": null, "state": "closed", "matches": 2,
        "values": null,
    });
    assert_eq!(closed, totals);
    assert!(
        run.stderr.contains("Findings by rule\n           1  critical       two-failures\n"),
        "{}",
        run.stderr
    );
}

#[test]
fn files_are_read_in_any_order() {
    let folder = Folder::new();
    let records: Vec<String> =
        (10..50).map(|minute| at(&format!("10:{minute}:00"), "anaya", "Failure")).collect();
    let expected = pipe(&["attempts"], records.join("\n").as_bytes());
    assert_eq!(of_type(&expected.lines(), "attempt")[39]["failures_before"], 39);
    for (number, record) in records.iter().enumerate() {
        let name = format!("{:02}.json.gz", number * 7 % 40);
        folder.write(&name, gzip(format!(r#"{{"Records":[{record}]}}"#).as_bytes()));
    }
    for threads in ["1", "8"] {
        let shuffled = run(&["attempts", "--threads", threads, folder.name()]);
        assert_eq!(shuffled.stdout, expected.stdout);
        assert!(
            shuffled.stderr.starts_with("40 records in 40 files (")
                && shuffled.stderr.contains("), 40 sign-ins, "),
            "{}",
            shuffled.stderr
        );
    }
}

#[test]
fn reads_records_in_every_envelope() {
    let [check, login] = [
        at("10:00:00", "anaya", "Success")
            .replace("\"ConsoleLogin\"", "\"CheckMfa\"")
            .replace("event-", "check-"),
        at("10:00:14", "anaya", "Failure").replace("\"MFAUsed\":\"No\"", "\"MFAUsed\":\"Yes\""),
    ];
    let bridge = |record: &str| {
        format!(
            r#"{{"version":"0","detail-type":"AWS Console Sign In via CloudTrail","detail":{record}}}"#
        )
    };
    let lookup = |record: &str| {
        format!(r#"{{"EventId":"1","CloudTrailEvent":{}}}"#, crate::support::text(record))
    };
    for input in [
        // The later record comes first.
        format!("{login}\n{check}\n"),
        format!(r#"{{"Records":[{login},{check}]}}"#),
        format!("{}{}", bridge(&login), bridge(&check)),
        format!(r#"{{"Events":[{},{}]}}"#, lookup(&login), lookup(&check)),
    ] {
        let run = pipe(&["attempts", "--no-rules"], input.as_bytes());
        assert_eq!(run.values("/reason"), ["bad_password_or_mfa"], "{input}\n{}", run.stderr);
        assert_eq!(
            run.values("/events"),
            [json!(["check-10:00:00-anaya", "event-10:00:14-anaya"])]
        );
    }
}

/// The files of the trail, oldest first: their names contain the time.
fn trail_by_time() -> Vec<PathBuf> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, files),
                false => files.push(path),
            }
        }
    }
    let mut files = Vec::new();
    walk(Path::new(TRAIL), &mut files);
    let time = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.split('_').nth(3).unwrap().to_owned()
    };
    files.sort_by_key(|path| (time(path), path.clone()));
    files
}

/// One run for each file writes the same lines as one run over all of them, in the same order.
#[test]
fn the_state_continues_in_the_next_run() {
    let folder = Folder::new();
    // This record closes all attempts before it.
    let later = at("12:00:00", "anaya", "Success").replace("2025-03-29", "2025-10-01");
    let later = folder.write("later.json", later);
    let whole = run(&["attempts", TRAIL, &later]);
    let (lines, last) = whole.stdout.trim_end().rsplit_once('\n').unwrap();
    assert!(last.contains("\"last_time\":\"2025-10-01T12:00:00Z\""), "{last}");

    let state = folder.path("attempts.state").to_str().unwrap().to_owned();
    let mut files: Vec<String> =
        trail_by_time().iter().map(|path| path.to_str().unwrap().to_owned()).collect();
    assert_eq!(files.len(), 20);
    files.push(later);
    let mut parts = String::new();
    for file in &files {
        let run = run(&["attempts", "--state", &state, "--lateness", "1d", file]);
        assert_eq!(run.exit, Some(0), "{}", run.stderr);
        assert!(!run.stderr.contains("Too late"), "{}", run.stderr);
        parts += &run.stdout;
    }
    assert_eq!(parts.trim_end(), lines);
    let left = std::fs::read_dir(folder.path("")).unwrap().count();
    assert_eq!(left, 2, "the state and the last record, no temporary file");
}

/// A finding that is open at the end of a run closes in a later one, and is counted once.
#[test]
fn a_finding_goes_on_in_the_next_run() {
    let folder = Folder::new();
    let rules = folder.write("rules.yaml", TWICE_IN_AN_HOUR);
    let state = folder.path("attempts.state").to_str().unwrap().to_owned();
    let run = |format: &str, records: &[String]| {
        let arguments = ["attempts", "--rules", &rules, "--state", &state, "--format", format];
        pipe(&arguments, records.join("\n").as_bytes())
    };
    let failure = |time: &str| at(time, "anaya", "Failure");
    let first = [failure("10:00:00"), failure("10:01:00"), at("10:30:00", "mateo", "Success")];
    let first = run("ndjson", &first);
    assert_eq!(of_type(&first.lines(), "finding").len(), 1, "{}", first.stdout);
    assert!(first.stderr.contains("\n           1  high           twice\n"), "{}", first.stderr);
    let second = run("table", &[failure("11:01:00"), at("13:00:00", "mateo", "Success")]);
    let row = "2025-03-29 11:01:00  ▲ high twice closed: 3 in 1 h 1 min, source_ip 192.0.2.10";
    assert!(second.stdout.lines().any(|line| line == row), "{}", second.stdout);
    assert!(!second.stderr.contains("Findings by rule"), "{}", second.stderr);
}

/// What a filter hides as it opens in one run stays hidden as it closes in the next.
#[test]
fn a_filter_hides_what_closes_in_a_later_run() {
    let folder = Folder::new();
    let rules = folder.write("rules.yaml", TWICE_IN_AN_HOUR);
    for (number, (filter, opened, closed)) in [
        (["--source-ip", "192.0.2.10"], 1, 1),
        (["--source-ip", "198.51.100.7"], 0, 0),
        (["--since", "2025-03-29T10:02:00Z"], 0, 0),
        (["--until", "2025-03-29T10:00:00Z"], 0, 0),
        (["--until", "2025-03-29T10:02:00Z"], 1, 1),
    ]
    .into_iter()
    .enumerate()
    {
        let state = folder.path(&format!("{number}.state")).to_str().unwrap().to_owned();
        let findings = |records: &[String]| {
            let arguments =
                ["attempts", "--rules", &rules, "--state", &state, "--format", "ndjson"];
            let run = pipe(&[&arguments[..], &filter].concat(), records.join("\n").as_bytes());
            assert_eq!(run.exit, Some(0), "{}", run.stderr);
            of_type(&run.lines(), "finding").len()
        };
        let failure = |time: &str| at(time, "anaya", "Failure");
        let first = [failure("10:00:00"), failure("10:01:00"), at("10:30:00", "mateo", "Success")];
        assert_eq!(findings(&first), opened, "{filter:?}");
        assert_eq!(findings(&[at("13:00:00", "mateo", "Success")]), closed, "{filter:?}");
    }
}

#[test]
fn an_invalid_state_is_refused_and_kept() {
    let folder = Folder::new();
    let input = folder.write("in.json", signin("anaya", "Failure"));
    let output = folder.write("out.ndjson", "earlier output\n");
    let state = folder.path("good.state").to_str().unwrap().to_owned();
    assert_eq!(run(&["attempts", "--state", &state, &input]).exit, Some(0));
    let good = std::fs::read(&state).unwrap();
    let mut damaged = good.clone();
    *damaged.last_mut().unwrap() ^= 1;
    for broken in
        [&b"not a state"[..], b"", &good[..good.len() - 1], &damaged, &[&good[..], b"x"].concat()]
    {
        let state = folder.write("broken.state", broken);
        let run = run(&["attempts", "--state", &state, "--output", &output, &input]);
        assert_eq!(run.exit, Some(2), "{}", run.stderr);
        assert_eq!(run.stdout, "");
        assert!(
            run.stderr.starts_with(&format!("error: the state {state} is refused: ")),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("help: "), "{}", run.stderr);
        assert_eq!(std::fs::read(&state).unwrap(), broken, "kept");
        assert_eq!(std::fs::read_to_string(&output).unwrap(), "earlier output\n");
    }
    // A missing folder is reported before anything is read.
    let nowhere = run(&["attempts", "--state", &format!("{input}/x"), &input]);
    assert_eq!(nowhere.exit, Some(2));
    assert!(nowhere.stderr.contains("cannot be written"), "{}", nowhere.stderr);
}

/// Complete attempts are written while the input is open, whether or not more records arrive.
#[test]
fn follow_writes_attempts_as_they_complete() {
    let mut child =
        command(&["attempts", "--follow", "--lateness", "1s", "--window", "1s", "--quiet"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
    let mut to = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || {
        let line = lines.next().unwrap().unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        (line["user"].clone(), line["failures_before"].clone())
    };
    writeln!(to, "{}", at("10:00:00", "anaya", "Failure")).unwrap();
    writeln!(to, "{}", at("10:00:10", "anaya", "Failure")).unwrap();
    writeln!(to, "{}", at("10:00:20", "mateo", "Success")).unwrap();
    assert_eq!(next(), (json!("anaya"), json!(0)));
    assert_eq!(next(), (json!("anaya"), json!(1)));
    assert_eq!(next(), (json!("mateo"), json!(0)), "without a later record");
    writeln!(to, "{}", at("10:01:00", "saanvi", "Success")).unwrap();
    drop(to);
    assert_eq!(next(), (json!("saanvi"), json!(0)), "at the end");
    assert!(lines.next().is_none());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_stream_has_the_same_output_as_a_file() {
    let folder = Folder::new();
    let mut records: Vec<Value> = Vec::new();
    for file in trail_by_time() {
        let run = run(&["classify", "--quiet", "--format", "annotated", file.to_str().unwrap()]);
        records.extend(run.lines());
    }
    records.sort_by_key(|record| record["eventTime"].as_str().unwrap().to_owned());
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let stream = lines.join("\n");
    let file = folder.write("sorted.ndjson", &stream);
    let followed = pipe(&["attempts", "--follow"], stream.as_bytes());
    assert_eq!(followed.exit, Some(0));
    assert_eq!(followed.stdout, run(&["attempts", &file]).stdout);
    assert!(followed.stderr.starts_with("308 records in 1 file ("), "{}", followed.stderr);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_stream_and_saves_its_state() {
    let folder = Folder::new();
    let state = folder.path("attempts.state").to_str().unwrap().to_owned();
    for signal in ["-INT", "-TERM"] {
        let mut child = command(&["attempts", "--follow", "--lateness", "0s", "--window", "5s"])
            .args(["--quiet", "--state", &state])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut to = child.stdin.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        writeln!(to, "{}", at("10:00:00", "anaya", "Failure")).unwrap();
        writeln!(to, "{}", at("10:00:10", "mateo", "Failure")).unwrap();
        // The second record was read, as it completes the first attempt.
        assert!(lines.next().unwrap().unwrap().contains("\"user\":\"anaya\""));
        let id = child.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
        assert!(lines.next().is_none(), "open attempts are saved, not written");
        let next = run(&[
            "attempts",
            "--state",
            &state,
            &folder.write("in", at("11:00:00", "saanvi", "Success")),
        ]);
        assert_eq!(next.values("/user"), ["mateo"], "{signal}");
        std::fs::remove_file(&state).unwrap();
    }
}

#[test]
fn csv_has_a_row_for_each_attempt_and_finding() {
    let run = run(&["attempts", "--format", "csv", TRAIL]);
    let mut reader = csv::Reader::from_reader(run.stdout.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Vec<BTreeMap<&str, String>> = reader
        .records()
        .map(|row| header.iter().zip(row.unwrap().iter().map(str::to_owned)).collect())
        .collect();
    assert_eq!(rows.iter().filter(|row| row["type"] == "attempt").count(), 76);
    let guessing = rows.iter().find(|row| row["rules"] == "brute-force-user").unwrap();
    assert_eq!(guessing["type"], "finding");
    assert_eq!(guessing["severity"], "high");
    assert_eq!(guessing["count"], "20");
    assert_eq!(guessing["identity"], "AIDABRUNOEXAMPLE22222");
    assert_eq!(guessing["events"].split(' ').count(), 20);
    assert_eq!((&*guessing["state"], &*guessing["matches"]), ("opened", ""));
    let closed = rows.iter().rfind(|row| row["rules"] == "brute-force-user").unwrap();
    assert_eq!(closed["id"], guessing["id"]);
    assert_eq!((&*closed["state"], &*closed["matches"], &*closed["values"]), ("closed", "22", ""));
    let guessed = rows.iter().find(|row| row["failures_before"] == "22").unwrap();
    assert_eq!(
        (&*guessed["outcome"], &*guessed["user"], &*guessed["count"]),
        ("success", "bruno", "")
    );

    let formula = pipe(&["attempts", "--format", "csv"], signin("=cmd()", "Failure").as_bytes());
    assert!(formula.stdout.contains(",'=cmd(),"), "{}", formula.stdout);
    let empty = pipe(&["attempts", "--format", "csv"], b"");
    assert_eq!(empty.stdout.lines().count(), 1);
}

#[test]
fn the_table_is_a_timeline() {
    let run = run(&["attempts", "--format", "table", TRAIL]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    let start = lines.iter().position(|line| line.starts_with("2025-09-16 02:31:00")).unwrap();
    let timeline = &lines[start..];
    assert!(timeline[0].contains("  bruno  "), "{}", timeline[0]);
    assert_eq!(timeline[1].trim_start(), "× 22 failures until 02:45:25");
    let guessing =
        timeline.iter().find(|line| line.contains("▲ high brute-force-user: 22 in ")).unwrap();
    assert!(guessing.ends_with("identity AIDABRUNOEXAMPLE22222 (bruno)"), "{guessing}");
    let guessed =
        timeline.iter().find(|line| line.starts_with("2025-09-16 02:46:33  bruno")).unwrap();
    assert!(guessed.contains("  success  ") && guessed.contains("  22 failed  "), "{guessed}");
}

#[test]
fn the_summary_has_counts() {
    let twice = at("10:00:00", "anaya", "Failure");
    let input = [
        twice.clone(),
        twice,
        other(1),
        at("10:00:10", "anaya", "Success"),
        signin("mateo", "Failure").replace("2025-03-29T11:10:09Z", "at noon"),
    ];
    let run = pipe(&["attempts"], input.join("\n").as_bytes());
    for line in [
        "5 records in 1 file (",
        "), 4 sign-ins, ",
        "3 attempts                 success     failure\n  iam_user                       1           2\n",
        "Failures by reason\n           2  bad_password\n",
        "Failures by source IP\n           2  192.0.2.10\n",
        "Failures by principal\n           1  AIDAEXAMPLEanaya (anaya)\n",
        "Duplicates, dropped: 1\n",
        "Too late to be paired: 1\n",
    ] {
        assert!(run.stderr.contains(line), "{line}\n{}", run.stderr);
    }
    assert!(!run.stderr.contains("to limit memory"), "{}", run.stderr);
    let quiet = pipe(&["attempts", "--quiet"], input.join("\n").as_bytes());
    assert_eq!(quiet.stderr, "");
}

/// If there are more users than keys, attempts are written early and counted.
#[test]
fn keys_are_evicted() {
    let users: Vec<String> = (10..60)
        .map(|second| at(&format!("10:00:{second}"), &format!("user{second}"), "Failure"))
        .collect();
    let run = pipe(&["attempts", "--no-rules", "--keys", "5"], users.join("\n").as_bytes());
    assert_eq!(run.exit, Some(0));
    assert_eq!(run.lines().len(), 50);
    assert!(run.stderr.contains("Evicted to limit memory: "), "{}", run.stderr);
}

#[test]
fn control_characters_are_escaped() {
    let input = signin("\\u001b[2J\\u009b31m\\u202e", "Failure")
        .replace("192.0.2.10", "\\u001b]0;x\\u0007");
    let many: Vec<String> = (10..40)
        .map(|second| {
            input
                .replace("11:10:09Z", &format!("11:10:{second}Z"))
                .replace("\"event-", &format!("\"{second}-"))
        })
        .collect();
    let run = pipe(&["attempts", "--format", "table"], many.join("\n").as_bytes());
    let shown = format!("{}{}", run.stdout, run.stderr);
    assert!(!shown.chars().any(|shown| shown.is_control() && shown != '\n'), "{shown:?}");
    assert!(run.stdout.contains("\\u{1b}[2J\\u{9b}31m\\u{202e}"), "{}", run.stdout);
    assert!(
        run.stdout.contains("▲ ") && run.stdout.contains("identity AIDAEXAMPLE\\u{1b}[2J"),
        "{}",
        run.stdout
    );
}

#[test]
fn invalid_records_are_reported_and_the_others_processed() {
    let input = format!(
        "{}\nnot JSON\n{}\n",
        at("10:00:00", "anaya", "Failure"),
        at("10:00:05", "mateo", "Success")
    );
    for arguments in [&["attempts"][..], &["attempts", "--follow"]] {
        let run = pipe(arguments, input.as_bytes());
        assert_eq!(run.exit, Some(1));
        assert_eq!(run.values("/user"), ["anaya", "mateo"]);
        assert!(
            run.stderr.contains("Could not be read: 1\n  -, record 1 at byte "),
            "{}",
            run.stderr
        );
    }
}

/// A module in which every record has a verdict. `observe` is the body of `sekisho_observe`.
pub(crate) fn module(observe: &str, stateful: bool) -> Vec<u8> {
    let exports = r#"
        (func (export "sekisho_tick") (param i64) (result i32) i32.const 0)
        (func (export "sekisho_flush") (result i32) i32.const 0)
        (func (export "sekisho_save") (result i32) i32.const 0)
        (func (export "sekisho_restore") (param i32 i32) (result i32) i32.const 0)
        (func (export "sekisho_reset"))"#;
    let observe =
        format!(r#"(func (export "sekisho_observe") (param i32 i32 i64) (result i32) {observe})"#);
    let verdict = r#"{\"kind\":\"console_login\",\"outcome\":\"failure\",\"reason\":null,\"principal\":\"root\",\"mfa\":\"used\",\"user_exists\":\"yes\"}"#;
    let length = verdict.replace('\\', "").len();
    let stateful = if stateful { format!("{observe}{exports}") } else { String::new() };
    wat::parse_str(format!(
        r#"(module
            (memory (export "memory") 2)
            (data (i32.const 8) "{verdict}")
            (func (export "sekisho_abi_v1"))
            (func (export "sekisho_input") (param i32) (result i32) i32.const 4096)
            (func (export "sekisho_configure") (param i32 i32) (result i32) i32.const 0)
            (func (export "sekisho_process") (param i32 i32) (result i32) i32.const {length})
            (func (export "sekisho_annotate") (param i32 i32) (result i32) unreachable)
            (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) unreachable)
            (func (export "sekisho_output") (result i32) i32.const 8)
            (func (export "sekisho_last_error") (result i32) i32.const 0)
            (func (export "sekisho_describe") (result i32) i32.const 0)
            {stateful})"#
    ))
    .unwrap()
}

#[test]
fn modules_without_state_and_failing_modules() {
    let folder = Folder::new();
    let input = signin("anaya", "Failure");
    let run = |module: Vec<u8>| {
        let module = folder.write("module.wasm", module);
        pipe(&["attempts", "--module", &module], input.as_bytes())
    };
    let stateless = run(module("", false));
    assert_eq!(stateless.exit, Some(3));
    assert!(
        stateless.stderr.starts_with(
            "error: the module keeps no state: it does not export `sekisho_observe`\n  help: "
        ),
        "{}",
        stateless.stderr
    );
    let traps = run(module("unreachable", true));
    assert_eq!(traps.exit, Some(3));
    assert!(
        traps.stderr.contains("the module failed: `sekisho_observe` trapped"),
        "{}",
        traps.stderr
    );
    // A verdict is JSON, but neither an attempt nor a finding.
    let invalid = run(module("i32.const 100", true));
    assert_eq!((invalid.exit, &*invalid.stdout), (Some(3), ""));
    assert!(
        invalid.stderr.contains(
            "The module failed: 1 time\n  expected an attempt or a finding from the module: "
        ),
        "{}",
        invalid.stderr
    );
}

/// After a failure the state would lack records, so the old state is kept.
#[test]
fn a_failure_keeps_the_old_state() {
    let folder = Folder::new();
    let module = folder.write("module.wasm", module("unreachable", true));
    let state = folder.write("attempts.state", "before");
    let input = signin("anaya", "Failure");
    let run = pipe(&["attempts", "--module", &module, "--state", &state], input.as_bytes());
    assert_eq!(run.exit, Some(3));
    assert_eq!(std::fs::read_to_string(&state).unwrap(), "before");
}

#[test]
fn output_is_written_to_a_file() {
    let folder = Folder::new();
    let file = folder.write("in.json", signin("anaya", "Success"));
    let to = folder.path("out.ndjson").to_str().unwrap().to_owned();
    let written = run(&["attempts", "--output", &to, &file]);
    assert_eq!((written.exit, written.stdout.as_str()), (Some(0), ""));
    assert!(std::fs::read_to_string(&to).unwrap().contains("\"user\":\"anaya\""));
    let over_itself = run(&["attempts", "--output", &file, &file]);
    assert_eq!(over_itself.exit, Some(2));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = command(&["attempts", "--format", "csv", TRAIL])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn invalid_arguments_are_rejected() {
    for arguments in [
        &["attempts", "--follow", "trail.json"][..],
        &["attempts", "--no-rules", "--rules", "builtin"],
        &["attempts", "--window", "0s"],
        &["attempts", "--window", "2h"],
        &["attempts", "--lateness", "25h"],
        &["attempts", "--lateness", "soon"],
        &["attempts", "--keys", "0"],
        &["attempts", "--format", "annotated"],
        &["attempts", "--rules", "missing.yaml"],
    ] {
        let run = run(arguments);
        assert_eq!(run.exit, Some(2), "{arguments:?}");
        assert!(!run.stderr.is_empty(), "{arguments:?}");
    }
    let help = run(&["attempts", "--help"]);
    assert_eq!(help.exit, Some(0));
    assert!(help.stdout.contains("held in memory"), "{}", help.stdout);
}

/// Everything is counted, and some of it is shown: as it is without a filter.
#[test]
fn a_filter_shows_some_of_what_was_counted() {
    let trail = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/trail");
    let lines = |filter: &[&str]| {
        let run =
            run(&[&["attempts", "--format", "ndjson", "--quiet", trail][..], filter].concat());
        assert_eq!(run.exit, Some(0), "{filter:?}: {}", run.stderr);
        run.stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let all = lines(&[]);
    for (filter, attempts, findings) in [
        (&["--since", "2025-09-16", "--until", "2025-09-16T06:00"][..], 35, 10),
        (
            &["--since", "2025-09-16 09:00", "--until", "2025-09-16T15:00:00", "--tz", "+09:00"],
            35,
            10,
        ),
        (
            &[
                "--since",
                "2025-09-16T02:00",
                "--until",
                "2025-09-16 08:00",
                "--tz",
                "Europe/Berlin",
            ],
            35,
            10,
        ),
        (&["--since", "2025-09-15T20:30", "--until", "2025-09-16T02:30", "--tz", "-03:30"], 35, 10),
        (&["--since", "2025-09-16T02:35:00Z", "--source-ip", "203.0.113.66"], 17, 4),
        (&["--identity", "AIDABRUNOEXAMPLE22222", "--source-ip", "192.0.2.11"], 3, 4),
        (&["--account", "444455556666"], 0, 10),
    ] {
        let shown = lines(filter);
        assert!(shown.iter().all(|line| all.contains(line)), "{filter:?}");
        let of = |name: &str| shown.iter().filter(|line| line.contains(name)).count();
        let found = (of(r#"{"type":"attempt""#), of(r#"{"type":"finding""#));
        assert_eq!(found, (attempts, findings), "{filter:?}");
    }
    for (filter, message) in [
        (["--since", "yesterday"], "expected a time for `--since`"),
        (["--tz", "Mars"], "expected UTC, local, a name such as Europe/Berlin, or an offset"),
    ] {
        let refused = run(&[&["attempts", trail][..], &filter].concat());
        assert_eq!(refused.exit, Some(2), "{filter:?}");
        assert!(refused.stderr.contains(message), "{filter:?}: {}", refused.stderr);
    }
}
