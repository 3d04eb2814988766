//! `sekisho classify`, run as a program.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::support::{Folder, command, gzip, other, pipe, run, signin, text, three, zstd};
use serde_json::{Value, json};

/// The same records in every supported input format.
fn formats() -> Vec<(&'static str, String)> {
    let [a, b, c] = three();
    let pretty = |json: &str| {
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        serde_json::to_string_pretty(&value).unwrap()
    };
    let records = format!(r#"{{"Records":[{a},{b},{c}]}}"#);
    let log = |record: &str| format!(r#"{{"id":"1","timestamp":1,"message":{}}}"#, text(record));
    let event = |record: &str| {
        format!(r#"{{"EventId":"1","Username":"x","CloudTrailEvent":{}}}"#, text(record))
    };
    let bridge = |record: &str| {
        format!(
            r#"{{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":{record}}}"#
        )
    };
    vec![
        ("lines", format!("{a}\n{b}\n{c}\n")),
        ("lines with carriage returns", format!("{a}\r\n{b}\r\n\r\n{c}")),
        ("with a byte order mark", format!("\u{feff}{a}\n{b}\n{c}\n")),
        (
            "with a byte order mark on each line",
            format!("\u{feff}{a}\n\u{feff}{b}\r\n\u{feff}{c}\n"),
        ),
        ("a file of CloudTrail", records.clone()),
        ("two files of CloudTrail", format!(r#"{{"Records":[{a},{b}]}}{{"Records":[{c}]}}"#)),
        ("a pretty-printed file", pretty(&records)),
        ("pretty-printed records", format!("{}\n{}\n{}\n", pretty(&a), pretty(&b), pretty(&c))),
        ("one after the other", format!("{a}{b} {c}")),
        ("an array", format!("[{a},\n{b},\n{c}]")),
        ("an array of files", format!(r#"[{{"Records":[{a},{b}]}},{{"Records":[{c}]}}]"#)),
        (
            "CloudWatch Logs",
            format!(
                r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logEvents":[{},{},{}]}}"#,
                log(&a),
                log(&b),
                log(&c)
            ),
        ),
        (
            "lookup-events",
            pretty(&format!(r#"{{"Events":[{},{},{}]}}"#, event(&a), event(&b), event(&c))),
        ),
        ("EventBridge", format!("{}\n{}\n{}\n", bridge(&a), bridge(&b), bridge(&c))),
    ]
}

#[test]
fn all_input_formats_have_the_same_output() {
    for (format, input) in formats() {
        let run = pipe(&["classify"], input.as_bytes());
        assert_eq!(run.exit, Some(0), "{format}: {}", run.stderr);
        assert_eq!(run.values("/user"), ["anaya", "mateo"], "{format}");
        assert_eq!(run.values("/record"), [0, 2], "{format}");
        assert_eq!(run.values("/signin/outcome"), ["failure", "success"], "{format}");
        assert!(run.stderr.starts_with("3 records in 1 file"), "{format}: {}", run.stderr);
    }
}

#[test]
fn compression_and_file_names_do_not_change_the_output() {
    let folder = Folder::new();
    let [a, b, c] = three();
    let plain = format!("{a}\n{b}\n{c}\n");
    let (first, rest) = plain.split_at(a.len() + 1);
    let inputs = [
        plain.clone().into_bytes(),
        gzip(plain.as_bytes()),
        [gzip(first.as_bytes()), gzip(rest.as_bytes())].concat(),
        // As tar and tapes fill their last block.
        [gzip(plain.as_bytes()), vec![0; 512]].concat(),
        zstd(plain.as_bytes()),
        [zstd(first.as_bytes()), zstd(rest.as_bytes())].concat(),
    ];
    let expected = pipe(&["classify"], plain.as_bytes()).stdout;
    assert_eq!(expected.lines().count(), 2);
    for input in inputs {
        let piped = pipe(&["classify", "-"], &input);
        assert_eq!((piped.exit, piped.stdout), (Some(0), expected.clone()), "{}", piped.stderr);
        // The name of a file on the command line does not matter.
        let file = folder.write("trail", input);
        let found = run(&["classify", &file]);
        assert_eq!(found.stdout.replace(&text(&file), "\"-\""), expected);
    }
}

#[test]
fn a_line_has_the_position_fields_and_verdict() {
    let [a, b, c] = three();
    let run = pipe(&["classify"], format!("{b}\n{a}\n{c}\n").as_bytes());
    let expected = json!({
        "file": "-", "record": 1, "offset": b.len() + 1, "time": "2025-03-29T11:10:09Z",
        "account": "111122223333", "region": "us-east-1", "event": "ConsoleLogin",
        "event_id": "event-anaya", "user": "anaya", "principal_id": "AIDAEXAMPLEanaya",
        "source_ip": "192.0.2.10", "user_agent": "Mozilla/5.0",
        "signin": {"kind": "console_login", "outcome": "failure", "reason": "bad_password",
            "principal": "iam_user", "mfa": "not_used", "user_exists": "yes"},
        "identity": "AIDAEXAMPLEanaya", "role": null, "role_account": null, "factor": null,
        "through": "console",
    });
    assert_eq!(run.lines()[0], expected);
}

/// The rows of today's sign-ins, by the end of their names.
fn today(names: &[&str]) -> String {
    let rows = include_str!("../../../../tests/cases/today.jsonl").lines();
    let rows = rows.map(|row| serde_json::from_str::<Value>(row).expect("JSON"));
    let records: Vec<Value> = rows
        .filter(|row| names.iter().any(|name| row["name"] == format!("today-{name}")))
        .map(|row| row["record"].clone())
        .collect();
    assert_eq!(records.len(), names.len());
    records.iter().map(|record| format!("{record}\n")).collect()
}

#[test]
fn a_line_says_who_it_was_and_how_they_came_in() {
    let input = today(&["role-switch-by-user", "role-credentials"]);
    let run = pipe(&["classify"], input.as_bytes());
    let person = "01234567-89ab-cdef-0123-456789abcdef";
    for (line, user, identity, role, through) in [
        (0, json!("mika"), "AIDAEXAMPLE0000000001", "Audit", "console"),
        (1, json!(null), person, "ReadOnly", "cli"),
    ] {
        let line = &run.lines()[line];
        assert_eq!(line["user"], user);
        assert_eq!(line["identity"], identity);
        assert_eq!(line["role"], role);
        assert_eq!(line["role_account"], "444455556666");
        assert_eq!(line["through"], through);
    }
    // The table shows the id of one without a name.
    let table = pipe(&["classify", "--format", "table"], input.as_bytes()).stdout;
    assert!(table.contains(&format!("  {person}  ")), "{table}");
}

#[test]
fn a_hidden_name_or_an_account_is_nobody() {
    let hidden = signin("HIDDEN_DUE_TO_SECURITY_REASONS", "Failure");
    let [hidden, account] = ["", "111122223333"]
        .map(|id| hidden.replace("AIDAEXAMPLEHIDDEN_DUE_TO_SECURITY_REASONS", id));
    let run = pipe(&["classify"], format!("{hidden}\n{account}\n").as_bytes());
    for key in ["/user", "/identity"] {
        assert_eq!(run.values(key), [json!(null), json!(null)], "{key}");
    }
    assert!(run.stderr.contains("           2  iam_user\n"), "{}", run.stderr);
}

#[test]
fn a_record_that_matches_a_rule_has_its_fields() {
    let folder = Folder::new();
    let rules = folder.write(
        "rules.yaml",
        "rules:\n  - {id: object, severity: low, description: An object., pattern: {eventName: [GetObject]}}\n",
    );
    let record = r#"{"eventSource":"s3.amazonaws.com","eventName":"GetObject",
        "userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:mika",
            "sessionContext":{"sessionIssuer":{"userName":"Reader"}}}}"#;
    let line = &pipe(&["classify", "--rules", &rules], record.as_bytes()).lines()[0];
    for (key, value) in [
        ("event", "GetObject"),
        ("user", "mika"),
        ("identity", "AROAEXAMPLE:mika"),
        ("role", "Reader"),
    ] {
        assert_eq!(line[key], value, "{key}");
    }
    assert_eq!(line["through"], json!(null));
}

#[test]
fn the_output_is_in_the_order_of_file_names() {
    let folder = Folder::new();
    let mut expected = Vec::new();
    for number in 0..40 {
        let user = format!("user{number:02}");
        let file = format!(r#"{{"Records":[{},{}]}}"#, other(number), signin(&user, "Success"));
        folder.write(&format!("AWSLogs/2025/{number:02}.json.gz"), gzip(file.as_bytes()));
        expected.push(user);
    }
    folder.write("AWSLogs/README", "about this folder");
    folder.write("AWSLogs/.DS_Store", b"\0\0\0\x01Bud1");
    for threads in ["1", "8"] {
        let run = run(&["classify", "--threads", threads, folder.name()]);
        assert_eq!(run.exit, Some(0));
        assert_eq!(run.values("/user"), expected);
        assert!(run.stderr.contains("80 records in 40 files"), "{}", run.stderr);
        assert!(run.stderr.contains("Skipped: 2 "), "{}", run.stderr);
    }
}

#[test]
fn a_named_file_is_read_whatever_its_extension() {
    let folder = Folder::new();
    let file = folder.write("README", signin("anaya", "Success"));
    assert_eq!(run(&["classify", &file]).values("/user"), ["anaya"]);
}

#[test]
fn only_selects_records() {
    let denied = signin("saanvi", "Success")
        .replace("\"requestParameters\"", "\"errorCode\":\"AccessDenied\",\"requestParameters\"");
    let [a, b, c] = three();
    let input = [a.clone(), b, c.clone(), denied.clone()].join("\n");
    let only =
        |only, format| pipe(&["classify", "--only", only, "--format", format], input.as_bytes());
    assert_eq!(only("signin", "ndjson").values("/user"), ["anaya", "mateo", "saanvi"]);
    assert_eq!(only("failures", "ndjson").values("/user"), ["anaya", "saanvi"]);
    assert_eq!(only("failures", "csv").stdout.lines().count(), 3);
    assert_eq!(only("failures", "table").stdout.lines().count(), 3);
    assert_eq!(
        only("signin", "annotated").values("/userIdentity/userName"),
        ["anaya", "mateo", "saanvi"]
    );
    assert_eq!(only("failures", "annotated").values("/userIdentity/userName"), ["anaya", "saanvi"]);
    // The summary counts all sign-ins.
    assert!(only("failures", "ndjson").stderr.contains("3 sign-ins"));
}

#[test]
fn csv_cells_are_not_formulas() {
    let input = [
        signin("=cmd()", "Failure"),
        signin("@anaya", "Success"),
        signin("mateo, \\\"the\\\" user", "Success").replace("Mozilla/5.0", "-agent"),
        r#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin"}"#.to_owned(),
    ];
    let run = pipe(&["classify", "--format", "csv"], input.join("\n").as_bytes());
    let mut reader = csv::Reader::from_reader(run.stdout.as_bytes());
    let column = |name| reader.headers().unwrap().iter().position(|header| header == name).unwrap();
    let [user, agent, outcome, rules] = ["user", "user_agent", "outcome", "rules"].map({
        let mut column = column;
        move |name| column(name)
    });
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cells = |column: usize| -> Vec<&str> { rows.iter().map(|row| &row[column]).collect() };
    assert_eq!(cells(user), ["'=cmd()", "'@anaya", "mateo, \"the\" user", ""]);
    assert_eq!(cells(agent), ["Mozilla/5.0", "Mozilla/5.0", "'-agent", ""]);
    assert_eq!(cells(outcome), ["failure", "success", "success", "unknown"]);
    assert_eq!(cells(rules), [""; 4]);
}

#[test]
fn csv_without_rows_has_a_header() {
    let run = pipe(&["classify", "--format", "csv", "--allow-empty"], b"");
    assert_eq!(run.exit, Some(0));
    assert!(run.stdout.starts_with("file,record,offset,time,"));
    assert!(run.stdout.ends_with(",rules,silenced,identity,role,role_account,factor,through\n"));
    assert_eq!(run.stdout.lines().count(), 1);
}

#[test]
fn annotated_output_keeps_every_byte() {
    let [a, b, c] = three();
    let spaced = a.replace(",", " ,  ").replace("\"1.08\"", "1.0800e+0");
    let broken = r#"{"eventSource":"signin.amazonaws.com","eventName":"#;
    let input = format!("{spaced}\n{b}\nno JSON\n{broken}\n\n{c}");
    let run = pipe(&["classify", "--format", "annotated"], input.as_bytes());
    assert_eq!(run.exit, Some(1));
    let lines: Vec<&str> = run.stdout.lines().collect();
    let without = |line: &str| {
        let (record, verdict) = line.rsplit_once(",\"signin\":").unwrap();
        assert!(verdict.starts_with(r#"{"kind":"console_login","outcome":"#));
        format!("{record}}}")
    };
    assert_eq!(without(lines[0]), spaced);
    assert_eq!(lines[1..4], [b.as_str(), "no JSON", broken]);
    assert_eq!(without(lines[4]), c);
    assert_eq!(lines.len(), 5);
}

#[test]
fn annotated_output_has_a_line_for_each_record_of_all_formats() {
    for (format, input) in formats() {
        let run = pipe(&["classify", "--format", "annotated"], input.as_bytes());
        let outcomes: Vec<_> = run
            .lines()
            .iter()
            .map(|line| {
                line.pointer("/signin/outcome").map(|outcome| outcome.as_str().unwrap().to_owned())
            })
            .collect();
        assert_eq!(
            outcomes,
            [Some("failure".to_owned()), None, Some("success".to_owned())],
            "{format}"
        );
    }
}

#[test]
fn oversized_records_are_listed_and_forwarded() {
    let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(17 << 20));
    let input =
        format!("{}\n{large}\n{}\n", signin("anaya", "Success"), signin("mateo", "Success"));
    let run = pipe(&["classify"], input.as_bytes());
    assert_eq!(run.exit, Some(1));
    assert_eq!(run.values("/user"), ["anaya", "mateo"]);
    assert_eq!(run.values("/record"), [0, 2]);
    assert!(run.stderr.contains("record 1 at byte"), "{}", run.stderr);
    assert!(run.stderr.contains("expected at most 16777216 bytes"), "{}", run.stderr);

    let annotated = pipe(&["classify", "--format", "annotated"], input.as_bytes()).stdout;
    assert!(annotated.lines().nth(1) == Some(large.as_str()));
}

#[test]
fn a_missing_file_is_listed_and_the_others_are_read() {
    let folder = Folder::new();
    let good = folder.write("good.json", signin("anaya", "Success"));
    let missing = folder.path("missing.json").to_str().unwrap().to_owned();
    let run = run(&["classify", &missing, &good]);
    assert_eq!(run.exit, Some(1));
    assert_eq!(run.values("/user"), ["anaya"]);
    assert!(run.stderr.contains("Could not be read: 1\n"), "{}", run.stderr);
    assert!(run.stderr.contains(&format!("{missing}: No such file")), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_file_without_read_permission_is_listed() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let locked = folder.write("locked.json", signin("anaya", "Success"));
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    let run = run(&["classify", folder.name()]);
    if std::fs::read(&locked).is_ok() {
        // Root may read every file.
        assert_eq!(run.values("/user"), ["anaya"]);
    } else {
        assert_eq!(run.exit, Some(1));
        assert!(run.stderr.contains(&format!("{locked}: Permission denied")), "{}", run.stderr);
    }
}

#[test]
fn truncated_input_is_read_up_to_its_end() {
    let records: Vec<String> = (0..500).map(|n| signin(&format!("user{n}"), "Success")).collect();
    let whole = format!(r#"{{"Records":[{}]}}"#, records.join(","));
    let half = &whole.as_bytes()[..whole.len() / 2];
    let plain = pipe(&["classify"], half);
    assert_eq!(plain.exit, Some(1));
    assert!((240..=250).contains(&plain.lines().len()));
    assert!(plain.stderr.contains("Could not be read: 1\n"), "{}", plain.stderr);
    assert!(plain.stderr.contains("the file is cut short"), "{}", plain.stderr);

    let all = pipe(&["classify"], whole.as_bytes()).stdout;
    for (packed, format) in [(gzip(whole.as_bytes()), "gzip"), (zstd(whole.as_bytes()), "zstd")] {
        let run = pipe(&["classify"], &packed[..packed.len() * 3 / 4]);
        assert_eq!(run.exit, Some(1));
        assert!(all.starts_with(&run.stdout) && run.stdout.len() < all.len(), "{format}");
        let expected = format!("the {format} data is truncated after ");
        assert!(run.stderr.contains(&expected), "{}", run.stderr);
    }
}

#[test]
fn an_open_pipe_is_printed_line_by_line() {
    let mut child = command(&["classify", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for user in ["anaya", "mateo"] {
        writeln!(to, "{}", signin(user, "Success")).unwrap();
        // Blocks forever unless the line is printed before the next one is written.
        let line = lines.next().unwrap().unwrap();
        assert!(line.contains(&format!(r#""user":"{user}""#)), "{line}");
    }
    drop(to);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_corrupt_gzip_file_is_listed() {
    let mut packed = gzip(format!("{}\n", signin("anaya", "Success")).as_bytes());
    let checksum = packed.len() - 8;
    packed[checksum] ^= 1;
    let run = pipe(&["classify"], &packed);
    assert_eq!(run.exit, Some(1));
    assert_eq!(run.values("/user"), ["anaya"]);
    assert!(run.stderr.contains("the gzip data is corrupt"), "{}", run.stderr);
}

#[test]
fn decompression_is_limited() {
    let packed = gzip(&vec![b' '; 4 << 20]);
    let run = pipe(&["classify", "--max-file-bytes", "1MiB"], &packed);
    assert_eq!(run.exit, Some(1));
    assert!(run.stderr.contains("decompresses to more than 1048576 bytes"), "{}", run.stderr);
}

#[test]
fn empty_binary_and_utf_16_input() {
    let empty = pipe(&["classify"], b"");
    assert_eq!((empty.exit, empty.stdout.as_str()), (Some(1), ""));
    assert!(empty.stderr.contains("No sign-ins"), "{}", empty.stderr);

    let binary: Vec<u8> = (0..20_000_u32).map(|n| (n * n % 251) as u8).collect();
    let binary = pipe(&["classify"], &binary);
    assert_eq!((binary.exit, binary.stdout.as_str()), (Some(1), ""));
    assert!(binary.stderr.contains("Could not be read: "), "{}", binary.stderr);
    assert!(!binary.stderr.chars().any(|c| c.is_control() && c != '\n'));

    let utf_16 = pipe(&["classify"], b"\xff\xfe{\0}\0");
    assert_eq!(utf_16.exit, Some(1));
    assert!(utf_16.stderr.contains("expected UTF-8, found UTF-16"), "{}", utf_16.stderr);
}

#[test]
fn only_the_first_errors_are_listed() {
    let run = pipe(&["classify"], "no\n".repeat(100).as_bytes());
    assert!(run.stderr.contains("Could not be read: 100\n"), "{}", run.stderr);
    assert!(run.stderr.contains("  … and 80 more\n"), "{}", run.stderr);
}

#[test]
fn the_summary_counts_outcomes_and_failures() {
    let input = [
        signin("anaya", "Failure"),
        signin("anaya", "Failure"),
        signin("mateo", "Failure").replace("192.0.2.10", "2001:db8::1"),
        signin("saanvi", "Success"),
    ];
    let run = pipe(&["classify"], input.join("\n").as_bytes());
    for line in [
        "4 records in 1 file",
        "4 sign-ins                 success     failure",
        "  console_login                  1           3",
        "Failures by reason\n           3  bad_password",
        "Failures by source IP\n           2  192.0.2.10\n           1  2001:db8::1",
        "Failures by principal\n           2  AIDAEXAMPLEanaya (anaya)",
    ] {
        assert!(run.stderr.contains(line), "{line}\n{}", run.stderr);
    }
}

#[test]
fn quiet_prints_only_errors() {
    let record = signin("anaya", "Success");
    assert_eq!(pipe(&["classify", "--quiet"], record.as_bytes()).stderr, "");
    let run = pipe(&["classify", "--quiet"], b"no");
    assert!(run.stderr.starts_with("Could not be read: 1\n"), "{}", run.stderr);
}

#[test]
fn terminal_controls_in_records_are_escaped() {
    let input = signin("\\u001b[2J\\u009b31m\\u202e", "Failure")
        .replace("192.0.2.10", "\\u001b]0;x\\u0007");
    let run = pipe(&["classify", "--format", "table"], input.as_bytes());
    let shown = format!("{}{}", run.stdout, run.stderr);
    assert!(!shown.chars().any(|shown| shown.is_control() && shown != '\n'), "{shown:?}");
    assert!(run.stdout.contains("\\u{1b}[2J\\u{9b}31m\\u{202e}"), "{}", run.stdout);
    assert!(run.stderr.contains("1  \\u{1b}]0;x\\u{7}\n"), "{}", run.stderr);
}

#[test]
fn colors_are_off_without_a_terminal() {
    let input = signin("anaya", "Failure");
    let table = |color: &[&str]| {
        let mut arguments = vec!["classify", "--format", "table"];
        arguments.extend(color);
        let run = pipe(&arguments, input.as_bytes());
        (run.stdout.contains('\u{1b}'), run.stderr.contains('\u{1b}'))
    };
    assert_eq!(table(&[]), (false, false));
    assert_eq!(table(&["--color", "never"]), (false, false));
    assert_eq!(table(&["--color", "always"]), (true, true));
}

#[test]
fn the_output_file_cannot_be_an_input() {
    let folder = Folder::new();
    let file = folder.write("in.json", signin("anaya", "Success"));
    let to = folder.path("out.ndjson").to_str().unwrap().to_owned();
    let written = run(&["classify", "--output", &to, &file]);
    assert_eq!((written.exit, written.stdout.as_str()), (Some(0), ""));
    assert!(std::fs::read_to_string(&to).unwrap().contains("\"user\":\"anaya\""));

    let over_itself = run(&["classify", "--output", &file, &file]);
    assert_eq!(over_itself.exit, Some(2));
    assert!(over_itself.stderr.contains("is an input and cannot be the output"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), signin("anaya", "Success"));

    let nowhere = run(&["classify", "--output", &format!("{file}/x"), &file]);
    assert_eq!(nowhere.exit, Some(2));
    assert!(nowhere.stderr.contains("cannot write"), "{}", nowhere.stderr);
}

#[test]
fn a_module_can_be_loaded_from_a_file() {
    let folder = Folder::new();
    let input = signin("anaya", "Failure");
    let module = folder.write("portable.wasm", sekisho_module::PORTABLE);
    let run = |module: &str| pipe(&["classify", "--module", module], input.as_bytes());
    assert_eq!(run(&module).values("/signin/reason"), ["bad_password"]);

    let refused = run(&folder.write("empty.wasm", b"\0asm\x01\0\0\0"));
    assert_eq!(refused.exit, Some(3));
    assert!(refused.stderr.contains("error: cannot load the module: "), "{}", refused.stderr);
    assert!(refused.stderr.contains("help: "), "{}", refused.stderr);

    let missing = run("missing.wasm");
    assert_eq!(missing.exit, Some(2));
    assert!(missing.stderr.contains("cannot read the module missing.wasm"));
}

#[test]
fn a_failing_module_loses_no_record() {
    let folder = Folder::new();
    // Accepts input, then traps.
    let module = wat::parse_str(
        r#"(module
            (memory (export "memory") 2)
            (func (export "sekisho_abi_v1"))
            (func (export "sekisho_input") (param i32) (result i32) i32.const 8)
            (func (export "sekisho_configure") (param i32 i32) (result i32) i32.const 0)
            (func (export "sekisho_process") (param i32 i32) (result i32) unreachable)
            (func (export "sekisho_annotate") (param i32 i32) (result i32) unreachable)
            (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) unreachable)
            (func (export "sekisho_output") (result i32) i32.const 8)
            (func (export "sekisho_last_error") (result i32) i32.const 0)
            (func (export "sekisho_describe") (result i32) i32.const 0))"#,
    )
    .unwrap();
    let module = folder.write("traps.wasm", module);
    let input = format!("{}\n{}\n", signin("anaya", "Failure"), other(1));
    let run = pipe(&["classify", "--module", &module, "--format", "annotated"], input.as_bytes());
    assert_eq!(run.exit, Some(3));
    assert_eq!(run.stdout, input);
    assert!(run.stderr.contains("the module failed: `sekisho_annotate` trapped"), "{}", run.stderr);
}

#[test]
fn a_closed_output_pipe_is_no_error() {
    let folder = Folder::new();
    let records = format!("{}\n", signin("anaya", "Success")).repeat(20_000);
    for number in 0..8 {
        folder.write(&format!("{number}.ndjson"), &records);
    }
    let mut child = command(&["classify", folder.name()])
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
fn wrong_arguments_are_rejected() {
    for arguments in [
        &["classify", "--format", "xml"][..],
        &["classify", "--threads", "0"],
        &["classify", "--max-file-bytes", "much"],
        &["clasify"],
        &[],
    ] {
        let run = run(arguments);
        assert_eq!(run.exit, Some(2), "{arguments:?}");
        assert!(!run.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_and_version() {
    let help = run(&["classify", "--help"]);
    assert_eq!(help.exit, Some(0));
    assert!(help.stdout.contains("Examples:"), "{}", help.stdout);
    assert!(run(&["--help"]).stdout.contains("Exit status:"));
    assert!(run(&["--version"]).stdout.starts_with("sekisho "));
}
