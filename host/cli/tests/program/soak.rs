//! Many lines through a filter with a spool, beside hostile clients and while rules are reloaded. Some
//! are in the gate; `cargo xtask soak --lines N` sends many.
#![cfg(target_os = "linux")]

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::server::{Server, signal};
use crate::support::{Folder, signin};

/// Lines in a request, and threads that send them.
const BATCH: u64 = 2_000;
const SENDERS: usize = 2;

/// Clients that keep no rule of the protocol.
const HOSTILE: usize = 24;

/// Rules are reloaded after a minute, or after a fifth of the lines if that is sooner.
const RELOAD_INTERVAL: Duration = Duration::from_secs(60);

/// The most by which the memory may grow after the first lines.
const GROWTH_KIB: u64 = 48 << 10;

/// Appends line `number`: one in fifty is a sign-in.
fn push_line(number: u64, signin: &str, out: &mut String) {
    if number.is_multiple_of(50) {
        out.push_str(signin);
        let _ = write!(out, r#","soak":"n-{number}-"}}"#);
    } else {
        let _ = write!(
            out,
            r#"{{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"GetObject","eventID":"n-{number}-","sourceIPAddress":"198.51.100.7","awsRegion":"us-east-1","readOnly":true}}"#
        );
    }
    out.push('\n');
}

/// Which lines came.
struct Arrived {
    seen: Mutex<Vec<u64>>,
    number: AtomicU64,
    doubled: AtomicU64,
}

impl Arrived {
    fn new(lines: u64) -> Self {
        let seen = Mutex::new(vec![0; (lines as usize).div_ceil(64)]);
        Self { seen, number: AtomicU64::new(0), doubled: AtomicU64::new(0) }
    }

    fn add(&self, body: &[u8]) {
        let mut seen = self.seen.lock().unwrap();
        for found in memchr::memmem::find_iter(body, b"\"n-") {
            let digits = body[found + 3..].iter().take_while(|byte| byte.is_ascii_digit());
            let number = digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
            let (word, bit) = (&mut seen[(number / 64) as usize], 1 << (number % 64));
            let count = if *word & bit == 0 { &self.number } else { &self.doubled };
            count.fetch_add(1, Ordering::Relaxed);
            *word |= bit;
        }
    }
}

/// Accepts every request, and notes its lines.
fn receive(arrived: &Arc<Arrived>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let arrived = Arc::clone(arrived);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, arrived) = (stream.unwrap(), Arc::clone(&arrived));
            thread::spawn(move || {
                let mut input = BufReader::with_capacity(1 << 18, stream);
                while let Some(body) = read_message(&mut input) {
                    arrived.add(&body);
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                    if input.get_mut().write_all(answer).is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

/// The body of the next request or answer.
fn read_message(input: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            None if line.trim_end().is_empty() => break,
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().unwrap();
            }
            _ => {}
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    Some(body)
}

/// Posts batches until all lines are accepted.
fn send(host: &str, next: &AtomicU64, lines: u64) {
    let mut connection = BufReader::new(TcpStream::connect(host).unwrap());
    let signin = signin("anaya", "Failure");
    let signin = signin.strip_suffix('}').unwrap();
    let mut body = String::new();
    loop {
        let first = next.fetch_add(BATCH, Ordering::Relaxed);
        if first >= lines {
            return;
        }
        body.clear();
        (first..lines.min(first + BATCH)).for_each(|number| push_line(number, signin, &mut body));
        let head = format!("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", body.len());
        loop {
            let to = connection.get_mut();
            to.write_all(head.as_bytes()).and_then(|()| to.write_all(body.as_bytes())).unwrap();
            let mut status = String::new();
            connection.read_line(&mut status).unwrap();
            read_message(&mut connection).unwrap();
            if status.starts_with("HTTP/1.1 200") {
                break;
            }
            assert!(status.starts_with("HTTP/1.1 503"), "{status}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Connects, breaks the protocol in one of several ways, and starts over, until the end.
fn attack(host: &str, number: usize, ended: &AtomicBool, connections: &AtomicU64) {
    while !ended.load(Ordering::Relaxed) {
        let Ok(mut client) = TcpStream::connect(host) else { continue };
        connections.fetch_add(1, Ordering::Relaxed);
        let begin: &[u8] = match number % 8 {
            0 => b"",
            1 => b"POST / HTTP/1.1\r\nhost: a\r\n",
            2 => b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999\r\n\r\n{",
            3 => b"\x16\x03\x01\x02\x00 no HTTP\r\n\r\n",
            4 => b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999\r\n\r\n",
            5 => b"POST / HTTP/1.1\r\nhost: a\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nabcde",
            6 => b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\n[{}\x00",
            _ => b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nffffffff\r\n",
        };
        let _ = client.write_all(begin);
        // Some wait, some send a byte now and then, and some are gone at once.
        for _ in 0..number % 5 {
            thread::sleep(Duration::from_millis(50));
            let _ = client.write_all(b"x");
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// A number in `/proc/…/status`, in KiB.
fn memory(process: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn rules(number: u64) -> String {
    format!(
        "rules:\n  - id: rule-{number}\n    severity: low\n    description: A failure.\n    \
         pattern: {{signin: {{outcome: [failure]}}}}\n"
    )
}

/// `SOAK_LINES` is the number of lines, by `cargo xtask soak --lines`.
#[test]
fn many_lines_arrive_once_beside_hostile_clients_while_rules_change() {
    let lines = env::var("SOAK_LINES").map_or(100_000, |lines| lines.parse().unwrap());
    let folder = Folder::new();
    let file = folder.write("rules.yaml", rules(0));
    let spool = folder.path("spool");
    let arrived = Arc::new(Arrived::new(lines));
    let url = receive(&arrived);
    let arguments = ["--listen", "http://127.0.0.1:0", "--send", &url, "--rules", &file];
    let spooled = ["--spool", spool.to_str().unwrap(), "--spool-limit", "256MiB"];
    let server = Server::start(&[&arguments[..], &spooled].concat());
    let host = server.address.strip_prefix("http://").unwrap();
    let process = server.child.id();
    let (ended, next) = (AtomicBool::new(false), AtomicU64::new(0));
    let (connections, mut reloads, mut begin) = (AtomicU64::new(0), 0, 0);
    let start = Instant::now();
    thread::scope(|scope| {
        (0..SENDERS).for_each(|_| drop(scope.spawn(|| send(host, &next, lines))));
        for number in 0..HOSTILE {
            let (ended, connections) = (&ended, &connections);
            scope.spawn(move || attack(host, number, ended, connections));
        }
        let (mut reloaded, mut lines_then, mut progress) = (start, 0, (start, 0));
        while arrived.number.load(Ordering::Relaxed) < lines {
            thread::sleep(Duration::from_millis(20));
            let number = arrived.number.load(Ordering::Relaxed);
            if begin == 0 && number >= lines / 20 {
                begin = memory(process, "VmRSS:");
            }
            if reloaded.elapsed() > RELOAD_INTERVAL || number - lines_then > lines / 5 {
                (reloaded, lines_then) = (Instant::now(), number);
                reloads += 1;
                fs::write(&file, rules(reloads)).unwrap();
                signal(&server.child, "-HUP");
            }
            if number > progress.1 {
                progress = (Instant::now(), number);
            }
            if progress.0.elapsed() > Duration::from_secs(60) {
                break;
            }
        }
        ended.store(true, Ordering::Relaxed);
    });
    let seconds = start.elapsed().as_secs_f64();
    let (number, doubled) = (&arrived.number, &arrived.doubled);
    let (number, doubled) = (number.load(Ordering::Relaxed), doubled.load(Ordering::Relaxed));
    let (end, peak) = (memory(process, "VmRSS:"), memory(process, "VmHWM:"));
    println!(
        "{lines} lines in {seconds:.0} s ({:.0} a second), {HOSTILE} hostile clients with {} \
         connections, {reloads} reloads: {} lost, {doubled} doubled; memory {begin} KiB at the \
         begin, {end} KiB at the end, {peak} KiB at most",
        lines as f64 / seconds,
        connections.into_inner(),
        lines - number,
    );
    let (_, messages) = server.end();
    // Two signals in a row may be one.
    assert!(messages.contains("the rules were loaded again"), "{messages}");
    assert_eq!((number, doubled), (lines, 0), "{messages}");
    assert!(end <= begin + GROWTH_KIB, "{begin} KiB, then {end} KiB");
}
