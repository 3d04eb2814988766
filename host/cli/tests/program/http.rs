//! `sekisho filter` with `http://`, and its spool.
#![cfg(unix)]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;

use crate::receiver::Receiver;
use crate::server::{Server, signal, start};
use crate::support::{Folder, gzip, other, pipe, signin, three};

fn agent() -> Agent {
    let timeout = Some(Duration::from_secs(60));
    Agent::config_builder().http_status_as_error(false).timeout_global(timeout).build().into()
}

/// Posts a body with headers. Returns the status and the body of the answer.
fn post_with(url: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String) {
    let mut request = agent().post(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = request.send(body).unwrap();
    (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
}

fn post(url: &str, body: &str) -> (u16, String) {
    post_with(url, &[], body.as_bytes())
}

/// The users in lines that have a verdict.
fn users(lines: &str) -> Vec<String> {
    let values = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let signins = values.filter(|value| value["signin"].is_object());
    signins.map(|value| value["userIdentity"]["userName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn requests_are_answered_in_every_form() {
    let server = Server::start(&["--listen", "http://127.0.0.1:0", "--report"]);
    let [a, b, c] = three();
    let lines = format!("{a}\n{b}\n{c}\n");
    let array = format!("[{a},\n {b},\n{}]", c.replace(',', ",\n"));
    let deflated = zstd::encode_all(lines.as_bytes(), 0).unwrap();
    for (headers, body) in [
        (&[("content-type", "application/x-ndjson")][..], lines.clone().into_bytes()),
        (&[], lines.clone().into_bytes()),
        (&[("content-type", "application/json")], array.clone().into_bytes()),
        (&[("content-encoding", "gzip")], gzip(array.as_bytes())),
        (&[("content-encoding", "zstd")], deflated),
        // As Fluent Bit writes `json_stream`.
        (&[("content-type", "application/json")], format!("{a}{b}{c}").into_bytes()),
    ] {
        let (status, answer) = post_with(&server.address, headers, &body);
        assert_eq!((status, answer.lines().count()), (200, 3), "{headers:?} {answer}");
        assert_eq!(users(&answer), ["anaya", "mateo"], "{headers:?}");
    }
    assert_eq!(post(&server.address, ""), (200, String::new()));
    for (status, headers, body) in [
        (400, &[("content-encoding", "gzip")][..], b"no gzip".to_vec()),
        (415, &[("content-encoding", "br")], Vec::new()),
        (413, &[("content-encoding", "gzip")], gzip(&vec![b' '; (32 << 20) + 1])),
        (403, &[("origin", "https://example.com")], lines.into_bytes()),
    ] {
        assert_eq!(post_with(&server.address, headers, &body).0, status);
    }
    assert_eq!(agent().get(&server.address).call().unwrap().status(), 405);
    let (exit, messages) = server.end();
    assert_eq!(exit, Some(0), "{messages}");
    assert!(messages.starts_with("18 records in 7 files"), "{messages}");
}

#[test]
fn other_machines_need_a_token() {
    let folder = Folder::new();
    let token = folder.write("token", "0123456789abcdef0123456789abcdef\n");
    let run = pipe(&["filter", "--listen", "http://0.0.0.0:0"], b"");
    assert_eq!(run.exit, Some(2));
    assert!(run.stderr.contains("clients need a token: --token-file"), "{}", run.stderr);
    let short = folder.write("short", "secret");
    let run = pipe(&["filter", "--listen", "http://127.0.0.1:0", "--token-file", &short], b"");
    assert_eq!(run.exit, Some(2), "{}", run.stderr);

    let server = Server::start(&["--listen", "http://0.0.0.0:0", "--token-file", &token]);
    let url = server.address.replace("0.0.0.0", "127.0.0.1");
    let record = signin("anaya", "Failure");
    assert_eq!(post(&url, &record).0, 401);
    let wrong = [("authorization", "Bearer 0123456789abcdef0123456789abcdeF")];
    assert_eq!(post_with(&url, &wrong, record.as_bytes()).0, 401);
    // Another process sends with the same token.
    let run = pipe(
        &["filter", "--send", &url, "--send-token-file", &token],
        format!("{record}\n").as_bytes(),
    );
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn an_answer_is_200_only_after_the_delivery() {
    let receiver = Receiver::start();
    let mut server = Server::start(&["--listen", "http://127.0.0.1:0", "--send", &receiver.url]);
    let [a, b, c] = three();
    receiver.refuse(3);
    assert_eq!(post(&server.address, &format!("{a}\n{b}\n{c}\n")), (200, String::new()));
    let lines = receiver.lines();
    assert_eq!((lines.len(), users(&lines.join("\n"))), (3, vec!["anaya".into(), "mateo".into()]));
    let message = server.message();
    assert!(message.starts_with(&format!("waiting for {}: 503", receiver.url)), "{message}");
    assert_eq!(server.message(), format!("connected to {} again\n", receiver.url));
    // While the receiver refuses, so does the program.
    receiver.refuse(u64::MAX);
    let (status, message) = post(&server.address, &a);
    assert_eq!((status, message.contains("not delivered: 503")), (503, true), "{message}");
    assert_eq!(receiver.lines().len(), 3);
    receiver.refuse(0);
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn lines_are_posted_in_order_and_in_parts() {
    let folder = Folder::new();
    let token = folder.write("token", "0123456789abcdef");
    let receiver = Receiver::start();
    receiver.limit(50_000);
    receiver.refuse(1);
    let lines: Vec<String> = (0..2_000).map(other).collect();
    let run = pipe(
        &["filter", "--send", &receiver.url, "--send-token-file", &token],
        lines.join("\n").as_bytes(),
    );
    assert_eq!((run.exit, run.stdout.as_str()), (Some(0), ""), "{}", run.stderr);
    assert!(receiver.lines() == lines);
    assert_eq!(receiver.authorization(), "Bearer 0123456789abcdef");
}

#[test]
fn what_is_in_the_spool_survives_kill_9() {
    let folder = Folder::new();
    let spool = folder.path("spool");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let url = format!("http://{address}/in");
    // Nobody is there yet.
    drop(listener);
    let arguments = ["--listen", "http://127.0.0.1:0", "--send", &url];
    let arguments = [&arguments[..], &["--spool", spool.to_str().unwrap()]].concat();
    let mut server = Server::start(&arguments);
    for number in 0..10 {
        assert_eq!(post(&server.address, &format!("{}\n", other(number))), (200, String::new()));
    }
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    // It has one owner, and only its user may read it.
    let mut server = start(&arguments);
    let mut second = start(&arguments);
    thread::sleep(Duration::from_millis(200));
    let _ = (server.kill(), server.wait(), second.kill(), second.wait());
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&spool).unwrap().permissions().mode() & 0o777, 0o700);
    }

    let receiver = Receiver::on(TcpListener::bind(address).unwrap());
    receiver.refuse(2);
    let mut child = start(&arguments);
    let lines = receiver.wait_for(10);
    assert_eq!(lines, (0..10).map(other).collect::<Vec<_>>());
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut messages = String::new();
    child.stderr.unwrap().read_to_string(&mut messages).unwrap();
    assert!(messages.contains("bytes are in the spool from before\n"), "{messages}");
    assert!(!messages.contains("stay in the spool"), "{messages}");
    // In a pipe, the program waits until everything is delivered.
    let arguments = ["filter", "--send", &url, "--spool", spool.to_str().unwrap()];
    assert_eq!(pipe(&arguments, other(10).as_bytes()).exit, Some(0));
    assert_eq!(receiver.lines().last(), Some(&other(10)));
}

#[test]
fn a_request_that_is_sent_again_is_delivered_once() {
    let folder = Folder::new();
    let spool = folder.path("spool");
    let receiver = Receiver::start();
    let arguments = ["--listen", "http://127.0.0.1:0", "--send", &receiver.url];
    let arguments = [&arguments[..], &["--spool", spool.to_str().unwrap()]].concat();
    let post = |url: &str, key: &str, number| {
        let line = other(number);
        let answer = post_with(url, &[("idempotency-key", key)], line.as_bytes());
        assert_eq!(answer, (200, String::new()));
    };
    let mut server = Server::start(&arguments);
    post(&server.address, "\"a\"", 1);
    post(&server.address, "\"a\"", 1);
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let server = Server::start(&arguments);
    post(&server.address, "\"a\"", 1);
    post(&server.address, "\"b\"", 2);
    // A key that is used for something else takes nothing away, nor does none.
    post(&server.address, "\"a\"", 3);
    post(&server.address, "", 1);
    let start = Instant::now();
    // What was on its way at the kill comes again, with the key that it had.
    let once = || receiver.lines().len() - receiver.known_lines() as usize;
    while once() < 4 {
        assert!(start.elapsed() < Duration::from_secs(20), "{:#?}", receiver.lines());
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(server.end().0, Some(0));
    assert_eq!(once(), 4, "{:#?}", receiver.lines());
}

#[test]
fn slow_and_broken_clients_affect_no_other() {
    let server = Server::start(&["--listen", "http://127.0.0.1:0", "--connections", "2"]);
    let host = server.address.strip_prefix("http://").unwrap();
    let hostile: Vec<TcpStream> = (0..24)
        .map(|number| {
            let mut client = TcpStream::connect(host).unwrap();
            let begin: &[u8] = match number % 4 {
                0 => b"",
                1 => b"POST / HTTP/1.1\r\nhost: a\r\n",
                2 => b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9999\r\n\r\n{",
                _ => b"\x16\x03\x01\x02\x00 no HTTP\r\n\r\n",
            };
            client.write_all(begin).unwrap();
            client
        })
        .collect();
    let start = Instant::now();
    for _ in 0..20 {
        assert_eq!(post(&server.address, &signin("anaya", "Failure")).0, 200);
    }
    assert!(start.elapsed() < Duration::from_secs(10));
    // A body that says it is too large is refused before it is read.
    let mut client = TcpStream::connect(host).unwrap();
    write!(client, "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999\r\n\r\n").unwrap();
    let mut answer = [0; 12];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    let signalled = Instant::now();
    assert_eq!(server.end().0, Some(0));
    assert!(signalled.elapsed() < Duration::from_secs(3));
    drop(hostile);
}

#[test]
fn options_that_do_not_fit_are_refused() {
    let folder = Folder::new();
    let spool = folder.path("spool");
    let spool = spool.to_str().unwrap();
    for arguments in [
        &["--spool", spool][..],
        &["--send", "tcp:127.0.0.1:9", "--spool", spool],
        &["--send", "http://127.0.0.1:9", "--spool", spool, "--spool-limit", "1MiB"],
        &["--listen", "http://127.0.0.1"],
        &["--listen", "http://127.0.0.1:0/path"],
        &["--listen", "tcp:127.0.0.1:0", "--token-file", "token"],
        &["--send", "http://"],
    ] {
        let run = pipe(&[&["filter"], arguments].concat(), b"");
        assert_eq!(run.exit, Some(2), "{arguments:?} {}", run.stderr);
    }
}
