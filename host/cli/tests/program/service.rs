//! `sekisho filter` as a service: rules that change while it runs, and metrics.
#![cfg(unix)]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::receiver::Receiver;
use crate::server::{Server, signal};
use crate::support::{Folder, other, pipe, signin};

/// A rule with this id that matches every sign-in at the console.
fn rules(id: &str) -> String {
    format!(
        r#"
rules:
  - id: {id}
    severity: low
    description: A sign-in.
    pattern: {{"detail": {{"eventName": ["ConsoleLogin"]}}}}
"#
    )
}

/// The rules that match a sign-in now.
fn matching(server: &Server) -> Value {
    let mut response = ureq::post(&server.address).send(&signin("anaya", "Failure")).unwrap();
    let line = response.body_mut().read_to_string().unwrap();
    serde_json::from_str::<Value>(&line).unwrap()["signin"]["rules"].clone()
}

fn wait_for_rule(server: &Server, id: &str) {
    let start = Instant::now();
    while matching(server) != json!([id]) {
        assert!(start.elapsed() < Duration::from_secs(20), "{id} is not there");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn rules_are_reloaded_and_bad_ones_are_not() {
    let folder = Folder::new();
    let file = folder.write("rules.yaml", rules("first"));
    let mut server = Server::start(&["--listen", "http://127.0.0.1:0", "--rules", &file]);
    assert_eq!(matching(&server), json!(["first"]));
    fs::write(&file, rules("second")).unwrap();
    signal(&server.child, "-HUP");
    wait_for_rule(&server, "second");
    assert_eq!(server.message(), "the rules were loaded again\n");
    fs::write(&file, "rules: [{id: third}]").unwrap();
    signal(&server.child, "-HUP");
    let mut messages = String::new();
    while !messages.contains("the rules stay as they were") {
        let message = server.message();
        assert!(!message.is_empty(), "{messages}");
        messages += &message;
    }
    assert_eq!(matching(&server), json!(["second"]));
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn changed_rules_are_noticed() {
    let folder = Folder::new();
    let file = folder.write("rules.yaml", rules("first"));
    let arguments = ["--listen", "http://127.0.0.1:0", "--rules", &file, "--watch"];
    let server = Server::start(&arguments);
    assert_eq!(matching(&server), json!(["first"]));
    let new = folder.write("new.yaml", rules("second"));
    fs::rename(&new, &file).unwrap();
    wait_for_rule(&server, "second");
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn metrics_are_shown_on_a_unix_socket() {
    let folder = Folder::new();
    let path = folder.path("metrics");
    let address = format!("unix:{}", path.display());
    let arguments = ["--listen", "http://127.0.0.1:0", "--metrics", &address];
    let server = Server::start(&[&arguments[..], &["--socket-mode", "0600"]].concat());
    assert_eq!(server.before, [format!("metrics are at {address}/metrics")]);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut client = UnixStream::connect(&path).unwrap();
    client.write_all(b"GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("sekisho_records_total 0"));
    // Another process cannot have it.
    let run = pipe(&["filter", "--metrics", &address], b"");
    assert_eq!(run.exit, Some(2), "{}", run.stderr);
    assert_eq!(server.end().0, Some(0));
    assert!(!path.exists(), "it is removed at the end");
    assert_eq!(pipe(&["filter", "--metrics", &address], b"").exit, Some(0));
    assert!(!path.exists(), "also if the input ends");
}

#[test]
fn messages_are_json_if_asked_for() {
    let receiver = Receiver::start();
    receiver.refuse(2);
    let arguments = ["filter", "--log-format", "json", "--report", "--send", &receiver.url];
    let run = pipe(&arguments, (signin("anaya", "Failure") + "\n{\n").as_bytes());
    assert_eq!(run.exit, Some(1));
    let lines: Vec<Value> =
        run.stderr.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let has = |level: &str, begin: &str| {
        lines.iter().any(|line| {
            let message = line["message"].as_str().unwrap();
            line["level"] == level && message.starts_with(begin)
        })
    };
    assert!(has("warning", &format!("waiting for {}: 503", receiver.url)), "{lines:#?}");
    assert!(has("info", &format!("connected to {} again", receiver.url)), "{lines:#?}");
    assert!(has("info", "1 record in 1 file"), "{lines:#?}");
    let time = lines[0]["time"].as_str().unwrap();
    assert!(time.starts_with("20") && time.ends_with('Z'), "{time}");
    let run = pipe(&["filter", "--log-format", "json", "--rules", "missing.yaml"], b"");
    let errors: Vec<Value> =
        run.stderr.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let error = errors.last().unwrap();
    assert_eq!((run.exit, &error["level"]), (Some(2), &json!("error")));
    assert!(error["help"].is_string(), "{error}");
}

#[test]
fn metrics_count_what_was_done() {
    let folder = Folder::new();
    let file = folder.write("rules.yaml", rules("login"));
    let arguments = ["--listen", "http://127.0.0.1:0", "--rules", &file];
    let server = Server::start(&[&arguments[..], &["--metrics", "http://127.0.0.1:0"]].concat());
    let lines = [signin("anaya", "Failure"), signin("mateo", "Success"), other(1), "{".to_owned()];
    for _ in 0..3 {
        ureq::post(&server.address).send(&lines.join("\n")).unwrap();
    }
    let url = server.before.iter().find_map(|line| line.strip_prefix("metrics are at ")).unwrap();
    let get = |url: &str| ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap();
    let metrics = get(url);
    for line in [
        "sekisho_records_total 9",
        "sekisho_unread_total 3",
        "sekisho_faults_total 0",
        r#"sekisho_verdicts_total{kind="console_login",outcome="failure"} 3"#,
        r#"sekisho_verdicts_total{kind="console_login",outcome="success"} 3"#,
        r#"sekisho_rule_matches_total{rule="login"} 6"#,
        "sekisho_latency_seconds_count 3",
        "# TYPE sekisho_latency_seconds histogram",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}\n{metrics}");
    }
    assert_eq!(get(&url.replace("/metrics", "/healthz")), "ok\n");
    assert_eq!(server.end().0, Some(1));
}
