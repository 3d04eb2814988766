//! `sekisho attempts` as a service: clients, receivers, rules that change, metrics.
#![cfg(unix)]

use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::attempts::module;
use crate::receiver::Receiver;
use crate::server::{Server, signal};
use crate::support::{Folder, gzip, run, signin};

/// A rule that finds two failures of a user within an hour.
fn rules(id: &str) -> String {
    format!(
        r#"
rules:
  - id: failed
    severity: low
    description: A failure.
    pattern: {{"attempt": {{"outcome": ["failure"]}}}}
  - id: {id}
    severity: high
    description: Two failures.
    correlation:
      type: event_count
      rules: [failed]
      group-by: [account, user]
      timespan: 1h
      condition: {{gte: 2}}
"#
    )
}

fn record(user: &str, minute: u32, event: &str) -> String {
    signin(user, "Failure")
        .replace("T11:10:09Z", &format!("T10:{minute:02}:00Z"))
        .replace("\"event-", &format!("\"{event}-"))
}

/// Posts a body until it is accepted, as a client does.
fn post(url: &str, body: &str) {
    let began = Instant::now();
    while ureq::post(url).send(body).is_err() {
        assert!(began.elapsed() < Duration::from_secs(30), "it is not accepted");
        sleep(Duration::from_millis(20));
    }
}

fn findings(lines: &[String], state: &str) -> Vec<Value> {
    let values = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    values.filter(|value| value["type"] == "finding" && value["state"] == state).collect()
}

#[test]
fn each_finding_is_posted_until_it_is_accepted() {
    let folder = Folder::new();
    let rules = folder.write("rules.yaml", rules("two-failures"));
    let output = folder.path("out").to_str().unwrap().to_owned();
    let receiver = Receiver::start();
    receiver.refuse(2);
    let listen = ["--listen", "http://127.0.0.1:0", "--rules", &rules, "--output", &output];
    let send = ["--send", &receiver.url, "--window", "1s", "--lateness", "0s"];
    let mut server = Server::attempts(&[&listen[..], &send].concat());
    // In whatever form clients send: lines, an array, the file of a trail, compressed.
    let [a, b] = [1, 2].map(|minute| record("anaya", minute, &format!("a{minute}")));
    let [c, d] = [3, 4].map(|minute| record("mateo", minute, &format!("m{minute}")));
    post(&server.address, &format!("{a}\n{b}\n"));
    post(&server.address, &format!("[{c},\n{}]", d.replace(',', ",\n")));
    let opened = findings(&receiver.wait_for(2), "opened");
    let users: Vec<_> = opened.iter().map(|finding| finding["key"]["user"].clone()).collect();
    assert_eq!(users, ["anaya", "mateo"], "no attempt is sent");
    assert_eq!(receiver.requests(), 2, "each in a request of its own");
    assert!(server.message().starts_with(&format!("waiting for {}: 503", receiver.url)));
    assert_eq!(server.message(), format!("connected to {} again\n", receiver.url));
    let trail = format!("{{\"Records\":[{}]}}", record("saanvi", 5, "s"));
    let compressed = ureq::post(&server.address)
        .header("content-encoding", "gzip")
        .send(&gzip(trail.as_bytes())[..]);
    assert!(compressed.is_ok());
    assert!(ureq::post(&server.address).header("origin", "https://example.com").send("").is_err());
    let (exit, messages) = server.end();
    assert_eq!(exit, Some(0), "{messages}");
    assert!(messages.starts_with("5 records in 3 files"), "{messages}");
    // At the end, what is open is closed; the output has attempts as well.
    assert_eq!(findings(&receiver.lines(), "closed").len(), 2);
    let written = fs::read_to_string(&output).unwrap();
    assert_eq!(written.matches("\"type\":\"attempt\"").count(), 5, "{written}");
}

/// What a receiver will never take does not keep others from it; what may end is waited for.
#[test]
fn a_line_that_is_refused_does_not_block_others() {
    for (framing, spool) in [("json", false), ("ndjson", false), ("json", true), ("ndjson", true)] {
        let folder = Folder::new();
        let rules = folder.write("rules.yaml", rules("two-failures"));
        let spool_folder = folder.path("spool").to_str().unwrap().to_owned();
        let receiver = Receiver::start();
        receiver.refuse_text("AIDAEXAMPLEbad", "422 Unprocessable Content");
        receiver.refuse_text("AIDAEXAMPLEworse", "400 Bad Request");
        receiver.refuse_text("AIDAEXAMPLElater", "401 Unauthorized");
        let mut arguments = vec!["--listen", "http://127.0.0.1:0", "--rules", &rules];
        arguments.extend(["--send", &receiver.url, "--send-attempts", "--send-format", framing]);
        if spool {
            arguments.extend(["--spool", &spool_folder]);
        }
        let mut server = Server::attempts(&[&arguments[..], &["--lateness", "0s"]].concat());
        let users = ["anaya", "bad", "mateo", "worse", "saanvi", "later", "chidi"];
        let records: Vec<_> = (0..).zip(users).map(|(n, user)| record(user, n * 9, "e")).collect();
        post(&server.address, &records[..5].join("\n"));
        let sent = |lines: Vec<String>| -> Vec<String> {
            let users = lines.iter().map(|line| {
                serde_json::from_str::<Value>(line).unwrap()["user"].as_str().unwrap().to_owned()
            });
            users.collect()
        };
        assert_eq!(sent(receiver.wait_for(2)), ["anaya", "mateo"], "{framing} {spool}");
        for (user, status) in [("bad", "422 Unprocessable"), ("worse", "400 Bad Request")] {
            // The last one is complete with a later record.
            if user == "worse" {
                post(&server.address, &records[5]);
            }
            let message = server.message();
            assert!(message.contains(" refuses a line, which is dropped ("), "{message}");
            assert!(message.contains(status) && message.contains(user), "{message}");
        }
        assert_eq!(sent(receiver.wait_for(3)), ["anaya", "mateo", "saanvi"], "{framing} {spool}");
        let agent = server.address.clone();
        let last = records[6].clone();
        let client = std::thread::spawn(move || post(&agent, &last));
        let message = server.message();
        assert!(message.starts_with(&format!("waiting for {}: 401", receiver.url)), "{message}");
        receiver.refuse_no_text();
        assert_eq!(sent(receiver.wait_for(4))[3], "later", "{framing} {spool}");
        client.join().unwrap();
        let (exit, messages) = server.end();
        assert_eq!(exit, Some(0), "{messages}");
        let total = "lines that the receiver refused, and that were dropped: 2\n";
        assert!(messages.contains(total), "{messages}");
    }
}

#[test]
fn an_answer_means_that_the_state_survives_kill_9() {
    let folder = Folder::new();
    let rules = folder.write("rules.yaml", rules("two-failures"));
    let path = |name: &str| folder.path(name).to_str().unwrap().to_owned();
    let (state, spool) = (path("state"), path("spool"));
    let receiver = Receiver::start();
    let arguments = [
        &["--listen", "http://127.0.0.1:0", "--rules", &rules, "--state", &state][..],
        &["--send", &receiver.url, "--spool", &spool, "--send-attempts"],
        &["--send-format", "ndjson", "--window", "1s", "--lateness", "0s"],
    ]
    .concat();
    for user in 0..6 {
        let mut server = Server::attempts(&arguments);
        for minute in 0..2 {
            let record = record(&format!("user{user}"), user * 2 + minute, &minute.to_string());
            post(&server.address, &record);
            // As a client does that has not read the answer.
            post(&server.address, &record);
        }
        server.child.kill().unwrap();
        server.child.wait().unwrap();
    }
    let server = Server::attempts(&arguments);
    let began = Instant::now();
    let attempts = |lines: &[String]| {
        let values = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let attempts = values.filter(|value| value["type"] == "attempt");
        attempts.map(|value| value["events"].to_string()).collect::<std::collections::BTreeSet<_>>()
    };
    // The last attempt is open until the stream goes on.
    post(&server.address, &record("last", 59, "last"));
    while attempts(&receiver.lines()).len() < 12 {
        let lines = receiver.lines();
        assert!(began.elapsed() < Duration::from_secs(30), "{lines:#?}");
        sleep(Duration::from_millis(20));
    }
    let mut opened: Vec<_> = findings(&receiver.lines(), "opened")
        .iter()
        .map(|finding| finding["id"].to_string())
        .collect();
    opened.sort();
    opened.dedup();
    assert_eq!(opened.len(), 6, "each user failed twice");
    assert_eq!(server.end().0, Some(0));
}

/// What the module has lost is not acknowledged.
#[test]
fn records_that_a_failing_module_loses_are_refused() {
    let folder = Folder::new();
    let module = folder.write("module.wasm", module("unreachable", true));
    let state = folder.path("state").to_str().unwrap().to_owned();
    let arguments = ["--listen", "http://127.0.0.1:0", "--state", &state, "--module", &module];
    let server = Server::attempts(&arguments);
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let status =
        || agent.post(&server.address).send(&record("anaya", 1, "a")).unwrap().status().as_u16();
    // A client that sends it again is not kept forever.
    assert_eq!([status(), status(), status()], [503, 503, 200]);
    let other = agent.post(&server.address).send(&record("anaya", 2, "a")).unwrap();
    assert_eq!(other.status(), 503);
    let (exit, messages) = server.end();
    assert_eq!(exit, Some(3));
    assert!(messages.contains("the module failed on it before: it is skipped"), "{messages}");
}

#[test]
fn rules_are_replaced_while_attempts_are_open() {
    let folder = Folder::new();
    let file = folder.write("rules.yaml", rules("first"));
    let socket = folder.path("socket");
    let listen = format!("unix:{}", socket.display());
    let receiver = Receiver::start();
    let arguments = ["--listen", &listen, "--rules", &file, "--watch", "--send", &receiver.url];
    let mut server = Server::attempts(&[&arguments[..], &["--lateness", "0s"]].concat());
    let mut client = UnixStream::connect(&socket).unwrap();
    // Broken lines do no harm.
    writeln!(client, "{{\n{}", record("anaya", 1, "a")).unwrap();
    sleep(Duration::from_millis(500));
    let new = folder.write("new.yaml", rules("second"));
    fs::rename(&new, &file).unwrap();
    assert_eq!(server.message(), "the rules were loaded again\n");
    writeln!(client, "{}", record("mateo", 10, "m1")).unwrap();
    writeln!(client, "{}", record("mateo", 20, "m2")).unwrap();
    // A later record tells that an attempt is over.
    writeln!(client, "{}", record("saanvi", 30, "s1")).unwrap();
    let opened = findings(&receiver.wait_for(1), "opened");
    assert_eq!(opened[0]["rule"], "second");
    fs::write(&file, "rules: [{id: third}]").unwrap();
    signal(&server.child, "-HUP");
    let mut messages = String::new();
    while !messages.contains("the rules stay as they were") {
        let message = server.message();
        assert!(!message.is_empty(), "{messages}");
        messages += &message;
    }
    writeln!(client, "{}", record("saanvi", 40, "s2")).unwrap();
    writeln!(client, "{}", record("chidi", 50, "c")).unwrap();
    assert_eq!(findings(&receiver.wait_for(2), "opened")[1]["rule"], "second");
    let (exit, messages) = server.end();
    assert_eq!(exit, Some(1), "{messages}");
    assert!(messages.contains("6 attempts"), "what was open stays: {messages}");
    assert!(!socket.exists());
}

#[test]
fn metrics_show_attempts_and_findings() {
    let folder = Folder::new();
    let rules = folder.write("rules.yaml", rules("two-failures"));
    let arguments =
        [
            &[
                "--listen",
                "http://127.0.0.1:0",
                "--rules",
                &rules,
                "--metrics",
                "http://127.0.0.1:0",
            ][..],
            &["--output", "/dev/null", "--window", "1s", "--lateness", "0s"],
        ]
        .concat();
    let server = Server::attempts(&arguments);
    post(&server.address, &format!("{}\n{}\n{{", record("anaya", 1, "a"), record("anaya", 2, "b")));
    let url = server.before.iter().find_map(|line| line.strip_prefix("metrics are at ")).unwrap();
    let began = Instant::now();
    let expected = [
        "sekisho_records_total 2",
        "sekisho_unread_total 1",
        "sekisho_open_records 0",
        r#"sekisho_attempts_total{principal="iam_user",outcome="failure"} 2"#,
        r#"sekisho_findings_total{rule="two-failures",severity="high"} 1"#,
        r#"sekisho_reloads_total{result="done"} 0"#,
    ];
    loop {
        let metrics = ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap();
        if expected.iter().all(|line| metrics.lines().any(|found| found == *line)) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{metrics}");
        sleep(Duration::from_millis(50));
    }
    assert_eq!(server.end().0, Some(1));
}

/// The fields of an entry of RFC 5424 before the structured data, and its message.
fn entry(text: &str) -> (Vec<&str>, Value) {
    let mut parts = text.splitn(8, ' ');
    let header: Vec<&str> = parts.by_ref().take(7).collect();
    (header, serde_json::from_str(parts.next().unwrap()).unwrap())
}

#[test]
fn findings_are_entries_of_the_system_log() {
    let folder = Folder::new();
    let rules = folder.write("rules.yaml", rules("two-failures"));
    let trail = format!("{}\n{}\n", record("anaya", 1, "a"), record("anaya", 2, "b"));
    let check = |text: &str| {
        let (header, message) = entry(text);
        assert_eq!((header[0], header[1]), ("<83>1", "2025-03-29T10:02:00Z"), "{text}");
        assert_eq!((header[3], header[5], header[6]), ("sekisho", "finding", "-"), "{text}");
        assert_eq!(message["rule"], "two-failures");
    };
    let follow = |to: &str| {
        let arguments = ["attempts", "--follow", "--rules", &rules, "--send", to];
        let run = crate::support::pipe(&arguments, trail.as_bytes());
        assert_eq!((run.exit, run.stdout.as_str()), (Some(0), ""), "{}", run.stderr);
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    follow(&format!("syslog://{}", listener.local_addr().unwrap()));
    let mut rest = String::new();
    BufReader::new(listener.accept().unwrap().0).read_to_string(&mut rest).unwrap();
    let mut number = 0;
    while !rest.is_empty() {
        let (length, after) = rest.split_once(' ').unwrap();
        let (text, after) = after.split_at(length.parse().unwrap());
        check(text);
        rest = after.to_owned();
        number += 1;
    }
    assert_eq!(number, 2, "opened and closed");

    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    follow(&format!("syslog+udp://{}", socket.local_addr().unwrap()));
    for _ in 0..2 {
        let mut bytes = vec![0; 65_536];
        let length = socket.recv(&mut bytes).unwrap();
        check(std::str::from_utf8(&bytes[..length]).unwrap());
    }
}

#[test]
fn options_for_streams_need_a_stream() {
    for (arguments, reason) in [
        (&["--send", "http://127.0.0.1:9", "trail.ndjson"][..], "are for a stream"),
        (&["--metrics", "http://127.0.0.1:0", "trail.ndjson"], "are for a stream"),
        (&["--watch", "trail.ndjson"], "are for a stream"),
        (&["--listen", "tcp:127.0.0.1:0", "trail.ndjson"], "no file"),
        (&["--follow", "--send", "syslog://127.0.0.1:9", "--spool", "spool"], "a spool"),
    ] {
        let run = run(&[&["attempts"], arguments].concat());
        assert_eq!(run.exit, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(reason), "{arguments:?}: {}", run.stderr);
    }
}
