//! `sekisho report`, run as a program.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Folder, pipe, run, signin};

const TRAIL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/trail");

/// The data in a page.
fn data(page: &str) -> Value {
    let (_, after) = page.split_once(r#"<script id="data" type="application/json">"#).unwrap();
    serde_json::from_str(after.split_once("</script>").unwrap().0).unwrap()
}

/// The text of a column for each attempt.
fn column<'d>(data: &'d Value, name: &str) -> Vec<&'d Value> {
    let places = data["attempts"][name].as_array().unwrap();
    places.iter().map(|place| &data["texts"][place.as_i64().unwrap() as usize]).collect()
}

#[test]
fn it_has_the_attempts_and_findings_of_attempts() {
    let folder = Folder::new();
    let path = folder.path("report.html");
    let report = run(&["report", TRAIL, "--output", path.to_str().unwrap()]);
    assert_eq!((report.exit, &*report.stdout), (Some(0), ""), "{}", report.stderr);
    let data = data(&fs::read_to_string(&path).unwrap());

    let attempts = run(&["attempts", TRAIL, "--format", "ndjson"]);
    let lines: Vec<Value> =
        attempts.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_type = |name: &str| lines.iter().filter(|line| line["type"] == name).collect::<Vec<_>>();
    for name in ["outcome", "principal", "source_ip", "user", "identity", "reason", "mfa"] {
        let expected: Vec<&Value> = of_type("attempt").iter().map(|line| &line[name]).collect();
        assert!(expected.len() > 50);
        assert_eq!(column(&data, name), expected, "{name}");
    }
    let findings = data["findings"].as_array().unwrap();
    assert_eq!(findings.len(), of_type("finding").len());
    for (found, expected) in findings.iter().zip(of_type("finding")) {
        for name in ["rule", "severity", "key", "count", "id", "state"] {
            assert_eq!(found[name], expected[name], "{name}");
        }
    }
    // The same summary, but for the time that it took.
    let summary = |text: &str| {
        text.split_once(" sign-ins,").unwrap().1.lines().skip(1).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(summary(&report.stderr), summary(&attempts.stderr));
    let read = &data["read"];
    assert_eq!((&read["records"], &read["files"]), (&json!(308), &json!(20)));
    assert!(data["by"]["command"].as_str().unwrap().starts_with("sekisho report "));
}

/// Nothing of a name leaves the element of the data.
#[test]
fn hostile_names_stay_in_the_data() {
    let names =
        ["</script><script>alert(1)</script>", "<!--<script>", "]]>\u{2028}\u{2029}&lt;", "@data@"];
    let input: String =
        names.map(|name| format!("{}\n", signin(&json_text(name), "Failure"))).concat();
    let page = pipe(&["report", "--quiet"], input.as_bytes());
    assert_eq!(page.exit, Some(0), "{}", page.stderr);
    let mut users = column(&data(&page.stdout), "user").into_iter().cloned().collect::<Vec<_>>();
    let mut expected = names.map(Value::from).to_vec();
    users.sort_by_key(Value::to_string);
    expected.sort_by_key(Value::to_string);
    assert_eq!(users, expected);
    assert_eq!(page.stdout.matches("<script").count(), 2, "the data, and the script of the page");
    assert!(!page.stdout.contains(['\u{2028}', '\u{2029}']));
}

/// A text as it is inside a string of JSON.
fn json_text(text: &str) -> String {
    json!(text).to_string().trim_matches('"').to_owned()
}

#[test]
fn a_redacted_report_has_no_name() {
    let folder = Folder::new();
    let key = folder.path("key");
    let redacted = |key: &str| {
        let page = run(&["report", "--quiet", TRAIL, "--redact", key]);
        assert_eq!(page.exit, Some(0), "{}", page.stderr);
        page.stdout
    };
    let page = redacted(key.to_str().unwrap());
    let found = data(&page).to_string();
    for name in ["bruno", "AIDABRUNO", "203.0.113.66", "111122223333", "2001:db8:20::d417", TRAIL] {
        assert!(!found.contains(name), "{name}");
    }
    for shown in ["203.0.113.0/24", "2001:db8:20::/48", "user-", "identity-", "account-"] {
        assert!(found.contains(shown), "{shown}");
    }
    assert_eq!(redacted(key.to_str().unwrap()), page, "the same key makes the same pseudonyms");
    assert_ne!(redacted(folder.path("other").to_str().unwrap()), page);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        assert_eq!(fs::metadata(&key).unwrap().mode() & 0o7777, 0o600);
    }
    let short = folder.write("short", "secret");
    let refused = run(&["report", "--quiet", TRAIL, "--redact", &short]);
    assert_eq!(refused.exit, Some(2));
    assert!(refused.stderr.contains("expected a key of 16 bytes"), "{}", refused.stderr);
}

#[test]
fn input_that_cannot_be_read_is_in_it() {
    let input = format!("{}\n{{\"broken\n{{\"a\":1}}\n", signin("mika", "Failure"));
    let page = pipe(&["report", "--quiet"], input.as_bytes());
    assert_eq!(page.exit, Some(1));
    let read = &data(&page.stdout)["read"];
    assert_eq!((&read["errors"], &read["without_record"]), (&json!(1), &json!(1)));
    assert!(read["messages"][0].as_str().unwrap().contains("byte"), "{read}");
}

#[test]
fn a_report_without_records_replaces_nothing() {
    let folder = Folder::new();
    let before = folder.write("report.html", "before");
    let run = pipe(&["report", "--output", &before], b"");
    assert_eq!(run.exit, Some(1));
    assert_eq!(fs::read_to_string(&before).unwrap(), "before");
}
